package audit

import (
	"slices"

	"aixin/ledger"
)

// negatives looks at every lot that is drawn, right after the entry that draws it: no more is drawn than there is, nor what was set
// aside for something else.
type negatives struct{ nothing }

func (negatives) see(r *run, e *ledger.Entry) {
	for i, p := range e.Postings {
		if p.Lot != 0 && p.Commodity.Points() && !r.overdrawn(e, i) {
			r.unheld(e, p)
		}
	}
}

// unheld adds a finding where an entry takes what an open hold set aside, and is not the end of that hold.
func (r *run) unheld(e *ledger.Entry, p ledger.Posting) {
	if adds(p) > 0 || len(r.setAside[p.Lot]) == 0 {
		return
	}
	held := r.heldOf(p.Lot)
	if s, ok := e.Body.(*ledger.Settlement); ok {
		if h := r.holds[s.Hold]; h != nil && !h.closed {
			held -= h.of(p.Lot)
		}
	}
	if left := r.lots.at(lotKey{p.Account, p.Lot}).left; held > 0 && left+adds(p) < held {
		r.found(Wrong, p.Account.Owner(), points(left+adds(p)), points(held), append(slices.Clone(r.setAside[p.Lot]), e.Index)...)
	}
}

// overdrawn adds a finding where an entry takes more from the lot of a posting than is left of it, and reports it.
func (r *run) overdrawn(e *ledger.Entry, i int) bool {
	p := e.Postings[i]
	if adds(p) > 0 {
		return false
	}
	left := r.lots.at(lotKey{p.Account, p.Lot}).left
	after := left
	for k, q := range e.Postings {
		if q.Account == p.Account && q.Lot == p.Lot {
			if after += adds(q); k < i && adds(q) < 0 {
				return true // said before
			}
		}
	}
	if after >= 0 {
		return false
	}
	say := count[ledger.Amount]
	if p.Commodity.Points() {
		say = points
	}
	r.found(Wrong, p.Account.Owner(), say(left-after), say(left), p.Lot.Entry(), e.Index)
	return true
}
