package report

import (
	"cmp"
	"fmt"
	"slices"

	"aixin/ledger"
)

// Period is a stretch of days, both ends included; a missing end is open.
type Period struct {
	From, To ledger.Date
}

// Has reports whether a day lies in the period.
func (p Period) Has(day ledger.Date) bool {
	return (p.From == 0 || day >= p.From) && (p.To == 0 || day <= p.To)
}

// ActivityReport says what was served and done in a period, by activity, by code of act and by unit. Its records are those whose
// day of service lies in the period, in the state in which the view has them.
type ActivityReport struct {
	Basis
	Period Period
	Rows   []ActivityRow // service by activity, then acts by code; each in the order of unit and code
	Units  []ActivityRow // each unit with everything below it, so that a unit and the one above it count the same record
	Total  Tally
}

// ActivityRow is the tally of an activity, of a code of acts in a unit that are counted in one thing, or of a unit.
type ActivityRow struct {
	Unit     ledger.UnitID
	Activity ledger.ActivityID // none for acts
	Code     ledger.Code
	Name     string // of the activity or unit; none for acts
	Counted  string // in what a quantity of acts is counted, where the rule of the record said so; none of a unit
	Tally
}

// Tally counts records and adds up what of them was credited and stands.
type Tally struct {
	Declared   int64 // the sum of the four below
	Waiting    int64
	Credited   int64
	SentBack   int64
	Reversed   int64
	Volunteers int64 // with a record that was credited and stands
	Minutes    ledger.Amount
	Quantity   int64 // of acts in a row of their code: bags and meetings have no sum
	Points     ledger.Amount
	Scan       ledger.Amount // of Minutes: how they were captured
	Roster     ledger.Amount
	Backfill   ledger.Amount
}

// Shares returns how many percent of the minutes were captured by scan, roster and backfill. They sum to 100, or are all zero
// where there are no minutes: the largest remainders are rounded up.
func (t Tally) Shares() (scan, roster, backfill int64) {
	if t.Minutes == 0 {
		return 0, 0, 0
	}
	parts := []ledger.Amount{t.Scan, t.Roster, t.Backfill}
	whole, order, lack := make([]int64, 3), []int{0, 1, 2}, int64(100)
	for i, p := range parts {
		whole[i] = int64(p * 100 / t.Minutes)
		lack -= whole[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(parts[b]*100%t.Minutes, parts[a]*100%t.Minutes)
	})
	for _, i := range order[:lack] {
		whole[i]++
	}
	return whole[0], whole[1], whole[2]
}

// counting is a tally that is still counted.
type counting struct {
	ActivityRow
	people map[ledger.VolunteerID]bool
}

func (c *counting) add(r ledger.Record) {
	c.Declared++
	switch r.State {
	case ledger.Pending, ledger.AwaitingNotice, ledger.AwaitingPeriod, ledger.OnNotice, ledger.Disputed:
		c.Waiting++
	case ledger.SentBack:
		c.SentBack++
	case ledger.ReversedBack:
		c.Reversed++
	case ledger.Agreed: // a proposal is no activity
	case ledger.Credited:
		c.Credited++
		c.people[r.Volunteer] = true
		c.Volunteers = int64(len(c.people))
		c.Minutes += r.Minutes
		if c.Code != "" {
			c.Quantity += r.Quantity
		}
		c.Points += r.Points
		switch r.Capture {
		case ledger.Scan:
			c.Scan += r.Minutes
		case ledger.Roster:
			c.Roster += r.Minutes
		case ledger.Backfill:
			c.Backfill += r.Minutes
		}
	}
}

// counter finds the tally of a row, which begins with the first record that asks for it.
type counter map[ActivityRow]*counting

func (c counter) of(row ActivityRow) *counting {
	if c[row] == nil {
		c[row] = &counting{row, map[ledger.VolunteerID]bool{}}
	}
	return c[row]
}

// rows returns the tallies, service before acts, in the order of unit, activity and code.
func (c counter) rows() []ActivityRow {
	var rows []ActivityRow
	for _, one := range c {
		rows = append(rows, one.ActivityRow)
	}
	slices.SortFunc(rows, func(a, b ActivityRow) int {
		acts := func(r ActivityRow) int {
			if r.Activity == "" {
				return 1
			}
			return 0
		}
		return cmp.Or(acts(a)-acts(b), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Activity, b.Activity),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Counted, b.Counted))
	})
	return rows
}

// Activity draws up what was served and done in a period. Opening balances are neither, and are left out.
func Activity(v ledger.View, s Scope, p Period) (ActivityReport, error) {
	out := ActivityReport{Basis: basis(v, s), Period: p}
	activities := map[ledger.ActivityID]ledger.Activity{}
	for a, err := range v.Activities() {
		if err != nil {
			return out, fmt.Errorf("activity report: %w", err)
		}
		activities[a.Activity] = a
	}
	rows, units, total := counter{}, counter{}, counter{}
	for r, err := range v.Records() {
		if err != nil {
			return out, fmt.Errorf("activity report: %w", err)
		}
		row, day := ActivityRow{Unit: r.Unit, Code: r.Code, Counted: r.CountedIn}, r.On
		if r.Kind == ledger.HoursDeclared {
			a := activities[r.Activity]
			row, day = ActivityRow{Unit: r.Unit, Activity: r.Activity, Code: a.Code, Name: a.Name}, r.Start.On()
		}
		if r.Kind == ledger.OpeningDeclared || r.Kind == ledger.Proposed || !p.Has(day) || !s.HasOn(r.Unit, day) {
			continue
		}
		rows.of(row).add(r)
		total.of(ActivityRow{}).add(r)
		for u := range s.upOn(r.Unit, day) {
			units.of(ActivityRow{Unit: u, Name: s.by[u].Name}).add(r)
		}
	}
	out.Rows, out.Units, out.Total = rows.rows(), units.rows(), total.of(ActivityRow{}).Tally
	return out, nil
}
