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
		if p.Commodity == Minute && p.Account.Class() == ClassHours {
			acct.serve(p.Amount)
		}
		if p.Lot != 0 {
			acct.move(p.Lot, p.Amount*normal(p.Account), lasts(e, p.Lot))
			if p.Amount > 0 && p.Commodity.Goods() {
				b.restrict(acct, e, p.Lot)
			}
		}
	}
	e.Body.fold(b, e)
	if e.Proposal != 0 {
		rec := b.records.edit(e.Proposal)
		rec.State, rec.Credit = Agreed, e.Index
	}
	for i, p := range e.Postings {
		b.line(e, i, p.key())
	}
	for _, k := range b.amended {
		b.state(e, k)
	}
	b.amended = b.amended[:0]
}

// serve counts a credit of minutes, or counts it no more.
func (a *Account) serve(minutes Amount) {
	if minutes > 0 {
		a.Times++
	} else {
		a.Times--
	}
}

// amend returns an account for changing otherwise than by a posting, such as what waits for approval. Nothing else than this and
// the postings changes an account, so that its past is known.
func (b *Book) amend(k AccountKey) *Account {
	if !slices.Contains(b.amended, k) {
		b.amended = append(b.amended, k)
	}
	return b.accounts.edit(k)
}

// state gives out an account with a statement that the entry changed without moving anything in it.
func (b *Book) state(e Entry, k AccountKey) {
	if !b.watch(k) || slices.ContainsFunc(e.Postings, func(p Posting) bool { return p.key() == k }) {
		return
	}
	acct, _ := b.accounts.get(k)
	b.states = append(b.states, Line{Account: k, Index: e.Index, Balance: acct.Balance, State: b.sealing.fact(acct)})
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
	b.lines = append(b.lines, Line{k, e.Index, amount, acct.Balance, b.sealing.fact(acct)})
}
