package audit

import "aixin/ledger"

// balances holds what entries say of sums against the postings before them.
type balances struct{ nothing }

func (balances) see(r *run, e *ledger.Entry) {
	for _, p := range e.Postings {
		if p.Lot == 0 && p.Account.Class().Guarded() {
			r.found(Wrong, p.Account.Owner(), "", string(p.Account), e.Index) // what moves without a lot stands on no lot
		}
	}
	switch body := e.Body.(type) {
	case *ledger.Merger:
		owed := -r.pointsOf(body.From)
		r.states(e, string(body.Into), body.Points, owed)
	case *ledger.Gift:
		r.states(e, string(body.From), body.Points, drawn(e, ledger.PointsOf(body.From)))
	case *ledger.Leaving:
		left := drawn(e, ledger.PointsOf(body.Volunteer))
		r.states(e, string(body.Volunteer), left, -r.pointsOf(body.Volunteer))
	case *ledger.Certificate:
		var minutes ledger.Amount
		for _, i := range body.Records {
			if rec := r.records[i]; rec != nil && rec.hours != nil && !rec.gone {
				minutes += rec.hours.Minutes
			}
		}
		if minutes != body.Minutes {
			r.found(Wrong, string(body.Volunteer), count(body.Minutes), count(minutes), append([]ledger.Index{e.Index}, body.Records...)...)
		}
	}
}

// states adds a finding where an entry states another sum of points than its postings and those before come to.
func (r *run) states(e *ledger.Entry, subject string, stated, sum ledger.Amount) {
	if stated != sum {
		r.found(Wrong, subject, points(stated), points(sum), e.Index)
	}
}

// pointsOf returns the balance of a volunteer's points.
func (w *world) pointsOf(v ledger.VolunteerID) ledger.Amount {
	return w.balance[ledger.AccountKey{ID: ledger.PointsOf(v), Commodity: ledger.Point}]
}

// drawn adds up what an entry takes from an account of points.
func drawn(e *ledger.Entry, a ledger.AccountID) (sum ledger.Amount) {
	for _, p := range e.Postings {
		if p.Account == a && p.Amount > 0 {
			sum += p.Amount
		}
	}
	return sum
}
