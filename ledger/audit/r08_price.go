package audit

import "aixin/ledger"

// prices holds every line of an exchange against the list of its day; what was held, against that of the hold's day.
type prices struct{ nothing }

func (prices) see(r *run, e *ledger.Entry) {
	x, ok := sold(e)
	if !ok {
		return
	}
	on, entries := exchangedOn(x, e), []ledger.Index{e.Index}
	if s, ok := e.Body.(*ledger.Settlement); ok {
		if h := r.holds[s.Hold]; h != nil {
			on, entries = h.on, append(entries, s.Hold)
		}
	}
	for _, l := range x.Lines {
		var each ledger.Amount
		if item := r.items[l.Item]; item != nil {
			each, _ = item.PriceOn(on)
		}
		if ought := each * l.Pieces; l.Points != ought {
			r.found(Wrong, string(x.Shop), string(l.Item)+" "+points(l.Points), string(l.Item)+" "+points(ought), entries...)
		}
	}
}

// exchangedOn is the day on which goods changed hands.
func exchangedOn(x *ledger.Exchange, e *ledger.Entry) ledger.Date {
	if x.Happened != 0 {
		return x.Happened
	}
	return e.On
}
