package report

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"aixin/ledger"
)

// Scope is the part of the organisation that a report covers: a unit and everything below it, or the whole book.
type Scope struct {
	Unit  ledger.UnitID // none for the whole book
	Units []ledger.Unit // that it covers, in the order of their codes, each with its parent of that day

	on  ledger.Date                   // the day of the view
	org ledger.Org                    // what stands under what, by date
	by  map[ledger.UnitID]ledger.Unit // every unit of the book
}

// ScopeOf returns the scope of a unit, or of the whole book where none is named. A unit that does not exist is a *Rejection
// with NotFound.
func ScopeOf(v ledger.View, unit ledger.UnitID) (Scope, error) {
	org, err := v.Org()
	s := Scope{Unit: unit, org: org, by: map[ledger.UnitID]ledger.Unit{}}
	if err != nil {
		return s, fmt.Errorf("scope: %w", err)
	}
	for u, err := range v.Units() { // also where one is named: its index may not know the past, and then another has to answer
		if err != nil {
			return s, fmt.Errorf("scope: %w", err)
		}
		s.by[u.Unit] = u
	}
	if _, known := s.by[unit]; unit != "" && !known {
		return s, &ledger.Rejection{Reason: ledger.NotFound, Subject: string(unit)}
	}
	return s.On(v.On()), nil
}

// On returns the scope as it was on a day: what was drawn up then is drawn up again the same, whatever moved since.
func (s Scope) On(day ledger.Date) Scope {
	s.on, s.Units = day, nil
	by := map[ledger.UnitID]ledger.Unit{}
	for _, code := range slices.Sorted(maps.Keys(s.by)) {
		u := s.by[code]
		u.Parent = s.org.ParentOn(code, day)
		by[code] = u
		if s.Has(code) {
			s.Units = append(s.Units, u)
		}
	}
	s.by = by
	return s
}

// Has reports whether what belongs to a unit is covered on the day of the view.
func (s Scope) Has(unit ledger.UnitID) bool { return s.HasOn(unit, s.on) }

// HasOn reports whether what a unit did on a day is covered: a unit that moved later counts for those under which it stood then.
func (s Scope) HasOn(unit ledger.UnitID, day ledger.Date) bool {
	return s.Unit == "" || slices.Contains(s.org.Above(unit, day), s.Unit)
}

// up yields a unit and those above it on the day of the view, as far as the scope goes: everything that a figure of the unit counts
// for. upOn does so for another day.
func (s Scope) up(unit ledger.UnitID) iter.Seq[ledger.UnitID] { return s.upOn(unit, s.on) }

func (s Scope) upOn(unit ledger.UnitID, day ledger.Date) iter.Seq[ledger.UnitID] {
	return func(yield func(ledger.UnitID) bool) {
		for _, u := range s.org.Above(unit, day) {
			if !yield(u) || u == s.Unit {
				return
			}
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
