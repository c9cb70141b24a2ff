package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"

	"aixin/ledger"
)

// This file reads single facts ahead of the index. A balance is a handful of facts; waiting until the index has the newest batch took
// longer than reading them, since under load there is nearly always a transaction on its way that has to end first.

// unindexed holds the batches that are durable and that the index may not have yet, in order.
//
// What holds at every moment: whatever is durable is in a batch here or in every snapshot that is taken while mu is held.
type unindexed struct {
	mu      sync.Mutex
	batches []*batch
	looks   atomic.Int64 // how often somebody read them
}

// push adds a durable batch, before anybody is told of it.
func (u *unindexed) push(b *batch) {
	u.mu.Lock()
	defer u.mu.Unlock()

	u.batches = append(u.batches, b)
}

// drop lets go of the batches that the index has.
func (u *unindexed) drop(applied ledger.Index) {
	u.mu.Lock()
	defer u.mu.Unlock()

	n := 0
	for n < len(u.batches) && u.batches[n].sealed.Head.Size <= applied {
		n++
	}
	u.batches = slices.Delete(u.batches, 0, n)
}

// above returns a snapshot, and the batches that it lacks. Their memory is not used again until each is told that it is read no more.
func (u *unindexed) above(x *index) (*snapshot, []*batch) {
	u.mu.Lock()
	defer u.mu.Unlock()

	u.looks.Add(1)
	s := x.snapshot()
	var newer []*batch
	for _, b := range u.batches {
		if b.sealed.Head.Size > s.size {
			b.readers.Add(1)
			newer = append(newer, b)
		}
	}
	return s, newer
}

// Latest returns the book as everything that was answered left it, and waits for nothing: what the index lacks is read from the batches
// that are on their way there. Such a view finds single facts, those of a balance or a person's standing. Lists, statements
// and entries are refused: they want View. Call the function when done; a view is for one goroutine. After Close the error is ErrStopped.
func (l *Ledger) Latest(ctx context.Context) (ledger.View, func(), error) {
	if err := ctx.Err(); err != nil {
		return ledger.View{}, func() {}, err
	}
	if err := l.readers.enter(); err != nil {
		return ledger.View{}, func() {}, err
	}
	s, newer := l.seq.unindexed.above(l.index)
	done := sync.OnceFunc(func() {
		for _, b := range newer {
			b.readers.Add(-1)
		}
		s.close()
		l.readers.leave()
	})
	head, err := headOver(s, newer)
	if err != nil {
		done()
		return ledger.View{}, func() {}, err
	}
	below := source{ctx: ctx, facts: facts{snapshot: s, journal: l.journal}, warm: l.index.warm, size: s.size}
	return ledger.NewView(latest{below, newer}, head, l.today(head)), done, nil
}

// headOver returns the head of the newest batch, or that of the snapshot where it lacks none.
func headOver(s *snapshot, newer []*batch) (ledger.Head, error) {
	if n := len(newer); n > 0 {
		return newer[n-1].sealed.Head, nil
	}
	m, err := s.mark()
	return m.Head, err
}

// latest reads facts from the batches that a snapshot lacks, and then as any view of the snapshot does.
type latest struct {
	below source
	newer []*batch
}

// Fact returns a fact, nil where it does not exist.
func (r latest) Fact(id ledger.FactID) ([]byte, error) {
	if _, ok := ledger.EntryOf(id); ok {
		return nil, fmt.Errorf("%s: %w", id, errOnlyFacts)
	}
	for _, b := range slices.Backward(r.newer) {
		for _, f := range slices.Backward(b.update.changes.Facts) { // the last value of each is the one that counts
			if f.ID == id {
				return bytes.Clone(f.Value), nil
			}
		}
	}
	return r.below.fact(id)
}

// errOnlyFacts says that whoever asked has the wrong view.
var errOnlyFacts = errors.New("the latest view finds single facts only")

// Facts is refused.
func (r latest) Facts(prefix ledger.FactID) iter.Seq2[ledger.Fact, error] {
	return func(yield func(ledger.Fact, error) bool) {
		yield(ledger.Fact{}, fmt.Errorf("%s: %w", prefix, errOnlyFacts))
	}
}

// Lines is refused.
func (r latest) Lines(k ledger.AccountKey, _ ledger.Index, _ int) ([]ledger.Line, error) {
	return nil, fmt.Errorf("statement of %s: %w", k, errOnlyFacts)
}

// Waiting is refused.
func (r latest) Waiting(ledger.WaitQuery) iter.Seq2[ledger.Index, error] {
	return func(yield func(ledger.Index, error) bool) { yield(0, fmt.Errorf("what waits: %w", errOnlyFacts)) }
}
