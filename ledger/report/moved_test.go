package report_test

import (
	"slices"
	"testing"

	"aixin/ledger"
	"aixin/ledger/report"
)

// A unit that moves counts for those under which it stood on the day of service, whenever the report is drawn up.
func TestActivityOfMovedUnit(t *testing.T) {
	t.Parallel()
	b := worked(t) // C0101 stands under C01; it served on 9 and 10 January
	fifth := ledger.NewDate(2026, 2, 5)
	b.on(fifth)
	b.do("U000006", &ledger.MoveUnit{Unit: "C0101", Parent: "C02", From: fifth})
	served := func(unit ledger.UnitID, day ledger.Date) int64 {
		t.Helper()
		v := b.View(seen)
		got, err := report.Activity(v, scopeOf(t, v, unit), report.Period{From: day, To: day})
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		for _, row := range got.Rows {
			if row.Unit == "C0101" {
				sum += row.Declared
			}
		}
		return sum
	}
	b.do("U000002", &ledger.DeclareHours{Volunteer: v3, Activity: "A002", Start: ledger.NewStart(fifth, 60), Minutes: 30, Capture: ledger.Scan})
	if was, is := served("C01", ledger.NewDate(2026, 1, 10)), served("C02", ledger.NewDate(2026, 1, 10)); was == 0 || is != 0 {
		t.Errorf("before it moved: got %d records for its unit of then, %d for that of now", was, is)
	}
	if was, is := served("C01", fifth), served("C02", fifth); was != 0 || is != 1 {
		t.Errorf("since it moved: got %d records for its unit of then, %d for that of now", was, is)
	}
	v := b.View(seen)
	if s := scopeOf(t, v, "C02"); !s.Has("C0101") || !s.HasOn("C0101", fifth) || s.HasOn("C0101", fifth.AddDays(-1)) {
		t.Errorf("the scope of the new parent: got %v", s.Units)
	}
	if now := scopeOf(t, v, "C01"); now.Has("C0101") || !now.On(fifth.AddDays(-1)).Has("C0101") {
		t.Errorf("the scope of the old parent, and as it was: got %v, %v", now.Units, now.On(fifth.AddDays(-1)).Units)
	}
}

// A volunteer who moves is listed by the unit of the end of the period, with all that they had; a report of a day has them in the unit
// of that day.
func TestMovedVolunteer(t *testing.T) {
	t.Parallel()
	b := worked(t) // v1 is of C01
	fifth := ledger.NewDate(2026, 2, 5)
	b.do("U000006", &ledger.MoveVolunteer{Volunteer: v1, Unit: "C02", From: fifth.AddDays(1)})
	over := func(unit ledger.UnitID, from, to ledger.Date) []report.PersonRow {
		t.Helper()
		got, err := report.PointsOver(scopeOf(t, b.View(seen), unit), report.Period{From: from, To: to}, entries(b.Memory))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	first := ledger.NewDate(2026, 2, 1)
	differs(t, over("C01", first, fifth), []report.PersonRow{
		{Volunteer: v1, Opening: 150, Redeemed: 50, Closing: 100}, {Volunteer: v2, Opening: 220, Redeemed: 100, Closing: 120},
	})
	differs(t, over("C01", first, fifth.AddDays(1)), []report.PersonRow{{Volunteer: v2, Opening: 220, Redeemed: 100, Closing: 120}})
	if got := over("C02", first, fifth.AddDays(1)); !slices.Contains(got, report.PersonRow{Volunteer: v1, Opening: 150, Redeemed: 50, Closing: 100}) {
		t.Errorf("in the other unit: got %v", got)
	}
	for _, day := range []ledger.Date{fifth, fifth.AddDays(1)} {
		v := b.View(day)
		for _, unit := range []ledger.UnitID{"C01", "C02"} {
			got, err := report.Stars(v, scopeOf(t, v, unit), nil)
			has := slices.ContainsFunc(got.Rows, func(r report.StarRow) bool { return r.Volunteer == v1 && r.Unit == unit })
			if want := (unit == "C02") == (day > fifth); err != nil || has != want {
				t.Errorf("%s in %s: got %t, %v", day, unit, has, err)
			}
		}
	}
}

// The pool of a unit is listed behind its volunteers.
func TestPointsOverOfPools(t *testing.T) {
	t.Parallel()
	b := worked(t)
	rules, err := b.View(seen).Rules()
	if err != nil {
		t.Fatal(err)
	}
	b.on(ledger.NewDate(2026, 2, 6))
	who, err := b.View(seen).Volunteer(v2)
	if err != nil {
		t.Fatal(err)
	}
	unit, err := b.View(seen).Unit(who.Unit)
	if err != nil {
		t.Fatal(err)
	}
	was, _ := rules.For(nil, unit.Rule, seen)
	rule := *was
	rule.Version, rule.From, rule.Donation.Welfare = rule.Version+1, ledger.NewDate(2026, 2, 6), true
	b.do("U000006", &ledger.SetRule{Rule: rule})
	b.do("U000005", &ledger.Donate{Volunteer: v2, Pool: "C01", Points: 70})
	got, err := report.PointsOver(scopeOf(t, b.View(seen), "C01"), report.Period{From: ledger.NewDate(2026, 2, 1), To: ledger.NewDate(2026, 2, 28)}, entries(b.Memory))
	if err != nil {
		t.Fatal(err)
	}
	differs(t, got, []report.PersonRow{
		{Volunteer: v1, Opening: 150, Redeemed: 50, Closing: 100},
		{Volunteer: v2, Opening: 220, Redeemed: 100, Other: -70, Closing: 50},
		{Pool: "C01", Other: 70, Closing: 70},
	})
}
