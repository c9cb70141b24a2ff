package ledger_test

import "aixin/ledger"

func (t *table) people(verb string, w words) ledger.Action {
	t.Helper()
	switch verb {
	case "enroll":
		return &ledger.Enroll{Volunteer: w.volunteer(0), Unit: ledger.UnitID(w.arg(1)), Household: ledger.HouseholdID(w.arg(2))}
	case "status":
		return &ledger.SetStatus{Volunteer: w.volunteer(0), Status: ledger.Status(w.arg(1)), Reason: ledger.Reason(w.arg(2)), Until: t.date(w.arg(3))}
	}
	return nil
}

func peopleForgeries() []forgery {
	return []forgery{
		bodyOf("a volunteer number without its check digit", "I8", func(r *ledger.Enroll) bool { r.Volunteer = "V0000019"; return true }),
		bodyOf("a unit that is none", policy, func(r *ledger.Enroll) bool { r.Unit = "C77"; return true }),
	}
}
