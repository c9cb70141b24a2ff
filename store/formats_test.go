package store_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/store"
)

// TestFrozenBooks opens the books that earlier versions wrote, one for each format. They are never written again: whatever
// changes later, they must verify, open, answer as they did, and go on. Their keys sign nothing else.
func TestFrozenBooks(t *testing.T) {
	t.Parallel()
	books, err := filepath.Glob("../testdata/formats/v*/book")
	if err != nil || len(books) == 0 {
		t.Fatalf("no frozen books: %v", err)
	}
	for _, frozen := range books {
		t.Run(filepath.Base(filepath.Dir(frozen)), func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "book")
			if err := os.CopyFS(dir, os.DirFS(frozen)); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(filepath.Join(dir, "keys", "signing.key"), 0o600); err != nil {
				t.Fatal(err)
			}
			report, err := store.Verify(t.Context(), dir, store.VerifyOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if report.Head.Size != 54 || report.Head.Root.String() != "nBA/wmr+DJvE4598mspG4a69mISPYG6cbgWpOxNtbnM=" {
				t.Errorf("got %d entries under %s", report.Head.Size, report.Head.Root)
			}
			c := newClock()
			c.at.Store(report.Head.At.Add(time.Hour).UnixMilli())
			l := open(t, dir, options(c))
			v, done, err := l.View(t.Context(), store.AsOf{})
			if err != nil {
				t.Fatal(err)
			}
			defer done()
			b, err := v.Balance("V0000018")
			if err != nil || b.Available != 50 || b.Minutes != 150 || len(b.Lots) != 1 || b.Lots[0].ID.String() != "45" {
				t.Errorf("balance: got %+v, %v", b, err)
			}
			r := submit(t, l, ledger.Command{Key: "frozen/1", Actor: "U000003", Do: &ledger.AddDonor{Donor: "D002"}})
			if r.Entry.Index != report.Head.Size {
				t.Errorf("it goes on at entry %d, want %d", r.Entry.Index, report.Head.Size)
			}
		})
	}
}
