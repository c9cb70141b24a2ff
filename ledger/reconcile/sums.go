package reconcile

import (
	"cmp"
	"slices"
	"sort"

	"aixin/ledger"
)

// proposal is one row of a side and several of the other that add up to it.
type proposal struct {
	one  int32
	many []int32
}

// sums finds one-to-many and many-to-one. Both are looked for in what the passes before left, and a proposal holds only where none
// of its rows is in another, so that it does not matter which was found first.
func (b *bench) sums() {
	b.keySums()
	splits := b.propose(&b.out, &b.in)
	joins := b.propose(&b.in, &b.out)
	wantedOut, wantedIn := make(map[int32]int), make(map[int32]int)
	tally := func(list []proposal, one, many map[int32]int) {
		for _, p := range list {
			one[p.one]++
			for _, m := range p.many {
				many[m]++
			}
		}
	}
	tally(splits, wantedOut, wantedIn)
	tally(joins, wantedIn, wantedOut)
	alone := func(p proposal, one, many map[int32]int) bool {
		return one[p.one] == 1 && !slices.ContainsFunc(p.many, func(m int32) bool { return many[m] != 1 })
	}
	for _, p := range splits {
		if alone(p, wantedOut, wantedIn) {
			b.match(Finding{Class: Sum}, []int32{p.one}, p.many)
		}
	}
	for _, p := range joins {
		if alone(p, wantedIn, wantedOut) {
			b.match(Finding{Class: Sum}, p.many, []int32{p.one})
		}
	}
}

// keySums takes a key that has one row on one side and several on the other, all of which add up to it. One party must have them.
func (b *bench) keySums() {
	b.eachKey(func(out, in []int32) {
		if (len(out) == 1) == (len(in) == 1) {
			return
		}
		party, total := b.out.rows[out[0]].Party, int64(0)
		for _, o := range out {
			total += b.out.rows[o].Amount
			if b.out.rows[o].Party != party {
				return
			}
		}
		for _, i := range in {
			total -= b.in.rows[i].Amount
			if r := b.in.rows[i]; r.Party != party || distance(int64(r.On), int64(b.out.rows[out[0]].On)) > int64(b.rules.Window) {
				return
			}
		}
		if total == 0 {
			b.match(Finding{Class: Sum}, out, in)
		}
	})
}

// propose looks for rows of the other side that add up to one of this.
func (b *bench) propose(ones, others *side) (found []proposal) {
	list := others.byDay()
	for i := range ones.rows {
		if ones.used[i] || ones.rows[i].Party == "" {
			continue
		}
		r := ones.rows[i]
		pool := b.pool(others, list, r)
		if len(pool) < 2 || len(pool) > MaxPool {
			continue
		}
		search := adder{rows: others.rows, pool: pool}
		if search.look(0, r.Amount); search.ways == 1 {
			found = append(found, proposal{int32(i), search.found})
		}
	}
	return found
}

// byDay lists the unused rows of a side by party and day.
func (s *side) byDay() []int32 {
	var list []int32
	for i := range s.rows {
		if !s.used[i] {
			list = append(list, int32(i))
		}
	}
	slices.SortFunc(list, func(x, y int32) int {
		a, c := s.rows[x], s.rows[y]
		return cmp.Or(cmp.Compare(a.Party, c.Party), cmp.Compare(a.On, c.On), cmp.Compare(x, y))
	})
	return list
}

// pool returns rows of the party within the window whose keys do not contradict; one more than MaxPool where there are more.
func (b *bench) pool(s *side, list []int32, r Row) (pool []int32) {
	low := r.On - ledger.Date(b.rules.Window)
	at := sort.Search(len(list), func(i int) bool {
		x := s.rows[list[i]]
		return cmp.Or(cmp.Compare(x.Party, r.Party), cmp.Compare(x.On, low)) >= 0
	})
	for _, i := range list[at:] {
		x := s.rows[i]
		if x.Party != r.Party || x.On > r.On+ledger.Date(b.rules.Window) || len(pool) > MaxPool {
			break
		}
		if r.Key == "" || x.Key == "" {
			pool = append(pool, i)
		}
	}
	return pool
}

// adder counts the ways in which rows of a pool add up to an amount; two are as bad as many.
type adder struct {
	rows  []Row
	pool  []int32
	taken []int32
	found []int32
	ways  int
}

func (a *adder) look(from int, left int64) {
	if len(a.taken) >= 2 && left == 0 {
		a.ways++
		a.found = slices.Clone(a.taken)
	}
	if len(a.taken) == MaxParts || a.ways > 1 {
		return
	}
	for i := from; i < len(a.pool); i++ {
		a.taken = append(a.taken, a.pool[i])
		a.look(i+1, left-a.rows[a.pool[i]].Amount)
		a.taken = a.taken[:len(a.taken)-1]
	}
}
