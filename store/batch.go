package store

import (
	"sync/atomic"
	"time"

	"aixin/ledger"
	"aixin/store/journal"
)

// request is one command on its way, or a group of them: see group.go.
type request struct {
	cmd   ledger.Command
	group []ledger.Command
	dry   bool
	reply chan *reply // has room: nobody waits for a caller who has left

	outcome reply // the memory of the reply
}

// answer notes the outcome.
func (r *request) answer(with reply) *reply {
	r.outcome = with
	return &r.outcome
}

// reply is the outcome of a request.
type reply struct {
	receipt ledger.Receipt
	entry   ledger.Entry     // of a dry run
	group   []ledger.Receipt // of a group, in place of both
	err     error
}

// answer is a reply that waits until what it was based on is durable.
type answer struct {
	to    *request
	reply *reply
}

// batch is what travels from the sequencer to the committer and the applier. One without entries carries answers only, behind
// the batches that they were based on.
type batch struct {
	lines    journal.Builder // until they are sealed
	lengths  []int           // of the lines, with their newlines
	at       time.Time       // of the last entry
	after    ledger.Head     // set by commit, as are sealed and the rest of update
	sealed   journal.Batch
	update   update
	grants   bool // it changes what a member of staff may
	answers  []answer
	receipts []*ledger.Receipt // of the entries, in order
	passed   chan struct{}     // closed when the applier is done with it, where somebody waits for that
	readers  atomic.Int64      // who reads its facts: see unindexed
}

func (b *batch) entries() int { return len(b.lengths) }

// settle answers every request of the batch; err replaces the replies where it is not nil.
func (b *batch) settle(err error) {
	for _, a := range b.answers {
		if err != nil {
			a.reply = &reply{err: err}
		}
		a.to.reply <- a.reply
	}
}

// openBatch is the batch in the making.
type openBatch struct {
	pending
	builder  journal.Builder
	lengths  []int
	answers  []answer
	receipts []*ledger.Receipt
	tight    bool // a group waits that does not fit any more
}

// reuse returns an empty batch in the memory of one that is done with.
func (b *batch) reuse() openBatch {
	u := &b.update
	clear(b.answers)
	clear(b.receipts)
	o := openBatch{answers: b.answers[:0], receipts: b.receipts[:0]}
	o.builder.Reset(b.sealed.Data)
	o.changes, o.days, o.lengths = u.changes, u.days[:0], b.lengths[:0]
	o.changes.Reset()
	return o
}

// rotates notes an entry that lets another key sign, whether or not anybody still waits for its answer.
func (b *batch) rotates(to *atomic.Int64) {
	for _, r := range b.receipts {
		if r.Entry.Kind == ledger.KeyRotated {
			to.Store(int64(r.Entry.Index))
		}
	}
}

// balances completes the receipts by the balances after each entry, which the statement rows have. Both are in order.
func (b *batch) balances() {
	lines := b.update.changes.Lines
	all := make([]ledger.BalanceAfter, 0, len(lines)) // in one piece of memory
	for _, r := range b.receipts {
		from := len(all)
		for len(lines) > 0 && lines[0].Index <= r.Entry.Index {
			if lines[0].Index == r.Entry.Index {
				all = append(all, ledger.BalanceAfter{Account: lines[0].Account, Balance: lines[0].Balance})
			}
			lines = lines[1:]
		}
		if n := len(all); n > from {
			r.Balances = all[from:n:n]
		}
	}
}
