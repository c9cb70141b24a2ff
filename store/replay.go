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

// Replay folds the journal of a book that is closed once more, without its index, and gives out the rows that a ledger would write for
// its entries from one on: entry is given those of each entry by itself, as a ledger has them that makes a transaction for each, and
// batch those of each batch that ends behind from, as one has them that makes a transaction for each batch. It is for measuring what they cost. A
// function that returns false is given no more, and batch ends it.
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
		book: ledger.NewIndexedBook(zone, 0, time.Time{}), facts: map[ledger.FactID][]byte{}, file: file, from: from, entry: entry, batch: batch,
	}
	return errors.Join(r.read(ctx), file.Close())
}

// replay is the folding of a journal by a book whose index is in memory.
type replay struct {
	book         *ledger.Book
	facts        map[ledger.FactID][]byte
	file         *journal.File
	known        places
	frontier     ledger.Frontier
	written      int64 // bytes of the journal
	from         ledger.Index
	entry, batch func(Rows) bool
	memory       layout
	bytes        int64 // of the rows, in Badger's log
}

func (r *replay) read(ctx context.Context) error {
	for b, err := range reads(ctx, r.file, reading{fold: true}) {
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
	var p pending
	info := batchInfo{First: b.first, Head: b.Head, At: b.At}
	place := b.At
	for i, e := range b.entries {
		if e.Index == r.from {
			p.seal(r.book) // what those before it changed is theirs
		}
		if err := prepare(r.book, e, r.load); err != nil {
			return false, err
		}
		if err := post(r.book, e, b.shaped[i]); err != nil {
			return false, fmt.Errorf("entry %d: %w", e.Index, err)
		}
		r.known.add(place, b.lengths[i])
		place.Offset += int64(b.lengths[i]) + 1
		info.Lengths = append(info.Lengths, b.lengths[i]+1)
		p.count(e)
		if e.Index >= r.from {
			r.single(&p)
		}
	}
	p.seal(r.book)
	for _, f := range p.changes.Facts {
		r.facts[f.ID] = bytes.Clone(f.Value)
	}
	r.book.Forget(b.Head.Size)
	r.written += b.size
	if b.Head.Size <= r.from {
		return true, nil
	}
	info.Journal = r.written
	u := update{
		changes: p.changes, batches: []batchInfo{info}, days: p.days,
		mark: mark{Head: b.Head, Bytes: r.bytes, Journal: r.written, Frontier: r.frontier.Clone()},
	}
	r.memory.update(&u)
	r.bytes = u.mark.Bytes
	return r.batch(r.memory.all()), nil
}

// single gives out what the newest entry changed.
func (r *replay) single(p *pending) {
	if r.entry == nil {
		return
	}
	facts, lines, states := len(p.changes.Facts), len(p.changes.Lines), len(p.changes.States)
	p.seal(r.book)
	r.memory.reset(16, 4096)
	r.memory.changes(ledger.Changes{
		Facts: p.changes.Facts[facts:], Lines: p.changes.Lines[lines:], States: p.changes.States[states:],
	})
	if !r.entry(r.memory.all()) {
		r.entry = nil
	}
}

// load gives the book a fact as the entries before left it, or the line of one of those.
func (r *replay) load(id ledger.FactID) error {
	value := r.facts[id]
	if i, ok := ledger.EntryOf(id); ok {
		line, err := r.file.LineAt(r.known.find(i))
		if err != nil {
			return err
		}
		value = line
	}
	return r.book.Load(ledger.Fact{ID: id, Value: value})
}
