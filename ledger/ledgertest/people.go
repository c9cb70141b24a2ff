package ledgertest

import "aixin/ledger"

// The family of volunteers and their standings.

func peopleFamily() family {
	return family{
		answer: (*Naive).peopleAnswer,
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.Enroll, *ledger.SetStatus:
				return []ledger.Role{ledger.Steward}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			a, ok := do.(*ledger.SetStatus)
			return ok && nobodys(a.Volunteer)
		},
		adds: func(do ledger.Action) string {
			if a, ok := do.(*ledger.Enroll); ok {
				return string(a.Volunteer)
			}
			return ""
		},
	}
}

func (n *Naive) peopleAnswer(c ledger.Command, _ *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.Enroll:
		return n.add(ledger.Enrolled, string(a.Volunteer), string(a.Unit)), true
	case *ledger.SetStatus:
		return n.stand(c, a), true
	}
	return Answer{}, false
}

func (n *Naive) stand(c ledger.Command, a *ledger.SetStatus) Answer {
	v, status := n.volunteer(a.Volunteer)
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case n.self(c.Actor, a.Volunteer):
		return no(ledger.SelfService)
	case status == a.Status:
		return no(ledger.StatusUnchanged)
	}
	return Answer{Kind: ledger.StatusSet}
}

func (n *Naive) volunteer(v ledger.VolunteerID) (got *ledger.Enroll, status ledger.Status) {
	each(n, func(_ int, _ *event, a *ledger.Enroll) {
		if a.Volunteer == v {
			got, status = a, ledger.Active
		}
	})
	each(n, func(_ int, _ *event, a *ledger.SetStatus) {
		if a.Volunteer == v {
			status = a.Status
		}
	})
	return got, status
}

// self reports whether the actor is the volunteer, or lives with them.
func (n *Naive) self(actor ledger.StaffID, v ledger.VolunteerID) bool {
	own := n.own(actor)
	if own == "" || v == "" {
		return false
	}
	a, _ := n.volunteer(own)
	b, _ := n.volunteer(v)
	return own == v || (a != nil && b != nil && a.Household != "" && a.Household == b.Household)
}

// status draws a standing, seldom the last one.
func (g *Generator) status() ledger.Status {
	if g.rng.IntN(12) == 0 {
		return ledger.Closed
	}
	return pick(g, ledger.Frozen, ledger.Active, ledger.Active)
}

func (g *Generator) person() ledger.VolunteerID {
	if g.rng.IntN(40) == 0 {
		return pick(g, ledger.VolunteerID("V0000019"), g.people[10], g.people[11])
	}
	return g.people[g.rng.IntN(10)]
}
