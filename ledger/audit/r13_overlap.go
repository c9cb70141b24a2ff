package audit

import (
	"cmp"
	"slices"

	"aixin/ledger"
)

// The hours of a day beyond which somebody ought to look, where the rule says nothing of long days.
const longDay = 8 * 60

// overlaps looks at the service of each person, under all of their numbers: two at one time, and days that are too long.
type overlaps struct{ nothing }

func (overlaps) end(r *run) {
	people := map[ledger.VolunteerID][]*record{}
	for _, rec := range r.declared {
		if rec.hours != nil && !rec.gone {
			who := r.goesOn(rec.volunteer)
			people[who] = append(people[who], rec)
		}
	}
	for who, list := range people {
		slices.SortStableFunc(list, func(a, b *record) int { return cmp.Compare(a.hours.Start, b.hours.Start) })
		r.overlapping(who, list)
		r.longDays(who, list)
	}
}

// overlapping looks for service that begins before other service of the same person ends.
func (r *run) overlapping(who ledger.VolunteerID, list []*record) {
	till := func(rec *record) int64 { return int64(rec.hours.Start) + int64(rec.hours.Minutes) }
	longest := list[0]
	for _, rec := range list[1:] {
		if int64(rec.hours.Start) < till(longest) {
			grade := oneNumber(longest, rec)
			if queried(rec, ledger.QueryOverlap) || queried(longest, ledger.QueryOverlap) {
				grade = Noted
			}
			r.found(grade, string(who), rec.hours.Start.String(), "", longest.index, rec.index)
		}
		if till(rec) > till(longest) {
			longest = rec
		}
	}
}

// longDays adds up the minutes of each day.
func (r *run) longDays(who ledger.VolunteerID, list []*record) {
	for len(list) > 0 {
		n := 0
		var sum ledger.Amount
		var entries []ledger.Index
		for n < len(list) && list[n].day() == list[0].day() {
			sum += list[n].hours.Minutes
			entries = append(entries, list[n].index)
			n++
		}
		day := slices.Clone(list[:n])
		list = list[n:]
		slices.SortFunc(day, func(a, b *record) int { return cmp.Compare(a.index, b.index) })
		if grade, most := r.mostOf(day); sum > most {
			r.found(grade, string(who), count(sum), count(most), entries...)
		}
	}
}

// mostOf returns how many minutes a day may have, and how grave more are: each record is held against its own rule, with what stood of
// its own number before it.
func (r *run) mostOf(day []*record) (grade Grade, most ledger.Amount) {
	before := map[ledger.VolunteerID]ledger.Amount{}
	for _, rec := range day {
		before[rec.volunteer] += rec.hours.Minutes
		rule := r.ruleOf(rec)
		if rule == nil {
			continue
		}
		sum := before[rec.volunteer]
		if rule.DayLimit > 0 && sum > rule.DayLimit {
			return Wrong, rule.DayLimit
		}
		if long := rule.LongDay.Minutes; long > 0 && sum > long && !queried(rec, ledger.QueryLongDay) {
			return Wrong, long
		}
	}
	return Noted, longDay
}

// queried reports whether the book asked a reviewer to look.
func queried(rec *record, q ledger.Query) bool {
	if rec.hours != nil {
		return slices.Contains(rec.hours.Queries, q)
	}
	return rec.acts != nil && slices.Contains(rec.acts.Queries, q)
}
