package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sort"
	"time"

	"aixin/ledger"
	"aixin/store/journal"
)

// FoldOptions say what a fold keeps.
type FoldOptions struct {
	Clock    func() time.Time             // says what day it is, where AsOf names none; required
	Watch    func(ledger.AccountKey) bool // the accounts whose statements are kept; nil means those that have one
	Progress func(done ledger.Index)      // told now and then how many entries were read
}

// Fold reads a book without its lock and without its index: it folds the journal up to its last complete head, or up to the
// moment that is asked for. Every root on the way is checked. It works beside a server, on a copy, and where nothing can be
// written; it takes time and memory in proportion to the book.
func Fold(ctx context.Context, dir string, at AsOf, o FoldOptions) (ledger.View, error) {
	info, err := ReadBook(dir)
	if err != nil {
		return ledger.View{}, err
	}
	zone, err := info.Location()
	if err != nil {
		return ledger.View{}, err
	}
	file, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return ledger.View{}, err
	}
	s := folded{dir: dir, rows: map[ledger.AccountKey][]ledger.Line{}}
	var known places
	f := fold{book: ledger.NewBook(zone), line: s.keep}
	f.state = func(ledger.Line) error { return nil } // the book is read as it stands at the end
	f.entry = func(i ledger.Index) ([]byte, error) { return file.LineAt(known.find(i)) }
	if o.Watch == nil {
		o.Watch = ledger.HasStatement
	}
	f.book.Watch(o.Watch)
	if o.Progress == nil {
		o.Progress = func(ledger.Index) {}
	}
	err = f.read(ctx, file, &known, at, o.Progress)
	if err := errors.Join(err, file.Close()); err != nil {
		return ledger.View{}, err
	}
	head := ledger.Head{Size: f.frontier.Size(), Root: f.frontier.Root(), At: f.book.At()}
	today := at.On
	if today == 0 {
		today = ledger.DateOf(o.Clock().In(zone))
	}
	if info.Demo && at.On == 0 && head.Size > 0 {
		today = max(today, ledger.DateOf(head.At.In(zone)))
	}
	s.book, s.size = f.book, head.Size
	return ledger.NewView(&s, head, today), nil
}

// fold is the folding of a journal from its beginning.
type fold struct {
	book     *ledger.Book
	frontier ledger.Frontier                      // of what is folded
	line     func(ledger.Line) error              // is given every statement row
	state    func(ledger.Line) error              // is given every state that changed without a movement
	entry    func(i ledger.Index) ([]byte, error) // reads the line of an entry that was folded before
}

// read folds a journal up to a moment, and notes where its lines stand.
func (f *fold) read(ctx context.Context, file *journal.File, known *places, until AsOf, progress func(ledger.Index)) error {
	var tree ledger.Frontier
	for r, err := range reads(ctx, file, reading{fold: true}) {
		if err != nil {
			return err
		}
		if err := r.under(&tree); err != nil {
			return err
		}
		place := r.At
		for n, line := range r.Lines() {
			k := int(n - r.first)
			if k >= len(r.entries) {
				return r.unread
			}
			if e := r.entries[k]; (until.Size != 0 && n >= until.Size) || (until.On != 0 && e.On > until.On) {
				return nil
			}
			if err := f.post(r.entries[k], r.shaped[k]); err != nil {
				return err
			}
			f.frontier.Append(r.leaves[k])
			known.add(place, len(line))
			place.Offset += int64(len(line)) + 1
		}
		if r.unread != nil {
			return r.unread
		}
		progress(f.frontier.Size())
	}
	return nil
}

// post folds one entry. A complete book wants nothing but earlier entries.
func (f *fold) post(e ledger.Entry, shaped bool) error {
	if err := prepare(f.book, e, f.load); err != nil {
		return err
	}
	if err := post(f.book, e, shaped); err != nil {
		return err
	}
	f.book.Forget(e.Index + 1)
	changes := f.book.Seal()
	for _, l := range changes.Lines {
		if err := f.line(l); err != nil {
			return err
		}
	}
	for _, l := range changes.States {
		if err := f.state(l); err != nil {
			return err
		}
	}
	return nil
}

func (f *fold) load(id ledger.FactID) error {
	i, ok := ledger.EntryOf(id)
	if !ok {
		return fmt.Errorf("a complete book wants %s", id)
	}
	line, err := f.entry(i)
	if err != nil {
		return err
	}
	if err := f.book.Load(ledger.Fact{ID: id, Value: line}); err != nil {
		return fmt.Errorf("%w: %w", err, ledger.ErrCorrupt)
	}
	return nil
}

// folded is a book that was folded, with the statement rows that were met. It is a ledger.Source.
type folded struct {
	dir  string
	book *ledger.Book
	size ledger.Index
	rows map[ledger.AccountKey][]ledger.Line // in order
}

func (f *folded) keep(l ledger.Line) error {
	f.rows[l.Account] = append(f.rows[l.Account], l)
	return nil
}

// Fact returns a fact, nil where it does not exist. An entry is read from the journal again.
func (f *folded) Fact(id ledger.FactID) ([]byte, error) {
	i, ok := ledger.EntryOf(id)
	if !ok {
		return f.book.Fact(id)
	}
	if i >= f.size {
		return nil, nil
	}
	file, err := journal.Open(f.dir, journal.Options{})
	if err != nil {
		return nil, err
	}
	line, err := journal.Line(context.Background(), file, i)
	return line, errors.Join(err, file.Close())
}

// Facts returns the facts whose ids begin with prefix, in order of id.
func (f *folded) Facts(prefix ledger.FactID) iter.Seq2[ledger.Fact, error] {
	return f.book.Facts(prefix)
}

// Lines returns up to n statement rows of an account before an entry, newest first.
func (f *folded) Lines(k ledger.AccountKey, before ledger.Index, n int) ([]ledger.Line, error) {
	rows := f.rows[k]
	if before > 0 {
		rows = rows[:sort.Search(len(rows), func(i int) bool { return rows[i].Index >= before })]
	}
	var out []ledger.Line
	for i := len(rows) - 1; i >= 0 && len(out) < n; i-- {
		out = append(out, rows[i])
	}
	return out, nil
}

// Waiting returns the records that a query asks for.
func (f *folded) Waiting(q ledger.WaitQuery) iter.Seq2[ledger.Index, error] { return f.book.Waiting(q) }
