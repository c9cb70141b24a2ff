package ledger_test

import (
	"strings"

	"aixin/ledger"
)

// organisation parses the verbs of what came with format 2: the format itself, and units that move.
func (t *table) organisation(verb string, w words) ledger.Action {
	t.Helper()
	switch verb {
	case "upgrade":
		return &ledger.RaiseFormat{Format: int(t.int(w.arg(0)))}
	case "move":
		return &ledger.MoveUnit{Unit: ledger.UnitID(w.arg(0)), Parent: ledger.UnitID(w.arg(1)), From: t.date(w.arg(2))}
	case "move-volunteer":
		return &ledger.MoveVolunteer{Volunteer: w.volunteer(0), Unit: ledger.UnitID(w.arg(1)), From: t.date(w.arg(2))}
	case "household":
		return &ledger.SetHousehold{Volunteer: w.volunteer(0), Household: ledger.HouseholdID(w.arg(1)), From: t.date(w.arg(2)), Head: w.arg(3) == "head"}
	case "member", "no-member":
		a := &ledger.SetMembership{Volunteer: w.volunteer(0), Unit: ledger.UnitID(w.arg(1)), From: t.date(w.arg(2)), Ended: verb == "no-member"}
		if until := w.arg(3); until != "" {
			a.Until = t.date(until)
		}
		return a
	}
	return nil
}

func organisationForgeries() []forgery {
	return []forgery{
		bodyOf("a unit above itself", "I8", func(a *ledger.MoveUnit) bool { a.Parent = a.Unit; return true }),
		bodyOf("a move in the past", "I8", func(a *ledger.MoveUnit) bool { a.From -= 60; return true }),
		bodyOf("a member of no unit", "I8", func(a *ledger.SetMembership) bool { a.Unit = "C78"; return true }),
		bodyOf("a member who is nobody", "I8", func(a *ledger.SetMembership) bool { a.Volunteer = "V9999990"; return true }),
		bodyOf("a member since a day that was past", "I8", func(a *ledger.SetMembership) bool {
			a.From -= 60
			return true
		}),
		bodyOf("the end of no membership", "I8", func(a *ledger.SetMembership) bool {
			a.Ended, a.Until, a.Unit = true, 0, "C09" // which nobody joins
			return true
		}),
		bodyOf("a volunteer who moves in the past", "I8", func(a *ledger.MoveVolunteer) bool { a.From -= 60; return true }),
		bodyOf("a volunteer who moves to no unit", "I8", func(a *ledger.MoveVolunteer) bool { a.Unit = "C78"; return true }),
		bodyOf("a move of nobody", "I8", func(a *ledger.MoveVolunteer) bool { a.Volunteer = "V9999990"; return true }),
		bodyOf("a household since a day that was past", "I8", func(a *ledger.SetHousehold) bool { a.From -= 60; return true }),
		bodyOf("a household of nobody", "I8", func(a *ledger.SetHousehold) bool { a.Volunteer = "V9999990"; return true }),
		bodyOf("a unit that is none", "I8", func(a *ledger.MoveUnit) bool { a.Unit = "C78"; return true }),
		bodyOf("another delivery than was asked for", policy, func(p *ledger.Proposal) bool {
			do, ok := p.Do.(*ledger.Receive)
			if ok {
				do.Lines[0].Pieces++
			}
			return ok
		}),
		{"one person for what takes two", "I8 I13", func(f *forger, e *ledger.Entry) bool {
			if e.Proposal == 0 {
				return false
			}
			e.Actor = f.earlier[e.Proposal].Actor
			return true
		}},
		{"a proposal that says otherwise", "I8", func(_ *forger, e *ledger.Entry) bool {
			body, ok := e.Body.(*ledger.Receive)
			if !ok || e.Proposal == 0 {
				return false
			}
			body.Lines[0].Pieces++
			e.Postings[0].Amount++
			e.Postings[1].Amount--
			return true
		}},
		{"a proposal that nobody made", "I8", func(_ *forger, e *ledger.Entry) bool {
			was := e.Proposal
			e.Proposal = 1 // the first admin was appointed there
			return was > 0 && e.Kind == ledger.Received
		}},
		{"a proposal that ended before", "I8 I10", func(f *forger, e *ledger.Entry) bool {
			for _, earlier := range f.earlier {
				if e.Proposal != 0 && earlier.Proposal != 0 && earlier.Index != e.Index {
					e.Proposal = earlier.Proposal
					return true
				}
			}
			return false
		}},
		{"what took two by one, without a proposal", policy, func(_ *forger, e *ledger.Entry) bool {
			was := e.Proposal
			e.Proposal = 0
			return was != 0
		}},
	}
}

// section reads a member of a section of a rule.
func (t *table) section(r *ledger.Rule, k, v string) bool {
	t.Helper()
	switch k {
	case "for":
		if strings.HasPrefix(v, "S") {
			r.Terms.Shop = ledger.ShopID(v)
		} else {
			r.Terms.Unit = ledger.UnitID(v)
		}
	case "also-for":
		r.Terms.Shop = ledger.ShopID(v)
	case "until":
		r.Terms.Until = t.date(v)
	case "approved-by":
		r.Terms.ApprovedBy = v
	case "published":
		r.Terms.Published = t.date(v)
	case "second":
		for kind := range strings.SplitSeq(v, ",") {
			r.Second.Kinds = append(r.Second.Kinds, ledger.Kind(kind))
		}
	default:
		return false
	}
	return true
}
