package audit

import "aixin/ledger"

// prices holds every line of an exchange or a hold against the list of its day; what was held, against what the hold says.
type prices struct{ nothing }

func (prices) see(r *run, e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.Exchange:
		r.priced(body.Shop, body.Lines, r.list(exchangedOn(body, e)), e.Index)
	case *ledger.Reservation:
		r.priced(body.Shop, body.Lines, r.list(e.On), e.Index)
	case *ledger.Settlement:
		held := map[ledger.Commodity]ledger.Amount{}
		if h := r.holds[body.Hold]; h != nil {
			for _, l := range h.body.Lines {
				held[l.Item] = l.Points / max(l.Pieces, 1)
			}
		}
		r.priced(body.Shop, body.Lines, func(item ledger.Commodity) ledger.Amount { return held[item] }, body.Hold, e.Index)
	}
}

// list returns the prices of a day.
func (r *run) list(on ledger.Date) func(ledger.Commodity) ledger.Amount {
	return func(item ledger.Commodity) (each ledger.Amount) {
		if known := r.items[item]; known != nil {
			each, _ = known.PriceOn(on)
		}
		return each
	}
}

// priced adds a finding for each line that costs something else.
func (r *run) priced(shop ledger.ShopID, lines []ledger.PricedLine, each func(ledger.Commodity) ledger.Amount, entries ...ledger.Index) {
	for _, l := range lines {
		if ought := each(l.Item) * l.Pieces; l.Points != ought {
			r.found(Wrong, string(shop), string(l.Item)+" "+points(l.Points), string(l.Item)+" "+points(ought), entries...)
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
