package audit_test

import (
	"fmt"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/ledger/audit"
	"aixin/ledger/ledgertest"
)

// TestEachWayToLapseIsWorkedOut credits an hour on the days at which ways to lapse come apart: what the book says is found right, and a
// day more is found wrong. The days are worked out by hand.
func TestEachWayToLapseIsWorkedOut(t *testing.T) {
	t.Parallel()
	day := ledger.NewDate
	for _, x := range []struct {
		way    string
		in     int64
		of     ledger.Date // where the way is a day
		on     ledger.Date
		expect ledger.Date
	}{
		{ledger.ExpiresMonths, 1, 0, day(2027, 1, 31), day(2027, 2, 28)},
		{ledger.ExpiresMonths, 13, 0, day(2027, 1, 31), day(2028, 2, 29)},
		{ledger.ExpiresMonths, 12, 0, day(2028, 2, 29), day(2029, 2, 28)},
		{ledger.ExpiresMonths, 11, 0, day(2027, 2, 1), day(2028, 1, 1)},
		{ledger.ExpiresYearEnd, 0, 0, day(2027, 12, 31), day(2027, 12, 31)},
		{ledger.ExpiresYearEnd, 1, 0, day(2027, 1, 1), day(2028, 12, 31)},
		{ledger.ExpiresMonthEnd, 0, 0, day(2028, 2, 1), day(2028, 2, 29)},
		{ledger.ExpiresMonthEnd, 3, 0, day(2027, 11, 30), day(2028, 2, 29)},
		{ledger.ExpiresQuarterEnd, 0, 0, day(2027, 3, 31), day(2027, 3, 31)},
		{ledger.ExpiresQuarterEnd, 1, 0, day(2027, 10, 1), day(2028, 3, 31)},
		{ledger.ExpiresDay, 0, day(2026, 6, 30), day(2027, 6, 30), day(2027, 6, 30)},
		{ledger.ExpiresDay, 0, day(2026, 6, 30), day(2027, 7, 1), day(2028, 6, 30)},
		{ledger.ExpiresDay, 0, day(2028, 2, 29), day(2027, 3, 1), day(2028, 2, 29)},
		{ledger.ExpiresDay, 0, day(2028, 2, 29), day(2028, 3, 1), day(2029, 2, 28)},
		{"", 0, 0, day(2027, 1, 31), 0},
	} {
		b := opened(t)
		b.revised(func(r *ledger.Rule) { r.Expires, r.ExpiresIn, r.ExpiresOn = x.way, x.in, x.of })
		b.at = x.on.Time().Add(time.Hour)
		i := b.credit(hours(v1, x.on, 8, 60, ledger.Roster))
		one := audit.Options{Checks: []audit.Number{"R26"}, Since: x.on}
		wrong := func(journal [][]byte) (list []audit.Finding) {
			for _, f := range run(t, one, journal).Results[0].Findings {
				if f.Grade == audit.Wrong {
					list = append(list, f)
				}
			}
			return list
		}
		name := fmt.Sprintf("%s %d %s on %s", x.way, x.in, x.of, x.on)
		if found := wrong(b.Journal); len(found) > 0 {
			t.Errorf("%s: found in the lawful book: %+v", name, found)
		}
		said := ledger.Date(0)
		forged, err := ledgertest.Forge(b.Journal, i, func(e *ledger.Entry) {
			credit := body[*ledger.Credit](e)
			said = credit.Expires
			credit.Expires++
		})
		if err != nil {
			t.Fatal(err)
		}
		if found := wrong(forged); said != x.expect || len(found) != 1 || found[0].Ought != x.expect.String() {
			t.Errorf("%s: the book says %s, and of a day more is found %+v; want %s", name, said, found, x.expect)
		}
	}
}

// TestMinutesAreRoundedAgain holds what the audit counts of minutes against what a rule does, around each step, the least and the most.
func TestMinutesAreRoundedAgain(t *testing.T) {
	t.Parallel()
	for _, step := range []ledger.Amount{1, 15, 30, 60} {
		for _, up := range []bool{false, true} {
			b := opened(t)
			b.revised(func(r *ledger.Rule) {
				r.Step, r.HalfUp, r.Least, r.SessionCap, r.DayCap, r.Caps = step, up, 30, 120, 180, nil
			})
			b.on(3)
			for n, minutes := range []ledger.Amount{7, 8, 14, 15, 22, 23, 29, 30, 37, 38, 44, 45, 119, 121, 134, 135, 150} {
				day := ledger.NewDate(2026, 3, 4).AddDays(n)
				b.at = day.Time().Add(12 * time.Hour)
				for start, more := range []ledger.Amount{minutes, 150, 60} { // which the cap of a day meets
					b.do(leader, hours(v1, day, 1+start*4, more, ledger.Roster))
				}
			}
			if found := run(t, audit.Options{Checks: []audit.Number{"R27"}}, b.Journal).Results[0].Findings; len(found) > 0 {
				t.Errorf("step %d, half up %t: %+v", step, up, found)
			}
		}
	}
}
