package store_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"aixin/ledger"
	"aixin/store"
)

// What replaying a journal lays out is what serving it wrote: of the batches everything but where they stand, of the entries what they
// changed. Entries come in batches of one and of several, and one undoes another.
func TestReplay(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l := open(t, dir, options(newClock()))
	submit(t, l, setup(3)...)
	var last ledger.Index
	for i := range 3 {
		last = submit(t, l, declare(fmt.Sprintf("hour/%d", i), i, 0)).Entry.Index
		last = submit(t, l, approve(fmt.Sprintf("approved/%d", i), last)).Entry.Index
	}
	middle := l.Head().Size + 1 // of the batch of three
	got, err := l.SubmitGroup(t.Context(), []ledger.Command{declare("group/0", 0, 1), declare("group/1", 1, 1), declare("group/2", 2, 1)})
	if err != nil {
		t.Fatal(err)
	}
	submit(t, l, approve("group/approved", got[1].Entry.Index))
	submit(t, l, ledger.Command{Key: "undone", Actor: steward, Do: &ledger.Reverse{Entry: last, Reason: ledger.DoubleEntry}})
	served := l.Rows()
	size := int(l.Head().Size)
	closeBook(t, l)

	whole := replayed(t, dir, 0, -1)
	if want := rowsOf("flsdt", served); len(want) < 60 || !maps.Equal(rowsOf("flsdt", whole.batches), want) {
		t.Errorf("batches: got %d rows, want %d", len(rowsOf("flsdt", whole.batches)), len(want))
	}
	if want := rowsOf("fls", served); !maps.Equal(whole.entries, want) || whole.calls != size {
		t.Errorf("entries: got %d rows of %d, want %d of %d", len(whole.entries), whole.calls, len(want), size)
	}

	part := replayed(t, dir, middle, -1) // from within a batch on
	if got := keysOf(part.entries); got != size-int(middle) || part.calls != got {
		t.Errorf("from entry %d on: got the keys of %d entries in %d calls, want %d", middle, got, part.calls, size-int(middle))
	}
	if got := keysOf(part.batches); got != size-int(middle)+1 {
		t.Errorf("batches that end behind entry %d: got the keys of %d entries, want %d", middle, got, size-int(middle)+1)
	}
	if few := replayed(t, dir, 0, 2); few.calls != 2 || !maps.Equal(rowsOf("flsdt", few.batches), rowsOf("flsdt", served)) {
		t.Errorf("after two entries: got %d, and %d rows of batches", few.calls, len(few.batches))
	}
}

// laidOut are the rows that a replay gave out, the last of each key.
type laidOut struct {
	entries, batches map[string]string
	calls            int // of entries
}

// replayed replays a journal; it wants no more than so many entries, or all where that is negative.
func replayed(t *testing.T, dir string, from ledger.Index, entries int) laidOut {
	t.Helper()
	got := laidOut{entries: map[string]string{}, batches: map[string]string{}}
	err := store.Replay(t.Context(), dir, from, func(rows store.Rows) bool {
		maps.Insert(got.entries, texts(rows))
		got.calls++
		return got.calls != entries
	}, func(rows store.Rows) bool {
		maps.Insert(got.batches, texts(rows))
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func texts(rows store.Rows) func(yield func(string, string) bool) {
	return func(yield func(string, string) bool) {
		for key, value := range rows {
			if !yield(string(key), string(value)) {
				return
			}
		}
	}
}

// rowsOf returns the rows of some kinds.
func rowsOf(kinds string, rows map[string]string) map[string]string {
	kept := maps.Clone(rows)
	maps.DeleteFunc(kept, func(key, _ string) bool { return !strings.Contains(kinds, key[:1]) })
	return kept
}

// keysOf counts the entries of whose keys there is a row.
func keysOf(rows map[string]string) (n int) {
	for key := range rows {
		if strings.HasPrefix(key, "fkey/") {
			n++
		}
	}
	return n
}
