package report_test

import (
	"errors"
	"testing"

	"aixin/ledger"
	"aixin/ledger/report"
)

// The shelves of the worked example in February, and the card of one of them.
func TestStockOfPeriod(t *testing.T) {
	t.Parallel()
	b := worked(t)
	v := b.View(seen)
	feb := report.Period{From: ledger.NewDate(2026, 2, 1), To: ledger.NewDate(2026, 2, 28)}
	got, err := report.StockOf(v, scopeOf(t, v, ""), feb, entries(b.Memory))
	if err != nil {
		t.Fatal(err)
	}
	differs(t, got.Rows, []report.StockTurn{
		{Shop: "S01", Item: "SKU-0001", Name: "salt", Opening: 14, Given: 2},
		{Shop: "S02", Item: "SKU-0002", Name: "soap", Opening: 1, Given: 2, Short: 1},
	})
	for _, r := range got.Rows {
		if r.In() != 0 || r.Opening-r.Out() != r.Closing() {
			t.Errorf("%+v: in %d, out %d, closing %d", r, r.In(), r.Out(), r.Closing())
		}
	}
	card, err := report.CardOf(v, "S01", "SKU-0001", report.Period{To: ledger.NewDate(2026, 1, 31)}, entries(b.Memory))
	if err != nil {
		t.Fatal(err)
	}
	var moves [][3]ledger.Amount
	for _, m := range card.Moves {
		moves = append(moves, [3]ledger.Amount{m.In, m.Out, m.Balance})
	}
	differs(t, moves, [][3]ledger.Amount{{10, 0, 10}, {5, 0, 15}, {0, 2, 13}, {1, 0, 14}})
	if card.Opening != 0 || card.Closing != 14 {
		t.Errorf("the card: got %d to %d, want 0 to 14", card.Opening, card.Closing)
	}
}

// Every shelf closes a day as it opens the next, and a card says the same as the list.
func TestStockOfDays(t *testing.T) {
	t.Parallel()
	b := worked(t)
	v := b.View(seen)
	closing := map[ledger.ShopID]ledger.Amount{}
	for day := ledger.NewDate(2026, 1, 1); day <= seen; day++ {
		p := report.Period{From: day, To: day}
		got, err := report.StockOf(v, scopeOf(t, v, ""), p, entries(b.Memory))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range got.Rows { // one item on each shelf
			if r.Opening != closing[r.Shop] {
				t.Errorf("%s opens %s with %d, want %d", r.Shop, day, r.Opening, closing[r.Shop])
			}
			closing[r.Shop] = r.Closing()
			card, err := report.CardOf(v, r.Shop, r.Item, p, entries(b.Memory))
			if err != nil || card.Opening != r.Opening || card.Closing != r.Closing() {
				t.Errorf("%s on %s: the card has %d to %d, the list %+v, %v", r.Shop, day, card.Opening, card.Closing, r, err)
			}
		}
	}
}

func TestCardOfNothing(t *testing.T) {
	t.Parallel()
	b := worked(t)
	v := b.View(seen)
	for shop, item := range map[ledger.ShopID]ledger.Commodity{"S09": "SKU-0001", "S01": "SKU-0009"} {
		_, err := report.CardOf(v, shop, item, report.Period{}, entries(b.Memory))
		if no, ok := errors.AsType[*ledger.Rejection](err); !ok || no.Reason != ledger.NotFound {
			t.Errorf("%s %s: got %v, want not found", shop, item, err)
		}
	}
}
