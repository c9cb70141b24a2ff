package ledger_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// shelf is an index in a map: the facts as they were sealed last.
type factShelf struct {
	facts   map[ledger.FactID][]byte
	journal [][]byte
}

// load gives the book what it wants, as the store does: until nothing that it loaded leads to more.
func (s *factShelf) load(t *testing.T, b *ledger.Book, wants func() ledger.Wants) {
	t.Helper()
	for range ledger.MaxRounds {
		if !s.loadAll(t, b, wants()) {
			return
		}
	}
	if w := wants(); len(w) > 0 {
		t.Fatalf("after %d rounds it still wants %v", ledger.MaxRounds, w)
	}
}

// loadGroup gives the book what the next command of a group wants.
func (s *factShelf) loadGroup(t *testing.T, b *ledger.Book, g *ledger.Group, c ledger.Command) {
	t.Helper()
	for range ledger.MaxRounds {
		w := g.Needs(c)
		if len(w) == 0 {
			return
		}
		s.loadAll(t, b, w)
	}
	if w := g.Needs(c); len(w) > 0 {
		t.Fatalf("after %d rounds it still wants %v", ledger.MaxRounds, w)
	}
}

// loadAll gives the book these facts, and reports whether it may want others now.
func (s *factShelf) loadAll(t *testing.T, b *ledger.Book, ids ledger.Wants) (more bool) {
	t.Helper()
	for _, id := range ids {
		f := ledger.Fact{ID: id, Value: s.facts[id]}
		if i, ok := ledger.EntryOf(id); ok {
			f.Value = s.journal[i]
		}
		if err := b.Load(f); err != nil {
			t.Fatal(err)
		}
		more = more || f.Leads()
	}
	return more
}

// seal keeps what the book changed, and holds that it says of a fact that it is new where the shelf has none, and nowhere else: whoever
// keeps the facts looks for none that nobody said was new.
func (s *factShelf) seal(t *testing.T, b *ledger.Book) {
	t.Helper()
	c := b.Seal()
	for _, f := range c.Facts {
		_, known := s.facts[f.ID]
		if added := slices.Contains(c.Added, f.ID); added == known {
			t.Errorf("fact %s: said to be new: %v, known before: %v", f.ID, added, known)
		}
		s.facts[f.ID] = f.Value
	}
	b.Forget(b.Next())
}

// TestIndexedBook holds that a book which knows only what it asked for decides as one that knows everything, and that an entry
// can be posted from what NeedsEntry asks for. The book is thrown away again and again, so that every fact makes its way
// through its stored form.
func TestIndexedBook(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		g := ledgertest.New(100 + seed)
		whole := ledgertest.NewMemory(shanghai(t))
		decided, posted := &factShelf{facts: map[ledger.FactID][]byte{}}, &factShelf{facts: map[ledger.FactID][]byte{}}
		book, fold := ledger.NewIndexedBook(shanghai(t), 0, whole.At()), ledger.NewIndexedBook(shanghai(t), 0, whole.At())
		n := 0
		for c := range g.Stream(600) {
			n++
			before := whole.Next()
			r, err := whole.Submit(c.Command, c.At)
			if n%3 == 0 {
				book = ledger.NewIndexedBook(shanghai(t), before, book.At())
				fold = ledger.NewIndexedBook(shanghai(t), before, fold.At())
			}
			decided.load(t, book, func() ledger.Wants { return book.Needs(c.Command) })
			again, answered, err2 := book.Answered(c.Command)
			if err2 == nil && !answered {
				again.Entry, err2 = book.Decide(c.Command, c.At)
			}
			if whole.Next() == before {
				if no := again.Entry.Rejection(); err2 == nil && no != nil {
					err2 = no
				}
				if !sameError(err, err2) || again.Entry.Index != r.Entry.Index {
					t.Fatalf("seed %d: %s: whole book %d, %v; indexed book %d, %v", seed, command(c), r.Entry.Index, err, again.Entry.Index, err2)
				}
				continue
			}
			g.Saw(r.Entry)
			line := whole.Journal[before]
			if err2 != nil || !bytes.Equal(again.Entry.AppendLine(nil), line) {
				t.Fatalf("seed %d: %s: whole book\n%s\nindexed book\n%s\n%v", seed, command(c), line, again.Entry.AppendLine(nil), err2)
			}
			decided.journal, posted.journal = whole.Journal, whole.Journal
			if err := book.Post(again.Entry); err != nil {
				t.Fatalf("seed %d: %s: %v", seed, command(c), err)
			}
			decided.seal(t, book)
			posted.load(t, fold, func() ledger.Wants { return fold.NeedsEntry(r.Entry) })
			if err := fold.Post(r.Entry); err != nil {
				t.Fatalf("seed %d: %s: folded: %v", seed, command(c), err)
			}
			posted.seal(t, fold)
		}
		compareFacts(t, seed, whole, decided, posted)
	}
}

func sameError(a, b error) bool {
	return fmt.Sprint(a) == fmt.Sprint(b)
}

func compareFacts(t *testing.T, seed uint64, whole *ledgertest.Memory, shelves ...*factShelf) {
	t.Helper()
	for _, family := range whole.Families() {
		for f, err := range whole.Facts(family) {
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range shelves {
				if got := s.facts[f.ID]; !bytes.Equal(got, f.Value) {
					t.Errorf("seed %d: fact %s: whole book %q, index %q", seed, f.ID, f.Value, got)
				}
			}
		}
	}
}

// TestOnePersonIssuesNothing tries every role at once in one pair of hands: whatever they ask, no points are issued and no hours
// are served.
func TestOnePersonIssuesNothing(t *testing.T) {
	t.Parallel()
	tried := 0
	for seed := range uint64(20) {
		g := ledgertest.New(1000 + seed)
		book := ledgertest.NewMemory(shanghai(t))
		for _, c := range g.Setup() {
			r, err := book.Submit(c.Command, c.At)
			if err != nil {
				t.Fatal(err)
			}
			g.Saw(r.Entry)
		}
		for c := range g.Commands(600) {
			if a, ok := c.Command.Do.(*ledger.Appoint); ok && a.Staff != ledgertest.Everyone {
				continue // that would be a second person
			}
			c.Command.Actor = ledgertest.Everyone
			before := book.Next()
			r, err := book.Submit(c.Command, c.At)
			if _, refused := errors.AsType[*ledger.Rejection](err); err == nil || refused {
				tried++
			}
			if book.Next() > before {
				g.Saw(r.Entry)
			}
		}
		for row, err := range book.View(0).TrialBalance() {
			if err != nil {
				t.Fatal(err)
			}
			issuing := []ledger.Class{ledger.ClassIssued, ledger.ClassPoints, ledger.ClassServed, ledger.ClassHours}
			if slices.Contains(issuing, row.Account.ID.Class()) && row.Balance != 0 {
				t.Errorf("seed %d: one person alone made %s %d", seed, row.Account, row.Balance)
			}
		}
	}
	if tried < 1000 {
		t.Errorf("only %d commands were tried", tried)
	}
}

// TestReadingChangesNothing holds that whoever asks a book for a fact, which is handed out in place, changes it only by an entry: after each
// command, decided or refused, every fact in memory is as it was given out last, and what stands for those that do not exist is empty.
func TestReadingChangesNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		g := ledgertest.New(300 + seed)
		whole := ledgertest.NewMemory(shanghai(t))
		shelf := &factShelf{facts: map[ledger.FactID][]byte{}}
		book := ledger.NewIndexedBook(shanghai(t), 0, whole.At())
		for c := range g.Stream(400) {
			shelf.load(t, book, func() ledger.Wants { return book.Needs(c.Command) })
			e, err := book.Decide(c.Command, c.At)
			shelf.holds(t, book, c)
			whole.Submit(c.Command, c.At) //nolint:errcheck,gosec // refused by both, or by neither: TestIndexedBook
			if err != nil || whole.Next() == book.Next() {
				continue
			}
			shelf.journal = whole.Journal
			g.Saw(e)
			if err := book.Post(e); err != nil {
				t.Fatalf("seed %d: %s: %v", seed, command(c), err)
			}
			shelf.seal(t, book)
			shelf.holds(t, book, c)
		}
		if book.Next() != whole.Next() {
			t.Fatalf("seed %d: the book has %d entries, want %d", seed, book.Next(), whole.Next())
		}
	}
}

// holds compares what the book has in memory with what it gave out.
func (s *factShelf) holds(t *testing.T, b *ledger.Book, c ledgertest.Timed) {
	t.Helper()
	for _, family := range b.Families() {
		for f, err := range b.Facts(family) {
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(f.Value, s.facts[f.ID]) {
				t.Fatalf("%s changed %s:\n%q\nwas\n%q", command(c), f.ID, f.Value, s.facts[f.ID])
			}
		}
	}
	if name := ledger.ChangedNone(b); name != "" {
		t.Fatalf("%s changed what stands for a %s that does not exist", command(c), name)
	}
}
