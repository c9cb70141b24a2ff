package store_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"aixin/store"
)

// BenchmarkSubmit measures entries that are on stable storage and readable: each declares an hour of one of two thousand people
// on another day. Package bench measures a mixed load.
func BenchmarkSubmit(b *testing.B) {
	for _, clients := range []int{1, 256, 1024} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) { benchmarkSubmit(b, clients) })
	}
}

func benchmarkSubmit(b *testing.B, clients int) {
	b.Helper()
	l := open(b, newBook(b), options(newClock()))
	const people = 2000
	submit(b, l, setup(people)...)
	before := l.Stats().Commits
	var next atomic.Int64
	b.ResetTimer()
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				if err := submitOne(b, l, int(n), people); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	b.ReportMetric(float64(l.Stats().Commits-before)/float64(b.N), "syncs/entry")
}

func submitOne(b *testing.B, l *store.Ledger, n, people int) error {
	b.Helper()
	_, err := l.Submit(b.Context(), declare(fmt.Sprintf("b/%d", n), n%people, n/people))
	return err
}
