package report_test

import (
	"errors"
	"iter"
	"testing"

	"aixin/ledger"
	"aixin/ledger/report"
)

// The worked example turned over in February: what stood at the end of January, what moved, what stands.
func TestTurnover(t *testing.T) {
	t.Parallel()
	b := worked(t)
	v := b.View(seen)
	feb := report.Period{From: ledger.NewDate(2026, 2, 1)}
	got, err := report.TurnoverOf(v, scopeOf(t, v, ""), feb, entries(b.Memory))
	if err != nil {
		t.Fatal(err)
	}
	points := func(v ledger.VolunteerID) ledger.AccountKey {
		return ledger.AccountKey{ID: ledger.PointsOf(v), Commodity: ledger.Point}
	}
	for _, want := range []report.Turnover{
		{Account: points(v1), Opening: -150, Debit: 50},
		{Account: points(v2), Opening: -220, Debit: 100},
		{Account: points(v3), Opening: -300},
		{Account: ledger.AccountKey{ID: ledger.ParseAccountID("stock:S01"), Commodity: "SKU-0001"}, Opening: 14, Credit: 2},
		{Account: ledger.AccountKey{ID: ledger.ParseAccountID("stock:S02"), Commodity: "SKU-0002"}, Opening: 1, Credit: 1},
		{Account: ledger.AccountKey{ID: ledger.ParseAccountID("short:S02"), Commodity: "SKU-0002"}, Credit: 1},
	} {
		differs(t, rowOf(got, want.Account), want)
	}
	for _, total := range got.Totals {
		if total.Opening != 0 || total.Debit != total.Credit || total.Closing() != 0 {
			t.Errorf("%s: got %+v, want a balance", total.Account.Commodity, total)
		}
	}
	for _, r := range got.Classes().Rows {
		if r.Account == (ledger.AccountKey{ID: ledger.ParseAccountID("points"), Commodity: ledger.Point}) {
			differs(t, r, report.Turnover{Account: r.Account, Opening: -670, Debit: 150})
		}
	}
}

// Wherever a period is cut in two, the first part closes with what the second opens with, and both together move what the whole does.
func TestTurnoverOfParts(t *testing.T) {
	t.Parallel()
	b := worked(t)
	v := b.View(seen)
	for _, unit := range []ledger.UnitID{"", "C01", "C02"} {
		s := scopeOf(t, v, unit)
		draw := func(p report.Period) report.TurnoverReport {
			t.Helper()
			r, err := report.TurnoverOf(v, s, p, entries(b.Memory))
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		whole := draw(report.Period{})
		for day := ledger.NewDate(2026, 1, 1); day <= seen; day++ {
			first, second := draw(report.Period{To: day}), draw(report.Period{From: day.AddDays(1)})
			for _, row := range whole.Rows {
				if row.Account.ID == report.Outside() {
					continue // it moves net
				}
				a, z := rowOf(first, row.Account), rowOf(second, row.Account)
				if a.Closing() != z.Opening || a.Debit+z.Debit != row.Debit || a.Credit+z.Credit != row.Credit || z.Closing() != row.Closing() {
					t.Errorf("%s cut after %s: %+v and %+v are not %+v", row.Account, day, a, z, row)
				}
			}
		}
	}
}

// Entries that do not come to what the view has, and a balance that is not zero in all, are found.
func TestTurnoverDiffers(t *testing.T) {
	t.Parallel()
	b := worked(t)
	v := b.View(seen)
	changed := func(change func(*ledger.Entry)) iter.Seq2[ledger.Entry, error] {
		return func(yield func(ledger.Entry, error) bool) {
			for e, err := range entries(b.Memory) {
				change(&e)
				if !yield(e, err) {
					return
				}
			}
		}
	}
	for name, change := range map[string]func(*ledger.Entry){
		"one more": func(e *ledger.Entry) {
			if e.Kind == ledger.Redeemed {
				e.Postings[0].Amount++
			}
		},
		"another account": func(e *ledger.Entry) {
			if e.Kind == ledger.Redeemed {
				e.Postings[0].Account = ledger.ParseAccountID("points:V9999999")
			}
		},
	} {
		if _, err := report.TurnoverOf(v, scopeOf(t, v, ""), report.Period{}, changed(change)); !errors.Is(err, ledger.ErrCorrupt) {
			t.Errorf("%s: got %v, want an error that wraps ErrCorrupt", name, err)
		}
	}
}

// rowOf returns the row of an account; one that nothing moved is empty.
func rowOf(r report.TurnoverReport, k ledger.AccountKey) report.Turnover {
	for _, row := range r.Rows {
		if row.Account == k {
			return row
		}
	}
	return report.Turnover{Account: k}
}
