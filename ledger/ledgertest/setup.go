package ledgertest

import (
	"fmt"
	"slices"

	"aixin/ledger"
)

// The family that sets a book up.

func setupFamily() family {
	return family{
		answer: (*Naive).setup,
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.Appoint:
				return []ledger.Role{ledger.Admin}
			case *ledger.AddUnit, *ledger.AddShop:
				return []ledger.Role{ledger.Steward, ledger.Admin}
			case *ledger.AddActivity:
				return []ledger.Role{ledger.Leader, ledger.Steward}
			case *ledger.SetRule:
				return []ledger.Role{ledger.Steward}
			}
			return nil
		},
		adds: func(do ledger.Action) string {
			switch a := do.(type) {
			case *ledger.AddUnit:
				return string(a.Unit)
			case *ledger.AddShop:
				return string(a.Shop)
			case *ledger.AddActivity:
				return string(a.Activity)
			}
			return ""
		},
		draws: []draw{{5, (*Generator).master}},
	}
}

func (n *Naive) setup(c ledger.Command, _ *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.OpenBook:
		return Answer{Kind: ledger.Opened}, true
	case *ledger.SetRule:
		return Answer{Kind: ledger.RuleSet}, true
	case *ledger.Appoint:
		return n.appoint(c, a), true
	case *ledger.AddUnit:
		return n.add(ledger.UnitAdded, string(a.Unit), ""), true
	case *ledger.AddShop:
		return n.add(ledger.ShopAdded, string(a.Shop), string(a.Unit)), true
	case *ledger.AddActivity:
		return n.add(ledger.ActivityAdded, string(a.Activity), string(a.Unit)), true
	}
	return Answer{}, false
}

func (n *Naive) appoint(c ledger.Command, a *ledger.Appoint) Answer {
	admins := 0
	for _, s := range []ledger.StaffID{admin, Everyone, "U000011"} {
		if slices.Contains(n.roles(s), ledger.Admin) {
			admins++
		}
	}
	if now := n.own(a.Staff); a.Staff == c.Actor && now != "" && a.Volunteer != now {
		return no(ledger.SelfService)
	}
	if admins == 1 && slices.Contains(n.roles(a.Staff), ledger.Admin) && !slices.Contains(a.Roles, ledger.Admin) {
		return no(ledger.LastAdmin)
	}
	if len(a.Roles) > 1 && slices.Contains(a.Roles, ledger.Admin) {
		return no(ledger.RolesConflict)
	}
	return Answer{Kind: ledger.Appointed}
}

// add answers what adds a thing that must be new, under one that must be there.
func (n *Naive) add(kind ledger.Kind, id, under string) Answer {
	switch {
	case under != "" && !n.known(under):
		return no(ledger.NotFound)
	case n.known(id):
		return no(ledger.AlreadyExists)
	}
	return Answer{Kind: kind}
}

// roles returns what a staff number may do now.
func (n *Naive) roles(s ledger.StaffID) []ledger.Role {
	var roles []ledger.Role
	for _, e := range n.history {
		if a, ok := e.command.Do.(*ledger.Appoint); ok && a.Staff == s {
			roles = a.Roles
		}
	}
	return roles
}

// own returns the volunteer number that a staff number belongs to.
func (n *Naive) own(staff ledger.StaffID) (own ledger.VolunteerID) {
	each(n, func(_ int, _ *event, a *ledger.Appoint) {
		if a.Staff == staff {
			own = a.Volunteer
		}
	})
	return own
}

// rule returns the rule of a unit; the generated ones are all of the first of January.
func (n *Naive) rule(unit ledger.UnitID, day ledger.Date) (found ledger.Rule, ok bool) {
	id := ""
	each(n, func(_ int, _ *event, a *ledger.AddUnit) {
		if a.Unit == unit {
			id = a.Rule
		}
	})
	each(n, func(_ int, _ *event, a *ledger.SetRule) {
		if !ok && a.Rule.From <= day && (id == "" || a.Rule.ID == id) {
			found, ok = a.Rule, true
		}
	})
	return found, ok
}

// master draws a change of what the book is about.
func (g *Generator) master() (ledger.Action, ledger.StaffID) {
	switch g.rng.IntN(10) {
	case 0, 1, 2:
		a := &ledger.SetStatus{Volunteer: g.person(), Reason: ledger.LostCard, Status: g.status()}
		if g.rng.IntN(3) == 0 {
			a.Until = g.today().AddDays(g.rng.IntN(6) - 1)
		}
		return a, steward
	case 3, 4:
		return &ledger.PriceItem{Item: g.item(), Points: ledger.Amount(g.rng.IntN(500)), From: g.today().AddDays(g.rng.IntN(4) - 1)}, steward
	case 5:
		return &ledger.AddItem{Item: g.item(), Name: "again", Points: 100, From: g.today()}, steward
	case 6:
		return &ledger.Enroll{Volunteer: ledger.NewVolunteerID(1 + g.rng.IntN(2000)), Unit: pick(g, ledger.UnitID("C01"), "C02", "C03")}, steward
	case 7:
		return &ledger.AddActivity{Activity: "A001", Unit: "C01", Code: "VH01", Name: "again"}, leader
	case 8:
		return &ledger.Appoint{Staff: pick(g, admin, Everyone, ledger.StaffID("U000011")), Roles: pick(g, []ledger.Role{ledger.Admin}, []ledger.Role{ledger.Clerk}, []ledger.Role{ledger.Clerk, ledger.Admin})}, admin
	}
	return &ledger.AddDonor{Donor: ledger.DonorID(fmt.Sprintf("D%03d", 1+g.rng.IntN(999)))}, keeper
}
