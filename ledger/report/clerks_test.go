package report_test

import (
	"testing"
	"time"

	"aixin/ledger"
	"aixin/ledger/report"
)

// What the staff of the worked example did in February, when one of everything went wrong.
func TestClerks(t *testing.T) {
	t.Parallel()
	b := odd(t)
	v := b.View(seen)
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	hours := report.WorkHours{Zone: zone, From: 7 * 60, Until: 21 * 60}
	feb := report.Period{From: ledger.NewDate(2026, 2, 1), To: seen}
	got, err := report.Clerks(v, scopeOf(t, v, ""), feb, hours, entries(b.Memory))
	if err != nil {
		t.Fatal(err)
	}
	first, sixth, eighth := ledger.NewDate(2026, 2, 5), ledger.NewDate(2026, 2, 6), ledger.NewDate(2026, 2, 8)
	differs(t, got.Rows, []report.ClerkRow{
		{Staff: "U000001", Entries: 1, Days: 1, First: eighth, Last: eighth},
		{Staff: "U000002", Entries: 3, Days: 1, Declared: 3, First: sixth, Last: sixth},
		{Staff: "U000003", Entries: 3, Days: 1, Approved: 2, Undone: 1, First: sixth, Last: sixth},
		{Staff: "U000004", Entries: 4, Days: 2, OffHours: 1, First: sixth, Last: sixth.AddDays(1)},
		{
			Staff: "U000005", Entries: 9, Days: 3, Exchanges: 6, Points: 350, Pieces: 8, Back: 2, Typed: 1, Vouchers: 1,
			First: first, Last: eighth,
		},
		{Staff: "U000006", Entries: 6, Days: 1, Reversals: 1, First: sixth, Last: sixth},
	})
	near, err := report.Clerks(v, scopeOf(t, v, "C02"), feb, hours, entries(b.Memory))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range near.Rows {
		if r.Staff == "U000004" {
			t.Errorf("of the other town: got %+v, want nothing of the keeper", r)
		}
	}
}
