package ledger_test

import "aixin/ledger"

func (t *table) service(verb string, w words) ledger.Action {
	t.Helper()
	switch verb {
	case "declare":
		return &ledger.DeclareHours{
			Volunteer: w.volunteer(0), Activity: ledger.ActivityID(w.arg(1)), Start: t.start(w.arg(2)),
			Minutes: ledger.Amount(t.int(w.arg(3))), Capture: ledger.Capture(w.arg(4)), Sheet: w.arg(5),
			Request: ledger.RequestID(t.or("request", "")), Session: ledger.Index(t.int(t.said["session"])), Evidence: t.evidence(), Signers: t.signers(),
		}
	case "act":
		return &ledger.DeclareActs{Volunteer: w.volunteer(0), Code: ledger.Code(w.arg(1)), Quantity: t.int(w.arg(2)), On: t.date(w.arg(3)), Sheet: w.arg(4), Evidence: t.evidence(), About: ledger.VolunteerID(t.said["about"])}
	case "opening":
		return &ledger.DeclareOpening{Volunteer: w.volunteer(0), Points: t.amount(w.arg(1)), Expires: t.date(w.arg(2))}
	case "approve":
		return &ledger.Approve{Record: ledger.Index(t.int(w.arg(0))), Seen: t.said["seen"] != ""}
	case "send-back":
		return &ledger.ReturnRecord{Record: ledger.Index(t.int(w.arg(0))), Reason: ledger.Reason(w.arg(1))}
	}
	return nil
}

func serviceForgeries() []forgery {
	return []forgery{
		bodyOf("points of a record", policy, func(r *ledger.HoursRecord) bool { r.Points++; return true }),
		bodyOf("counted minutes of a record", policy, func(r *ledger.HoursRecord) bool { r.Counted += 30; return true }),
		bodyOf("minutes beyond the day", "I8", func(r *ledger.HoursRecord) bool { r.Minutes = 1441; return true }),
		bodyOf("an import that is none", policy, func(r *ledger.HoursRecord) bool { r.Import = 1; return true }),
		bodyOf("a sheet number with a name", "I8", func(r *ledger.HoursRecord) bool { r.Sheet = "Zhang San"; return true }),
		bodyOf("points of an act", policy, func(r *ledger.ActsRecord) bool { r.Points *= 2; return r.Points > 0 }),
		bodyOf("the unit of an opening", policy, func(r *ledger.OpeningRecord) bool { r.Unit = "C09"; return true }),
		bodyOf("the expiry of a credit", policy, func(r *ledger.Credit) bool {
			r.Expires = r.Expires.AddDays(1)
			return r.Expires > 1
		}),
		bodyOf("the record of a credit", "I8 I10", func(r *ledger.Credit) bool { r.Record = 3; return true }),
		bodyOf("the volunteer of a credit", "I8", func(r *ledger.Credit) bool { r.Volunteer = ledger.NewVolunteerID(77); return true }),
	}
}
