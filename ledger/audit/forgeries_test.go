package audit_test

import (
	"slices"
	"strings"
	"time"

	"aixin/ledger"
	"aixin/ledger/audit"
)

// forgeries is one row a check.
func forgeries() []forged {
	return slices.Concat(sums(), counterCases(), serviceCases(), publicCases(), shelfAndRules())
}

// twice redeems a piece for each of two people, the second of which is forged.
func twice(b *market) ledger.Index {
	b.on(3)
	b.do(clerk, redeem(v2, 1))
	return b.do(clerk, redeem(v1, 1))
}

func sums() []forged {
	return []forged{
		{check: "R01", grade: audit.Wrong, play: func(b *market) ledger.Index {
			day := b.on(3)
			served := ledger.Index(0)
			for r, err := range b.View(0).Records() {
				if err != nil {
					b.t.Fatal(err)
				}
				if r.Volunteer == v1 {
					served = r.Index
				}
			}
			return b.do(steward, &ledger.Certify{Volunteer: v1, From: day.AddDays(-1), Until: day, Records: []ledger.Index{served}})
		}, forge: func(e *ledger.Entry) { body[*ledger.Certificate](e).Minutes++ }},
		{check: "R02", grade: audit.Wrong, play: twice, forge: func(e *ledger.Entry) { amounts(e, ledger.Point, 51, -50) }},
		{check: "R03", grade: audit.Wrong, play: func(b *market) ledger.Index { // all of one's points
			b.on(3)
			b.do(clerk, redeem(v2, 6))
			return b.do(clerk, redeem(v1, 8))
		}, forge: func(e *ledger.Entry) { amounts(e, ledger.Point, 401, -401) }},
		{check: "R04", grade: audit.Wrong, play: func(b *market) ledger.Index {
			first := b.on(3)
			post := func(n int64) ledger.Index {
				return b.do(publisher, &ledger.Publish{
					What: ledger.PublishPoints, Unit: "C01", Number: n, Period: "2026-02", From: first, Until: first.AddDays(10),
					SHA256: strings.Repeat("a", 64), Size: 10,
				})
			}
			post(1)
			return post(2)
		}, forge: func(e *ledger.Entry) { body[*ledger.Publish](e).Number = 1 }},
		{check: "R05", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			b.do(clerk, redeem(v1, 1))
			b.do(clerk, &ledger.CloseCounter{Shop: "S01"})
			b.do(clerk, redeem(v2, 2))
			return b.do(clerk, &ledger.CloseCounter{Shop: "S01"})
		}, forge: func(e *ledger.Entry) { body[*ledger.CounterClose](e).Points += 50 }},
		{check: "R06", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			b.do(clerk, redeem(v1, 1))
			count := b.do(keeper, &ledger.OpenCount{Shop: "S01"})
			return b.do(keeper, &ledger.EnterCount{Count: count, Lines: salt(38)}) // of 39
		}, forge: func(e *ledger.Entry) { body[*ledger.CountSheet](e).Lines[0].Book = 38 }},
	}
}

func counterCases() []forged {
	hold := func(b *market) ledger.Index {
		b.on(3)
		h := b.do(clerk, &ledger.Hold{Volunteer: v1, Shop: "S01", Lines: salt(1)})
		b.on(6) // the last day
		return b.do(clerk, &ledger.Settle{Hold: h, Presence: ledger.ByCard})
	}
	return []forged{
		{check: "R07", grade: audit.Wrong, play: twice, forge: func(e *ledger.Entry) { amounts(e, "SKU-0001", -2, 2) }},
		{check: "R08", grade: audit.Wrong, play: twice, forge: func(e *ledger.Entry) {
			body[*ledger.Exchange](e).Lines[0].Points = 49
			amounts(e, ledger.Point, 49, -49)
		}},
		{check: "R09", grade: audit.Wrong, play: func(b *market) ledger.Index { // two visits a day, and one of somebody else
			b.on(3)
			b.do(clerk, redeem(v1, 1))
			b.do(clerk, redeem(v1, 1))
			return b.do(clerk, redeem(v2, 1))
		}, forge: func(e *ledger.Entry) { body[*ledger.Exchange](e).Volunteer = v1 }},
		{check: "R10", grade: audit.Wrong, play: hold, forge: func(e *ledger.Entry) { e.On, e.At = e.On+1, e.At.AddDate(0, 0, 1) }},
		{check: "R30", grade: audit.Wrong, play: func(b *market) ledger.Index { // four pieces, of which one came back
			b.on(3)
			b.do(clerk, redeem(v2, 2))
			i := b.do(clerk, redeem(v1, 2))
			b.on(4)
			b.do(clerk, &ledger.Return{Redemption: i, Lines: salt(1), Reason: ledger.WrongItem})
			return i
		}, forge: func(e *ledger.Entry) { amounts(e, ledger.Point, 99, -99) }, with: audit.Options{Settlements: []audit.Settled{
			{Shop: "S01", From: ledger.NewDate(2026, 3, 2), To: ledger.NewDate(2026, 3, 3), Points: 200},
			{Shop: "S01", From: ledger.NewDate(2026, 3, 4), To: ledger.NewDate(2026, 3, 8), Points: -50},
		}}},
		{check: "R31", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			b.do(steward, &ledger.SetProxy{Volunteer: v1, Proxy: v2, Relation: "neighbour"})
			fetched := redeem(v1, 1)
			fetched.Presence, fetched.Proxy = ledger.ByProxy, v2
			return b.do(clerk, fetched)
		}, forge: func(e *ledger.Entry) { body[*ledger.Exchange](e).Proxy = v3 }},
		{check: "R22", grade: audit.Wrong, play: func(b *market) ledger.Index { // on its last day
			b.on(10)
			return b.do(clerk, redeem(v1, 1))
		}, forge: func(e *ledger.Entry) { e.On, e.At = e.On+1, e.At.AddDate(0, 0, 1) }},
		{check: "R24", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			one, other := b.do(clerk, redeem(v1, 1)), b.do(clerk, redeem(v2, 1))
			b.do(steward, &ledger.Reverse{Entry: one, Reason: ledger.ClerkError})
			return b.do(steward, &ledger.Reverse{Entry: other, Reason: ledger.ClerkError})
		}, forge: func(e *ledger.Entry) { body[*ledger.Reversal](e).Entry-- }},
		{check: "R28", grade: audit.Noted, play: func(b *market) ledger.Index {
			b.on(3)
			return b.do(steward, &ledger.DeclareOpening{Volunteer: v1, Points: 100_000})
		}, forge: func(e *ledger.Entry) { // what nobody approved is credited
			e.Kind, e.Body = ledger.OpeningPosted, &ledger.Credit{Record: 1, Volunteer: v1}
			e.Postings = []ledger.Posting{
				{Account: ledger.PointsOf(v1), Commodity: ledger.Point, Amount: -100_000, Lot: ledger.NewLotID(e.Index, 1)},
				{Account: acct("issued:C01"), Commodity: ledger.Point, Amount: 100_000},
			}
		}},
	}
}

func serviceCases() []forged {
	return []forged{
		{check: "R11", grade: audit.Wrong, play: noticed, forge: func(e *ledger.Entry) { e.On, e.At = e.On-1, e.At.AddDate(0, 0, -1) }},
		{check: "R12", grade: audit.Wrong, play: func(b *market) ledger.Index {
			return b.credit(hours(v1, b.on(3), 8, 60, ledger.Roster))
		}, forge: func(e *ledger.Entry) { e.Actor = leader }},
		{check: "R12", grade: audit.Wrong, play: twice, forge: func(e *ledger.Entry) { body[*ledger.Exchange](e).Volunteer = v3 }, with: audit.Options{
			Relatives: [][2]string{{string(clerk), string(v3)}},
		}},
		{check: "R12", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			return b.do(admin, &ledger.GrantRole{Staff: "U000009", Role: ledger.Supervisor, Scope: "C01", From: b.on(3)})
		}, forge: func(e *ledger.Entry) { body[*ledger.GrantRole](e).Staff = "U000010" }, with: audit.Options{
			Officials: []ledger.StaffID{"U000010"},
		}},
		{check: "R13", grade: audit.Wrong, play: nextSlot, forge: func(e *ledger.Entry) { body[*ledger.HoursRecord](e).Start-- }},
		{check: "R14", grade: audit.Wrong, play: nextSlot, forge: func(e *ledger.Entry) { body[*ledger.HoursRecord](e).Start -= 3 * 60 }},
		{check: "R15", grade: audit.Wrong, play: func(b *market) ledger.Index { // Monday, and the tenth working day after it
			served := b.on(2)
			b.on(16)
			return b.do(leader, hours(v1, served, 14, 60, ledger.Roster))
		}, forge: func(e *ledger.Entry) { e.On, e.At = e.On+1, e.At.AddDate(0, 0, 1) }},
		{check: "R16", grade: audit.Noted, play: backfilled(5), forge: nil},
		{check: "R17", grade: audit.Noted, play: onOneRoster, forge: func(e *ledger.Entry) { body[*ledger.HoursRecord](e).Minutes = 60 }},
		{check: "R18", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			b.do(clerk, redeem(v1, 1))
			b.do(steward, &ledger.SetStatus{Volunteer: v1, Status: ledger.Frozen, Reason: ledger.LostCard})
			return b.do(clerk, redeem(v2, 1))
		}, forge: func(e *ledger.Entry) { body[*ledger.Exchange](e).Volunteer = v1 }},
		{check: "R18", grade: audit.Wrong, play: twice, forge: func(e *ledger.Entry) { e.On, e.At = e.On+1, e.At.AddDate(0, 0, 1) }, with: audit.Options{
			Deaths: map[ledger.VolunteerID]ledger.Date{v1: ledger.NewDate(2026, 3, 3)}, // they came on their last day
		}},
		{check: "R19", grade: audit.Wrong, play: scanned(false), forge: func(e *ledger.Entry) { body[*ledger.HoursRecord](e).Volunteer = v2 }},
		{check: "R19", grade: audit.Wrong, play: scanned(false), forge: func(e *ledger.Entry) { body[*ledger.HoursRecord](e).Minutes = 61 }},
		{check: "R19", grade: audit.Wrong, play: scanned(true), forge: func(e *ledger.Entry) { body[*ledger.HoursRecord](e).Minutes = 59 }},
		{check: "R20", grade: audit.Noted, play: samePhoto, forge: func(e *ledger.Entry) { body[*ledger.ActsRecord](e).On-- }},
	}
}

// publicCases are of what hangs out, lapses and is counted over a year.
func publicCases() []forged {
	return []forged{
		{check: "R26", grade: audit.Wrong, play: func(b *market) ledger.Index { // the day after their last
			b.at = ledger.NewDate(2026, 4, 3).Time()
			return b.do(steward, &ledger.Expire{Volunteer: v1})
		}, forge: func(e *ledger.Entry) { e.On, e.At = e.On-1, e.At.AddDate(0, 0, -1) }},
		{check: "R27", grade: audit.Wrong, play: func(b *market) ledger.Index { // 2.00 a month
			day := b.on(3)
			b.do(leader, &ledger.DeclareActs{Volunteer: v2, Code: "RC01", Quantity: 2, On: day})
			return b.do(leader, &ledger.DeclareActs{Volunteer: v1, Code: "RC01", Quantity: 3, On: day})
		}, forge: func(e *ledger.Entry) {
			a := body[*ledger.ActsRecord](e)
			a.Points, a.Clipped = 300, 0
		}},
		{check: "R27", grade: audit.Wrong, play: helped(ledger.Good), forge: complainedOf},
		{check: "R27", grade: audit.Wrong, play: helped(ledger.Bad), forge: func(e *ledger.Entry) { // as if nobody had complained
			h := body[*ledger.HoursRecord](e)
			h.Counted, h.Points = 60, 100
		}},
		{check: "R27", grade: audit.Wrong, play: func(b *market) ledger.Index { // 1.00 each
			return b.do(leader, &ledger.DeclareActs{Volunteer: v1, Code: "RC01", Quantity: 1, On: b.on(3)})
		}, forge: func(e *ledger.Entry) { body[*ledger.ActsRecord](e).Points = 150 }},
		{check: "R29", grade: audit.Wrong, play: noticed, forge: func(e *ledger.Entry) {
			e.Kind, e.Postings = ledger.Published, nil
			e.Body = &ledger.Publish{
				What: ledger.PublishPoints, Unit: "C02", Number: 2, Period: "2026-02", From: e.On, Until: e.On + 1, SHA256: strings.Repeat("d", 64), Size: 9,
			}
		}, with: audit.Options{Evidence: map[string]audit.File{strings.Repeat("b", 64): {Size: 100}}}},
		{check: "R29", grade: audit.Wrong, play: hung, forge: func(e *ledger.Entry) { body[*ledger.PostNotice](e).Records[0]++ }},    // not approved
		{check: "R29", grade: audit.Wrong, play: hung, forge: func(e *ledger.Entry) { body[*ledger.PostNotice](e).Records[0] = 1 }},  // no record
		{check: "R29", grade: audit.Wrong, play: hung, forge: func(e *ledger.Entry) { body[*ledger.PostNotice](e).Records[0] -= 3 }}, // taken back
		{check: "R32", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			b.do(reviewer, &ledger.Approve{Record: b.do(steward, &ledger.DeclareOpening{Volunteer: v1, Points: 100})})
			return b.do(reviewer, &ledger.Approve{Record: b.do(steward, &ledger.DeclareOpening{Volunteer: v2, Points: 100})})
		}, forge: func(e *ledger.Entry) { body[*ledger.Credit](e).Volunteer = v1 }},
	}
}

// noticed is a record that hung out for a week before its credit.
func noticed(b *market) ledger.Index {
	day := b.on(3)
	record := b.do(leader, &ledger.DeclareHours{Volunteer: v3, Activity: "A002", Start: ledger.NewStart(day, 8*60), Minutes: 60, Capture: ledger.Roster})
	b.do(reviewer, &ledger.Approve{Record: record})
	b.do(publisher, &ledger.PostNotice{
		Unit: "C02", Number: 1, From: day, Until: day.AddDays(7), Records: []ledger.Index{record}, SHA256: strings.Repeat("b", 64), Size: 100,
	})
	b.on(11)
	return b.do(steward, &ledger.CreditRecord{Record: record})
}

// hung hangs out a record of which its neighbours are none to hang out: of three in a row the first was taken back after its credit, and the last
// nobody approved.
func hung(b *market) ledger.Index {
	day := b.on(3)
	far := func(hour int) ledger.Index {
		return b.do(leader, &ledger.DeclareHours{
			Volunteer: v3, Activity: "A002", Start: ledger.NewStart(day, hour*60), Minutes: 60, Capture: ledger.Roster,
		})
	}
	b.do(steward, &ledger.Reverse{Entry: b.credit(hours(v2, day, 8, 60, ledger.Roster)), Reason: ledger.DoubleEntry})
	first, _ := far(8), far(9)
	b.do(reviewer, &ledger.Approve{Record: first})
	return b.do(publisher, &ledger.PostNotice{
		Unit: "C02", Number: 1, From: day, Until: day.AddDays(7), Records: []ledger.Index{first}, SHA256: strings.Repeat("b", 64), Size: 100,
	})
}

// nextSlot is from eleven, after what ends at eleven.
func nextSlot(b *market) ledger.Index {
	return b.do(leader, hours(v2, b.on(2), 11, 60, ledger.Roster))
}

// backfilled is the last of so many sessions of a day that were entered from memory.
func backfilled(n int) func(b *market) ledger.Index {
	return func(b *market) ledger.Index {
		day := b.on(3)
		i := ledger.Index(0)
		for k := range n {
			i = b.do(leader, hours(v2, day, 6+k, 30, ledger.Backfill))
		}
		return i
	}
}

// onOneRoster is the last line of a roster of five, a minute longer than the others.
func onOneRoster(b *market) ledger.Index {
	day, last := b.on(3), ledger.Index(0)
	for n := range 5 {
		id := ledger.NewVolunteerID(50 + n)
		b.do(steward, &ledger.Enroll{Volunteer: id, Unit: "C01"})
		one := hours(id, day, 8, 60, ledger.Roster)
		if one.Sheet = "0001"; n == 4 {
			one.Minutes = 61
		}
		last = b.do(leader, one)
	}
	return last
}

// samePhoto is an act shown by the picture of another.
func samePhoto(b *market) ledger.Index {
	day := b.on(3)
	photo := ledger.Evidence{SHA256: strings.Repeat("c", 64), Size: 20_000}
	b.do(leader, &ledger.DeclareActs{Volunteer: v1, Code: "RC01", Quantity: 1, On: day, Evidence: photo})
	return b.do(leader, &ledger.DeclareActs{Volunteer: v2, Code: "RC01", Quantity: 1, On: day, Evidence: photo})
}

func shelfAndRules() []forged {
	return []forged{
		{check: "R21", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			b.do(steward, &ledger.SetClasses{Volunteer: v1, Classes: []ledger.Beneficiary{"hardship"}})
			gift := &ledger.Receive{Shop: "S01", Donor: "D001", Lines: salt(1), BestBefore: b.on(4)}
			gift.Only = "hardship"
			b.do(keeper, gift)
			return b.do(clerk, redeem(v1, 1))
		}, forge: func(e *ledger.Entry) { body[*ledger.Exchange](e).Volunteer = v2 }},
		{check: "R23", grade: audit.Wrong, play: func(b *market) ledger.Index {
			b.on(3)
			paper := b.do(keeper, &ledger.DeclareWriteOff{Shop: "S01", Lines: salt(1), Reason: ledger.GoodsDamaged})
			return b.do(steward, &ledger.ConfirmWriteOff{Paper: paper})
		}, forge: func(e *ledger.Entry) { e.Actor = keeper }},
		{check: "R25", grade: audit.Wrong, play: func(b *market) ledger.Index {
			day := b.on(3)
			waits := b.do(steward, &ledger.PriceItem{Item: "SKU-0001", Points: 60, From: day})
			return b.do(second, &ledger.Approve{Record: waits})
		}, forge: func(e *ledger.Entry) { e.Proposal = 0 }},
	}
}

// scanned declares an hour that a session shows: checked out by the volunteer, or confirmed by the leader afterwards.
func scanned(confirmed bool) func(b *market) ledger.Index {
	return func(b *market) ledger.Index {
		day := b.on(3)
		session := b.do(leader, &ledger.OpenSession{Activity: "A001"})
		b.do(leader, &ledger.CheckIn{Session: session, Volunteer: v1, By: ledger.CheckedByLeader})
		b.at = b.at.Add(time.Hour)
		if confirmed {
			b.do(leader, &ledger.ConfirmAttendance{Session: session, Volunteer: v1, Out: ledger.NewStart(day, 13*60)})
		} else {
			b.do(leader, &ledger.CheckOut{Session: session, Volunteer: v1})
		}
		b.do(leader, &ledger.CloseSession{Session: session})
		h := hours(v1, day, 12, 60, ledger.Scan)
		h.Session = session
		return b.do(leader, h)
	}
}

// helped declares an hour for somebody who asked for help, after a call-back heard how it went.
func helped(heard ledger.CallResult) func(b *market) ledger.Index {
	return func(b *market) ledger.Index {
		day := b.on(3)
		b.do(steward, &ledger.AddUnit{Unit: "C11", Kind: ledger.Grid, Parent: "C01", Name: "grid"})
		b.do(clerk, &ledger.TakeRequest{Request: "Q000001", Unit: "C01", Channel: ledger.ByPhone})
		b.do(leader, &ledger.SortRequest{Request: "Q000001", Class: ledger.Urgent})
		b.do(leader, &ledger.AssignRequest{Request: "Q000001", To: "C11"})
		start := ledger.NewStart(day, 13*60)
		b.at = b.at.Add(3 * time.Hour)
		b.do(leader, &ledger.FinishRequest{Request: "Q000001", By: []ledger.VolunteerID{v1}, Start: start, Minutes: 60})
		b.do(reviewer, &ledger.CallBack{Request: "Q000001", Result: heard})
		h := hours(v1, day, 13, 60, ledger.Roster)
		h.Request = "Q000001"
		return b.do(leader, h)
	}
}

// complainedOf lets an hour earn nothing, as the rule has it where somebody complained.
func complainedOf(e *ledger.Entry) {
	h := body[*ledger.HoursRecord](e)
	h.Counted, h.Points = 0, 0
}
