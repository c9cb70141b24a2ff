package report

import (
	"fmt"

	"aixin/ledger"
)

// LiabilityReport holds the points that volunteers may redeem against the goods that are there for them.
type LiabilityReport struct {
	Basis
	Fen   ledger.Amount  // B30: of a yuan for one point, as the rule in force says; none where it does not
	Warn  ledger.Amount  // B39: likewise, the percent of cover below which the rule warns
	Units []LiabilityRow // each unit with everything below it, so that what a unit has counts for the one above it too
	Total LiabilityRow
}

// LiabilityRow is the liability of one unit or of the whole scope, in points.
type LiabilityRow struct {
	Unit        ledger.UnitID
	Name        string
	Shops       int64         // none where there is nothing that could cover anything
	Outstanding ledger.Amount // owed, gift points, and what lapsed and is not yet posted included
	Lapsed      ledger.Amount // of Outstanding: past its date, to be posted by the next run
	Pending     ledger.Amount // declared and not yet approved; not in Outstanding
	Goods       ledger.Amount // usable goods on the shelves at the price of the day
	Unpriced    ledger.Amount // usable pieces that have no price yet, and so count for nothing
	Budget      ledger.Amount // in fen: what may be spent on goods on the day
	Funds       ledger.Amount // what the budget is worth in points: see At
}

// At returns the report with the budgets valued in points, at so many fen for one.
func (r LiabilityReport) At(fen ledger.Amount) LiabilityReport {
	value := func(row LiabilityRow) LiabilityRow {
		row.Funds = min(row.Budget*100/max(fen, 1), ledger.MaxAmount)
		return row
	}
	units := make([]LiabilityRow, len(r.Units))
	for i, row := range r.Units {
		units[i] = value(row)
	}
	r.Units, r.Total = units, value(r.Total)
	return r
}

// Cover returns how many whole percent of the points outstanding the goods and the budget cover, rounded down; ok is false where
// nothing is owed.
func (r LiabilityRow) Cover() (percent int64, ok bool) {
	if r.Outstanding <= 0 {
		return 0, false
	}
	return int64(plus(r.Goods, r.Funds) * 100 / r.Outstanding), true
}

// Below reports whether they cover less than a share of what is owed, in percent.
func (r LiabilityRow) Below(share int64) bool {
	percent, ok := r.Cover()
	return ok && percent < share
}

func (r LiabilityRow) empty() bool {
	return r.Outstanding|r.Pending|r.Goods|r.Unpriced|r.Budget == 0
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
	rules, err := v.Rules()
	if err != nil {
		return out, fmt.Errorf("liability report: %w", err)
	}
	gifted := paired(rules)
	for who, acct := range holders(v, s) {
		if who.err != nil {
			return out, fmt.Errorf("liability report: %w", who.err)
		}
		count(who.Unit, func(r *LiabilityRow) {
			r.Outstanding = plus(r.Outstanding, -acct.Balance)
			r.Lapsed = plus(r.Lapsed, -acct.Balance-acct.Usable(v.On()))
			r.Pending = plus(r.Pending, acct.Pending)
		})
		if !gifted || !who.person() {
			continue
		}
		gifts, err := giftsOf(v, who.Volunteer.Volunteer)
		if err != nil {
			return out, fmt.Errorf("liability report: %w", err)
		}
		count(who.Unit, gifts)
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
	if err := out.value(v, s, count); err != nil {
		return out, fmt.Errorf("liability report: %w", err)
	}
	for _, u := range s.Units {
		if row := units[u.Unit]; !row.empty() {
			out.Units = append(out.Units, *row)
		}
	}
	return out, nil
}

// giftsOf returns what adds the gift points of a volunteer to a row.
func giftsOf(v ledger.View, who ledger.VolunteerID) (func(*LiabilityRow), error) {
	gifts, err := v.Account(ledger.AccountKey{ID: ledger.GiftsOf(who), Commodity: ledger.GiftPoint})
	return func(r *LiabilityRow) {
		r.Outstanding = plus(r.Outstanding, -gifts.Balance)
		r.Lapsed = plus(r.Lapsed, -gifts.Balance-gifts.Owned(v.On()))
	}, err
}

// value counts the budgets of the day, and finds what the rule in force says of their worth.
func (r *LiabilityReport) value(v ledger.View, s Scope, count func(ledger.UnitID, func(*LiabilityRow))) error {
	for f, err := range v.Budgets() {
		if err != nil {
			return err
		}
		if s.Has(f.Unit) {
			count(f.Unit, func(r *LiabilityRow) { r.Budget = plus(r.Budget, f.FenOn(v.On())) })
		}
	}
	worth, err := WorthOf(v, s)
	r.Fen, r.Warn = worth.Fen, worth.Warn
	return err
}

// WorthOf returns what the rule in force for a scope says that points are worth (B30, B39).
func WorthOf(v ledger.View, s Scope) (ledger.Worth, error) {
	rules, err := v.Rules()
	rule, _ := rules.For(s.org.Above(s.Unit, v.On()), s.by[s.Unit].Rule, v.On())
	return rule.Worth, err
}
