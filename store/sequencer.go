package store

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"aixin/ledger"
)

// sequencer turns commands into batches. Three goroutines each own what the comments say, and hand batches on in order: run
// decides, commit appends to the journal and answers, apply writes the index. While one batch is synced the next is decided and
// some before are applied.
//
// What holds at every moment: the index is complete up to applied; the journal holds a batch before the index does, and is ahead
// of it by maxGroup and maxLag batches at most; no answer leaves before the batch whose state it saw is durable; nobody reads an index that
// lacks what was answered (readable), unless from the batches that it lacks (unindexed); after an error whose outcome is unknown, nothing is written.
type sequencer struct {
	journal Journal
	index   *index
	write   func(update) (int64, error) // to the index
	zone    *time.Location
	clock   func() time.Time
	clockOK bool         // do not guard the clock
	demo    bool         // the clock is max(real, head)
	roomy   func() error // refuses where the disk is nearly full

	committed func(entries int, took time.Duration) // is told of every batch in the journal; may be nil

	queue   chan *request
	quit    chan struct{} // closed by stop
	broken  chan struct{} // closed by fail, after cause is set
	done    chan struct{} // closed when every answer has been given
	sealed  chan *batch   // run sends, commit receives
	turn    chan *batch   // commit sends: nil for "ready", or a batch that was not written because the head has moved
	durable chan *batch   // commit sends, apply receives
	spare   chan *batch   // apply sends those that it is done with, for their memory
	asked   chan struct{} // whoever waits for the index sends: apply should not wait for more
	rolled  chan struct{} // apply sends where a segment of the journal was closed

	failing   sync.Once
	cause     error
	synced    atomic.Pointer[ledger.Head] // of the newest durable batch
	granted   atomic.Int64                // size of the book after the newest durable batch that changes what a member of staff may
	applied   atomic.Pointer[mark]        // of the newest batch in the index
	older     atomic.Pointer[filter]      // of the facts that the index had at the start, once they have been read
	commits   atomic.Int64
	rotated   atomic.Int64 // the newest durable entry whose key takes over next; zero for none
	unindexed unindexed
	flying    atomic.Int64 // requests that are not answered yet: while there are any, batches will come

	mu       sync.Mutex
	advanced chan struct{} // closed when applied moves on, and replaced

	// Owned by run.
	book    *ledger.Book
	open    openBatch
	space   error      // why there is no room for the open batch
	redo    []*request // to be decided again, before any that is waiting
	newer   *filter    // of the facts that were handed over since the start
	last    int        // requests of the batch that was handed over last
	yielded int        // how often others were let run before the open batch goes
	moved   bool       // another writer has extended the book: the filters do not know its facts

	// Owned by commit; by run while it knows that commit is idle.
	head     ledger.Head // of the newest batch, and of one that was not written because the head has moved
	frontier ledger.Frontier
	written  int64 // bytes of the journal up to head

	// Owned by apply; by run while it knows that apply is idle.
	bytes   int64
	segment ledger.Index // of the journal, that the newest batch is in
	group   []*batch     // what is written next, in one transaction
	merged  update       // of the group
}

// start begins to serve from the mark of the index, which is the head of the journal.
func (s *sequencer) start(m mark) {
	s.queue = make(chan *request, maxQueue)
	s.quit = make(chan struct{})
	s.broken = make(chan struct{})
	s.done = make(chan struct{})
	s.sealed = make(chan *batch)
	s.turn = make(chan *batch, 1)
	s.durable = make(chan *batch, maxLag)
	s.spare = make(chan *batch, maxGroup)
	s.asked = make(chan struct{}, 1)
	s.rolled = make(chan struct{}, 1)
	s.newer = newFilter()
	s.advanced = make(chan struct{})
	s.resume(m)
	go s.run()
	go s.commit()
	go s.apply()
}

// resume makes the sequencer stand where the index stands.
func (s *sequencer) resume(m mark) {
	s.synced.Store(&m.Head)
	s.applied.Store(&m)
	s.granted.Store(int64(m.Head.Size)) // another writer may have changed it
	s.book = ledger.NewIndexedBook(s.zone, m.Head.Size, m.Head.At)
	s.head, s.frontier, s.written, s.bytes = m.Head, m.Frontier.Clone(), m.Journal, m.Bytes
}

// submit queues a request and waits for its reply.
func (s *sequencer) submit(ctx context.Context, r *request) (*reply, error) {
	if err := ctx.Err(); err != nil {
		return &reply{}, err
	}
	select {
	case <-s.quit:
		return &reply{}, ErrStopped
	case <-s.broken:
		return &reply{}, fmt.Errorf("%w: %w", ErrStopped, s.cause)
	default:
	}
	s.flying.Add(1)
	select {
	case s.queue <- r:
	default:
		s.flying.Add(-1)
		return &reply{}, ErrBusy
	}
	select {
	case a := <-r.reply:
		return a, a.err
	case <-ctx.Done():
		return &reply{}, fmt.Errorf("%w: %w", ErrUnknown, ctx.Err())
	case <-s.done:
	}
	select {
	case a := <-r.reply:
		return a, a.err
	default:
		return &reply{}, ErrStopped // it was still in the queue when the sequencer ended
	}
}

// stop ends the sequencer after what it has begun, and returns why it stopped before, if it did.
func (s *sequencer) stop() error {
	close(s.quit)
	<-s.done
	return s.err()
}

// fail stops all writing. The first cause is the one that counts.
func (s *sequencer) fail(err error) {
	s.failing.Do(func() {
		s.cause = err
		close(s.broken)
	})
}

// err returns why writing has stopped, or nil.
func (s *sequencer) err() error {
	select {
	case <-s.broken:
		return s.cause
	default:
		return nil
	}
}

// unknown is the answer to every request in flight when writing stops: even one that was never written may repeat one that was.
func (s *sequencer) unknown() error { return fmt.Errorf("%w: %w", ErrUnknown, s.cause) }

// run decides. A batch is handed over when the committer is ready for it and nothing is waiting, or when it is large enough; until
// then it takes whatever comes, so that batches grow with the load and need no timer.
func (s *sequencer) run() {
	defer close(s.sealed)

	ctx := context.Background()
	ready, quit, queue := true, s.quit, s.queue
	for s.err() == nil {
		switch {
		case ready && s.due(len(queue)):
			if s.early() {
				runtime.Gosched()
				continue
			}
			s.handOver()
			ready = false
			continue
		case len(s.redo) > 0 && !s.full():
			s.take(s.next())
			continue
		case ready && quit == nil && len(s.redo) == 0:
			return
		}
		from := queue
		if s.full() || len(s.turn) > 0 { // the committer waits
			from = nil
		}
		select {
		case r := <-from:
			s.take(r)
		case moved := <-s.turn:
			ready = true
			if moved != nil {
				s.again(ctx, moved)
			}
		case <-quit:
			quit, queue = nil, nil
		case <-s.broken:
		}
	}
	if !ready {
		s.postpone(<-s.turn)
	}
	s.abandon()
}

// next returns a request that is to be decided again, else one that is waiting, else nil.
func (s *sequencer) next() *request {
	if len(s.redo) > 0 {
		r := s.redo[0]
		s.redo = s.redo[1:]
		return r
	}
	select {
	case r := <-s.queue:
		return r
	default:
		return nil
	}
}

// postpone puts the requests of a batch that was not written before those that were decided after them.
func (s *sequencer) postpone(moved *batch) {
	answers := s.open.answers
	if moved != nil {
		answers = append(moved.answers, answers...)
	}
	redo := make([]*request, 0, len(answers)+len(s.redo))
	for _, a := range answers {
		redo = append(redo, a.to)
	}
	s.redo = append(redo, s.redo...)
	s.open = openBatch{}
}

// abandon answers every request that run holds: their outcome is unknown.
func (s *sequencer) abandon() {
	s.postpone(nil)
	for _, r := range s.redo {
		r.reply <- &reply{err: s.unknown()}
	}
	s.redo = nil
}

// again catches up with another writer, who extended the book: what was decided on the old head is dropped, the index reads
// on from its mark, and the same requests are decided again. Nobody was answered.
func (s *sequencer) again(ctx context.Context, moved *batch) {
	s.moved = true
	s.postpone(moved)
	passed := make(chan struct{})
	s.sealed <- &batch{passed: passed}
	<-s.turn
	<-passed // what was durable before is applied now, and the applier is idle
	if s.err() != nil {
		return
	}
	m, err := extend(ctx, s.journal, s.index, s.zone, *s.applied.Load(), func(ledger.Index) error { return nil })
	if err != nil {
		s.fail(fmt.Errorf("catch up with another writer: %w", err))
		return
	}
	s.resume(m)
}

// take decides a request and some of those that are waiting, over one snapshot of the index.
func (s *sequencer) take(r *request) {
	snap := s.index.snapshot()
	defer snap.close()

	s.book.Forget(snap.size)
	f := facts{snap, s.journal, s.lacks}
	for n := 1; r != nil; n++ {
		reply := s.decide(f, r)
		if reply == nil {
			s.redo, s.open.tight = append([]*request{r}, s.redo...), true
			return
		}
		s.open.answers = append(s.open.answers, answer{r, reply})
		if n == maxTake || s.full() || s.err() != nil {
			return
		}
		r = s.next()
	}
}

// lacks reports whether the index certainly has no such fact. What is in the open batch, the book has in memory.
func (s *sequencer) lacks(id ledger.FactID) bool {
	older := s.older.Load()
	return older != nil && !s.moved && !older.has(id) && !s.newer.has(id)
}

// due reports whether the batch should be handed over while so many requests are waiting.
func (s *sequencer) due(waiting int) bool {
	n := len(s.open.answers)
	return n > 0 && (waiting == 0 || n >= fairBatch || s.full())
}

// early reports whether those who are about to ask should run before the batch goes. After an answer to many, the first of them to ask
// again would otherwise have a sync to itself, and all the others would wait for it.
func (s *sequencer) early() bool {
	if 2*len(s.open.answers) >= s.last || s.yielded == maxYields {
		return false
	}
	s.yielded++
	return true
}

// full reports whether the batch may take no further request.
func (s *sequencer) full() bool {
	return s.open.tight || len(s.open.answers) >= maxBatch || s.open.builder.Size() >= maxBatchBytes || s.open.full(s.index)
}

// decide answers one request from the book, and posts the entry that it becomes. It returns nil for a group that has no room in this batch.
func (s *sequencer) decide(f facts, r *request) *reply {
	if r.group != nil {
		return s.decideGroup(f, r)
	}
	if err := f.load(s.book, func() ledger.Wants { return s.book.Needs(r.cmd) }); err != nil {
		s.fail(err)
		return r.answer(reply{})
	}
	receipt, answered, err := s.book.Answered(r.cmd)
	switch {
	case err != nil:
		return r.answer(reply{err: err})
	case answered:
		return r.answer(reply{receipt: receipt, err: refusal(receipt.Entry)})
	}
	at, err := s.now()
	if err == nil && !r.dry {
		err = s.room()
	}
	if err != nil {
		return r.answer(reply{err: err})
	}
	e, err := s.book.Decide(r.cmd, at)
	switch {
	case err != nil:
		return r.answer(reply{err: err})
	case r.dry:
		return r.answer(reply{entry: e, err: refusal(e)})
	}
	if err := s.book.Post(e); err != nil {
		s.fail(fmt.Errorf("post what was decided: %w", err))
		return r.answer(reply{})
	}
	a := r.answer(reply{err: refusal(e)})
	s.add(e, &a.receipt)
	return a
}

// refusal returns the rejection that a journaled refusal states, as an error.
func refusal(e ledger.Entry) error {
	if no := e.Rejection(); no != nil {
		return no
	}
	return nil
}

// add puts a posted entry into the batch. Its receipt, which stays where it is, is completed when the batch is sealed and durable.
func (s *sequencer) add(e ledger.Entry, to *ledger.Receipt) {
	*to = ledger.Receipt{Entry: e}
	o := &s.open
	o.receipts = append(o.receipts, to)
	o.lengths = append(o.lengths, len(o.builder.Add(e))+1)
	o.note(e, s.book, s.index.maxSize)
}

// room refuses where the disk is nearly full. It is asked once for each batch.
func (s *sequencer) room() error {
	if s.open.posted == 0 {
		s.space = s.roomy()
	}
	return s.space
}

// now returns the time of a decision, or refuses where the clock is too far from the last entry's time to be believed.
func (s *sequencer) now() (time.Time, error) {
	at, last := s.clock(), s.book.At()
	if s.demo || s.clockOK || last.IsZero() {
		return at, nil
	}
	if at.Before(last.Add(-slowClock)) || at.After(last.Add(fastClock)) {
		return at, fmt.Errorf("%w: the clock says %s, the last entry is of %s", ErrClock,
			at.UTC().Format(time.RFC3339), last.Format(time.RFC3339))
	}
	return at, nil
}

// handOver gives the batch to the committer, which is waiting for it.
func (s *sequencer) handOver() {
	o := &s.open
	b := &batch{answers: o.answers, receipts: o.receipts}
	if o.builder.Len() > 0 {
		o.seal(s.book)
		for _, id := range o.changes.Added {
			s.newer.add(id)
		}
		for _, f := range o.changes.Facts {
			b.grants = b.grants || ledger.IsStaffFact(f.ID)
		}
		b.lines, b.lengths, b.at = o.builder, o.lengths, s.book.At()
		b.update = update{changes: o.changes, days: o.days}
	}
	s.open, s.last, s.yielded = openBatch{}, len(b.answers), 0
	select {
	case done := <-s.spare:
		s.open = done.reuse()
	default:
	}
	s.sealed <- b
}
