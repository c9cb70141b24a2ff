package report

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"aixin/ledger"
)

// SettlementReport says what each shop handed out for points in a period, and so what a partner is owed for it.
type SettlementReport struct {
	Basis
	Period
	Rows  []SettlementRow // in the order of the shops' codes
	Total SettlementRow
}

// SettlementRow is what went over the counter of one shop.
type SettlementRow struct {
	Shop   ledger.ShopID
	Unit   ledger.UnitID
	Slips  int64         // exchanges, with those of reservations
	Back   int64         // entries that took exchanges back, in whole or in part
	Points ledger.Amount // handed out for
	Undone ledger.Amount // of them, taken back
	Fen    ledger.Amount // of a yuan, that Owed is worth by the rule of each day (B30), rounded to a fen for each entry; none where it values no points
}

// Owed returns the points that the shop is owed for.
func (r SettlementRow) Owed() ledger.Amount { return r.Points - r.Undone }

func (r SettlementRow) plus(o SettlementRow) SettlementRow {
	return SettlementRow{r.Shop, r.Unit, r.Slips + o.Slips, r.Back + o.Back, r.Points + o.Points, r.Undone + o.Undone, r.Fen + o.Fen}
}

// Settlement draws up what the shops of a scope are owed from the entries behind a view. What came back counts on the day it came back,
// as a statement that was settled is not opened again.
func Settlement(v ledger.View, s Scope, p Period, entries iter.Seq2[ledger.Entry, error]) (SettlementReport, error) {
	out := SettlementReport{Basis: basis(v, s), Period: p}
	rows := map[ledger.ShopID]*SettlementRow{}
	for shop, err := range v.Shops() {
		if err != nil {
			return out, fmt.Errorf("settlement report: %w", err)
		}
		if s.Has(shop.Unit) {
			rows[shop.Shop] = &SettlementRow{Shop: shop.Shop, Unit: shop.Unit}
		}
	}
	rules, err := v.Rules()
	if err != nil {
		return out, fmt.Errorf("settlement report: %w", err)
	}
	for e, err := range entries {
		if err != nil {
			return out, fmt.Errorf("settlement report: %w", err)
		}
		if e.Index >= v.Head().Size {
			break
		}
		if !p.Has(e.On) {
			continue
		}
		if shop, points := taken(e); rows[shop] != nil && points != 0 {
			row := rows[shop]
			rule, _ := rules.ForShop(shop, s.org.Above(row.Unit, e.On), s.by[row.Unit].Rule, e.On)
			row.move(points, rule.Worth.Fen)
		}
	}
	for _, row := range rows {
		if row.Slips+row.Back > 0 {
			out.Rows = append(out.Rows, *row)
		}
	}
	slices.SortFunc(out.Rows, func(a, b SettlementRow) int { return cmp.Compare(a.Shop, b.Shop) })
	for _, row := range out.Rows {
		out.Total = out.Total.plus(row)
	}
	return out, nil
}

// taken returns the points of every kind that an entry moves at a shop: one slip, however it was paid.
func taken(e ledger.Entry) (shop ledger.ShopID, points ledger.Amount) {
	for _, p := range e.Postings {
		if p.Account.Class() == ledger.ClassRedeemed && p.Commodity.Points() {
			shop, points = ledger.ShopID(p.Account.Owner()), points-p.Amount
		}
	}
	return shop, points
}

// move counts points that were taken for goods, or that went back for them, at so many fen for one.
func (r *SettlementRow) move(points, fen ledger.Amount) {
	r.Fen += worth(points, fen) / 100
	if points >= 0 {
		r.Slips, r.Points = r.Slips+1, r.Points+points
		return
	}
	r.Back, r.Undone = r.Back+1, r.Undone-points
}
