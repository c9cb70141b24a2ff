package report

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"

	"aixin/ledger"
)

// ClerkReport says what each member of the staff did in a period.
type ClerkReport struct {
	Basis
	Period Period
	Rows   []ClerkRow // in the order of their numbers
}

// ClerkRow counts the entries of one member of the staff. What was taken back counts with whoever had handed it out or approved it,
// where that is of the period too.
type ClerkRow struct {
	Staff     ledger.StaffID
	Entries   int64 // without those of the run
	Days      int64 // on which they acted
	Exchanges int64 // at the counter; a voucher is of whoever entered it
	Points    ledger.Amount
	Pieces    ledger.Amount
	Back      int64 // of their exchanges: undone, reversed, or returned, in part too
	Typed     int64 // of their exchanges: the number was typed
	Proxy     int64 // of their exchanges: somebody else came
	Vouchers  int64 // of their exchanges: entered later
	Declared  int64 // records of service and acts
	Approved  int64 // records of service and acts
	Undone    int64 // of what they approved: reversed
	Reversals int64 // that they made
	Refused   int64 // attempts that the book refused and kept
	OffHours  int64 // moved points or goods outside the hours of work
	First     ledger.Date
	Last      ledger.Date
}

// clerks gathers what the staff did.
type clerks struct {
	hours WorkHours
	rows  map[ledger.StaffID]*ClerkRow
	days  map[ledger.StaffID]ledger.Date  // the day that was counted last
	sold  map[ledger.Index]ledger.StaffID // who handed out, until something comes back
	given map[ledger.Index]ledger.StaffID // who approved, until it is reversed
	first map[ledger.Index]ledger.StaffID // who proposed what a second person approved
}

// Clerks counts what the staff did in a period, by the day of booking, from the entries behind a view. Of a unit it counts what
// concerns its volunteers, shops and units.
func Clerks(v ledger.View, s Scope, p Period, hours WorkHours, entries iter.Seq2[ledger.Entry, error]) (ClerkReport, error) {
	out := ClerkReport{Basis: basis(v, s), Period: p}
	in, err := owners(v, s)
	if err != nil {
		return out, err
	}
	c := clerks{
		hours,
		map[ledger.StaffID]*ClerkRow{},
		map[ledger.StaffID]ledger.Date{},
		map[ledger.Index]ledger.StaffID{},
		map[ledger.Index]ledger.StaffID{},
		map[ledger.Index]ledger.StaffID{},
	}
	for e, err := range entries {
		if err != nil {
			return out, fmt.Errorf("clerk report: %w", err)
		}
		if e.Index >= v.Head().Size {
			break
		}
		if e.Kind == ledger.Proposed {
			c.first[e.Index] = e.Actor
		}
		if p.Has(e.On) && (s.Unit == "" || slices.ContainsFunc(concerned(e), func(id string) bool { return in[id] })) {
			c.add(e)
		}
	}
	for _, row := range c.rows {
		out.Rows = append(out.Rows, *row)
	}
	slices.SortFunc(out.Rows, func(a, b ClerkRow) int { return cmp.Compare(a.Staff, b.Staff) })
	return out, nil
}

// concerned lists the volunteers, shops and units that an entry is about.
func concerned(e ledger.Entry) (list []string) {
	for _, p := range e.Postings {
		list = append(list, p.Account.Owner())
	}
	switch body := e.Body.(type) {
	case *ledger.HoursRecord:
		list = append(list, string(body.Volunteer), string(body.Unit))
	case *ledger.ActsRecord:
		list = append(list, string(body.Volunteer), string(body.Unit))
	case *ledger.Credit:
		list = append(list, string(body.Volunteer))
	case *ledger.Refusal:
		list = append(list, string(body.Volunteer), string(body.Shop))
	}
	return list
}

// of returns the row of somebody.
func (c *clerks) of(who ledger.StaffID) *ClerkRow {
	if c.rows[who] == nil {
		c.rows[who] = &ClerkRow{Staff: who}
	}
	return c.rows[who]
}

// add counts an entry.
func (c *clerks) add(e ledger.Entry) {
	if _, oneself := e.Actor.Oneself(); oneself || e.Actor == "" || strings.HasPrefix(string(e.Key), runKeys) {
		return
	}
	row := c.of(e.Actor)
	row.Entries++
	if c.days[e.Actor] != e.On {
		c.days[e.Actor] = e.On
		row.Days++
	}
	row.First, row.Last = cmp.Or(row.First, e.On), e.On
	if len(e.Postings) > 0 && c.hours.off(e.At) {
		row.OffHours++
	}
	c.exchange(e)
	c.record(e, row)
	c.back(e, row)
}

// exchange counts what was handed out.
func (c *clerks) exchange(e ledger.Entry) {
	x, ok := e.Sold()
	if !ok {
		return
	}
	who := cmp.Or(c.first[e.Proposal], e.Actor)
	c.sold[e.Index] = who
	row := c.of(who)
	row.Exchanges++
	for _, l := range x.Lines {
		row.Points += l.Points
		row.Pieces += l.Pieces
	}
	if x.Voucher != 0 {
		row.Vouchers++
	}
	switch x.Presence {
	case ledger.ByTyped:
		row.Typed++
	case ledger.ByProxy:
		row.Proxy++
	case ledger.ByCard, ledger.ByCall:
	}
}

// record counts what was declared, approved and refused.
func (c *clerks) record(e ledger.Entry, row *ClerkRow) {
	switch e.Kind {
	case ledger.HoursDeclared, ledger.ActsDeclared:
		row.Declared++
	case ledger.Approved:
		row.Approved++
		c.given[e.Index] = e.Actor
	case ledger.Refused:
		row.Refused++
	default:
	}
}

// back counts what was taken back, once for each exchange.
func (c *clerks) back(e ledger.Entry, row *ClerkRow) {
	var orig ledger.Index
	switch body := e.Body.(type) {
	case *ledger.Reversal:
		orig = body.Entry
		row.Reversals++
	case *ledger.UndoneExchange:
		orig = body.Redemption
	case *ledger.GoodsReturn:
		orig = body.Redemption
	default:
		return
	}
	if who, ok := c.sold[orig]; ok {
		c.of(who).Back++
		delete(c.sold, orig)
	}
	if who, ok := c.given[orig]; ok {
		c.of(who).Undone++
		delete(c.given, orig)
	}
}
