package report

import (
	"fmt"
	"iter"
	"slices"

	"aixin/ledger"
)

// DeliveryReport lists what donors brought, and what their notes say beside it.
type DeliveryReport struct {
	Basis
	Rows []DeliveryRow // in the order of entries
}

// DeliveryRow is one item of one delivery.
type DeliveryRow struct {
	Entry     ledger.Index
	On        ledger.Date
	Shop      ledger.ShopID
	Donor     ledger.DonorID
	Item      ledger.Commodity
	Source    ledger.GoodsSource
	Note      string
	Only      ledger.Restriction
	Delivered ledger.Amount
	Noted     ledger.Amount // as many as delivered where the note said nothing else
	Fen       ledger.Amount // the value of a piece; 0 where nobody said it
	Price     ledger.Amount // of a piece in points today; 0 where there is none
	Reversed  bool
}

// Lack returns how many pieces the note has that did not come; less than nothing where more came.
func (r DeliveryRow) Lack() ledger.Amount { return r.Noted - r.Delivered }

// Worth returns what a piece is worth at its price, in fen, at a ratio of fen for a point.
func (r DeliveryRow) Worth(ratio ledger.Amount) ledger.Amount { return worth(r.Price, ratio) / 100 }

// Off reports whether a piece's price differs from its value by more than a share of the value, in percent (rule B30).
func (r DeliveryRow) Off(ratio, percent ledger.Amount) bool {
	return r.Fen > 0 && r.Price > 0 && (worth(r.Price, ratio)-r.Fen*100).Abs() > r.Fen*percent
}

// Deliveries lists the deliveries of a view from the entries behind it.
func Deliveries(v ledger.View, s Scope, entries iter.Seq2[ledger.Entry, error]) (DeliveryReport, error) {
	out := DeliveryReport{Basis: basis(v, s)}
	each, err := prices(v)
	if err != nil {
		return out, err
	}
	units := map[ledger.ShopID]ledger.UnitID{}
	for shop, err := range v.Shops() {
		if err != nil {
			return out, fmt.Errorf("delivery report: %w", err)
		}
		units[shop.Shop] = shop.Unit
	}
	reversed := map[ledger.Index]bool{}
	for e, err := range entries {
		if err != nil {
			return out, fmt.Errorf("delivery report: %w", err)
		}
		if e.Index >= v.Head().Size {
			break
		}
		switch body := e.Body.(type) {
		case *ledger.Receive:
			if s.Has(units[body.Shop]) {
				out.Rows = append(out.Rows, delivery(e, body, each)...)
			}
		case *ledger.Reversal:
			reversed[body.Entry] = true
		}
	}
	for i := range out.Rows {
		out.Rows[i].Reversed = reversed[out.Rows[i].Entry]
	}
	return out, nil
}

// delivery lists the items of a delivery, those too that the note has and that did not come at all.
func delivery(e ledger.Entry, a *ledger.Receive, each map[ledger.Commodity]ledger.Amount) (rows []DeliveryRow) {
	row := func(item ledger.Commodity, pieces ledger.Amount) DeliveryRow {
		r := DeliveryRow{
			Entry: e.Index, On: e.On, Shop: a.Shop, Donor: a.Donor, Item: item, Source: a.Source, Note: a.Note, Only: a.Only,
			Delivered: pieces, Noted: pieces, Price: each[item],
		}
		if i := slices.IndexFunc(a.Terms, func(t ledger.ReceiptTerm) bool { return t.Item == item }); i >= 0 {
			r.Fen = a.Terms[i].Fen
			if a.Terms[i].Noted > 0 {
				r.Noted = a.Terms[i].Noted
			}
		}
		return r
	}
	for _, l := range a.Lines {
		rows = append(rows, row(l.Item, l.Pieces))
	}
	for _, t := range a.Terms {
		if t.Noted > 0 && !slices.ContainsFunc(a.Lines, func(l ledger.ItemLine) bool { return l.Item == t.Item }) {
			rows = append(rows, row(t.Item, 0))
		}
	}
	return rows
}
