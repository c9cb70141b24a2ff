package audit

import "aixin/ledger"

// Settled is what a partner's shop states that it is owed for a period, both days included.
type Settled struct {
	Shop     ledger.ShopID
	From, To ledger.Date
	Points   ledger.Amount
}

// settlements holds what shops state against the points that went over their counters, less what came back: the sum of their slips.
// The book knows each shop, and no day may be settled twice.
type settlements struct {
	slips map[ledger.ShopID][]slip // in the order of the journal
}

// slip is what one entry moved over a counter.
type slip struct {
	index  ledger.Index
	on     ledger.Date
	points ledger.Amount
}

func newSettlements() observer { return &settlements{map[ledger.ShopID][]slip{}} }

func (s *settlements) see(r *run, e *ledger.Entry) {
	if len(r.options.Settlements) == 0 {
		return
	}
	for _, p := range e.Postings {
		if p.Account.Class() == ledger.ClassRedeemed && p.Commodity.Points() {
			shop := ledger.ShopID(p.Account.Owner())
			s.slips[shop] = append(s.slips[shop], slip{e.Index, e.On, -p.Amount})
		}
	}
}

func (s *settlements) end(r *run) {
	for n, stated := range r.options.Settlements {
		if _, known := r.shops[stated.Shop]; !known { // whatever it states, there is nothing to hold it against
			r.found(Wrong, string(stated.Shop), points(stated.Points), "no-shop")
			continue
		}
		var sum ledger.Amount
		var entries []ledger.Index
		for _, x := range s.slips[stated.Shop] {
			if x.on >= stated.From && x.on <= stated.To {
				sum += x.points
				entries = append(entries, x.index)
			}
		}
		if sum != stated.Points {
			r.found(Wrong, string(stated.Shop), points(stated.Points), points(sum), entries...)
		}
		for _, before := range r.options.Settlements[:n] {
			if before.Shop == stated.Shop && before.From <= stated.To && stated.From <= before.To {
				r.found(Wrong, string(stated.Shop), stated.From.String(), before.To.AddDays(1).String(), entries...)
			}
		}
	}
}
