package audit

import "aixin/ledger"

// deadline is how many working days there are to record service, where the rule says nothing (MCA67-11).
const deadline = 10

// late looks for service that was entered after its deadline.
type late struct{ nothing }

func (late) see(r *run, e *ledger.Entry) {
	body, ok := e.Body.(*ledger.HoursRecord)
	if !ok || e.On-body.Start.On() <= deadline {
		return // so many days hold no more working days
	}
	days := deadline
	rule := r.named(e.Rule)
	if rule != nil && rule.Deadline.Days > 0 {
		days = int(rule.Deadline.Days)
	}
	last := r.calendar.WorkingDays(body.Start.On(), days)
	if e.On <= last {
		return
	}
	said := body.Honorary || queried(&record{hours: body}, ledger.QueryLate)
	grade := Noted
	if rule != nil && rule.Deadline.Days > 0 && !said {
		grade = Wrong
	}
	r.found(grade, string(body.Volunteer), e.On.String(), last.String(), e.Index)
}
