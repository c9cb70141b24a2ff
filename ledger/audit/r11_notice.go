package audit

import "aixin/ledger"

// noticeTimes holds credits against the notices of their records, and notices against the days that the rule wants.
type noticeTimes struct{ nothing }

func (noticeTimes) see(r *run, e *ledger.Entry) {
	if body, ok := e.Body.(*ledger.PostNotice); ok {
		for _, i := range body.Records {
			rec := r.records[i]
			if rec == nil {
				r.found(Wrong, string(body.Unit), count(i), "", e.Index)
				continue
			}
			if rule := r.ruleOf(rec); rule != nil && int64(body.Until-e.On) < rule.Notice.Days {
				r.found(Wrong, string(body.Unit), body.Until.String(), e.On.AddDays(int(rule.Notice.Days)).String(), i, e.Index)
			}
		}
		return
	}
	credit, ok := creditOf(e)
	if !ok || len(e.Postings) == 0 || e.Kind == ledger.OpeningPosted {
		return
	}
	rec := r.records[credit.Record]
	if rec == nil {
		r.found(Wrong, string(credit.Volunteer), count(credit.Record), "", e.Index)
		return
	}
	rule, n := r.ruleOf(rec), r.notices[rec.notice]
	switch {
	case rec.notice != 0 && n != nil && e.On <= n.until:
		r.found(Wrong, string(rec.volunteer), e.On.String(), n.until.AddDays(1).String(), rec.index, rec.notice, e.Index)
	case rec.notice == 0 && rule != nil && rule.Notice.Days > 0:
		r.found(Wrong, string(rec.volunteer), "0", count(rule.Notice.Days), rec.index, e.Index)
	}
}
