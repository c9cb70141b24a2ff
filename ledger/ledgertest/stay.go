package ledgertest

import (
	"fmt"
	"slices"

	"aixin/ledger"
)

// The family of who belongs to which unit and lives in which household, day by day.

func stayFamily() family {
	return family{
		answer: func(n *Naive, c ledger.Command, _ *event) (Answer, bool) {
			switch a := c.Do.(type) {
			case *ledger.MoveVolunteer:
				return n.moveVolunteer(c, a), true
			case *ledger.SetHousehold:
				return n.setHousehold(c, a), true
			}
			return Answer{}, false
		},
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.MoveVolunteer, *ledger.SetHousehold:
				return []ledger.Role{ledger.Steward}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			switch a := do.(type) {
			case *ledger.MoveVolunteer:
				return nobodys(a.Volunteer)
			case *ledger.SetHousehold:
				return nobodys(a.Volunteer) || a.Head && a.Household == ""
			}
			return false
		},
		differs: (*Naive).staysDiffer,
		scenes:  []scene{{1, (*Generator).moving}},
		draws: []draw{
			{2, func(g *Generator) (ledger.Action, ledger.StaffID) {
				return &ledger.MoveVolunteer{Volunteer: g.person(), Unit: g.someUnit(), From: g.today().AddDays(g.rng.IntN(6) - 1)}, pick(g, steward, steward, steward, g.standIn(), Everyone)
			}},
			{2, func(g *Generator) (ledger.Action, ledger.StaffID) {
				return &ledger.SetHousehold{Volunteer: g.person(), Household: g.someHousehold(), From: g.today().AddDays(g.rng.IntN(5) - 1), Head: g.rng.IntN(4) == 0}, pick(g, steward, steward, steward, g.standIn(), Everyone)
			}},
		},
	}
}

func (g *Generator) someUnit() ledger.UnitID {
	return pick(g, ledger.UnitID("C01"), "C02", "C01", "C02", "C10", "C11", "C14", "C77")
}

func (g *Generator) someHousehold() ledger.HouseholdID {
	return pick(g, ledger.HouseholdID("H000001"), "H000002", "H000003", "H000001", "H000002", "H000078", "")
}

// moving is somebody who goes elsewhere in some days, serves and exchanges before and after, and comes back.
func (g *Generator) moving() {
	v, unit, home := g.spender(), g.someUnit(), g.someHousehold()
	day := g.today().AddDays(g.rng.IntN(4))
	g.ask(steward, &ledger.SetHousehold{Volunteer: v, Household: home, From: g.today()})
	g.ask(steward, &ledger.SetHousehold{Volunteer: v, Household: home, From: day + 1, Head: home != "" && g.rng.IntN(2) == 0})
	g.ask(steward, &ledger.MoveVolunteer{Volunteer: v, Unit: unit, From: day + 1})
	for range 2 {
		g.ask(leader, &ledger.DeclareActs{Volunteer: v, Code: "RC01", Quantity: 60, On: g.today()})
		g.ask(clerk, &ledger.Redeem{Volunteer: v, Shop: g.shop(), Presence: ledger.ByCard, Lines: one(sku(1 + g.rng.IntN(4)))})
		g.sleep(2)
	}
	if g.rng.IntN(2) == 0 {
		g.ask(steward, &ledger.SetHousehold{Volunteer: v, From: g.today() + 1})
		g.ask(steward, &ledger.MoveVolunteer{Volunteer: v, Unit: "C01", From: g.today() + 1})
	}
}

// unitOn returns the unit of a number on a day, as it was said before an event.
func (n *Naive) unitOn(v ledger.VolunteerID, day ledger.Date, before int) (unit ledger.UnitID) {
	for i := range n.history[:before] {
		if n.history[i].answer.Refused != "" {
			continue
		}
		switch a := n.history[i].command.Do.(type) {
		case *ledger.Enroll:
			if a.Volunteer == v {
				unit = a.Unit
			}
		case *ledger.MoveVolunteer:
			if a.Volunteer == v && a.From <= day {
				unit = a.Unit
			}
		}
	}
	return unit
}

// householdOn returns where a number lives on a day, as it was said before an event. A number that never had a household has that of
// the number that was merged into it, as if it had always lived there, unless something was said of it.
func (n *Naive) householdOn(v ledger.VolunteerID, day ledger.Date, before int) (home ledger.HouseholdID) {
	said := false
	for i := range n.history[:before] {
		e := &n.history[i]
		if e.answer.Refused != "" {
			continue
		}
		switch a := e.command.Do.(type) {
		case *ledger.Enroll:
			if a.Volunteer == v {
				home = a.Household
			}
		case *ledger.SetHousehold:
			if a.Volunteer == v {
				said = true
			}
			if a.Volunteer == v && a.From <= day {
				home = a.Household
			}
		case *ledger.Merge:
			if a.Into == v && !said && home == "" {
				home = n.householdOn(a.From, e.on, i)
			}
		}
	}
	return home
}

// household returns where somebody lives today.
func (n *Naive) household(v ledger.VolunteerID) ledger.HouseholdID {
	return n.householdOn(v, n.today, len(n.history))
}

// homes lists the households for which what a number exchanged on a day counts: its own, and where it had none, that of the number
// that went on for it.
func (n *Naive) homes(v ledger.VolunteerID, day ledger.Date) (homes []ledger.HouseholdID) {
	alone := true
	for _, number := range n.numbers(v) {
		h := n.householdOn(number, day, len(n.history))
		if alone && h != "" && !slices.Contains(homes, h) {
			homes = append(homes, h)
		}
		alone = h == ""
	}
	return homes
}

func (n *Naive) moveVolunteer(c ledger.Command, a *ledger.MoveVolunteer) Answer {
	v, status := n.volunteer(a.Volunteer)
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case !n.known(string(a.Unit)):
		return no(ledger.NotFound)
	case n.selfSince(c.Actor, a.Volunteer, a.From):
		return no(ledger.SelfService)
	case a.From < n.today:
		return no(ledger.DateInPast)
	case a.From == n.today:
		return no(ledger.DayBegun)
	case n.unitOn(a.Volunteer, a.From, len(n.history)) == a.Unit:
		return no(ledger.StatusUnchanged)
	}
	return Answer{Kind: ledger.VolunteerMoved}
}

func (n *Naive) setHousehold(c ledger.Command, a *ledger.SetHousehold) Answer {
	v, status := n.volunteer(a.Volunteer)
	own := n.own(c.Actor)
	lives := func(day ledger.Date) bool { return n.householdOn(n.person(own), day, len(n.history)) == a.Household }
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case n.selfSince(c.Actor, a.Volunteer, a.From):
		return no(ledger.SelfService)
	case own != "" && a.Household != "" && slices.ContainsFunc(n.daysSince(a.From), lives):
		return no(ledger.SelfService)
	case a.From < n.today:
		return no(ledger.DateInPast)
	case a.From == n.today:
		return no(ledger.DayBegun)
	case n.householdOn(a.Volunteer, a.From, len(n.history)) == a.Household && (!a.Head || n.person(n.head(a.Household, a.From)) == a.Volunteer):
		return no(ledger.StatusUnchanged)
	}
	return Answer{Kind: ledger.HouseholdSet}
}

// staysDiffer compares where everybody is, today and on days around it.
func (n *Naive) staysDiffer(m *Memory) string {
	asked := map[ledger.VolunteerID]bool{}
	each(n, func(_ int, _ *event, a *ledger.MoveVolunteer) { asked[a.Volunteer] = true })
	each(n, func(_ int, _ *event, a *ledger.SetHousehold) { asked[a.Volunteer] = true })
	each(n, func(_ int, _ *event, a *ledger.Merge) { asked[a.Into] = true })
	for v := range asked {
		for _, day := range []ledger.Date{n.today - 9, n.today - 1, n.today, n.today + 1, n.today + 9} {
			who, err := m.View(day).Volunteer(v)
			unit, home := n.unitOn(v, day, len(n.history)), n.householdOn(v, day, len(n.history))
			if err != nil || who.Unit != unit || who.Household != home {
				return fmt.Sprintf("%s on %s: naive of %s in %q, book of %s in %q, %v", v, day, unit, home, who.Unit, who.Household, err)
			}
		}
	}
	return ""
}
