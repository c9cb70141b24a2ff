package ledger

import (
	"slices"
	"strconv"
	"strings"
)

// The state is one table of facts: everything that a decision may ask of the past. Every fact is the fold of the journal
// (I8) and has an id that a person can read. Nothing is kept per rule or per rule period, so that a new rule needs no new fact.
//
//	book                         Facts of the book itself: format, zone, how many admins
//	rules                        every version of every rule set
//	key/K                        the entry that a key named
//	org                          which unit stands under which, by date
//	staff/U unit/C shop/S donor/D item/SKU activity/A volunteer/V import/N
//	account/points:V…/POINT      balance, pending, open lots
//	record/N                     the declared record N: what it is worth and what became of it
//	day/V…/2026-09-12            what a person served and did on a day: for overlaps, duplicates and caps
//	tally/V…/2026                what a person, household or unit has of each thing in a year, by days: for caps
//	calendar                     holidays and shifted working days
//	session/N                    the attendance that entry N opened: who came when, and went
//	after/N                      what later entries undid of entry N: reversals, returns, expiry of its lots
//	refusals/U                   journaled refusals of one actor in the hour
//	shelf/S                      the count of a shop that is open, and when the last one was finalised
//	count/N                      the count that entry N opened
//	paper/N                      the write-off or relief that entry N declared
//	due/2026-10-08               the notices that end that day and are not dealt with
//	notice/N board/C… objection/N  what is on notice, how many notices a unit had, and who objects
//	request/Q                    a request for help and what became of it
//	budget/C                     what a unit may spend on goods, by period
//	household/H                  a household and the unit that its pool belongs to
//	counter/S                    the counter's day of a shop: its number, its totals, and its latest close
//	visits/V… visits/H…          what a volunteer or household exchanged, by days: for limits
//	presences/U                  how the volunteers of a clerk were present on one day
//	proxies/V…                   who may fetch goods for a volunteer
//	vouchers/S                   the books of paper vouchers of a shop, and what is gone of them
//	hold/N                       the hold N: what it sets aside, until when, and what became of it
//	card/HASH                    a card that was issued, by the hash of its text
//	certificate/N                the entry of the N-th statement of hours
//	entry/N                      entry N itself; immutable, never among the changes
type (
	// FactID names a fact: a family and a key within it.
	FactID string

	// Fact is a fact in its stored form. A nil Value says that it does not exist.
	Fact struct {
		ID    FactID
		Value []byte
	}

	// Wants lists the facts that must be loaded.
	Wants []FactID

	// Line is one movement of one account, with the account's state after it: a row of its statement.
	Line struct {
		Account AccountKey
		Index   Index
		Amount  Amount
		Balance Amount
		State   []byte // the Account after the entry, as in its fact
	}

	// Changes is what entries changed: the facts in their latest form, a line for each movement of an account that has a
	// statement, and the state of such an account where an entry changed it without a movement: no line of a statement, and
	// its past is wanted all the same. Added names the facts that did not exist before.
	Changes struct {
		Facts  []Fact
		Added  []FactID
		Lines  []Line
		States []Line

		used, spare [][]byte // memory of the values and states, and such as nothing points to any more
	}
)

// Reset empties c for another use of its memory: nothing that was taken from it may be read afterwards.
func (c *Changes) Reset() {
	c.Facts, c.Added, c.Lines, c.States = c.Facts[:0], c.Added[:0], c.Lines[:0], c.States[:0]
	c.spare, c.used = append(c.spare, c.used...), c.used[:0]
}

// page returns empty memory for about n bytes.
func (c *Changes) page(n int) []byte {
	last := len(c.spare) - 1
	if last < 0 {
		return make([]byte, 0, n)
	}
	b := c.spare[last]
	c.spare = c.spare[:last]
	return b[:0]
}

// The facts, beside Account and Rule.
type (
	// BookFact holds what is true of the whole book.
	BookFact struct {
		Format  int
		Origin  string
		Zone    string
		Demo    bool
		Staff   int64 // staff numbers with a role
		Admins  int64 // of which admins
		Peopled bool  // a volunteer was enrolled

		Certificates int64 // numbered statements of hours

		Signer  string // the key that signs the heads since the newest rotation; empty before any
		Rotated Index  // of that
	}

	// KeyFact says what a key named. What was asked under it, the entry's digest says.
	KeyFact struct {
		Index Index
	}

	// Unit is a unit of the organisation.
	Unit = AddUnit

	// Shop is a counter and its shelf.
	Shop = AddShop

	// Donor is a donor's number.
	Donor = AddDonor

	// Activity is what volunteers serve at.
	Activity = AddActivity

	// ImportFact is an imported file.
	ImportFact = ImportFile

	// Item is a kind of goods with its dated prices, in order of date.
	Item struct {
		Item   Commodity
		Name   string
		Label  string
		Prices []Price
	}

	// Price is the price of one piece from a day on.
	Price struct {
		From   Date
		Points Amount
	}

	// Volunteer is the standing of a volunteer number.
	Volunteer struct {
		Volunteer VolunteerID
		Unit      UnitID
		Household HouseholdID
		Status    Status
		Since     Date  // day of enrolment
		Opening   Index // the entry that declared the opening balance, if one stands
		Last      Index // the latest redemption
		Classes   []Beneficiary
		Holds     []Index // open holds, in order
		Later     []Index // approved records that wait for the beginning of a period
		Life
	}

	// Rules holds every version of every rule set, in order of setting.
	Rules struct {
		List []Rule
		Set  []Index // the entry that set each
	}

	// Record is a declared record and what became of it.
	Record struct {
		Index     Index
		Kind      Kind // of the declaring entry
		State     RecordState
		Declarer  StaffID
		Volunteer VolunteerID
		Unit      UnitID
		Rule      string
		Activity  ActivityID // hours
		Start     Start      // hours
		Code      Code       // acts
		On        Date       // acts
		Quantity  int64      // acts
		Minutes   Amount
		Counted   Amount
		Points    Amount
		Expires   Date // opening balances
		Capture   Capture
		Import    Index
		Credit    Index  // the approving entry
		Ask       string // what waits for a second person, as its digest hashes it
		Approver  StaffID
		Notice    int64 // days on notice that its approval asks for
		Posted    Index // the notice that it is on, or the approval that lets it wait for a period
		Ends      Date  // the last day of that notice, or before that period
		Objection Index // the latest
		Waits     Date  // the day on which an objection was rejected: nothing is credited on the same day
		Standard  Code  // what priced it
		Household HouseholdID
		About     VolunteerID
		Deduct    Amount // what it takes away
		Queries   []Query
		Chain     []Role    // the steps of its approval; none where one reviewer approves
		Approvers []StaffID // who took them so far
		Pool      PoolID    // of the household that holds its points; none where the volunteer does
		CountedIn string    // acts: what the quantity counts
	}

	// Day is what a person served and did on one day.
	Day struct {
		Sessions []Session
		Acts     []Code
	}

	// Session is a service record of a day.
	Session struct {
		Activity ActivityID
		Start    Start
		Minutes  Amount
		Counted  Amount
	}

	// After is what later entries undid of an entry.
	After struct {
		Reversed Index    // the reversal
		Undone   []Undone // returns of a redemption; expiry of a credit
	}

	// Undone says how much of one posting was undone.
	Undone struct {
		Posting int64 // its position in the entry, from 1
		Amount  Amount
	}

	// Refusals counts the journaled refusals of one actor in one hour.
	Refusals struct {
		Hour  int64 // hours since 1970
		Count int64
	}
)

// RecordState is what became of a record.
type RecordState string

// The states of a record.
const (
	Pending      RecordState = "pending"
	Credited     RecordState = "credited"
	Agreed       RecordState = "agreed" // a proposal that a second person approved
	SentBack     RecordState = "returned"
	ReversedBack RecordState = "reversed"

	AwaitingNotice RecordState = "approved" // and not on notice yet
	AwaitingPeriod RecordState = "later"    // and credited at the beginning of the next period
	OnNotice       RecordState = "noticed"
	Disputed       RecordState = "disputed" // on notice, with an objection that is not answered
)

// PriceOn returns the price of one piece on that day; ok is false before the first.
func (i Item) PriceOn(day Date) (points Amount, ok bool) {
	for _, p := range i.Prices {
		if p.From > day {
			break
		}
		points, ok = p.Points, true
	}
	return points, ok
}

// Before returns the rules as an entry found them, all of them for 0: a rule that is new may begin on a day before it was set.
func (r Rules) Before(i Index) Rules {
	if n, _ := slices.BinarySearch(r.Set, i); i > 0 {
		r.List, r.Set = r.List[:n], r.Set[:n]
	}
	return r
}

// Named returns the version id@version, as it stands in the list: for reading. An empty one stands for none.
func (r Rules) Named(name string) (*Rule, bool) {
	at := strings.LastIndexByte(name, '@')
	version, err := strconv.ParseInt(name[at+1:], 10, 64)
	if at < 0 || err != nil {
		return &Rule{}, false
	}
	for i := range r.List {
		if v := &r.List[i]; v.Version == version && v.ID == name[:at] {
			return v, true
		}
	}
	return &Rule{}, false
}

// undone returns how much of the posting at position i (from 0) was undone.
func (a After) undone(i int) Amount {
	for _, u := range a.Undone {
		if u.Posting == int64(i)+1 {
			return u.Amount
		}
	}
	return 0
}

// undo adds to what was undone of the posting at position i (from 0).
func (a *After) undo(i int, amount Amount) {
	for k := range a.Undone {
		if a.Undone[k].Posting == int64(i)+1 {
			a.Undone[k].Amount += amount
			return
		}
	}
	a.Undone = append(a.Undone, Undone{int64(i) + 1, amount})
}

func (f *BookFact) fields(c *codec) {
	number(c, "format", &f.Format)
	text(c, "origin", &f.Origin)
	text(c, "zone", &f.Zone)
	c.flag("demo", &f.Demo)
	number(c, "staff", &f.Staff)
	number(c, "admins", &f.Admins)
	c.flag("peopled", &f.Peopled)
	number(c, "certificates", &f.Certificates)
	text(c, "signer", &f.Signer)
	number(c, "rotated", &f.Rotated)
}

func (f *KeyFact) fields(c *codec) {
	c.index("index", &f.Index)
}

func (f *Item) fields(c *codec) {
	text(c, "item", &f.Item)
	text(c, "name", &f.Name)
	text(c, "label", &f.Label)
	list(c, "prices", &f.Prices, func(c *codec, p *Price) {
		c.date("from", &p.From)
		number(c, "points", &p.Points)
	})
}

func (f *Volunteer) fields(c *codec) {
	text(c, "volunteer", &f.Volunteer)
	text(c, "unit", &f.Unit)
	text(c, "household", &f.Household)
	text(c, "status", &f.Status)
	c.date("since", &f.Since)
	number(c, "opening", &f.Opening)
	number(c, "last", &f.Last)
	texts(c, "classes", &f.Classes)
	numbers(c, "holds", &f.Holds)
	numbers(c, "later", &f.Later)
	f.Life.fields(c)
}

func (f *Rules) fields(c *codec) {
	list(c, "list", &f.List, func(c *codec, r *Rule) { r.fields(c) })
	numbers(c, "set", &f.Set)
}

func (f *Account) fields(c *codec) {
	number(c, "balance", &f.Balance)
	number(c, "pending", &f.Pending)
	number(c, "waiting", &f.Waiting)
	number(c, "times", &f.Times)
	list(c, "lots", &f.Lots, func(c *codec, l *Lot) {
		c.lot("lot", &l.ID)
		number(c, "left", &l.Left)
		c.date("expires", &l.Expires)
		text(c, "only", &l.Only)
		number(c, "held", &l.Held)
	})
}

func (f *Record) fields(c *codec) {
	f.place(c)
	text(c, "rule", &f.Rule)
	text(c, "activity", &f.Activity)
	c.start("start", &f.Start)
	text(c, "code", &f.Code)
	c.date("on", &f.On)
	number(c, "quantity", &f.Quantity)
	number(c, "minutes", &f.Minutes)
	number(c, "counted", &f.Counted)
	number(c, "points", &f.Points)
	c.date("expires", &f.Expires)
	text(c, "capture", &f.Capture)
	number(c, "import", &f.Import)
	number(c, "credit", &f.Credit)
	text(c, "ask", &f.Ask)
	text(c, "approver", &f.Approver)
	number(c, "notice", &f.Notice)
	number(c, "posted", &f.Posted)
	c.date("ends", &f.Ends)
	number(c, "objection", &f.Objection)
	c.date("waits", &f.Waits)
	text(c, "standard", &f.Standard)
	text(c, "household", &f.Household)
	text(c, "about", &f.About)
	number(c, "deduct", &f.Deduct)
	texts(c, "queries", &f.Queries)
	texts(c, "chain", &f.Chain)
	texts(c, "approvers", &f.Approvers)
	text(c, "pool", &f.Pool)
	text(c, "counted_in", &f.CountedIn)
}

// place walks the members up to those that say what the record waits for and whose it is.
func (f *Record) place(c *codec) {
	number(c, "index", &f.Index)
	text(c, "kind", &f.Kind)
	text(c, "state", &f.State)
	text(c, "declarer", &f.Declarer)
	text(c, "volunteer", &f.Volunteer)
	text(c, "unit", &f.Unit)
}

func (f *Day) fields(c *codec) {
	list(c, "sessions", &f.Sessions, func(c *codec, s *Session) {
		text(c, "activity", &s.Activity)
		c.start("start", &s.Start)
		number(c, "minutes", &s.Minutes)
		number(c, "counted", &s.Counted)
	})
	texts(c, "acts", &f.Acts)
}

func (f *After) fields(c *codec) {
	number(c, "reversed", &f.Reversed)
	list(c, "undone", &f.Undone, func(c *codec, u *Undone) {
		number(c, "posting", &u.Posting)
		number(c, "amount", &u.Amount)
	})
}

func (f *Refusals) fields(c *codec) {
	number(c, "hour", &f.Hour)
	number(c, "count", &f.Count)
}
