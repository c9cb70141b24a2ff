package ledger_test

import "aixin/ledger"

func (t *table) points(verb string, w words) ledger.Action {
	t.Helper()
	switch verb {
	case "expire":
		if p := ledger.PoolID(w.arg(0)); p.Valid() {
			return &ledger.Expire{Pool: p}
		}
		return &ledger.Expire{Volunteer: w.volunteer(0), Pool: ledger.PoolID(w.arg(1))}
	case "transfer":
		return &ledger.Transfer{From: w.volunteer(0), To: w.volunteer(1), Points: t.amount(w.arg(2))}
	}
	return nil
}

func pointsForgeries() []forgery {
	return []forgery{
		bodyOf("the unit of an expiry", "I8", func(r *ledger.Expiry) bool { r.Unit = "C07"; return true }),
		bodyOf("the points of a gift", "I3 I8 I10 I12", func(r *ledger.Gift) bool { r.Points++; return true }),
		bodyOf("the giver as receiver", "I8", func(r *ledger.Gift) bool { r.To = r.From; return true }),
	}
}
