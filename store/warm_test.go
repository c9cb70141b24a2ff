package store_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
	"aixin/store"
)

// TestWhatWasReadBeforeIsWhatTheIndexHas sends random streams to a store, and compares facts and families as views read them with what the
// index has: in snapshots that were taken before others wrote, beside whoever writes, with room for all that was read and with next to none.
func TestWhatWasReadBeforeIsWhatTheIndexHas(t *testing.T) {
	t.Parallel()
	for seed, room := range []int{1 << 20, 4000} {
		t.Run(fmt.Sprint(room), func(t *testing.T) {
			t.Parallel()
			c := newCompared(t)
			c.store.Chill(room)
			rng := rand.New(rand.NewPCG(uint64(seed), 11))
			g := ledgertest.New(uint64(seed) + 40)
			for _, at := range g.Setup() {
				c.submit(at)
			}
			var ids known
			var beside sync.WaitGroup
			stop := make(chan struct{})
			for i := range uint64(2) {
				beside.Go(func() { readBeside(t, c.store, rand.New(rand.NewPCG(i, 12)), &ids, stop) })
			}
			var held []*pair
			for at := range g.Commands(200) {
				if e, made := c.submit(at); made {
					g.Saw(e)
				}
				if held = append(held, newPair(t, c.store, &ids)); len(held) > 4 {
					n := rng.IntN(len(held))
					held[n].done()
					held = slices.Delete(held, n, n+1)
				}
				for _, p := range held {
					p.compare(rng, 5)
				}
			}
			close(stop)
			beside.Wait()
			for _, p := range held {
				p.compare(rng, 1000)
				p.done()
			}
			if hits := c.store.Warm(); hits == 0 {
				t.Error("nothing was kept")
			}
		})
	}
}

// readBeside compares snapshot after snapshot while somebody else writes.
func readBeside(t *testing.T, l *store.Ledger, rng *rand.Rand, ids *known, stop <-chan struct{}) {
	t.Helper()
	for {
		p := newPair(t, l, ids)
		p.compare(rng, 50)
		p.done()
		select {
		case <-stop:
			return
		default:
		}
	}
}

// known are the ids that some snapshot had: an older one lacks some of them.
type known struct {
	mu  sync.Mutex
	ids []ledger.FactID
}

// pair is one snapshot, as views read it and without what was read before.
type pair struct {
	*testing.T
	warm, plain ledger.Source
	done        func()
	ids         *known
}

func newPair(t *testing.T, l *store.Ledger, ids *known) *pair {
	t.Helper()
	p := &pair{T: t, ids: ids}
	p.warm, p.plain, p.done = l.Sources()
	var all []ledger.FactID
	for f, err := range p.plain.Facts("") {
		if err != nil {
			t.Error(err)
		}
		all = append(all, f.ID)
		if k, ok := strings.CutPrefix(string(f.ID), "key/"); ok && len(k)%2 == 0 {
			all = append(all, ledger.EntryFact(ledger.Index(len(all)))) // that is there, or not yet
		}
	}
	ids.mu.Lock()
	defer ids.mu.Unlock()
	if len(all) > len(ids.ids) {
		ids.ids = all
	}
	return p
}

// compare reads n facts both ways, and the family of one in ten.
func (p *pair) compare(rng *rand.Rand, n int) {
	p.Helper()
	p.ids.mu.Lock()
	ids := p.ids.ids
	p.ids.mu.Unlock()
	for i := range n {
		id := ids[rng.IntN(len(ids))]
		got, err1 := p.warm.Fact(id)
		want, err2 := p.plain.Fact(id)
		if err1 != nil || err2 != nil || !bytes.Equal(got, want) || (got == nil) != (want == nil) {
			p.Errorf("%s: got %q, %v, want %q, %v", id, got, err1, want, err2)
		}
		if i%10 == 0 {
			family, _, _ := strings.Cut(string(id), "/")
			if diff := cmp.Diff(factsOf(p.T, p.plain, ledger.FactID(family+"/")), factsOf(p.T, p.warm, ledger.FactID(family+"/"))); diff != "" {
				p.Errorf("%s (-index +view):\n%s", family, diff)
			}
		}
	}
}

func factsOf(t *testing.T, s ledger.Source, prefix ledger.FactID) (list []ledger.Fact) {
	t.Helper()
	for f, err := range s.Facts(prefix) {
		if err != nil {
			t.Error(err)
		}
		list = append(list, f)
	}
	return list
}
