package report

import (
	"fmt"

	"aixin/ledger"
)

// Uncounted is a shelf that was not counted in time, by the rule of its shop (B38).
type Uncounted struct {
	Shop ledger.ShopID
	Name string
	Last ledger.Date // the day of its last count; none where it never was
	Due  ledger.Date // the last day on which a count would have been in time
}

// UncountedShelves lists the shelves of a scope that were not counted in time, in the order of shops.
func UncountedShelves(v ledger.View, s Scope) (out []Uncounted, err error) {
	for shop, err := range v.Shops() {
		if err != nil {
			return nil, fmt.Errorf("uncounted shelves: %w", err)
		}
		if !s.Has(shop.Unit) {
			continue
		}
		due, last, err := v.CountDue(shop)
		if err != nil {
			return nil, fmt.Errorf("uncounted shelves: %w", err)
		}
		if due != 0 && due < v.On() {
			out = append(out, Uncounted{shop.Shop, shop.Name, last, due})
		}
	}
	return out, nil
}
