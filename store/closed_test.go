package store_test

import (
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/store"
)

// A closed book is read where it lies: no file is written, and it can be opened and closed afterwards as if nobody had looked.
func TestOpenClosed(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l := open(t, dir, options(newClock()))
	submit(t, l, setup(2)...)
	declared := submit(t, l, declare("d1", 0, 0))
	submit(t, l, approve("a1", declared.Entry.Index))
	waits := submit(t, l, declare("d2", 1, 0)).Entry.Index
	if _, err := store.OpenClosed(t.Context(), dir, options(newClock())); !errors.Is(err, store.ErrLocked) {
		t.Errorf("beside a writer: got %v, want %v", err, store.ErrLocked)
	}
	closeBook(t, l)
	before := contents(t, dir)

	c, err := store.OpenClosed(t.Context(), dir, options(newClock()))
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.View(t.Context(), store.AsOf{})
	if err != nil {
		t.Fatal(err)
	}
	other, err := store.OpenClosed(t.Context(), dir, options(newClock()))
	if err != nil {
		t.Fatalf("beside a reader: %v", err)
	}
	if err := openFails(t, dir); !errors.Is(err, store.ErrLocked) {
		t.Errorf("to write beside two readers: got %v, want %v", err, store.ErrLocked)
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
	if b, err := v.Balance(volunteer(0)); err != nil || b.Minutes != 60 {
		t.Errorf("balance: got %+v, %v", b, err)
	}
	var waiting []ledger.Index
	for rec, err := range v.Waiting(ledger.WaitQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		waiting = append(waiting, rec.Index)
	}
	if !slices.Equal(waiting, []ledger.Index{waits}) {
		t.Errorf("what waits: got %v, want entry %d", waiting, waits)
	}
	if err := errors.Join(c.CheckJournal(t.Context()), c.Close()); err != nil {
		t.Error(err)
	}
	for name, text := range contents(t, dir) {
		if before[name] != text {
			t.Errorf("%s was changed by reading", name)
		}
	}
}

// A demo is read on the day of its last entry where the clock is behind it, whichever way it is read.
func TestOpenClosedDemo(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "book")
	err := store.Create(t.Context(), dir, store.CreateOptions{Origin: "test.example/b", Zone: "Asia/Shanghai", Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	list := setup(0)
	list[0].Do = &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "test.example/b", Zone: "Asia/Shanghai", Demo: true}
	clock := newClock()
	l := open(t, dir, options(clock))
	submit(t, l, list...)
	closeBook(t, l)
	clock.move(-400 * 24 * time.Hour)
	want := ledger.DateOf(start())

	c, err := store.OpenClosed(t.Context(), dir, options(clock))
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.View(t.Context(), store.AsOf{})
	if err := errors.Join(err, c.Close()); err != nil || v.On() != want {
		t.Errorf("closed: got %s, %v, want %s", v.On(), err, want)
	}
	folded, err := store.Fold(t.Context(), dir, store.AsOf{}, store.FoldOptions{Clock: clock.now})
	if err != nil || folded.On() != want {
		t.Errorf("folded: got %s, %v, want %s", folded.On(), err, want)
	}
	again := open(t, dir, options(clock))
	opened, done, err := again.View(t.Context(), store.AsOf{})
	defer done()
	if err != nil || opened.On() != want {
		t.Errorf("opened: got %s, %v, want %s", opened.On(), err, want)
	}
}

// An index that was sealed without a batch that it needs is for Open, which answers.
func TestOpenClosedOfAnIndexWithAHole(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l, err := store.Open(t.Context(), dir, options(newClock()))
	if err != nil {
		t.Fatal(err)
	}
	submit(t, l, setup(2)...)
	l.KeepFrontier()
	l.Lose(l.Head().Size - 1)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	c, err := store.OpenClosed(t.Context(), dir, options(newClock()))
	if err == nil {
		err = errors.Join(c.CheckJournal(t.Context()), c.Close())
	}
	if !errors.Is(err, store.ErrNotClosed) || errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("got %v, want %v", err, store.ErrNotClosed)
	}
	if err := openFails(t, dir); err != nil {
		t.Errorf("opened: %v", err)
	}
}

// What is not as it was closed is for Open, and so is a book that was not closed; damage of the journal is found by who asks. Whoever is
// refused leaves the lock to Open.
func TestOpenClosedRefuses(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(t *testing.T, dir string){
		"no seal": func(t *testing.T, dir string) { t.Helper(); remove(t, filepath.Join(dir, "db", "SEAL")) },
		"suspect": func(t *testing.T, dir string) {
			t.Helper()
			write(t, filepath.Join(dir, "db", "SUSPECT"), []byte("x\n"))
		},
		"another file": func(t *testing.T, dir string) { t.Helper(); more(t, filepath.Join(dir, "db", "MANIFEST")) },
		"a file more": func(t *testing.T, dir string) {
			t.Helper()
			write(t, filepath.Join(dir, "db", "000009.sst"), []byte("x"))
		},
		"a torn write": func(t *testing.T, dir string) { t.Helper(); more(t, segment(dir)) },
		"an older checkpoint": func(t *testing.T, dir string) {
			t.Helper()
			var none ledger.Frontier
			write(t, filepath.Join(dir, "checkpoint"), sign(t, dir, ledger.Head{Root: none.Root()}))
		},
		"another layout": func(t *testing.T, dir string) {
			t.Helper()
			l, err := store.Open(t.Context(), dir, options(newClock()))
			if err != nil {
				t.Fatal(err)
			}
			l.Relayout(200)
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := smallBook(t, setup(2)...)
			damage(t, dir)
			if c, err := store.OpenClosed(t.Context(), dir, options(newClock())); !errors.Is(err, store.ErrNotClosed) || c != nil {
				t.Errorf("got %v, %v, want %v", c, err, store.ErrNotClosed)
			}
			if err := openFails(t, dir); err != nil {
				t.Errorf("opened afterwards: %v", err)
			}
		})
	}
}

// A checkpoint of entries that the journal lacks is for Open too, which says that the book is damaged.
func TestOpenClosedBehindItsCheckpoint(t *testing.T) {
	t.Parallel()
	dir := smallBook(t, setup(2)...)
	write(t, filepath.Join(dir, "checkpoint"), sign(t, dir, ledger.Head{Size: 1000}))
	if _, err := store.OpenClosed(t.Context(), dir, options(newClock())); !errors.Is(err, store.ErrNotClosed) {
		t.Errorf("got %v, want %v", err, store.ErrNotClosed)
	}
	if err := openFails(t, dir); !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("opened: got %v, want %v", err, ledger.ErrCorrupt)
	}
}

// Every byte of the journal flipped in turn is found, by whoever opens the book and checks its journal or reads it to its end instead,
// and by whoever reads it beside a writer.
func TestOpenClosedFindsEveryFlippedByte(t *testing.T) {
	t.Parallel()
	dir := smallBook(t, setup(0)[:2]...)
	whole := read(t, segment(dir))
	none := func(ledger.Kind) bool { return false }
	for i := range whole {
		write(t, segment(dir), flipped(whole, i))
		c, err := store.OpenClosed(t.Context(), dir, options(newClock()))
		if err == nil {
			for name, err := range map[string]error{
				"check":   c.CheckJournal(t.Context()),
				"entries": drain(store.Entries(t.Context(), dir, 0)),
				"moved":   drain(store.Moved(t.Context(), dir, none)),
			} {
				if !errors.Is(err, ledger.ErrCorrupt) {
					t.Errorf("byte %d flipped, %s: got %v", i, name, err)
				}
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
			continue
		}
		if errors.Is(err, store.ErrNotClosed) {
			err = openFails(t, dir)
		}
		if !errors.Is(err, ledger.ErrCorrupt) {
			t.Errorf("byte %d flipped: got %v", i, err)
		}
	}
	write(t, segment(dir), whole)
}

// drain reads entries to their end.
func drain(entries iter.Seq2[ledger.Entry, error]) error {
	for _, err := range entries {
		if err != nil {
			return err
		}
	}
	return nil
}

// openFails is what opening a book says.
func openFails(t *testing.T, dir string) error {
	t.Helper()
	l, err := store.Open(t.Context(), dir, options(newClock()))
	if err == nil {
		err = l.Close()
	}
	return err
}

// contents are the files of a book.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// more adds a byte to a file.
func more(t *testing.T, path string) {
	t.Helper()
	write(t, path, append(read(t, path), '{'))
}
