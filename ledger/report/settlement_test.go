package report_test

import (
	"iter"
	"slices"
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

// However an exchange was paid, it is one slip.
func TestASlipCountsOnce(t *testing.T) {
	t.Parallel()
	b := odd(t)
	v := b.View(seen)
	draw := func(list iter.Seq2[ledger.Entry, error]) report.SettlementRow {
		t.Helper()
		r, err := report.Settlement(v, scopeOf(t, v, ""), report.Period{}, list)
		if err != nil {
			t.Fatal(err)
		}
		return r.Total
	}
	want := draw(entries(b.Memory))
	got := draw(func(yield func(ledger.Entry, error) bool) {
		for e, err := range entries(b.Memory) {
			if !yield(partlyWithGifts(e), err) {
				return
			}
		}
	})
	if got.Slips != want.Slips || got.Back != want.Back || got.Owed() != want.Owed() || got.Fen != want.Fen || got.Slips == 0 {
		t.Errorf("paid with two kinds of points: got %+v, want %+v", got, want)
	}
}

// partlyWithGifts is an entry whose points at a shop were of two kinds, one hundredth of them given.
func partlyWithGifts(e ledger.Entry) ledger.Entry {
	i := slices.IndexFunc(e.Postings, func(p ledger.Posting) bool {
		return p.Account.Class() == ledger.ClassRedeemed && p.Commodity == ledger.Point
	})
	if i < 0 {
		return e
	}
	e.Postings = slices.Clone(e.Postings)
	given := e.Postings[i]
	given.Commodity, given.Amount = ledger.GiftPoint, 1
	if e.Postings[i].Amount < 0 {
		given.Amount = -1
	}
	e.Postings[i].Amount -= given.Amount
	e.Postings = append(e.Postings, given)
	return e
}
