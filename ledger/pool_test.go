package ledger_test

import "aixin/ledger"

func (t *table) pool(verb string, w words) ledger.Action {
	t.Helper()
	switch verb {
	case "donate":
		return &ledger.Donate{Volunteer: w.volunteer(0), Pool: ledger.PoolID(w.arg(1)), Points: t.amount(w.arg(2))}
	case "draw":
		return &ledger.Donate{Volunteer: w.volunteer(1), Pool: ledger.PoolID(w.arg(0)), Points: t.amount(w.arg(2)), Back: true}
	}
	return nil
}

func poolForgeries() []forgery {
	return []forgery{
		bodyOf("the points of a donation", "I3 I8 I10 I12", func(r *ledger.PoolGift) bool { r.Points++; return true }),
		bodyOf("a donation the other way round", "I3 I8 I10 I12", func(r *ledger.PoolGift) bool { r.Back = !r.Back; return true }),
		bodyOf("a donation to no household", "I8", func(r *ledger.PoolGift) bool { r.Pool = "H999999"; return true }),
		bodyOf("a donation to no unit", "I8", func(r *ledger.PoolGift) bool { r.Pool = "C77"; return true }),
		bodyOf("another date for a donated lot", "I10", func(r *ledger.PoolGift) bool { r.Lots[0].Expires++; return true }),
		bodyOf("an exchange out of another pool", "I8", func(r *ledger.Exchange) bool { r.Pool = "H999999"; return true }),
		bodyOf("an exchange out of no pool", "I3 I8", func(r *ledger.Exchange) bool { was := r.Pool; r.Pool = ""; return was != "" }),
		bodyOf("a hold out of another pool", "I3 I8 I12", func(r *ledger.Reservation) bool {
			r.Lots[0].Pool = "H999999"
			return true
		}),
		bodyOf("a hold collected out of another pool", "I10", func(r *ledger.Settlement) bool { r.Pool = "H999999"; return true }),
		bodyOf("hours into another pool", "I8", func(r *ledger.HoursRecord) bool { r.Pool = "H999999"; return true }),
		bodyOf("acts into another pool", "I8", func(r *ledger.ActsRecord) bool { r.Pool = "H999999"; return true }),
		bodyOf("a booklet into another pool", "I8", func(r *ledger.OpeningRecord) bool { r.Pool = "H999999"; return true }),
		bodyOf("hours into no pool", policy, func(r *ledger.HoursRecord) bool { was := r.Pool; r.Pool = ""; return was != "" }),
		bodyOf("another pool of what a leaver leaves", "I8", func(r *ledger.Leaving) bool { r.Pool = "H999999"; return r.To == "" }),
	}
}
