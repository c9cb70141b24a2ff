package report_test

import (
	"testing"

	"aixin/ledger"
	"aixin/ledger/report"
)

// What lapses within sixty days is told, under the shortest warning that it is within; what has lapsed is the run's, and what
// never lapses nobody's.
func TestExpiring(t *testing.T) {
	t.Parallel()
	b, today := towns(t), ledger.NewDate(2026, 3, 1)
	b.on(today)
	opening := func(v ledger.VolunteerID, points ledger.Amount, days int) {
		b.credit("U000006", &ledger.DeclareOpening{Volunteer: v, Points: points, Expires: today.AddDays(days)})
	}
	opening(v1, 100, 61)
	opening(v2, 250, 60)
	opening(v3, 320, 30)
	for _, c := range []struct {
		on      int
		warning []int64
	}{
		{on: 0, warning: []int64{30, 60}},
		{on: 1, warning: []int64{30, 60, 60}},
		{on: 22, warning: []int64{30, 60, 60}},
		{on: 23, warning: []int64{7, 60, 60}},
		{on: 30, warning: []int64{7, 30, 60}},
		{on: 31, warning: []int64{30, 30}},
		{on: 61, warning: []int64{7}},
		{on: 62},
	} {
		v := b.View(today.AddDays(c.on))
		got, err := report.Expiring(v, scopeOf(t, v, ""))
		if err != nil {
			t.Fatal(err)
		}
		var sum ledger.Amount
		var warnings []int64
		for _, r := range got.Rows {
			sum += r.Points
			warnings = append(warnings, r.Warning)
			if want := int64(r.Expires - v.On()); r.Days != want {
				t.Errorf("day %d: %s has %d days, want %d", c.on, r.Volunteer, r.Days, want)
			}
		}
		if got.Total != sum {
			t.Errorf("day %d: the rows sum to %d, the total is %d", c.on, sum, got.Total)
		}
		differs(t, warnings, c.warning)
	}
}
