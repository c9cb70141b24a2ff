package report

import (
	"fmt"

	"aixin/ledger"
)

// Age is a stretch of the time that a lot has left.
type Age struct {
	ID   string // names it in every format
	Days int    // up to and with so many days from today; of no meaning for the last two
}

// Ages lists the ages in the order of time. Lapsed lots are those past their date that no run has posted.
func Ages() []Age {
	return []Age{{"lapsed", -1}, {"7", 7}, {"30", 30}, {"60", 60}, {"180", 180}, {ageLater, 0}, {ageNever, 0}}
}

const (
	ageLater = "later"
	ageNever = "never"
)

// ageOf returns the position in Ages of a lot that may last be used on a day.
func ageOf(expires, on ledger.Date) int {
	ages := Ages()
	later := len(ages) - 2
	if expires == 0 {
		return later + 1
	}
	for i, a := range ages[:later] {
		if expires <= on.AddDays(a.Days) {
			return i
		}
	}
	return later
}

// AgingReport says when points lapse and goods pass their date.
type AgingReport struct {
	Basis
	Points []PointsAge // one for each age
	Goods  []GoodsAge  // likewise
}

// PointsAge is what volunteers have that lapses at an age, gift points too; those that never lapse stand in no lot.
type PointsAge struct {
	Age        Age
	Points     ledger.Amount
	Lots       int64
	Volunteers int64
	GoesOn     ledger.Amount // of the points, what the rules let go on to the next year
}

// GoodsAge is what stands on the shelves that passes its date at an age. Value is in points at the price of the day.
type GoodsAge struct {
	Age    Age
	Pieces ledger.Amount
	Lots   int64
	Value  ledger.Amount
}

// PointsTotal sums the points of all ages: what is outstanding, lapsed and not yet posted included. It counts a volunteer once for
// each age, so it has no number of volunteers.
func (r AgingReport) PointsTotal() (t PointsAge) {
	for _, a := range r.Points {
		t.Points += a.Points
		t.Lots += a.Lots
		t.GoesOn += a.GoesOn
	}
	return t
}

// GoodsTotal sums the goods of all ages.
func (r AgingReport) GoodsTotal() (t GoodsAge) {
	for _, a := range r.Goods {
		t.Pieces += a.Pieces
		t.Lots += a.Lots
		t.Value = plus(t.Value, a.Value)
	}
	return t
}

// Aging draws up when the points of a scope lapse and its goods pass their date.
func Aging(v ledger.View, s Scope) (AgingReport, error) {
	out := AgingReport{Basis: basis(v, s)}
	for _, a := range Ages() {
		out.Points = append(out.Points, PointsAge{Age: a})
		out.Goods = append(out.Goods, GoodsAge{Age: a})
	}
	rules, err := v.Rules()
	if err != nil {
		return out, fmt.Errorf("aging report: %w", err)
	}
	for who, acct := range holders(v, s) {
		if who.err != nil {
			return out, fmt.Errorf("aging report: %w", who.err)
		}
		lots, _, err := owedLots(v, who, acct, paired(rules))
		if err != nil {
			return out, fmt.Errorf("aging report: %w", err)
		}
		counted := -1
		for _, l := range lots { // by expiry, so that the lots of one age stand together
			row := &out.Points[ageOf(l.Expires, v.On())]
			if row.Points += l.Left; l.ID != 0 {
				row.Lots++
			}
			if age := ageOf(l.Expires, v.On()); age != counted && who.person() {
				row.Volunteers++
				counted = age
			}
		}
		carries, err := v.Carries(&rules, who.Volunteer, acct)
		if err != nil {
			return out, fmt.Errorf("aging report: %w", err)
		}
		for _, c := range carries {
			out.Points[ageOf(c.On, v.On())].GoesOn += c.Points
		}
	}
	each, err := prices(v)
	if err != nil {
		return out, err
	}
	for at, acct := range stocked(v, s) {
		if at.err != nil {
			return out, fmt.Errorf("aging report: %w", at.err)
		}
		for _, l := range acct.Lots {
			row := &out.Goods[ageOf(l.Expires, v.On())]
			row.Pieces += l.Left
			row.Lots++
			row.Value = plus(row.Value, worth(l.Left, each[at.item]))
		}
	}
	return out, nil
}
