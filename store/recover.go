package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"aixin/ledger"
	"aixin/store/journal"
)

// extend makes the index complete: it reads the journal from the mark on, holds every batch against its root, posts its entries
// as if they had just been decided, and writes what they changed. It returns the mark that it reached. progress is told after
// each transaction, and may end it.
func extend(ctx context.Context, j Journal, x *index, zone *time.Location, from mark,
	progress func(ledger.Index) error,
) (mark, error) {
	e := extension{index: x, mark: from, book: ledger.NewIndexedBook(zone, from.Head.Size, from.Head.At)}
	e.frontier, e.written = from.Frontier.Clone(), from.Journal
	e.facts = facts{snapshot: x.snapshot(), journal: j}
	defer func() { e.facts.close() }()

	for p, err := range j.Batches(ctx, from.Head.Size) {
		if err != nil {
			return e.mark, err
		}
		if err := e.post(p); err != nil {
			return e.mark, err
		}
		if !e.full(x) && len(e.batches) < maxBatch {
			continue
		}
		if err := e.flush(); err != nil {
			return e.mark, err
		}
		if err := progress(e.mark.Head.Size); err != nil {
			return e.mark, err
		}
	}
	if err := e.flush(); err != nil {
		return e.mark, err
	}
	return e.mark, progress(e.mark.Head.Size)
}

// extension is an index that is being extended from the journal.
type extension struct {
	pending
	index    *index
	facts    facts // as of mark
	book     *ledger.Book
	frontier ledger.Frontier
	written  int64       // bytes of the journal that were posted
	head     ledger.Head // of the last batch that was posted
	batches  []batchInfo // posted since mark
	mark     mark        // of what is written
}

// post folds one batch of the journal into the book. Its root is checked before its lines are interpreted: bytes that do not
// hash are damage, lines that hash and are not understood were written by a newer program.
func (e *extension) post(p journal.Placed) error {
	e.written += int64(len(p.Data))
	info := batchInfo{First: e.frontier.Size(), Head: p.Head, Journal: e.written, At: p.At}
	if err := hashBatch(&e.frontier, p.Batch); err != nil {
		return err
	}
	for i, line := range p.Lines() {
		entry, err := ledger.ParseLine(line)
		switch {
		case errors.Is(err, ledger.ErrNewer):
			return fmt.Errorf("entry %d: %w", i, err)
		case err != nil:
			return &ledger.CorruptError{Index: i, Err: err}
		}
		if err := e.facts.load(e.book, func() ledger.Wants { return e.book.NeedsEntry(entry) }); err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
		if err := e.book.Post(entry); err != nil {
			return err
		}
		info.Lengths = append(info.Lengths, len(line)+1)
		e.note(entry, e.book, e.index.maxSize)
	}
	if !e.book.At().Equal(p.Head.At) {
		return &ledger.CorruptError{Index: p.Head.Size - 1, Err: errors.New("the head's time is not the last entry's")}
	}
	e.batches = append(e.batches, info)
	e.head = p.Head
	return nil
}

// hashBatch adds the batch's lines to the tree, which must have its first index and come to its root.
func hashBatch(f *ledger.Frontier, b journal.Batch) error {
	first := f.Size()
	if got := b.First(); got != first {
		return &ledger.CorruptError{Index: min(got, first), Err: fmt.Errorf("a batch begins at %d where one ended at %d", got, first)}
	}
	for _, line := range b.Lines() {
		f.Append(ledger.LeafHash(line))
	}
	if f.Size() != b.Head.Size || f.Root() != b.Head.Root {
		return &ledger.CorruptError{
			Index: firstBad(b),
			Err:   fmt.Errorf("entries %d to %d do not hash to their root", first, b.Head.Size-1),
		}
	}
	return nil
}

// flush writes what was posted, and goes on over a new snapshot.
func (e *extension) flush() error {
	if len(e.batches) == 0 {
		return nil
	}
	e.seal(e.book)
	next := mark{Head: e.head, Bytes: e.mark.Bytes, Journal: e.written, Frontier: e.frontier.Clone()}
	total, err := e.index.apply(update{changes: e.changes, batches: e.batches, days: e.days, mark: next})
	if err != nil {
		return err
	}
	next.Bytes = total
	e.mark, e.batches, e.pending = next, nil, pending{}
	e.book.Forget(next.Head.Size)
	e.facts.close()
	e.facts = facts{snapshot: e.index.snapshot(), journal: e.facts.journal}
	return nil
}
