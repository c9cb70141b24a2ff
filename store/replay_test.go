package store_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"aixin/store"
)

// What replaying a journal lays out is what serving it wrote: of the batches everything but where they stand, of the entries what they
// changed.
func TestReplay(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l := open(t, dir, options(newClock()))
	submit(t, l, setup(3)...)
	for i := range 3 {
		r := submit(t, l, declare(fmt.Sprintf("hour/%d", i), i, 0))
		submit(t, l, approve(fmt.Sprintf("approved/%d", i), r.Entry.Index))
	}
	served := l.Rows()
	closeBook(t, l)
	of := func(families string, rows map[string]string) map[string]string {
		kept := maps.Clone(rows)
		maps.DeleteFunc(kept, func(key, _ string) bool { return !strings.Contains(families, key[:1]) })
		return kept
	}
	entries, batches := map[string]string{}, map[string]string{}
	note := func(to map[string]string) func(store.Rows) bool {
		return func(rows store.Rows) bool {
			for key, value := range rows {
				to[string(key)] = string(value)
			}
			return true
		}
	}
	if err := store.Replay(t.Context(), dir, 0, note(entries), note(batches)); err != nil {
		t.Fatal(err)
	}
	if want := of("flsdt", served); len(want) < 50 || !maps.Equal(of("flsdt", batches), want) {
		t.Errorf("batches: got %d rows, want %d", len(of("flsdt", batches)), len(want))
	}
	if want := of("fls", served); !maps.Equal(entries, want) {
		t.Errorf("entries: got %d rows, want %d", len(entries), len(want))
	}
}
