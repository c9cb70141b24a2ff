package store

import (
	"fmt"
	"testing"

	"aixin/ledger"
)

// A filter never forgets, in however many layers; and it is seldom wrong about what it was not told.
func TestFilter(t *testing.T) {
	t.Parallel()
	f := newFilter()
	const n = 5 * filterRoom
	id := func(family string, i int) ledger.FactID { return ledger.FactID(fmt.Sprintf("%s/%d", family, i)) }
	for i := range n {
		f.add(id("key", i))
	}
	wrong := 0
	for i := range n {
		if !f.has(id("key", i)) {
			t.Fatalf("%s was added, and the filter says that it was not", id("key", i))
		}
		if f.has(id("day", i)) {
			wrong++
		}
	}
	if len(f.layers) < 2 || wrong > n/10 {
		t.Errorf("got %d layers and %d of %d needless answers", len(f.layers), wrong, n)
	}
}

func BenchmarkFilter(b *testing.B) {
	f := newFilter()
	for i := range 1_000_000 {
		f.add(ledger.FactID(fmt.Sprintf("key/%d", i)))
	}
	for b.Loop() {
		f.has("key/none")
	}
}
