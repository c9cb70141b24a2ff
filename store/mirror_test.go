package store_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/store"
)

// served is a book as a server gives it: its lines in pieces of some bytes, and a fault where one is wanted.
type served struct {
	*store.Ledger
	piece int
	stop  int   // bytes after which the connection breaks; 0 for never
	err   error // with which it does
	alter func([]byte)
}

var errLine = errors.New("the line is down")

func (s *served) Checkpoint(context.Context) ([]byte, error) {
	return os.ReadFile(filepath.Join(s.Dir(), "checkpoint"))
}

func (s *served) Lines(ctx context.Context, from, size ledger.Index) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		sent := 0
		for b, err := range s.Ledger.Lines(ctx, from, size) {
			if err != nil {
				yield(nil, err)
				return
			}
			b = slices.Clone(b)
			if s.alter != nil {
				s.alter(b)
			}
			for piece := range slices.Chunk(b, s.piece) {
				if sent += len(piece); s.stop > 0 && sent > s.stop {
					if s.err != nil {
						yield(nil, s.err)
					}
					return
				}
				if !yield(piece, nil) {
					return
				}
			}
		}
	}
}

// source opens a book with some records, signed up to its head, and returns it as a server gives it.
func source(t *testing.T, dir string, records int) *served {
	t.Helper()
	c := newClock()
	l, err := store.Open(t.Context(), dir, options(c))
	if err != nil {
		t.Fatal(err)
	}
	if l.Head().Size == 0 {
		submit(t, l, setup(3)...)
	}
	for i := range records {
		submit(t, l, declare(fmt.Sprintf("r/%d/%d", l.Head().Size, i), i%3, int(l.Head().Size)))
	}
	if err := l.Close(); err != nil { // signs the head
		t.Fatal(err)
	}
	if l, err = store.Open(t.Context(), dir, options(c)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return &served{Ledger: l, piece: 100}
}

// mirrored copies a book, and holds that the copy is sound and as long as it says.
func mirrored(t *testing.T, dir string, s *served) store.Mirrored {
	t.Helper()
	m, err := store.Mirror(t.Context(), dir, s.Book(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, dir, s.Head())
	return m
}

func sound(t *testing.T, dir string, want ledger.Head) {
	t.Helper()
	report, err := store.Verify(t.Context(), dir, store.VerifyOptions{})
	if err != nil || !report.Head.Same(want) {
		t.Errorf("copy: got %d entries, %v, want %d", report.Head.Size, err, want.Size)
	}
}

// A copy goes on where it ended, whatever length the pieces come in.
func TestMirrorGoesOn(t *testing.T) {
	t.Parallel()
	for _, piece := range []int{1, 7, 1 << 20} {
		dir, copied := newBook(t), filepath.Join(t.TempDir(), "copy")
		s := source(t, dir, 10)
		s.piece = piece
		if m := mirrored(t, copied, s); !m.Begun || m.Before.Size != 0 {
			t.Errorf("first: got %+v", m)
		}
		before := s.Head().Size
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = source(t, dir, 5)
		s.piece = piece
		if m := mirrored(t, copied, s); m.Begun || m.Before.Size != before || m.Head.Size != before+5 {
			t.Errorf("second: got %+v, want %d and 5 more", m, before)
		}
		if m := mirrored(t, copied, s); m.Before != m.Head {
			t.Errorf("third: got %+v, want nothing new", m)
		}
	}
}

// A copy that was killed while it wrote one of its first files is begun again: the half of a file is in nobody's way.
func TestMirrorAfterHalfAFile(t *testing.T) {
	t.Parallel()
	s := source(t, newBook(t), 10)
	for _, half := range []string{"checkpoint.new", "book.json.new", "disputed.new"} {
		copied := t.TempDir()
		if err := os.WriteFile(filepath.Join(copied, half), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		if m := mirrored(t, copied, s); !m.Begun || m.Head.Size != s.Head().Size {
			t.Errorf("beside %s: got %+v", half, m)
		}
	}
}

// A connection that breaks at any byte leaves a beginning, which the next run takes up.
func TestMirrorAfterABrokenLine(t *testing.T) {
	t.Parallel()
	s := source(t, newBook(t), 2)
	copied := filepath.Join(t.TempDir(), "copy")
	for stop := 1; ; stop += 397 {
		s.stop, s.err = stop, errLine
		_, err := store.Mirror(t.Context(), copied, s.Book(), s, nil)
		if err == nil {
			break
		}
		if !errors.Is(err, errLine) {
			t.Fatalf("after %d bytes: got %v, want %v", stop, err, errLine)
		}
		s.err = nil
		if _, err = store.Mirror(t.Context(), copied, s.Book(), s, nil); err != nil && !errors.Is(err, store.ErrCutShort) {
			t.Fatalf("after %d bytes and no error: got %v, want %v", stop, err, store.ErrCutShort)
		}
		if _, err := store.ReadBook(copied); stop == 1 && !errors.Is(err, store.ErrNoBook) {
			t.Errorf("half a copy: got %v, want %v", err, store.ErrNoBook)
		}
	}
	sound(t, copied, s.Head())
}

// Of a book that goes on differently, or is shown as it was before, nothing is taken, and the signed note is kept as evidence.
func TestMirrorRefusesAnotherHistory(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	s := source(t, dir, 3)
	old := filepath.Join(t.TempDir(), "old")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(old, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	s = source(t, dir, 4)
	copied := filepath.Join(t.TempDir(), "copy")
	mirrored(t, copied, s)
	for name, records := range map[string]int{"shorter": 0, "as long": 4, "longer": 9} {
		forged := filepath.Join(t.TempDir(), name)
		if err := os.CopyFS(forged, os.DirFS(old)); err != nil {
			t.Fatal(err)
		}
		if records > 0 {
			f := source(t, forged, 0)
			submit(t, f.Ledger, declare("forged", 0, 100))
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
		f := source(t, forged, max(records-1, 0))
		if _, err := store.Mirror(t.Context(), copied, f.Book(), f, nil); !errors.Is(err, store.ErrRewritten) {
			t.Errorf("%s: got %v, want %v", name, err, store.ErrRewritten)
		}
		sound(t, copied, s.Head())
		want, err := f.Checkpoint(t.Context())
		got, failed := os.ReadFile(filepath.Join(copied, "disputed"))
		if err := errors.Join(err, failed); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got the note %q, %v, want %q", name, got, err, want)
		}
	}
	mirrored(t, copied, s) // it is still the copy of the book that goes on
}

// What changes on the way is noticed, and nothing of it stays.
func TestMirrorNoticesChanges(t *testing.T) {
	t.Parallel()
	s := source(t, newBook(t), 2)
	for at := 0; at < 400; at += 23 {
		copied := filepath.Join(t.TempDir(), fmt.Sprint(at))
		s.alter = func(b []byte) { b[min(at, len(b)-2)] ^= 2 }
		if _, err := store.Mirror(t.Context(), copied, s.Book(), s, nil); err == nil {
			t.Fatalf("byte %d: got no error", at)
		}
		s.alter = nil
		mirrored(t, copied, s)
	}
}

// A damaged copy is not mended: it is for a person to look at.
func TestMirrorOfADamagedCopy(t *testing.T) {
	t.Parallel()
	s := source(t, newBook(t), 3)
	copied := filepath.Join(t.TempDir(), "copy")
	mirrored(t, copied, s)
	path := filepath.Join(copied, "journal", "00000000000000000000.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text[100] ^= 1
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Mirror(t.Context(), copied, s.Book(), s, nil); !errors.Is(err, ledger.ErrCorrupt) || errors.Is(err, store.ErrRewritten) {
		t.Errorf("got %v, want %v alone", err, ledger.ErrCorrupt)
	}
}

// A copy whose checkpoint is gone was tampered with: without it nobody sees that the source went back.
func TestMirrorOfACopyWithoutCheckpoint(t *testing.T) {
	t.Parallel()
	s := source(t, newBook(t), 1)
	copied := filepath.Join(t.TempDir(), "copy")
	mirrored(t, copied, s)
	if err := os.Remove(filepath.Join(copied, "checkpoint")); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Mirror(t.Context(), copied, s.Book(), s, nil); !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("got %v, want %v", err, ledger.ErrCorrupt)
	}
}

// A copy is never made where something else is.
func TestMirrorRefusesOtherDirectories(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	s := source(t, dir, 1)
	other := s.Book()
	other.Origin = "test.example/other"
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy")
	mirrored(t, copied, s)
	for name, c := range map[string]struct {
		dir  string
		info store.BookInfo
		want error
	}{
		"the book itself": {newBook(t), s.Book(), store.ErrOtherBook},
		"its original":    {dir, s.Book(), store.ErrExists},
		"other files":     {full, s.Book(), store.ErrExists},
		"another book":    {copied, other, store.ErrOtherBook},
	} {
		if _, err := store.Mirror(t.Context(), c.dir, c.info, s, nil); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	unsigned := s.Book()
	unsigned.PublicKeys = []string{"test.example/b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"}
	if _, err := store.Mirror(t.Context(), filepath.Join(t.TempDir(), "x"), unsigned, s, nil); err == nil || errors.Is(err, proof.ErrCheckpoint) {
		t.Errorf("signed by another key: got %v, want that it is not signed", err)
	}
}
