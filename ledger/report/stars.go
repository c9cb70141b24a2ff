package report

import (
	"cmp"
	"fmt"
	"slices"

	"aixin/ledger"
)

// Star is a level of recognition and the minutes of credited service that it takes.
type Star struct {
	Level   int64
	Minutes ledger.Amount
}

// DefaultStars is the table of levels that is used where a scheme has none of its own, from the lowest.
func DefaultStars() []Star {
	return []Star{{1, 100 * 60}, {2, 300 * 60}, {3, 600 * 60}, {4, 1000 * 60}, {5, 1500 * 60}}
}

// StarReport says who served how long, and what level that is.
type StarReport struct {
	Basis
	Rows   []StarRow    // the longest service first, then in the order of numbers
	Levels []LevelCount // from level 0, which takes nothing, to the highest
}

// StarRow is the service of one volunteer number.
type StarRow struct {
	Volunteer ledger.VolunteerID
	Unit      ledger.UnitID
	Minutes   ledger.Amount
	Level     int64
	Lacks     ledger.Amount // minutes to the next level; zero at the highest
}

// LevelCount says how many have reached a level and no higher one.
type LevelCount struct {
	Star
	Volunteers int64
}

// Stars draws up the levels of the volunteers of a scope under a table, lowest level first. Every volunteer number is in it, whatever
// its standing, also those who belong to a unit of the scope beside that of their enrolment: hours are a record that does not lapse. The hours of numbers that were merged are those of the one that goes on.
func Stars(v ledger.View, s Scope, table []Star) (StarReport, error) {
	out := StarReport{Basis: basis(v, s), Levels: []LevelCount{{}}}
	for _, star := range table {
		out.Levels = append(out.Levels, LevelCount{Star: star})
	}
	for who, err := range v.Volunteers() {
		if err != nil {
			return out, fmt.Errorf("star report: %w", err)
		}
		if who.Into != "" || !slices.ContainsFunc(who.UnitsOn(v.On()), s.Has) {
			continue
		}
		minutes, err := v.Minutes(who)
		if err != nil {
			return out, fmt.Errorf("star report: %w", err)
		}
		row := StarRow{Volunteer: who.Volunteer, Unit: who.Unit, Minutes: minutes}
		reached := 0
		for reached < len(table) && row.Minutes >= table[reached].Minutes {
			row.Level = table[reached].Level
			reached++
		}
		if reached < len(table) {
			row.Lacks = table[reached].Minutes - row.Minutes
		}
		out.Levels[reached].Volunteers++
		out.Rows = append(out.Rows, row)
	}
	slices.SortFunc(out.Rows, func(a, b StarRow) int {
		return cmp.Or(cmp.Compare(b.Minutes, a.Minutes), cmp.Compare(a.Volunteer, b.Volunteer))
	})
	return out, nil
}
