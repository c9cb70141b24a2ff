package report_test

import (
	"testing"

	"aixin/ledger"
	"aixin/ledger/report"
)

// Every sequence of numbers, one with a gap, one with a number twice, and some that are as they should be.
func TestGaps(t *testing.T) {
	t.Parallel()
	b, day := towns(t), ledger.NewDate(2026, 2, 5)
	b.on(day)
	b.credit("U000006", &ledger.DeclareOpening{Volunteer: v3, Points: 9000})
	b.do("U000004", &ledger.Receive{Shop: "S02", Donor: "D001", Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 90}}})
	one := []ledger.ItemLine{{Item: "SKU-0001", Pieces: 1}}
	slip := func(number string) {
		b.do("U000005", &ledger.Redeem{Volunteer: v3, Shop: "S02", Lines: one, Presence: ledger.ByCard, Slip: number})
	}
	for _, number := range []string{"A-03", "A-04", "A-07", "A-07", "A-10", "B-1", "20260205001", "20260205003", "20260206001", "none"} {
		slip(number)
	}
	b.do("U000006", &ledger.IssueVouchers{Shop: "S02", First: 101, Last: 110})
	b.do("U000006", &ledger.IssueVouchers{Shop: "S02", First: 201, Last: 203})
	voucher := func(number int64) {
		b.do("U000003", &ledger.Approve{Record: b.do("U000005", &ledger.Redeem{
			Volunteer: v3, Shop: "S02", Lines: one, Presence: ledger.ByCard, Voucher: number, Happened: day,
		})})
	}
	voucher(103)
	voucher(106)
	b.do("U000006", &ledger.VoidVoucher{Shop: "S02", Number: 104, Reason: ledger.ClerkError})
	for i, sheet := range []string{"0001", "0001", "0004"} {
		b.do("U000002", &ledger.DeclareActs{Volunteer: v3, Code: "RC01", Quantity: 50, On: day.AddDays(-i), Sheet: sheet})
	}
	b.do("U000005", &ledger.CloseCounter{Shop: "S02"})
	v := b.View(day)
	got, err := report.Gaps(v, scopeOf(t, v, ""), entries(b.Memory))
	if err != nil {
		t.Fatal(err)
	}
	differs(t, got.Rows, []report.Sequence{
		{What: report.NumberedCloses, Of: "S02", First: 1, Last: 1, Used: 1},
		{What: report.NumberedSheets, Of: "C02", First: 1, Last: 4, Used: 2, Missing: []report.Span{{First: 2, Last: 3}}},
		{What: report.NumberedSlips, Of: "S02", Prefix: "20260205", First: 1, Last: 3, Used: 2, Missing: []report.Span{{First: 2, Last: 2}}},
		{What: report.NumberedSlips, Of: "S02", Prefix: "A-", First: 3, Last: 10, Used: 4, Missing: []report.Span{{First: 5, Last: 6}, {First: 8, Last: 9}}, Repeated: []int64{7}},
		{What: report.NumberedVolunteers, First: 1, Last: 3, Used: 3},
		{What: report.NumberedVouchers, Of: "S02", First: 101, Last: 106, Used: 2, Void: 1, Unused: 4, Missing: []report.Span{{First: 101, Last: 102}, {First: 105, Last: 105}}},
		{What: report.NumberedVouchers, Of: "S02", First: 201, Last: 200, Unused: 3},
	})
	if n := got.Rows[5].Lacking(); n != 3 {
		t.Errorf("vouchers that lack: got %d, want 3", n)
	}
	near, err := report.Gaps(v, scopeOf(t, v, "C01"), entries(b.Memory))
	if err != nil || len(near.Rows) != 0 {
		t.Errorf("of the other town: got %+v, %v, want nothing", near.Rows, err)
	}
}
