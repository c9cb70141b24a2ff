package store

import (
	"slices"

	"aixin/ledger"
)

// pending is what posted entries changed and the index does not have yet: the next transaction, in the making.
type pending struct {
	changes ledger.Changes
	states  []ledger.Line
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
	p.posted++
	if n := len(p.days); n > 0 && p.days[n-1].on == e.On {
		p.days[n-1].last = e.Index
	} else {
		p.days = append(p.days, dayEnd{e.On, e.Index})
	}
	if l, ok := unmoved(e, book); ok {
		p.states = append(p.states, l)
		p.rows++
		p.bytes += len(l.State) + rowOverhead
	}
	every := sealEvery
	if p.bytes > 0 {
		every = min(every, max(1, int(maxSize/8)*p.sealed/p.bytes))
	}
	if p.posted-p.sealed >= every {
		p.seal(book)
	}
}

// unmoved returns the state of the points account whose pending points an entry changed without moving any: the statement has no
// row for that, and its past is wanted all the same.
func unmoved(e ledger.Entry, book *ledger.Book) (ledger.Line, bool) {
	var v ledger.VolunteerID
	switch body := e.Body.(type) {
	case *ledger.HoursRecord:
		v = body.Volunteer
	case *ledger.ActsRecord:
		v = body.Volunteer
	case *ledger.OpeningRecord:
		v = body.Volunteer
	case *ledger.Credit:
		v = body.Volunteer
	case *ledger.RecordReturn:
		v = body.Volunteer
	case *ledger.Reversal:
		v = body.Volunteer
	}
	k := ledger.AccountKey{ID: ledger.PointsOf(v), Commodity: ledger.Point}
	moves := func(p ledger.Posting) bool { return p.Account == k.ID }
	if v == "" || slices.ContainsFunc(e.Postings, moves) {
		return ledger.Line{}, false
	}
	state, err := book.Fact(ledger.FactID("account/" + k.String()))
	return ledger.Line{Account: k, Index: e.Index, State: state}, err == nil && state != nil
}

// seal takes the changes from the book.
func (p *pending) seal(book *ledger.Book) {
	facts, lines := len(p.changes.Facts), len(p.changes.Lines)
	book.SealInto(&p.changes)
	for _, f := range p.changes.Facts[facts:] {
		p.bytes += len(f.ID) + len(f.Value) + rowOverhead
	}
	for _, l := range p.changes.Lines[lines:] {
		p.bytes += len(l.Account.ID) + len(l.State) + rowOverhead
	}
	p.rows += len(p.changes.Facts) - facts + len(p.changes.Lines) - lines
	p.sealed = p.posted
}

// full reports whether the next entries might not fit into one transaction.
func (p *pending) full(x *index) bool {
	return int64(p.rows) >= x.maxRows/2 || int64(p.bytes) >= x.maxSize/2
}
