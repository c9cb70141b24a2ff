package audit

import "aixin/ledger"

// noticeTimes holds credits against the notices of their records, notices against the days that the rule wants, and objections against
// the days for their answers.
type noticeTimes struct {
	waits map[ledger.Index]*ledger.ObjectionRecord // for an answer
}

func newNoticeTimes() observer { return &noticeTimes{map[ledger.Index]*ledger.ObjectionRecord{}} }

func (t *noticeTimes) see(r *run, e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.ObjectionRecord:
		t.waits[e.Index] = body
	case *ledger.ObjectionAnswer:
		t.answered(r, e, body)
	case *ledger.PostNotice:
		for _, i := range body.Records {
			rec := r.records.at(i)
			if rec == nil {
				r.found(Wrong, string(body.Unit), count(i), "", e.Index)
				continue
			}
			if rule := r.ruleOf(rec); rule != nil && int64(body.Until-max(e.On, body.From)) < rule.Notice.Days {
				r.found(Wrong, string(body.Unit), body.Until.String(), e.On.AddDays(int(rule.Notice.Days)).String(), i, e.Index)
			}
		}
		return
	}
	credit, ok := creditOf(e)
	if !ok || len(e.Postings) == 0 || e.Kind == ledger.OpeningPosted {
		return
	}
	rec := r.records.at(credit.Record)
	if rec == nil {
		r.found(Wrong, string(credit.Volunteer), count(credit.Record), "", e.Index)
		return
	}
	rule, n := r.ruleOf(rec), r.notices[rec.notice]
	switch {
	case rec.objection != 0:
		r.found(Wrong, string(rec.volunteer), "", "", rec.index, rec.objection, e.Index)
	case rec.notice != 0 && n != nil && n.removed != 0 && n.removed <= n.until: // taken down before its end it does not count
		r.found(Wrong, string(rec.volunteer), n.removed.String(), n.until.AddDays(1).String(), rec.index, rec.notice, e.Index)
	case rec.notice != 0 && n != nil && e.On <= n.until:
		r.found(Wrong, string(rec.volunteer), e.On.String(), n.until.AddDays(1).String(), rec.index, rec.notice, e.Index)
	case rec.notice == 0 && rule != nil && rule.Notice.Days > 0:
		r.found(Wrong, string(rec.volunteer), "0", count(rule.Notice.Days), rec.index, e.Index)
	}
}

// answered looks for an answer that came after its term.
func (t *noticeTimes) answered(r *run, e *ledger.Entry, body *ledger.ObjectionAnswer) {
	o := t.waits[body.Objection]
	delete(t.waits, body.Objection)
	if o != nil && o.Reply != 0 && e.On > o.Reply {
		r.found(Noted, string(body.Volunteer), e.On.String(), o.Reply.String(), body.Objection, e.Index)
	}
}

func (t *noticeTimes) end(r *run) {
	for i, o := range t.waits {
		rec := r.records.at(o.Record)
		if rec != nil && o.Reply != 0 && r.last > o.Reply {
			r.found(Noted, string(rec.volunteer), "", o.Reply.String(), i)
		}
	}
}
