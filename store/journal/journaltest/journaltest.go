// Package journaltest holds what every journal must do. An implementation runs it in its own test:
//
//	func TestConformance(t *testing.T) {
//		journaltest.Run(t, func(t *testing.T) journal.Journal { return open(t, t.TempDir()) })
//	}
package journaltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/store/journal"
)

// Run checks a journal against the contract of journal.Journal. Each call of open gives a new, empty one.
func Run(t *testing.T, open func(t *testing.T) journal.Journal) {
	t.Helper()
	for name, check := range map[string]func(*testing.T, journal.Journal){
		"empty":             empty,
		"append and read":   appendAndRead,
		"read from each":    readFromEach,
		"read twice":        readTwice,
		"stop reading":      stopReading,
		"moved head":        movedHead,
		"shapes refused":    shapesRefused,
		"batch is not kept": batchIsNotKept,
		"cancelled":         cancelled,
		"one writer wins":   oneWriterWins,
		"read beside":       readBeside,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, open(t))
		})
	}
}

func empty(t *testing.T, j journal.Journal) {
	t.Helper()
	var f ledger.Frontier
	wantHead(t, j, ledger.Head{Root: f.Root()})
	for _, from := range []ledger.Index{0, 1, 1000} {
		if got := Content(t, j, from); got != "" {
			t.Errorf("read from %d: got %q, want nothing", from, got)
		}
	}
}

func appendAndRead(t *testing.T, j journal.Journal) {
	t.Helper()
	var c Chain
	for _, n := range []int{1, 3, 1, 250} {
		after, b := c.Head(), c.Next(n)
		Append(t, j, after, b)
		wantHead(t, j, b.Head)
	}
	if diff := cmp.Diff(c.Content(), Content(t, j, 0)); diff != "" {
		t.Errorf("content (-want +got):\n%s", diff)
	}
}

func readFromEach(t *testing.T, j journal.Journal) {
	t.Helper()
	var c Chain
	var want []string // by index, everything from the batch that holds it
	for _, n := range []int{2, 1, 4} {
		after, b := c.Head(), c.Next(n)
		Append(t, j, after, b)
		for range n {
			want = append(want, "")
		}
		for i := range want {
			want[i] += string(b.Data)
		}
	}
	for i, w := range append(want, "", "") {
		if diff := cmp.Diff(w, Content(t, j, ledger.Index(i))); diff != "" {
			t.Errorf("from %d (-want +got):\n%s", i, diff)
		}
	}
	for i := range ledger.Index(len(want)) {
		line, err := journal.Line(t.Context(), j, i)
		if want := Line(i); err != nil || string(line) != want {
			t.Errorf("line %d: got %q, %v, want %q", i, line, err, want)
		}
	}
}

func readTwice(t *testing.T, j journal.Journal) {
	t.Helper()
	var c Chain
	fill(t, j, &c, 3)
	batches := j.Read(t.Context(), 0)
	for range 2 {
		var got []byte
		for b, err := range batches {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, b.Data...)
		}
		if string(got) != c.Content() {
			t.Errorf("got %q, want %q", got, c.Content())
		}
	}
}

func stopReading(t *testing.T, j journal.Journal) {
	t.Helper()
	var c Chain
	fill(t, j, &c, 3)
	for range 3 {
		for b, err := range j.Read(t.Context(), 0) {
			if err != nil || b.First() != 0 {
				t.Errorf("got first %d, %v, want 0", b.First(), err)
			}
			break
		}
	}
	fill(t, j, &c, 1)
	if got := Content(t, j, 0); got != c.Content() {
		t.Errorf("got %q, want %q", got, c.Content())
	}
}

func movedHead(t *testing.T, j journal.Journal) {
	t.Helper()
	var c Chain
	start := c.Head()
	fill(t, j, &c, 2)
	now := c.Head()

	forged := now
	forged.Root[0] ^= 1
	var early Chain
	early.Next(1)
	for name, after := range map[string]ledger.Head{
		"the empty journal": start,
		"an older head":     early.Head(),
		"another root":      forged,
		"a later head":      {Size: now.Size + 1, Root: now.Root, At: now.At},
	} {
		if err := j.Append(t.Context(), after, c.Peek(1)); !errors.Is(err, journal.ErrMoved) {
			t.Errorf("after %s: got %v, want ErrMoved", name, err)
		}
	}
	wantHead(t, j, now)
	if got := Content(t, j, 0); got != c.Content() {
		t.Errorf("something was written: got %q, want %q", got, c.Content())
	}
	fill(t, j, &c, 1) // ErrMoved stops nobody
}

func shapesRefused(t *testing.T, j journal.Journal) {
	t.Helper()
	var c Chain
	fill(t, j, &c, 1)
	before := c.Content()
	good := c.Peek(2)

	larger, other, early, finer := good.Head, good.Head, good.Head, good.Head
	larger.Size++
	early.At = time.Time{}
	finer.At = finer.At.Add(time.Microsecond)
	other.Root[0] ^= 1
	seal := func(h ledger.Head) []byte { return append(h.AppendLine(nil), '\n') }
	lines := bytes.TrimSuffix(good.Data, seal(good.Head))
	for name, b := range map[string]journal.Batch{
		"nothing":            {},
		"no entries":         {Data: seal(good.Head), Head: good.Head},
		"no head line":       {Data: lines, Head: good.Head},
		"no last newline":    {Data: good.Data[:len(good.Data)-1], Head: good.Head},
		"another head":       {Data: good.Data, Head: other},
		"no time":            {Data: append(bytes.Clone(lines), seal(early)...), Head: early},
		"too fine a time":    {Data: append(bytes.Clone(lines), seal(finer)...), Head: finer},
		"too few lines":      {Data: append(bytes.Clone(lines), seal(larger)...), Head: larger},
		"one line twice":     {Data: append(bytes.Clone(lines[:len(lines)/2]), good.Data...), Head: good.Head},
		"a line without end": {Data: append(bytes.Clone(lines[:len(lines)-1]), seal(good.Head)...), Head: good.Head},
		"more than allowed":  tooLarge(good.Head),
	} {
		if err := j.Append(t.Context(), c.Head(), b); err == nil || errors.Is(err, journal.ErrMoved) {
			t.Errorf("%s: got %v, want an error that is not ErrMoved", name, err)
		}
	}
	if got := Content(t, j, 0); got != before {
		t.Errorf("something was written: got %q, want %q", got, before)
	}
}

func tooLarge(h ledger.Head) journal.Batch {
	var b journal.Builder
	for range int(h.Size) - 1 {
		b.AddLine(bytes.Repeat([]byte("x"), journal.MaxBatch))
	}
	return b.Seal(h)
}

func batchIsNotKept(t *testing.T, j journal.Journal) {
	t.Helper()
	var c Chain
	for range 3 {
		after, b := c.Head(), c.Next(2)
		data := bytes.Clone(b.Data)
		Append(t, j, after, b)
		if !bytes.Equal(b.Data, data) {
			t.Errorf("append changed the batch to %q", b.Data)
		}
		clear(b.Data)
	}
	if got := Content(t, j, 0); got != c.Content() {
		t.Errorf("got %q, want %q", got, c.Content())
	}
}

func cancelled(t *testing.T, j journal.Journal) {
	t.Helper()
	var c Chain
	fill(t, j, &c, 2)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	var failed error
	for _, err := range j.Read(ctx, 0) {
		failed = err
	}
	if failed != nil && !errors.Is(failed, context.Canceled) {
		t.Errorf("read: got %v, want context.Canceled", failed)
	}
	after, before := c.Head(), c.Content()
	err := j.Append(ctx, after, c.Next(1))
	switch got := Content(t, j, 0); {
	case err == nil && got == c.Content(), err != nil && (got == before || got == c.Content()):
	default:
		t.Errorf("append under a done context: %v, and the content is %q", err, got)
	}
}

// oneWriterWins lets several writers append after the same head, again and again.
func oneWriterWins(t *testing.T, j journal.Journal) {
	t.Helper()
	const rounds, writers = 20, 4
	var c Chain
	for range rounds {
		after := c.Head()
		won := make([]bool, writers)
		batches := make([]journal.Batch, writers)
		var wg sync.WaitGroup
		for w := range writers {
			batches[w] = c.Peek(w + 1)
			wg.Go(func() {
				err := j.Append(t.Context(), after, batches[w])
				if won[w] = err == nil; err != nil && !errors.Is(err, journal.ErrMoved) {
					t.Errorf("append: got %v, want nil or ErrMoved", err)
				}
			})
		}
		wg.Wait()
		winners := 0
		for w := range writers {
			if won[w] {
				winners++
				c.Next(w + 1)
			}
		}
		if winners != 1 {
			t.Fatalf("%d writers appended after the same head", winners)
		}
		wantHead(t, j, c.Head())
	}
	if got := Content(t, j, 0); got != c.Content() {
		t.Errorf("got %q, want %q", got, c.Content())
	}
}

// readBeside reads while a writer appends: whole batches, in order, and at least what was there when Read was called.
func readBeside(t *testing.T, j journal.Journal) {
	t.Helper()
	const batches = 200
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for running := true; running; {
				select {
				case <-done:
					running = false
				default:
				}
				readInOrder(t, j)
			}
		})
	}
	var c Chain
	for i := range batches {
		after, b := c.Head(), c.Next(1+i%7)
		if err := j.Append(t.Context(), after, b); err != nil {
			t.Errorf("append after %d: %v", after.Size, err)
			break
		}
	}
	close(done)
	wg.Wait()
	if got := Content(t, j, 0); got != c.Content() {
		t.Errorf("got %d bytes, want %d", len(got), len(c.Content()))
	}
}

func readInOrder(t *testing.T, j journal.Journal) {
	t.Helper()
	t.Helper()
	atLeast, err := j.Head(t.Context())
	if err != nil {
		t.Errorf("head: %v", err)
	}
	var c Chain
	for b, err := range j.Read(t.Context(), 0) {
		if err != nil {
			t.Errorf("read: %v", err)
			return
		}
		if want := c.Next(b.Len()); !bytes.Equal(want.Data, b.Data) || !want.Head.Same(b.Head) {
			t.Errorf("batch up to %d is not what was appended", b.Head.Size)
			return
		}
	}
	if c.Head().Size < atLeast.Size {
		t.Errorf("read %d entries, want at least %d", c.Head().Size, atLeast.Size)
	}
}

// Append appends and fails the test where that fails.
func Append(tb testing.TB, j journal.Journal, after ledger.Head, b journal.Batch) {
	tb.Helper()
	if err := j.Append(tb.Context(), after, b); err != nil {
		tb.Fatalf("append after %d: %v", after.Size, err)
	}
}

// Content returns the bytes of all batches from the one that holds the entry from, and checks that each fits its head.
func Content(tb testing.TB, j journal.Journal, from ledger.Index) string {
	tb.Helper()
	var all []byte
	due := ledger.Index(-1)
	for b, err := range j.Read(tb.Context(), from) {
		if err != nil {
			tb.Fatalf("read from %d: %v", from, err)
		}
		if first := b.First(); due >= 0 && first != due || due < 0 && (first > from || b.Head.Size <= from) {
			tb.Fatalf("read from %d: got a batch of entries %d to %d", from, first, b.Head.Size)
		}
		if err := b.Follows(ledger.Head{Size: b.First()}); err != nil {
			tb.Fatalf("read from %d: %v", from, err)
		}
		all = append(all, b.Data...)
		due = b.Head.Size
	}
	return string(all)
}

func fill(t *testing.T, j journal.Journal, c *Chain, batches int) {
	t.Helper()
	for range batches {
		after, b := c.Head(), c.Next(2)
		Append(t, j, after, b)
	}
}

func wantHead(t *testing.T, j journal.Journal, want ledger.Head) {
	t.Helper()
	got, err := j.Head(t.Context())
	if err != nil || !got.Same(want) {
		t.Errorf("head: got size %d root %x, %v, want size %d root %x", got.Size, got.Root, err, want.Size, want.Root)
	}
}

// Line is the line of entry i in every Chain. It has the shape of an entry; no ledger wrote it.
func Line(i ledger.Index) string {
	return fmt.Sprintf(`{"index":%d,"at":"2026-11-23T08:15:30.123Z","on":"2026-11-23","kind":"none"}`, i)
}
