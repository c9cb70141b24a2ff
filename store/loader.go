package store

import (
	"context"
	"fmt"

	"aixin/ledger"
	"aixin/store/journal"
)

// lines reads the line of an entry, given the batch that holds it.
type lines func(ctx context.Context, b batchInfo, i ledger.Index) ([]byte, error)

// linesOf returns the quickest way to read a line of the journal.
func linesOf(j journal.Journal) lines {
	file, ok := j.(*journal.File)
	if !ok {
		return func(ctx context.Context, _ batchInfo, i ledger.Index) ([]byte, error) { return journal.Line(ctx, j, i) }
	}
	return func(_ context.Context, b batchInfo, i ledger.Index) ([]byte, error) {
		at, n := b.position(i)
		return file.LineAt(at, n)
	}
}

// facts are the facts of a ledger as of one snapshot: rows of the index, and lines of the journal.
type facts struct {
	*snapshot
	lines lines
}

// fact returns a fact, or nil where it does not exist.
func (f facts) fact(ctx context.Context, id ledger.FactID) ([]byte, error) {
	if i, ok := ledger.EntryOf(id); ok {
		return f.entry(ctx, i)
	}
	return f.get(factKey(id))
}

// entry returns the line of an entry, or nil where there is none. That it is the line of that entry and no other is checked
// here; that it is under the root is what opening and the scrub check.
func (f facts) entry(ctx context.Context, i ledger.Index) ([]byte, error) {
	b, ok, err := f.batchOf(i)
	if err != nil || !ok {
		return nil, err
	}
	line, err := f.lines(ctx, b, i)
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

// load gives the book what it wants, until it wants nothing more.
func (f facts) load(ctx context.Context, book *ledger.Book, wants func() ledger.Wants) error {
	for range ledger.MaxRounds {
		ids := wants()
		if len(ids) == 0 {
			return nil
		}
		for _, id := range ids {
			value, err := f.fact(ctx, id)
			if err != nil {
				return fmt.Errorf("load %s: %w", id, err)
			}
			if err := book.Load(ledger.Fact{ID: id, Value: value}); err != nil {
				return fmt.Errorf("load %s: %w: %w", id, err, ledger.ErrCorrupt)
			}
		}
	}
	if ids := wants(); len(ids) > 0 {
		return fmt.Errorf("load: after %d rounds still wanted: %v", ledger.MaxRounds, ids)
	}
	return nil
}
