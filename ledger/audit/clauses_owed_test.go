package audit_test

import (
	"time"

	"aixin/ledger"
	"aixin/ledger/audit"
)

// spentCredit reverses a credit of 1.00, of which 0.50 were spent: they are owed, and the hour is gone.
func spentCredit(b *market) ledger.Index {
	day := b.on(3)
	b.do(steward, &ledger.Enroll{Volunteer: v4, Unit: "C01"})
	credit := b.credit(hours(v4, day, 8, 60, ledger.Roster))
	b.do(clerk, redeem(v4, 1))
	return b.do(steward, &ledger.Reverse{Entry: credit, Reason: ledger.Complaint})
}

// carried is the expiry of 4.00 at the end of a year, of which half goes on to the next, up to a cap.
func carried(most ledger.Amount) func(b *market) ledger.Index {
	return func(b *market) ledger.Index {
		b.revised(func(r *ledger.Rule) {
			r.Expires, r.ExpiresIn, r.Carry = ledger.ExpiresYearEnd, 0, ledger.CarryRule{Percent: 50, Cap: most}
		})
		b.do(steward, &ledger.Enroll{Volunteer: v4, Unit: "C01"})
		b.credit(hours(v4, b.on(3), 8, 240, ledger.Roster))
		b.at = ledger.NewDate(2027, 1, 1).Time().Add(time.Hour)
		return b.do(steward, &ledger.Expire{Volunteer: v4})
	}
}

// again is an expiry of 4.00 in a year in which 2.00 of a cap of 2.50 went on before: of the same number, into which another was merged
// since whose points wait for the run; or of the number that was merged into it.
func again(own bool) func(b *market) ledger.Index {
	return func(b *market) ledger.Index {
		b.revised(func(r *ledger.Rule) {
			r.Expires, r.ExpiresIn, r.Carry = ledger.ExpiresYearEnd, 0, ledger.CarryRule{Percent: 50, Cap: 250}
		})
		gone := ledger.NewVolunteerID(5)
		for _, v := range []ledger.VolunteerID{v4, gone} {
			b.do(steward, &ledger.Enroll{Volunteer: v, Unit: "C01"})
			b.credit(hours(v, b.on(3), 8, 240, ledger.Roster))
		}
		b.at = ledger.NewDate(2027, 1, 1).Time().Add(time.Hour)
		first := gone
		if own {
			first = v4
		}
		b.do(steward, &ledger.Expire{Volunteer: first})
		b.do(steward, &ledger.Merge{From: gone, Into: v4})
		return b.do(steward, &ledger.Expire{Volunteer: v4})
	}
}

// joined merges a number that has 0.75 gift points and owes 0.25: half of what 0.50 cost was paid with what a credit gave that was taken back.
func joined(b *market) ledger.Index {
	b.classed()
	b.do(steward, &ledger.Enroll{Volunteer: v4, Unit: "C01"})
	b.do(steward, &ledger.SetClasses{Volunteer: v4, Classes: []ledger.Beneficiary{"hardship"}})
	b.do(steward, &ledger.GrantGift{Volunteer: v4, Points: 100})
	credit := b.credit(hours(v4, b.on(3), 8, 60, ledger.Roster))
	b.do(clerk, redeem(v4, 1))
	b.do(steward, &ledger.Reverse{Entry: credit, Reason: ledger.Complaint})
	return b.do(steward, &ledger.Merge{From: v4, Into: v2})
}

// revived is the return of one of two pieces after the lot that paid them has lapsed: 0.50 come back, and 3.00 that were left beside lapse.
func revived(b *market) ledger.Index {
	b.revised(func(r *ledger.Rule) { r.ReturnGrace = 5 })
	b.at = ledger.NewDate(2026, 4, 1).Time().Add(4 * time.Hour)
	sold := b.do(clerk, redeem(v1, 2))
	b.at = b.at.AddDate(0, 0, 4)
	return b.do(steward, &ledger.Return{Redemption: sold, Lines: salt(1), Reason: ledger.WrongItem})
}

// bequeathed is the end of a number of the first unit, whose points have lapsed, in favour of the pool of the second.
func bequeathed(b *market) ledger.Index {
	b.revised(func(r *ledger.Rule) { r.Donation = ledger.DonationRule{Welfare: true} })
	b.do(steward, &ledger.DeclareLeave{Volunteer: v1, Reason: ledger.OwnRequest})
	b.at = ledger.NewDate(2026, 4, 3).Time()
	return b.do(steward, &ledger.Leave{Volunteer: v1, Pool: "C02"})
}

// delivered is a delivery that says all that the rule wants of it.
func delivered(b *market) ledger.Index {
	b.revised(func(r *ledger.Rule) {
		r.Delivery.Needs = []ledger.Missing{ledger.MissingSource, ledger.MissingValue, ledger.MissingBestBefore}
	})
	in := &ledger.Receive{Shop: "S01", Donor: "D001", Lines: salt(5), BestBefore: b.on(9)}
	b.on(3)
	in.Source, in.Terms = ledger.Donation, []ledger.ReceiptTerm{{Item: "SKU-0001", Fen: 200}}
	return b.do(keeper, in)
}

// acct is the account of that text.
func acct(text string) ledger.AccountID { return ledger.ParseAccountID(text) }

// account gives the postings of one account to another.
func account(from, to ledger.AccountID) func(e *ledger.Entry) {
	return func(e *ledger.Entry) {
		for i, p := range e.Postings {
			if p.Account == from {
				e.Postings[i].Account = to
			}
		}
	}
}

func owed() []forged {
	hour := func(b *market) ledger.Index { return b.credit(hours(v1, b.on(3), 8, 60, ledger.Roster)) }
	return []forged{
		{clause: "what is owed once spent credit was taken back", check: "R24", grade: audit.Wrong, play: spentCredit, forge: func(e *ledger.Entry) {
			for i, p := range e.Postings { // as if the book had lost nothing
				if p.Account == ledger.RecoverableOf(v4) {
					e.Postings[i].Account = acct("breakage:C01")
				}
			}
		}},
		{clause: "who owes it", check: "R24", grade: audit.Wrong, play: spentCredit, forge: account(ledger.RecoverableOf(v4), ledger.RecoverableOf(v2))},
		{clause: "less is owed than was spent", check: "R24", grade: audit.Wrong, play: spentCredit, forge: func(e *ledger.Entry) {
			for i, p := range e.Postings {
				switch p.Account {
				case ledger.RecoverableOf(v4):
					e.Postings[i].Amount--
				case acct("issued:C01"):
					e.Postings[i].Amount++
				}
			}
		}},
		{clause: "the minutes of a credit that is taken back", check: "R24", grade: audit.Wrong, play: spentCredit, forge: func(e *ledger.Entry) {
			amounts(e, ledger.Minute, -59, 59)
		}},
		{clause: "a delivery that is taken back", check: "R24", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			return b.do(steward, &ledger.Reverse{
				Entry: b.do(keeper, &ledger.Receive{Shop: "S01", Donor: "D001", Lines: salt(5)}), Reason: ledger.DoubleEntry,
			})
		}, forge: func(e *ledger.Entry) { amounts(e, "SKU-0001", -4, 4) }},
		{clause: "the points of a credit", check: "R27", grade: audit.Wrong, play: hour, forge: func(e *ledger.Entry) { amounts(e, ledger.Point, -101, 101) }},
		{clause: "the minutes of a credit", check: "R27", grade: audit.Wrong, play: hour, forge: func(e *ledger.Entry) { amounts(e, ledger.Minute, 61, -61) }},
		{clause: "which unit issued", check: "R27", grade: audit.Wrong, play: hour, forge: account(acct("issued:C01"), acct("issued:C02"))},
		{clause: "the shop that took the points", check: "R01", grade: audit.Wrong, play: twice, forge: account(acct("redeemed:S01"), acct("redeemed:S02"))},
		{clause: "the unit into which points lapse", check: "R01", grade: audit.Wrong, play: expired, forge: account(acct("breakage:C01"), acct("breakage:C02"))},
		{clause: "what lapses of whoever leaves it to the pool of another unit", check: "R01", grade: audit.Wrong, play: bequeathed, forge: account(acct("breakage:C01"), acct("breakage:C02"))},
		{clause: "the unit of whoever leaves", check: "R01", grade: audit.Wrong, play: bequeathed, forge: func(e *ledger.Entry) {
			body[*ledger.Leaving](e).Unit = "C02"
		}},
		{clause: "the unit of whose points lapse", check: "R01", grade: audit.Wrong, play: expired, forge: func(e *ledger.Entry) {
			body[*ledger.Expiry](e).Unit = "C02"
		}},
		{clause: "the unit that gives gift points", check: "R01", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.classed()
			b.do(steward, &ledger.SetClasses{Volunteer: v1, Classes: []ledger.Beneficiary{"hardship"}})
			return b.do(steward, &ledger.GrantGift{Volunteer: v1, Points: 100})
		}, forge: func(e *ledger.Entry) {
			body[*ledger.GiftGrant](e).Unit = "C02"
			account(acct("gifted:C01"), acct("gifted:C02"))(e)
		}},
		{clause: "the unit of whose base is filled up", check: "R01", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.classed()
			return b.do(steward, &ledger.GrantBase{Volunteer: v1})
		}, forge: func(e *ledger.Entry) { body[*ledger.BaseGrant](e).Unit = "C02" }},
		{clause: "gift points of a merged number go over", check: "R01", grade: audit.Wrong, play: joined, forge: func(e *ledger.Entry) {
			amounts(e, ledger.GiftPoint, 74, -74)
		}},
		{clause: "what a merged number owes goes over", check: "R01", grade: audit.Wrong, play: joined, forge: func(e *ledger.Entry) {
			amounts(e, ledger.Point, -24, 24)
		}},
		{clause: "less lapses than was left beside what comes back", check: "R24", grade: audit.Wrong, play: revived, forge: func(e *ledger.Entry) {
			for i, p := range e.Postings {
				if p.Account.Class() == ledger.ClassBreakage {
					e.Postings[i].Amount++
				}
				if p.Account.Class() == ledger.ClassRedeemed {
					e.Postings[i].Amount--
				}
			}
		}},
		{clause: "into which unit it lapses", check: "R24", grade: audit.Wrong, play: revived, forge: account(acct("breakage:C01"), acct("breakage:C02"))},
		{clause: "whose a transfer becomes", check: "R01", grade: audit.Wrong, play: given, forge: account(ledger.PointsOf(v2), ledger.PointsOf(v1))},
		{clause: "half of the rest goes on", check: "R26", grade: audit.Wrong, play: carried(0), forge: goingOn(150)},
		{clause: "more than half goes on", check: "R26", grade: audit.Wrong, play: carried(0), forge: goingOn(250)},
		{clause: "more goes on than the cap", check: "R26", grade: audit.Wrong, play: carried(100), forge: goingOn(200)},
		{clause: "what went on before in the year", check: "R26", grade: audit.Wrong, play: again(true), forge: goingOn(200)},
		{clause: "what went on of a merged number", check: "R26", grade: audit.Wrong, play: again(false), forge: goingOn(200)},
		{clause: "until when the rest goes on", check: "R26", grade: audit.Wrong, play: carried(0), forge: func(e *ledger.Entry) {
			body[*ledger.Expiry](e).Expires++
		}},
		{clause: "where a delivery came from", check: "R21", grade: audit.Wrong, play: delivered, forge: func(e *ledger.Entry) { body[*ledger.Receive](e).Source = "" }},
		{clause: "the value of a delivery", check: "R21", grade: audit.Wrong, play: delivered, forge: func(e *ledger.Entry) { body[*ledger.Receive](e).Terms = nil }},
		{clause: "the last day of a delivery", check: "R21", grade: audit.Wrong, play: delivered, forge: func(e *ledger.Entry) { body[*ledger.Receive](e).BestBefore = 0 }},
	}
}

// goingOn lets so much of 4.00 go on.
func goingOn(n ledger.Amount) func(e *ledger.Entry) {
	return func(e *ledger.Entry) {
		body[*ledger.Expiry](e).Carried = n
		for i, p := range e.Postings {
			switch {
			case p.Account.Class() == ledger.ClassBreakage:
				e.Postings[i].Amount = n - 400
			case p.Amount < 0:
				e.Postings[i].Amount = -n
			}
		}
	}
}
