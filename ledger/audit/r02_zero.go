package audit

import "aixin/ledger"

// zeroSums adds up each commodity of every entry.
type zeroSums struct{ nothing }

func (zeroSums) see(r *run, e *ledger.Entry) {
	for i, p := range e.Postings {
		var sum ledger.Amount
		before := false
		for k, q := range e.Postings {
			if q.Commodity == p.Commodity {
				sum += q.Amount
				before = before || k < i
			}
		}
		if sum != 0 && !before {
			r.found(Wrong, string(p.Commodity), count(sum), "0", e.Index)
		}
	}
}
