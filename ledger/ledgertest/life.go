package ledgertest

import (
	"fmt"
	"slices"

	"aixin/ledger"
)

// The family of what becomes of a volunteer in the course of a life: relatives, guardians, cards, two numbers that become one, the end.

func lifeFamily() family {
	return family{
		answer: (*Naive).life,
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.DeclareKin, *ledger.SetGuardian, *ledger.Merge, *ledger.DeclareLeave, *ledger.Leave, *ledger.IssueCard, *ledger.Certify, *ledger.Erase:
				return []ledger.Role{ledger.Steward}
			case *ledger.VoidCard:
				return []ledger.Role{ledger.Steward, ledger.Clerk}
			case *ledger.SetConsent:
				return []ledger.Role{ledger.Steward, ledger.Leader, ledger.Publisher}
			}
			return nil
		},
		wrong:   lifeWrong,
		differs: (*Naive).lifeDiffers,
		draws:   lifeDraws(),
		scenes:  []scene{{2, (*Generator).warded}, {3, (*Generator).goingAway}},
		build:   (*Generator).enrolSpares,
	}
}

func lifeWrong(do ledger.Action) bool {
	switch a := do.(type) {
	case *ledger.DeclareKin:
		return nobodys(a.Volunteer) || nobodys(ledger.VolunteerID(a.Of)) || a.Of == string(a.Volunteer)
	case *ledger.SetGuardian:
		monthEnd := a.Until == 0 || a.Until.AddDays(1).Time().Day() == 1
		return nobodys(a.Volunteer) || nobodys(a.Guardian) || a.Volunteer == a.Guardian || !monthEnd || (a.Until != 0 && a.Guardian == "")
	case *ledger.SetConsent:
		return nobodys(a.Volunteer)
	case *ledger.Merge:
		return nobodys(a.From) || nobodys(a.Into) || a.From == a.Into
	case *ledger.DeclareLeave:
		return nobodys(a.Volunteer)
	case *ledger.Leave:
		return nobodys(a.Volunteer) || nobodys(a.To) || a.Volunteer == a.To || (a.To != "" && a.Pool != "")
	case *ledger.IssueCard:
		return nobodys(a.Volunteer)
	case *ledger.VoidCard:
		return nobodys(a.Volunteer)
	case *ledger.Erase:
		return nobodys(a.Volunteer)
	case *ledger.Certify:
		return nobodys(a.Volunteer) || len(a.Records) == 0 || a.From > a.Until || !slices.IsSorted(a.Records) || a.Records[0] <= 0
	}
	return false
}

// spares are the second numbers of people, and those of people who come and go.
const spares = 12

// lastPerson is the serial of the last person of the world; spare numbers come after it.
const lastPerson = 12

// lives is what the generator saw of the course of people's lives, to go on from there.
type lives struct {
	credits []*ledger.Credit
	spares  []ledger.VolunteerID // spare numbers that were credited something
	leavers []ledger.VolunteerID
	carded  []ledger.VolunteerID
	guarded []*ledger.SetGuardian
	kin     []*ledger.DeclareKin
	grants  []*ledger.GrantRole
}

func (l *lives) saw(e ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.Credit:
		l.credits = append(l.credits, body)
		if body.Volunteer.Serial() > lastPerson {
			l.spares = append(l.spares, body.Volunteer)
		}
	case *ledger.LeaveNotice:
		l.leavers = append(l.leavers, body.Volunteer)
	case *ledger.IssueCard:
		l.carded = append(l.carded, body.Volunteer)
	case *ledger.SetGuardian:
		l.guarded = append(l.guarded, body)
	case *ledger.DeclareKin:
		l.kin = append(l.kin, body)
	case *ledger.GrantRole:
		l.grants = append(l.grants, body)
	}
}

// late draws one of the latest of what was seen, and now and then none.
func late[T any](g *Generator, list []T) (one T, ok bool) {
	n := len(list)
	if n == 0 || g.rng.IntN(6) == 0 {
		return one, false
	}
	return list[n-1-g.rng.IntN(min(n, 4))], true
}

// lateOr draws one of the latest of a list of people, or anyone.
func lateOr(g *Generator, list []ledger.VolunteerID) ledger.VolunteerID {
	if one, ok := late(g, list); ok {
		return one
	}
	return g.anyone()
}

// anyone draws a person of the world or a spare number.
func (g *Generator) anyone() ledger.VolunteerID {
	if g.rng.IntN(3) == 0 {
		return g.person()
	}
	return g.spare()
}

func (g *Generator) spare() ledger.VolunteerID {
	return ledger.NewVolunteerID(lastPerson + 1 + g.rng.IntN(spares))
}

// enrolSpares gives some people two numbers, and others a number to leave with.
func (g *Generator) enrolSpares() {
	for n := range 8 {
		v := ledger.NewVolunteerID(lastPerson + 1 + n)
		g.first(steward, &ledger.Enroll{Volunteer: v, Unit: ledger.UnitID(fmt.Sprintf("C%02d", n%2+1)), Household: "H000002"})
	}
}

func lifeDraws() []draw {
	type action = ledger.Action
	type staff = ledger.StaffID
	return []draw{
		{2, func(g *Generator) (action, staff) {
			return &ledger.Enroll{
				Volunteer: g.spare(), Unit: pick(g, ledger.UnitID("C01"), "C02"),
				Household: pick(g, ledger.HouseholdID(""), "H000001", "H000002", "H000003"),
			}, steward
		}},
		{4, func(g *Generator) (action, staff) {
			return &ledger.DeclareOpening{Volunteer: pick(g, g.anyone(), g.spare()), Points: ledger.Amount(1 + g.rng.IntN(3000)), Expires: g.dateOrNone()}, steward
		}},
		{2, func(g *Generator) (action, staff) {
			if one, ok := late(g, g.lives.kin); ok && g.rng.IntN(2) == 0 {
				again := *one
				again.Ended = !again.Ended
				return &again, steward
			}
			of := pick(g, string(leader), string(clerk), string(reviewer), string(g.anyone()), string(g.anyone()), string(g.anyone()))
			return &ledger.DeclareKin{Of: of, Volunteer: g.anyone(), Ended: g.rng.IntN(3) == 0}, steward
		}},
		{4, func(g *Generator) (action, staff) {
			a := &ledger.SetGuardian{Volunteer: g.anyone(), Guardian: pick(g, "", "", g.anyone())}
			if g.rng.IntN(2) == 0 {
				a.Until = ledger.NewDate(2026, g.at.Month()+1, 0).AddDays(g.rng.IntN(8) / 7)
			}
			return a, steward
		}},
		{2, func(g *Generator) (action, staff) {
			return &ledger.SetConsent{Volunteer: g.anyone(), Publish: g.rng.IntN(2) == 0}, pick(g, leader, steward)
		}},
		{3, func(g *Generator) (action, staff) {
			return &ledger.Merge{From: pick(g, g.spare(), lateOr(g, g.lives.spares)), Into: g.anyone()}, steward
		}},
		{2, func(g *Generator) (action, staff) {
			return &ledger.DeclareLeave{Volunteer: g.anyone(), Reason: pick(g, ledger.Moved, ledger.Moved, ledger.Died, ledger.OwnRequest, ledger.Cleared)}, steward
		}},
		{5, func(g *Generator) (action, staff) {
			a := &ledger.Leave{Volunteer: lateOr(g, g.lives.leavers), To: pick(g, "", g.anyone(), g.anyone())}
			if one, ok := late(g, g.lives.kin); ok && g.rng.IntN(3) == 0 && ledger.VolunteerID(one.Of).Valid() {
				a.To = ledger.VolunteerID(one.Of)
			}
			return a, steward
		}},
		{2, func(g *Generator) (action, staff) {
			return &ledger.IssueCard{Volunteer: g.anyone(), Card: ledger.Hash{1, byte(g.rng.IntN(40))}}, steward
		}},
		{2, func(g *Generator) (action, staff) {
			return &ledger.VoidCard{Volunteer: lateOr(g, g.lives.carded), Reason: ledger.LostCard}, pick(g, clerk, steward)
		}},
		{5, func(g *Generator) (action, staff) { return g.certify(), steward }},
		{2, func(g *Generator) (action, staff) {
			return &ledger.Erase{Volunteer: lateOr(g, g.lives.leavers)}, steward
		}},
		{1, func(g *Generator) (action, staff) {
			return g.minor(), clerk
		}},
	}
}

// minor draws an exchange for somebody who has a guardian, who mostly comes.
func (g *Generator) minor() *ledger.Redeem {
	a := &ledger.Redeem{Volunteer: g.anyone(), Shop: g.shop(), Lines: g.lines(), Presence: ledger.ByCard}
	if one, ok := late(g, g.lives.guarded); ok {
		a.Volunteer = one.Volunteer
		if one.Guardian != "" && g.rng.IntN(3) > 0 {
			a.Presence, a.Proxy = ledger.ByProxy, one.Guardian
		}
	}
	return a
}

// certify draws a statement from what was credited lately, mostly of one person.
func (g *Generator) certify() *ledger.Certify {
	a := &ledger.Certify{
		Volunteer: g.anyone(), From: g.today().AddDays(-g.rng.IntN(40)), Until: g.today().AddDays(1 - g.rng.IntN(4)), Records: []ledger.Index{g.recent(g.records)},
	}
	n := len(g.lives.credits)
	if n == 0 || g.rng.IntN(8) == 0 {
		return a
	}
	one := g.lives.credits[n-1-g.rng.IntN(min(n, 20))]
	a.Volunteer, a.Records = one.Volunteer, nil
	for _, c := range g.lives.credits {
		if c == one || (c.Volunteer == one.Volunteer && g.rng.IntN(4) == 0) {
			a.Records = append(a.Records, c.Record)
		}
	}
	slices.Sort(a.Records)
	a.Records = slices.Compact(a.Records)
	if g.rng.IntN(2) == 0 {
		a.From = ledger.NewDate(2026, 1, 1)
	}
	return a
}

// warded is somebody with a guardian, who comes alone, and then one of the two does.
func (g *Generator) warded() {
	v, guardian := g.person(), g.spare()
	g.ask(steward, &ledger.SetGuardian{Volunteer: v, Guardian: guardian})
	for _, proxy := range []ledger.VolunteerID{"", guardian} {
		a := &ledger.Redeem{Volunteer: v, Shop: "S01", Presence: ledger.ByCard, Proxy: proxy, Lines: one(sku(1))}
		if proxy != "" {
			a.Presence = ledger.ByProxy
		}
		g.ask(clerk, a)
	}
	for _, who := range []ledger.VolunteerID{v, guardian} {
		g.ask(ledger.StaffID(who), &ledger.SetConsent{Volunteer: v, Publish: g.rng.IntN(3) > 0})
	}
	g.ask(steward, &ledger.SetGuardian{Volunteer: v})
}

// goingAway is somebody who leaves, and would give what they have to whoever it is. What is known of a child takes two persons to erase.
func (g *Generator) goingAway() {
	v := g.spare()
	if g.rng.IntN(3) == 0 {
		g.ask(steward, &ledger.Leave{Volunteer: v})
	}
	child := g.rng.IntN(3) == 0 && g.ask(steward, &ledger.SetGuardian{Volunteer: v, Guardian: g.person()}) > 0
	g.ask(steward, &ledger.DeclareLeave{Volunteer: v, Reason: pick(g, ledger.Moved, ledger.OwnRequest)})
	for range 2 {
		g.ask(steward, &ledger.Leave{Volunteer: v, To: pick(g, "", g.person(), g.person(), g.spare())})
	}
	if child || g.rng.IntN(2) == 0 {
		if asked := g.ask(steward, &ledger.Erase{Volunteer: v}); child && asked > 0 {
			g.ask(Everyone, &ledger.Approve{Record: asked})
		}
	}
}
