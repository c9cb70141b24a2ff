package web

import (
	"strconv"

	"aixin/api/catalog"
	"aixin/ledger"
)

// This file says what there is to exchange, and what was set aside.

// Offer is what a shop has for a volunteer.
type Offer struct {
	Shop  ledger.ShopID
	Items []Option // that can be set aside
	Rows  []OwnRow
	Shops []Option // every shop
}

// aboutPieces is from how many pieces on only tens are told: the shelf is not counted at every moment.
const aboutPieces = 10

// Goods lists what a shop has, with what it takes and about how much is left. Without a shop it is the first of the volunteer's unit, else
// the first there is.
func (t Teller) Goods(v ledger.View, id ledger.VolunteerID, shop ledger.ShopID) (Offer, error) {
	who, err := v.Volunteer(id)
	if err != nil {
		return Offer{}, err
	}
	g := Offer{Shop: shop}
	first := ledger.ShopID("")
	for s, err := range v.Shops() {
		if err != nil {
			return g, err
		}
		if first == "" || s.Unit == who.Unit {
			first = s.Shop
		}
		g.Shops = append(g.Shops, Option{Value: string(s.Shop), Text: either(s.Name, string(s.Shop))})
	}
	if g.Shop == "" {
		g.Shop = first
	}
	for i := range g.Shops {
		g.Shops[i].On = g.Shops[i].Value == string(g.Shop)
	}
	if g.Shop == "" {
		return g, nil
	}
	return g, t.shelf(v, &g)
}

// shelf lists what stands on a shelf for anybody.
func (t Teller) shelf(v ledger.View, g *Offer) error {
	for item, err := range v.Items() {
		if err != nil {
			return err
		}
		price, ok := item.PriceOn(v.On())
		if !ok {
			continue
		}
		stock, err := v.Account(ledger.AccountKey{ID: ledger.StockOf(g.Shop), Commodity: item.Item})
		if err != nil {
			return err
		}
		var free ledger.Amount
		for _, l := range stock.Lots {
			if !l.Lapsed(v.On()) && l.Only == "" {
				free += l.Free()
			}
		}
		if free <= 0 {
			continue
		}
		name, left := either(item.Name, string(item.Item)), t.about(free)
		g.Rows = append(g.Rows, OwnRow{Text: name, Notes: []string{t.points(price), left}})
		g.Items = append(g.Items, Option{Value: string(item.Item), Text: name + " · " + t.points(price)})
	}
	return nil
}

// about says how many pieces are left.
func (t Teller) about(pieces ledger.Amount) string {
	if pieces < aboutPieces {
		return t.Say.T("own.goods.left", catalog.Data{"Pieces": strconv.FormatInt(int64(pieces), 10)})
	}
	return t.Say.T("own.goods.about", catalog.Data{"Pieces": strconv.FormatInt(int64(pieces-pieces%10), 10)})
}

// Holds lists what is set aside for a volunteer, each with the form that lets it go.
func (t Teller) Holds(v ledger.View, id ledger.VolunteerID, form func(ledger.Index) *WorkForm) ([]OwnRow, error) {
	who, err := v.Volunteer(id)
	if err != nil {
		return nil, err
	}
	var rows []OwnRow
	for _, i := range who.Holds {
		h, err := v.Hold(i)
		if err != nil {
			return nil, err
		}
		items, err := t.basket(v, h.Lines)
		if err != nil {
			return nil, err
		}
		shop, err := v.Shop(h.Shop)
		if err := unlessMissing(err); err != nil {
			return nil, err
		}
		var points ledger.Amount
		for _, l := range h.Lines {
			points += l.Points
		}
		code, err := NewCode(HoldNumber(i))
		if err != nil {
			return nil, err
		}
		rows = append(rows, OwnRow{Text: items, Form: form(i), Code: &code, Short: HoldNumber(i), Notes: []string{
			t.points(points), t.Say.T("own.goods.until", catalog.Data{"Shop": either(shop.Name, string(h.Shop)), "Date": t.near(h.Ends, v.On())}),
			t.Say.T("own.goods.show"),
		}})
	}
	return rows, nil
}
