package ledgertest

import (
	"cmp"

	"aixin/ledger"
)

// What volunteers ask for themselves.

// personal returns the volunteer whose it is to ask for an action on a day: whom it is about, or their guardian.
func (n *Naive) personal(do ledger.Action, on ledger.Date) ledger.VolunteerID {
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
	case *ledger.SetConsent:
		return cmp.Or(n.guardedOn(a.Volunteer, on), a.Volunteer)
	}
	return ""
}

// oneself refuses a volunteer who is nobody, or asks for what is not theirs.
func (n *Naive) oneself(do ledger.Action, v ledger.VolunteerID, on ledger.Date) ledger.RejectReason {
	known, _ := n.volunteer(v)
	switch {
	case known == nil:
		return ledger.UnknownActor
	case n.personal(do, on) == v:
		return ""
	}
	if a, ok := do.(*ledger.SetConsent); ok && a.Volunteer == v {
		return ledger.GuardianOnly
	}
	return ledger.NotPermitted
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
	case *ledger.SetConsent:
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
