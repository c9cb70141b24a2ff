package ledgertest

import (
	"fmt"
	"slices"

	"aixin/ledger"
)

// The family of what a rule says of a credit and of points beyond its price: when a credit takes effect. Its actions are those of
// other families.

func termsFamily() family {
	return family{
		build:   (*Generator).buildTerms,
		answer:  func(*Naive, ledger.Command, *event) (Answer, bool) { return Answer{}, false },
		roles:   func(ledger.Action) []ledger.Role { return nil },
		differs: (*Naive).termsDiffer,
		scenes:  []scene{{2, (*Generator).expecting}},
		draws:   termsDraws(),
	}
}

// buildTerms adds a unit whose credits wait for the next month, one whose credits wait for the next week after a notice, one where a
// part of what lapses goes on and points are given to relatives, and one where three persons approve.
func (g *Generator) buildTerms() {
	rule := ledger.Rule{
		ID: "monthly", Version: 1, From: ledger.NewDate(2026, 1, 1), Step: 30, Expires: ledger.ExpiresMonths, ExpiresIn: 1, ReturnGrace: 7,
		Earns: []ledger.Capture{ledger.Scan, ledger.Roster}, Rates: []ledger.HourRate{{Code: "VH01", Points: 300}},
		Notice: ledger.NoticeRule{Effective: ledger.Monthly},
	}
	g.first(steward, &ledger.SetRule{Rule: rule})
	rule.ID, rule.Notice = "weekly-public", ledger.NoticeRule{Days: 1, Reply: 3, Effective: ledger.Weekly}
	g.first(steward, &ledger.SetRule{Rule: rule})
	rule.ID, rule.Notice = "carrying", ledger.NoticeRule{}
	rule.Expires, rule.ExpiresIn, rule.ExpiresOn = ledger.ExpiresDay, 0, ledger.NewDate(2026, 1, 14)
	rule.Carry = ledger.CarryRule{Percent: 35, Cap: 400}
	rule.Transfer, rule.Transfers = true, ledger.TransferRule{To: ledger.ToKin, YearCap: 700}
	g.first(steward, &ledger.SetRule{Rule: rule})
	g.first(steward, &ledger.AddUnit{Unit: "C22", Kind: ledger.Community, Name: "twenty-two", Rule: "carrying"})
	g.first(steward, &ledger.AddActivity{Activity: "A032", Unit: "C22", Code: "VH01", Name: "pruning"})
	for n, v := range savers() {
		household := ledger.HouseholdID("")
		if n < 2 {
			household = "H000050"
		}
		g.first(steward, &ledger.Enroll{Volunteer: v, Unit: "C22", Household: household})
	}
	rule.ID, rule.Approval.Steps = "chained", []ledger.Role{ledger.Publisher, ledger.Steward, ledger.Reviewer}
	rule.Expires, rule.ExpiresIn, rule.ExpiresOn, rule.Carry = ledger.ExpiresMonths, 1, 0, ledger.CarryRule{}
	g.first(steward, &ledger.SetRule{Rule: rule})
	g.first(steward, &ledger.AddUnit{Unit: "C23", Kind: ledger.Community, Name: "twenty-three", Rule: "chained"})
	g.first(steward, &ledger.AddActivity{Activity: "A033", Unit: "C23", Code: "VH01", Name: "mulching"})
	g.first(steward, &ledger.AddUnit{Unit: "C20", Kind: ledger.Community, Name: "twenty", Rule: "monthly"})
	g.first(steward, &ledger.AddUnit{Unit: "C21", Kind: ledger.Community, Name: "twenty-one", Rule: "weekly-public"})
	g.first(steward, &ledger.AddActivity{Activity: "A030", Unit: "C20", Code: "VH01", Name: "weeding"})
	g.first(steward, &ledger.AddActivity{Activity: "A031", Unit: "C21", Code: "VH01", Name: "watering"})
}

// savers live where a part of what lapses goes on.
func savers() []ledger.VolunteerID {
	return []ledger.VolunteerID{ledger.NewVolunteerID(5001), ledger.NewVolunteerID(5002), ledger.NewVolunteerID(5003)}
}

// chain lists the roles that approve a declaration, one after another; none where one reviewer does.
func (n *Naive) chain(d *event) []ledger.Role { return d.rule.Approval.Steps }

// step returns the role that a declaration waits for.
func (n *Naive) step(d *event) ledger.Role {
	if chain := n.chain(d); len(d.public.steps) < len(chain) {
		return chain[len(d.public.steps)]
	}
	return ""
}

// takes notes a step of an approval, and reports whether others follow.
func (n *Naive) takes(d *event, who ledger.StaffID) bool {
	chain := n.chain(d)
	if len(chain) > 0 {
		d.public.steps = append(d.public.steps, who)
	}
	return len(d.public.steps) < len(chain)
}

// mayGive refuses a transfer to a stranger, or beyond what may be given in a year.
func (n *Naive) mayGive(rule ledger.TransferRule, a *ledger.Transfer) Answer {
	if rule.To == "kin" && !n.close(a.From, a.To) {
		return no(ledger.NotKin)
	}
	given := ledger.Amount(0)
	each(n, func(_ int, e *event, x *ledger.Transfer) {
		if n.person(x.From) == n.person(a.From) && e.reversed == 0 && e.on.Time().Year() == n.today.Time().Year() {
			given += x.Points
		}
	})
	if rule.YearCap > 0 && given+a.Points > rule.YearCap {
		return noAmount(ledger.PointsLimit, given, rule.YearCap)
	}
	return Answer{}
}

// termsBoard is what the generator knows of credits that wait for a period.
type termsBoard struct {
	chained  []ledger.Index
	declared []ledger.Index
	later    []ledger.Index
}

func (b *termsBoard) saw(e ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.HoursRecord:
		if body.Unit == "C23" {
			b.chained = append(b.chained, e.Index)
		}
		if slices.Contains([]ledger.UnitID{"C20", "C21", "C22"}, body.Unit) {
			b.declared = append(b.declared, e.Index)
		}
	case *ledger.Credit:
		if body.From != 0 {
			b.later = append(b.later, body.Record)
		}
	}
}

// expecting has a record approved that waits for the next month, and credited too early, and now and then in time.
func (g *Generator) expecting() {
	a := g.hours()
	a.Activity, a.Capture, a.Start = "A030", ledger.Roster, ledger.NewStart(g.today().AddDays(-1), 60*g.rng.IntN(20))
	record := g.ask(leader, a)
	if record == 0 || g.ask(reviewer, &ledger.Approve{Record: record}) == 0 {
		return
	}
	g.ask(steward, &ledger.CreditRecord{Record: record})
	if g.rng.IntN(3) == 0 {
		g.sleep(31)
		g.ask(steward, &ledger.CreditRecord{Record: record})
	}
}

func termsDraws() []draw {
	return []draw{
		{2, func(g *Generator) (ledger.Action, ledger.StaffID) {
			a := g.hours()
			a.Activity, a.Capture = pick(g, ledger.ActivityID("A030"), "A030", "A031"), ledger.Roster
			return a, leader
		}},
		{3, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.Approve{Record: g.recent(g.terms.declared)}, reviewer
		}},
		{1, func(g *Generator) (ledger.Action, ledger.StaffID) { return g.postOf("C21"), publisher }},
		{2, func(g *Generator) (ledger.Action, ledger.StaffID) {
			a := g.hours()
			a.Activity, a.Capture = "A033", ledger.Roster
			return a, leader
		}},
		{5, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.Approve{Record: g.recent(g.terms.chained)}, pick(g, publisher, publisher, steward, steward, reviewer, Everyone)
		}},
		{1, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.ReturnRecord{Record: g.recent(g.terms.chained), Reason: ledger.Unproven}, pick(g, publisher, steward, reviewer, Everyone)
		}},
		{2, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.Transfer{From: pick(g, savers()...), To: pick(g, savers()...), Points: ledger.Amount(50 * g.rng.IntN(9))}, steward
		}},
		{3, func(g *Generator) (ledger.Action, ledger.StaffID) {
			a := g.hours()
			a.Volunteer, a.Activity, a.Capture = pick(g, savers()...), "A032", ledger.Roster
			return a, leader
		}},
		{1, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.Expire{Volunteer: pick(g, savers()...)}, steward
		}},
		{4, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.CreditRecord{Record: pick(g, g.recent(g.terms.later), g.recent(g.terms.later), g.recent(g.terms.declared))}, steward
		}},
	}
}

// effective returns the period that the credit of a declaration waits for; none where it waits for none.
func (n *Naive) effective(d *event) ledger.Period { return d.rule.Notice.Effective }

// beforePeriod refuses a credit before the first Monday, or the first of a month, after it could else be posted.
func (n *Naive) beforePeriod(d *event) Answer {
	begins := map[ledger.Period]func(ledger.Date) bool{
		"":               func(ledger.Date) bool { return true },
		ledger.Weekly:    func(on ledger.Date) bool { return on.Weekday() == 1 },
		ledger.Monthly:   func(on ledger.Date) bool { return on.Time().Day() == 1 },
		ledger.Quarterly: func(on ledger.Date) bool { return on.Time().Day() == 1 && on.Time().Month()%3 == 1 },
		ledger.Yearly:    func(on ledger.Date) bool { return on.Time().YearDay() == 1 },
	}[n.effective(d)]
	day := d.public.until.AddDays(1)
	for !begins(day) {
		day = day.AddDays(1)
	}
	if n.today < day {
		return no(ledger.PeriodRuns)
	}
	return Answer{}
}

// carrying is what an expiry lets go on.
type carrying struct {
	rule ledger.Rule
	on   bool          // anything may go on
	left ledger.Amount // what there was of it
	lots []ledger.Lot
}

// carries says what of the points may go on: a volunteer's that lapsed on the day that the rule names, and nothing of a pool's.
func (n *Naive) carries(a *ledger.Expire) *carrying {
	v, status := n.volunteer(a.Volunteer)
	if v == nil {
		return &carrying{}
	}
	rule, _ := n.rule(v.Unit, n.today)
	return &carrying{rule: rule, on: rule.Carry.Percent > 0 && status != ledger.Closed}
}

// lapse expires a lot, or keeps it until it is known how much goes on.
func (c *carrying) lapse(n *Naive, owner string, l ledger.Lot) {
	y, m, d := l.Expires.Time().Date()
	if !c.on || ledger.NewDate(2026, m, d) != c.rule.ExpiresOn || y < 2026 {
		n.lapse(owner, lotOf(l.ID))
		return
	}
	c.left += l.Left - l.Held
	c.lots = append(c.lots, l)
}

// post moves what goes on into a lot of its own; the rest expires. What goes on is not remembered as expired of the first lots.
func (c *carrying) post(n *Naive, owner string) {
	if len(c.lots) == 0 {
		return
	}
	before := ledger.Amount(0)
	for i, m := range n.moves {
		if _, ok := n.history[min(m.event, len(n.history)-1)].command.Do.(*ledger.Expire); ok && m.event < len(n.history) &&
			m.owner == owner && n.moves[i].amount > 0 && n.history[m.event].on.Time().Year() == n.today.Time().Year() {
			before += m.amount
		}
	}
	carried := min(c.left*ledger.Amount(c.rule.Carry.Percent)/100, max(0, c.rule.Carry.Cap-before))
	rest := carried
	for _, l := range c.lots {
		id, free := lotOf(l.ID), l.Left-l.Held
		kept := min(rest, free)
		rest -= kept
		n.lapse(owner, id)
		for _, k := range n.movesOf(id.entry, owner) {
			if n.moves[k].lot == id {
				n.history[id.entry].back[k] -= kept
			}
		}
	}
	if carried > 0 {
		id := lot{len(n.history), 1}
		n.expires[id] = c.rule.Expiry(n.today)
		n.move(owner, id, carried)
		v, _ := n.volunteer(ledger.VolunteerID(owner[len("points "):]))
		n.move("breakage "+string(v.Unit), lot{}, -carried)
	}
}

// termsDiffer compares what waits for a period, by volunteer, and the points of those who save.
func (n *Naive) termsDiffer(m *Memory) string {
	for _, v := range savers() {
		if d := n.differLots(m, "points "+string(v), ledger.PointsOf(v), ledger.Point); d != "" {
			return d
		}
	}
	want := map[ledger.VolunteerID][]ledger.Index{}
	for i := range n.history {
		if d := &n.history[i]; d.state == "later" {
			who := n.beneficiary(d.command.Do)
			want[who] = append(want[who], ledger.Index(i))
		}
	}
	for v, err := range m.View(0).Volunteers() {
		if err != nil {
			return err.Error()
		}
		got := slices.Sorted(slices.Values(v.Later))
		if !slices.Equal(got, want[v.Volunteer]) {
			return fmt.Sprintf("later of %s: naive %v, book %v", v.Volunteer, want[v.Volunteer], got)
		}
	}
	return ""
}
