package bench_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
	"aixin/ledger/report"
	"aixin/store"
)

// BenchmarkYear loads the year of a county (-short: of a community) by what its people ask for, verifies it, and reports on it.
func BenchmarkYear(b *testing.B) {
	size := ledgertest.Large()
	if testing.Short() {
		size = ledgertest.Small()
	}
	top, dir := b.TempDir(), ""
	var clock atomic.Int64
	now := func() time.Time { return time.UnixMilli(clock.Load()) }
	b.Run("load", func(b *testing.B) {
		var entries, books ledger.Index
		for b.Loop() {
			dir = filepath.Join(top, fmt.Sprint(books))
			entries, books = loadYear(b, dir, size, &clock, now), books+1
		}
		b.ReportMetric(float64(entries), "entries")
		b.ReportMetric(float64(entries*books)/b.Elapsed().Seconds(), "entries/s")
	})
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			r, err := store.Verify(b.Context(), dir, store.VerifyOptions{})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(r.Bytes)
		}
	})
	for name, read := range reports(dir) {
		b.Run("report="+name, func(b *testing.B) {
			l, err := store.Open(b.Context(), dir, store.Options{Clock: now, NoScrub: true})
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				v, done, err := l.View(b.Context(), store.AsOf{})
				if err != nil {
					b.Fatal(err)
				}
				s, err := report.ScopeOf(v, "")
				if err == nil {
					err = read(b.Context(), v, s)
				}
				done()
				if err != nil {
					b.Fatal(err)
				}
			}
			if err := l.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// reports lists what an auditor looks at first.
func reports(dir string) map[string]func(context.Context, ledger.View, report.Scope) error {
	return map[string]func(context.Context, ledger.View, report.Scope) error{
		"activity": func(_ context.Context, v ledger.View, s report.Scope) error {
			_, err := report.Activity(v, s, report.Period{})
			return err
		},
		"stock": func(ctx context.Context, v ledger.View, s report.Scope) error {
			_, err := report.Stock(v, s, store.Entries(ctx, dir, 0))
			return err
		},
		"aging": func(_ context.Context, v ledger.View, s report.Scope) error {
			_, err := report.Aging(v, s)
			return err
		},
		"liability": func(_ context.Context, v ledger.View, s report.Scope) error {
			_, err := report.Liability(v, s)
			return err
		},
		"stars": func(_ context.Context, v ledger.View, s report.Scope) error {
			_, err := report.Stars(v, s, nil)
			return err
		},
	}
}

// loadYear plays a year to a book on disk. What does not depend on one another is asked side by side.
func loadYear(b testing.TB, dir string, size ledgertest.Size, clock *atomic.Int64, now func() time.Time) ledger.Index {
	b.Helper()
	clock.Store(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli())
	if err := store.Create(b.Context(), dir, store.CreateOptions{Origin: "aixin.test/year", Zone: ledgertest.Zone, Clock: now}); err != nil {
		b.Fatal(err)
	}
	l, err := store.Open(b.Context(), dir, store.Options{Clock: now, NoScrub: true, ClockOK: true})
	if err != nil {
		b.Fatal(err)
	}
	if err := ledgertest.NewYear(size, 1).Play(sideBySide(b.Context(), l, clock)); err != nil {
		b.Fatal(err)
	}
	entries := l.Head().Size
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	return entries
}

// sideBySide asks all of a batch at once, a thousand at most.
func sideBySide(ctx context.Context, l *store.Ledger, clock *atomic.Int64) ledgertest.Ask {
	return func(batch []ledgertest.Timed) []ledgertest.Answered {
		clock.Store(batch[0].At.UnixMilli())
		out := make([]ledgertest.Answered, len(batch))
		var next atomic.Int64
		var all sync.WaitGroup
		for range min(len(batch), 1000) {
			all.Go(func() {
				for i := next.Add(1) - 1; i < int64(len(batch)); i = next.Add(1) - 1 {
					r, err := l.Submit(ctx, batch[i].Command)
					out[i] = ledgertest.Answered{Entry: r.Entry, Err: err}
				}
			})
		}
		all.Wait()
		return out
	}
}
