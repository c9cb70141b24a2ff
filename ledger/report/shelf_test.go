package report_test

import (
	"testing"

	"aixin/ledger"
	"aixin/ledger/report"
)

// TestShelfCorrected holds the stock report on what two people corrected: 15 pieces of salt were brought for everybody, three were
// taken and nine are past their date.
func TestShelfCorrected(t *testing.T) {
	t.Parallel()
	b := worked(t)
	salt := func(n ledger.Amount) []ledger.ItemLine { return []ledger.ItemLine{{Item: "SKU-0001", Pieces: n}} }
	count := b.do("U000004", &ledger.OpenCount{Shop: "S01"})
	b.do("U000004", &ledger.EnterCount{Count: count, Lines: salt(11)}) // of 12: one of the nine is missing
	b.do("U000005", &ledger.ConfirmCount{Count: count, Lines: salt(11)})
	b.do("U000006", &ledger.FinaliseCount{Count: count, Reason: ledger.GoodsMissing})
	count = b.do("U000004", &ledger.OpenCount{Shop: "S02"}) // one that the book did not have was handed out, and nothing is left
	b.do("U000004", &ledger.EnterCount{Count: count, Lines: []ledger.ItemLine{{Item: "SKU-0002"}}})
	b.do("U000005", &ledger.ConfirmCount{Count: count})
	b.do("U000006", &ledger.FinaliseCount{Count: count, Reason: ledger.GoodsUnrecorded})
	scrap := b.do("U000004", &ledger.DeclareWriteOff{Shop: "S01", Lines: salt(5), Reason: ledger.GoodsExpired})
	b.do("U000006", &ledger.ConfirmWriteOff{Paper: scrap})
	relief := b.do("U000005", &ledger.DeclareRelief{Shop: "S01", Lines: salt(1), Case: "2026-7", Application: "R-1", Notice: "G-1"})
	b.do("U000006", &ledger.GiveRelief{Paper: relief})

	v := b.View(seen)
	got, err := report.Stock(v, scopeOf(t, v, ""), entries(b.Memory))
	if err != nil {
		t.Fatal(err)
	}
	want := []report.StockRow{
		{
			Shop: "S01", Item: "SKU-0001", Name: "salt", Received: 15, Given: 4, Returned: 1, OnHand: 5, Past: 3, Lately: 2, Each: 50, Priced: true,
			Lost: 1, Scrapped: 5, Relieved: 1,
			Lots: []report.StockLot{
				{Lot: ledger.Lot{Left: 3, Expires: ledger.NewDate(2026, 1, 20)}, Donor: "D001", Past: true, Value: 150},
				{Lot: ledger.Lot{Left: 2}, Donor: "D001", Value: 100},
			},
		},
		{
			Shop: "S02", Item: "SKU-0002", Name: "soap", Received: 1, Given: 2, Lately: 2, Each: 25, Priced: true,
			Found: 1,
		},
	}
	differs(t, got.Rows, want)
	past := got.PastDate()
	if len(past.Rows) != 1 || len(past.Rows[0].Lots) != 1 || past.Rows[0].Lots[0].Left != 3 {
		t.Errorf("past its date: got %v, want three of the first lot", past.Rows)
	}
}

// TestDeliveries holds a note that was short by two, an item of it that did not come, and a price that is far from the value: salt
// at 0.50 points is worth half a yuan. Rule B30 warns beyond a fifth.
func TestDeliveries(t *testing.T) {
	t.Parallel()
	b := towns(t)
	a := &ledger.Receive{Shop: "S01", Donor: "D001", Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 4}}}
	a.Note, a.Source, a.Only = "N-17", ledger.Donation, "hardship"
	a.Terms = []ledger.ReceiptTerm{{Item: "SKU-0001", Fen: 63, Noted: 6}, {Item: "SKU-0002", Fen: 20, Noted: 1}}
	entry := b.do("U000004", a)
	other := b.do("U000004", &ledger.Receive{Shop: "S02", Donor: "D001", Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 1}}})
	b.do("U000006", &ledger.Reverse{Entry: other, Reason: ledger.ClerkError})

	v := b.View(seen)
	got, err := report.Deliveries(v, scopeOf(t, v, ""), entries(b.Memory))
	if err != nil {
		t.Fatal(err)
	}
	on := ledger.NewDate(2026, 1, 1)
	differs(t, got.Rows, []report.DeliveryRow{
		{
			Entry: entry, On: on, Shop: "S01", Donor: "D001", Item: "SKU-0001", Source: ledger.Donation, Note: "N-17", Only: "hardship",
			Delivered: 4, Noted: 6, Fen: 63, Price: 50,
		},
		{
			Entry: entry, On: on, Shop: "S01", Donor: "D001", Item: "SKU-0002", Source: ledger.Donation, Note: "N-17", Only: "hardship",
			Noted: 1, Fen: 20, Price: 25,
		},
		{Entry: other, On: on, Shop: "S02", Donor: "D001", Item: "SKU-0001", Delivered: 1, Noted: 1, Price: 50, Reversed: true},
	})
	for _, c := range []struct {
		fen, price, percent ledger.Amount
		want                bool
	}{
		{50, 50, 20, false},
		{50, 60, 20, false}, // a fifth more is the last that is not off
		{50, 61, 20, true},
		{50, 40, 20, false},
		{50, 39, 20, true},
		{0, 39, 20, false}, // nobody said what it is worth
		{50, 0, 20, false}, // it has no price yet
	} {
		row := report.DeliveryRow{Fen: c.fen, Price: c.price}
		if got := row.Off(100, c.percent); got != c.want {
			t.Errorf("%d fen at %d: off is %v", c.fen, c.price, got)
		}
	}
}
