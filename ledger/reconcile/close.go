package reconcile

import (
	"cmp"
	"math"
	"slices"
)

// close orders the findings, proves that they hold every row, and rolls the open items forward.
func (b *bench) close(opening []Open) {
	order := map[Class]int{}
	for i, c := range Classes() {
		order[c] = i
	}
	first := func(rows []int32) int32 {
		if len(rows) == 0 {
			return math.MaxInt32 // what is only in the book comes after the rows of the file
		}
		return rows[0]
	}
	slices.SortStableFunc(b.findings, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(order[x.Class], order[y.Class]), cmp.Compare(first(x.Outside), first(y.Outside)),
			cmp.Compare(first(x.Inside), first(y.Inside)))
	})
	b.result.Findings = b.findings
	b.result.OutsideProof = b.prove(&b.out, func(f Finding) []int32 { return f.Outside })
	b.result.InsideProof = b.prove(&b.in, func(f Finding) []int32 { return f.Inside })
	b.roll(opening)
}

// prove counts the rows of a side twice: as they are, and as the findings have them.
func (b *bench) prove(s *side, of func(Finding) []int32) Proof {
	p := Proof{ByClass: map[Class]Count{}}
	for _, r := range s.rows {
		p.Total.add(r)
	}
	for _, f := range b.findings {
		count, group := p.ByClass[f.Class], &p.Exceptions
		switch {
		case f.Class.Matched():
			group = &p.Matched
		case f.Class.Timing():
			group = &p.Timing
		}
		for _, i := range of(f) {
			count.add(s.rows[i])
			group.add(s.rows[i])
		}
		if len(of(f)) > 0 {
			p.ByClass[f.Class] = count
		}
	}
	return p
}

// roll names what is open now and compares it with what was open before. An item that was open and is not found open now was
// closed: it matched, was decided on, or is no longer in the file.
func (b *bench) roll(opening []Open) {
	shown := map[Side]map[int32]bool{Outside: {}, Inside: {}}
	for _, f := range b.findings {
		if f.Class.Matched() && f.Class != Decided {
			continue
		}
		for _, i := range f.Outside {
			shown[Outside][i] = true
		}
		for _, i := range f.Inside {
			shown[Inside][i] = true
		}
	}
	for _, s := range []*side{&b.out, &b.in} {
		b.result.marks[s.name] = b.marks(s.name, s.rows, func(i int32) bool { return shown[s.name][i] })
	}
	for _, f := range b.findings {
		if f.Class.Matched() {
			continue
		}
		for _, i := range f.Outside {
			b.result.Open = append(b.result.Open, Open{Outside, b.result.marks[Outside][i], b.out.rows[i].Amount})
		}
		for _, i := range f.Inside {
			b.result.Open = append(b.result.Open, Open{Inside, b.result.marks[Inside][i], b.in.rows[i].Amount})
		}
	}
	before := map[Open]bool{}
	roll := &b.result.RollForward
	count := func(c *Count, o Open) { *c = c.plus(Count{1, o.Amount}) }
	for _, o := range opening {
		if !before[o] {
			before[o] = true
			count(&roll.Opening, o)
			count(&roll.Closed, o) // unless it is met again below
		}
	}
	for _, o := range b.result.Open {
		count(&roll.Closing, o)
		if before[o] {
			roll.Closed = roll.Closed.plus(Count{-1, -o.Amount})
		} else {
			count(&roll.New, o)
		}
	}
}
