package ledger_test

import (
	"fmt"
	"strings"

	"aixin/ledger"
)

func (t *table) goods(verb string, w words) ledger.Action {
	t.Helper()
	switch verb {
	case "donor":
		return &ledger.AddDonor{Donor: ledger.DonorID(w.arg(0))}
	case "item":
		return &ledger.AddItem{Item: ledger.Commodity(w.arg(0)), Name: t.or("name", "item"), Points: t.amount(w.arg(1)), From: t.date(w.arg(2))}
	case "price":
		return &ledger.PriceItem{Item: ledger.Commodity(w.arg(0)), Points: t.amount(w.arg(1)), From: t.date(w.arg(2))}
	case "receive":
		return &ledger.Receive{Shop: ledger.ShopID(w.arg(0)), Donor: ledger.DonorID(w.arg(1)), BestBefore: t.date(w.arg(2)), Lines: t.items(w.from(3))}
	}
	return nil
}

func (t *table) items(w []string) []ledger.ItemLine {
	t.Helper()
	var out []ledger.ItemLine
	for _, s := range w {
		if many, n, ok := strings.Cut(s, "x"); ok { // 51x1: a piece each of 51 items
			for i := range t.int(many) {
				out = append(out, ledger.ItemLine{Item: ledger.Commodity(fmt.Sprintf("SKU-%04d", i+1)), Pieces: ledger.Amount(t.int(n))})
			}
			continue
		}
		item, n, _ := strings.Cut(s, "=")
		out = append(out, ledger.ItemLine{Item: ledger.Commodity(item), Pieces: ledger.Amount(t.int(n))})
	}
	return out
}

func goodsForgeries() []forgery {
	return []forgery{
		bodyOf("an old price", policy, func(r *ledger.PriceItem) bool { r.From = r.From.AddDays(-9); return true }),
	}
}
