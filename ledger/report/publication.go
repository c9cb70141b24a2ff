package report

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"

	"aixin/ledger"
)

// PersonRow is the points of a volunteer over a period, or of a pool. Amounts are as the person sees them.
type PersonRow struct {
	Volunteer ledger.VolunteerID
	Pool      ledger.PoolID // in place of a volunteer
	Opening   ledger.Amount
	Earned    ledger.Amount // credits and opening balances
	Redeemed  ledger.Amount // less what came back
	Other     ledger.Amount // transfers, expiry, reversals
	Closing   ledger.Amount // Opening + Earned − Redeemed + Other
}

// PointsOver adds up the points of a unit's volunteers and pools over a period, from the entries alone: the same entries give the same
// rows, whatever happened later. Who belonged to the unit at the end of the period and has points, or had some, has a row; so has the
// pool of a household that was founded in the unit, and that of a unit itself. Volunteers come before pools.
func PointsOver(s Scope, p Period, entries iter.Seq2[ledger.Entry, error]) ([]PersonRow, error) {
	rows, at := map[string]*PersonRow{}, newWhereabouts()
	for e, err := range entries {
		if err != nil {
			return nil, fmt.Errorf("points of a period: %w", err)
		}
		if e.On > p.To {
			break
		}
		at.see(e)
		for _, posting := range e.Postings {
			if posting.Account.Class() == ledger.ClassPoints && posting.Commodity.Points() {
				owner := posting.Account.Owner()
				if rows[owner] == nil {
					rows[owner] = &PersonRow{}
				}
				rows[owner].add(e, -posting.Amount, p)
			}
		}
	}
	volunteers, pools := []PersonRow{}, []PersonRow{}
	for _, owner := range slices.Sorted(maps.Keys(rows)) {
		r := *rows[owner]
		if r == (PersonRow{}) || !s.Has(at.unitOf(owner, p.To)) {
			continue
		}
		if r.Volunteer = ledger.VolunteerID(owner); r.Volunteer.Valid() {
			volunteers = append(volunteers, r)
			continue
		}
		r.Volunteer, r.Pool = "", ledger.PoolID(owner)
		pools = append(pools, r)
	}
	return append(volunteers, pools...), nil
}

// add counts a movement.
func (r *PersonRow) add(e ledger.Entry, amount ledger.Amount, p Period) {
	r.Closing += amount
	switch {
	case e.On < p.From:
		r.Opening += amount
	case e.Kind == ledger.Approved || e.Kind == ledger.CreditPosted || e.Kind == ledger.OpeningPosted:
		r.Earned += amount
	case exchanges(e):
		r.Redeemed -= amount
	default:
		r.Other += amount
	}
}

// exchanges reports whether an entry exchanges goods for points or takes them back.
func exchanges(e ledger.Entry) bool {
	_, sold := e.Sold()
	return sold || e.Kind == ledger.Returned
}

// GoodsRow is an item on a shelf over a period.
type GoodsRow struct {
	Shop     ledger.ShopID
	Item     ledger.Commodity
	Name     string
	Opening  ledger.Amount
	Received ledger.Amount
	Given    ledger.Amount // less what came back
	Other    ledger.Amount // reversals and corrections, and what was handed out beyond the book
	Closing  ledger.Amount // Opening + Received − Given + Other
}

// GoodsOver adds up the shelves of a unit's shops over a period, from the entries alone.
func GoodsOver(s Scope, p Period, entries iter.Seq2[ledger.Entry, error]) ([]GoodsRow, error) {
	rows, shops, names := map[shelf]*GoodsRow{}, map[ledger.ShopID]bool{}, map[ledger.Commodity]string{}
	for e, err := range entries {
		if err != nil {
			return nil, fmt.Errorf("goods of a period: %w", err)
		}
		if e.On > p.To {
			break
		}
		switch body := e.Body.(type) {
		case *ledger.AddShop:
			shops[body.Shop] = s.Has(body.Unit)
		case *ledger.AddItem:
			names[body.Item] = body.Name
		}
		for _, posting := range e.Postings {
			at := shelf{ledger.ShopID(posting.Account.Owner()), posting.Commodity}
			if posting.Account.Class() != ledger.ClassStock || !shops[at.shop] {
				continue
			}
			if rows[at] == nil {
				rows[at] = &GoodsRow{Shop: at.shop, Item: at.item, Name: names[at.item]}
			}
			rows[at].add(e, posting.Amount, p)
		}
	}
	out := []GoodsRow{}
	for _, r := range rows {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b GoodsRow) int { return cmp.Or(cmp.Compare(a.Shop, b.Shop), cmp.Compare(a.Item, b.Item)) })
	return out, nil
}

func (r *GoodsRow) add(e ledger.Entry, amount ledger.Amount, p Period) {
	r.Closing += amount
	switch {
	case e.On < p.From:
		r.Opening += amount
	case e.Kind == ledger.Received:
		r.Received += amount
	case exchanges(e):
		r.Given -= amount
	default:
		r.Other += amount
	}
}
