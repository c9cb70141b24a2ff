package ledgertest

import (
	"fmt"
	"time"

	"aixin/ledger"
)

// This file opens the book of a year: the organisation, its staff and rules, shelves, people, and what their booklets held.

const (
	yearAdmin   ledger.StaffID = "U000001"
	yearSteward ledger.StaffID = "U000002" // of the county: sets what all follow, and runs the due work
	yearCounty  ledger.UnitID  = "C10"
	yearDonors                 = 12
)

// open asks for everything that a year begins with.
func (y *Year) open() {
	y.minute = 8 * 60
	y.alone("", &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.test/year", Zone: Zone})
	y.alone(yearAdmin, &ledger.Appoint{Staff: yearAdmin, Roles: []ledger.Role{ledger.Admin}})
	y.alone(yearAdmin, &ledger.Appoint{Staff: yearSteward, Roles: []ledger.Role{ledger.Steward}})
	for i := range y.rules {
		y.alone(yearSteward, &ledger.SetRule{Rule: y.rules[i]})
	}
	y.alone(yearSteward, yearHolidays())
	y.alone(yearAdmin, &ledger.AddUnit{Unit: yearCounty, Kind: ledger.County, Name: "county"})
	for n := range (y.size.Communities + 9) / 10 {
		y.alone(yearAdmin, &ledger.AddUnit{Unit: town(n * 10), Kind: ledger.Town, Parent: yearCounty, Name: fmt.Sprintf("town %d", n+1)})
	}
	for n := range y.size.Communities {
		y.found(n)
	}
	y.stock()
	y.enroll()
	y.belong()
	y.part()
}

// alone asks for one thing, since what follows needs it.
func (y *Year) alone(actor ledger.StaffID, do ledger.Action) {
	y.do(actor, do, nil)
	y.flush()
}

func town(community int) ledger.UnitID { return ledger.UnitID(fmt.Sprintf("C10%02d", community/10+1)) }

// found founds a community: four people share its roles, as DOMAIN asks of a village.
func (y *Year) found(n int) {
	staff := func(k int) ledger.StaffID { return ledger.StaffID(fmt.Sprintf("U%06d", 10+4*n+k)) }
	p := &place{
		number: n, unit: ledger.UnitID(fmt.Sprintf("C2%03d", n+1)), grid: ledger.UnitID(fmt.Sprintf("C2%03d01", n+1)),
		shop: ledger.ShopID(fmt.Sprintf("S%03d", n+1)), rule: &y.rules[n%len(y.rules)],
		leader: staff(0), reviewer: staff(1), clerk: staff(2), keeper: staff(3),
	}
	y.places = append(y.places, p)
	y.alone(yearAdmin, &ledger.AddUnit{Unit: p.unit, Kind: ledger.Community, Parent: town(n), Name: "community", Rule: p.rule.ID})
	y.do(yearAdmin, &ledger.AddUnit{Unit: p.grid, Kind: ledger.Grid, Parent: p.unit, Name: "grid"}, nil)
	y.below(p)
	y.do(yearAdmin, &ledger.AddShop{Shop: p.shop, Unit: p.unit, Name: "shop"}, nil)
	for k, roles := range [][]ledger.Role{
		{ledger.Leader, ledger.Publisher}, {ledger.Reviewer, ledger.Steward}, {ledger.Clerk}, {ledger.Keeper},
	} {
		y.do(yearAdmin, &ledger.Appoint{Staff: staff(k), Roles: roles}, nil)
	}
	y.flush()
	y.do(p.reviewer, &ledger.IssueVouchers{Shop: p.shop, First: 1, Last: 150}, nil)
	for k, name := range []string{"patrol", "good neighbours", "reading hall", "silver hair", "flood watch"} {
		code := p.rule.Rates[k%len(p.rule.Rates)].Code
		y.do(p.leader, &ledger.AddActivity{Activity: p.activity(k), Unit: p.unit, Code: code, Name: name}, nil)
		p.code = append(p.code, code)
	}
	for _, act := range p.rule.Acts {
		p.acts = append(p.acts, act.Code)
	}
	y.flush()
}

// below adds what is below a community: a building with a leader of its own, a branch, a partner and a team.
func (y *Year) below(p *place) {
	under := func(k int, kind ledger.UnitKind, parent ledger.UnitID) ledger.UnitID {
		unit := ledger.UnitID(fmt.Sprintf("%s%02d", p.unit, k))
		y.alone(yearAdmin, &ledger.AddUnit{Unit: unit, Kind: kind, Parent: parent, Name: string(kind)})
		return unit
	}
	building := under(3, ledger.Building, under(2, ledger.GridUnit, p.grid))
	under(4, ledger.Branch, p.unit)
	under(5, ledger.Partner, p.unit)
	under(6, ledger.Team, p.unit)
	y.do(yearAdmin, &ledger.GrantRole{Staff: ledger.StaffID(fmt.Sprintf("U%06d", 6000+p.number)), Role: ledger.Leader, Scope: string(building), From: y.day}, nil)
}

// activity names the k-th activity of the community.
func (p *place) activity(k int) ledger.ActivityID {
	return ledger.ActivityID(fmt.Sprintf("A%03d%d", p.number+1, k))
}

func yearDonor(n int) ledger.DonorID { return ledger.DonorID(fmt.Sprintf("D%03d", n%yearDonors+1)) }

// stock adds donors and items, whose prices are those of DOMAIN's catalogue: from two points to five hundred.
func (y *Year) stock() {
	for n := range yearDonors {
		y.do(yearSteward, &ledger.AddDonor{Donor: yearDonor(n)}, nil)
	}
	points := []ledger.Amount{2, 5, 7, 4, 14, 5, 10, 15, 100, 5, 20, 39, 44, 50, 15, 20, 48, 150, 75, 20, 5, 10, 40, 90, 78, 100, 150, 200, 100, 500}
	for n := range y.size.Items {
		price := points[n%len(points)] * 100
		y.prices = append(y.prices, price)
		y.do(yearSteward, &ledger.AddItem{Item: sku(n + 1), Name: "item", Points: price, From: y.day}, nil)
	}
	y.flush()
	for _, p := range y.places {
		y.deliver(p, 60)
	}
	y.flush()
}

// enroll opens the accounts: every third household has two people. Every eighth person brings a booklet, whose points lapse at
// the end of the year or at the end of February.
func (y *Year) enroll() {
	for n := range y.size.People {
		p := y.places[n%len(y.places)]
		y.people = append(y.people, person{id: ledger.NewVolunteerID(n + 1), place: p, home: y.household(n)})
		p.people = append(p.people, n)
		y.do(p.reviewer, &ledger.Enroll{Volunteer: y.people[n].id, Unit: p.unit, Household: y.household(n)}, nil)
	}
	y.flush()
	for n := 3; n < y.size.People; n += 8 {
		lapse := ledger.NewDate(2026, time.December, 31)
		if n%16 == 3 {
			lapse = ledger.NewDate(2026, time.February, 28)
		}
		p := y.people[n].place
		do := &ledger.DeclareOpening{Volunteer: y.people[n].id, Points: ledger.Amount(500 + y.rng.IntN(6000)), Expires: lapse}
		y.do(yearSteward, do, func(e ledger.Entry) { p.declared = append(p.declared, declared{record: e.Index, who: n}) })
	}
	y.flush()
}

// belong has Party members join the branch of their community: every twenty-fifth person does, some for half a year.
func (y *Year) belong() {
	for n := 7; n < y.size.People; n += 25 {
		p := y.people[n].place
		do := &ledger.SetMembership{Volunteer: y.people[n].id, Unit: ledger.UnitID(fmt.Sprintf("%s04", p.unit)), From: y.day}
		if n%50 == 7 {
			do.Until = secondHalf()
		}
		y.do(p.leader, do, nil)
	}
	y.flush()
}

// part has one person in forty belong to the grid of their community from the second half of the year on, and some who live alone move
// into another household then: not where households hold the points.
func (y *Year) part() {
	for n := 9; n < y.size.People; n += 40 {
		who := y.people[n]
		y.do(yearSteward, &ledger.MoveVolunteer{Volunteer: who.id, Unit: who.place.grid, From: secondHalf()}, nil)
	}
	for n := range y.size.People {
		who := y.people[n]
		if n/len(y.places)%12 == 0 && who.place.rule.Account.Holder == "" {
			home := ledger.HouseholdID(fmt.Sprintf("H%06d", 900000+n))
			y.do(yearSteward, &ledger.SetHousehold{Volunteer: who.id, Household: home, From: secondHalf(), Head: true}, nil)
		}
	}
	y.flush()
}

// household names the household of the n-th person: every third of a community lives with the one before.
func (y *Year) household(n int) ledger.HouseholdID {
	if n/len(y.places)%3 == 2 {
		n -= len(y.places)
	}
	return y.own(n)
}

// own names the household in which the n-th person is the first.
func (y *Year) own(n int) ledger.HouseholdID { return ledger.HouseholdID(fmt.Sprintf("H%06d", n+1)) }

// yearDay is a day of the year.
func yearDay(month, day int) ledger.Date { return ledger.NewDate(2026, time.Month(month), day) }
