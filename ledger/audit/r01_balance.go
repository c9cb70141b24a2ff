package audit

import "aixin/ledger"

// balances holds what entries say of sums against the postings before them.
type balances struct{ nothing }

func (balances) see(r *run, e *ledger.Entry) {
	if !r.inUnit(e) {
		return // what it posts follows from the unit
	}
	r.strangers(e)
	for _, p := range e.Postings {
		if p.Lot == 0 && p.Account.Class().Guarded() {
			r.found(Wrong, p.Account.Owner(), "", p.Account.String(), e.Index) // what moves without a lot stands on no lot
		}
	}
	switch body := e.Body.(type) {
	case *ledger.Merger:
		owed := -r.pointsOf(body.From)
		r.reaches(e, string(body.Into), ledger.PointsOf(body.Into), body.Points, owed)
		r.goesOver(e, body)
	case *ledger.Gift:
		r.reaches(e, string(body.From), ledger.PointsOf(body.To), body.Points, drawn(e, ledger.PointsOf(body.From)))
	case *ledger.PoolGift:
		from, to := ledger.PointsOf(body.Volunteer), ledger.PoolOf(body.Pool)
		if body.Back {
			from, to = to, from
		}
		r.reaches(e, from.Owner(), to, body.Points, drawn(e, from))
	case *ledger.Leaving:
		left := drawn(e, ledger.PointsOf(body.Volunteer))
		r.states(e, string(body.Volunteer), left, -r.pointsOf(body.Volunteer))
		if to := ownerOf(body.To, body.Pool); to != "" {
			r.states(e, to, body.Points, opened(e, ledger.NewAccountID(ledger.ClassPoints, to)))
		}
		gifts := ledger.AccountKey{ID: ledger.GiftsOf(body.Volunteer), Commodity: ledger.GiftPoint}
		r.states(e, string(body.Volunteer), drawn(e, gifts.ID), -r.balance[gifts])
	case *ledger.GiftGrant:
		r.moves(e, string(body.Volunteer), map[ledger.AccountKey]ledger.Amount{
			{ID: ledger.GiftsOf(body.Volunteer), Commodity: ledger.GiftPoint}:                     -body.Points,
			{ID: ledger.NewAccountID(ledger.ClassGifted, body.Unit), Commodity: ledger.GiftPoint}: body.Points,
		}, e.Index)
	case *ledger.Certificate:
		var minutes ledger.Amount
		for _, i := range body.Records {
			if rec := r.records.at(i); rec != nil && rec.hours != nil && !rec.gone {
				minutes += rec.hours.Minutes
			}
		}
		if minutes != body.Minutes {
			r.found(Wrong, string(body.Volunteer), count(body.Minutes), count(minutes), append([]ledger.Index{e.Index}, body.Records...)...)
		}
	}
}

// goesOver holds that all gift points of a merged number, and all that it owes, go over to the other.
func (r *run) goesOver(e *ledger.Entry, body *ledger.Merger) {
	for _, k := range []ledger.AccountKey{
		{ID: ledger.GiftsOf(body.From), Commodity: ledger.GiftPoint}, {ID: ledger.RecoverableOf(body.From), Commodity: ledger.Point},
	} {
		var sum ledger.Amount
		for _, p := range e.Postings {
			if p.Account == k.ID {
				sum += p.Amount
			}
		}
		r.states(e, string(body.Into), sum.Abs(), r.balance[k].Abs())
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

// reaches is states for what goes over to an account, which has to get as much.
func (r *run) reaches(e *ledger.Entry, subject string, to ledger.AccountID, stated, sum ledger.Amount) {
	if stated != sum {
		r.states(e, subject, stated, sum)
		return
	}
	r.states(e, to.Owner(), stated, opened(e, to))
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

// opened adds up what an entry gives to an account of points.
func opened(e *ledger.Entry, a ledger.AccountID) (sum ledger.Amount) {
	for _, p := range e.Postings {
		if p.Account == a && p.Amount < 0 {
			sum -= p.Amount
		}
	}
	return sum
}
