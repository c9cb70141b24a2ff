package ledgertest

import (
	"fmt"
	"slices"
	"strings"

	"aixin/ledger"
)

// The family that sets a book up.

func setupFamily() family {
	return family{
		answer: (*Naive).setup,
		roles: func(do ledger.Action) []ledger.Role {
			switch a := do.(type) {
			case *ledger.Appoint:
				return []ledger.Role{ledger.Admin}
			case *ledger.AddUnit, *ledger.AddShop:
				return []ledger.Role{ledger.Steward, ledger.Admin}
			case *ledger.AddActivity:
				return []ledger.Role{ledger.Leader, ledger.Steward}
			case *ledger.SetRule:
				return []ledger.Role{ledger.Steward}
			case *ledger.ImportFile:
				if a.Form == "stock" {
					return []ledger.Role{ledger.Keeper}
				}
				return []ledger.Role{ledger.Leader, ledger.Steward}
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
		wrong: func(do ledger.Action) bool {
			a, ok := do.(*ledger.SetRule)
			return ok && a.Rule.Version <= 0
		},
		draws:  []draw{{5, (*Generator).master}, {2, (*Generator).newer}, {5, (*Generator).addition}},
		scenes: []scene{{2, (*Generator).admins}},
	}
}

func (n *Naive) setup(c ledger.Command, _ *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.OpenBook:
		return Answer{Kind: ledger.Opened}, true
	case *ledger.SetRule:
		return n.setRule(a), true
	case *ledger.ImportFile:
		if a.Scope != "" && !n.known(a.Scope) {
			return no(ledger.NotFound), true
		}
		return Answer{Kind: ledger.Imported}, true
	case *ledger.Appoint:
		return n.appoint(c, a), true
	case *ledger.AddUnit:
		switch {
		case a.Parent != "" && !n.known(string(a.Parent)):
			return no(ledger.NotFound), true
		case a.Parent != "" && n.tooHigh(a.Kind, a.Parent):
			return no(ledger.UnitLevel), true
		case a.Rule != "" && n.newest(a.Rule).Version == 0:
			return no(ledger.NotFound), true
		}
		return n.add(ledger.UnitAdded, string(a.Unit), string(a.Parent)), true
	case *ledger.AddShop:
		return n.add(ledger.ShopAdded, string(a.Shop), string(a.Unit)), true
	case *ledger.AddActivity:
		return n.add(ledger.ActivityAdded, string(a.Activity), string(a.Unit)), true
	}
	return Answer{}, false
}

// newest returns the last version of a rule set; none where there is no such set.
func (n *Naive) newest(id string) (newest ledger.Rule) {
	each(n, func(_ int, _ *event, a *ledger.SetRule) {
		if a.Rule.ID == id {
			newest = a.Rule
		}
	})
	return newest
}

func (n *Naive) setRule(a *ledger.SetRule) Answer {
	last := n.newest(a.Rule.ID)
	next := last.Version + 1
	switch {
	case next > 1 && a.Rule.From < n.today:
		return no(ledger.DateInPast)
	case a.Rule.Version != next:
		return noAmount(ledger.RuleOutOfOrder, ledger.Amount(a.Rule.Version), ledger.Amount(next))
	case next > 1 && a.Rule.From <= last.From:
		return no(ledger.RuleOutOfOrder)
	}
	return Answer{Kind: ledger.RuleSet}
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
	alone := []ledger.Role{ledger.Admin, ledger.Supervisor, ledger.Auditor}
	if len(a.Roles) > 1 && slices.ContainsFunc(a.Roles, func(r ledger.Role) bool { return slices.Contains(alone, r) }) {
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

// rule returns the rule of a unit: of the set that it names, or else of the first of all, the latest version that a day has seen.
func (n *Naive) rule(unit ledger.UnitID, day ledger.Date) (found ledger.Rule, ok bool) {
	id := ""
	each(n, func(_ int, _ *event, a *ledger.AddUnit) {
		if a.Unit == unit {
			id = a.Rule
		}
	})
	each(n, func(_ int, _ *event, a *ledger.SetRule) {
		if id == "" {
			id = a.Rule.ID
		}
		if a.Rule.From <= day && a.Rule.ID == id {
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

// newer draws the next version of a rule, in which something is otherwise, now and then out of its turn.
func (g *Generator) newer() (ledger.Action, ledger.StaffID) {
	id := pick(g, "strict", "free", "caps", "look", "spare")
	rule, ok := g.rules[id]
	if !ok {
		rule = ledger.Rule{ID: id, Rates: []ledger.HourRate{{Code: "VH02", Points: 100}}}
	}
	rule.Version++
	rule.From = max(rule.From, g.today()).AddDays(g.rng.IntN(5) - 1)
	rule.ReturnGrace, rule.Transfer = int64(g.rng.IntN(9)), g.rng.IntN(3) > 0
	if g.rng.IntN(2) == 0 {
		rule.Hold = ledger.HoldRule{Days: int64(1 + g.rng.IntN(9)), Open: int64(1 + g.rng.IntN(3))}
	}
	rule.Delivery.Needs = pick(g, nil, nil, nil, nil, []ledger.Missing{"source"}, []ledger.Missing{"best_before", "value"})
	rule.Counter.ProxyNeeds = pick(g, nil, nil, nil, []ledger.Check{"document"}, []ledger.Check{"phone", "document"})
	rule.Counter.Least.Times = ledger.Amount(max(0, rule.ReturnGrace-5)) // mostly none
	if g.rng.IntN(2) == 0 {
		rule.Version += int64(g.rng.IntN(3) - 1)
	}
	return &ledger.SetRule{Rule: rule}, steward
}

// addition draws something that the book did not have, mostly.
func (g *Generator) addition() (ledger.Action, ledger.StaffID) {
	n := 100 + g.rng.IntN(100)
	unit := pick(g, ledger.UnitID("C01"), "C02", "C04", "C88")
	switch g.rng.IntN(5) {
	case 0:
		a := &ledger.AddUnit{Unit: ledger.UnitID(fmt.Sprintf("C%03d", n)), Kind: pick(g, ledger.Town, ledger.Grid, ledger.Grid), Parent: unit, Name: "new"}
		if g.rng.IntN(3) == 0 {
			a.Parent, a.Rule = "", pick(g, "strict", "free", "unheard")
		}
		return a, pick(g, steward, admin)
	case 1:
		return &ledger.AddShop{Shop: ledger.ShopID(fmt.Sprintf("S%03d", n)), Unit: unit, Name: "new"}, pick(g, steward, admin)
	case 2:
		return &ledger.AddActivity{Activity: ledger.ActivityID(fmt.Sprintf("A%03d", n)), Unit: unit, Code: "VH02", Name: "new"}, pick(g, steward, leader)
	case 3:
		return &ledger.AddItem{Item: sku(n), Name: "new", Points: ledger.Amount(1 + g.rng.IntN(300)), From: g.today().AddDays(g.rng.IntN(3))}, steward
	}
	file := &ledger.ImportFile{Form: pick(g, "hours", "acts", "balances", "stock"), SHA256: strings.Repeat("0f", 32), Rows: int64(g.rng.IntN(9))}
	if g.rng.IntN(2) == 0 {
		file.Scope = g.scope()
	}
	return file, pick(g, leader, steward, keeper, g.standIn())
}

// admins is how the last admin may not give up, and how two take turns.
func (g *Generator) admins() {
	other := ledger.StaffID("U000011")
	g.ask(admin, &ledger.Appoint{Staff: other})
	for range 2 {
		g.ask(admin, &ledger.Appoint{Staff: admin, Roles: pick(g, nil, []ledger.Role{ledger.Clerk})})
	}
	g.ask(admin, &ledger.Appoint{Staff: other, Roles: []ledger.Role{ledger.Admin}})
	g.ask(other, &ledger.Appoint{Staff: pick(g, other, admin), Roles: pick(g, []ledger.Role{ledger.Admin, ledger.Clerk}, []ledger.Role{ledger.Auditor, ledger.Leader})})
	if g.ask(admin, &ledger.Appoint{Staff: admin, Roles: []ledger.Role{ledger.Keeper}}) > 0 {
		g.ask(other, &ledger.Appoint{Staff: admin, Roles: []ledger.Role{ledger.Admin}})
	}
}
