package audit_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/ledger/audit"
)

func served() []forged {
	limited := func(l ledger.Limit) func(b *market) ledger.Index {
		return func(b *market) ledger.Index {
			b.revised(func(r *ledger.Rule) { r.Counter.Limits = []ledger.Limit{l} })
			b.on(3)
			b.do(steward, &ledger.SetHousehold{Volunteer: v1, Household: "H000001", From: b.on(3) + 1})
			b.do(steward, &ledger.SetHousehold{Volunteer: v2, Household: "H000001", From: b.on(3) + 1})
			b.on(4)
			b.do(clerk, redeem(v2, 2))
			return b.do(clerk, redeem(v1, 2))
		}
	}
	held := func(b *market) ledger.Index {
		b.on(3)
		return b.do(clerk, &ledger.Hold{Volunteer: v1, Shop: "S01", Lines: salt(1)})
	}
	return []forged{
		{clause: "after the counter closes", check: "R09", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.clock(3, 17, 58)
			return twiceNow(b)
		}, forge: func(e *ledger.Entry) { e.At = e.At.Add(2 * time.Minute) }},
		{clause: "points of a household", check: "R09", grade: audit.Wrong, play: limited(ledger.Limit{
			Of: "points", Per: ledger.Daily, Most: 200, Household: true,
		}), forge: func(e *ledger.Entry) { body[*ledger.Exchange](e).Lines[0].Points++ }},
		{
			clause: "pieces of an item", check: "R09", grade: audit.Wrong, play: limited(ledger.Limit{Of: "pieces", Item: "SKU-0001", Per: ledger.Monthly, Most: 2}),
			forge: func(e *ledger.Entry) { body[*ledger.Exchange](e).Lines[0].Pieces++ },
		},
		{clause: "ended on its last day", check: "R10", grade: audit.Wrong, play: func(b *market) ledger.Index {
			h := held(b)
			b.on(7)
			return b.do(steward, &ledger.EndHold{Hold: h})
		}, forge: func(e *ledger.Entry) { e.On, e.At = e.On-1, e.At.AddDate(0, 0, -1) }},
		{clause: "collected twice", check: "R10", grade: audit.Wrong, play: func(b *market) ledger.Index {
			one, two := held(b), held(b)
			b.do(clerk, &ledger.Settle{Hold: one, Presence: ledger.ByCard})
			return b.do(clerk, &ledger.Settle{Hold: two, Presence: ledger.ByCard})
		}, forge: func(e *ledger.Entry) { body[*ledger.Settlement](e).Hold-- }},
		{clause: "no hold", check: "R10", grade: audit.Wrong, play: func(b *market) ledger.Index {
			return b.do(clerk, &ledger.Settle{Hold: held(b), Presence: ledger.ByCard})
		}, forge: func(e *ledger.Entry) { body[*ledger.Settlement](e).Hold = 1 }},
		{clause: "forgotten after its last day", check: "R10", grade: audit.Noted, play: func(b *market) ledger.Index {
			b.shown = held(b)
			b.on(7)
			i := b.do(steward, &ledger.EndHold{Hold: b.shown})
			b.do(keeper, &ledger.AddDonor{Donor: "D002"})
			return i
		}, forge: func(e *ledger.Entry) { *e = donor(e) }},
		{clause: "goods of a hold past their date", check: "R22", grade: audit.Wrong, play: func(b *market) ledger.Index { // to the tenth
			b.on(8)
			h := b.do(clerk, &ledger.Hold{Volunteer: v1, Shop: "S01", Lines: salt(1)})
			b.on(10)
			return b.do(clerk, &ledger.Settle{Hold: h, Presence: ledger.ByCard})
		}, forge: func(e *ledger.Entry) { e.On, e.At = e.On+1, e.At.AddDate(0, 0, 1) }},
		{clause: "relief past its date", check: "R22", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(10)
			paper := b.do(keeper, &ledger.DeclareRelief{Shop: "S01", Case: "1", Lines: salt(1), Application: "1", Notice: "1"})
			return b.do(steward, &ledger.GiveRelief{Paper: paper})
		}, forge: func(e *ledger.Entry) { e.On, e.At = e.On+1, e.At.AddDate(0, 0, 1) }},
		{clause: "many of a clerk's exchanges come back", check: "R24", grade: audit.Noted, play: func(b *market) ledger.Index {
			b.revised(func(r *ledger.Rule) { r.Counter.Limits = nil })
			b.on(3)
			b.shown = b.Next() + 1
			last := ledger.Index(0)
			for n := range 6 {
				i := b.do(clerk, redeem(v2, 1))
				if n < 5 {
					last = b.do(clerk, &ledger.Undo{Redemption: i})
				}
			}
			return last
		}, forge: nil},
		{clause: "numbers typed and goods fetched", check: "R31", grade: audit.Noted, play: absent(6), forge: nil},
		{clause: "typed numbers of a day", check: "R31", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.revised(func(r *ledger.Rule) { r.Counter.Presence[0].PerDay = 1 })
			b.on(3)
			b.typed(v2, "1")
			return b.do(clerk, redeem(v1, 1))
		}, forge: func(e *ledger.Entry) { body[*ledger.Exchange](e).Presence = ledger.ByTyped }},
		{clause: "fetched by nobody", check: "R31", grade: audit.Wrong, play: twice, forge: func(e *ledger.Entry) {
			body[*ledger.Exchange](e).Presence = ledger.ByProxy
		}},
		{clause: "fetched by somebody whom nobody checked", check: "R31", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.revised(func(r *ledger.Rule) {
				r.Counter.Proxy, r.Counter.ProxyNeeds = ledger.ProxyAnyone, []ledger.Check{ledger.CheckedPhone}
			})
			b.on(3)
			fetched := redeem(v1, 1)
			fetched.Presence, fetched.Proxy, fetched.Checked = ledger.ByProxy, v2, []ledger.Check{ledger.CheckedPhone}
			return b.do(clerk, fetched)
		}, forge: func(e *ledger.Entry) { body[*ledger.Exchange](e).Checked[0] = ledger.CheckedDocument }},
	}
}

// donor makes an entry one that adds a donor, and says nothing else.
func donor(e *ledger.Entry) ledger.Entry {
	return ledger.Entry{Index: e.Index, At: e.At, On: e.On, Kind: ledger.DonorAdded, Key: e.Key, Digest: e.Digest, Actor: keeper, Body: &ledger.AddDonor{Donor: "D009"}}
}

// twiceNow is twice at whatever time it is.
func twiceNow(b *market) ledger.Index {
	b.do(clerk, redeem(v2, 1))
	return b.do(clerk, redeem(v1, 1))
}

// typed redeems a piece for somebody who has no card with them, and signs a slip.
func (b *market) typed(v ledger.VolunteerID, slip string) ledger.Index {
	b.t.Helper()
	x := redeem(v, 1)
	x.Presence, x.Slip = ledger.ByTyped, slip
	return b.do(clerk, x)
}

// absent is the last of so many exchanges of somebody who was not there.
func absent(n int) func(b *market) ledger.Index {
	return func(b *market) ledger.Index {
		b.revised(func(r *ledger.Rule) { r.Counter.Limits = nil })
		b.on(3)
		i := ledger.Index(0)
		for k := range n {
			i = b.typed(v2, "A"+string(rune('1'+k)))
			if k == n-2 {
				b.shown = i
			}
		}
		return b.shown
	}
}

func approvals() []forged {
	early := func(until int) func(b *market) ledger.Index {
		return func(b *market) ledger.Index {
			day := b.on(3)
			record := b.farAway(day, 8)
			b.do(reviewer, &ledger.Approve{Record: record})
			n := b.do(publisher, &ledger.PostNotice{
				Unit: "C02", Number: 1, From: day, Until: day.AddDays(7), Records: []ledger.Index{record}, SHA256: strings.Repeat("b", 64), Size: 100,
			})
			b.on(until)
			b.do(publisher, &ledger.RemoveNotice{Notice: n, Reason: ledger.ClerkError})
			return n
		}
	}
	objected := func(answered int) func(b *market) ledger.Index {
		return func(b *market) ledger.Index {
			b.noticed(func(r *ledger.Rule) { r.Notice.Reply = 3 })
			day := b.on(3)
			record := b.farAway(day, 8)
			b.do(reviewer, &ledger.Approve{Record: record})
			b.do(publisher, &ledger.PostNotice{
				Unit: "C02", Number: 1, From: day, Until: day.AddDays(7), Records: []ledger.Index{record}, SHA256: strings.Repeat("b", 64), Size: 100,
			})
			o := b.do(publisher, &ledger.Object{Record: record, Reason: ledger.ClerkError})
			b.on(answered)
			i := b.do(second, &ledger.AnswerObjection{Objection: o, Reason: ledger.ClerkError})
			b.on(11)
			b.shown = b.do(steward, &ledger.CreditRecord{Record: record})
			return i
		}
	}
	proposed := func(b *market) ledger.Index {
		waits := b.do(steward, &ledger.PriceItem{Item: "SKU-0001", Points: 60, From: b.on(3)})
		return b.do(second, &ledger.Approve{Record: waits})
	}
	return []forged{
		{clause: "a notice that is too short", check: "R11", grade: audit.Wrong, play: hung, forge: func(e *ledger.Entry) {
			body[*ledger.PostNotice](e).Until--
		}},
		{clause: "a notice of no record", check: "R11", grade: audit.Wrong, play: hung, forge: func(e *ledger.Entry) {
			body[*ledger.PostNotice](e).Records[0] = 1
		}},
		{clause: "a credit of no record", check: "R11", grade: audit.Wrong, play: noticed, forge: func(e *ledger.Entry) {
			body[*ledger.RecordCredit](e).Record = 1
		}},
		{clause: "what never hung out", check: "R11", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.farAway(b.on(3), 9)
			return noticed(b)
		}, forge: func(e *ledger.Entry) { body[*ledger.RecordCredit](e).Record = 27 }},
		{clause: "a notice that was taken down on its last day", check: "R11", grade: audit.Wrong, play: func(b *market) ledger.Index {
			n := early(11)(b) // the day after
			record := n - 2
			b.shown = b.do(steward, &ledger.CreditRecord{Record: record})
			return n + 1
		}, forge: func(e *ledger.Entry) { e.On, e.At = e.On-1, e.At.AddDate(0, 0, -1) }},
		{clause: "what somebody objects to", check: "R11", grade: audit.Wrong, play: objected(6), forge: func(e *ledger.Entry) { *e = donor(e) }},
		{clause: "an answer after its term", check: "R11", grade: audit.Noted, play: func(b *market) ledger.Index {
			i := objected(6)(b)
			b.shown = 0
			return i
		}, forge: func(e *ledger.Entry) { e.On, e.At = e.On+1, e.At.AddDate(0, 0, 1) }},
		{clause: "no answer at all", check: "R11", grade: audit.Noted, play: func(b *market) ledger.Index {
			i := objected(6)(b)
			b.shown = i - 1
			return i
		}, forge: func(e *ledger.Entry) { *e = donor(e) }},
		{clause: "who proposed", check: "R12", grade: audit.Wrong, play: proposed, forge: func(e *ledger.Entry) { e.Actor = steward }},
		{clause: "who declared sends back", check: "R12", grade: audit.Wrong, play: func(b *market) ledger.Index {
			record := b.do(leader, hours(v1, b.on(3), 8, 60, ledger.Roster))
			return b.do(reviewer, &ledger.ReturnRecord{Record: record, Reason: ledger.ClerkError})
		}, forge: func(e *ledger.Entry) { e.Actor = leader }},
		{clause: "who reverses for a relative", check: "R12", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			i := b.do(clerk, redeem(v1, 1))
			b.do(steward, &ledger.DeclareKin{Of: string(steward), Volunteer: v2})
			return b.do(steward, &ledger.Reverse{Entry: i, Reason: ledger.ClerkError})
		}, forge: func(e *ledger.Entry) { body[*ledger.Reversal](e).Volunteer = v2 }},
		{clause: "a clerk's household", check: "R12", grade: audit.Wrong, play: func(b *market) ledger.Index {
			day := b.on(3)
			b.do(steward, &ledger.Enroll{Volunteer: v4, Unit: "C01", Household: "H000001"})
			b.do(steward, &ledger.SetHousehold{Volunteer: v2, Household: "H000001", From: day + 1})
			b.do(admin, &ledger.Appoint{Staff: clerk, Roles: []ledger.Role{ledger.Clerk}, Volunteer: v4})
			b.on(4)
			return b.do(clerk, redeem(v1, 1))
		}, forge: func(e *ledger.Entry) { body[*ledger.Exchange](e).Volunteer = v2 }},
		{clause: "who watches and does", check: "R12", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			return b.do(admin, &ledger.Appoint{Staff: "U000009", Roles: []ledger.Role{ledger.Leader, ledger.Publisher}})
		}, forge: func(e *ledger.Entry) { body[*ledger.Appoint](e).Roles[1] = ledger.Supervisor }},
		{clause: "two of the four by appointment", check: "R12", grade: audit.Noted, play: func(b *market) ledger.Index {
			b.on(3)
			return b.do(admin, &ledger.Appoint{Staff: "U000009", Roles: []ledger.Role{ledger.Leader, ledger.Publisher}})
		}, forge: func(e *ledger.Entry) { body[*ledger.Appoint](e).Roles[1] = ledger.Reviewer }},
		{clause: "two of the four by grant, in one place on one day", check: "R12", grade: audit.Wrong, play: func(b *market) ledger.Index {
			day := b.on(3)
			b.do(admin, &ledger.GrantRole{Staff: "U000009", Role: ledger.Clerk, Scope: "S01", From: day, Until: day + 5})
			return b.do(admin, &ledger.GrantRole{Staff: "U000009", Role: ledger.Leader, Scope: "C01", From: day + 6})
		}, forge: func(e *ledger.Entry) { body[*ledger.GrantRole](e).From-- }},
		{clause: "points to spend that one person granted", check: "R12", grade: audit.Wrong, play: func(b *market) ledger.Index {
			_, granted := toSpend(b)
			return granted
		}, forge: func(e *ledger.Entry) { e.Proposal = 0 }},
		{clause: "points to spend that whom they are for granted", check: "R12", grade: audit.Wrong, play: func(b *market) ledger.Index {
			_, granted := toSpend(b)
			return granted
		}, forge: func(e *ledger.Entry) { e.Actor = "U000009" }},
		{clause: "points to spend that whom they are for asked for", check: "R12", grade: audit.Wrong, play: func(b *market) ledger.Index {
			asked, granted := toSpend(b)
			b.shown = granted
			return asked
		}, forge: func(e *ledger.Entry) { e.Actor = "U000009" }},
		{clause: "a rule that one person set", check: "R25", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.revised(func(r *ledger.Rule) { r.Second.Kinds = []ledger.Kind{ledger.RuleSet} })
			next := b.rule
			next.Version, next.From = 3, b.on(3)+1
			return b.do(second, &ledger.Approve{Record: b.do(steward, &ledger.SetRule{Rule: next})})
		}, forge: func(e *ledger.Entry) { e.Proposal = 0 }},
		{clause: "a rule that no body approved", check: "R25", grade: audit.Noted, play: lastRule, forge: func(e *ledger.Entry) {
			body[*ledger.SetRule](e).Rule.Terms.ApprovedBy = ""
		}},
		{clause: "a rule that was put up late", check: "R25", grade: audit.Noted, play: lastRule, forge: func(e *ledger.Entry) {
			body[*ledger.SetRule](e).Rule.Terms.Published += 2
		}},
	}
}

// lastRule sets a rule that its body approved and that was put up before.
func lastRule(b *market) ledger.Index {
	b.revised(func(*ledger.Rule) {})
	return b.Next() - 1
}

// farAway declares an hour in the unit whose rule has notices.
func (b *market) farAway(day ledger.Date, hour int) ledger.Index {
	b.t.Helper()
	return b.do(leader, &ledger.DeclareHours{Volunteer: v3, Activity: "A002", Start: ledger.NewStart(day, hour*60), Minutes: 60, Capture: ledger.Roster})
}

// noticed sets the next version of the second unit's rule.
func (b *market) noticed(change func(r *ledger.Rule)) {
	b.t.Helper()
	b.on(2)
	next := b.other
	next.Version, next.From = 2, ledger.NewDate(2026, 3, 3)
	change(&next)
	b.do(steward, &ledger.SetRule{Rule: next})
}

func whoActs() []forged {
	closing := func(b *market) ledger.Index {
		b.on(3)
		b.do(steward, &ledger.Merge{From: v1, Into: b.enrolled()})
		return b.do(clerk, redeem(v2, 1))
	}
	photo := func(b *market) ledger.Index {
		b.revised(func(r *ledger.Rule) { r.Acts[0].Evidence = true })
		return b.do(leader, &ledger.DeclareActs{
			Volunteer: v1, Code: "RC01", Quantity: 1, On: b.on(3), Evidence: ledger.Evidence{SHA256: strings.Repeat("c", 64), Size: 1024},
		})
	}
	return []forged{
		{clause: "a long day", check: "R13", grade: audit.Wrong, play: longDay(ledger.LongDay{Minutes: 240}), forge: func(e *ledger.Entry) {
			body[*ledger.HoursRecord](e).Minutes++
		}},
		{clause: "eight hours, where the rule says nothing", check: "R13", grade: audit.Noted, play: func(b *market) ledger.Index {
			return b.do(leader, hours(v1, b.on(3)-1, 14, 240, ledger.Roster)) // beside four
		}, forge: func(e *ledger.Entry) { body[*ledger.HoursRecord](e).Minutes++ }},
		{clause: "one act on one day", check: "R14", grade: audit.Wrong, play: func(b *market) ledger.Index {
			day := b.on(3)
			b.do(leader, &ledger.DeclareActs{Volunteer: v1, Code: "RC01", Quantity: 1, On: day})
			return b.do(leader, &ledger.DeclareActs{Volunteer: v2, Code: "RC01", Quantity: 1, On: day})
		}, forge: func(e *ledger.Entry) { body[*ledger.ActsRecord](e).Volunteer = v1 }},
		{clause: "late, and a reviewer was asked to look", check: "R15", grade: audit.Noted, play: func(b *market) ledger.Index {
			served := b.on(2)
			b.on(16)
			return b.do(leader, hours(v1, served, 14, 60, ledger.Roster))
		}, forge: func(e *ledger.Entry) {
			e.On, e.At = e.On+1, e.At.AddDate(0, 0, 1)
			body[*ledger.HoursRecord](e).Queries = []ledger.Query{ledger.QueryLate}
		}},
		{clause: "a merged number", check: "R18", grade: audit.Wrong, play: closing, forge: func(e *ledger.Entry) {
			body[*ledger.Exchange](e).Volunteer = v1
		}},
		{clause: "a number that nobody has", check: "R18", grade: audit.Wrong, play: twice, forge: func(e *ledger.Entry) {
			body[*ledger.Exchange](e).Volunteer = ledger.NewVolunteerID(99)
		}},
		{clause: "a child without a guardian", check: "R18", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.do(steward, &ledger.SetGuardian{Volunteer: v1, Guardian: v2, Until: b.on(31)})
			b.on(32)
			return b.do(clerk, redeem(v1, 1)) // who came of age the day before
		}, forge: func(e *ledger.Entry) { e.On, e.At = e.On-1, e.At.AddDate(0, 0, -1) }},
		{clause: "the service of the dead", check: "R18", grade: audit.Wrong, play: func(b *market) ledger.Index {
			return b.do(leader, hours(v1, b.on(3), 8, 60, ledger.Roster))
		}, forge: func(e *ledger.Entry) { body[*ledger.HoursRecord](e).Start += ledger.MaxMinutes }, with: audit.Options{
			Deaths: map[ledger.VolunteerID]ledger.Date{v1: ledger.NewDate(2026, 3, 3)},
		}},
		{clause: "an open number of the dead", check: "R18", grade: audit.Noted, play: func(b *market) ledger.Index {
			b.on(4)
			b.shown = 18
			return b.do(steward, &ledger.SetStatus{Volunteer: v1, Status: ledger.Frozen, Reason: ledger.LostCard})
		}, forge: func(e *ledger.Entry) { body[*ledger.SetStatus](e).Volunteer = v2 }, with: audit.Options{
			Deaths: map[ledger.VolunteerID]ledger.Date{v1: ledger.NewDate(2026, 3, 3)},
		}},
		{clause: "who left and was not settled", check: "R18", grade: audit.Noted, play: func(b *market) ledger.Index {
			b.on(3)
			b.shown = b.do(steward, &ledger.DeclareLeave{Volunteer: v1, Reason: ledger.Moved})
			b.on(3 + 90)
			i := b.do(steward, &ledger.Leave{Volunteer: v1})
			b.on(3 + 91)
			b.do(keeper, &ledger.AddDonor{Donor: "D002"})
			return i
		}, forge: func(e *ledger.Entry) { *e = donor(e) }},
		{clause: "scanned without a session", check: "R19", grade: audit.Noted, play: func(b *market) ledger.Index {
			return b.do(leader, hours(v1, b.on(3), 8, 60, ledger.Roster))
		}, forge: func(e *ledger.Entry) { body[*ledger.HoursRecord](e).Capture = ledger.Scan }},
		{clause: "without a session, where the rule wants one", check: "R19", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.revised(func(r *ledger.Rule) { r.Attendance.Session = true })
			return scanned(false)(b)
		}, forge: func(e *ledger.Entry) { body[*ledger.HoursRecord](e).Session = 0 }},
		{clause: "a hundred heads", check: "R19", grade: audit.Noted, play: func(b *market) ledger.Index {
			day, last := b.on(3), ledger.Index(0)
			for n := range 101 {
				id := ledger.NewVolunteerID(100 + n)
				b.do(steward, &ledger.Enroll{Volunteer: id, Unit: "C01"})
				last = b.do(leader, hours(id, day, 8, 60+ledger.Amount(n), ledger.Roster))
			}
			return last
		}, forge: nil},
		{clause: "evidence that the standard wants", check: "R20", grade: audit.Wrong, play: photo, forge: func(e *ledger.Entry) {
			body[*ledger.ActsRecord](e).Evidence = ledger.Evidence{}
		}},
		{clause: "a tiny file", check: "R20", grade: audit.Noted, play: photo, forge: func(e *ledger.Entry) { body[*ledger.ActsRecord](e).Evidence.Size-- }},
		{clause: "a file of another size", check: "R20", grade: audit.Wrong, play: photo, forge: func(e *ledger.Entry) {
			body[*ledger.ActsRecord](e).Evidence.Size++
		}, with: audit.Options{Evidence: map[string]audit.File{strings.Repeat("c", 64): {Size: 1024}}}},
		{clause: "a file that is not there", check: "R20", grade: audit.Wrong, play: photo, forge: func(e *ledger.Entry) {
			body[*ledger.ActsRecord](e).Evidence.SHA256 = strings.Repeat("d", 64)
		}, with: audit.Options{Evidence: map[string]audit.File{strings.Repeat("c", 64): {Size: 1024}}}},
		{clause: "what reached the shelf", check: "R21", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			return b.do(keeper, &ledger.Receive{Shop: "S01", Donor: "D001", Lines: salt(20)})
		}, forge: func(e *ledger.Entry) { amounts(e, "SKU-0001", 19, -19) }},
		{clause: "set aside for others", check: "R21", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			b.do(steward, &ledger.SetClasses{Volunteer: v1, Classes: []ledger.Beneficiary{"hardship"}})
			gift := &ledger.Receive{Shop: "S01", Donor: "D001", Lines: salt(1), BestBefore: b.on(4)}
			gift.Only = "hardship"
			b.do(keeper, gift)
			return b.do(clerk, &ledger.Hold{Volunteer: v1, Shop: "S01", Lines: salt(1)})
		}, forge: func(e *ledger.Entry) { body[*ledger.Reservation](e).Volunteer = v2 }},
		{clause: "a quarter without a notice of goods", check: "R21", grade: audit.Noted, play: posted(ledger.PublishGoods, "2026-Q1"), forge: elsewhere},
		{clause: "a late notice of goods", check: "R21", grade: audit.Noted, play: posted(ledger.PublishGoods, "2026-Q1"), forge: aDayLater},
		{clause: "a month without a notice of points", check: "R29", grade: audit.Noted, play: posted(ledger.PublishPoints, "2026-03"), forge: elsewhere},
		{clause: "a late notice of points", check: "R29", grade: audit.Noted, play: posted(ledger.PublishPoints, "2026-03"), forge: aDayLater},
		{clause: "a number of a person in what hung out", check: "R29", grade: audit.Wrong, play: noticed, forge: func(e *ledger.Entry) {
			e.Kind, e.Postings = ledger.Published, nil
			e.Body = &ledger.Publish{
				What: ledger.PublishPoints, Unit: "C02", Number: 2, Period: "2026-02", From: e.On, Until: e.On + 1, SHA256: strings.Repeat("d", 64), Size: 9,
			}
		}, with: audit.Options{Evidence: map[string]audit.File{
			strings.Repeat("b", 64): {Size: 100}, strings.Repeat("d", 64): {Size: 9, Personal: true},
		}}},
	}
}

// posted hangs out the points or goods of a period on the last day to do so.
func posted(what, period string) func(b *market) ledger.Index {
	return func(b *market) ledger.Index {
		b.shown = 25 // what came in first
		if what == ledger.PublishPoints {
			b.shown = 22 // the first credit
		}
		day := b.on(31 + ledger.PublishDay)
		i := b.do(publisher, &ledger.Publish{
			What: what, Unit: "C01", Number: 1, Period: period, From: day, Until: day + 10, SHA256: strings.Repeat("a", 64), Size: 10,
		})
		b.on(31 + ledger.PublishDay + 1)
		b.do(keeper, &ledger.AddDonor{Donor: "D002"})
		return i
	}
}

func elsewhere(e *ledger.Entry) { body[*ledger.Publish](e).Unit = "C02" }

func aDayLater(e *ledger.Entry) { e.On++ }

// enrolled enrols one more volunteer.
func (b *market) enrolled() ledger.VolunteerID {
	b.t.Helper()
	b.do(steward, &ledger.Enroll{Volunteer: v4, Unit: "C01"})
	return v4
}

// longDay is a second session of a day under a rule for long days: four hours in all.
func longDay(l ledger.LongDay) func(b *market) ledger.Index {
	return func(b *market) ledger.Index {
		b.revised(func(r *ledger.Rule) { r.LongDay = l })
		day := b.on(3)
		b.do(leader, hours(v1, day, 6, 120, ledger.Roster))
		return b.do(leader, hours(v1, day, 8, 120, ledger.Roster))
	}
}

// TestSettledTwice: two statements of a shop may not have a day in common, whatever they come to.
func TestSettledTwice(t *testing.T) {
	t.Parallel()
	b := opened(t)
	b.on(3)
	i := b.do(clerk, redeem(v1, 2))
	stated := func(from, to int) audit.Settled {
		return audit.Settled{Shop: "S01", From: ledger.NewDate(2026, 3, from), To: ledger.NewDate(2026, 3, to), Points: 100}
	}
	apart := audit.Options{Checks: []audit.Number{"R30"}, Settlements: []audit.Settled{stated(1, 3), {Shop: "S01", From: ledger.NewDate(2026, 3, 4), To: ledger.NewDate(2026, 3, 5)}}}
	if n := run(t, apart, b.Journal).Count(audit.Wrong); n != 0 {
		t.Errorf("days one after the other: %d errors, want none", n)
	}
	twice := audit.Options{Checks: apart.Checks, Settlements: []audit.Settled{stated(1, 3), stated(3, 5)}}
	found := run(t, twice, b.Journal).Results[0].Findings
	if len(found) != 1 || found[0].Has != "2026-03-03" || !slices.Contains(found[0].Entries, i) {
		t.Errorf("the third of March in both: got %+v, want one finding that names entry %d", found, i)
	}
}

// TestSettledNowhere: what a shop states that the book does not know is held against nothing, and said so, also where it states nothing owed.
func TestSettledNowhere(t *testing.T) {
	t.Parallel()
	b := opened(t)
	day := ledger.NewDate(2026, 3, 3)
	b.on(4)
	b.do(clerk, redeem(v1, 1))
	later := day.AddDays(7) // than every entry
	found := run(t, audit.Options{Checks: []audit.Number{"R30"}, Unit: "C01", Since: later, Settlements: []audit.Settled{
		{Shop: "S98", From: day, To: day}, {Shop: "S99", From: day, To: day, Points: 150}, {Shop: "S01", From: day, To: day},
	}}, b.Journal).Results[0].Findings
	var got []string
	for _, f := range found {
		got = append(got, string(f.Grade)+" "+f.Subject+" "+f.Has+" "+f.Ought)
	}
	if want := []string{"error S98 0.00 no-shop", "error S99 1.50 no-shop"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// toSpend has base points to spend asked for and granted. They are for somebody who is a steward too.
func toSpend(b *market) (asked, granted ledger.Index) {
	b.revised(func(r *ledger.Rule) {
		r.Base = ledger.Base{Points: 100, Per: ledger.Monthly, Spendable: true}
		r.Carry, r.Classes = ledger.CarryRule{}, nil
	})
	b.on(3)
	b.do(admin, &ledger.Appoint{Staff: "U000009", Roles: []ledger.Role{ledger.Steward}, Volunteer: v1})
	asked = b.do(steward, &ledger.GrantBase{Volunteer: v1})
	return asked, b.do(second, &ledger.Approve{Record: asked})
}
