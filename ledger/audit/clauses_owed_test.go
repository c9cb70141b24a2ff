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

func owed() []forged {
	account := func(from, to ledger.AccountID) func(e *ledger.Entry) {
		return func(e *ledger.Entry) {
			for i, p := range e.Postings {
				if p.Account == from {
					e.Postings[i].Account = to
				}
			}
		}
	}
	hour := func(b *market) ledger.Index { return b.credit(hours(v1, b.on(3), 8, 60, ledger.Roster)) }
	return []forged{
		{clause: "what is owed once spent credit was taken back", check: "R24", grade: audit.Wrong, play: spentCredit, forge: func(e *ledger.Entry) {
			for i, p := range e.Postings { // as if the book had lost nothing
				if p.Account == ledger.RecoverableOf(v4) {
					e.Postings[i].Account = "breakage:C01"
				}
			}
		}},
		{clause: "who owes it", check: "R24", grade: audit.Wrong, play: spentCredit, forge: account(ledger.RecoverableOf(v4), ledger.RecoverableOf(v2))},
		{clause: "less is owed than was spent", check: "R24", grade: audit.Wrong, play: spentCredit, forge: func(e *ledger.Entry) {
			for i, p := range e.Postings {
				switch p.Account {
				case ledger.RecoverableOf(v4):
					e.Postings[i].Amount--
				case "issued:C01":
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
		{clause: "which unit issued", check: "R27", grade: audit.Wrong, play: hour, forge: account("issued:C01", "issued:C02")},
		{clause: "the shop that took the points", check: "R01", grade: audit.Wrong, play: twice, forge: account("redeemed:S01", "redeemed:S02")},
		{clause: "the unit into which points lapse", check: "R01", grade: audit.Wrong, play: expired, forge: account("breakage:C01", "breakage:C02")},
		{clause: "whose a transfer becomes", check: "R01", grade: audit.Wrong, play: given, forge: account(ledger.PointsOf(v2), ledger.PointsOf(v1))},
		{clause: "half of the rest goes on", check: "R26", grade: audit.Wrong, play: carried(0), forge: goingOn(150)},
		{clause: "more than half goes on", check: "R26", grade: audit.Wrong, play: carried(0), forge: goingOn(250)},
		{clause: "more goes on than the cap", check: "R26", grade: audit.Wrong, play: carried(100), forge: goingOn(200)},
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
