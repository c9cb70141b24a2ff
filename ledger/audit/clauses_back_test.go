package audit_test

import (
	"time"

	"aixin/ledger"
	"aixin/ledger/audit"
)

// bought redeems nine pieces for 4.50 on the first of April, of which 4.00 come from a lot that lasts one more day and 0.50 from one that
// lasts longer. The rule gives points five days that come back into a lapsed lot.
func bought(b *market) ledger.Index {
	b.revised(func(r *ledger.Rule) { r.ReturnGrace = 5 })
	b.credit(hours(v1, b.on(10), 8, 60, ledger.Roster))
	b.at = ledger.NewDate(2026, 4, 1).Time().Add(4 * time.Hour)
	return b.do(clerk, redeem(v1, 9))
}

// back is every row about what comes back when an entry is undone.
func back() []forged {
	after := func(days, pieces int) func(b *market) ledger.Index {
		return func(b *market) ledger.Index {
			sold := bought(b)
			b.at = b.at.AddDate(0, 0, days)
			return b.do(steward, &ledger.Return{Redemption: sold, Lines: salt(ledger.Amount(pieces)), Reason: ledger.WrongItem})
		}
	}
	undeducted := func(b *market) ledger.Index {
		return b.do(steward, &ledger.Reverse{Entry: lost(b), Reason: ledger.ClerkError})
	}
	longer := func(lots *[]ledger.LotExpiry, n int) { (*lots)[n].Expires++ }
	return []forged{
		{clause: "the grace of what comes back into a lapsed lot", check: "R24", grade: audit.Wrong, play: after(4, 2), forge: func(e *ledger.Entry) {
			longer(&body[*ledger.GoodsReturn](e).Lots, 1)
		}},
		{clause: "what comes back on the last day of its lot has no grace", check: "R24", grade: audit.Wrong, play: after(1, 2), forge: func(e *ledger.Entry) {
			body[*ledger.GoodsReturn](e).Lots[1].Expires += 4
		}},
		{clause: "what comes back into a lot that lasts", check: "R24", grade: audit.Wrong, play: after(4, 1), forge: func(e *ledger.Entry) {
			longer(&body[*ledger.GoodsReturn](e).Lots, 0)
		}},
		{clause: "the last drawn come back first", check: "R24", grade: audit.Wrong, play: after(1, 2), forge: func(e *ledger.Entry) {
			e.Postings[0].Lot = e.Postings[1].Lot
		}},
		{clause: "a return gives more than its lines", check: "R24", grade: audit.Wrong, play: after(1, 2), forge: func(e *ledger.Entry) {
			amounts(e, ledger.Point, -50, -51, 101)
		}},
		{clause: "what lapsed beside it", check: "R24", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.revised(func(r *ledger.Rule) { r.ReturnGrace = 5 })
			b.at = ledger.NewDate(2026, 4, 1).Time().Add(4 * time.Hour)
			sold := b.do(clerk, redeem(v1, 1))
			b.at = b.at.AddDate(0, 0, 4)
			return b.do(steward, &ledger.Return{Redemption: sold, Reason: ledger.WrongItem})
		}, forge: func(e *ledger.Entry) {
			for i, p := range e.Postings {
				if p.Amount.Abs() == 350 {
					e.Postings[i].Amount -= p.Amount / 7
				}
			}
		}},
		{clause: "what an undone exchange gives back", check: "R24", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			return b.do(clerk, &ledger.Undo{Redemption: b.do(clerk, redeem(v1, 2))})
		}, forge: func(e *ledger.Entry) { amounts(e, ledger.Point, -99, 99) }},
		{clause: "a deduction that is taken back gives back less", check: "R24", grade: audit.Wrong, play: undeducted, forge: func(e *ledger.Entry) {
			amounts(e, ledger.Point, -69, 69)
		}},
		{clause: "whose base a deduction gives back that is taken back", check: "R24", grade: audit.Wrong, play: undeducted, forge: func(e *ledger.Entry) {
			for i, p := range e.Postings {
				if p.Account == ledger.BaseOf(string(home)) {
					e.Postings[i].Account = ledger.BaseOf(string(other))
				}
			}
		}},
		{clause: "a deduction that is taken back makes base points last", check: "R24", grade: audit.Wrong, play: undeducted, forge: func(e *ledger.Entry) {
			lots := &body[*ledger.Reversal](e).Lots
			longer(lots, len(*lots)-1)
		}},
		{clause: "of which unit a deduction is taken back", check: "R24", grade: audit.Wrong, play: undeducted, forge: func(e *ledger.Entry) {
			for i, p := range e.Postings {
				if p.Account == acct("deducted:C01") && p.Commodity == ledger.Point {
					e.Postings[i].Account = acct("deducted:C02")
				}
			}
		}},
		{clause: "a gift that is taken back", check: "R24", grade: audit.Wrong, play: func(b *market) ledger.Index {
			housed(b)
			return b.do(steward, &ledger.Reverse{Entry: b.do(clerk, &ledger.Donate{Volunteer: v1, Pool: "C01", Points: 100}), Reason: ledger.ClerkError})
		}, forge: func(e *ledger.Entry) { amounts(e, ledger.Point, 99, -99) }},
	}
}
