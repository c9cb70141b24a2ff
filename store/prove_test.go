package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"aixin/ledger"
	ledgerproof "aixin/ledger/proof"
	"aixin/store"
)

const frozenBook = "../testdata/formats/v1/book"

// A book of the first format is proved from its journal alone, without its keys, and another implementation accepts it.
func TestProveFrozenBook(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "book")
	if err := os.CopyFS(dir, os.DirFS(frozenBook)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "keys")); err != nil {
		t.Fatal(err)
	}
	account := ledger.AccountKey{ID: ledger.ParseAccountID("points:V0000018"), Commodity: ledger.Point}
	p, err := store.NewProver(t.Context(), dir, store.ProveOptions{Account: account})
	if err != nil {
		t.Fatal(err)
	}
	info, err := store.ReadBook(dir)
	if err != nil {
		t.Fatal(err)
	}
	known, err := info.Verifiers()
	if err != nil {
		t.Fatal(err)
	}
	head := p.Head()
	for i := range head.Size {
		in, err := p.Inclusion(t.Context(), i)
		if err != nil {
			t.Fatal(err)
		}
		if e, under, err := in.Check(info.Origin, known); err != nil || e.Index != i || !under.Same(head) {
			t.Errorf("entry %d: got entry %d under %d, %v", i, e.Index, under.Size, err)
		}
		var path [][]byte
		for _, h := range in.Path {
			path = append(path, h[:])
		}
		leaf := rfc6962.DefaultHasher.HashLeaf(in.Line)
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(i), uint64(head.Size), leaf, path, head.Root[:]); err != nil {
			t.Errorf("entry %d: %v", i, err)
		}
	}
	s, err := p.Statement(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	lines, _, err := s.Check(info.Origin, known)
	if err != nil || len(lines) == 0 || lines[len(lines)-1].Balance != -50 { // what the market owes is a negative sum
		t.Errorf("statement: got %+v, %v", lines, err)
	}
	if err := s.Omits(naiveLines(t, dir, account, head.Size)); err != nil {
		t.Errorf("the whole statement: %v", err)
	}
	for n := range s.Lines {
		less := s
		less.Lines = slices.Delete(slices.Clone(s.Lines), n, n+1)
		if err := less.Omits(p.Lines()); !errors.Is(err, ledgerproof.ErrOmitted) {
			t.Errorf("without line %d: got %v, want that it is left out", n, err)
		}
		if err := s.Omits(slices.Delete(p.Lines(), n, n+1)); !errors.Is(err, ledgerproof.ErrFalse) {
			t.Errorf("with line %d too many: got %v, want that the journal does not have it", n, err)
		}
	}
	c, err := p.Consistency(0)
	if err != nil || len(c.Path) != 0 {
		t.Errorf("from nothing: got %+v, %v", c, err)
	}
}

// naiveLines finds the entries of an account as somebody would with grep: by the text of its postings.
func naiveLines(t *testing.T, dir string, k ledger.AccountKey, size ledger.Index) (list []ledger.Index) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "journal", "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	at := ledger.Index(0)
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, `{"index":`) {
				continue // a head stands between the entries of two batches
			}
			if at < size && strings.Contains(line, `"`+k.ID.String()+`"`) {
				list = append(list, at)
			}
			at++
		}
	}
	return list
}

// What is not under a signed checkpoint has to wait, what is not there never comes, and of a changed book nothing is proved.
func TestProveRefuses(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l := open(t, dir, options(newClock()))
	submit(t, l, setup(1)...)
	closeBook(t, l)
	first, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	l = open(t, dir, options(newClock()))
	r := submit(t, l, ledger.Command{Key: "prove/1", Actor: keeper, Do: &ledger.AddDonor{Donor: "D002"}})
	p, err := store.NewProver(t.Context(), dir, store.ProveOptions{}) // beside the writer, who has signed nothing newer
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Inclusion(t.Context(), r.Entry.Index-1); err != nil {
		t.Errorf("the entry before: %v", err)
	}
	if _, err := p.Inclusion(t.Context(), r.Entry.Index); !errors.Is(err, store.ErrUncovered) {
		t.Errorf("the newest entry: got %v, want %v", err, store.ErrUncovered)
	}
	if _, err := p.Consistency(r.Entry.Index + 1); !errors.Is(err, store.ErrUncovered) {
		t.Errorf("from the newest size: got %v, want %v", err, store.ErrUncovered)
	}
	for _, i := range []ledger.Index{-1, r.Entry.Index + 1} {
		if _, err := p.Inclusion(t.Context(), i); !isNotFound(err) {
			t.Errorf("entry %d: got %v", i, err)
		}
	}
	closeBook(t, l)
	if p, err = store.NewProver(t.Context(), dir, store.ProveOptions{}); err != nil {
		t.Fatal(err)
	}
	c, err := p.Consistency(r.Entry.Index)
	if err != nil {
		t.Fatal(err)
	}
	info, err := store.ReadBook(dir)
	if err != nil {
		t.Fatal(err)
	}
	known, err := info.Verifiers()
	if err != nil {
		t.Fatal(err)
	}
	if before, after, err := c.Check(first, info.Origin, known); err != nil || before.Size+1 != after.Size {
		t.Errorf("it extends its first checkpoint: got %d to %d, %v", before.Size, after.Size, err)
	}
}

func TestProveRefusesAChangedBook(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "book")
	if err := os.CopyFS(dir, os.DirFS(frozenBook)); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "journal", "00000000000000000000.jsonl")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text[100] ^= 1
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.NewProver(t.Context(), dir, store.ProveOptions{}); !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("a flipped bit: got %v, want %v", err, ledger.ErrCorrupt)
	}
	if err := os.Truncate(name, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := store.NewProver(t.Context(), dir, store.ProveOptions{}); !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("an empty journal: got %v, want %v", err, ledger.ErrCorrupt)
	}
}

func isNotFound(err error) bool {
	no, ok := errors.AsType[*ledger.Rejection](err)
	return ok && no.Reason == ledger.NotFound
}
