package audit

import "aixin/ledger"

// negatives looks at every lot that is drawn, right after the entry that draws it.
type negatives struct{ nothing }

func (negatives) see(r *run, e *ledger.Entry) {
	for i, p := range e.Postings {
		if p.Lot != 0 && p.Commodity == ledger.Point {
			r.overdrawn(e, i)
		}
	}
}

// overdrawn adds a finding where an entry takes more from the lot of a posting than is left of it.
func (r *run) overdrawn(e *ledger.Entry, i int) {
	p := e.Postings[i]
	if adds(p) > 0 {
		return
	}
	left := r.lots[lotKey{p.Account, p.Lot}].left
	after := left
	for k, q := range e.Postings {
		if q.Account == p.Account && q.Lot == p.Lot {
			if after += adds(q); k < i && adds(q) < 0 {
				return // said before
			}
		}
	}
	if after >= 0 {
		return
	}
	say := count[ledger.Amount]
	if p.Commodity.Points() {
		say = points
	}
	r.found(Wrong, p.Account.Owner(), say(left-after), say(left), p.Lot.Entry(), e.Index)
}
