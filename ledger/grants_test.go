package ledger_test

import "aixin/ledger"

func (t *table) grants(verb string, w words) ledger.Action {
	t.Helper()
	switch verb {
	case "grant":
		return &ledger.GrantRole{
			Staff: ledger.StaffID(w.arg(0)), Role: ledger.Role(w.arg(1)), Scope: w.arg(2), From: t.date(w.arg(3)), Until: t.date(w.arg(4)),
		}
	case "end-role":
		return &ledger.EndRole{Staff: ledger.StaffID(w.arg(0)), Role: ledger.Role(w.arg(1)), Scope: w.arg(2), Until: t.date(w.arg(3))}
	}
	return nil
}

func grantsForgeries() []forgery {
	return []forgery{
		bodyOf("a grant for a place that is none", "I8", func(r *ledger.GrantRole) bool { r.Scope = "S99"; return true }),
		bodyOf("a grant that was over when it was made", policy, func(r *ledger.GrantRole) bool { r.From, r.Until = 20, 20; return true }),
		bodyOf("a granted admin", "I8", func(r *ledger.GrantRole) bool { r.Role = ledger.Admin; return true }),
		bodyOf("the end of no grant", "I8", func(r *ledger.EndRole) bool { r.Scope = "C99"; return true }),
	}
}
