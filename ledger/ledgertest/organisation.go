package ledgertest

import (
	"slices"

	"aixin/ledger"
)

// The family of the format, of units that move, and of what takes two persons: deliveries to one shop.

// paired is the shop whose rule asks for two persons at a delivery.
const paired ledger.ShopID = "S09"

func organisationFamily() family {
	return family{
		build:  (*Generator).organise,
		answer: (*Naive).organisation,
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.RaiseFormat:
				return []ledger.Role{ledger.Admin}
			case *ledger.MoveUnit:
				return []ledger.Role{ledger.Steward, ledger.Admin}
			case *ledger.SetMembership:
				return []ledger.Role{ledger.Leader, ledger.Steward}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			switch a := do.(type) {
			case *ledger.RaiseFormat:
				return a.Format != 2
			case *ledger.SetMembership:
				return nobodys(a.Volunteer) || (a.Until != 0 && (a.Ended || a.Until < a.From))
			}
			return false
		},
		differs: func(n *Naive, m *Memory) string {
			if d := n.membersDiffer(m); d != "" {
				return d
			}
			for i := range 4 {
				if d := n.differLots(m, shelf(paired, sku(i+1)), ledger.StockOf(paired), sku(i+1)); d != "" {
					return d
				}
			}
			return ""
		},
		draws: []draw{{4, (*Generator).organisation}, {4, (*Generator).membership}, {2, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.Receive{Shop: paired, Donor: "D001", BestBefore: g.dateOrNone(), Lines: g.lines()}, keeper
		}}},
	}
}

// organise adds what the family needs to the world.
func (g *Generator) organise() {
	g.first(steward, &ledger.SetRule{Rule: ledger.Rule{
		ID: "pairs", Version: 1, From: ledger.NewDate(2026, 1, 1), Second: ledger.Second{Kinds: []ledger.Kind{ledger.Received}},
	}})
	g.first(steward, &ledger.AddUnit{Unit: "C09", Kind: ledger.Town, Name: "nine", Rule: "pairs"})
	g.first(steward, &ledger.AddShop{Shop: paired, Unit: "C09", Name: "shop nine"})
}

func (g *Generator) organisation() (ledger.Action, ledger.StaffID) {
	if g.rng.IntN(6) == 0 {
		return &ledger.RaiseFormat{Format: 1 + g.rng.IntN(3)}, admin
	}
	unit := func() ledger.UnitID { return pick(g, ledger.UnitID("C01"), "C02", "C09", "C01", "C02", "C09", "C77") }
	return &ledger.MoveUnit{Unit: unit(), Parent: unit(), From: g.today().AddDays(g.rng.IntN(6) - 1)}, pick(g, steward, admin)
}

// waiting is what a proposal asks for, so that nobody takes it for what was done.
type waiting struct{ ledger.Action }

// asked returns what was asked under the event's key.
func (e *event) asked() ledger.Action {
	if e.ask != nil {
		return e.ask
	}
	return e.command.Do
}

// proposed returns the event of a proposal.
func (n *Naive) proposed(i ledger.Index) (*event, ledger.Action) {
	if i < 0 || int(i) >= len(n.history) {
		return nil, nil
	}
	if w, ok := n.history[i].command.Do.(waiting); ok {
		return &n.history[i], w.Action
	}
	return nil, nil
}

// ended returns what approving or sending back is about.
func ended(do ledger.Action) ledger.Index {
	switch a := do.(type) {
	case *ledger.Approve:
		return a.Record
	case *ledger.ReturnRecord:
		return a.Record
	}
	return -1
}

// rotates reports whether another key was proposed there, which is for admins alone.
func (n *Naive) rotates(i ledger.Index) bool {
	_, do := n.proposed(i)
	_, ok := do.(*ledger.RotateKey)
	return ok
}

// seconds lists who may end a proposal beside a reviewer.
func (n *Naive) seconds(do ledger.Action) []ledger.Role {
	i := ended(do)
	var may []ledger.Role
	if p, do := n.proposed(i); p != nil {
		for _, f := range n.families {
			may = append(may, f.roles(do)...)
		}
	}
	if i <= 0 {
		return may
	}
	if d := n.declaration(i); d != nil {
		may = append(may, n.chain(d)...)
	}
	return may
}

// second answers what is proposed, and what ends a proposal.
func (n *Naive) second(c ledger.Command, e *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.Receive:
		if a.Shop != paired {
			return Answer{}, false
		}
		return n.propose(c, e), true
	case *ledger.Redeem:
		if a.Voucher == 0 {
			return Answer{}, false
		}
		return n.propose(c, e), true
	case *ledger.RotateKey:
		return n.propose(c, e), true
	case *ledger.GrantBase:
		v, _ := n.volunteer(a.Volunteer)
		if v == nil {
			return Answer{}, false
		}
		if rule, _ := n.rule(v.Unit, n.today); !rule.Base.Spendable {
			return Answer{}, false
		}
		return n.propose(c, e), true
	case *ledger.Erase:
		if who := n.guardian(a.Volunteer); who.Guardian == "" || (who.Until != 0 && who.Until < n.today) {
			return Answer{}, false
		}
		return n.propose(c, e), true
	case *ledger.Approve:
		if p, do := n.proposed(a.Record); p != nil {
			if a.Seen {
				return no(ledger.NotFound), true
			}
			return n.agree(c, e, p, do), true
		}
	case *ledger.ReturnRecord:
		if p, _ := n.proposed(a.Record); p != nil {
			if r := n.ends(c, p); r != "" {
				return no(r), true
			}
			p.state = "returned"
			return Answer{Kind: ledger.RecordReturned}, true
		}
	}
	return Answer{}, false
}

// propose answers what waits for a second person, if nothing speaks against it now.
func (n *Naive) propose(c ledger.Command, e *event) Answer {
	before := len(n.moves)
	answer := n.byFamily(c, e)
	n.moves = n.moves[:before]
	if answer.Refused == "" {
		answer = Answer{Kind: ledger.Proposed}
		e.ask, e.command.Do, e.state = c.Do, waiting{c.Do}, "waiting"
	}
	return answer
}

func (n *Naive) ends(c ledger.Command, p *event) ledger.RejectReason {
	switch {
	case p.command.Actor == c.Actor:
		return ledger.SamePerson
	case p.state != "waiting":
		return ledger.RecordClosed
	}
	return ""
}

func (n *Naive) agree(c ledger.Command, e, p *event, do ledger.Action) Answer {
	if r := n.ends(c, p); r != "" {
		return no(r)
	}
	inner := ledger.Command{Key: c.Key, Actor: p.command.Actor, Do: do}
	if r := n.unauthorised(inner); r != "" {
		return no(r)
	}
	before := len(n.moves)
	inner.Actor = c.Actor // neither of the two may gain by it
	if r := n.byFamily(inner, e); r.Refused != "" {
		return r
	}
	n.moves = n.moves[:before]
	inner.Actor = p.command.Actor
	answer := n.byFamily(inner, e)
	if answer.Refused == "" {
		p.state = "agreed"
		e.ask, e.command.Do = c.Do, do
	}
	return answer
}

func (n *Naive) organisation(c ledger.Command, _ *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.RaiseFormat:
		if !n.old() {
			return no(ledger.StatusUnchanged), true
		}
		return Answer{Kind: ledger.FormatRaised}, true
	case *ledger.MoveUnit:
		switch {
		case !n.known(string(a.Unit)) || !n.known(string(a.Parent)):
			return no(ledger.NotFound), true
		case n.loops(a):
			return no(ledger.UnitCycle), true
		case n.tooHigh(n.unitKind(a.Unit), a.Parent):
			return no(ledger.UnitLevel), true
		case a.From < n.today:
			return no(ledger.DateInPast), true
		}
		return Answer{Kind: ledger.UnitMoved}, true
	case *ledger.SetMembership:
		return n.setMembership(a), true
	}
	return Answer{}, false
}

// tooHigh reports whether a unit of a kind stands no lower than another.
func (n *Naive) tooHigh(k ledger.UnitKind, parent ledger.UnitID) bool {
	depth := map[ledger.UnitKind]int{ledger.County: 1, ledger.Town: 2, ledger.Community: 3, ledger.Grid: 4, ledger.GridUnit: 5, ledger.Building: 6}
	above := depth[n.unitKind(parent)]
	return depth[k] > 0 && (above == 0 || above >= depth[k])
}

// above returns the unit right above another on a day, under those moves.
func (n *Naive) above(u ledger.UnitID, day ledger.Date, moves []*ledger.MoveUnit) (above ledger.UnitID) {
	each(n, func(_ int, _ *event, a *ledger.AddUnit) {
		if a.Unit == u {
			above = a.Parent
		}
	})
	var from ledger.Date
	for _, m := range moves {
		if m.Unit == u && m.From <= day && m.From >= from {
			above, from = m.Parent, m.From
		}
	}
	return above
}

func (n *Naive) moved() (moves []*ledger.MoveUnit) {
	each(n, func(_ int, _ *event, m *ledger.MoveUnit) { moves = append(moves, m) })
	return moves
}

// loops tries the move on every day on which anything changes from then on, and walks up from the unit.
func (n *Naive) loops(a *ledger.MoveUnit) bool {
	moves := append(n.moved(), a)
	return slices.ContainsFunc(moves, func(change *ledger.MoveUnit) bool {
		if change.From < a.From {
			return false
		}
		u := n.above(a.Unit, change.From, moves)
		for range 5 {
			if u == a.Unit {
				return true
			}
			u = n.above(u, change.From, moves)
		}
		return false
	})
}

// raise asks a book of the first format for what came later, and raises its format.
func (g *Generator) raise() {
	staff := []ledger.StaffID{admin, leader, reviewer, keeper, clerk, steward}
	for n := 0; n < 3; {
		if do, actor := g.action(); later(do) && slices.Contains(staff, actor) {
			g.first(actor, do)
			n++
		}
	}
	g.first(steward, &ledger.SetRule{Rule: ledger.Rule{
		ID: "late", Version: 1, From: ledger.NewDate(2026, 1, 1), Rates: []ledger.HourRate{{Code: "VH01", Points: 1}}, Hold: ledger.HoldRule{Days: 1},
	}})
	g.first(admin, &ledger.RaiseFormat{Format: 2})
}

// old reports whether the book is of the first format.
func (n *Naive) old() (old bool) {
	each(n, func(_ int, _ *event, a *ledger.OpenBook) { old = a.Format == 1 })
	each(n, func(_ int, _ *event, _ *ledger.RaiseFormat) { old = false })
	return old
}

// later reports whether the first format does not have something that the generator asks for.
func later(do ledger.Action) bool {
	switch a := do.(type) {
	case *ledger.OpenBook, *ledger.Appoint, *ledger.AddUnit, *ledger.AddShop, *ledger.AddActivity, *ledger.RaiseFormat,
		*ledger.Enroll, *ledger.SetStatus, *ledger.AddDonor, *ledger.AddItem, *ledger.PriceItem, *ledger.Receive, *ledger.Redeem, *ledger.Return,
		*ledger.DeclareHours, *ledger.DeclareActs, *ledger.DeclareOpening, *ledger.Approve, *ledger.ReturnRecord, *ledger.Expire,
		*ledger.Transfer, *ledger.Reverse:
		return false
	case *ledger.SetRule:
		return a.Rule.Hold.Days > 0
	case *ledger.ImportFile:
		return a.Scope != "" || a.Form == "stock"
	}
	return true
}
