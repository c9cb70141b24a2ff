package ledgertest

import (
	"fmt"
	"maps"

	"aixin/ledger"
)

// ladder is a table of stars that takes one thing more at each level.
func ladder() []ledger.Star {
	return []ledger.Star{
		{Level: 1, Minutes: 60}, {Level: 2, Minutes: 120, Times: 2, Clean: true}, {Level: 3, Minutes: 240, Times: 3}, {Level: 4, Minutes: 300, Years: 2},
	}
}

// meritDiffers compares what a star goes by, of all years, of this one, and of this one and the last: what somebody served, how often, in
// how many years one after another, and how often somebody complained rightly; and which star that is.
func (n *Naive) meritDiffers(m *Memory, v ledger.VolunteerID) string {
	year, served, streak := n.today.Time().Year(), map[int]bool{}, int64(0)
	want := [3]ledger.Merit{1: {Since: ledger.NewDate(year, 1, 1)}, 2: {Since: ledger.NewDate(year-1, 1, 1)}}
	each(n, func(i int, e *event, a *ledger.DeclareHours) {
		if n.person(a.Volunteer) != n.person(v) {
			return
		}
		on := a.Start.On().Time().Year()
		credited, complained := e.state == "credited", n.complainedOf(i, e, a)
		served[on] = served[on] || credited
		for years := range want {
			if years > 0 && on <= year-years {
				continue
			}
			if credited {
				want[years].Minutes, want[years].Times = want[years].Minutes+a.Minutes, want[years].Times+1
			}
			if complained {
				want[years].Complaints++
			}
		}
	})
	for y := year; served[y] || y == year; y-- {
		if served[y] {
			streak++
		}
	}
	view := m.View(n.today)
	who, err := view.Volunteer(n.person(v))
	if err != nil {
		return err.Error()
	}
	for years := range want {
		want[years].Years = streak
		table := ledger.StarTable{Levels: ladder(), Years: int64(years)}
		got, err := view.Merit(who, table)
		if err != nil || got != want[years] {
			return fmt.Sprintf("merit of %s in %d years: naive %+v, book %+v, %v", v, years, want[years], got, err)
		}
		if d := starDiffers(table, got); d != "" {
			return fmt.Sprintf("star of %s in %d years by %+v: %s", v, years, got, d)
		}
	}
	return ""
}

// starDiffers compares the level that a merit reaches, and what it lacks for the next.
func starDiffers(table ledger.StarTable, m ledger.Merit) string {
	level, lacks := int64(0), map[ledger.StarNeed]ledger.Amount{}
	for _, s := range ladder() {
		if s.Minutes > m.Minutes {
			lacks[ledger.StarMinutes] = s.Minutes - m.Minutes
		}
		if s.Times > m.Times {
			lacks[ledger.StarTimes] = ledger.Amount(s.Times - m.Times)
		}
		if s.Years > m.Years {
			lacks[ledger.StarYears] = ledger.Amount(s.Years - m.Years)
		}
		if s.Clean && m.Complaints > 0 {
			lacks[ledger.StarClean] = ledger.Amount(m.Complaints)
		}
		if len(lacks) > 0 {
			break
		}
		level++
	}
	has, next, more := table.Reached(m)
	got := map[ledger.StarNeed]ledger.Amount{}
	for _, lack := range next.Lacks(m) {
		got[lack.What] = lack.N
	}
	if has.Level != level || more != (level < int64(len(table.Levels))) || !maps.Equal(got, lacks) {
		return fmt.Sprintf("naive level %d and lacks %v, book level %d and lacks %v, next %t", level, lacks, has.Level, got, more)
	}
	return ""
}

// complainedOf reports whether a service was taken back after a complaint, or is credited and was for a request about which one was heard.
func (n *Naive) complainedOf(i int, declared *event, a *ledger.DeclareHours) (yes bool) {
	if declared.state != "reversed" {
		return declared.state == "credited" && a.Request != "" && n.request(a.Request).result == ledger.Bad
	}
	each(n, func(_ int, _ *event, undo *ledger.Reverse) {
		yes = yes || undo.Reason == ledger.Complaint && n.history[undo.Entry].credits == i
	})
	return yes
}
