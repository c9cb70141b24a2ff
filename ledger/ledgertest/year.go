package ledgertest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"aixin/ledger"
)

// Size says how large a year is: see the table of profiles in DESIGN.md.
type Size struct {
	Communities int // with a shop, a grid and staff of their own; ten to a town
	People      int
	Services    int // service records in the year, of which a fifth are acts
	Exchanges   int // in the year
	Requests    int // for help, in the year
	Items       int
}

// Small is a community, Medium a town with six villages, Large a county.
func Small() Size { return Size{1, 800, 4_000, 1_500, 200, 30} }

// Medium returns the size of a town.
func Medium() Size { return Size{6, 4_000, 30_000, 16_000, 600, 60} }

// Large returns the size of a county.
func Large() Size { return Size{110, 30_000, 250_000, 60_000, 5_000, 200} }

// Ask answers commands that do not depend on one another: in order, or side by side.
type Ask func(batch []Timed) []Answered

// Answered is the entry that a command became, or why it did not.
type Answered struct {
	Entry ledger.Entry
	Err   error
}

// Year plays a year of a scheme, from the cut-over to the expiries of the first of January after it: service and acts, approvals,
// notices with objections, exchanges, returns, deliveries, counts, relief, requests for help, corrections. The same seed plays
// the same year as long as it is given the same answers.
type Year struct {
	size  Size
	rng   *rand.Rand
	zone  *time.Location
	rules []ledger.Rule
	ask   Ask
	err   error

	day      ledger.Date
	minute   int // of the day, of the next batch
	serial   int // of keys
	places   []*place
	people   []person
	prices   []ledger.Amount // of each item, today
	shelf    map[stocked]ledger.Amount
	homes    map[ledger.HouseholdID]ledger.Amount // what the pools of households have
	requests int
	batch    []Timed
	then     []func(ledger.Entry) // what follows each answer of the batch
	after    []func()             // what follows the batch
	Played   Played
}

// Played counts what was asked and answered.
type Played struct {
	Asked, Refused int
	Kinds          map[ledger.Kind]int
	Reasons        map[ledger.RejectReason]int
}

// stocked names an item on a shelf.
type stocked struct {
	shop ledger.ShopID
	item ledger.Commodity
}

// place is a community.
type place struct {
	number   int
	unit     ledger.UnitID
	grid     ledger.UnitID
	shop     ledger.ShopID
	rule     *ledger.Rule
	leader   ledger.StaffID // publishes too
	reviewer ledger.StaffID // is the steward too
	clerk    ledger.StaffID
	keeper   ledger.StaffID
	code     []ledger.Code // of its activities
	acts     []ledger.Code
	people   []int // who lives here
	declared []declared
	approved []declared     // that wait for a notice
	noticed  []declared     // that wait for the end of theirs, when is its last day
	objected []ledger.Index // objections that nobody has answered
	sales    []sale
	credits  []ledger.Index
	notices  int64
	errands  []*helped
	serving  bool // the counter is open

	doubles    [][2]int // numbers of people who have another one
	leaving    [][2]int // people who leave, and who may take over
	frozen     []declared
	holds      []setAside
	voucher    int64 // the last number that was used
	standIn    ledger.StaffID
	standUntil ledger.Date
	pools      []pooled
}

// pooled is a pool that has something, and its last day.
type pooled struct {
	pool ledger.PoolID
	last ledger.Date
}

// declared is a record, whose it is, and when something is due about it.
type declared struct {
	record ledger.Index
	who    int
	when   ledger.Date
	query  bool // a reviewer must look
	hours  bool
}

// person is a volunteer.
type person struct {
	id     ledger.VolunteerID
	place  *place
	home   ledger.HouseholdID
	heads  bool          // that household, in the last quarter
	has    ledger.Amount // points that may be spent, as far as the answers say
	gift   ledger.Amount // gift points
	lapses []ledger.Date // last days of the lots that were opened

	gone    bool               // or about to go
	fetches ledger.VolunteerID // who comes for them
	records []ledger.Index     // credited hours that were not certified yet
}

// NewYear returns a year of that size.
func NewYear(size Size, seed uint64) *Year {
	zone, err := time.LoadLocation(Zone)
	if err != nil {
		panic(err) // the test binary has no zone database: nothing can be tested
	}
	y := &Year{
		size: size, rng: rand.New(rand.NewPCG(seed, 0x9ea7)), zone: zone, rules: YearRules(), day: yearFrom(),
		shelf:  map[stocked]ledger.Amount{},
		homes:  map[ledger.HouseholdID]ledger.Amount{},
		Played: Played{Kinds: map[ledger.Kind]int{}, Reasons: map[ledger.RejectReason]int{}},
	}
	return y
}

// Play asks for the whole year. It stops at the first answer that is neither an entry nor a refusal.
func (y *Year) Play(ask Ask) error {
	y.ask = ask
	y.open()
	for end := ledger.NewDate(2027, 1, 2); y.day <= end && y.err == nil; y.day++ {
		for _, part := range []func(){
			y.run, y.attend, y.approve, y.hang, y.object, y.shelve, y.exchange, y.live, y.close, y.correct, y.help, y.serve,
		} {
			part()
			y.flush()
		}
	}
	return y.err
}

// do puts a command into the batch; then is told the entry that it becomes.
func (y *Year) do(actor ledger.StaffID, do ledger.Action, then func(ledger.Entry)) {
	y.serial++
	at := y.day.Time().Add(time.Duration(y.minute) * time.Minute)
	at = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), 0, 0, y.zone)
	y.batch = append(y.batch, Timed{at, ledger.Command{Key: ledger.Key(fmt.Sprintf("year/%d", y.serial)), Actor: actor, Do: do}})
	y.then = append(y.then, then)
}

// later does something once the batch that is being asked has been answered.
func (y *Year) later(what func()) { y.after = append(y.after, what) }

// flush asks for the batch, and for what follows from its answers, until nothing does.
func (y *Year) flush() {
	for y.err == nil && len(y.batch) > 0 {
		y.answers(y.ask(y.batch))
		after := y.after
		y.after = nil
		for _, what := range after {
			what()
		}
	}
}

// answers takes note of what was answered.
func (y *Year) answers(list []Answered) {
	batch, then := y.batch, y.then
	y.batch, y.then = nil, nil
	for i, a := range list {
		y.Played.Asked++
		no, refused := errors.AsType[*ledger.Rejection](a.Err)
		switch {
		case refused:
			y.Played.Refused++
			y.Played.Reasons[no.Reason]++
			if a.Entry.Kind == ledger.Refused { // it is kept
				y.Played.Kinds[ledger.Refused]++
			}
			continue
		case a.Err != nil:
			y.err = fmt.Errorf("%s %+v: %w", batch[i].Command.Actor, batch[i].Command.Do, a.Err)
			return
		}
		y.Played.Kinds[a.Entry.Kind]++
		y.count(a.Entry)
		if a.Entry.Kind == ledger.Proposed {
			y.second(batch[i].Command.Actor, a.Entry.Index, then[i])
		} else if then[i] != nil {
			then[i](a.Entry)
		}
	}
}

// second has another person approve what was proposed.
func (y *Year) second(first ledger.StaffID, proposal ledger.Index, then func(ledger.Entry)) {
	other := y.places[0].reviewer
	if first == other {
		other = yearSteward
	}
	y.later(func() { y.do(other, &ledger.Approve{Record: proposal}, then) })
}

// count follows what people have, and when it lapses.
func (y *Year) count(e ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.Credit:
		y.opened(body, e)
	case *ledger.RecordCredit:
		y.opened(&body.Credit, e)
	case *ledger.GiftGrant:
		y.people[body.Volunteer.Serial()-1].lapse(body.Expires)
	}
	for _, p := range e.Postings {
		if p.Account.Class() == ledger.ClassGift {
			y.people[ledger.VolunteerID(p.Account.Owner()).Serial()-1].gift -= p.Amount
		}
		if p.Account.Class() == ledger.ClassStock {
			y.shelf[stocked{ledger.ShopID(p.Account.Owner()), p.Commodity}] += p.Amount
		}
		if who := ledger.VolunteerID(p.Account.Owner()); p.Account.Class() == ledger.ClassPoints && p.Commodity == ledger.Point && who.Valid() {
			y.people[who.Serial()-1].has -= p.Amount
		}
		if home := ledger.HouseholdID(p.Account.Owner()); p.Account.Class() == ledger.ClassPoints && p.Commodity == ledger.Point && home.Valid() {
			y.homes[home] -= p.Amount
		}
	}
}

// some draws n of a list, or all where it is shorter.
func some[T any](y *Year, list []T, n int) []T {
	out := slices.Clone(list)
	y.rng.Shuffle(len(out), func(i, k int) { out[i], out[k] = out[k], out[i] })
	return out[:min(n, len(out))]
}

// share spreads what happens in a year over its days: how many are of today.
func (y *Year) share(ofYear int) int {
	n := ofYear / 365
	if y.rng.IntN(365) < ofYear%365 {
		n++
	}
	return n
}

// one reports whether something that happens once in n times happens now.
func (y *Year) one(n int) bool { return y.rng.IntN(n) == 0 }

// opened notes the last day of a credit's lot, and that the credit may be corrected.
func (y *Year) opened(c *ledger.Credit, e ledger.Entry) {
	who := &y.people[c.Volunteer.Serial()-1]
	if len(e.Postings) == 0 {
		if c.Notice > 0 { // first
			who.place.approved = append(who.place.approved, declared{record: c.Record})
		}
		return
	}
	for _, p := range e.Postings {
		if p.Account.Class() == ledger.ClassHours {
			y.certified(c.Volunteer.Serial()-1, c.Record)
		}
	}
	who.place.credits = append(who.place.credits, e.Index)
	who.lapse(c.Expires)
}

// lapse notes the last day of a lot.
func (who *person) lapse(day ledger.Date) {
	if day != 0 && !slices.Contains(who.lapses, day) {
		who.lapses = append(who.lapses, day)
	}
}
