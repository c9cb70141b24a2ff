package ledgertest

import (
	"cmp"
	"fmt"
	"slices"

	"aixin/ledger"
)

// The family of gift points: they are given, and pay a part of a price.

func giftFamily() family {
	return family{
		answer: func(n *Naive, c ledger.Command, _ *event) (Answer, bool) {
			a, ok := c.Do.(*ledger.GrantGift)
			if !ok {
				return Answer{}, false
			}
			return n.grantGift(c, a), true
		},
		roles: func(do ledger.Action) []ledger.Role {
			if _, ok := do.(*ledger.GrantGift); ok {
				return []ledger.Role{ledger.Steward}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			a, ok := do.(*ledger.GrantGift)
			return ok && (nobodys(a.Volunteer) || a.Points <= 0)
		},
		touched: func(_ *Naive, e *event) []ledger.VolunteerID {
			if a, ok := e.command.Do.(*ledger.GrantGift); ok {
				return []ledger.VolunteerID{a.Volunteer}
			}
			return nil
		},
		undo: func(n *Naive, i int, e *event) (Answer, bool) {
			a, ok := e.command.Do.(*ledger.GrantGift)
			if !ok {
				return Answer{}, false
			}
			owner, expired := gifts(a.Volunteer), ledger.Amount(0)
			given := n.moves[n.movesOf(i, owner)[0]]
			if given.lot != (lot{}) {
				expired = n.history[i].back[n.movesOf(i, owner)[0]]
			}
			if have := n.left(owner, given.lot) + expired; have < a.Points {
				return noAmount(ledger.InsufficientPoint, have, a.Points), true
			}
			n.move(owner, given.lot, expired-a.Points)
			return Answer{}, true
		},
		differs: func(n *Naive, m *Memory) string {
			var d string
			each(n, func(_ int, _ *event, a *ledger.GrantGift) {
				if want, got := n.sum(gifts(a.Volunteer)), -m.account(ledger.GiftsOf(a.Volunteer), ledger.GiftPoint).Balance; got != want {
					d = fmt.Sprintf("gift points of %s: naive %d, book %d", a.Volunteer, want, got)
				}
				d = cmp.Or(d, n.differLots(m, gifts(a.Volunteer), ledger.GiftsOf(a.Volunteer), ledger.GiftPoint))
			})
			return d
		},
		scenes: []scene{{3, (*Generator).pairing}},
		draws: []draw{
			{4, func(g *Generator) (ledger.Action, ledger.StaffID) {
				return &ledger.GrantGift{Volunteer: g.person(), Points: ledger.Amount(g.rng.IntN(400))}, steward
			}},
		},
	}
}

func gifts(v ledger.VolunteerID) string { return "gift " + string(v) }

// bases names whose base points those of a volunteer or of a household are.
func bases(sharer string) string { return "base " + sharer }

// give adds points of a class that is not earned: to a lot of their own where the rule lets them lapse.
func (n *Naive) give(owner string, class ledger.Class, points ledger.Amount, rule ledger.Rule) {
	id := lot{}
	if last := rule.ClassExpiry(class, n.today); last != 0 {
		id = lot{len(n.history), 1}
		n.expires[id] = last
	}
	n.move(owner, id, points)
}

// pairOf returns how many gift points a rule lets somebody put beside how many earned ones; neither where it lets them have none.
func (n *Naive) pairOf(rule ledger.Rule, v ledger.VolunteerID) (gift, task ledger.Amount) {
	classes := n.classes(v, len(n.history))
	for _, p := range slices.Backward(rule.Pairing) {
		if p.Class == "" || slices.Contains(classes, p.Class) {
			gift, task = ledger.Amount(p.Gift), ledger.Amount(p.Task)
		}
	}
	return gift, task
}

func (n *Naive) grantGift(c ledger.Command, a *ledger.GrantGift) Answer {
	v, status := n.volunteer(a.Volunteer)
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case n.self(c.Actor, a.Volunteer):
		return no(ledger.SelfService)
	}
	rule, ok := n.rule(v.Unit, n.today)
	if !ok {
		return no(ledger.NoRule)
	}
	if gift, _ := n.pairOf(rule, a.Volunteer); gift == 0 {
		return no(ledger.RuleOff)
	}
	n.give(gifts(a.Volunteer), ledger.ClassGift, a.Points, rule)
	return Answer{Kind: ledger.GiftGranted}
}

// giftPart says how much of what an exchange costs is paid with gift points: for each hundredth of them enough that was earned.
func (n *Naive) giftPart(a *ledger.Redeem, cost ledger.Amount) ledger.Amount {
	gift, task := n.pairOf(n.shopRule(a.Shop, n.dayOf(a)), a.Volunteer)
	paid := min(n.usable(gifts(a.Volunteer)), cost)
	for paid > 0 && paid*task > (cost-paid)*gift {
		paid--
	}
	if gift == 0 {
		return 0
	}
	return paid
}

// giftsLeft says how many of the gift points that paid an exchange did not come back. They come back first.
func (n *Naive) giftsLeft(i int, sold *ledger.Redeem) (left ledger.Amount) {
	for _, k := range n.movesOf(i, gifts(sold.Volunteer)) {
		left += -n.moves[k].amount - n.history[i].back[k]
	}
	return left
}

func (n *Naive) giftsBack(i int, sold *ledger.Redeem, points ledger.Amount) {
	n.giveBack(i, gifts(sold.Volunteer), points, true)
}

// pairing is somebody who is helped, earns something beside it, exchanges both, and brings a part of it back, also when what was given
// has lapsed.
func (g *Generator) pairing() {
	v := g.spender()
	g.ask(steward, &ledger.SetClasses{Volunteer: v, Classes: []ledger.Beneficiary{"hardship"}})
	given := g.ask(steward, &ledger.GrantGift{Volunteer: v, Points: ledger.Amount(1 + g.rng.IntN(500))})
	if given == 0 {
		return
	}
	sold := g.ask(clerk, &ledger.Redeem{Volunteer: v, Shop: pick(g, ledger.ShopID("S01"), "S01", "S02"), Presence: ledger.ByCard, Lines: []ledger.ItemLine{
		{Item: sku(1 + g.rng.IntN(3)), Pieces: ledger.Amount(1 + g.rng.IntN(4))},
	}})
	if sold > 0 && g.rng.IntN(2) == 0 {
		g.givingBack(sold)
	}
	if g.rng.IntN(4) == 0 {
		g.sleep(1 + g.rng.IntN(8))
		g.ask(steward, &ledger.Expire{Volunteer: v})
		if sold > 0 {
			g.givingBack(sold)
		}
	}
	if g.rng.IntN(3) == 0 {
		g.ask(steward, &ledger.Reverse{Entry: given, Reason: ledger.ClerkError})
	}
}
