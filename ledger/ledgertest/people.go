package ledgertest

import (
	"slices"

	"aixin/ledger"
)

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
			return ok && (nobodys(a.Volunteer) || (a.Until != 0 && a.Status != ledger.Frozen))
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
	case status == a.Status && n.frozenUntil(a.Volunteer) == a.Until:
		return no(ledger.StatusUnchanged)
	case a.Until != 0 && a.Until < n.today:
		return no(ledger.DateInPast)
	}
	return Answer{Kind: ledger.StatusSet}
}

func (n *Naive) volunteer(v ledger.VolunteerID) (got *ledger.Enroll, status ledger.Status) {
	for _, e := range n.history {
		if e.answer.Refused != "" {
			continue
		}
		switch a := e.command.Do.(type) {
		case *ledger.Enroll:
			if a.Volunteer == v {
				got, status = a, ledger.Active
			}
		case *ledger.SetStatus:
			if a.Volunteer == v {
				status = a.Status
			}
		case *ledger.DeclareLeave:
			if a.Volunteer == v && a.Reason == ledger.Died {
				status = ledger.Frozen
			}
		case *ledger.Merge:
			if a.From == v {
				status = ledger.Closed
			}
		case *ledger.Leave:
			if a.Volunteer == v {
				status = ledger.Closed
			}
		}
	}
	if got != nil { // as of today
		now := *got
		now.Unit, now.Household = n.unitOn(v, n.today, len(n.history)), n.household(v)
		got = &now
	}
	return got, status
}

// frozenUntil returns the last day of a freeze.
func (n *Naive) frozenUntil(v ledger.VolunteerID) (until ledger.Date) {
	for _, e := range n.history {
		switch a := e.command.Do.(type) {
		case *ledger.SetStatus:
			if e.answer.Refused == "" && a.Volunteer == v {
				until = a.Until
			}
		case *ledger.DeclareLeave:
			if e.answer.Refused == "" && a.Volunteer == v && a.Reason == ledger.Died {
				until = 0
			}
		}
	}
	return until
}

// self reports whether the actor is the volunteer, lives with them or is a relative.
func (n *Naive) self(actor ledger.StaffID, v ledger.VolunteerID) bool {
	return n.selfOn(actor, v, n.today)
}

// selfSince asks the same of today, and of every day from another on.
func (n *Naive) selfSince(actor ledger.StaffID, v ledger.VolunteerID, from ledger.Date) bool {
	return slices.ContainsFunc(n.daysSince(from), func(day ledger.Date) bool { return n.selfOn(actor, v, day) })
}

// daysSince returns today, a day, and every day after it on which somebody enters or leaves a household.
func (n *Naive) daysSince(from ledger.Date) []ledger.Date {
	days := []ledger.Date{n.today, from}
	each(n, func(_ int, _ *event, a *ledger.SetHousehold) { days = append(days, max(a.From, from)) })
	return days
}

func (n *Naive) selfOn(actor ledger.StaffID, v ledger.VolunteerID, day ledger.Date) bool {
	if v == "" {
		return false
	}
	own := n.own(actor)
	return n.relatives()[[2]string{string(actor), string(n.person(v))}] || (own != "" && n.closeOn(own, v, day))
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
