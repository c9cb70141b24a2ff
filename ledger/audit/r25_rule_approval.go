package audit

import (
	"slices"

	"aixin/ledger"
)

// ruleApproval looks for rules that no body approved or that were put up too late, and for rules and prices that one person set alone
// where two are asked for.
type ruleApproval struct{ nothing }

func (ruleApproval) see(r *run, e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.SetRule:
		if len(r.people) > 0 { // before anybody is enrolled one person sets up what there is
			r.two(e, body.Rule.ID, body.Rule.Name())
		}
		switch t := body.Rule.Terms; {
		case t.ApprovedBy == "":
			r.found(Noted, body.Rule.Name(), "", "approved_by", e.Index)
		case t.Published == 0 || t.Published > body.Rule.From:
			r.found(Noted, body.Rule.Name(), t.Published.String(), body.Rule.From.String(), e.Index)
		}
	case *ledger.PriceItem:
		r.two(e, "", string(body.Item))
	}
}

// two adds a finding where the rule in force asks for a second person, and there was none.
func (r *run) two(e *ledger.Entry, set, subject string) {
	rule, ok := r.rules.InForce(set, e.On)
	if !ok {
		rule, ok = r.rules.For(nil, "", e.On)
	}
	if ok && slices.Contains(rule.Second.Kinds, e.Kind) && e.Proposal == 0 {
		r.found(Wrong, subject, string(e.Actor), rule.Name(), e.Index)
	}
}
