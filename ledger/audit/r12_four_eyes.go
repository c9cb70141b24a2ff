package audit

import (
	"slices"

	"aixin/ledger"
)

// fourEyes looks for one person on both sides: who approves what they declared or proposed, or serves and approves their own; and for points
// to spend that one person granted.
type fourEyes struct{ nothing }

func (fourEyes) see(r *run, e *ledger.Entry) {
	if first, ok := r.proposals[e.Proposal]; ok && e.Proposal != 0 && first == e.Actor {
		r.found(Wrong, string(e.Actor), "", "", e.Proposal, e.Index)
	}
	if x, ok := sold(e); ok {
		if who := r.server(e); r.near(who, x.Volunteer) {
			r.found(Wrong, string(x.Volunteer), string(who), "", e.Index)
		}
		return
	}
	switch body := e.Body.(type) {
	case *ledger.Credit:
		r.approves(e, body.Record, true)
	case *ledger.Loss:
		if body.Notice == 0 { // else the run takes it
			r.approves(e, body.Record, true)
		}
	case *ledger.RecordReturn:
		r.approves(e, body.Record, false)
	case *ledger.BaseGrant:
		r.basePoints(e, body.Volunteer)
	case *ledger.Reversal:
		if body.Volunteer != "" && r.near(e.Actor, body.Volunteer) {
			r.found(Wrong, string(body.Volunteer), string(e.Actor), "", body.Entry, e.Index)
		}
	case *ledger.Appoint:
		r.office(e, body.Staff, body.Roles)
		r.appointed(e, body)
	case *ledger.GrantRole:
		r.office(e, body.Staff, []ledger.Role{body.Role})
		r.granted(e, body)
	}
}

// approves looks at who approves a record or sends it back.
func (r *run) approves(e *ledger.Entry, record ledger.Index, credits bool) {
	rec := r.records.at(record)
	if rec == nil {
		return // proposals are looked at by themselves
	}
	if e.Actor == rec.declarer || credits && e.Actor == rec.approver || r.near(e.Actor, rec.volunteer) {
		r.found(Wrong, string(rec.volunteer), string(e.Actor), "", record, e.Index)
	}
}

// basePoints looks at who granted points to spend: two persons, neither of whom is near to whom they are for.
func (r *run) basePoints(e *ledger.Entry, to ledger.VolunteerID) {
	rule := r.named(e.Rule)
	if rule == nil || !rule.Base.Spendable {
		return
	}
	for _, who := range []ledger.StaffID{e.Actor, r.server(e)} {
		if e.Proposal == 0 || r.near(who, to) {
			r.found(Wrong, string(to), string(who), "", e.Index)
			return
		}
	}
}

// office looks for members of a committee who become supervisors.
func (r *run) office(e *ledger.Entry, who ledger.StaffID, roles []ledger.Role) {
	if slices.Contains(roles, ledger.Supervisor) && slices.Contains(r.options.Officials, who) {
		r.found(Wrong, string(who), string(ledger.Supervisor), "", e.Index)
	}
}

// apart reports whether one person may not have both roles in one place: who declares, approves, redeems and counts are four, and who
// runs the book, watches it or audits it does nothing else.
func apart(a, b ledger.Role) bool {
	alone := []ledger.Role{ledger.Admin, ledger.Supervisor, ledger.Auditor}
	four := []ledger.Role{ledger.Leader, ledger.Reviewer, ledger.Clerk, ledger.Keeper}
	return a != b && (slices.Contains(alone, a) || slices.Contains(alone, b) || slices.Contains(four, a) && slices.Contains(four, b))
}

// appointed looks for roles of one appointment that ought to be apart. Two of the four are an exception that a place may need.
func (r *run) appointed(e *ledger.Entry, body *ledger.Appoint) {
	for i, a := range body.Roles {
		for _, b := range body.Roles[:i] {
			if !apart(a, b) {
				continue
			}
			grade := Wrong
			if four := []ledger.Role{ledger.Leader, ledger.Reviewer, ledger.Clerk, ledger.Keeper}; slices.Contains(four, a) && slices.Contains(four, b) {
				grade = Noted
			}
			r.found(grade, string(body.Staff), string(b)+" "+string(a), "", e.Index)
			return
		}
	}
}

// granted looks for a role that ought to be apart from another of the same days and place.
func (r *run) granted(e *ledger.Entry, body *ledger.GrantRole) {
	s := r.staff[body.Staff]
	if s == nil {
		return
	}
	held := slices.Clone(s.grants)
	for _, role := range s.roles {
		held = append(held, ledger.RoleGrant{Role: role})
	}
	for _, g := range held {
		meets := (g.Until == 0 || body.From <= g.Until) && (body.Until == 0 || g.From <= body.Until)
		if meets && apart(g.Role, body.Role) && (r.covers(g.Scope, body.Scope, e.On) || r.covers(body.Scope, g.Scope, e.On)) {
			r.found(Wrong, string(body.Staff), string(g.Role)+" "+string(body.Role), "", e.Index)
			return
		}
	}
}

// covers reports whether a scope has another one in it on a day: everywhere, the same, or a unit below it.
func (r *run) covers(scope, other string, on ledger.Date) bool {
	if scope == "" || scope == other {
		return true
	}
	unit := ledger.UnitID(other)
	if of, ok := r.shops[ledger.ShopID(other)]; ok {
		unit = of
	}
	return slices.Contains(r.org.Above(unit, on), ledger.UnitID(scope))
}
