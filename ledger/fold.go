package ledger

import "slices"

// This file folds entries that were checked: the state after them is the state before and what they say.

// fold changes the state by an entry that was checked: it must succeed.
func (b *Book) fold(e Entry) {
	b.keyed.put(e.Key, KeyFact{e.Index})
	for _, p := range e.Postings {
		k := p.key()
		acct := b.accounts.edit(k)
		acct.Balance += p.Amount
		if p.Lot != 0 {
			acct.move(p.Lot, p.Amount*normal(p.Account), lasts(e, p.Lot))
		}
	}
	e.Body.fold(b, e)
	for i, p := range e.Postings {
		b.line(e, i, p.key())
	}
}

// line gives out the movement of an account with a statement, once for each account of an entry.
func (b *Book) line(e Entry, i int, k AccountKey) {
	if !b.watch(k) || slices.ContainsFunc(e.Postings[:i], func(q Posting) bool { return q.key() == k }) {
		return
	}
	var amount Amount
	for _, q := range e.Postings {
		if q.key() == k {
			amount += q.Amount
		}
	}
	acct, _ := b.accounts.get(k)
	b.lines = append(b.lines, Line{k, e.Index, amount, acct.Balance, b.sealing.fact(&acct)})
}
