package store

import "aixin/ledger"

// pending is what posted entries changed and the index does not have yet: the next transaction, in the making.
type pending struct {
	changes ledger.Changes
	days    []dayEnd
	posted  int // entries
	sealed  int // entries whose changes are in changes
	rows    int // estimates for the transaction
	bytes   int
}

// sealEvery is how many entries may be posted before what they changed is taken from the book.
const sealEvery = 64

// note counts a posted entry. It takes the changes from the book often enough that they still fit into one transaction of the
// index: the row of a person with thousands of lots is large, and only its encoding tells.
func (p *pending) note(e ledger.Entry, book *ledger.Book, maxSize int64) {
	p.count(e)
	every := sealEvery
	if p.bytes > 0 {
		every = min(every, max(1, int(maxSize/8)*p.sealed/p.bytes))
	}
	if p.posted-p.sealed >= every {
		p.seal(book)
	}
}

// count is note of an entry whose changes the caller takes.
func (p *pending) count(e ledger.Entry) {
	p.posted++
	if n := len(p.days); n > 0 && p.days[n-1].on == e.On {
		p.days[n-1].last = e.Index
	} else {
		p.days = append(p.days, dayEnd{e.On, e.Index})
	}
}

// seal takes the changes from the book.
func (p *pending) seal(book *ledger.Book) {
	facts, lines, states := len(p.changes.Facts), len(p.changes.Lines), len(p.changes.States)
	book.SealInto(&p.changes)
	p.measure(p.changes.Facts[facts:], p.changes.Lines[lines:], p.changes.States[states:])
	p.sealed = p.posted
}

// measure adds to the estimates what these rows will take.
func (p *pending) measure(facts []ledger.Fact, lines, states []ledger.Line) {
	for _, f := range facts {
		p.bytes += len(f.ID) + len(f.Value) + rowOverhead
	}
	for _, l := range lines {
		p.bytes += l.Account.Size() + len(l.State) + rowOverhead
	}
	for _, l := range states {
		p.bytes += l.Account.Size() + len(l.State) + rowOverhead
	}
	p.rows += len(facts) + len(lines) + len(states)
}

// full reports whether the next entries might not fit into one transaction.
func (p *pending) full(x *index) bool {
	return int64(p.rows) >= x.maxRows/2 || int64(p.bytes) >= x.maxSize/2
}
