package reconcile

import (
	"cmp"
	"slices"
	"sort"

	"aixin/ledger"
)

// side is one list while it is worked on.
type side struct {
	name Side
	rows []Row
	used []bool
	ids  []int32 // whose parts findings hold: each row is used once, so that it never grows
}

// bench is where the two lists lie.
type bench struct {
	rules    Rules
	out, in  side
	findings []Finding
	result   *Result
}

// Compare puts every row of both sides into exactly one class. Neither side has 2^31 rows: they would not fit into memory.
func Compare(outside, inside []Row, rules Rules, decisions []Decision, opening []Open) *Result {
	b := &bench{rules: rules, out: newSide(Outside, outside), in: newSide(Inside, inside)}
	b.findings = make([]Finding, 0, max(len(outside), len(inside))+8)
	b.result = &Result{Outside: b.out.rows, Inside: b.in.rows, marks: map[Side][]string{}}
	b.decide(decisions)
	b.duplicates()
	b.exact()
	b.sameKey()
	b.near()
	b.sums()
	b.rest()
	b.close(opening)
	return b.result
}

func newSide(name Side, rows []Row) side {
	return side{name, sorted(rows), make([]bool, len(rows)), make([]int32, 0, len(rows))}
}

// take marks rows as used and returns them as a list that findings may hold.
func (s *side) take(rows ...int32) []int32 {
	start := len(s.ids)
	for _, r := range rows {
		s.used[r] = true
		s.ids = append(s.ids, r)
	}
	return s.ids[start:len(s.ids):len(s.ids)]
}

func (b *bench) pair(c Class, o, i int32) { b.match(Finding{Class: c}, []int32{o}, []int32{i}) }

// match adds a finding of rows of both sides. What matches something that the book has not credited yet waits with it, also where
// somebody decided so.
func (b *bench) match(f Finding, out, in []int32) {
	if f.Class.Matched() && slices.ContainsFunc(in, func(i int32) bool { return b.in.rows[i].Waits }) {
		f.Class = Waiting
	}
	f.Outside, f.Inside = b.out.take(out...), b.in.take(in...)
	b.findings = append(b.findings, f)
}

// decide replays what people decided: it comes first, since it says that the rules do not fit these rows.
func (b *bench) decide(decisions []Decision) {
	if len(decisions) == 0 {
		return
	}
	out, in := b.byMark(&b.out), b.byMark(&b.in)
	for _, d := range decisions {
		o, missingOut := b.find(&b.out, out, d.Outside)
		i, missingIn := b.find(&b.in, in, d.Inside)
		if lost := slices.Concat(missingOut, missingIn); len(lost) > 0 {
			b.result.Stale = append(b.result.Stale, lost...)
			continue // a decision holds for the rows it was made about, all of them
		}
		b.match(Finding{Class: Decided, Reason: d.Reason}, o, i)
	}
}

func (b *bench) byMark(s *side) map[string]int32 {
	found := make(map[string]int32, len(s.rows))
	for i, m := range b.marks(s.name, s.rows, func(int32) bool { return true }) {
		found[m] = int32(i)
	}
	return found
}

func (b *bench) find(s *side, at map[string]int32, marks []string) (rows []int32, missing []string) {
	for _, m := range marks {
		if i, ok := at[m]; ok && !s.used[i] && !slices.Contains(rows, i) {
			rows = append(rows, i)
		} else {
			missing = append(missing, m)
		}
	}
	return rows, missing
}

// duplicates takes out what the outside file says again under the same key. Without a key nobody can tell that from two events.
func (b *bench) duplicates() {
	first := int32(-1)
	for i := range b.out.rows {
		if b.out.used[i] || b.out.rows[i].Key == "" {
			continue
		}
		if first >= 0 && compareContent(b.out.rows[first], b.out.rows[i]) == 0 {
			f := Finding{Class: Duplicate, Outside: b.out.take(int32(i))}
			b.findings = append(b.findings, f)
			continue
		}
		first = int32(i)
	}
}

// exact pairs what is the same on both sides.
func (b *bench) exact() {
	i := 0
	for o := range b.out.rows {
		if b.out.used[o] || b.out.rows[o].Key == "" {
			continue
		}
		for i < len(b.in.rows) && (b.in.used[i] || compareContent(b.in.rows[i], b.out.rows[o]) < 0) {
			i++
		}
		if i < len(b.in.rows) && compareContent(b.in.rows[i], b.out.rows[o]) == 0 {
			b.pair(Exact, int32(o), int32(i))
		}
	}
}

// sameKey looks at keys that stand alone on both sides, though something else differs. Where several rows share one, the search
// for sums has them.
func (b *bench) sameKey() {
	b.eachKey(func(out, in []int32) {
		if len(out) == 1 && len(in) == 1 {
			b.pair(b.differs(b.out.rows[out[0]], b.in.rows[in[0]]), out[0], in[0])
		}
	})
}

// eachKey calls f with the unused rows of both sides that have the same key.
func (b *bench) eachKey(f func(out, in []int32)) {
	i := 0
	for o := 0; o < len(b.out.rows); {
		key := b.out.rows[o].Key
		var out, in []int32
		for ; o < len(b.out.rows) && b.out.rows[o].Key == key; o++ {
			if key != "" && !b.out.used[o] {
				out = append(out, int32(o))
			}
		}
		for ; i < len(b.in.rows) && b.in.rows[i].Key <= key; i++ {
			if key != "" && b.in.rows[i].Key == key && !b.in.used[i] {
				in = append(in, int32(i))
			}
		}
		if len(out) > 0 && len(in) > 0 {
			f(out, in)
		}
	}
}

// differs names what is not the same under one key; the gravest first.
func (b *bench) differs(o, i Row) Class {
	switch off := distance(o.Amount, i.Amount); {
	case o.Party != i.Party:
		return OtherParty
	case off > b.rules.Tolerance:
		return OtherAmount
	case o.On != i.On && b.rules.crosses(o, i):
		return InTransit
	case o.On != i.On:
		return OtherDate
	}
	return Exact // within the tolerance that a rule gives
}

// crosses reports whether one of two rows is in the period, the other past its end, and both near it.
func (r Rules) crosses(a, b Row) bool {
	if r.Timing == 0 || r.To == 0 {
		return false
	}
	first, last := min(a.On, b.On), max(a.On, b.On)
	return first <= r.To && last > r.To && last-first <= ledger.Date(r.Timing)
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

// like orders rows by party and amount, then by day.
func (s *side) like() []int32 {
	var list []int32
	for i := range s.rows {
		if !s.used[i] {
			list = append(list, int32(i))
		}
	}
	slices.SortFunc(list, func(x, y int32) int {
		a, c := s.rows[x], s.rows[y]
		return cmp.Or(cmp.Compare(a.Party, c.Party), cmp.Compare(a.Amount, c.Amount), cmp.Compare(a.On, c.On), cmp.Compare(x, y))
	})
	return list
}

// within returns the part of a list in the order of like that has the party and amount of a row, and a day within the window.
func (b *bench) within(s *side, list []int32, r Row) []int32 {
	at := func(on int64) int {
		return sort.Search(len(list), func(i int) bool {
			x := s.rows[list[i]]
			return cmp.Or(cmp.Compare(x.Party, r.Party), cmp.Compare(x.Amount, r.Amount), cmp.Compare(int64(x.On), on)) >= 0
		})
	}
	return list[at(int64(r.On)-int64(b.rules.Window)):at(int64(r.On)+int64(b.rules.Window)+1)]
}

// fits is a span of candidates, split by whether they have a key: two keys that differ never fit.
type fits struct{ keyed, bare []int32 }

func (f fits) of(r Row) (lists [2][]int32) {
	lists[0] = f.bare
	if r.Key == "" {
		lists[1] = f.keyed
	}
	return lists
}

// near pairs rows of which one has no key, where each is the only one that fits the other.
func (b *bench) near() {
	out, in := b.split(&b.out), b.split(&b.in)
	var pairs [][2]int32
	for o := range b.out.rows {
		if b.out.used[o] {
			continue
		}
		if i, ok := b.only(&b.in, in, b.out.rows[o]); ok {
			if back, ok := b.only(&b.out, out, b.in.rows[i]); ok && back == int32(o) {
				pairs = append(pairs, [2]int32{int32(o), i})
			}
		}
	}
	for _, p := range pairs {
		b.pair(Near, p[0], p[1])
	}
	// What still has candidates now is left to the search for sums, and is ambiguous after it.
}

func (b *bench) split(s *side) fits {
	var f fits
	for _, i := range s.like() {
		if s.rows[i].Key == "" {
			f.bare = append(f.bare, i)
		} else {
			f.keyed = append(f.keyed, i)
		}
	}
	return f
}

// only returns the one row of a side that fits, where there is just one.
func (b *bench) only(s *side, f fits, r Row) (found int32, ok bool) {
	if r.Party == "" {
		return 0, false // an amount and a day name nothing
	}
	n := 0
	for _, list := range f.of(r) {
		span := b.within(s, list, r)
		if n += len(span); len(span) > 0 {
			found = span[0]
		}
	}
	return found, n == 1
}
