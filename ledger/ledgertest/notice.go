package ledgertest

import (
	"fmt"
	"slices"
	"strings"

	"aixin/ledger"
)

// The family of notices: approved records are hung out, objected to, answered, and credited when their notice has ended.

// public is what became of a declaration after its approval.
type public struct {
	approver ledger.StaffID
	notice   int              // position of the notice that it is on
	until    ledger.Date      // the last day before it may be credited
	objected int              // position of the latest objection
	steps    []ledger.StaffID // who took a step of its approval
}

func waits(state string) bool {
	return slices.Contains([]string{"pending", "approved", "later", "noticed", "disputed"}, state)
}

func noticeFamily() family {
	return family{
		build:  (*Generator).buildNotices,
		answer: (*Naive).notices,
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.PostNotice, *ledger.RemoveNotice, *ledger.Publish:
				return []ledger.Role{ledger.Publisher}
			case *ledger.Object:
				return []ledger.Role{ledger.Publisher, ledger.Steward}
			case *ledger.AnswerObjection:
				return []ledger.Role{ledger.Publisher, ledger.Steward, ledger.Supervisor}
			case *ledger.CreditRecord:
				return []ledger.Role{ledger.Steward}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			switch a := do.(type) {
			case *ledger.PostNotice:
				return len(a.Records) == 0 || a.Until < a.From || slices.Contains(a.Records, 0)
			case *ledger.RemoveNotice:
				return a.Notice <= 0
			case *ledger.Object:
				return a.Record <= 0 || nobodys(a.Volunteer)
			case *ledger.AnswerObjection:
				return a.Objection <= 0
			case *ledger.CreditRecord:
				return a.Record <= 0
			}
			return false
		},
		differs: (*Naive).noticesDiffer,
		draws:   noticeDraws(),
		scenes:  []scene{{5, (*Generator).hanging}},
	}
}

// buildNotices adds a publisher, and a unit whose rule wants a day of notice.
func (g *Generator) buildNotices() {
	g.first(admin, &ledger.Appoint{Staff: publisher, Roles: []ledger.Role{ledger.Publisher}})
	g.first(steward, &ledger.SetRule{Rule: ledger.Rule{
		ID: "public", Version: 1, From: ledger.NewDate(2026, 1, 1), Step: 30, Expires: ledger.ExpiresMonths, ExpiresIn: 1, ReturnGrace: 7,
		Earns: []ledger.Capture{ledger.Scan, ledger.Roster}, Rates: []ledger.HourRate{{Code: "VH01", Points: 200}},
		Notice: ledger.NoticeRule{Days: 1, Reply: 3},
	}})
	g.first(steward, &ledger.AddUnit{Unit: "C04", Kind: ledger.Community, Name: "four", Rule: "public"})
	g.first(steward, &ledger.AddActivity{Activity: "A006", Unit: "C04", Code: "VH01", Name: "sweep"})
}

// boards is what the generator knows of notices.
type boards struct {
	approved   []ledger.Index // records that wait for a notice
	posted     []ledger.Index // records that are on one
	notices    []ledger.Index
	objections []ledger.Index
	count      map[ledger.UnitID]int64
	units      map[ledger.Index]ledger.UnitID // of each declared record
}

func (b *boards) saw(e ledger.Entry) {
	if b.count == nil {
		b.count, b.units = map[ledger.UnitID]int64{}, map[ledger.Index]ledger.UnitID{}
	}
	switch body := e.Body.(type) {
	case *ledger.HoursRecord:
		b.units[e.Index] = body.Unit
	case *ledger.ActsRecord:
		b.units[e.Index] = body.Unit
	case *ledger.Credit:
		if body.Notice > 0 {
			b.approved = append(b.approved, body.Record)
		}
	case *ledger.PostNotice:
		b.notices = append(b.notices, e.Index)
		b.count[body.Unit]++
		b.posted = append(b.posted, body.Records...)
		b.approved = slices.DeleteFunc(b.approved, func(i ledger.Index) bool { return slices.Contains(body.Records, i) })
	case *ledger.Publish:
		b.notices = append(b.notices, e.Index)
		b.count[body.Unit]++
	case *ledger.ObjectionRecord:
		b.objections = append(b.objections, e.Index)
	}
}

func noticeDraws() []draw {
	return []draw{
		{7, func(g *Generator) (ledger.Action, ledger.StaffID) { return g.post(), publisher }},
		{1, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.RemoveNotice{Notice: g.recent(g.boards.notices), Reason: ledger.ClerkError}, publisher
		}},
		{4, func(g *Generator) (ledger.Action, ledger.StaffID) {
			a := &ledger.Object{Record: g.recent(g.boards.posted), Reason: ledger.Unproven}
			if g.rng.IntN(2) == 0 {
				a.Volunteer = g.person()
			}
			return a, publisher
		}},
		{4, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.AnswerObjection{
				Objection: g.recent(g.boards.objections), Upheld: g.rng.IntN(2) == 0, Reason: ledger.Cleared,
			}, pick(g, publisher, publisher, steward)
		}},
		{9, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.CreditRecord{Record: g.recent(g.boards.posted)}, steward
		}},
		{2, func(g *Generator) (ledger.Action, ledger.StaffID) {
			a := &ledger.Publish{
				What: ledger.PublishPoints, Unit: pick(g, ledger.UnitID("C01"), "C04"), Period: pick(g, "2025-12", "2026-01", "2026-02"),
				From: g.today(), Until: g.today().AddDays(7), SHA256: strings.Repeat("0d", 32), Size: 9,
			}
			if g.rng.IntN(3) == 0 {
				a.What, a.Period = ledger.PublishGoods, pick(g, "2025-Q4", "2026-Q1")
			}
			a.Number = g.number(a.Unit)
			return a, publisher
		}},
	}
}

// number draws the number of the next notice of a unit, now and then a wrong one.
func (g *Generator) number(unit ledger.UnitID) int64 {
	n := g.boards.count[unit] + 1
	if g.rng.IntN(6) == 0 {
		n = int64(g.rng.IntN(8))
	}
	return max(n, 1)
}

// post draws a notice of records that wait for one, now and then of others.
func (g *Generator) post() *ledger.PostNotice {
	return g.postOf(pick(g, ledger.UnitID("C04"), "C04", noticed))
}

func (g *Generator) postOf(unit ledger.UnitID) *ledger.PostNotice {
	a := &ledger.PostNotice{
		Unit: unit, Number: g.number(unit), From: g.today(), Until: g.today().AddDays(1 + g.rng.IntN(2)), SHA256: strings.Repeat("0e", 32), Size: 77,
	}
	switch g.rng.IntN(30) {
	case 0:
		a.Unit = "C01"
	case 1:
		a.From = a.From.AddDays(-1)
	case 2:
		a.From, a.Until = a.From.AddDays(1), a.Until.AddDays(1)
	case 3, 4, 6:
		a.Until = a.From
	case 5:
		a.Unit = "C09"
	}
	a.Records = slices.DeleteFunc(slices.Clone(g.boards.approved), func(i ledger.Index) bool { return g.boards.units[i] != unit })
	if len(a.Records) == 0 || g.rng.IntN(8) == 0 {
		a.Records = append(a.Records, g.recent(g.records))
	}
	slices.Sort(a.Records)
	a.Records = slices.Compact(a.Records)
	return a
}

func (n *Naive) notices(c ledger.Command, e *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.PostNotice:
		return n.post(a, e), true
	case *ledger.Publish:
		return n.publish(a), true
	case *ledger.RemoveNotice:
		return n.remove(a), true
	case *ledger.Object:
		return n.object(a), true
	case *ledger.AnswerObjection:
		return n.answerObjection(c, a), true
	case *ledger.CreditRecord:
		return n.creditNoticed(a, e), true
	}
	return Answer{}, false
}

// hangs counts what a unit hung out so far, and answers what can be wrong with a paper by itself.
func (n *Naive) hangs(unit ledger.UnitID, number int64, from ledger.Date) Answer {
	count := int64(0)
	each(n, func(_ int, _ *event, a *ledger.PostNotice) {
		if a.Unit == unit {
			count++
		}
	})
	each(n, func(_ int, _ *event, a *ledger.Publish) {
		if a.Unit == unit {
			count++
		}
	})
	switch {
	case !n.known(string(unit)):
		return no(ledger.NotFound)
	case number <= count:
		return no(ledger.AlreadyExists)
	case number > count+1:
		return no(ledger.NotFound)
	case from < n.today:
		return no(ledger.DateInPast)
	case from > n.today:
		return no(ledger.DateInFuture)
	}
	return Answer{}
}

// declaration returns the declared record at an index, or nil.
func (n *Naive) declaration(i ledger.Index) *event {
	if int(i) >= len(n.history) || n.history[i].state == "" {
		return nil
	}
	return &n.history[i]
}

func (n *Naive) post(a *ledger.PostNotice, _ *event) Answer {
	if r := n.hangs(a.Unit, a.Number, a.From); r.Refused != "" {
		return r
	}
	for _, i := range a.Records {
		d := n.declaration(i)
		switch {
		case d == nil:
			return no(ledger.NotFound)
		case d.state != "approved" || d.unit != a.Unit:
			return no(ledger.NotAwaiting)
		case a.Until <= a.From:
			return noAmount(ledger.NoticeShort, 0, 1)
		}
	}
	for _, i := range a.Records {
		d := n.declaration(i)
		d.state, d.public.notice, d.public.until = "noticed", len(n.history), a.Until
	}
	return Answer{Kind: ledger.NoticePosted}
}

func (n *Naive) publish(a *ledger.Publish) Answer {
	if r := n.hangs(a.Unit, a.Number, a.From); r.Refused != "" {
		return r
	}
	ends := map[string]ledger.Date{
		"2025-12": ledger.NewDate(2025, 12, 31), "2026-01": ledger.NewDate(2026, 1, 31), "2026-02": ledger.NewDate(2026, 2, 28),
		"2025-Q4": ledger.NewDate(2025, 12, 31), "2026-Q1": ledger.NewDate(2026, 3, 31),
	}
	if n.today <= ends[a.Period] {
		return no(ledger.DateInFuture)
	}
	return Answer{Kind: ledger.Published}
}

func (n *Naive) remove(a *ledger.RemoveNotice) Answer {
	until, hangs := ledger.Date(0), false
	if int(a.Notice) < len(n.history) {
		switch paper := n.history[a.Notice].command.Do.(type) {
		case *ledger.PostNotice:
			until, hangs = paper.Until, true
		case *ledger.Publish:
			until, hangs = paper.Until, true
		}
	}
	if !hangs {
		return no(ledger.NotFound)
	}
	down := false
	each(n, func(_ int, _ *event, x *ledger.RemoveNotice) { down = down || x.Notice == a.Notice })
	if down {
		return no(ledger.NoticeOver)
	}
	if n.today > until {
		return Answer{Kind: ledger.NoticeRemoved}
	}
	var listed []*event
	for i := range n.history {
		if d := &n.history[i]; d.public.notice == int(a.Notice) && (d.state == "noticed" || d.state == "disputed") {
			listed = append(listed, d)
		}
	}
	for _, d := range listed {
		if d.state == "disputed" {
			return no(ledger.DisputeOpen)
		}
	}
	for _, d := range listed {
		d.state, d.public.notice = "approved", 0
	}
	return Answer{Kind: ledger.NoticeRemoved}
}

func (n *Naive) object(a *ledger.Object) Answer {
	d := n.declaration(a.Record)
	if d == nil {
		return no(ledger.NotFound)
	}
	if v, _ := n.volunteer(a.Volunteer); a.Volunteer != "" && v == nil {
		return no(ledger.NotFound)
	}
	switch {
	case d.state == "disputed":
		return no(ledger.DisputeOpen)
	case d.state != "noticed":
		return no(ledger.NotOnNotice)
	case n.today > n.paperEnds(d):
		return no(ledger.NoticeOver)
	}
	d.state, d.public.objected = "disputed", len(n.history)
	return Answer{Kind: ledger.Objected}
}

// paperEnds returns the last day of the notice that a declaration is on.
func (n *Naive) paperEnds(d *event) ledger.Date {
	paper, ok := n.history[d.public.notice].command.Do.(*ledger.PostNotice)
	if !ok {
		panic(fmt.Sprintf("event %d is no notice", d.public.notice))
	}
	return paper.Until
}

func (n *Naive) answerObjection(c ledger.Command, a *ledger.AnswerObjection) Answer {
	var objection *ledger.Object
	if int(a.Objection) < len(n.history) && n.history[a.Objection].answer.Kind == ledger.Objected {
		objection, _ = n.history[a.Objection].command.Do.(*ledger.Object)
	}
	if objection == nil {
		return no(ledger.NotFound)
	}
	d := n.declaration(objection.Record)
	switch {
	case n.self(c.Actor, n.beneficiary(d.command.Do)):
		return no(ledger.SelfService)
	case d.command.Actor == c.Actor || d.public.approver == c.Actor || slices.Contains(d.public.steps, c.Actor):
		return no(ledger.SamePerson)
	}
	answered := false
	each(n, func(_ int, _ *event, x *ledger.AnswerObjection) { answered = answered || x.Objection == a.Objection })
	if answered {
		return no(ledger.ObjectionClosed)
	}
	if a.Upheld {
		d.state = "returned"
	} else {
		d.state, d.public.until = "noticed", max(d.public.until, n.today)
	}
	return Answer{Kind: ledger.Answered}
}

func (n *Naive) creditNoticed(a *ledger.CreditRecord, e *event) Answer {
	d := n.declaration(a.Record)
	if d == nil {
		return no(ledger.NotFound)
	}
	if _, status := n.volunteer(n.beneficiary(d.command.Do)); status == ledger.Closed {
		return no(ledger.AccountClosed)
	}
	switch d.state {
	case "disputed":
		return no(ledger.DisputeOpen)
	case "pending", "approved":
		return no(ledger.NotOnNotice)
	case "credited", "returned", "reversed":
		return no(ledger.RecordClosed)
	}
	if d.state == "noticed" && n.today <= d.public.until {
		return no(ledger.NoticeRuns)
	}
	if r := n.beforePeriod(d); r.Refused != "" {
		return r
	}
	r := n.credit(a.Record, e)
	if d.deduct == 0 {
		r.Kind = ledger.CreditPosted
	}
	return r
}

// noticesDiffer compares the state of every record, and what is left to do, with the book's.
func (n *Naive) noticesDiffer(m *Memory) string {
	open := map[ledger.Index]int64{}
	for i, d := range n.history {
		if d.state == "" || d.ask != nil {
			continue
		}
		rec, err := m.View(0).Record(ledger.Index(i))
		if err != nil || string(rec.State) != d.state {
			return fmt.Sprintf("record %d: naive %s, book %s (%v)", i, d.state, rec.State, err)
		}
		if d.state == "noticed" || d.state == "disputed" {
			open[ledger.Index(d.public.notice)]++
		}
	}
	for due, err := range m.View(0).Due(ledger.NewDate(2100, 1, 1)) {
		if err != nil {
			return err.Error()
		}
		for _, item := range due.Items {
			if item.What == ledger.NoticePosted && open[item.At] != item.Open {
				return fmt.Sprintf("notice %d: naive %d open, book %d", item.At, open[item.At], item.Open)
			}
			delete(open, item.At)
		}
	}
	if len(open) > 0 {
		return fmt.Sprintf("notices without a day: %v", open)
	}
	return ""
}

// hanging is a record that hangs out too short and then long enough, is spoken of, and is credited or not.
func (g *Generator) hanging() {
	record := g.ask(leader, &ledger.DeclareHours{
		Volunteer: g.person(), Activity: "A006", Start: ledger.NewStart(g.today().AddDays(-1-g.rng.IntN(3)), 480), Minutes: 60, Capture: ledger.Roster,
	})
	if record == 0 {
		return
	}
	g.ask(reviewer, &ledger.Approve{Record: record})
	notice := ledger.Index(0)
	for days := range 2 {
		notice = g.ask(publisher, &ledger.PostNotice{
			Unit: "C04", Number: g.boards.count["C04"] + 1, From: g.today(), Until: g.today().AddDays(days), SHA256: strings.Repeat("0e", 32), Size: 77,
			Records: []ledger.Index{record},
		})
	}
	for range g.rng.IntN(3) {
		if doubt := g.ask(publisher, &ledger.Object{Record: record, Reason: ledger.Unproven}); doubt > 0 && g.rng.IntN(3) > 0 {
			g.ask(publisher, &ledger.AnswerObjection{Objection: doubt, Upheld: g.rng.IntN(4) == 0, Reason: ledger.Cleared})
		}
	}
	if g.rng.IntN(2) == 0 {
		g.sleep(2)
	}
	for range 3 {
		if g.rng.IntN(2) == 0 && notice > 0 {
			g.ask(publisher, &ledger.RemoveNotice{Notice: notice, Reason: ledger.ClerkError})
		} else {
			g.ask(steward, &ledger.CreditRecord{Record: record})
		}
	}
}
