package reconcile

import (
	"cmp"
	"slices"
	"sort"

	"aixin/ledger"
)

// The bounds of what a leftover is compared with.
const (
	maxRanked = 5 // candidates that an ambiguous row lists
	maxLooked = 8 // rows of the party before and after its day that may be the nearest
)

// rest puts every row that is left into a class, with what came closest to it.
func (b *bench) rest() {
	b.leave(&b.out, &b.in, MissingInside)
	b.leave(&b.in, &b.out, MissingOutside)
}

func (b *bench) leave(s, other *side, missing Class) {
	look := newLook(b, other)
	back := &lookup{b: b, s: s} // for keys alone
	cancelled := s.cancelled()
	var left []Finding
	for i := range s.rows {
		if s.used[i] {
			continue
		}
		r := s.rows[i]
		f := Finding{Class: missing}
		fitting := look.fitting(r)
		switch {
		case len(fitting) > 0:
			f.Class, f.Candidates = Ambiguous, fitting
		case s.name == Outside && b.rules.unknown(r.Party):
			f.Class = UnknownParty
		case b.rules.outOfPeriod(r):
			f.Class = OutOfPeriod
		case cancelled[int32(i)] || back.takenBack(r):
			f.Class = Reversed
		case r.Waits:
			f.Class = Waiting
		case b.rules.inTransit(r):
			f.Class = InTransit
		}
		if f.Class != Ambiguous {
			f.Candidates = look.nearest(r)
		}
		if s.name == Outside {
			f.Outside = []int32{int32(i)}
		} else {
			f.Inside = []int32{int32(i)}
		}
		left = append(left, f)
	}
	b.findings = append(b.findings, left...) // rows are not used: the other side is yet to be compared with them
}

func (r Rules) unknown(party string) bool {
	if r.Parties == nil {
		return false
	}
	_, known := slices.BinarySearch(r.Parties, party)
	return !known
}

func (r Rules) outOfPeriod(x Row) bool {
	return r.From != 0 && x.On < r.From || r.To != 0 && x.On > r.To
}

func (r Rules) inTransit(x Row) bool {
	return r.Timing > 0 && r.To != 0 && x.On <= r.To && x.On > r.To-ledger.Date(r.Timing)
}

// cancelled finds unused rows of one key and party that add up to nothing by pairs: a row, and another that takes it back.
func (s *side) cancelled() map[int32]bool {
	found := map[int32]bool{}
	for from := 0; from < len(s.rows); {
		to := from
		for to < len(s.rows) && s.rows[to].Key == s.rows[from].Key && s.rows[to].Party == s.rows[from].Party {
			to++
		}
		if s.rows[from].Key != "" && to-from > 1 {
			s.cancel(from, to, found)
		}
		from = to
	}
	return found
}

func (s *side) cancel(from, to int, found map[int32]bool) {
	waiting := map[int64][]int32{}
	for i := from; i < to; i++ {
		amount := s.rows[i].Amount
		if s.used[i] || amount == 0 {
			continue
		}
		if back := waiting[-amount]; len(back) > 0 {
			found[back[0]], found[int32(i)] = true, true //nolint:gosec // rows are counted in 31 bits: see Compare
			waiting[-amount] = back[1:]
			continue
		}
		waiting[amount] = append(waiting[amount], int32(i)) //nolint:gosec // as above
	}
}

// lookup finds rows of a side near to one of the other.
type lookup struct {
	b     *bench
	s     *side
	left  fits
	byDay []int32 // used rows too
}

func newLook(b *bench, s *side) *lookup {
	l := &lookup{b: b, s: s, left: b.split(s), byDay: make([]int32, len(s.rows))}
	for i := range l.byDay {
		l.byDay[i] = int32(i)
	}
	slices.SortFunc(l.byDay, func(x, y int32) int {
		a, c := s.rows[x], s.rows[y]
		return cmp.Or(cmp.Compare(a.Party, c.Party), cmp.Compare(a.On, c.On), cmp.Compare(x, y))
	})
	return l
}

// fitting returns unused rows that would do, nearest day first: of the same key, or of the same party and amount where a key lacks.
func (l *lookup) fitting(r Row) (list []Candidate) {
	var rows []int32
	for i := range l.sameKey(r.Key) {
		if !l.s.used[i] {
			rows = append(rows, i)
		}
	}
	for _, part := range l.left.of(r) {
		if r.Party == "" {
			break
		}
		rows = append(rows, l.closest(l.b.within(l.s, part, r), r)...)
	}
	return l.rank(rows, r, maxRanked, FailedUnique)
}

// closest cuts a span in the order of days to those around a day: the rest cannot be ranked above them.
func (l *lookup) closest(span []int32, r Row) []int32 {
	at := sort.Search(len(span), func(i int) bool { return l.s.rows[span[i]].On >= r.On })
	return span[max(0, at-maxRanked):min(len(span), at+maxRanked)]
}

// sameKey yields at most so many rows with a key as are ranked or looked at.
func (l *lookup) sameKey(key string) func(func(int32) bool) {
	return func(yield func(int32) bool) {
		if key == "" {
			return
		}
		at := sort.Search(len(l.s.rows), func(i int) bool { return l.s.rows[i].Key >= key })
		for i := at; i < len(l.s.rows) && l.s.rows[i].Key == key && i < at+maxLooked; i++ {
			if !yield(int32(i)) { //nolint:gosec // as above
				return
			}
		}
	}
}

// takenBack reports whether a row takes back one of its own side that has the same key.
func (l *lookup) takenBack(r Row) bool {
	if r.Amount >= 0 {
		return false
	}
	for i := range l.sameKey(r.Key) {
		if x := l.s.rows[i]; x.Party == r.Party && x.Amount == -r.Amount {
			return true
		}
	}
	return false
}

// nearest returns the row that differs in the fewest ways, used or not.
func (l *lookup) nearest(r Row) []Candidate {
	var rows []int32
	for i := range l.sameKey(r.Key) {
		rows = append(rows, i)
	}
	at := sort.Search(len(l.byDay), func(i int) bool {
		x := l.s.rows[l.byDay[i]]
		return cmp.Or(cmp.Compare(x.Party, r.Party), cmp.Compare(x.On, r.On)) >= 0
	})
	for _, i := range l.byDay[max(0, at-maxLooked):min(len(l.byDay), at+maxLooked)] {
		if l.s.rows[i].Party == r.Party {
			rows = append(rows, i)
		}
	}
	return l.rank(rows, r, 1, "")
}

// rank orders candidates by in how many ways they differ, then by amount and day, and says why each was not taken.
func (l *lookup) rank(rows []int32, r Row, most int, otherwise Failure) (list []Candidate) {
	slices.Sort(rows)
	rows = slices.Compact(rows)
	for _, i := range rows {
		list = append(list, Candidate{i, l.failed(i, r, otherwise)})
	}
	slices.SortFunc(list, func(x, y Candidate) int {
		a, c := l.s.rows[x.Row], l.s.rows[y.Row]
		return cmp.Or(
			cmp.Compare(len(x.Failed), len(y.Failed)),
			cmp.Compare(distance(a.Amount, r.Amount), distance(c.Amount, r.Amount)),
			cmp.Compare(distance(int64(a.On), int64(r.On)), distance(int64(c.On), int64(r.On))),
			cmp.Compare(x.Row, y.Row))
	})
	return list[:min(len(list), most)]
}

func (l *lookup) failed(i int32, r Row, otherwise Failure) (why []Failure) {
	x := l.s.rows[i]
	say := func(wrong bool, f Failure) {
		if wrong {
			why = append(why, f)
		}
	}
	say(l.s.used[i], FailedUsed)
	say(x.Key != r.Key, FailedKey)
	say(x.Party != r.Party, FailedParty)
	say(x.Amount != r.Amount, FailedAmount)
	say(distance(int64(x.On), int64(r.On)) > int64(l.b.rules.Window), FailedDate)
	say(otherwise != "", otherwise)
	return why
}
