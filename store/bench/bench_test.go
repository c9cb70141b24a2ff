package bench_test

import (
	"bufio"
	"bytes"
	"path/filepath"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/store"
	"aixin/store/bench"
)

// A measured book is a book: it verifies, and it holds what was acknowledged. The figures beside it are there.
func TestRun(t *testing.T) {
	t.Parallel()
	for _, clients := range []int{1, 60} {
		dir := filepath.Join(t.TempDir(), "book")
		var acks bytes.Buffer
		r, err := bench.Run(t.Context(), bench.Options{
			Dir: dir, Volunteers: 25, Shops: 2, Clients: clients, Duration: 200 * time.Millisecond, Clock: time.Now, Acks: &acks,
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range map[string]float64{
			"throughput": r.Throughput, "floor": r.Floor, "single": r.SingleTxn, "p50": float64(r.P50), "p99": float64(r.P99),
			"fdatasync": float64(r.Fdatasync), "batches": float64(r.Batches), "journal bytes": float64(r.JournalBytes),
			"rows": float64(r.IndexRows), "of floor": r.OfFloor,
		} {
			if v <= 0 {
				t.Errorf("%d clients: %s is %v in %+v", clients, name, v, r)
			}
		}
		if r.Batches != r.Syncs || r.FloorBatches > r.Batches || r.P50 > r.P99 || r.P99 > r.P999 {
			t.Errorf("%d clients: %+v does not add up", clients, r)
		}
		acknowledged(t, dir, &acks, r.Entries)
	}
}

// acknowledged holds that the keys are those of the book, and that the book is sound.
func acknowledged(t *testing.T, dir string, acks *bytes.Buffer, measured int64) {
	t.Helper()
	report, err := store.Verify(t.Context(), dir, store.VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	keys := map[ledger.Key]int{}
	for e, err := range store.Entries(t.Context(), dir, 0) {
		if err != nil {
			t.Fatal(err)
		}
		keys[e.Key]++
	}
	n := int64(0)
	for lines := bufio.NewScanner(acks); lines.Scan(); n++ {
		if got := keys[ledger.Key(lines.Text())]; got != 1 {
			t.Errorf("key %s was acknowledged and is there %d times", lines.Text(), got)
		}
	}
	if n != int64(report.Head.Size) || n < measured {
		t.Errorf("acknowledged %d keys, measured %d, the book has %d entries", n, measured, report.Head.Size)
	}
}

func TestMake(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "book")
	o := bench.Options{Dir: dir, Volunteers: 10, Shops: 1, Clients: 4, Clock: time.Now}
	if err := bench.Make(t.Context(), o, 100); err != nil {
		t.Fatal(err)
	}
	report, err := store.Verify(t.Context(), dir, store.VerifyOptions{})
	if err != nil || report.Head.Size < 100 {
		t.Errorf("got %d entries, %v, want 100", report.Head.Size, err)
	}
}
