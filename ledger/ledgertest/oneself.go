package ledgertest

import "aixin/ledger"

// What volunteers ask for themselves.

// personal returns the volunteer whom an action is about, where that volunteer may ask for it.
func (n *Naive) personal(do ledger.Action) ledger.VolunteerID {
	switch a := do.(type) {
	case *ledger.Hold:
		return a.Volunteer
	case *ledger.Release:
		if int(a.Hold) < len(n.history) && n.history[a.Hold].answer.Kind == ledger.Held {
			return n.history[a.Hold].held().Volunteer
		}
	case *ledger.Object:
		return a.Volunteer
	case *ledger.CheckIn:
		if a.By == ledger.CheckedByCard || a.By == ledger.CheckedByTyped {
			return a.Volunteer
		}
	case *ledger.CheckOut:
		return a.Volunteer
	case *ledger.Certify:
		return a.Volunteer
	}
	return ""
}

// oneself refuses a volunteer who is nobody, or asks for what is not theirs.
func (n *Naive) oneself(do ledger.Action, v ledger.VolunteerID) ledger.RejectReason {
	known, _ := n.volunteer(v)
	switch {
	case known == nil:
		return ledger.UnknownActor
	case n.personal(do) != v:
		return ledger.NotPermitted
	}
	return ""
}

// volunteering draws who asks for an action as a volunteer: mostly the one whom it is about.
func (g *Generator) volunteering(do ledger.Action, actor ledger.StaffID) ledger.StaffID {
	whose := ledger.VolunteerID("")
	switch a := do.(type) {
	case *ledger.Hold:
		whose = a.Volunteer
	case *ledger.Release:
		whose = g.person() // whose it is, now and then
	case *ledger.Object:
		whose = a.Volunteer
	case *ledger.CheckIn:
		whose = a.Volunteer
	case *ledger.CheckOut:
		whose = a.Volunteer
	case *ledger.Certify:
		whose = a.Volunteer
	default:
		if g.rng.IntN(20) > 0 {
			return actor
		}
	}
	if whose == "" || nobodys(whose) || g.rng.IntN(10) == 0 {
		whose = g.people[g.rng.IntN(10)]
	}
	return ledger.StaffID(whose)
}
