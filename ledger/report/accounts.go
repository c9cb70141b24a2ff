package report

import (
	"iter"
	"slices"

	"aixin/ledger"
)

// holder is a volunteer of a scope, or a pool, which has a unit and no number of a volunteer; or why there is none.
type holder struct {
	ledger.Volunteer
	err error
}

// holders yields the volunteers and then the pools of a scope with their accounts of points. After an error it ends.
func holders(v ledger.View, s Scope) iter.Seq2[holder, ledger.Account] {
	return func(yield func(holder, ledger.Account) bool) {
		for who, err := range v.Volunteers() {
			if err == nil && !s.Has(who.Unit) {
				continue
			}
			var acct ledger.Account
			if err == nil {
				acct, err = v.Account(ledger.AccountKey{ID: ledger.PointsOf(who.Volunteer), Commodity: ledger.Point})
			}
			if !yield(holder{who, err}, acct) || err != nil {
				return
			}
		}
		for p, err := range v.Pools() {
			if err == nil && !s.Has(p.Unit) {
				continue
			}
			var acct ledger.Account
			if err == nil {
				acct, err = v.Account(ledger.AccountKey{ID: ledger.PoolOf(p.Pool), Commodity: ledger.Point})
			}
			if !yield(holder{ledger.Volunteer{Unit: p.Unit}, err}, acct) || err != nil {
				return
			}
		}
	}
}

// owedLots returns the lots of points and of gift points that somebody has, by expiry. Gift points that never lapse are a lot without a number.
func owedLots(v ledger.View, who holder, points ledger.Account, paired bool) (lots []ledger.Lot, gifts ledger.Account, err error) {
	if !paired || !who.person() {
		return points.Lots, gifts, nil
	}
	gifts, err = v.Account(ledger.AccountKey{ID: ledger.GiftsOf(who.Volunteer.Volunteer), Commodity: ledger.GiftPoint})
	if err != nil || gifts.Balance == 0 {
		return points.Lots, gifts, err
	}
	lots = slices.Concat(points.Lots, gifts.Lots)
	slices.SortStableFunc(lots, func(a, b ledger.Lot) int {
		if a.Before(b) {
			return -1
		}
		return 1
	})
	if loose := gifts.Loose(); loose > 0 {
		lots = append(lots, ledger.Lot{Left: loose})
	}
	return lots, gifts, nil
}

// paired reports whether any version of a rule knows gift points.
func paired(rules ledger.Rules) bool {
	return slices.ContainsFunc(rules.List, func(r ledger.Rule) bool { return len(r.Pairing) > 0 })
}

// person reports whether it is a volunteer, and no pool.
func (h holder) person() bool { return h.Volunteer.Volunteer != "" }

// stock is an item on the shelf of a shop of a scope, or why there is none.
type stock struct {
	shelf
	unit ledger.UnitID
	err  error
}

// stocked yields the shelves of a scope with what stands on them. After an error it ends.
func stocked(v ledger.View, s Scope) iter.Seq2[stock, ledger.Account] {
	return func(yield func(stock, ledger.Account) bool) {
		for shop, err := range v.Shops() {
			if err != nil {
				yield(stock{err: err}, ledger.Account{})
				return
			}
			if !s.Has(shop.Unit) {
				continue
			}
			for item, err := range v.Items() {
				var acct ledger.Account
				if err == nil {
					acct, err = v.Account(ledger.AccountKey{ID: ledger.StockOf(shop.Shop), Commodity: item.Item})
				}
				if !yield(stock{shelf{shop.Shop, item.Item}, shop.Unit, err}, acct) || err != nil {
					return
				}
			}
		}
	}
}
