package ledger_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// TestFrozenJournals holds that every frozen journal, of whichever format, reads, writes itself, and is decided again entry for
// entry.
func TestFrozenJournals(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/formats/v*/*.jsonl")
	if err != nil || len(files) < 2 {
		t.Fatalf("got %d frozen journals, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			rederiveAll(t, linesOf(t, file))
		})
	}
}

func linesOf(t *testing.T, file string) (lines [][]byte) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSuffix(b, []byte("\n")), []byte("\n"))
}

// rederiveAll folds a journal, and decides each of its entries again before it.
func rederiveAll(t *testing.T, lines [][]byte) {
	t.Helper()
	book := ledger.NewBook(shanghai(t))
	for _, line := range lines {
		e, err := ledger.ParseLine(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if again := e.AppendLine(nil); !bytes.Equal(again, line) {
			t.Errorf("read\n%s\nwrote\n%s", line, again)
		}
		for range ledger.MaxRounds {
			for _, id := range book.NeedsEntry(e) {
				i, _ := ledger.EntryOf(id)
				if err := book.Load(ledger.Fact{ID: id, Value: lines[i]}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := book.Rederive(e); err != nil {
			t.Error(err)
		}
		if err := ledgertest.Replay(book, line, lines); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLaterInAnOlderBook holds that what came with a later format is damage in a book of an earlier one, and that a format nobody
// knows yet asks for a newer program.
func TestLaterInAnOlderBook(t *testing.T) {
	t.Parallel()
	frozen := linesOf(t, "../testdata/formats/v2/organisation.jsonl")
	raised := 3 // the entry that raises the format
	for n, line := range frozen {
		e, err := ledger.ParseLine(line)
		if err != nil {
			t.Fatal(err)
		}
		later := e.Kind == ledger.UnitMoved || e.Kind == ledger.Proposed || e.Proposal != 0 ||
			bytes.Contains(line, []byte(`"terms":{`)) || bytes.Contains(line, []byte(`"second":{`))
		if n <= raised || !later {
			continue
		}
		book := ledger.NewBook(shanghai(t)) // of the first format still
		for _, earlier := range frozen[:raised] {
			if err := ledgertest.Replay(book, earlier, frozen); err != nil {
				t.Fatal(err)
			}
		}
		e.Index = book.Next()
		if err := book.Post(e); !errors.Is(err, ledger.ErrCorrupt) {
			t.Errorf("%s\nin a book of format 1: got %v, want damage", line, err)
		}
	}
	book := ledger.NewBook(shanghai(t))
	for _, earlier := range frozen[:raised] {
		if err := ledgertest.Replay(book, earlier, frozen); err != nil {
			t.Fatal(err)
		}
	}
	e, err := ledger.ParseLine(bytes.Replace(frozen[raised], []byte(`"format":2`), []byte(`"format":3`), 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Post(e); !errors.Is(err, ledger.ErrNewer) {
		t.Errorf("raised to format 3: got %v, want ErrNewer", err)
	}
}
