package report

import (
	"fmt"
	"iter"

	"aixin/ledger"
)

// Scope is the part of the organisation that a report covers: a unit and everything below it, or the whole book.
type Scope struct {
	Unit  ledger.UnitID // none for the whole book
	Units []ledger.Unit // that it covers, in the order of their codes

	by map[ledger.UnitID]ledger.Unit // every unit of the book
}

// ScopeOf returns the scope of a unit, or of the whole book where none is named. A unit that does not exist is a *Rejection
// with NotFound.
func ScopeOf(v ledger.View, unit ledger.UnitID) (Scope, error) {
	s := Scope{Unit: unit, by: map[ledger.UnitID]ledger.Unit{}}
	var all []ledger.Unit
	for u, err := range v.Units() { // also where one is named: its index may not know the past, and then another has to answer
		if err != nil {
			return s, fmt.Errorf("scope: %w", err)
		}
		s.by[u.Unit] = u
		all = append(all, u)
	}
	if _, known := s.by[unit]; unit != "" && !known {
		return s, &ledger.Rejection{Reason: ledger.NotFound, Subject: string(unit)}
	}
	for _, u := range all {
		if s.Has(u.Unit) {
			s.Units = append(s.Units, u)
		}
	}
	return s, nil
}

// Has reports whether what belongs to a unit is covered.
func (s Scope) Has(unit ledger.UnitID) bool {
	if s.Unit == "" {
		return true
	}
	for u := range s.chain(unit) {
		if u == s.Unit {
			return true
		}
	}
	return false
}

// up yields a unit and those above it, as far as the scope goes: everything that a figure of the unit counts for.
func (s Scope) up(unit ledger.UnitID) iter.Seq[ledger.UnitID] {
	return func(yield func(ledger.UnitID) bool) {
		for u := range s.chain(unit) {
			if !yield(u) || u == s.Unit {
				return
			}
		}
	}
}

// chain yields a unit and those above it, to the top of the organisation. No chain is longer than there are units, so that a
// damaged index cannot hold a report for ever.
func (s Scope) chain(unit ledger.UnitID) iter.Seq[ledger.UnitID] {
	return func(yield func(ledger.UnitID) bool) {
		for range s.by {
			if unit == "" || !yield(unit) {
				return
			}
			unit = s.by[unit].Parent
		}
	}
}

// Basis says what a report was drawn up from.
type Basis struct {
	Head ledger.Head
	On   ledger.Date   // the day that counts as today
	Unit ledger.UnitID // that it covers with everything below it; none for the whole book
}

func basis(v ledger.View, s Scope) Basis { return Basis{v.Head(), v.On(), s.Unit} }

// prices returns what one piece of each item is worth in points on the day of the view; an item whose first price is of a later
// day is not in it.
func prices(v ledger.View) (map[ledger.Commodity]ledger.Amount, error) {
	each := map[ledger.Commodity]ledger.Amount{}
	for item, err := range v.Items() {
		if err != nil {
			return nil, fmt.Errorf("prices: %w", err)
		}
		if points, ok := item.PriceOn(v.On()); ok {
			each[item.Item] = points
		}
	}
	return each, nil
}

// worth values pieces at a price. What leaves the range of an amount stands at its end: no shelf is worth as much.
func worth(pieces, each ledger.Amount) ledger.Amount {
	if each != 0 && pieces > ledger.MaxAmount/each {
		return ledger.MaxAmount
	}
	return pieces * each
}

// plus adds two sums that are not negative, inside the range of an amount.
func plus(a, b ledger.Amount) ledger.Amount { return min(a+b, ledger.MaxAmount) }
