package audit

import "aixin/ledger"

// pastDate looks for goods that were handed out after their last usable day.
type pastDate struct{ nothing }

func (pastDate) see(r *run, e *ledger.Entry) {
	on := e.On
	if x, ok := sold(e); ok {
		on = exchangedOn(x, e)
	} else if e.Kind != ledger.ReliefGiven {
		return
	}
	for _, p := range e.Postings {
		if p.Lot == 0 || !p.Commodity.Goods() || p.Amount > 0 {
			continue
		}
		if l := r.lots.at(lotKey{p.Account, p.Lot}); l.expires != 0 && l.expires < on {
			r.found(Wrong, p.Account.Owner(), on.String(), l.expires.String(), p.Lot.Entry(), e.Index)
		}
	}
}
