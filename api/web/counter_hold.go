package web

import (
	"fmt"
	"slices"
	"strconv"

	"aixin/api/catalog"
	"aixin/ledger"
)

// This file says what is set aside for a volunteer, to whoever hands it out.

// HoldNumber writes the number of a hold, which its volunteer shows and the counter scans.
func HoldNumber(i ledger.Index) string { return fmt.Sprintf("P%06d", int64(i)) }

// Held is a hold as the counter shows it.
type Held struct {
	Index  ledger.Index
	Number string
	Goods  string // in one line
	Points string
	Until  string // with the shop
	Here   bool   // it is of this shop
	Lines  []HeldLine
	Sum    string // of what is handed out
}

// HeldLine is one item of a hold.
type HeldLine struct {
	Name, Held, Given, Points string
}

// HeldFor lists what is set aside for a volunteer.
func (t Teller) HeldFor(v ledger.View, id ledger.VolunteerID, at ledger.ShopID) ([]Held, error) {
	who, err := v.Volunteer(id)
	if err != nil {
		return nil, err
	}
	var list []Held
	for _, i := range who.Holds {
		h, err := t.Held(v, i, at, nil)
		if err != nil {
			return nil, err
		}
		list = append(list, h)
	}
	return list, nil
}

// Held says what is set aside, and what of it is handed out: all of it where nothing is named.
func (t Teller) Held(v ledger.View, i ledger.Index, at ledger.ShopID, given []ledger.ItemLine) (Held, error) {
	h, err := v.Hold(i)
	if err != nil {
		return Held{}, err
	}
	shop, err := v.Shop(h.Shop)
	if err := unlessMissing(err); err != nil {
		return Held{}, err
	}
	out := Held{Index: i, Number: HoldNumber(i), Here: h.Shop == at, Until: t.Say.T("own.goods.until", catalog.Data{
		"Shop": either(shop.Name, string(h.Shop)), "Date": t.near(h.Ends, v.On()),
	})}
	if out.Goods, err = t.basket(v, h.Lines); err != nil {
		return out, err
	}
	var all, sum ledger.Amount
	for _, l := range h.Lines {
		item, err := v.Item(l.Item)
		if err := unlessMissing(err); err != nil {
			return out, err
		}
		n := l.Pieces
		if k := slices.IndexFunc(given, func(g ledger.ItemLine) bool { return g.Item == l.Item }); k >= 0 {
			n = given[k].Pieces
		} else if len(given) > 0 {
			n = 0
		}
		points := l.Points / l.Pieces * n
		all, sum = all+l.Points, sum+points
		out.Lines = append(out.Lines, HeldLine{
			either(item.Name, string(l.Item)), strconv.FormatInt(int64(l.Pieces), 10), strconv.FormatInt(int64(n), 10), t.points(points),
		})
	}
	out.Points, out.Sum = t.points(all), t.points(sum)
	return out, nil
}
