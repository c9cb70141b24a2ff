package audit_test

import (
	"slices"
	"time"

	"aixin/ledger"
	"aixin/ledger/audit"
)

// This file forges what else each check looks at: a row for every way in which it may find something.

// revised sets the next version of the first unit's rule, which is in force on Tuesday, 3 March.
func (b *market) revised(change func(r *ledger.Rule)) {
	b.on(2)
	next := b.rule
	next.Version++
	next.From = ledger.NewDate(2026, 3, 3)
	change(&next)
	b.do(steward, &ledger.SetRule{Rule: next})
}

// acted declares so much of an act by the first volunteer, under a rule that was changed, and returns the entry.
func acted(code ledger.Code, quantity int64, change func(r *ledger.Rule)) func(b *market) ledger.Index {
	return func(b *market) ledger.Index {
		b.revised(change)
		return b.do(leader, &ledger.DeclareActs{Volunteer: v1, Code: code, Quantity: quantity, On: b.on(3)})
	}
}

// capped gives the acts RC03, of 1.00 each, a cap.
func capped(k ledger.Cap) func(r *ledger.Rule) {
	return func(r *ledger.Rule) {
		k.Code, k.Per = "RC03", ledger.Monthly
		r.Acts = append(r.Acts, ledger.ActStandard{Code: "RC03", Points: 100, Per: 1})
		r.Caps = []ledger.Cap{k}
	}
}

// worthMore lets an act earn what it was not worth.
func worthMore(e *ledger.Entry) { body[*ledger.ActsRecord](e).Points += 100 }

// clauses is every row of this file.
func clauses() []forged {
	return slices.Concat(worths(), stated(), dayCloses(), shelves(), served(), honoured(), approvals(), whoActs(), whose(), back(), owed())
}

func worths() []forged {
	boosted := func(r *ledger.Rule) {
		day := ledger.NewDate(2026, 3, 3)
		r.Boosts = []ledger.Boost{{Code: "RC01", Percent: 200, From: day, Until: day, Cap: 150}}
		r.Caps = nil
	}
	twice := func(quantity int64, change func(r *ledger.Rule)) func(b *market) ledger.Index {
		return func(b *market) ledger.Index {
			acted("RC03", quantity, change)(b)
			return b.do(leader, &ledger.DeclareActs{Volunteer: v1, Code: "RC03", Quantity: quantity, On: b.on(4)})
		}
	}
	return []forged{
		{clause: "hours are worth the rate", check: "R27", grade: audit.Wrong, play: func(b *market) ledger.Index {
			return b.do(leader, hours(v1, b.on(3), 8, 90, ledger.Roster))
		}, forge: func(e *ledger.Entry) { body[*ledger.HoursRecord](e).Points = 200 }},
		{clause: "a boost of 200 %", check: "R27", grade: audit.Wrong, play: acted("RC01", 1, boosted), forge: worthMore},
		{clause: "a boost is left out", check: "R27", grade: audit.Wrong, play: acted("RC01", 1, boosted), forge: func(e *ledger.Entry) {
			body[*ledger.ActsRecord](e).Points = 100
		}},
		{clause: "the most that a boost adds", check: "R27", grade: audit.Wrong, play: acted("RC01", 2, boosted), forge: func(e *ledger.Entry) {
			body[*ledger.ActsRecord](e).Points = 400
		}},
		{clause: "a boost after its last day", check: "R27", grade: audit.Wrong, play: acted("RC01", 1, boosted), forge: func(e *ledger.Entry) {
			body[*ledger.ActsRecord](e).On++
		}},
		{clause: "the act of another activity is not boosted", check: "R27", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.revised(func(r *ledger.Rule) {
				r.Boosts = []ledger.Boost{{Activity: "A003", Percent: 200, From: ledger.NewDate(2026, 3, 1), Until: ledger.NewDate(2026, 3, 9)}}
			})
			b.do(steward, &ledger.AddActivity{Activity: "A003", Unit: "C01", Code: "VH01", Name: "flood"})
			boosted := hours(v1, b.on(3), 8, 60, ledger.Roster)
			boosted.Activity = "A003"
			return b.do(leader, boosted)
		}, forge: func(e *ledger.Entry) { body[*ledger.HoursRecord](e).Activity = "A001" }},
		{
			clause: "clipped more than the cap does", check: "R27", grade: audit.Wrong,
			play: acted("RC03", 3, capped(ledger.Cap{Points: 200, Over: ledger.OverClipped})), forge: func(e *ledger.Entry) {
				a := body[*ledger.ActsRecord](e)
				a.Points, a.Clipped = 100, 200
			},
		},
		{
			clause: "a cap of quantity", check: "R27", grade: audit.Wrong,
			play: acted("RC03", 3, capped(ledger.Cap{Quantity: 2, Over: ledger.OverClipped})), forge: func(e *ledger.Entry) {
				a := body[*ledger.ActsRecord](e)
				a.Points, a.Clipped = 300, 0
			},
		},
		{clause: "a cap that refuses a third record", check: "R27", grade: audit.Wrong, play: func(b *market) ledger.Index {
			twice(1, capped(ledger.Cap{Count: 2}))(b)
			return b.do(leader, &ledger.DeclareActs{Volunteer: v2, Code: "RC03", Quantity: 1, On: b.on(5)})
		}, forge: func(e *ledger.Entry) { body[*ledger.ActsRecord](e).Volunteer = v1 }},
		{
			clause: "beyond a cap that lets a reviewer look, unasked", check: "R27", grade: audit.Wrong,
			play: acted("RC03", 3, capped(ledger.Cap{Points: 200, Over: ledger.OverHeld})), forge: func(e *ledger.Entry) {
				body[*ledger.ActsRecord](e).Queries = nil
			},
		},
		{clause: "a cap counts what was declared before its rule", check: "R27", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.revised(func(r *ledger.Rule) {
				r.Caps = []ledger.Cap{{Code: "VH01", Per: ledger.Monthly, Points: 500, Over: ledger.OverClipped}}
			})
			return b.do(leader, hours(v1, b.on(3), 8, 120, ledger.Roster)) // after 4.00 of the day before
		}, forge: func(e *ledger.Entry) {
			h := body[*ledger.HoursRecord](e)
			h.Points, h.Clipped = 200, 0
		}},
		{clause: "once a year", check: "R27", grade: audit.Wrong, play: func(b *market) ledger.Index {
			acted("RC03", 1, func(r *ledger.Rule) {
				r.Acts = append(r.Acts, ledger.ActStandard{Code: "RC03", Points: 100, Per: 1, Once: ledger.OnceAYear})
			})(b)
			return b.do(leader, &ledger.DeclareActs{Volunteer: v2, Code: "RC03", Quantity: 1, On: b.on(4)})
		}, forge: func(e *ledger.Entry) { body[*ledger.ActsRecord](e).Volunteer = v1 }},
		{clause: "what a deduction takes", check: "R27", grade: audit.Wrong, play: acted("DE01", 2, func(r *ledger.Rule) {
			r.Deductions = []ledger.Deduction{{Code: "DE01", Points: 50}}
		}), forge: func(e *ledger.Entry) { body[*ledger.ActsRecord](e).Deduct = 150 }},
		{clause: "a rule that is not in force yet", check: "R27", grade: audit.Wrong, play: acted("RC01", 1, boosted), forge: func(e *ledger.Entry) {
			body[*ledger.ActsRecord](e).On--
		}},
		{clause: "the price of the day of the hold", check: "R08", grade: audit.Wrong, play: func(b *market) ledger.Index {
			day := b.on(3)
			h := b.do(clerk, &ledger.Hold{Volunteer: v1, Shop: "S01", Lines: salt(1)})
			b.do(second, &ledger.Approve{Record: b.do(steward, &ledger.PriceItem{Item: "SKU-0001", Points: 60, From: day})})
			b.at = b.at.Add(time.Hour)
			return b.do(clerk, &ledger.Settle{Hold: h, Presence: ledger.ByCard})
		}, forge: func(e *ledger.Entry) {
			body[*ledger.Settlement](e).Lines[0].Points = 60
			amounts(e, ledger.Point, 60, -60)
		}},
		{clause: "the price that a hold states", check: "R08", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			return b.do(clerk, &ledger.Hold{Volunteer: v1, Shop: "S01", Lines: salt(1)})
		}, forge: func(e *ledger.Entry) { body[*ledger.Reservation](e).Lines[0].Points = 40 }},
	}
}
