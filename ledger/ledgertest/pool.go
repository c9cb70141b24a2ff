package ledgertest

import (
	"fmt"
	"strings"

	"aixin/ledger"
)

// The family of pools: points that are a household's or a unit's.

// poolsOf lists the pools of the world, and two that there are not.
func poolsOf() []ledger.PoolID {
	return []ledger.PoolID{"H000001", "H000002", "H000003", "C01", "C02", "C11", "H000077", "C77"}
}

func poolFamily() family {
	return family{
		answer: func(n *Naive, c ledger.Command, _ *event) (Answer, bool) {
			a, ok := c.Do.(*ledger.Donate)
			if !ok {
				return Answer{}, false
			}
			return n.donate(c, a), true
		},
		roles: func(do ledger.Action) []ledger.Role {
			a, ok := do.(*ledger.Donate)
			switch {
			case !ok:
				return nil
			case a.Back:
				return []ledger.Role{ledger.Steward}
			}
			return []ledger.Role{ledger.Clerk, ledger.Steward}
		},
		wrong: func(do ledger.Action) bool {
			a, ok := do.(*ledger.Donate)
			return ok && (nobodys(a.Volunteer) || a.Points <= 0)
		},
		keeps: func(do ledger.Action) bool {
			_, ok := do.(*ledger.Donate)
			return ok
		},
		touched: func(_ *Naive, e *event) []ledger.VolunteerID {
			if a, ok := e.command.Do.(*ledger.Donate); ok {
				return []ledger.VolunteerID{a.Volunteer}
			}
			return nil
		},
		undo: (*Naive).undonate,
		differs: func(n *Naive, m *Memory) string {
			for _, p := range poolsOf() {
				if d := n.differLots(m, "points "+string(p), ledger.PoolOf(p), ledger.Point); d != "" {
					return d
				}
			}
			return n.donationsDiffer(m)
		},
		scenes: []scene{{2, (*Generator).pooling}},
		draws: []draw{
			{2, func(g *Generator) (ledger.Action, ledger.StaffID) {
				return &ledger.Expire{Pool: pick(g, poolsOf()...)}, steward
			}},
			{6, func(g *Generator) (ledger.Action, ledger.StaffID) {
				return &ledger.Donate{Volunteer: g.person(), Pool: pick(g, poolsOf()...), Points: ledger.Amount(g.rng.IntN(900))}, steward
			}},
			{5, func(g *Generator) (ledger.Action, ledger.StaffID) {
				a := &ledger.Donate{Volunteer: g.person(), Pool: pick(g, poolsOf()...), Points: ledger.Amount(g.rng.IntN(500)), Back: true}
				return a, pick(g, steward, steward, clerk)
			}},
			{2, func(g *Generator) (ledger.Action, ledger.StaffID) {
				return &ledger.Leave{Volunteer: lateOr(g, g.lives.leavers), Pool: pick(g, poolsOf()...)}, steward
			}},
		},
	}
}

// founded returns the unit of whoever first lived in a household.
func (n *Naive) founded(h ledger.HouseholdID) (unit ledger.UnitID) {
	for i := range n.history {
		if n.history[i].answer.Refused != "" || unit != "" {
			continue
		}
		switch a := n.history[i].command.Do.(type) {
		case *ledger.Enroll:
			if a.Household == h {
				unit = a.Unit
			}
		case *ledger.SetHousehold:
			if a.Household == h {
				unit = n.unitOn(a.Volunteer, a.From, i)
			}
		}
	}
	return unit
}

// unitOfOwner returns the unit of whoever owns points.
func (n *Naive) unitOfOwner(owner string) ledger.UnitID {
	_, id, _ := strings.Cut(owner, " ")
	switch {
	case ledger.HouseholdID(id).Valid():
		return n.founded(ledger.HouseholdID(id))
	case ledger.UnitID(id).Valid() && n.known(id):
		return ledger.UnitID(id)
	}
	if v, _ := n.volunteer(ledger.VolunteerID(id)); v != nil {
		return v.Unit
	}
	return ""
}

// pooled refuses a pool that is none, or is the actor's own.
func (n *Naive) pooled(actor ledger.StaffID, p ledger.PoolID) ledger.RejectReason {
	h := ledger.HouseholdID(p)
	if own := n.own(actor); h.Valid() && own != "" && n.household(n.person(own)) == h {
		return ledger.SelfService
	}
	if n.unitOfOwner("points "+string(p)) == "" {
		return ledger.NotFound
	}
	return ""
}

func opens(rule ledger.Rule, p ledger.PoolID) bool {
	return (ledger.HouseholdID(p).Valid() && rule.Donation.Household) || (ledger.UnitID(p).Valid() && rule.Donation.Welfare)
}

func (n *Naive) donate(c ledger.Command, a *ledger.Donate) Answer {
	v, status := n.volunteer(a.Volunteer)
	if v == nil {
		return no(ledger.NotFound)
	}
	if r := n.pooled(c.Actor, a.Pool); r != "" {
		return no(r)
	}
	switch {
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case status == ledger.Frozen && !a.Back:
		return no(ledger.AccountFrozen)
	case n.self(c.Actor, a.Volunteer):
		return no(ledger.SelfService)
	}
	from, to := "points "+string(a.Volunteer), "points "+string(a.Pool)
	if a.Back {
		from, to = to, from
	}
	rule, ok := n.rule(v.Unit, n.today)
	switch {
	case !ok:
		return no(ledger.NoRule)
	case !opens(rule, a.Pool):
		return no(ledger.RuleOff)
	case a.Back && ledger.HouseholdID(a.Pool).Valid() && n.household(a.Volunteer) != ledger.HouseholdID(a.Pool):
		return no(ledger.NotKin)
	}
	if have := n.usable(from); have < a.Points {
		return noAmount(ledger.InsufficientPoint, have, a.Points)
	}
	for k, t := range n.draw(from, a.Points) {
		id := lot{len(n.history), k + 1}
		n.expires[id] = t.Expires
		n.move(to, id, t.Left)
	}
	return Answer{Kind: ledger.Donated}
}

func (n *Naive) undonate(i int, e *event) (Answer, bool) {
	a, ok := e.command.Do.(*ledger.Donate)
	if !ok {
		return Answer{}, false
	}
	from, to := "points "+string(a.Volunteer), "points "+string(a.Pool)
	if a.Back {
		from, to = to, from
	}
	if n.heldFrom(i) {
		return no(ledger.StillHeld), true
	}
	if !a.Back {
		var left ledger.Amount
		for _, k := range n.movesOf(i, to) {
			left += n.left(to, n.moves[k].lot) + e.back[k]
		}
		if left < a.Points {
			return noAmount(ledger.InsufficientPoint, left, a.Points), true
		}
	}
	if n.revives(i, from, a.Points) {
		return no(ledger.StillHeld), true
	}
	n.takeLots(i, to, a.Volunteer)
	n.giveBack(i, from, a.Points, true)
	return Answer{}, true
}

// pooling is somebody who gives to a pool, and somebody who is given of it; then it lapses, or was a mistake.
func (g *Generator) pooling() {
	v, pool := g.spender(), pick(g, poolsOf()...)
	gift := g.ask(clerk, &ledger.Donate{Volunteer: v, Pool: pool, Points: ledger.Amount(1 + g.rng.IntN(400))})
	if gift == 0 {
		return
	}
	g.ask(steward, &ledger.Donate{Volunteer: pick(g, v, g.person()), Pool: pool, Points: ledger.Amount(1 + g.rng.IntN(200)), Back: true})
	if g.rng.IntN(3) == 0 {
		g.sleep(25 + g.rng.IntN(10))
		g.ask(steward, &ledger.Expire{Pool: pool})
	}
	g.ask(steward, &ledger.Reverse{Entry: gift, Reason: ledger.ClerkError})
}

// bequeathed refuses a pool that somebody who leaves cannot give to.
func (n *Naive) bequeathed(c ledger.Command, a *ledger.Leave) ledger.RejectReason {
	if a.Pool == "" {
		return ""
	}
	if r := n.pooled(c.Actor, a.Pool); r != "" {
		return r
	}
	v, _ := n.volunteer(a.Volunteer)
	rule, ok := n.rule(v.Unit, n.today)
	home := ledger.HouseholdID(a.Pool)
	switch {
	case !ok:
		return ledger.NoRule
	case !opens(rule, a.Pool):
		return ledger.RuleOff
	case home.Valid() && n.household(a.Volunteer) != home:
		return ledger.NotKin
	}
	return ""
}

// donationsDiffer compares what everybody gave for welfare: the most that it ever came to, less what they had by then.
func (n *Naive) donationsDiffer(m *Memory) string {
	want, net := map[ledger.VolunteerID]ledger.Amount{}, map[ledger.VolunteerID]ledger.Amount{}
	each(n, func(_ int, e *event, a *ledger.Donate) {
		who := n.person(a.Volunteer)
		switch {
		case !ledger.UnitID(a.Pool).Valid() || e.reversed != 0:
		case a.Back:
			net[who] -= a.Points
		default:
			net[who] += a.Points
		}
		want[who] = max(want[who], net[who]) // also of whom nothing stands
	})
	for id, points := range want {
		who, err := m.View(n.today).Volunteer(id)
		if err != nil {
			return err.Error()
		}
		if got, err := m.View(n.today).Donated(who); err != nil || got != points {
			return fmt.Sprintf("donated by %s: naive %d, book %d, %v", id, points, got, err)
		}
	}
	return ""
}
