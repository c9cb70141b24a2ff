package ledgertest

import (
	"slices"

	"aixin/ledger"
)

// sale is an exchange, and who served.
type sale struct {
	index ledger.Index
	clerk ledger.StaffID
}

// setAside is a hold that is open.
type setAside struct {
	index ledger.Index
	who   int
	ends  ledger.Date
	lines []ledger.ItemLine
}

// serves says who stands at the counter.
func (y *Year) serves(p *place) ledger.StaffID {
	if p.standIn != "" && y.day <= p.standUntil && y.one(3) {
		return p.standIn
	}
	return p.clerk
}

// visit exchanges what somebody can pay, sets it aside, or has it fetched.
func (y *Year) visit(n int) {
	who := &y.people[n]
	p, lines := who.place, y.basket(who)
	if len(lines) == 0 {
		return
	}
	if y.one(40) {
		y.do(p.clerk, &ledger.Hold{Volunteer: who.id, Shop: p.shop, Lines: lines}, func(e ledger.Entry) {
			if body, ok := e.Body.(*ledger.Reservation); ok {
				p.holds = append(p.holds, setAside{e.Index, n, body.Ends, lines})
			}
		})
		return
	}
	do := &ledger.Redeem{Volunteer: who.id, Shop: p.shop, Lines: lines, Presence: who.presence(), Proxy: who.fetches}
	if y.one(50) && who.fetches == "" {
		do.Presence, do.Slip = ledger.ByTyped, "S1"
	}
	clerk := y.serves(p)
	y.do(clerk, do, func(e ledger.Entry) {
		if e.Kind == ledger.Redeemed {
			p.sales, p.serving = append(p.sales, sale{e.Index, clerk}), true
		}
	})
}

func (y *Year) basket(who *person) (basket []ledger.ItemLine) {
	left := y.purse(who)
	if y.day >= lastQuarter() && !who.heads && y.one(5) {
		left = who.has + y.homes[who.home] // which is their household's, whose head they are not
	}
	if y.one(30) {
		left *= 3
	}
	for range 1 + y.rng.IntN(3) {
		n := y.rng.IntN(len(y.prices))
		if y.one(2) {
			n = y.rng.IntN(4) // salt and soap
		}
		if y.prices[n] <= left && !slices.ContainsFunc(basket, func(l ledger.ItemLine) bool { return l.Item == sku(n+1) }) {
			basket = append(basket, ledger.ItemLine{Item: sku(n + 1), Pieces: ledger.Amount(1 + y.rng.IntN(2))})
			left -= y.prices[n] * basket[len(basket)-1].Pieces
		}
	}
	if left < 0 && len(basket) > 0 {
		basket = basket[:1]
		basket[0].Pieces = 1
	}
	return basket
}

// collect closes holds: most are collected, some in part, some are given up, and the run ends the rest.
func (y *Year) collect() {
	for _, p := range y.places {
		p.holds = slices.DeleteFunc(p.holds, func(h setAside) bool {
			fetches := y.people[h.who].fetches
			switch {
			case h.ends < y.day:
				y.do(yearSteward, &ledger.EndHold{Hold: h.index}, nil)
			case y.one(12):
				y.do(p.clerk, &ledger.Release{Hold: h.index, Reason: ledger.OwnRequest}, nil)
			case y.one(15) && len(h.lines) > 1:
				y.do(p.clerk, &ledger.Settle{Hold: h.index, Lines: h.lines[:1], Presence: y.people[h.who].presence(), Proxy: fetches}, func(ledger.Entry) { p.serving = true })
			case y.one(6):
				y.do(p.clerk, &ledger.Settle{Hold: h.index, Presence: y.people[h.who].presence(), Proxy: fetches}, func(ledger.Entry) { p.serving = true })
			default:
				return false
			}
			return true
		})
	}
}

// powerCut enters what went out on paper the day before. One number of the book is spoiled, and one more is not found.
func (y *Year) powerCut(p *place, _ int) {
	y.do(p.reviewer, &ledger.VoidVoucher{Shop: p.shop, Number: p.voucher + 1, Reason: ledger.ClerkError}, nil)
	p.voucher += 2
	for _, n := range some(y, y.readyIn(p), 3) {
		lines := y.basket(&y.people[n])
		if len(lines) == 0 || y.day == yearFrom() {
			continue
		}
		p.voucher++
		y.do(p.clerk, &ledger.Redeem{
			Volunteer: y.people[n].id, Shop: p.shop, Lines: lines, Presence: y.people[n].presence(), Proxy: y.people[n].fetches, Voucher: p.voucher, Happened: y.day.AddDays(-1),
		}, func(ledger.Entry) { p.serving = true })
	}
}

// readyIn lists who can pay for the cheapest piece in a place.
func (y *Year) readyIn(p *place) (list []int) {
	for _, n := range p.people {
		if y.purse(&y.people[n]) >= 200 {
			list = append(list, n)
		}
	}
	return list
}

// presence says how somebody is present who comes, or has somebody come.
func (who *person) presence() ledger.Presence {
	if who.fetches != "" {
		return ledger.ByProxy
	}
	return ledger.ByCard
}
