package ledgertest

import (
	"fmt"
	"slices"

	"aixin/ledger"
)

// The family of service: declared, approved, sent back.

func serviceFamily() family {
	return family{
		answer: (*Naive).service,
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.DeclareHours, *ledger.DeclareActs:
				return []ledger.Role{ledger.Leader}
			case *ledger.DeclareOpening:
				return []ledger.Role{ledger.Steward}
			case *ledger.Approve, *ledger.ReturnRecord:
				return []ledger.Role{ledger.Reviewer}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			switch a := do.(type) {
			case *ledger.DeclareHours:
				return nobodys(a.Volunteer) || a.Minutes <= 0 || ledger.Amount(a.Start%1440)+a.Minutes > 1440 ||
					slices.Contains(a.Signers, ledger.Signer(a.Volunteer))
			case *ledger.DeclareActs:
				return nobodys(a.Volunteer) || a.Quantity <= 0 || nobodys(a.About) || a.About == a.Volunteer
			case *ledger.DeclareOpening:
				return nobodys(a.Volunteer) || a.Points <= 0
			case *ledger.Approve:
				return a.Record <= 0
			case *ledger.ReturnRecord:
				return a.Record <= 0
			}
			return false
		},
		whose: func(do ledger.Action) ledger.VolunteerID {
			switch a := do.(type) {
			case *ledger.DeclareHours:
				return a.Volunteer
			case *ledger.DeclareActs:
				return a.Volunteer
			case *ledger.DeclareOpening:
				return a.Volunteer
			}
			return ""
		},
		touched: func(n *Naive, e *event) []ledger.VolunteerID {
			switch a := e.command.Do.(type) {
			case *ledger.Approve:
				return []ledger.VolunteerID{n.beneficiary(n.history[a.Record].command.Do)}
			case *ledger.CreditRecord:
				return []ledger.VolunteerID{n.beneficiary(n.history[a.Record].command.Do)}
			}
			return nil
		},
		undo: (*Naive).undoCredit,
		differs: func(n *Naive, m *Memory) string {
			for k := range 12 {
				if d := n.recordsDiffer(m, ledger.NewVolunteerID(k+1)); d != "" {
					return d
				}
			}
			return ""
		},
		draws:  serviceDraws(),
		scenes: []scene{{4, (*Generator).longDay}},
	}
}

// recordsDiffer compares what the records of a volunteer come to.
func (n *Naive) recordsDiffer(m *Memory, v ledger.VolunteerID) string {
	if want, got := n.pending(v), m.account(ledger.PointsOf(v), ledger.Point).Pending; got != want {
		return fmt.Sprintf("pending of %s: naive %d, book %d", v, want, got)
	}
	if want, got := n.sum("hours "+string(v)), m.account(ledger.HoursOf(v), ledger.Minute).Balance; got != want {
		return fmt.Sprintf("hours of %s: naive %d, book %d", v, want, got)
	}
	return ""
}

func serviceDraws() []draw {
	return []draw{
		{20, func(g *Generator) (ledger.Action, ledger.StaffID) { return g.hours(), leader }},
		{7, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.DeclareActs{
				Volunteer: g.person(), Code: pick(g, ledger.Code("RC01"), "EN03", "RC03", "VH01"), Quantity: int64(g.rng.IntN(80)),
				On: g.today().AddDays(1 - g.rng.IntN(10)),
			}, leader
		}},
		{4, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.DeclareOpening{Volunteer: g.person(), Points: ledger.Amount(g.rng.IntN(3000)), Expires: g.dateOrNone()}, steward
		}},
		{18, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.Approve{Record: g.recent(g.records)}, reviewer
		}},
		{3, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.ReturnRecord{Record: g.recent(g.records), Reason: ledger.Unproven}, reviewer
		}},
	}
}

// hours draws a service record of the last days, mostly in whole half hours.
func (g *Generator) hours() *ledger.DeclareHours {
	return &ledger.DeclareHours{
		Volunteer: g.person(),
		Activity:  pick(g, ledger.ActivityID("A001"), "A001", "A002", "A003", "A003", "A004", "A005", "A006", "A006", "A006"),
		Start:     ledger.NewStart(g.today().AddDays(-g.rng.IntN(6)), 360+30*g.rng.IntN(30)),
		Minutes:   ledger.Amount(15 * g.rng.IntN(25)),
		Capture:   pick(g, ledger.Scan, ledger.Roster, ledger.Roster, ledger.Backfill),
	}
}

func (n *Naive) service(c ledger.Command, e *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.DeclareHours:
		return n.hours(a, e), true
	case *ledger.DeclareActs:
		return n.acts(a, e), true
	case *ledger.DeclareOpening:
		return n.opening(a, e), true
	case *ledger.Approve:
		return n.approve(c, a, e), true
	case *ledger.ReturnRecord:
		d, r := n.waiting(c, a.Record)
		if r.Refused == "" && n.step(d) != "" && !n.hasRole(c, n.step(d)) && !n.hasRole(c, ledger.Reviewer) {
			return no(ledger.NotPermitted), true
		}
		if r.Refused == "" {
			d.state = "returned"
			r.Kind = ledger.RecordReturned
		}
		return r, true
	}
	return Answer{}, false
}

func (n *Naive) hours(a *ledger.DeclareHours, e *event) Answer {
	e.home = n.householdOn(a.Volunteer, a.Start.On(), len(n.history))
	v, status := n.volunteer(a.Volunteer)
	var act *ledger.AddActivity
	each(n, func(_ int, _ *event, x *ledger.AddActivity) {
		if x.Activity == a.Activity {
			act = x
		}
	})
	switch {
	case v == nil || act == nil || (a.Request != "" && !n.known(string(a.Request))):
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	}
	rule, ok := n.rule(act.Unit, a.Start.On())
	if !ok {
		return no(ledger.NoRule)
	}
	i := slices.IndexFunc(rule.Rates, func(r ledger.HourRate) bool { return r.Code == act.Code && r.By == a.Capture })
	if i < 0 {
		i = slices.IndexFunc(rule.Rates, func(r ledger.HourRate) bool { return r.Code == act.Code && r.By == "" })
	}
	if i < 0 {
		return no(ledger.NoStandard)
	}
	if r := n.confirmed(a, act.Code); r.Refused != "" {
		return r
	}
	local := n.now.In(n.zone)
	minute := int64(n.today)*1440 + int64(local.Hour()*60+local.Minute())
	if int64(a.Start)+int64(a.Minutes) > minute {
		return no(ledger.DateInFuture)
	}
	counted, r := n.day(a, rule, e)
	if r.Refused != "" {
		return r
	}
	if r := n.scanned(a, rule); r.Refused != "" {
		return r
	}
	if !slices.Contains(rule.Earns, a.Capture) {
		counted = 0
	}
	if a.Request != "" && n.request(a.Request).result == ledger.Bad {
		counted = ledger.Amount(int64(counted) * rule.Quality.Percent / 100)
	}
	e.queried = e.queried || slices.Contains(rule.Queried, a.Capture)
	if n.isLate(rule, a.Start.On()) {
		switch rule.Deadline.Late {
		case "refuse":
			return no(ledger.Late)
		case "honorary":
			counted = 0
		default:
			e.queried = true
		}
	}
	q := asking{rule: rule, who: v, unit: act.Unit, activity: a.Activity, code: act.Code, on: a.Start.On(), much: int64(counted), each: rule.Rates[i].Points, per: 60}
	if r := n.earns(q, e); r.Refused != "" {
		return r
	}
	e.state, e.unit, e.counted, e.pool = "pending", act.Unit, counted, n.sharedBy(a.Volunteer, a.Start.On())
	e.rule, e.code, e.day = rule, act.Code, a.Start.On()
	return Answer{Kind: ledger.HoursDeclared}
}

// day looks at the person's day, and returns the minutes of the record that would earn.
func (n *Naive) day(a *ledger.DeclareHours, rule ledger.Rule, now *event) (ledger.Amount, Answer) {
	total, earned, sessions := a.Minutes, ledger.Amount(0), ledger.Amount(0)
	duplicate, overlap := false, false
	each(n, func(_ int, e *event, x *ledger.DeclareHours) {
		if x.Volunteer != a.Volunteer || x.Start.On() != a.Start.On() || e.state == "returned" || e.state == "reversed" {
			return
		}
		total += x.Minutes
		earned += e.counted
		sessions++
		duplicate = duplicate || (x.Activity == a.Activity && x.Start == a.Start)
		overlap = overlap || (int64(x.Start) < int64(a.Start)+int64(a.Minutes) && int64(a.Start) < int64(x.Start)+int64(x.Minutes))
	})
	limit, most := rule.DayLimit, ledger.Amount(rule.Sessions)
	if limit == 0 {
		limit = 1440
	}
	if most == 0 {
		most = 24
	}
	switch {
	case duplicate:
		return 0, no(ledger.Duplicate)
	case overlap && rule.Overlap == "":
		return 0, no(ledger.Overlap)
	case total > limit:
		return 0, noAmount(ledger.DayLimit, total, limit)
	case sessions >= most:
		return 0, noAmount(ledger.SessionLimit, sessions, most)
	}
	now.long = rule.LongDay.Minutes > 0 && total > rule.LongDay.Minutes
	now.queried = now.long || overlap
	m, step := a.Minutes, max(rule.Step, 1)
	if rest := m % step; rule.HalfUp && rest*2 >= step {
		m += step - rest
	} else {
		m -= rest
	}
	if m < rule.Least {
		m = 0
	}
	if rule.SessionCap > 0 && m > rule.SessionCap {
		m = rule.SessionCap
	}
	if rule.DayCap > 0 && m+earned > rule.DayCap {
		m = max(0, rule.DayCap-earned)
	}
	return m, Answer{}
}

func (n *Naive) acts(a *ledger.DeclareActs, e *event) Answer {
	e.home = n.householdOn(a.Volunteer, a.On, len(n.history))
	unit := n.unitOn(a.Volunteer, a.On, len(n.history))
	v, status := n.volunteer(a.Volunteer)
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	}
	rule, ok := n.rule(unit, a.On)
	if !ok {
		return no(ledger.NoRule)
	}
	i := slices.IndexFunc(rule.Acts, func(s ledger.ActStandard) bool { return s.Code == a.Code })
	k := slices.IndexFunc(rule.Deductions, func(s ledger.Deduction) bool { return s.Code == a.Code })
	if i < 0 && k < 0 {
		return no(ledger.NoStandard)
	}
	if a.On > n.today {
		return no(ledger.DateInFuture)
	}
	again := false
	each(n, func(_ int, e *event, x *ledger.DeclareActs) {
		standing := e.state != "returned" && e.state != "reversed"
		again = again || (standing && x.Volunteer == a.Volunteer && x.On == a.On && x.Code == a.Code)
	})
	if again {
		return no(ledger.Duplicate)
	}
	var act ledger.ActStandard
	if i >= 0 {
		act = rule.Acts[i]
	} else {
		act.Evidence = rule.Deductions[k].Evidence
	}
	if act.Evidence && a.Evidence.SHA256 == "" {
		return no(ledger.Incomplete)
	}
	if r := n.once(a, act); r.Refused != "" {
		return r
	}
	if n.isLate(rule, a.On) {
		if rule.Deadline.Late != "hold" {
			return no(ledger.Late)
		}
		e.queried = true
	}
	if i >= 0 {
		q := asking{rule: rule, who: v, unit: unit, code: a.Code, on: a.On, much: a.Quantity, each: act.Points, per: act.Per, keep: act.Keep}
		if r := n.earns(q, e); r.Refused != "" {
			return r
		}
	} else {
		e.deduct = rule.Deductions[k].Points * ledger.Amount(a.Quantity)
	}
	e.state, e.unit, e.rule, e.code, e.day, e.pool = "pending", unit, rule, a.Code, a.On, n.sharedBy(a.Volunteer, a.On)
	return Answer{Kind: ledger.ActsDeclared}
}

func (n *Naive) opening(a *ledger.DeclareOpening, e *event) Answer {
	v, status := n.volunteer(a.Volunteer)
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case a.Expires != 0 && a.Expires < n.today:
		return no(ledger.DateInPast)
	}
	again := false
	each(n, func(_ int, e *event, x *ledger.DeclareOpening) {
		again = again || (x.Volunteer == a.Volunteer && (e.state == "pending" || e.state == "credited"))
	})
	if again {
		return no(ledger.Duplicate)
	}
	e.state, e.unit, e.points, e.pool = "pending", v.Unit, a.Points, n.sharedBy(a.Volunteer, n.today)
	return Answer{Kind: ledger.OpeningDeclared}
}

// waiting returns the declaration that a reviewer speaks about.
func (n *Naive) waiting(c ledger.Command, i ledger.Index) (*event, Answer) {
	if int(i) >= len(n.history) || n.history[i].state == "" {
		return nil, no(ledger.NotFound)
	}
	d := &n.history[i]
	switch {
	case n.self(c.Actor, n.beneficiary(d.command.Do)):
		return nil, no(ledger.SelfService)
	case d.command.Actor == c.Actor || slices.Contains(d.public.steps, c.Actor):
		return nil, no(ledger.SamePerson)
	case d.state != "pending":
		return nil, no(ledger.RecordClosed)
	}
	return d, Answer{}
}

func (n *Naive) approve(c ledger.Command, a *ledger.Approve, e *event) Answer {
	d, r := n.waiting(c, a.Record)
	if r.Refused == ledger.NotFound {
		return r
	}
	v := n.beneficiary(n.history[a.Record].command.Do)
	if _, status := n.volunteer(v); status == ledger.Closed {
		return no(ledger.AccountClosed)
	}
	if r.Refused != "" {
		return r
	}
	step := n.step(d)
	if step != "" && !n.hasRole(c, step) {
		return no(ledger.NotPermitted)
	}
	if d.queried && !a.Seen {
		return no(ledger.Unseen)
	}
	if may := d.rule.LongDay.Role; d.long && may != "" && !n.hasRole(c, may) {
		return no(ledger.NotPermitted)
	}
	if n.takes(d, c.Actor) {
		return Answer{Kind: ledger.Approved}
	}
	d.public.approver = c.Actor
	if d.rule.Notice.Days > 0 {
		d.state = "approved"
		return Answer{Kind: ledger.Approved}
	}
	if n.effective(d) != "" {
		d.state, d.public.until = "later", n.today
		return Answer{Kind: ledger.Approved}
	}
	return n.credit(a.Record, e)
}

// credit moves what a record is worth, or takes away.
func (n *Naive) credit(record ledger.Index, e *event) Answer {
	d := &n.history[record]
	v := n.beneficiary(d.command.Do)
	d.state = "credited"
	e.credits, e.unit, e.points = int(record), d.unit, d.points
	if d.deduct > 0 {
		return n.deduct(d, v)
	}
	id := lot{len(n.history), 1}
	kind := ledger.Approved
	switch x := d.command.Do.(type) {
	case *ledger.DeclareOpening:
		kind = ledger.OpeningPosted
		n.expires[id] = x.Expires
	case *ledger.DeclareHours:
		n.move("hours "+string(v), lot{}, x.Minutes)
	}
	if kind == ledger.Approved {
		n.expires[id] = d.rule.Expiry(n.today)
	}
	owners := d.purseOf(v)
	n.move(owners[len(owners)-1], id, d.points)
	n.move("issued "+string(d.unit), lot{}, d.points)
	return Answer{Kind: kind}
}

// pending adds up the points of a volunteer's records that wait for approval.
func (n *Naive) pending(v ledger.VolunteerID) ledger.Amount {
	var sum ledger.Amount
	for _, e := range n.history {
		if waits(e.state) && n.beneficiary(e.command.Do) == v {
			sum += e.points
		}
	}
	return sum
}

func (n *Naive) undoCredit(i int, e *event) (Answer, bool) {
	switch e.command.Do.(type) {
	case *ledger.Approve, *ledger.CreditRecord:
	default:
		return Answer{}, false
	}
	if e.credits == 0 {
		return no(ledger.NotReversible), true
	}
	if n.heldFrom(i) {
		return no(ledger.StillHeld), true
	}
	declared := &n.history[e.credits]
	v := n.beneficiary(declared.command.Do)
	if declared.deduct > 0 {
		return n.undeduct(i, declared, v), true
	}
	owners := declared.purseOf(v)
	n.takeLots(i, owners[len(owners)-1], v)
	n.move("issued "+string(e.unit), lot{}, -e.points)
	if h, ok := declared.command.Do.(*ledger.DeclareHours); ok {
		n.move("hours "+string(v), lot{}, -h.Minutes)
	}
	declared.state = "reversed"
	return Answer{}, true
}

// longDay declares more of a day than a day may have, by hours or by records.
func (g *Generator) longDay() {
	v, on, minutes := g.person(), g.today().AddDays(-1-g.rng.IntN(3)), pick(g, ledger.Amount(30), 60, 240, 300, 330)
	for n := range 4 {
		g.ask(leader, &ledger.DeclareHours{
			Volunteer: v, Activity: pick(g, ledger.ActivityID("A001"), "A002"), Start: ledger.NewStart(on, 60+n*330), Minutes: minutes, Capture: ledger.Roster,
		})
	}
}
