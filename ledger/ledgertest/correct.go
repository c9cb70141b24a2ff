package ledgertest

import "aixin/ledger"

// The family of corrections.

func correctFamily() family {
	return family{
		answer: func(n *Naive, c ledger.Command, _ *event) (Answer, bool) {
			a, ok := c.Do.(*ledger.Reverse)
			if !ok {
				return Answer{}, false
			}
			return n.reverse(c, a), true
		},
		roles: func(do ledger.Action) []ledger.Role {
			if _, ok := do.(*ledger.Reverse); ok {
				return []ledger.Role{ledger.Steward}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			a, ok := do.(*ledger.Reverse)
			return ok && a.Entry <= 0
		},
		draws: []draw{{5, func(g *Generator) (ledger.Action, ledger.StaffID) {
			i := g.recent(g.others)
			return &ledger.Reverse{Entry: i, Reason: []ledger.Reason{ledger.ClerkError, ledger.Complaint}[i&1]}, steward
		}}},
	}
}

func (n *Naive) reverse(c ledger.Command, a *ledger.Reverse) Answer {
	i := int(a.Entry)
	if i >= len(n.history) {
		return no(ledger.NotFound)
	}
	e := &n.history[i]
	if e.answer.Kind == ledger.Refused {
		return no(ledger.NotReversible)
	}
	for _, f := range n.families {
		if f.touched == nil {
			continue
		}
		for _, v := range f.touched(n, e) {
			if n.self(c.Actor, v) {
				return no(ledger.SelfService)
			}
		}
	}
	if gift, ok := e.command.Do.(*ledger.Donate); ok && n.pooled(c.Actor, gift.Pool) != "" {
		return no(ledger.SelfService) // there is such a pool
	}
	if e.reversed > 0 {
		return no(ledger.AlreadyReversed)
	}
	for _, f := range n.families {
		switch e.answer.Kind { //nolint:exhaustive // the others moved points that are another number's now
		case ledger.Approved, ledger.OpeningPosted, ledger.CreditPosted, ledger.ReliefGiven:
			continue // what was credited is owed by the number that goes on, and what was given moved no points
		}
		if f.touched == nil {
			continue
		}
		for _, v := range f.touched(n, e) {
			if n.person(v) != v { // its lots are another number's now
				return no(ledger.AccountClosed)
			}
		}
	}
	for _, f := range n.families {
		if f.undo == nil {
			continue
		}
		if r, ok := f.undo(n, i, e); ok {
			if r.Refused != "" {
				return r
			}
			n.history[i].reversed = len(n.history)
			return Answer{Kind: ledger.Reversed}
		}
	}
	return no(ledger.NotReversible)
}
