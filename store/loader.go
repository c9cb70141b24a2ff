package store

import (
	"context"
	"fmt"
	"iter"

	"aixin/ledger"
	"aixin/store/journal"
)

// Journal is what the store needs of a journal beside its three methods: places, so that an entry is found without reading on
// from somewhere. Files and the journal in memory have them.
type Journal interface {
	journal.Journal

	// Batches is Read, with the place of each batch.
	Batches(ctx context.Context, from ledger.Index) iter.Seq2[journal.Placed, error]

	// End returns where the next batch will begin, for the only writer.
	End(ctx context.Context) (journal.Position, error)

	// LineAt returns the line of n bytes, without its newline, that begins there.
	LineAt(at journal.Position, n int) ([]byte, error)
}

// facts are the facts of a ledger as of one snapshot: rows of the index, and lines of the journal.
type facts struct {
	*snapshot
	journal Journal
	lacks   func(ledger.FactID) bool // true where the index certainly has no such fact; may be nil
}

// fact returns a fact, or nil where it does not exist.
func (f facts) fact(id ledger.FactID) ([]byte, error) {
	if i, ok := ledger.EntryOf(id); ok {
		return f.entry(i)
	}
	if f.lacks != nil && f.lacks(id) {
		return nil, nil
	}
	return f.get(factKey(id))
}

// entry returns the line of an entry, or nil where there is none. That it is the line of that entry and no other is checked
// here; that it is under the root is what opening and the scrub check.
func (f facts) entry(i ledger.Index) ([]byte, error) {
	b, ok, err := f.batchOf(i)
	if err != nil || !ok {
		return nil, err
	}
	line, err := f.journal.LineAt(b.position(i))
	if err != nil {
		return nil, err
	}
	e, err := ledger.ParseLine(line)
	if err == nil && e.Index != i {
		err = fmt.Errorf("the line says entry %d", e.Index)
	}
	if err != nil {
		return nil, &ledger.CorruptError{Index: i, Err: err}
	}
	return line, nil
}

// loadAll gives the book these facts, and reports whether it may want others now.
func (f facts) loadAll(book *ledger.Book, ids ledger.Wants) (more bool, err error) {
	for _, id := range ids {
		value, err := f.fact(id)
		if err != nil {
			return false, fmt.Errorf("load %s: %w", id, err)
		}
		fact := ledger.Fact{ID: id, Value: value}
		if err := book.Load(fact); err != nil {
			return false, fmt.Errorf("load %s: %w: %w", id, err, ledger.ErrCorrupt)
		}
		more = more || fact.Leads()
	}
	return more, nil
}

// load gives the book what it wants, until it wants nothing more.
func (f facts) load(book *ledger.Book, wants func() ledger.Wants) error {
	for range ledger.MaxRounds {
		more, err := f.loadAll(book, wants())
		if err != nil || !more {
			return err
		}
	}
	if ids := wants(); len(ids) > 0 {
		return fmt.Errorf("load: after %d rounds still wanted: %v", ledger.MaxRounds, ids)
	}
	return nil
}
