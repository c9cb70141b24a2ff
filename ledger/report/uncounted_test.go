package report_test

import (
	"testing"

	"aixin/ledger"
	"aixin/ledger/report"
)

// TestRulesOfUnits holds that a unit's own rule says which hours make a star (B40), how often its shelf is counted (B38), and by how
// much a price may differ from a value (B30); the others keep what the book's first rule says.
func TestRulesOfUnits(t *testing.T) {
	t.Parallel()
	b := worked(t)
	own := []ledger.Star{{Level: 1, Minutes: 60}, {Level: 2, Minutes: 120}}
	b.do("U000006", &ledger.SetRule{Rule: ledger.Rule{
		ID: "own", Version: 1, From: ledger.NewDate(2026, 1, 10), Earns: []ledger.Capture{ledger.Scan}, Rates: []ledger.HourRate{{Code: "VH01", Points: 100}},
		Terms: ledger.Terms{Unit: "C0101"}, Stars: own, Count: ledger.CountRule{Per: ledger.Monthly}, Worth: ledger.Worth{Tolerance: 7},
	}})
	v := b.View(ledger.NewDate(2026, 1, 31))
	got, err := report.Stars(v, scopeOf(t, v, "C01"), nil)
	if err != nil {
		t.Fatal(err)
	}
	differs(t, got.Rows, []report.StarRow{{Volunteer: v1, Unit: "C01", Minutes: 120, Lacks: 5880}, {Volunteer: v2, Unit: "C0101", Minutes: 120, Level: 2}})
	usual := ledger.DefaultStars()
	differs(t, got.Levels, []report.LevelCount{
		{Volunteers: 1}, {Star: own[0]}, {Star: usual[0]}, {Star: own[1], Volunteers: 1}, {Star: usual[1]}, {Star: usual[2]}, {Star: usual[3]}, {Star: usual[4]},
	})
	for unit, want := range map[ledger.UnitID]ledger.Amount{"C0101": 7, "C02": 0, "": 0} {
		if worth, err := report.WorthOf(v, scopeOf(t, v, unit)); err != nil || worth.Tolerance != want {
			t.Errorf("the tolerance of %q is %d, %v", unit, worth.Tolerance, err)
		}
	}

	due := ledger.NewDate(2026, 1, 31)
	for on, want := range map[ledger.Date][]report.Uncounted{due: nil, due.AddDays(1): {{Shop: "S01", Name: "near", Due: due}}} {
		v := b.View(on)
		got, err := report.UncountedShelves(v, scopeOf(t, v, ""))
		if err != nil {
			t.Fatal(err)
		}
		differs(t, got, want)
	}
}
