package audit_test

import (
	"slices"
	"strings"
	"time"

	"aixin/ledger"
	"aixin/ledger/audit"
)

// clock moves the clock to an hour and minute of a day of March, where the book is.
func (b *market) clock(day, hour, minute int) {
	b.at = ledger.NewDate(2026, 3, day).Time().Add(time.Duration(hour-8)*time.Hour + time.Duration(minute)*time.Minute)
}

func stated() []forged {
	merged := func(b *market) ledger.Index {
		b.on(3)
		b.do(steward, &ledger.Enroll{Volunteer: v4, Unit: "C01"})
		return b.do(steward, &ledger.Merge{From: v1, Into: v4})
	}
	return []forged{
		{clause: "points that stand on no lot", check: "R01", grade: audit.Wrong, play: twice, forge: func(e *ledger.Entry) {
			for i, p := range e.Postings {
				if p.Account == ledger.PointsOf(v1) {
					e.Postings[i].Lot = 0
				}
			}
		}},
		{clause: "what a transfer states", check: "R01", grade: audit.Wrong, play: given, forge: func(e *ledger.Entry) { body[*ledger.Gift](e).Points++ }},
		{clause: "what a merge states", check: "R01", grade: audit.Wrong, play: merged, forge: func(e *ledger.Entry) { body[*ledger.Merger](e).Points-- }},
		{clause: "what somebody leaves behind", check: "R01", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			b.do(steward, &ledger.DeclareLeave{Volunteer: v1, Reason: ledger.OwnRequest})
			return b.do(steward, &ledger.Leave{Volunteer: v1})
		}, forge: func(e *ledger.Entry) { amounts(e, ledger.Point, 399, -399) }},
		{clause: "what was set aside", check: "R03", grade: audit.Wrong, play: func(b *market) ledger.Index { // 4.00, of which 3.00 are
			b.on(3)
			b.do(clerk, &ledger.Hold{Volunteer: v1, Shop: "S01", Lines: salt(6)})
			return b.do(clerk, redeem(v1, 2))
		}, forge: func(e *ledger.Entry) { amounts(e, ledger.Point, 101, -101) }},
		{clause: "a notice that lacks", check: "R04", grade: audit.Wrong, play: func(b *market) ledger.Index {
			day := b.on(3)
			last := ledger.Index(0)
			for n := range int64(2) {
				last = b.do(publisher, &ledger.Publish{
					What: ledger.PublishPoints, Unit: "C01", Number: n + 1, Period: "2026-02", From: day, Until: day + 10, SHA256: strings.Repeat("a", 64), Size: 10,
				})
			}
			return last
		}, forge: func(e *ledger.Entry) { body[*ledger.Publish](e).Number = 3 }},
		{clause: "a slip that was used twice", check: "R04", grade: audit.Noted, play: func(b *market) ledger.Index {
			b.on(3)
			typed := func(v ledger.VolunteerID, slip string) ledger.Index {
				x := redeem(v, 1)
				x.Presence, x.Slip = ledger.ByTyped, slip
				return b.do(clerk, x)
			}
			typed(v1, "1")
			return typed(v2, "2")
		}, forge: func(e *ledger.Entry) { body[*ledger.Exchange](e).Slip = "1" }},
		{clause: "a number of a volunteer that lacks", check: "R04", grade: audit.Noted, play: func(b *market) ledger.Index {
			b.on(3)
			return b.do(steward, &ledger.Enroll{Volunteer: v4, Unit: "C01"})
		}, forge: func(e *ledger.Entry) { body[*ledger.Enroll](e).Volunteer = ledger.NewVolunteerID(5) }},
		{clause: "a transfer that makes points last", check: "R26", grade: audit.Wrong, play: given, forge: func(e *ledger.Entry) {
			body[*ledger.Gift](e).Lots[0].Expires++
		}},
		{clause: "a merge that makes points last", check: "R26", grade: audit.Wrong, play: merged, forge: func(e *ledger.Entry) {
			body[*ledger.Merger](e).Lots[0].Expires++
		}},
		{clause: "until when a credit lasts", check: "R26", grade: audit.Wrong, play: func(b *market) ledger.Index {
			return b.credit(hours(v1, b.on(3), 8, 60, ledger.Roster))
		}, forge: func(e *ledger.Entry) { body[*ledger.Credit](e).Expires++ }},
		{clause: "until when gift points last", check: "R26", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.classed()
			b.do(steward, &ledger.SetClasses{Volunteer: v1, Classes: []ledger.Beneficiary{"hardship"}})
			return b.do(steward, &ledger.GrantGift{Volunteer: v1, Points: 100})
		}, forge: func(e *ledger.Entry) { body[*ledger.GiftGrant](e).Expires++ }},
		{clause: "gift points are owed too", check: "R28", grade: audit.Noted, play: func(b *market) ledger.Index {
			b.classed()
			b.do(steward, &ledger.SetClasses{Volunteer: v1, Classes: []ledger.Beneficiary{"hardship"}})
			return b.do(steward, &ledger.GrantGift{Volunteer: v1, Points: 1800}) // beside 7.00 that were earned: 80 % of 25.00 are on the shelf
		}, forge: func(e *ledger.Entry) {
			body[*ledger.GiftGrant](e).Points++
			amounts(e, ledger.GiftPoint, -1801, 1801)
		}},
		{clause: "until when base points last", check: "R26", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.classed()
			return b.do(steward, &ledger.GrantBase{Volunteer: v1})
		}, forge: func(e *ledger.Entry) { body[*ledger.BaseGrant](e).Expires++ }},
		{clause: "a lapsed lot of which some is left", check: "R26", grade: audit.Wrong, play: expired, forge: func(e *ledger.Entry) {
			amounts(e, ledger.Point, 399, -399)
		}},
		{clause: "what an expiry carries on", check: "R26", grade: audit.Wrong, play: expired, forge: func(e *ledger.Entry) {
			x := body[*ledger.Expiry](e)
			x.Carried, x.Expires = 10, e.On+10
		}},
		{clause: "what lapsed and was left", check: "R26", grade: audit.Noted, play: func(b *market) ledger.Index { // of the one of two who was forgotten
			b.shown = 22
			i := expired(b)
			b.do(steward, &ledger.Expire{Volunteer: v2})
			return i
		}, forge: func(e *ledger.Entry) { *e = donor(e) }},
	}
}

// given is a transfer of 1.00.
func given(b *market) ledger.Index {
	b.revised(func(r *ledger.Rule) { r.Transfer = true })
	b.on(3)
	return b.do(clerk, &ledger.Transfer{From: v1, To: v2, Points: 100})
}

// classed sets a version of the rule under which gift and base points last until the end of the month.
func (b *market) classed() {
	b.t.Helper()
	b.revised(func(r *ledger.Rule) {
		r.Base = ledger.Base{Points: 500, Per: ledger.Monthly}
		r.Pairing = []ledger.GiftPair{{Class: "hardship", Task: 1, Gift: 1}}
		r.Classes = []ledger.ClassExpiry{
			{Class: ledger.ClassGift, Expires: ledger.ExpiresMonthEnd}, {Class: ledger.ClassBase, Expires: ledger.ExpiresMonthEnd},
		}
	})
	b.on(3)
}

// expired is the expiry of the first volunteer's points, on the day after their last.
func expired(b *market) ledger.Index {
	b.at = ledger.NewDate(2026, 4, 3).Time()
	return b.do(steward, &ledger.Expire{Volunteer: v1})
}

// dayAtCounter is the second close of a counter: after two exchanges, of which one was undone and one of another day came back.
func dayAtCounter(b *market) ledger.Index {
	b.on(3)
	sold := b.do(clerk, redeem(v1, 2))
	b.do(clerk, &ledger.CloseCounter{Shop: "S01"})
	b.do(clerk, redeem(v2, 2))
	b.do(clerk, &ledger.Undo{Redemption: b.do(clerk, redeem(v1, 1))})
	b.do(steward, &ledger.Return{Redemption: sold, Lines: salt(1), Reason: ledger.WrongItem})
	return b.do(clerk, &ledger.CloseCounter{Shop: "S01"})
}

func dayCloses() (list []forged) {
	for clause, forge := range map[string]func(x *ledger.CounterClose){
		"number":                    func(x *ledger.CounterClose) { x.Number++ },
		"the close before it":       func(x *ledger.CounterClose) { x.Previous-- },
		"the hash of that":          func(x *ledger.CounterClose) { x.Leaf[0] ^= 1 },
		"exchanges":                 func(x *ledger.CounterClose) { x.Exchanges-- },
		"undone":                    func(x *ledger.CounterClose) { x.Undone-- },
		"returns":                   func(x *ledger.CounterClose) { x.Returns-- },
		"points that came back":     func(x *ledger.CounterClose) { x.BackPoints -= 50 },
		"vouchers":                  func(x *ledger.CounterClose) { x.Vouchers = []int64{7} },
		"pieces of an item":         func(x *ledger.CounterClose) { x.Items[0].Pieces-- },
		"pieces that came back":     func(x *ledger.CounterClose) { x.Items[0].Back-- },
		"what was written off":      func(x *ledger.CounterClose) { x.Items[0].Scrapped++ },
		"an item that is left out":  func(x *ledger.CounterClose) { x.Items = nil },
		"a clerk who was not there": func(x *ledger.CounterClose) { x.Clerks = append(x.Clerks, ledger.DayClerk{Clerk: keeper}) },
		"a clerk that is left out":  func(x *ledger.CounterClose) { x.Clerks = nil },
		"what a clerk did":          func(x *ledger.CounterClose) { x.Clerks[0].Clerk = keeper },
		"what a clerk undid":        func(x *ledger.CounterClose) { x.Clerks[0].Undone-- },
	} {
		list = append(list, forged{clause: clause, check: "R05", grade: audit.Wrong, play: dayAtCounter, forge: func(e *ledger.Entry) {
			forge(body[*ledger.CounterClose](e))
		}})
	}
	slices.SortFunc(list, func(a, b forged) int { return strings.Compare(a.clause, b.clause) })
	return list
}

// counted finalises a count that finds a piece less than the 39 of the book.
func counted(b *market) ledger.Index {
	b.on(3)
	b.do(clerk, redeem(v1, 1))
	count := b.do(keeper, &ledger.OpenCount{Shop: "S01"})
	b.do(keeper, &ledger.EnterCount{Count: count, Lines: salt(38)})
	b.do(clerk, &ledger.ConfirmCount{Count: count})
	return b.do(steward, &ledger.FinaliseCount{Count: count, Reason: ledger.GoodsMissing})
}

func shelves() []forged {
	typed := func(b *market) ledger.Index {
		b.on(3)
		x := redeem(v1, 1)
		x.Presence, x.Slip = ledger.ByTyped, "1"
		return b.do(clerk, x)
	}
	writtenOff := func(b *market) ledger.Index {
		b.on(3)
		paper := b.do(keeper, &ledger.DeclareWriteOff{Shop: "S01", Lines: salt(1), Reason: ledger.GoodsDamaged})
		return b.do(steward, &ledger.ConfirmWriteOff{Paper: paper})
	}
	return []forged{
		{clause: "what a count posts", check: "R06", grade: audit.Wrong, play: counted, forge: func(e *ledger.Entry) { amounts(e, "SKU-0001", -2, 2) }},
		{clause: "more than there is of a lot of goods", check: "R06", grade: audit.Wrong, play: twice, forge: func(e *ledger.Entry) {
			amounts(e, "SKU-0001", -20, 20)
		}},
		{clause: "one good for another", check: "R07", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			b.do(steward, &ledger.AddItem{Item: "SKU-0002", Name: "soap", Points: 50, From: b.on(3)})
			b.do(keeper, &ledger.Receive{Shop: "S01", Donor: "D001", Lines: []ledger.ItemLine{{Item: "SKU-0002", Pieces: 20}}})
			both := redeem(v1, 2)
			both.Lines = append(both.Lines, ledger.ItemLine{Item: "SKU-0002", Pieces: 1})
			return b.do(clerk, both)
		}, forge: func(e *ledger.Entry) {
			amounts(e, "SKU-0001", -1, 1)
			amounts(e, "SKU-0002", -2, 2)
		}},
		{clause: "goods given without an exchange", check: "R07", grade: audit.Wrong, play: writtenOff, forge: func(e *ledger.Entry) {
			e.Postings[len(e.Postings)-1].Account = acct("given:S01")
		}},
		{clause: "points for goods", check: "R07", grade: audit.Wrong, play: twice, forge: func(e *ledger.Entry) { amounts(e, ledger.Point, 49, -49) }},
		{clause: "the slip of a typed number", check: "R07", grade: audit.Wrong, play: typed, forge: func(e *ledger.Entry) {
			body[*ledger.Exchange](e).Slip = ""
		}},
		{clause: "one person in a count", check: "R23", grade: audit.Wrong, play: counted, forge: func(e *ledger.Entry) { e.Actor = keeper }},
		{clause: "goods lost without a count", check: "R23", grade: audit.Wrong, play: twice, forge: func(e *ledger.Entry) {
			for i, p := range e.Postings {
				if p.Account == acct("given:S01") {
					e.Postings[i].Account = acct("lost:S01")
				}
			}
		}},
		{clause: "a shelf that stays short", check: "R23", grade: audit.Noted, play: func(b *market) ledger.Index {
			b.revised(func(r *ledger.Rule) { r.Caps = nil })
			before := b.on(3) - 1
			for _, who := range []ledger.VolunteerID{v1, v2} {
				b.credit(hours(who, before, 13, 240, ledger.Roster))
				b.credit(hours(who, before, 17, 240, ledger.Roster))
			}
			b.do(clerk, redeem(v1, 22))
			return b.do(clerk, redeem(v2, 19)) // of eighteen
		}},
	}
}
