package audit

import "aixin/ledger"

// This file folds what entries post: what stands on accounts, and what is left of lots.

func (w *world) foldPostings(e *ledger.Entry) {
	for _, p := range e.Postings {
		if asked(p.Account) {
			w.balance[ledger.AccountKey{ID: p.Account, Commodity: p.Commodity}] += p.Amount
		}
		if p.Lot == 0 {
			continue
		}
		k, n := lotKey{p.Account, p.Lot}, adds(p)
		l := w.lots.at(k)
		l.left += n
		if n > 0 {
			l.expires = e.LotExpires(p.Lot)
			if p.Commodity.Points() && p.Lot.Entry() == e.Index {
				w.opened[p.Account] = append(w.opened[p.Account], p.Lot)
			}
			if r, ok := e.Body.(*ledger.Receive); ok {
				l.only = r.Only
			}
		}
		if l.left == 0 && p.Commodity == ledger.Point {
			w.lots.remove(k) // what comes back into it states its date anew
			continue
		}
		w.lots.set(k, l, e.Index)
	}
}

// asked reports whether a check asks what stands on an account: what somebody holds or owes, or is short on a shelf. Of the other side of
// it, which is three postings of four, none does.
func asked(a ledger.AccountID) bool {
	return holder(a) || a.Class() == ledger.ClassShort || a.Class() == ledger.ClassRecoverable
}

// adds is how much a posting adds to its lot: points are owed, goods are held.
func adds(p ledger.Posting) ledger.Amount {
	if p.Commodity.Points() {
		return -p.Amount
	}
	return p.Amount
}
