package ledgertest

import (
	"fmt"
	"slices"
	"time"

	"aixin/ledger"
)

// The family of attendance, of base points and of the calendar, with communities whose rules say all that a rule may say of
// service.

func attendanceFamily() family {
	return family{
		build:  (*Generator).communities,
		answer: (*Naive).attendance,
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.OpenSession, *ledger.CheckIn, *ledger.CheckOut, *ledger.ConfirmAttendance, *ledger.CloseSession:
				return []ledger.Role{ledger.Leader}
			case *ledger.SetCalendar:
				return []ledger.Role{ledger.Steward, ledger.Admin}
			case *ledger.GrantBase:
				return []ledger.Role{ledger.Steward}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			switch a := do.(type) {
			case *ledger.CheckIn:
				return nobodys(a.Volunteer) || a.Session <= 0
			case *ledger.CheckOut:
				return nobodys(a.Volunteer) || a.Session <= 0
			case *ledger.ConfirmAttendance:
				return nobodys(a.Volunteer) || a.Session <= 0
			case *ledger.CloseSession:
				return a.Session <= 0
			case *ledger.GrantBase:
				return nobodys(a.Volunteer)
			}
			return false
		},
		differs: (*Naive).differsInCommunities,
		scenes:  []scene{{3, (*Generator).sitting}, {3, (*Generator).takingAway}, {2, (*Generator).capped}},
		draws:   attendanceDraws(),
	}
}

// noticed is the community in which everything goes on notice.
const noticed ledger.UnitID = "C16"

// communities sets up three communities: "caps" bounds, boosts and takes away, "tight" refuses, and "look" lets be looked at and hung out.
func (g *Generator) communities() {
	from := ledger.NewDate(2026, 1, 1)
	g.first(steward, &ledger.SetRule{Rule: ledger.Rule{
		ID: "caps", Version: 1, From: from, Step: 15, DayLimit: 600, ReturnGrace: 5, Expires: ledger.ExpiresMonths, ExpiresIn: 2,
		Earns: []ledger.Capture{ledger.Scan, ledger.Roster},
		Rates: []ledger.HourRate{{Code: "VH01", Points: 200}},
		Acts: []ledger.ActStandard{
			{Code: "RC01", Points: 100, Per: 50, Keep: ledger.KeepRest},
			{Code: "RC03", Points: 100, Per: 30, Keep: ledger.KeepWhole},
			{Code: "EN05", Points: 500, Per: 1},
			{Code: "HO01", Points: 1000, Per: 1, Once: ledger.OnceEver},
			{Code: "HO03", Points: 2000, Per: 1, Once: ledger.OnceAYear},
			{Code: "RF01", Points: 200, Per: 1, Once: ledger.OncePerson},
			{Code: "SF02", Points: 5000, Per: 1, Evidence: true},
		},
		ServiceRule: ledger.ServiceRule{
			Caps: []ledger.Cap{
				{Code: "EN05", Of: ledger.EachHousehold, Per: ledger.Monthly, Points: 1700, Over: ledger.OverClipped},
				{Code: "VH01", Per: ledger.Weekly, Quantity: 150, Over: ledger.OverClipped},
				{Code: "RC03", Per: ledger.Monthly, Count: 2, Over: ledger.OverHeld},
				{Per: ledger.Yearly, Points: 30000},
			},
			Boosts:     []ledger.Boost{{Code: "VH01", Activity: "A016", Percent: 250, From: from.AddDays(10), Until: from.AddDays(40), Cap: 300}},
			Deductions: []ledger.Deduction{{Code: "DE01", Points: 500, Evidence: true}, {Code: "DE02", Points: 2000}},
			LongDay:    ledger.LongDay{Minutes: 300, Role: ledger.Steward}, Overlap: string(ledger.OverHeld),
			Deadline:   ledger.Deadline{Days: 4, Late: ledger.LateHonorary},
			Base:       ledger.Base{Points: 3000, Per: ledger.Monthly, Of: ledger.EachHousehold},
			Attendance: ledger.Attendance{Signatures: 1},
		},
		Classes: []ledger.ClassExpiry{{Class: ledger.ClassBase, Expires: ledger.ExpiresMonthEnd}},
	}})
	g.first(steward, &ledger.SetRule{Rule: ledger.Rule{
		ID: "tight", Version: 1, From: from, Step: 30, Least: 30, Earns: []ledger.Capture{ledger.Scan}, Expires: ledger.ExpiresMonths, ExpiresIn: 1,
		Rates: []ledger.HourRate{{Code: "VH01", Points: 100}},
		Acts:  []ledger.ActStandard{{Code: "RC01", Points: 100, Per: 50}, {Code: "EN05", Points: 500, Per: 1}},
		ServiceRule: ledger.ServiceRule{
			Caps:       []ledger.Cap{{Of: ledger.EachUnit, Per: ledger.Weekly, Points: 1800}, {Code: "RC01", Per: ledger.Quarterly, Count: 1}, {Code: "EN05", Per: ledger.Weekly, Quantity: 3}},
			Deadline:   ledger.Deadline{Days: 3, Late: ledger.LateRefused},
			Attendance: ledger.Attendance{Session: true},
			Base:       ledger.Base{Points: 1000, Per: ledger.Monthly, Of: ledger.EachHousehold, Spendable: true, Floor: 400},
		},
		Account: ledger.AccountRule{Holder: ledger.HeldByHousehold},
	}})
	g.first(steward, &ledger.SetRule{Rule: ledger.Rule{
		ID: "look", Version: 1, From: from, Rates: []ledger.HourRate{{Code: "VH01", Points: 100}}, Earns: []ledger.Capture{ledger.Scan, ledger.Roster},
		Acts:   []ledger.ActStandard{{Code: "RC01", Points: 100, Per: 50}},
		Notice: ledger.NoticeRule{Days: 1},
		ServiceRule: ledger.ServiceRule{
			Queried:  []ledger.Capture{ledger.Backfill},
			Deadline: ledger.Deadline{Days: 2, Late: ledger.LateHeld}, Base: ledger.Base{Points: 500, Per: ledger.Weekly},
			Deductions: []ledger.Deduction{{Code: "DE02", Points: 400}},
		},
	}})
	for n, rule := range []string{"caps", "tight", "look"} {
		unit := ledger.UnitID(fmt.Sprintf("C%02d", 14+n))
		g.first(steward, &ledger.AddUnit{Unit: unit, Kind: ledger.Community, Name: rule, Rule: rule})
		g.first(steward, &ledger.AddActivity{Activity: ledger.ActivityID(fmt.Sprintf("A0%d", 15+2*n)), Unit: unit, Code: "VH01", Name: "patrol"})
		g.first(steward, &ledger.AddActivity{Activity: ledger.ActivityID(fmt.Sprintf("A0%d", 16+2*n)), Unit: unit, Code: "VH01", Name: "flood"})
	}
	for n, v := range members() {
		e := &ledger.Enroll{Volunteer: v, Unit: ledger.UnitID(fmt.Sprintf("C%02d", 14+n%3))}
		if n%3 == 0 && n < 6 {
			e.Household = "H000009"
		}
		g.first(steward, e)
	}
	g.first(steward, holidays(from.AddDays(20)))
}

// members are the people of these communities.
func members() (list []ledger.VolunteerID) {
	for n := range 9 {
		list = append(list, ledger.NewVolunteerID(3001+n))
	}
	return list
}

func (g *Generator) member() ledger.VolunteerID {
	if g.rng.IntN(40) == 0 {
		return g.person()
	}
	return members()[g.rng.IntN(len(members()))]
}

// holidays is a week without work, and the weekend before it with.
func holidays(from ledger.Date) *ledger.SetCalendar {
	a := &ledger.SetCalendar{Year: from.Time().Year()}
	for n := range 9 {
		if d := from.AddDays(n - 2); d.Time().Year() == a.Year && n < 2 {
			a.Workdays = append(a.Workdays, d)
		} else if d.Time().Year() == a.Year {
			a.Holidays = append(a.Holidays, d)
		}
	}
	return a
}

// seen is what the generator knows of somebody in a session.
type seenAt struct {
	session   ledger.Index
	volunteer ledger.VolunteerID
	activity  ledger.ActivityID
	in, out   ledger.Start
}

// sawAttendance follows sessions, so that what was scanned can be declared.
func (g *Generator) sawAttendance(e ledger.Entry) {
	at := ledger.NewStart(e.On, int(e.At.In(g.zone).Sub(e.On.Time().Add(-8*time.Hour)).Minutes()))
	leave := func(s ledger.Index, v ledger.VolunteerID, out ledger.Start) {
		for i := range g.scanned {
			if p := &g.scanned[i]; p.session == s && p.volunteer == v {
				p.out = out
			}
		}
	}
	switch b := e.Body.(type) {
	case *ledger.OpenSession:
		g.sessions = append(g.sessions, e.Index)
		g.places = append(g.places, b.Activity)
	case *ledger.CheckIn:
		activity := g.places[slices.Index(g.sessions, b.Session)]
		g.scanned = append(g.scanned, seenAt{b.Session, b.Volunteer, activity, at, 0})
	case *ledger.CheckOut:
		leave(b.Session, b.Volunteer, at)
	case *ledger.ConfirmAttendance:
		leave(b.Session, b.Volunteer, b.Out)
	}
}

// session draws a late session, and now and then what is none.
func (g *Generator) session() ledger.Index {
	n := len(g.sessions)
	if n == 0 || g.rng.IntN(30) == 0 {
		return g.recent(g.records)
	}
	return g.sessions[n-1-g.rng.IntN(min(n, 2))]
}

// attendee draws somebody who was seen lately.
func (g *Generator) attendee() seenAt {
	n := len(g.scanned)
	if n == 0 || g.rng.IntN(20) == 0 {
		return seenAt{session: g.session(), volunteer: g.member(), activity: "A015", in: ledger.NewStart(g.today(), 60), out: ledger.NewStart(g.today(), 90)}
	}
	return g.scanned[n-1-g.rng.IntN(min(n, 8))]
}

func attendanceDraws() []draw {
	activity := func(g *Generator) ledger.ActivityID {
		return pick(g, ledger.ActivityID("A015"), "A015", "A016", "A016", "A017", "A017", "A018", "A019", "A020", "A099")
	}
	return []draw{
		{3, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.OpenSession{Activity: activity(g)}, leader
		}},
		{10, func(g *Generator) (ledger.Action, ledger.StaffID) {
			by := pick(g, ledger.CheckedByCard, ledger.CheckedByTyped, ledger.CheckedByLeader, ledger.CheckedByWalkUp)
			return &ledger.CheckIn{Session: g.session(), Volunteer: g.member(), By: by}, leader
		}},
		{7, func(g *Generator) (ledger.Action, ledger.StaffID) {
			p := g.attendee()
			return &ledger.CheckOut{Session: p.session, Volunteer: p.volunteer}, leader
		}},
		{4, func(g *Generator) (ledger.Action, ledger.StaffID) {
			p := g.attendee()
			return &ledger.ConfirmAttendance{Session: p.session, Volunteer: p.volunteer, Out: p.in + ledger.Start(g.rng.IntN(120))}, leader
		}},
		{2, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.CloseSession{Session: g.session()}, leader
		}},
		{8, func(g *Generator) (ledger.Action, ledger.StaffID) {
			p := g.attendee()
			a := &ledger.DeclareHours{
				Volunteer: p.volunteer, Activity: p.activity, Start: p.in, Minutes: ledger.Amount(p.out - p.in), Capture: ledger.Scan, Session: p.session,
			}
			if a.Minutes <= 0 || g.rng.IntN(20) == 0 {
				a.Minutes = 30
			}
			return a, leader
		}},
		{12, func(g *Generator) (ledger.Action, ledger.StaffID) {
			a := g.hours()
			a.Volunteer, a.Activity = g.member(), activity(g)
			if a.Activity == "A017" || a.Activity == "A018" { // their rule wants a session
				a.Capture = pick(g, ledger.Backfill, ledger.Roster, ledger.Scan)
			}
			if a.Capture == ledger.Roster && g.rng.IntN(5) > 0 {
				a.Sheet, a.Signers = "17", []ledger.Signer{"U000002", "V0000018"}[:1+g.rng.IntN(2)]
			}
			return a, leader
		}},
		{14, func(g *Generator) (ledger.Action, ledger.StaffID) { return g.villageAct(), leader }},
		{6, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.Approve{Record: g.recent(g.records), Seen: g.rng.IntN(2) == 0}, reviewer
		}},
		{3, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.GrantBase{Volunteer: g.member()}, steward
		}},
		{1, func(g *Generator) (ledger.Action, ledger.StaffID) { // base points that lapse
			if g.rng.IntN(2) == 0 {
				return &ledger.Expire{Pool: "H000009"}, steward
			}
			return &ledger.Expire{Volunteer: g.member()}, steward
		}},
		{1, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return holidays(g.today().AddDays(g.rng.IntN(10))), pick(g, steward, admin)
		}},
	}
}

// villageAct draws an act of these communities.
func (g *Generator) villageAct() *ledger.DeclareActs {
	a := &ledger.DeclareActs{
		Volunteer: g.member(), On: g.today().AddDays(-g.rng.IntN(7)), Quantity: int64(1 + g.rng.IntN(80)),
		Code: pick(g, ledger.Code("RC01"), "RC01", "RC03", "RC03", "EN05", "EN05", "HO01", "HO03", "RF01", "RF01", "SF02", "DE01", "DE01", "DE02", "DE02", "DE02"),
	}
	if n := slices.Index(members(), a.Volunteer); n >= 0 && n%3 != 0 {
		a.Code = pick(g, ledger.Code("RC01"), "RC01", "EN05", "EN05", "RC03", "DE02", "DE02")
	}
	if a.Code != "RC01" && a.Code != "RC03" {
		a.Quantity = int64(1 + g.rng.IntN(4))
	}
	if a.Code == "RF01" && g.rng.IntN(6) > 0 {
		a.About = g.member()
	}
	if g.rng.IntN(2) == 0 {
		a.Evidence = ledger.Evidence{SHA256: fmt.Sprintf("%064x", a.Quantity), Size: 1000}
	}
	return a
}

func (n *Naive) attendance(c ledger.Command, e *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.SetCalendar:
		return Answer{Kind: ledger.CalendarSet}, true
	case *ledger.GrantBase:
		return n.grantBase(c, a, e), true
	case *ledger.OpenSession:
		if !n.known(string(a.Activity)) {
			return no(ledger.NotFound), true
		}
		return Answer{Kind: ledger.SessionOpened}, true
	case *ledger.CheckIn:
		return n.checkIn(a), true
	case *ledger.CheckOut:
		return n.checkOut(a), true
	case *ledger.ConfirmAttendance:
		return n.confirm(c, a), true
	case *ledger.CloseSession:
		s, ok := n.attended(a.Session)
		switch {
		case !ok:
			return no(ledger.NotFound), true
		case s.closed:
			return no(ledger.AttendanceBars), true
		}
		return Answer{Kind: ledger.SessionClosed}, true
	}
	return Answer{}, false
}

// stay is when somebody came and went.
type stay struct{ in, out int64 } // civil minutes

type sitting struct {
	activity ledger.ActivityID
	on       ledger.Date
	closed   bool
	people   map[ledger.VolunteerID]stay
}

// minuteOf is the civil minute of a time.
func (n *Naive) minuteOf(at time.Time) int64 {
	local := at.In(n.zone)
	return int64(ledger.DateOf(local))*1440 + int64(local.Hour()*60+local.Minute())
}

// attended adds up what became of a session.
func (n *Naive) attended(i ledger.Index) (s sitting, ok bool) {
	if int(i) >= len(n.history) || n.history[i].answer.Refused != "" {
		return s, false
	}
	opened, ok := n.history[i].command.Do.(*ledger.OpenSession)
	if !ok {
		return s, false
	}
	s = sitting{activity: opened.Activity, on: n.history[i].on, people: map[ledger.VolunteerID]stay{}}
	each(n, func(_ int, e *event, a *ledger.CheckIn) {
		if a.Session == i {
			s.people[a.Volunteer] = stay{in: n.minuteOf(e.at)}
		}
	})
	each(n, func(_ int, e *event, a *ledger.CheckOut) {
		if a.Session == i {
			s.people[a.Volunteer] = stay{s.people[a.Volunteer].in, n.minuteOf(e.at)}
		}
	})
	each(n, func(_ int, _ *event, a *ledger.ConfirmAttendance) {
		if a.Session == i {
			s.people[a.Volunteer] = stay{s.people[a.Volunteer].in, int64(a.Out)}
		}
	})
	each(n, func(_ int, _ *event, a *ledger.CloseSession) { s.closed = s.closed || a.Session == i })
	return s, true
}

func (n *Naive) checkIn(a *ledger.CheckIn) Answer {
	s, ok := n.attended(a.Session)
	v, status := n.volunteer(a.Volunteer)
	_, came := s.people[a.Volunteer]
	switch {
	case !ok || v == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case s.closed:
		return no(ledger.AttendanceBars)
	case s.on != n.today:
		return no(ledger.DateInPast)
	case came:
		return no(ledger.AttendanceBars)
	}
	return Answer{Kind: ledger.CheckedIn}
}

func (n *Naive) checkOut(a *ledger.CheckOut) Answer {
	s, ok := n.attended(a.Session)
	p, came := s.people[a.Volunteer]
	switch {
	case !ok:
		return no(ledger.NotFound)
	case s.closed || !came || p.out != 0:
		return no(ledger.AttendanceBars)
	case s.on != n.today:
		return no(ledger.DateInPast)
	}
	return Answer{Kind: ledger.CheckedOut}
}

func (n *Naive) confirm(c ledger.Command, a *ledger.ConfirmAttendance) Answer {
	s, ok := n.attended(a.Session)
	p, came := s.people[a.Volunteer]
	switch {
	case n.self(c.Actor, a.Volunteer):
		return no(ledger.SelfService)
	case !ok:
		return no(ledger.NotFound)
	case !came || p.out != 0:
		return no(ledger.AttendanceBars)
	case int64(a.Out) > n.minuteOf(n.now):
		return no(ledger.DateInFuture)
	case int64(a.Out) <= p.in || int64(a.Out) > (int64(s.on)+1)*1440:
		return no(ledger.AttendanceBars)
	}
	return Answer{Kind: ledger.AttendanceConfirmed}
}

// scanned holds hours against the session that they name.
func (n *Naive) scanned(a *ledger.DeclareHours, rule ledger.Rule) Answer {
	if a.Capture == ledger.Roster && len(a.Signers) < int(rule.Attendance.Signatures) {
		return no(ledger.Incomplete)
	}
	if a.Session == 0 {
		if a.Capture == ledger.Scan && rule.Attendance.Session {
			return no(ledger.Incomplete)
		}
		return Answer{}
	}
	s, ok := n.attended(a.Session)
	p, came := s.people[a.Volunteer]
	switch {
	case !ok:
		return no(ledger.NotFound)
	case !s.closed || !came || p.out == 0 || a.Activity != s.activity || a.Capture != ledger.Scan:
		return no(ledger.AttendanceBars)
	case int64(a.Start) != p.in || int64(a.Minutes) != p.out-p.in:
		return no(ledger.AttendanceBars)
	}
	return Answer{}
}

// sharer returns whose base points somebody's are.
func sharer(rule ledger.Rule, v ledger.VolunteerID, home ledger.HouseholdID) string {
	if rule.Base.Of == ledger.EachHousehold && home != "" {
		return string(home)
	}
	return string(v)
}

func (n *Naive) grantBase(c ledger.Command, a *ledger.GrantBase, e *event) Answer {
	v, status := n.volunteer(a.Volunteer)
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	}
	rule, ok := n.rule(v.Unit, n.today)
	switch {
	case !ok:
		return no(ledger.NoRule)
	case rule.Base.Points == 0:
		return no(ledger.RuleOff)
	case rule.Base.Spendable && n.self(c.Actor, a.Volunteer):
		return no(ledger.SelfService)
	}
	e.sharer = sharer(rule, v.Volunteer, n.household(v.Volunteer))
	lack, spend := max(0, rule.Base.Points-n.usable(bases(e.sharer))), ledger.Amount(0)
	if rule.Base.Spendable {
		lack, spend = max(0, rule.Base.Floor-n.usable(bases(e.sharer))), rule.Base.Points-rule.Base.Floor
	}
	again := false
	each(n, func(i int, x *event, _ *ledger.GrantBase) {
		same := x.sharer == e.sharer || rule.Base.Spendable && n.hadPart(v.Volunteer, i, x)
		again = again || same && samePeriod(rule.Base.Per, x.on, n.today)
	})
	if again {
		return no(ledger.Duplicate)
	}
	if rule.Base.Spendable {
		n.spendable(e, v, lack, spend, rule)
		return Answer{Kind: ledger.BaseGranted}
	}
	if lack > 0 {
		n.give(bases(e.sharer), ledger.ClassBase, lack, rule)
	}
	return Answer{Kind: ledger.BaseGranted}
}

// hadPart reports whether a base that was granted was somebody's, under any number, or that of the household in which they lived.
func (n *Naive) hadPart(v ledger.VolunteerID, granted int, x *event) (had bool) {
	each(n, func(_ int, _ *event, a *ledger.Enroll) {
		if n.person(a.Volunteer) != v {
			return
		}
		gone := false
		each(n, func(i int, _ *event, m *ledger.Merge) { gone = gone || m.From == a.Volunteer && i < granted })
		home := n.householdOn(a.Volunteer, x.on, len(n.history))
		had = had || x.sharer == string(a.Volunteer) || !gone && x.sharer == string(home)
	})
	return had
}

// spendable grants base points, of which a part is spent like any other; both lapse with the period.
func (n *Naive) spendable(e *event, v *ledger.Enroll, lack, spend ledger.Amount, rule ledger.Rule) {
	last := rule.ClassExpiry(ledger.ClassBase, n.today)
	for on := n.today; last == 0; on++ {
		if !samePeriod(rule.Base.Per, on+1, n.today) {
			last = on
		}
	}
	for owner, points := range map[string]ledger.Amount{bases(e.sharer): lack, "points " + e.sharer: spend} {
		if points == 0 {
			continue
		}
		id := lot{len(n.history), 1}
		if lack > 0 && owner != bases(e.sharer) {
			id.n = 2
		}
		n.expires[id] = last
		n.move(owner, id, points)
	}
	n.move("issued "+string(v.Unit), lot{}, spend)
}

// samePeriod reports whether two days are one, or lie in the same week, month, quarter or year.
func samePeriod(p ledger.Period, a, b ledger.Date) bool {
	x, y := a.Time(), b.Time()
	switch p {
	case ledger.Daily:
		return a == b
	case ledger.Weekly:
		ax, aw := x.ISOWeek()
		bx, bw := y.ISOWeek()
		return ax == bx && aw == bw
	case ledger.Monthly:
		return x.Year() == y.Year() && x.Month() == y.Month()
	case ledger.Quarterly:
		return x.Year() == y.Year() && (x.Month()-1)/3 == (y.Month()-1)/3
	case ledger.Yearly:
	}
	return x.Year() == y.Year()
}

func (n *Naive) differsInCommunities(m *Memory) string {
	for _, v := range members() {
		if d := n.recordsDiffer(m, v); d != "" {
			return d
		}
		if d := n.differLots(m, "points "+string(v), ledger.PointsOf(v), ledger.Point); d != "" {
			return d
		}
		if d := n.meritDiffers(m, v); d != "" {
			return d
		}
		count, quantity, points := n.standing(n.today.AddDays(-400), n.today, func(_ *event, who ledger.VolunteerID, _ ledger.Code) bool { return who == v })
		got, err := m.View(n.today).Tallied(string(v), "", n.today.AddDays(-400), n.today)
		if want := (ledger.TallyDay{Count: count, Quantity: quantity, Points: points}); err != nil || got != want {
			return fmt.Sprintf("tally of %s: naive %+v, book %+v, %v", v, want, got, err)
		}
	}
	for _, s := range []string{"H000009", string(members()[6]), string(members()[1]), string(members()[2]), string(members()[5])} {
		if d := n.differLots(m, bases(s), ledger.BaseOf(s), ledger.BasePoint); d != "" {
			return d
		}
		if want, got := n.sum(bases(s)), -m.account(ledger.BaseOf(s), ledger.BasePoint).Balance; got != want {
			return fmt.Sprintf("base of %s: naive %d, book %d", s, want, got)
		}
	}
	return ""
}

// sitting is a session at which people come and go, whose hours are declared from it.
func (g *Generator) sitting() {
	activity := pick(g, ledger.ActivityID("A015"), "A016", "A017")
	session := g.ask(leader, &ledger.OpenSession{Activity: activity})
	if session == 0 {
		return
	}
	for range 2 {
		v := g.member()
		in := ledger.NewStart(g.today(), g.clock())
		g.ask(leader, &ledger.CheckIn{Session: session, Volunteer: v, By: ledger.CheckedByCard})
		g.wait(time.Duration(g.rng.IntN(90)) * time.Minute)
		if g.rng.IntN(3) == 0 {
			g.ask(leader, &ledger.ConfirmAttendance{Session: session, Volunteer: v, Out: in + ledger.Start(g.rng.IntN(90))})
		}
		g.ask(leader, &ledger.CheckOut{Session: session, Volunteer: v})
		p := g.attendee()
		g.ask(leader, &ledger.DeclareHours{
			Volunteer: p.volunteer, Activity: p.activity, Start: p.in, Minutes: max(15, ledger.Amount(p.out-p.in)), Capture: ledger.Scan, Session: p.session,
		})
	}
	if g.rng.IntN(3) > 0 {
		g.ask(leader, &ledger.CloseSession{Session: session})
	}
}

// base grants base points, with a second person where some of them are to spend.
func (g *Generator) base(v ledger.VolunteerID) {
	if asked := g.ask(steward, &ledger.GrantBase{Volunteer: v}); asked > 0 && g.rng.IntN(5) > 0 {
		g.ask(pick(g, reviewer, reviewer, steward), &ledger.Approve{Record: asked})
	}
}

// takingAway is an act that takes points away, from whoever has some or none, and may be reversed.
func (g *Generator) takingAway() {
	v := members()[pick(g, 0, 3, 6, 2, 5)] // of communities that deduct
	g.base(v)
	a := &ledger.DeclareActs{Volunteer: v, Code: "DE02", Quantity: 1, On: g.today().AddDays(-g.rng.IntN(3))}
	record := g.ask(leader, a)
	if record == 0 {
		return
	}
	took := ledger.Index(0)
	for _, seen := range []bool{false, true} {
		if took == 0 {
			took = g.ask(reviewer, &ledger.Approve{Record: record, Seen: seen})
		}
	}
	if g.rng.IntN(6) == 0 {
		g.sleep(1 + g.rng.IntN(6))
		g.ask(steward, &ledger.Expire{Volunteer: v})
	}
	if took > 0 && g.rng.IntN(3) == 0 {
		g.ask(steward, &ledger.Reverse{Entry: took, Reason: ledger.ClerkError})
	}
}

// capped is an act that is done until a cap is reached, within a week or beyond.
func (g *Generator) capped() {
	v, code := members()[pick(g, 1, 4, 7, 0)], pick(g, ledger.Code("EN05"), "RC01")
	g.base(v)
	for range 3 {
		g.ask(leader, &ledger.DeclareActs{Volunteer: v, Code: code, Quantity: int64(1 + g.rng.IntN(4)), On: g.today().AddDays(-g.rng.IntN(3))})
	}
}
