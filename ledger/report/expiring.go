package report

import (
	"cmp"
	"fmt"
	"slices"

	"aixin/ledger"
)

// Warnings are how many days before the last usable day of their points people are warned (B22), the longest first.
func Warnings() []int64 { return []int64{60, 30, 7} }

// ExpiringReport says whose points lapse soon.
type ExpiringReport struct {
	Basis
	Rows  []ExpiringRow // the first to lapse first, then in the order of numbers
	Total ledger.Amount
}

// ExpiringRow is what of a volunteer lapses on one day, held or not.
type ExpiringRow struct {
	Volunteer ledger.VolunteerID
	Unit      ledger.UnitID
	Gift      ledger.Amount // of the points, gift points
	Points    ledger.Amount
	Expires   ledger.Date // the last usable day
	Days      int64       // from the day of the report until then; 0 on the last usable day itself
	Warning   int64       // the shortest of Warnings that it is within
}

// Expiring draws up the points that lapse within the longest of Warnings. What has lapsed already is left to the run.
func Expiring(v ledger.View, s Scope) (ExpiringReport, error) {
	out := ExpiringReport{Basis: basis(v, s)}
	rules, err := v.Rules()
	if err != nil {
		return out, fmt.Errorf("expiring report: %w", err)
	}
	for who, acct := range holders(v, s) {
		if who.err != nil {
			return out, fmt.Errorf("expiring report: %w", who.err)
		}
		lots, gifts, err := owedLots(v, who, acct, paired(rules))
		if err != nil {
			return out, fmt.Errorf("expiring report: %w", err)
		}
		for _, l := range lots { // by expiry, so that the lots of one day stand together
			days := int64(l.Expires - v.On())
			if !who.person() || l.Expires == 0 || l.Lapsed(v.On()) || days > Warnings()[0] {
				continue
			}
			if n := len(out.Rows); n == 0 || out.Rows[n-1].Volunteer != who.Volunteer.Volunteer || out.Rows[n-1].Expires != l.Expires {
				out.Rows = append(out.Rows, ExpiringRow{
					Volunteer: who.Volunteer.Volunteer, Unit: who.Unit, Expires: l.Expires, Days: days, Warning: Warning(days),
				})
			}
			row := &out.Rows[len(out.Rows)-1]
			row.Points = plus(row.Points, l.Left)
			if slices.ContainsFunc(gifts.Lots, func(g ledger.Lot) bool { return g.ID == l.ID }) {
				row.Gift = plus(row.Gift, l.Left)
			}
			out.Total = plus(out.Total, l.Left)
		}
	}
	slices.SortFunc(out.Rows, func(a, b ExpiringRow) int {
		return cmp.Or(cmp.Compare(a.Expires, b.Expires), cmp.Compare(a.Volunteer, b.Volunteer))
	})
	return out, nil
}

// Warning returns the shortest of Warnings that so many days are within.
func Warning(days int64) int64 {
	within := Warnings()[0]
	for _, w := range Warnings() {
		if days <= w {
			within = w
		}
	}
	return within
}
