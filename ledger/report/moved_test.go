package report_test

import (
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
}
