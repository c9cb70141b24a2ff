package audit

import (
	"slices"

	"aixin/ledger"
)

// fourEyes looks for one person on both sides: who approves what they declared or proposed, or serves and approves their own.
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
	case *ledger.Reversal:
		if body.Volunteer != "" && r.near(e.Actor, body.Volunteer) {
			r.found(Wrong, string(body.Volunteer), string(e.Actor), "", body.Entry, e.Index)
		}
	case *ledger.Appoint:
		r.office(e, body.Staff, body.Roles)
	case *ledger.GrantRole:
		r.office(e, body.Staff, []ledger.Role{body.Role})
	}
}

// approves looks at who approves a record or sends it back.
func (r *run) approves(e *ledger.Entry, record ledger.Index, credits bool) {
	rec := r.records[record]
	if rec == nil {
		return // proposals are looked at by themselves
	}
	if e.Actor == rec.declarer || credits && e.Actor == rec.approver || r.near(e.Actor, rec.volunteer) {
		r.found(Wrong, string(rec.volunteer), string(e.Actor), "", record, e.Index)
	}
}

// office looks for members of a committee who become supervisors.
func (r *run) office(e *ledger.Entry, who ledger.StaffID, roles []ledger.Role) {
	if slices.Contains(roles, ledger.Supervisor) && slices.Contains(r.options.Officials, who) {
		r.found(Wrong, string(who), string(ledger.Supervisor), "", e.Index)
	}
}
