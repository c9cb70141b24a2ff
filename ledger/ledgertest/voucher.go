package ledgertest

import (
	"fmt"
	"slices"

	"aixin/ledger"
)

// Paper vouchers, which belong to the family of the counter's day.

// buildVouchers issues the first book of each shop.
func (g *Generator) buildVouchers() {
	for _, s := range []ledger.ShopID{"S01", "S02"} {
		g.first(steward, &ledger.IssueVouchers{Shop: s, First: 1, Last: 40})
	}
}

func voucherDraws() []draw {
	return []draw{
		{1, func(g *Generator) (ledger.Action, ledger.StaffID) {
			first := 1 + g.rng.Int64N(200)
			return &ledger.IssueVouchers{Shop: g.shop(), First: first, Last: first + g.rng.Int64N(6) - 1}, steward
		}},
		{1, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.VoidVoucher{Shop: g.shop(), Number: g.voucher(), Reason: ledger.ClerkError}, steward
		}},
		{8, func(g *Generator) (ledger.Action, ledger.StaffID) {
			r := g.presence(&ledger.Redeem{Volunteer: g.person(), Shop: pick(g, ledger.ShopID("S01"), "S01", "S02"), Lines: g.lines()})
			r.Voucher, r.Happened = g.voucher(), g.today().AddDays(1-g.rng.IntN(8))
			if g.rng.IntN(12) == 0 {
				r.Happened = g.today().AddDays(-g.rng.IntN(60))
			}
			return r, clerk
		}},
	}
}

// voucher draws a number of the first book of a shop, and now and then one that was not issued.
func (g *Generator) voucher() int64 { return 1 + g.rng.Int64N(42) }

// dayOf says on which day the goods of an exchange that is asked for go out, or went.
func (n *Naive) dayOf(a *ledger.Redeem) ledger.Date {
	if a.Voucher != 0 {
		return a.Happened
	}
	return n.today
}

// wentOut says on which day the goods of an exchange went out.
func wentOut(e *event, a *ledger.Redeem) ledger.Date {
	if a.Voucher != 0 {
		return a.Happened
	}
	return e.on
}

func (n *Naive) issueVouchers(a *ledger.IssueVouchers) Answer {
	if !n.known(string(a.Shop)) {
		return no(ledger.NotFound)
	}
	for number := a.First; number <= a.Last; number++ {
		if n.issued(a.Shop, number) {
			return no(ledger.AlreadyExists)
		}
	}
	return Answer{Kind: ledger.VouchersIssued}
}

// issued reports whether a shop has a voucher of that number.
func (n *Naive) issued(shop ledger.ShopID, number int64) (is bool) {
	each(n, func(_ int, _ *event, a *ledger.IssueVouchers) {
		is = is || (a.Shop == shop && a.First <= number && number <= a.Last)
	})
	return is
}

// gone reports whether a voucher was entered or voided.
func (n *Naive) gone(shop ledger.ShopID, number int64) (is bool) {
	each(n, func(_ int, _ *event, a *ledger.VoidVoucher) { is = is || (a.Shop == shop && a.Number == number) })
	each(n, func(_ int, _ *event, a *ledger.Redeem) { is = is || (a.Shop == shop && a.Voucher == number) })
	return is
}

func (n *Naive) unusedVoucher(shop ledger.ShopID, number int64) Answer {
	switch {
	case !n.issued(shop, number):
		return no(ledger.NotFound)
	case n.gone(shop, number):
		return no(ledger.VoucherUsed)
	}
	return Answer{}
}

// lateVoucher answers for a voucher before anything else of an exchange is asked.
func (n *Naive) lateVoucher(a *ledger.Redeem) Answer {
	if a.Voucher == 0 {
		return Answer{}
	}
	if a.Happened > n.today {
		return no(ledger.DateInFuture)
	}
	if days := ledger.Amount(n.today - a.Happened); days > 31 {
		return noAmount(ledger.TooLate, days, 31)
	}
	return n.unusedVoucher(a.Shop, a.Voucher)
}

// differVouchers compares which numbers lack between those that were entered or voided.
func (n *Naive) differVouchers(m *Memory, shop ledger.ShopID) string {
	var want []int64
	each(n, func(_ int, _ *event, a *ledger.IssueVouchers) {
		if a.Shop != shop {
			return
		}
		var lack []int64
		some := false
		for number := a.First; number <= a.Last; number++ {
			if !n.gone(shop, number) {
				if some {
					lack = append(lack, number)
				}
				continue
			}
			want, lack, some = append(want, lack...), nil, true
		}
	})
	slices.Sort(want)
	f, err := m.View(n.today).Vouchers(shop)
	if err != nil {
		return err.Error()
	}
	if got := f.Missing(); !slices.Equal(got, want) {
		return fmt.Sprintf("missing vouchers of %s: naive %v, book %v", shop, want, got)
	}
	return ""
}

// onPaper is a voucher that is entered or voided, and turns up again.
func (g *Generator) onPaper() {
	shop, number := pick(g, ledger.ShopID("S01"), "S02"), g.voucher()
	redeem := &ledger.Redeem{
		Volunteer: g.spender(), Shop: shop, Presence: ledger.ByCard, Lines: one(sku(1 + g.rng.IntN(3))), Voucher: number,
		Happened: g.today().AddDays(-g.rng.IntN(3)),
	}
	for range 3 {
		if g.rng.IntN(4) == 0 {
			g.ask(steward, &ledger.VoidVoucher{Shop: shop, Number: number, Reason: ledger.ClerkError})
			continue
		}
		if paper := g.ask(clerk, redeem); paper > 0 {
			g.ask(pick(g, reviewer, reviewer, clerk), &ledger.Approve{Record: paper})
		}
	}
}
