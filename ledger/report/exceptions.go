package report

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"aixin/ledger"
)

// Exceptional says why an auditor looks at an entry. None of it is wrong by itself.
type Exceptional string

// The exceptions.
const (
	WasReversed  Exceptional = "reversed"    // an entry was undone by a steward
	WasUndone    Exceptional = "undone"      // an exchange was undone within its minute
	WasReturned  Exceptional = "returned"    // goods came back
	Adjusted     Exceptional = "adjusted"    // a count found another number than the book
	WrittenOff   Exceptional = "written-off" // goods left without anybody getting them
	LateVoucher  Exceptional = "late"        // an exchange that was entered later, from paper
	LateService  Exceptional = "late-record" // service that was declared after its deadline
	Queried      Exceptional = "queried"     // the book asked a reviewer to look: see Reason
	ShortShelf   Exceptional = "short"       // goods were handed out that the book did not have
	SelfDealing  Exceptional = "self"        // whoever acted is the one who benefits, or near to them
	OffHours     Exceptional = "off-hours"   // points or goods moved outside the hours of work
	Overlapping  Exceptional = "overlap"     // service of one person at one time, twice
	MergedNumber Exceptional = "merged"      // two numbers of one person became one
	CameForThem  Exceptional = "proxy"       // somebody else collected the goods
	TypedNumber  Exceptional = "typed"       // no card was there: the number was typed
	TakerCalled  Exceptional = "taker-call"  // whoever took a request called back about it, as the rule allows where people are few
)

// Exceptions lists them in the order of the report.
func Exceptions() []Exceptional {
	return []Exceptional{
		WasReversed, WasUndone, WasReturned, Adjusted, WrittenOff, LateVoucher, LateService, Queried, ShortShelf, SelfDealing, OffHours,
		Overlapping, MergedNumber, CameForThem, TypedNumber, TakerCalled,
	}
}

// ExceptionReport lists what an auditor looks at first.
type ExceptionReport struct {
	Basis
	Period Period
	Hours  WorkHours
	Rows   []Exception // in the order of Exceptions, then of entries
}

// Exception is one entry and why to look at it.
type Exception struct {
	What    Exceptional
	Entry   ledger.Index
	On      ledger.Date
	At      time.Time
	Kind    ledger.Kind
	Actor   ledger.StaffID
	Subject string        // the volunteer or shop that it is about
	Other   ledger.Index  // the entry that was undone or that overlaps; 0 for none
	Days    int64         // between Other and this one, or between the service or exchange and its entry
	Reason  string        // as the entry gives it: a code
	Pieces  ledger.Amount // goods that are short, lost, found or written off
	Points  ledger.Amount // that the entry moved
}

// Count returns how many rows there are of an exception.
func (r ExceptionReport) Count(what Exceptional) (n int) {
	for _, x := range r.Rows {
		if x.What == what {
			n++
		}
	}
	return n
}

// WorkHours are the hours of work in minutes from midnight; outside them an entry is off-hours.
type WorkHours struct {
	Zone        *time.Location
	From, Until int
}

// off reports whether an instant lies outside them.
func (w WorkHours) off(at time.Time) bool {
	there := at.In(w.Zone)
	minute := there.Hour()*60 + there.Minute()
	return minute < w.From || minute >= w.Until
}

// exceptions gathers them.
type exceptions struct {
	hours  WorkHours
	period Period
	near   nearness
	days   map[ledger.Index]ledger.Date    // when an entry that may be undone was booked
	first  map[ledger.Index]ledger.StaffID // who proposed what a second person approved
	asked  map[ledger.RequestID]ledger.UnitID
	rows   []Exception
}

// ExceptionsOf lists the exceptions of a period, by the day of booking, from the entries behind a view.
func ExceptionsOf(v ledger.View, s Scope, p Period, hours WorkHours, entries iter.Seq2[ledger.Entry, error]) (ExceptionReport, error) {
	out := ExceptionReport{Basis: basis(v, s), Period: p, Hours: hours}
	near, err := nearnessOf(v)
	if err != nil {
		return out, err
	}
	in, err := owners(v, s)
	if err != nil {
		return out, err
	}
	x := exceptions{hours, p, near, map[ledger.Index]ledger.Date{}, map[ledger.Index]ledger.StaffID{}, map[ledger.RequestID]ledger.UnitID{}, nil}
	for e, err := range entries {
		if err != nil {
			return out, fmt.Errorf("exception report: %w", err)
		}
		if e.Index >= v.Head().Size {
			break
		}
		x.add(e)
	}
	if err := x.overlaps(v); err != nil {
		return out, err
	}
	for _, row := range x.rows {
		if p.Has(row.On) && (s.Unit == "" || in[row.Subject] || s.Has(x.asked[ledger.RequestID(row.Subject)])) {
			out.Rows = append(out.Rows, row)
		}
	}
	order := Exceptions()
	slices.SortStableFunc(out.Rows, func(a, b Exception) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.What), slices.Index(order, b.What)), cmp.Compare(a.Entry, b.Entry))
	})
	return out, nil
}

// add looks at an entry.
func (x *exceptions) add(e ledger.Entry) {
	if len(e.Postings) > 0 {
		x.days[e.Index] = e.On
	}
	if e.Kind == ledger.Proposed {
		x.first[e.Index] = e.Actor
	}
	if body, ok := e.Body.(*ledger.RequestTaking); ok {
		x.asked[body.Request] = body.Unit
	}
	if !x.period.Has(e.On) {
		return
	}
	if body, ok := e.Body.(*ledger.RequestCall); ok && body.Taker {
		x.found(e, TakerCalled, string(body.Request), nil)
	}
	x.undone(e)
	x.counter(e)
	x.shelf(e)
	x.service(e)
	x.person(e)
}

// found adds a row about an entry.
func (x *exceptions) found(e ledger.Entry, what Exceptional, subject string, with func(*Exception)) {
	row := Exception{What: what, Entry: e.Index, On: e.On, At: e.At, Kind: e.Kind, Actor: e.Actor, Subject: subject, Points: pointsMoved(e)}
	if with != nil {
		with(&row)
	}
	x.rows = append(x.rows, row)
}

// about names the entry that another one undoes, and how many days lie between.
func (x *exceptions) about(e ledger.Entry, orig ledger.Index, reason ledger.Reason) func(*Exception) {
	return func(row *Exception) {
		row.Other, row.Reason, row.Days = orig, string(reason), int64(e.On-x.days[orig])
	}
}

// undone looks for what takes something back.
func (x *exceptions) undone(e ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.Reversal:
		x.found(e, WasReversed, cmp.Or(string(body.Volunteer), shopOf(e)), x.about(e, body.Entry, body.Reason))
	case *ledger.UndoneExchange:
		x.found(e, WasUndone, string(body.Volunteer), x.about(e, body.Redemption, ""))
	case *ledger.GoodsReturn:
		x.found(e, WasReturned, string(body.Volunteer), x.about(e, body.Redemption, body.Reason))
	case *ledger.Merger:
		x.found(e, MergedNumber, string(body.Into), func(row *Exception) { row.Reason = string(body.From) })
	}
}

// counter looks at who came, and when.
func (x *exceptions) counter(e ledger.Entry) {
	sold, ok := e.Sold()
	if !ok {
		return
	}
	who := string(sold.Volunteer)
	if sold.Voucher != 0 {
		x.found(e, LateVoucher, who, func(row *Exception) {
			row.Days, row.Reason = int64(e.On-sold.Happened), fmt.Sprintf("%s/%d", sold.Shop, sold.Voucher)
		})
	}
	switch sold.Presence {
	case ledger.ByProxy:
		x.found(e, CameForThem, who, func(row *Exception) { row.Reason = string(sold.Proxy) })
	case ledger.ByTyped:
		x.found(e, TypedNumber, who, func(row *Exception) { row.Reason = sold.Slip })
	case ledger.ByCard, ledger.ByCall:
	}
}

// shelf looks at goods that moved otherwise than by deliveries and exchanges that the book knew of.
func (x *exceptions) shelf(e ledger.Entry) {
	var short, scrapped ledger.Amount
	for _, p := range e.Postings {
		switch p.Account.Class() {
		case ledger.ClassShort:
			short -= p.Amount
		case ledger.ClassScrapped:
			scrapped += p.Amount
		default:
		}
	}
	_, sold := e.Sold()
	if sold && short > 0 {
		x.found(e, ShortShelf, shopOf(e), func(row *Exception) { row.Pieces = short })
	}
	switch body := e.Body.(type) {
	case *ledger.CountResult:
		for _, p := range e.Postings {
			if p.Account.Class() == ledger.ClassLost || p.Account.Class() == ledger.ClassFound {
				x.found(e, Adjusted, string(body.Shop), func(row *Exception) { row.Pieces, row.Reason = -p.Amount, string(p.Commodity) })
			}
		}
	case *ledger.GoodsScrapped:
		x.found(e, WrittenOff, string(body.Shop), func(row *Exception) { row.Pieces, row.Reason = -scrapped, string(body.Reason) })
	}
}

// service looks at what the book itself asked a reviewer about.
func (x *exceptions) service(e ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.HoursRecord:
		x.queries(e, string(body.Volunteer), body.Queries, body.Honorary, body.Start.On())
	case *ledger.ActsRecord:
		x.queries(e, string(body.Volunteer), body.Queries, false, body.On)
	}
}

func (x *exceptions) queries(e ledger.Entry, who string, list []ledger.Query, honorary bool, served ledger.Date) {
	late := honorary || slices.Contains(list, ledger.QueryLate)
	if late {
		x.found(e, LateService, who, func(row *Exception) { row.Days = int64(e.On - served) })
	}
	var others []string
	for _, q := range list {
		if q != ledger.QueryLate {
			others = append(others, string(q))
		}
	}
	if others != nil {
		x.found(e, Queried, who, func(row *Exception) { row.Reason = strings.Join(others, " ") })
	}
}

// runKeys begin the keys of what falls due by itself, at whatever hour.
const runKeys = "run/"

// person looks at who acted, and at what hour.
func (x *exceptions) person(e ledger.Entry) {
	if e.Actor == "" || strings.HasPrefix(string(e.Key), runKeys) {
		return
	}
	who := benefits(e)
	for _, id := range who {
		for _, actor := range []ledger.StaffID{e.Actor, x.first[e.Proposal]} {
			if x.near.self(actor, id) {
				x.found(e, SelfDealing, string(id), func(row *Exception) { row.Actor = actor })
			}
		}
	}
	if len(e.Postings) > 0 && x.hours.off(e.At) { // papers may be written up in the evening
		subject := shopOf(e)
		if len(who) > 0 {
			subject = string(who[0])
		}
		x.found(e, OffHours, subject, nil)
	}
}

// benefits lists the volunteers whose points an entry moves or is to move.
func benefits(e ledger.Entry) (list []ledger.VolunteerID) {
	switch body := e.Body.(type) {
	case *ledger.Credit:
		list = append(list, body.Volunteer)
	case *ledger.GoodsRelieved:
		list = append(list, body.Volunteer)
	}
	for _, p := range e.Postings {
		if c := p.Account.Class(); c == ledger.ClassPoints || c == ledger.ClassHours || c == ledger.ClassRecoverable {
			list = append(list, ledger.VolunteerID(p.Account.Owner()))
		}
	}
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(v ledger.VolunteerID) bool { return v == "" })
}

// shopOf names the shop whose shelf an entry moves, if it moves one.
func shopOf(e ledger.Entry) string {
	for _, p := range e.Postings {
		if p.Commodity.Goods() && p.Account.Class() != ledger.ClassReceived {
			return p.Account.Owner()
		}
	}
	return ""
}

// pointsMoved is what an entry moves in points, counted once.
func pointsMoved(e ledger.Entry) (sum ledger.Amount) {
	for _, p := range e.Postings {
		if p.Commodity.Points() && p.Amount > 0 {
			sum += p.Amount
		}
	}
	return sum
}

// served is a stretch of service that stands, in minutes.
type served struct {
	record     ledger.Record
	from, till int64
}

// overlaps looks for service of one person, under all of their numbers, at one time.
func (x *exceptions) overlaps(v ledger.View) error {
	people := map[ledger.VolunteerID][]served{}
	for r, err := range v.Records() {
		if err != nil {
			return fmt.Errorf("exception report: %w", err)
		}
		if r.Kind != ledger.HoursDeclared || r.State == ledger.SentBack || r.State == ledger.ReversedBack {
			continue
		}
		who := x.near.person(r.Volunteer)
		people[who] = append(people[who], served{r, int64(r.Start), int64(r.Start) + int64(r.Minutes)})
	}
	for _, who := range slices.Sorted(maps.Keys(people)) {
		list := people[who]
		slices.SortFunc(list, func(a, b served) int {
			return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.record.Index, b.record.Index))
		})
		longest := 0 // of those so far, which lasts the longest
		for i := 1; i < len(list); i++ {
			if a, b := list[longest], list[i]; b.from < a.till {
				x.overlap(who, a.record, b.record, min(a.till, b.till)-b.from)
			}
			if list[i].till > list[longest].till {
				longest = i
			}
		}
	}
	return nil
}

// overlap adds a row at the record that was declared later.
func (x *exceptions) overlap(who ledger.VolunteerID, a, b ledger.Record, minutes int64) {
	if a.Index > b.Index {
		a, b = b, a
	}
	x.rows = append(x.rows, Exception{
		What: Overlapping, Entry: b.Index, On: b.Start.On(), Kind: b.Kind, Actor: b.Declarer, Subject: string(who), Other: a.Index,
		Points: b.Points, Reason: fmt.Sprintf("%d:%02d", minutes/60, minutes%60),
	})
}
