package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
	"aixin/store"
)

// TestWhatWaitsIsWhatASearchFinds sends random streams to a store, and compares what its queues say waits with a search through all
// records: while the queues fill, in views that were taken before others were dealt with, and after the book was closed, copied while it
// was written, and rebuilt.
func TestWhatWaitsIsWhatASearchFinds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := newCompared(t)
			g := ledgertest.New(seed + 20)
			rng := rand.New(rand.NewPCG(seed, 7))
			for _, at := range g.Setup() {
				c.submit(at)
			}
			n, waited := 0, 0
			for at := range g.Commands(600) {
				if e, made := c.submit(at); made {
					g.Saw(e)
				}
				n++
				switch {
				case n%200 == 0:
					c.interrupt(n/200 - 1)
				case n%60 == 0:
					waited += c.searched(rng)
				case n%200 == 100:
					c.store.Queued()
				case n%200 == 190: // until the book is opened again
					c.store.Unqueued()
					waited += c.searched(rng)
				}
			}
			if waited == 0 {
				t.Error("nothing ever waited")
			}
		})
	}
}

// searched compares a view with its own records, some of which are dealt with while it is read.
func (c *compared) searched(rng *rand.Rand) (waited int) {
	c.Helper()
	v, done, err := c.store.View(c.Context(), store.AsOf{})
	if err != nil {
		c.Fatal(err)
	}
	defer done()
	all := records(c, v)
	for _, rec := range all {
		if rec.State == ledger.Pending && rng.IntN(3) == 0 {
			c.sendBack(rec)
		}
	}
	if _, now, err := c.store.View(c.Context(), store.AsOf{}); err != nil { // the index has seen it
		c.Fatal(err)
	} else {
		now()
	}
	units := []ledger.UnitID{}
	for u, err := range v.Units() {
		if err != nil {
			c.Fatal(err)
		}
		units = append(units, u.Unit)
	}
	queries := []ledger.WaitQuery{{}, {States: ledger.WaitStates()}, {States: []ledger.RecordState{ledger.AwaitingNotice}}}
	for _, u := range units {
		queries = append(queries, ledger.WaitQuery{Units: []ledger.UnitID{u}}, ledger.WaitQuery{States: ledger.WaitStates(), Units: []ledger.UnitID{u, units[0]}})
	}
	for who, err := range v.Volunteers() {
		if err != nil {
			c.Fatal(err)
		}
		one := []ledger.VolunteerID{who.Volunteer}
		queries = append(queries, ledger.WaitQuery{States: ledger.WaitStates(), Volunteers: one}, ledger.WaitQuery{Volunteers: append(one, who.Merged...), Units: units[:1]})
	}
	if len(all) > 0 {
		after := all[rng.IntN(len(all))].Index
		queries = append(queries, ledger.WaitQuery{After: after}, ledger.WaitQuery{After: after - 1, States: ledger.WaitStates()})
	}
	for _, q := range queries {
		got, want := []ledger.Index{}, []ledger.Index{}
		for rec, err := range v.Waiting(q) {
			if err != nil {
				c.Fatal(err)
			}
			got = append(got, rec.Index)
		}
		states := q.States
		if states == nil {
			states = []ledger.RecordState{ledger.Pending}
		}
		for _, rec := range all {
			if rec.Index > q.After && slices.Contains(states, rec.State) && (q.Units == nil || slices.Contains(q.Units, rec.Unit)) &&
				(q.Volunteers == nil || slices.Contains(q.Volunteers, rec.Volunteer)) {
				want = append(want, rec.Index)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			c.Errorf("at %d, %+v (-search +queues):\n%s", v.Head().Size, q, diff)
		}
		waited += len(got)
	}
	return waited
}

// sendBack ends the waiting of a record, if it may be.
func (c *compared) sendBack(rec ledger.Record) {
	c.Helper()
	at := c.clock.now()
	for _, actor := range []ledger.StaffID{"U000001", "U000002", "U000003", "U000004", "U000005"} {
		cmd := ledger.Command{
			Key: ledger.Key(fmt.Sprintf("back/%d/%s", rec.Index, actor)), Actor: actor,
			Do: &ledger.ReturnRecord{Record: rec.Index, Reason: ledger.DoubleEntry},
		}
		if _, made := c.submit(ledgertest.Timed{Command: cmd, At: at}); made {
			return
		}
	}
}

func records(c *compared, v ledger.View) (all []ledger.Record) {
	c.Helper()
	for rec, err := range v.Records() {
		if err != nil {
			c.Fatal(err)
		}
		all = append(all, rec)
	}
	return all
}
