package journal_test

import (
	"fmt"
	"strings"
	"testing"

	"aixin/ledger"
	"aixin/store/journal"
	"aixin/store/journal/journaltest"
)

// longLine makes lines of 450 bytes, as long as those of a redemption.
func longLine(i ledger.Index) string {
	line := fmt.Sprintf(`{"index":%d,"at":"2026-11-23T08:15:30.123Z","note":"`, i)
	return line + strings.Repeat("x", 448-len(line)) + `"}`
}

func BenchmarkFileAppend(b *testing.B) {
	for _, size := range []int{1, 256} {
		b.Run(fmt.Sprintf("entries=%d", size), func(b *testing.B) {
			_, f := create(b, journal.Options{})
			lines := journaltest.Chain{Make: longLine}
			batch := lines.Next(size)
			var head ledger.Head
			head.Root = emptyRoot()
			var builder journal.Builder
			var buf []byte
			b.SetBytes(int64(len(batch.Data)))
			for b.Loop() { // the same lines again: Append parses none
				builder.Reset(buf)
				for _, line := range batch.Lines() {
					builder.AddLine(line)
				}
				next := builder.Seal(ledger.Head{Size: head.Size + ledger.Index(size), Root: head.Root, At: batch.Head.At})
				if err := f.Append(b.Context(), head, next); err != nil {
					b.Fatal(err)
				}
				head, buf = next.Head, next.Data
			}
			b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

func BenchmarkFileRead(b *testing.B) {
	for _, size := range []int{1, 64} {
		b.Run(fmt.Sprintf("entries=%d", size), func(b *testing.B) {
			const entries = 1 << 16
			c := journaltest.Chain{Make: longLine}
			for range entries / size {
				c.Next(size)
			}
			f := open(b, lay(b, map[string]string{segment(0): c.Content()}), journal.Options{})
			b.SetBytes(int64(len(c.Content())))
			b.ReportAllocs()
			for b.Loop() {
				n := ledger.Index(0)
				for batch, err := range f.Read(b.Context(), 0) {
					if err != nil {
						b.Fatal(err)
					}
					n = batch.Head.Size
				}
				if n != entries {
					b.Fatalf("read %d entries", n)
				}
			}
			b.ReportMetric(float64(entries*b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// Finding one entry does not grow with the journal.
func BenchmarkFileLine(b *testing.B) {
	const entries = 100_000
	c := journaltest.Chain{Make: longLine}
	for range entries / 100 {
		c.Next(100)
	}
	f := open(b, lay(b, map[string]string{segment(0): c.Content()}), journal.Options{})
	i := ledger.Index(0)
	for b.Loop() {
		if line, err := journal.Line(b.Context(), f, i); err != nil || len(line) != len(longLine(i)) {
			b.Fatalf("line %d: %d bytes, %v", i, len(line), err)
		}
		i = (i + 7919) % entries
	}
}
