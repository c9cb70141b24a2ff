package ledgertest

import (
	"fmt"

	"aixin/ledger"
)

// The family of points without an exchange: they expire, and are given away.

func pointsFamily() family {
	return family{
		answer: (*Naive).points,
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.Expire:
				return []ledger.Role{ledger.Steward}
			case *ledger.Transfer:
				return []ledger.Role{ledger.Clerk, ledger.Steward}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			switch a := do.(type) {
			case *ledger.Expire:
				return nobodys(a.Volunteer) || (a.Volunteer == "") == (a.Pool == "")
			case *ledger.Transfer:
				return nobodys(a.From) || nobodys(a.To) || a.From == a.To || a.Points <= 0
			}
			return false
		},
		keeps: func(do ledger.Action) bool {
			_, ok := do.(*ledger.Transfer)
			return ok
		},
		touched: func(_ *Naive, e *event) []ledger.VolunteerID {
			if a, ok := e.command.Do.(*ledger.Transfer); ok {
				return []ledger.VolunteerID{a.From, a.To}
			}
			return nil
		},
		undo: func(n *Naive, i int, e *event) (Answer, bool) {
			a, ok := e.command.Do.(*ledger.Transfer)
			if ok && (n.heldFrom(i) || n.revives(i, "points "+string(a.From), a.Points)) {
				return no(ledger.StillHeld), true
			}
			if ok {
				n.takeLots(i, "points "+string(a.To), a.To)
				n.giveBack(i, "points "+string(a.From), a.Points, true)
			}
			return Answer{}, ok
		},
		differs: (*Naive).pointsDiffer,
		scenes:  []scene{{3, (*Generator).lapsing}},
		draws: []draw{
			{4, func(g *Generator) (ledger.Action, ledger.StaffID) {
				return &ledger.Expire{Volunteer: g.person()}, steward
			}},
			{6, func(g *Generator) (ledger.Action, ledger.StaffID) {
				return &ledger.Transfer{From: g.person(), To: g.person(), Points: ledger.Amount(g.rng.IntN(1500))}, steward
			}},
		},
	}
}

func (n *Naive) points(c ledger.Command, _ *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.Expire:
		return n.expire(a), true
	case *ledger.Transfer:
		return n.transfer(c, a), true
	}
	return Answer{}, false
}

func (n *Naive) expire(a *ledger.Expire) Answer {
	whose, any := string(a.Volunteer)+string(a.Pool), false
	owner := "points " + whose
	if n.unitOfOwner(owner) == "" {
		return no(ledger.NotFound)
	}
	goesOn := n.carries(a)
	for _, l := range n.openLots(owner) {
		if n.past(l) && l.Left > l.Held {
			goesOn.lapse(n, owner, l)
			any = true
		}
	}
	for _, other := range []string{"gift " + whose, bases(whose)} {
		for _, l := range n.openLots(other) {
			if n.past(l) {
				n.lapse(other, lotOf(l.ID))
				any = true
			}
		}
	}
	if !any {
		return no(ledger.NothingLapsed)
	}
	goesOn.post(n, owner)
	return Answer{Kind: ledger.Expired}
}

func (n *Naive) transfer(c ledger.Command, a *ledger.Transfer) Answer {
	from, fromStatus := n.volunteer(a.From)
	to, toStatus := n.volunteer(a.To)
	switch {
	case from == nil || to == nil:
		return no(ledger.NotFound)
	case toStatus == ledger.Closed || fromStatus == ledger.Closed:
		return no(ledger.AccountClosed)
	case fromStatus == ledger.Frozen:
		return no(ledger.AccountFrozen)
	case n.self(c.Actor, a.From) || n.self(c.Actor, a.To):
		return no(ledger.SelfService)
	}
	rule, ok := n.rule(from.Unit, n.today)
	switch {
	case !ok:
		return no(ledger.NoRule)
	case !rule.Transfer:
		return no(ledger.RuleOff)
	}
	if r := n.mayGive(rule.Transfers, a); r.Refused != "" {
		return r
	}
	if have := n.usable("points " + string(a.From)); have < a.Points {
		return noAmount(ledger.InsufficientPoint, have, a.Points)
	}
	for k, t := range n.draw("points "+string(a.From), a.Points) {
		id := lot{len(n.history), k + 1}
		n.expires[id] = t.Expires
		n.move("points "+string(a.To), id, t.Left)
	}
	return Answer{Kind: ledger.Transferred}
}

func (n *Naive) pointsDiffer(m *Memory) string {
	for k := range 12 {
		v := ledger.NewVolunteerID(k + 1)
		owner := "points " + string(v)
		if d := n.differLots(m, owner, ledger.PointsOf(v), ledger.Point); d != "" {
			return d
		}
		if want, got := -n.sum(owner), m.account(ledger.PointsOf(v), ledger.Point).Balance; got != want {
			return fmt.Sprintf("%s: naive %d, book %d", owner, want, got)
		}
		owed := "owed " + string(v)
		if want, got := n.sum(owed), m.account(ledger.RecoverableOf(v), ledger.Point).Balance; got != want {
			return fmt.Sprintf("%s: naive %d, book %d", owed, want, got)
		}
	}
	return ""
}

// lapsing is points that are there until a day, and are expired on it or after it.
func (g *Generator) lapsing() {
	v := g.anyone()
	record := g.ask(steward, &ledger.DeclareOpening{Volunteer: v, Points: ledger.Amount(1 + g.rng.IntN(900)), Expires: g.today().AddDays(1)})
	if record == 0 {
		return
	}
	g.ask(reviewer, &ledger.Approve{Record: record})
	g.sleep(1 + g.rng.IntN(3))
	for range 2 {
		g.ask(steward, &ledger.Expire{Volunteer: v})
	}
}
