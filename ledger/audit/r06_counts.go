package audit

import "aixin/ledger"

// counts holds what counts say of a shelf against what came and went, and what they post against what was counted.
type counts struct{ nothing }

func (counts) see(r *run, e *ledger.Entry) {
	for i, p := range e.Postings {
		if p.Lot != 0 && p.Commodity.Goods() {
			r.overdrawn(e, i)
		}
	}
	switch body := e.Body.(type) {
	case *ledger.CountSheet:
		shop := r.counted[body.Count]
		for _, l := range body.Lines {
			if book := r.balance[ledger.AccountKey{ID: ledger.StockOf(shop), Commodity: l.Item}]; book != l.Book {
				r.found(Wrong, string(shop), count(l.Book), count(book), body.Count, e.Index)
			}
		}
	case *ledger.CountResult:
		for _, l := range body.Lines {
			var moved ledger.Amount // what went out since it was counted is short where the shelf has it no more
			for _, p := range e.Postings {
				if c := p.Account.Class(); p.Commodity == l.Item && (c == ledger.ClassStock || c == ledger.ClassShort) {
					moved += p.Amount
				}
			}
			if ought := l.Pieces - l.Book - l.Short; moved != ought {
				r.found(Wrong, string(body.Shop), count(moved), count(ought), body.Count, e.Index)
			}
		}
	}
}
