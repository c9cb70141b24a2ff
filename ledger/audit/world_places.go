package audit

import (
	"cmp"
	"slices"
	"strings"

	"aixin/ledger"
)

// This file folds units, shops, items, and the rules and prices that hold in them.

// foldPlaces takes in units, shops, rules and prices.
func (w *world) foldPlaces(e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.AddUnit:
		w.units[body.Unit] = body
		i, _ := w.place(body.Unit)
		w.org.Units = slices.Insert(w.org.Units, i, ledger.Place{Unit: body.Unit, Parent: body.Parent})
	case *ledger.MoveUnit:
		if i, ok := w.place(body.Unit); ok {
			at := &w.org.Units[i]
			at.Moves = slices.DeleteFunc(at.Moves, func(m ledger.UnitMove) bool { return m.From == body.From })
			at.Moves = append(at.Moves, ledger.UnitMove{From: body.From, Parent: body.Parent})
			slices.SortFunc(at.Moves, func(a, b ledger.UnitMove) int { return cmp.Compare(a.From, b.From) })
		}
	case *ledger.AddShop:
		w.shops[body.Shop] = body.Unit
	case *ledger.SetRule:
		w.rules.List = append(w.rules.List, body.Rule)
	case *ledger.AddActivity:
		w.activities[body.Activity] = body
	case *ledger.AddItem:
		w.items[body.Item] = &ledger.Item{Item: body.Item, Prices: []ledger.Price{{From: body.From, Points: body.Points}}}
	case *ledger.PriceItem:
		if item := w.items[body.Item]; item != nil {
			item.Prices = slices.DeleteFunc(item.Prices, func(p ledger.Price) bool { return p.From == body.From })
			item.Prices = append(item.Prices, ledger.Price{From: body.From, Points: body.Points})
			slices.SortFunc(item.Prices, func(a, b ledger.Price) int { return cmp.Compare(a.From, b.From) })
		}
	case *ledger.SetCalendar:
		w.calendar.Years = slices.DeleteFunc(w.calendar.Years, func(y ledger.SetCalendar) bool { return y.Year == body.Year })
		w.calendar.Years = append(w.calendar.Years, *body)
	}
}

func (w *world) place(u ledger.UnitID) (int, bool) {
	return slices.BinarySearchFunc(w.org.Units, u, func(p ledger.Place, u ledger.UnitID) int { return cmp.Compare(p.Unit, u) })
}

// named returns a rule by its name. Rules are large: they are looked up once.
func (w *world) named(name string) *ledger.Rule {
	if r, ok := w.byName[name]; ok {
		return r
	}
	if r, ok := w.rules.Named(name); ok {
		w.byName[name] = r
		return r
	}
	return nil
}

// unitOf returns the unit of a subject: a volunteer, a shop, or a unit itself.
func (w *world) unitOf(subject string) ledger.UnitID {
	switch {
	case subject == "":
	case subject[0] == 'V':
		if p := w.people[ledger.VolunteerID(subject)]; p != nil {
			return p.in(w.last)
		}
	case subject[0] == 'A':
		if a := w.activities[ledger.ActivityID(subject)]; a != nil {
			return a.Unit
		}
	case subject[0] == 'H':
		return w.homes[ledger.HouseholdID(subject)]
	case subject[0] == 'S':
		shop, _, _ := strings.Cut(subject, "/")
		return w.shops[ledger.ShopID(shop)]
	case ledger.UnitID(subject).Valid():
		return ledger.UnitID(subject)
	}
	return ""
}

// unitIn returns the unit of the last of some entries that is about a record or went over a counter.
func (w *world) unitIn(list []ledger.Index) ledger.UnitID {
	for _, i := range slices.Backward(list) {
		if rec := cmp.Or(w.records.at(i), w.credits.at(i)); rec != nil {
			return rec.unit
		}
		if x := w.exchanges.at(i); x != nil {
			return w.shops[x.shop]
		}
	}
	return ""
}

// placeOf returns the unit that an entry is about: where a role is granted or a rule holds, or that of the first account that it moves.
func (w *world) placeOf(e *ledger.Entry) ledger.UnitID {
	switch body := e.Body.(type) {
	case *ledger.GrantRole:
		return w.unitOf(body.Scope)
	case *ledger.SetRule:
		return cmp.Or(body.Rule.Terms.Unit, w.shops[body.Rule.Terms.Shop])
	}
	for _, p := range e.Postings {
		if unit := w.unitOf(p.Account.Owner()); unit != "" {
			return unit
		}
	}
	return ""
}

// codeOf returns the standard that an activity falls under; none of one that the book does not know.
func (w *world) codeOf(id ledger.ActivityID) ledger.Code {
	if a := w.activities[id]; a != nil {
		return a.Code
	}
	return ""
}

// ruleOfShop returns the rule that a shop follows on a day.
func (w *world) ruleOfShop(s ledger.ShopID, on ledger.Date) (*ledger.Rule, bool) {
	unit := w.units[w.shops[s]]
	if unit == nil {
		return &ledger.Rule{}, false
	}
	return w.rules.ForShop(s, w.org.Above(unit.Unit, on), unit.Rule, on)
}

// ruleIn returns the rule of a unit on a day; an empty one where it has none.
func (w *world) ruleIn(u ledger.UnitID, on ledger.Date) *ledger.Rule {
	rule := &ledger.Rule{}
	if unit := w.units[u]; unit != nil {
		rule, _ = w.rules.For(w.org.Above(u, on), unit.Rule, on)
	}
	return rule
}
