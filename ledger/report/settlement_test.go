package report_test

import (
	"testing"

	"aixin/ledger"
	"aixin/ledger/report"
)

// What the shops of the worked example are owed: as much as their accounts say in all, and in two halves what they are owed in both.
func TestSettlement(t *testing.T) {
	t.Parallel()
	b := odd(t)
	v := b.View(seen)
	draw := func(p report.Period) report.SettlementReport {
		t.Helper()
		r, err := report.Settlement(v, scopeOf(t, v, ""), p, entries(b.Memory))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	var booked ledger.Amount
	for row, err := range v.TrialBalance() {
		if err != nil {
			t.Fatal(err)
		}
		if row.Account.ID.Class() == ledger.ClassRedeemed {
			booked -= row.Balance
		}
	}
	whole := draw(report.Period{})
	if got := whole.Total.Owed(); got != booked || got == 0 {
		t.Errorf("owed %d, booked %d", got, booked)
	}
	cut := ledger.NewDate(2026, 2, 6)
	early, late := draw(report.Period{To: cut}), draw(report.Period{From: cut.AddDays(1)})
	if got := early.Total.Owed() + late.Total.Owed(); got != booked || whole.Total.Back == 0 {
		t.Errorf("in two halves %d, want %d; %d came back", got, booked, whole.Total.Back)
	}
}
