package bench_test

import (
	"path/filepath"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/store"
	"aixin/store/bench"
)

// BenchmarkLargeBook makes a book of a million entries (-short: of fifty thousand) and verifies it, opens it after a clean stop,
// and reads the newest page of an old account.
func BenchmarkLargeBook(b *testing.B) {
	entries := 1_000_000
	if testing.Short() {
		entries = 50_000
	}
	dir := filepath.Join(b.TempDir(), "book")
	o := bench.Options{Dir: dir, Volunteers: 10_000, Shops: 10, Clients: 1024, Clock: time.Now}
	if err := bench.Make(b.Context(), o, entries); err != nil {
		b.Fatal(err)
	}
	b.Run("verify", func(b *testing.B) {
		var verified int64
		for b.Loop() {
			r, err := store.Verify(b.Context(), dir, store.VerifyOptions{})
			if err != nil || int(r.Head.Size) < entries {
				b.Fatalf("got %d entries, %v", r.Head.Size, err)
			}
			verified += int64(r.Head.Size)
			b.SetBytes(r.Bytes)
		}
		b.ReportMetric(float64(verified)/b.Elapsed().Seconds(), "entries/s")
	})
	opts := store.Options{Clock: time.Now, NoScrub: true}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			l, err := store.Open(b.Context(), dir, opts)
			if err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			if opened := l.Opened(); !opened.Clean {
				b.Errorf("got %+v, want a clean opening", opened)
			}
			if err := l.Close(); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	})
	b.Run("statement", func(b *testing.B) {
		l, err := store.Open(b.Context(), dir, opts)
		if err != nil {
			b.Fatal(err)
		}
		k := ledger.AccountKey{ID: ledger.PointsOf(ledger.NewVolunteerID(1)), Commodity: ledger.Point}
		for b.Loop() {
			v, done, err := l.View(b.Context(), store.AsOf{})
			if err != nil {
				b.Fatal(err)
			}
			page, err := v.Statement(k, 0, 20)
			done()
			if err != nil || len(page.Lines) == 0 {
				b.Fatalf("got %d lines, %v", len(page.Lines), err)
			}
		}
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	})
}
