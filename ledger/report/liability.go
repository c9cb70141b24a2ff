package report

import (
	"fmt"

	"aixin/ledger"
)

// LiabilityReport holds the points that volunteers may redeem against the goods that are there for them.
type LiabilityReport struct {
	Basis
	Units []LiabilityRow // each unit with everything below it, so that what a unit has counts for the one above it too
	Total LiabilityRow
}

// LiabilityRow is the liability of one unit or of the whole scope, in points.
type LiabilityRow struct {
	Unit        ledger.UnitID
	Name        string
	Shops       int64         // none where there is nothing that could cover anything
	Outstanding ledger.Amount // owed, lapsed and not yet posted included
	Lapsed      ledger.Amount // of Outstanding: past its date, to be posted by the next run
	Pending     ledger.Amount // declared and not yet approved; not in Outstanding
	Goods       ledger.Amount // usable goods on the shelves at the price of the day
	Unpriced    ledger.Amount // usable pieces that have no price yet, and so count for nothing
}

// Cover returns how many whole percent of the points outstanding the goods cover, rounded down; ok is false where nothing is owed.
func (r LiabilityRow) Cover() (percent int64, ok bool) {
	if r.Outstanding <= 0 {
		return 0, false
	}
	return int64(r.Goods * 100 / r.Outstanding), true
}

// Below reports whether the goods cover less than a share of what is owed, in percent.
func (r LiabilityRow) Below(share int64) bool {
	percent, ok := r.Cover()
	return ok && percent < share
}

func (r LiabilityRow) empty() bool {
	return r.Outstanding|r.Pending|r.Goods|r.Unpriced == 0
}

// Liability draws up what a scope owes and what covers it.
func Liability(v ledger.View, s Scope) (LiabilityReport, error) {
	out := LiabilityReport{Basis: basis(v, s), Total: LiabilityRow{Unit: s.Unit, Name: s.by[s.Unit].Name}}
	units := map[ledger.UnitID]*LiabilityRow{}
	for _, u := range s.Units {
		units[u.Unit] = &LiabilityRow{Unit: u.Unit, Name: u.Name}
	}
	count := func(unit ledger.UnitID, add func(*LiabilityRow)) {
		add(&out.Total)
		for u := range s.up(unit) {
			add(units[u])
		}
	}
	for who, acct := range holders(v, s) {
		if who.err != nil {
			return out, fmt.Errorf("liability report: %w", who.err)
		}
		count(who.Unit, func(r *LiabilityRow) {
			r.Outstanding = plus(r.Outstanding, -acct.Balance)
			r.Lapsed = plus(r.Lapsed, -acct.Balance-acct.Usable(v.On()))
			r.Pending = plus(r.Pending, acct.Pending)
		})
	}
	for shop, err := range v.Shops() {
		if err != nil {
			return out, fmt.Errorf("liability report: %w", err)
		}
		if s.Has(shop.Unit) {
			count(shop.Unit, func(r *LiabilityRow) { r.Shops++ })
		}
	}
	each, err := prices(v)
	if err != nil {
		return out, err
	}
	for at, acct := range stocked(v, s) {
		if at.err != nil {
			return out, fmt.Errorf("liability report: %w", at.err)
		}
		pieces := acct.Usable(v.On())
		points, priced := each[at.item]
		count(at.unit, func(r *LiabilityRow) {
			r.Goods = plus(r.Goods, worth(pieces, points))
			if !priced {
				r.Unpriced = plus(r.Unpriced, pieces)
			}
		})
	}
	for _, u := range s.Units {
		if row := units[u.Unit]; !row.empty() {
			out.Units = append(out.Units, *row)
		}
	}
	return out, nil
}
