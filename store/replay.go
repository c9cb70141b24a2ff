package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"aixin/ledger"
	"aixin/store/journal"
)

// Rows are keys and values of an index. They are valid during the call that they are given to.
type Rows = iter.Seq2[[]byte, []byte]

// Replay folds the journal of a book that is closed once more, without its index, and gives out the rows that its entries from one on make in
// one: those of each entry by itself, as a ledger would write them that has a transaction for each, and those of each batch, as one
// would that has a transaction for each batch. It is for measuring what they cost. A function that returns false is given no more; batch
// ends it.
func Replay(ctx context.Context, dir string, from ledger.Index, entry, batch func(Rows) bool) error {
	info, err := ReadBook(dir)
	if err != nil {
		return err
	}
	zone, err := info.Location()
	if err != nil {
		return err
	}
	file, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return err
	}
	r := replay{
		book: ledger.NewIndexedBook(zone, 0, time.Time{}), facts: map[ledger.FactID][]byte{}, from: from, entry: entry, batch: batch,
	}
	return errors.Join(r.read(ctx, file), file.Close())
}

// replay is the folding of a journal by a book whose index is in memory. It has no earlier entries, which only those want that undo one.
type replay struct {
	book         *ledger.Book
	facts        map[ledger.FactID][]byte
	frontier     ledger.Frontier
	written      int64 // bytes of the journal
	from         ledger.Index
	entry, batch func(Rows) bool
	memory       layout
	bytes        int64 // of the rows, in Badger's log
}

func (r *replay) read(ctx context.Context, file *journal.File) error {
	for b, err := range reads(ctx, file, reading{fold: true}) {
		if err == nil {
			err = b.under(&r.frontier)
		}
		if err == nil {
			err = b.unread
		}
		if err != nil {
			return err
		}
		more, err := r.post(b)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// post folds a batch, and reports whether anybody wants more.
func (r *replay) post(b read) (bool, error) {
	u := update{mark: mark{Head: b.Head, Bytes: r.bytes, Frontier: r.frontier.Clone()}}
	var p pending
	for i, e := range b.entries {
		if err := r.fold(e, b.shaped[i]); err != nil {
			return false, fmt.Errorf("entry %d: %w", e.Index, err)
		}
		before := p.changes
		p.count(e)
		if r.entry == nil || e.Index < r.from {
			continue
		}
		p.seal(r.book)
		r.memory.reset(16, 4096)
		r.memory.changes(ledger.Changes{
			Facts: p.changes.Facts[len(before.Facts):], Lines: p.changes.Lines[len(before.Lines):], States: p.changes.States[len(before.States):],
		})
		if !r.entry(r.memory.all()) {
			r.entry = nil
		}
	}
	p.seal(r.book)
	for _, f := range p.changes.Facts {
		r.facts[f.ID] = bytes.Clone(f.Value)
	}
	r.book.Forget(b.Head.Size)
	r.written += b.size
	if b.first < r.from {
		return true, nil
	}
	u.changes, u.days, u.mark.Journal = p.changes, p.days, r.written
	u.batches = []batchInfo{{First: b.first, Head: b.Head, Journal: r.written, At: b.At}}
	for _, n := range b.lengths {
		u.batches[0].Lengths = append(u.batches[0].Lengths, n+1)
	}
	r.memory.update(&u)
	r.bytes = u.mark.Bytes
	return r.batch(r.memory.all()), nil
}

// fold posts an entry.
func (r *replay) fold(e ledger.Entry, shaped bool) error {
	for range ledger.MaxRounds {
		wants := r.book.NeedsEntry(e)
		if len(wants) == 0 {
			break
		}
		for _, id := range wants {
			if err := r.book.Load(ledger.Fact{ID: id, Value: r.facts[id]}); err != nil {
				return err
			}
		}
	}
	return post(r.book, e, shaped)
}
