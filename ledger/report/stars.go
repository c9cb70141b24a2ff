package report

import (
	"cmp"
	"fmt"
	"slices"

	"aixin/ledger"
)

// StarReport says who served how long, and what level that is.
type StarReport struct {
	Basis
	Rows   []StarRow    // the longest service first, then in the order of numbers
	Levels []LevelCount // from level 0, which takes nothing, to the highest; a level that units reach otherwise stands once for each
}

// StarRow is the service of one volunteer number.
type StarRow struct {
	Volunteer ledger.VolunteerID
	Unit      ledger.UnitID
	Minutes   ledger.Amount
	Level     int64
	Lacks     ledger.Amount // minutes to the next level; zero at the highest

	Since ledger.Date       // the first day of service that counts; none where all of it does
	Wants []ledger.StarLack // what else the next level takes
}

// LevelCount says how many have reached a level and no higher one.
type LevelCount struct {
	ledger.Star
	Volunteers int64
}

// Stars draws up the levels of the volunteers of a scope: under a table, lowest level first, or without one each under that of the
// rule of their unit on the view's day (B40). Every volunteer number is in it, whatever its standing, also those who belong to a unit
// of the scope beside that of their enrolment: hours are a record that does not lapse. The hours of numbers that were merged are
// those of the one that goes on.
func Stars(v ledger.View, s Scope, table []ledger.Star) (StarReport, error) {
	out := StarReport{Basis: basis(v, s), Levels: []LevelCount{{}}}
	tables := starTables{v, table, map[ledger.UnitID]ledger.StarTable{}}
	if _, err := tables.of(s.Unit, &out); err != nil {
		return out, fmt.Errorf("star report: %w", err)
	}
	for who, err := range v.Volunteers() {
		if err != nil {
			return out, fmt.Errorf("star report: %w", err)
		}
		if who.Into != "" || !slices.ContainsFunc(who.UnitsOn(v.On()), s.Has) {
			continue
		}
		table, err := tables.of(who.Unit, &out)
		if err != nil {
			return out, fmt.Errorf("star report: %w", err)
		}
		merit, err := v.Merit(who, table)
		if err != nil {
			return out, fmt.Errorf("star report: %w", err)
		}
		reached, next, more := table.Reached(merit)
		row := StarRow{Volunteer: who.Volunteer, Unit: who.Unit, Minutes: merit.Minutes, Level: reached.Level, Since: merit.Since}
		if more {
			row.Lacks = max(0, next.Minutes-merit.Minutes)
			for _, lack := range next.Lacks(merit) {
				if lack.What != ledger.StarMinutes {
					row.Wants = append(row.Wants, lack)
				}
			}
		}
		out.Levels[slices.IndexFunc(out.Levels, func(l LevelCount) bool { return l.Star == reached })].Volunteers++
		out.Rows = append(out.Rows, row)
	}
	slices.SortFunc(out.Levels, func(a, b LevelCount) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), cmp.Compare(a.Minutes, b.Minutes))
	})
	slices.SortFunc(out.Rows, func(a, b StarRow) int {
		return cmp.Or(cmp.Compare(b.Minutes, a.Minutes), cmp.Compare(a.Volunteer, b.Volunteer))
	})
	return out, nil
}

// starTables finds the table of each unit once.
type starTables struct {
	view  ledger.View
	given []ledger.Star // for every unit; none where each has that of its rule
	known map[ledger.UnitID]ledger.StarTable
}

// of returns the table of a unit, and sees that its levels stand in the report.
func (t *starTables) of(u ledger.UnitID, out *StarReport) (ledger.StarTable, error) {
	if table, ok := t.known[u]; ok {
		return table, nil
	}
	table := ledger.StarTable{Levels: t.given}
	if t.given == nil {
		var err error
		if table, err = t.view.StarsOf(u); err != nil {
			return table, err
		}
	}
	for _, star := range table.Levels {
		if !slices.ContainsFunc(out.Levels, func(l LevelCount) bool { return l.Star == star }) {
			out.Levels = append(out.Levels, LevelCount{Star: star})
		}
	}
	t.known[u] = table
	return table, nil
}
