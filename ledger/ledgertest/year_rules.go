package ledgertest

import "aixin/ledger"

// YearRules are the rules that the communities of a year follow in turn: a village that counts acts, a town whose points last till
// the end of the next year, and a county whose credit follows the approval. They are in force from 2026-01-01, and between them
// they switch on what a rule can say, with the standards of DOMAIN's list.
func YearRules() []ledger.Rule { return []ledger.Rule{yearVillage(), yearTown(), yearCountyRule()} }

// the first and the last day of a year's rules and of what they boost.
func yearFrom() ledger.Date { return ledger.NewDate(2026, 1, 1) }

func acts(points ledger.Amount, per int64, codes ...ledger.Code) (list []ledger.ActStandard) {
	for _, code := range codes {
		list = append(list, ledger.ActStandard{Code: code, Points: points, Per: per})
	}
	return list
}

func yearVillage() ledger.Rule {
	r := ledger.Rule{
		ID: "village", Version: 1, From: yearFrom(), Step: 30, SessionCap: 240, DayCap: 480, DayLimit: 720,
		Earns:   []ledger.Capture{ledger.Scan, ledger.Roster},
		Expires: ledger.ExpiresMonths, ExpiresIn: 12, ReturnGrace: 7, Transfer: true,
		Rates:  []ledger.HourRate{{Code: "VH01", Points: 200}},
		Notice: ledger.NoticeRule{Days: 7, Reply: 3},
		Second: ledger.Second{Kinds: []ledger.Kind{ledger.Transferred}},
		Worth:  ledger.Worth{Fen: 100, Warn: 80},
		Counter: ledger.CounterRule{
			Windows: []ledger.Window{{From: 9 * 60, Until: 17 * 60}, {On: ledger.NewDate(2026, 2, 17), Closed: true}},
			Limits:  []ledger.Limit{{Of: "visits", Per: ledger.Weekly, Most: 3, Household: true}},
			Proxy:   ledger.ProxyDeclared,
		},
		Hold: ledger.HoldRule{Days: 14, Open: 2}, Leave: ledger.LeaveRule{Days: 60},
		Donation: ledger.DonationRule{Household: true, Welfare: true}, Honours: []ledger.HonourTier{{Name: "heart", Points: 50}, {Name: "gold", Points: 250}},
		Pairing: []ledger.GiftPair{{Class: "hardship", Task: 1, Gift: 5}, {Task: 1, Gift: 1}},
		Classes: []ledger.ClassExpiry{{Class: ledger.ClassGift, Expires: ledger.ExpiresQuarterEnd}, {Class: ledger.ClassBase, Expires: ledger.ExpiresNever}},
		ServiceRule: ledger.ServiceRule{
			Caps: []ledger.Cap{
				{Code: "EN05", Of: ledger.EachHousehold, Per: ledger.Yearly, Points: 6000, Over: ledger.OverClipped},
				{Code: "NB02", Of: ledger.EachHousehold, Per: ledger.Yearly, Points: 6000, Over: ledger.OverClipped},
			},
			Boosts:     []ledger.Boost{{Code: "VH01", Percent: 200, From: ledger.NewDate(2026, 6, 1), Until: ledger.NewDate(2026, 8, 31), Cap: 600}},
			Deductions: []ledger.Deduction{{Code: "DE01", Points: 500, Evidence: true}, {Code: "DE02", Points: 2000}},
			LongDay:    ledger.LongDay{Minutes: 300, Role: ledger.Steward},
			Deadline:   ledger.Deadline{Days: 7, Late: ledger.LateHonorary},
			Base:       ledger.Base{Points: 6000, Per: ledger.Yearly, Of: ledger.EachHousehold}, // BA01
			Attendance: ledger.Attendance{Signatures: 2},
		},
	}
	r.Acts = acts(1000, 1, "EN04", "EN06", "SF01", "NB01")
	r.Acts = append(r.Acts, acts(500, 1, "EN05", "ME01", "ME02", "NB02")...)
	r.Acts = append(r.Acts, acts(200, 1, "EN01")...)
	r.Acts = append(r.Acts,
		ledger.ActStandard{Code: "RC01", Points: 100, Per: 50, Keep: ledger.KeepRest},
		ledger.ActStandard{Code: "RC02", Points: 100, Per: 35, Keep: ledger.KeepWhole},
		ledger.ActStandard{Code: "RC03", Points: 100, Per: 30},
		ledger.ActStandard{Code: "HO01", Points: 1000, Per: 1, Once: ledger.OnceEver},
		ledger.ActStandard{Code: "HO02", Points: 500, Per: 1, Once: ledger.OnceEver},
		ledger.ActStandard{Code: "HO03", Points: 10000, Per: 1, Once: ledger.OnceAYear},
	)
	return r
}

func yearTown() ledger.Rule {
	r := ledger.Rule{
		ID: "town", Version: 1, From: yearFrom(), Step: 30, HalfUp: true, SessionCap: 240, DayCap: 480, Sessions: 3,
		Earns:   []ledger.Capture{ledger.Scan, ledger.Roster},
		Expires: ledger.ExpiresYearEnd, ReturnGrace: 3,
		Rates:  []ledger.HourRate{{Code: "VH02", Points: 1000}, {Code: "VH05", Points: 2000}},
		Notice: ledger.NoticeRule{Days: 3, Reply: 3},
		Worth:  ledger.Worth{Fen: 10, Warn: 80},
		Counter: ledger.CounterRule{
			Least:    ledger.Least{Points: 500},
			Limits:   []ledger.Limit{{Of: "points", Per: ledger.Monthly, Most: 50000}, {Of: "pieces", Per: ledger.Daily, Most: 8}},
			Presence: []ledger.PresenceRule{{By: ledger.ByTyped, Needs: []string{"pin", "slip"}, PerDay: 20}},
			Proxy:    ledger.ProxyHousehold,
			Returns:  ledger.ReturnRule{Reasons: []ledger.Reason{ledger.ClerkError, ledger.WrongItem, ledger.DefectiveItem}, Days: 7},
		},
		Hold: ledger.HoldRule{Days: 3},
		ServiceRule: ledger.ServiceRule{
			Caps: []ledger.Cap{
				{Per: ledger.Monthly, Points: 15000, Over: ledger.OverHeld},
				{Of: ledger.EachUnit, Per: ledger.Yearly, Points: 100_000_000},
			},
			Deductions: []ledger.Deduction{{Code: "DE02", Points: 2000}},
			Overlap:    string(ledger.OverHeld),
			Deadline:   ledger.Deadline{Days: 5, Late: ledger.LateHeld},
			Attendance: ledger.Attendance{Session: true},
		},
	}
	r.Acts = acts(1000, 1, "NB01", "NB03", "HO04")
	r.Acts = append(r.Acts, acts(2000, 1, "ME04")...)
	r.Acts = append(r.Acts, acts(300, 1, "ME03")...)
	r.Acts = append(r.Acts, acts(500, 1, "EN02", "EN03")...)
	r.Acts = append(r.Acts, acts(20000, 1, "SF03")...)
	r.Acts = append(r.Acts, ledger.ActStandard{Code: "SF02", Points: 5000, Per: 1, Evidence: true})
	return r
}

func yearCountyRule() ledger.Rule {
	return ledger.Rule{
		ID: "county", Version: 1, From: yearFrom(), Step: 30, SessionCap: 240, DayCap: 480,
		Earns:   []ledger.Capture{ledger.Scan, ledger.Roster},
		Expires: ledger.ExpiresYearEnd, ExpiresIn: 1, ReturnGrace: 30,
		Rates:   []ledger.HourRate{{Code: "VH01", Points: 100}, {Code: "VH05", Points: 500}},
		Worth:   ledger.Worth{Fen: 100, Warn: 80},
		Counter: ledger.CounterRule{Proxy: ledger.ProxyAnyone},
		Hold:    ledger.HoldRule{Days: 30},
		Acts: append(acts(100, 1, "RC04", "SF04"),
			ledger.ActStandard{Code: "RC03", Points: 100, Per: 30},
			ledger.ActStandard{Code: "RF01", Points: 200, Per: 1, Once: ledger.OncePerson},
		),
		ServiceRule: ledger.ServiceRule{
			Boosts:     []ledger.Boost{{Code: "SF04", Percent: 500, From: ledger.NewDate(2026, 7, 1), Until: ledger.NewDate(2026, 7, 31)}},
			Deductions: []ledger.Deduction{{Code: "DE01", Points: 500, Evidence: true}},
			Deadline:   ledger.Deadline{Days: 5, Late: ledger.LateRefused},
		},
	}
}

// secondHalf is the first day of the second versions of the rules.
func secondHalf() ledger.Date { return yearDay(7, 1) }

// lastQuarter is the first day of the village's third.
func lastQuarter() ledger.Date { return yearDay(10, 1) }

// revise sets the next versions of the rules, some days before they are in force: in the second half of the year an hour is worth more, and
// in the village the household holds what its members earn, in the last quarter for its head alone to exchange.
func (y *Year) revise() {
	switch y.day {
	case secondHalf().AddDays(-16):
		for _, rule := range secondYearRules() {
			y.do(yearSteward, &ledger.SetRule{Rule: rule}, nil)
		}
	case lastQuarter().AddDays(-16):
		rule := secondYearRules()[0]
		rule.Version, rule.From, rule.Account.Head = 3, lastQuarter(), true
		y.do(yearSteward, &ledger.SetRule{Rule: rule}, nil)
		y.nameHeads()
	}
}

func secondYearRules() []ledger.Rule {
	list := YearRules()
	for i := range list {
		list[i].Version, list[i].From = 2, secondHalf()
		for k := range list[i].Rates {
			list[i].Rates[k].Points += 50
		}
	}
	list[0].Account.Holder = ledger.HeldByHousehold
	return list
}

// nameHeads says who is the head of each household where that matters; one in twelve of those who might be says nothing.
func (y *Year) nameHeads() {
	for n := range y.size.People {
		who := &y.people[n]
		if who.place.rule.ID == yearVillage().ID && !who.gone && who.home == y.own(n) && n/len(y.places)%12 != 6 {
			do := &ledger.SetHousehold{Volunteer: who.id, Household: who.home, From: lastQuarter(), Head: true}
			y.do(yearSteward, do, func(ledger.Entry) { y.people[n].heads = true })
		}
	}
}

// purse is what somebody may spend: with what their household holds, where the rule says so.
func (y *Year) purse(who *person) ledger.Amount {
	if who.place.rule.ID == "village" && y.day >= secondHalf() && (who.heads || y.day < lastQuarter()) {
		return who.has + y.homes[who.home]
	}
	return who.has
}

// yearHolidays is the calendar of 2026: the days off, and the days at the weekend on which people work for them.
func yearHolidays() *ledger.SetCalendar {
	do := &ledger.SetCalendar{Year: 2026}
	for _, span := range [][4]int{{1, 1, 1, 3}, {2, 15, 2, 23}, {4, 4, 4, 6}, {5, 1, 5, 5}, {6, 19, 6, 21}, {9, 25, 9, 27}, {10, 1, 10, 7}} {
		from, until := yearDay(span[0], span[1]), yearDay(span[2], span[3])
		for d := from; d <= until; d++ {
			do.Holidays = append(do.Holidays, d)
		}
	}
	for _, d := range [][2]int{{1, 4}, {2, 14}, {2, 28}, {5, 9}, {9, 20}, {10, 10}} {
		do.Workdays = append(do.Workdays, yearDay(d[0], d[1]))
	}
	return do
}
