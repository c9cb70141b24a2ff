package audit_test

import (
	"time"

	"aixin/ledger"
	"aixin/ledger/audit"
)

const home, other ledger.HouseholdID = "H000001", "H000002"

const merged ledger.VolunteerID = "V0000075"

// housed sets a version of the rule under which points are the household's, everybody has a base of 1.00 a month, and who does what
// should not be done loses 2.00. The fourth volunteer lives in a household, and goes over to another on the fourth of March.
func housed(b *market, more ...func(r *ledger.Rule)) {
	b.revised(func(r *ledger.Rule) {
		r.Account = ledger.AccountRule{Holder: ledger.HeldByHousehold}
		r.Base = ledger.Base{Points: 100, Per: ledger.Monthly, Of: ledger.EachHousehold}
		r.Classes = []ledger.ClassExpiry{{Class: ledger.ClassBase, Expires: ledger.ExpiresMonthEnd}}
		r.Deductions = []ledger.Deduction{{Code: "DE01", Points: 200}}
		r.Donation = ledger.DonationRule{Household: true, Welfare: true}
		for _, change := range more {
			change(r)
		}
	})
	b.do(steward, &ledger.Enroll{Volunteer: v4, Unit: "C01", Household: home})
	b.do(steward, &ledger.SetHousehold{Volunteer: v4, Household: other, From: b.on(3) + 1})
}

// moved has the base of a household granted to be spent, lets one of the household go over to another, and grants that one's base for
// somebody who had no part in any. Another of the first household is the same person as one of the other.
func moved(b *market) ledger.Index {
	housed(b, func(r *ledger.Rule) { r.Base.Spendable, r.Carry = true, ledger.CarryRule{} })
	grant := func(v ledger.VolunteerID) ledger.Index {
		return b.do(second, &ledger.Approve{Record: b.do(steward, &ledger.GrantBase{Volunteer: v})})
	}
	b.do(steward, &ledger.Enroll{Volunteer: "V0000067", Unit: "C01", Household: home})
	b.do(steward, &ledger.Enroll{Volunteer: merged, Unit: "C01", Household: other})
	b.do(steward, &ledger.Enroll{Volunteer: "V0000083", Unit: "C01", Household: other})
	grant(v4)
	b.do(steward, &ledger.Merge{From: "V0000067", Into: merged})
	b.on(4)
	return grant("V0000083")
}

// lost is a deduction from somebody who has a base of 1.00 and 1.20 in the pool of their household, of which 0.50 are set aside: it
// takes 1.00 and 0.70, and 0.30 are short.
func lost(b *market) ledger.Index {
	housed(b)
	day := b.on(3)
	b.credit(hours(v4, day, 8, 72, ledger.Roster))
	b.do(steward, &ledger.GrantBase{Volunteer: v4})
	b.do(clerk, &ledger.Hold{Volunteer: v4, Shop: "S01", Lines: salt(1)})
	return b.credit(&ledger.DeclareActs{Volunteer: v4, Code: "DE01", Quantity: 1, On: day})
}

// whose is every row about whose points are.
func whose() []forged {
	granted := func(b *market) ledger.Index {
		housed(b)
		return b.do(steward, &ledger.GrantBase{Volunteer: v4})
	}
	return []forged{
		{clause: "the pool of whoever moves out tomorrow", check: "R27", grade: audit.Wrong, play: func(b *market) ledger.Index {
			housed(b)
			return b.do(leader, hours(v4, b.on(3), 8, 60, ledger.Roster))
		}, forge: func(e *ledger.Entry) { body[*ledger.HoursRecord](e).Pool = ledger.PoolID(other) }},
		{clause: "the account of a credit", check: "R27", grade: audit.Wrong, play: func(b *market) ledger.Index {
			housed(b)
			return b.credit(hours(v4, b.on(3), 8, 60, ledger.Roster))
		}, forge: account(ledger.PoolOf(ledger.PoolID(home)), ledger.PointsOf(v4))},
		{clause: "whose base points are", check: "R27", grade: audit.Wrong, play: granted, forge: func(e *ledger.Entry) {
			body[*ledger.BaseGrant](e).Sharer = string(other)
			account(ledger.BaseOf(string(home)), ledger.BaseOf(string(other)))(e)
		}},
		{clause: "more than a base lacks", check: "R27", grade: audit.Wrong, play: granted, forge: func(e *ledger.Entry) {
			amounts(e, ledger.BasePoint, -101, 101)
		}},
		{clause: "a base is filled up again before the next month", check: "R27", grade: audit.Wrong, play: func(b *market) ledger.Index {
			granted(b)
			b.at = ledger.NewDate(2026, 4, 1).Time().Add(4 * time.Hour)
			return b.do(steward, &ledger.GrantBase{Volunteer: v4})
		}, forge: func(e *ledger.Entry) { // the household's of the day before
			e.On, e.At = ledger.NewDate(2026, 3, 3), e.At.AddDate(0, 0, -29)
			body[*ledger.BaseGrant](e).Sharer = string(home)
		}},
		{clause: "a base to spend for who had a part in that of another household", check: "R27", grade: audit.Wrong, play: moved, forge: func(e *ledger.Entry) {
			body[*ledger.BaseGrant](e).Volunteer = v4
		}},
		{clause: "a base to spend for who had a part under another number", check: "R27", grade: audit.Wrong, play: moved, forge: func(e *ledger.Entry) {
			body[*ledger.BaseGrant](e).Volunteer = merged
		}},
		{clause: "whose base a deduction takes", check: "R27", grade: audit.Wrong, play: lost, forge: account(
			ledger.BaseOf(string(home)), ledger.BaseOf(string(other)))},
		{clause: "whose pool a deduction takes", check: "R27", grade: audit.Wrong, play: lost, forge: account(
			ledger.PoolOf(ledger.PoolID(home)), ledger.PoolOf(ledger.PoolID(other)))},
		{clause: "a deduction spares the base", check: "R27", grade: audit.Wrong, play: lost, forge: func(e *ledger.Entry) {
			amounts(e, ledger.BasePoint, 50, -50)
			amounts(e, ledger.Point, 120, -120)
		}},
		{clause: "a deduction says that points were short", check: "R27", grade: audit.Wrong, play: lost, forge: func(e *ledger.Entry) {
			body[*ledger.Loss](e).Short += 70
			amounts(e, ledger.Point, 0, 0)
		}},
		{clause: "a deduction of what nobody declared", check: "R27", grade: audit.Wrong, play: lost, forge: func(e *ledger.Entry) {
			body[*ledger.Loss](e).Record = 1
		}},
		{clause: "a base by the rule of another unit", check: "R27", grade: audit.Wrong, play: granted, forge: func(e *ledger.Entry) { e.Rule = "two@1" }},
		{clause: "the unit of an activity elsewhere", check: "R27", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			return b.do(leader, &ledger.DeclareHours{ // of one who is of another unit
				Volunteer: v1, Activity: "A002", Start: ledger.NewStart(b.on(3), 8*60), Minutes: 60, Capture: ledger.Roster,
			})
		}, forge: func(e *ledger.Entry) { body[*ledger.HoursRecord](e).Unit = "C01" }},
		{clause: "the unit of whoever moves tomorrow", check: "R27", grade: audit.Wrong, play: func(b *market) ledger.Index {
			day := b.on(3)
			b.do(steward, &ledger.AddUnit{Unit: "C03", Kind: ledger.Town, Name: "three"})
			b.do(steward, &ledger.MoveVolunteer{Volunteer: v1, Unit: "C03", From: day + 1})
			b.on(4)
			return b.do(leader, &ledger.DeclareActs{Volunteer: v1, Code: "RC01", Quantity: 1, On: day})
		}, forge: func(e *ledger.Entry) { body[*ledger.ActsRecord](e).Unit = "C03" }},
		{clause: "the unit of an opening balance", check: "R27", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			return b.do(steward, &ledger.DeclareOpening{Volunteer: v1, Points: 100})
		}, forge: func(e *ledger.Entry) { body[*ledger.OpeningRecord](e).Unit = "C02" }},
		{clause: "a pool makes points last", check: "R26", grade: audit.Wrong, play: func(b *market) ledger.Index {
			housed(b)
			return b.do(clerk, &ledger.Donate{Volunteer: v1, Pool: "C01", Points: 100})
		}, forge: func(e *ledger.Entry) { body[*ledger.PoolGift](e).Lots[0].Expires++ }},
		{clause: "a gift from a pool makes points last", check: "R26", grade: audit.Wrong, play: func(b *market) ledger.Index {
			housed(b)
			b.do(clerk, &ledger.Donate{Volunteer: v1, Pool: "C01", Points: 100})
			return b.do(steward, &ledger.Donate{Volunteer: v2, Pool: "C01", Points: 100, Back: true})
		}, forge: func(e *ledger.Entry) { body[*ledger.PoolGift](e).Lots[0].Expires++ }},
		{clause: "who leaves lets points lapse in the unit of a pool", check: "R01", grade: audit.Wrong, play: func(b *market) ledger.Index {
			housed(b)
			b.at = ledger.NewDate(2028, 3, 1).Time().Add(4 * time.Hour)
			b.do(steward, &ledger.DeclareLeave{Volunteer: v1, Reason: ledger.OwnRequest})
			return b.do(steward, &ledger.Leave{Volunteer: v1, Pool: "C02"})
		}, forge: account(acct("breakage:C01"), acct("breakage:C02"))},
		{clause: "who leaves makes points last", check: "R26", grade: audit.Wrong, play: func(b *market) ledger.Index {
			housed(b)
			b.do(steward, &ledger.DeclareLeave{Volunteer: v1, Reason: ledger.OwnRequest})
			return b.do(steward, &ledger.Leave{Volunteer: v1, Pool: "C01"})
		}, forge: func(e *ledger.Entry) { body[*ledger.Leaving](e).Lots[0].Expires++ }},
	}
}
