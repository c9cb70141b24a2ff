package ledgertest

import (
	"fmt"
	"slices"
	"time"

	"aixin/ledger"
)

// The family of requests for help.

func expressFamily() family {
	return family{
		answer: (*Naive).express,
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.TakeRequest:
				return []ledger.Role{ledger.Leader, ledger.Publisher, ledger.Clerk, ledger.Steward}
			case *ledger.SortRequest, *ledger.AssignRequest, *ledger.CloseRequest:
				return []ledger.Role{ledger.Leader, ledger.Steward}
			case *ledger.FinishRequest:
				return []ledger.Role{ledger.Leader}
			case *ledger.CallBack:
				return []ledger.Role{ledger.Leader, ledger.Reviewer, ledger.Publisher, ledger.Clerk}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			switch a := do.(type) {
			case *ledger.FinishRequest:
				return len(a.By) == 0 || a.Minutes <= 0 || ledger.Amount(a.Start%1440)+a.Minutes > 1440 ||
					slices.ContainsFunc(a.By, nobodys) || (len(a.By) == 2 && a.By[0] == a.By[1])
			case *ledger.CallBack:
				return a.Result == ""
			}
			return false
		},
		adds: func(do ledger.Action) string {
			if a, ok := do.(*ledger.TakeRequest); ok {
				return string(a.Request)
			}
			return ""
		},
		differs: (*Naive).differRequests,
		draws:   []draw{{14, (*Generator).request}},
		scenes:  []scene{{3, (*Generator).helping}},
	}
}

func (n *Naive) express(c ledger.Command, _ *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.TakeRequest:
		return n.add(ledger.RequestTaken, string(a.Request), string(a.Unit)), true
	case *ledger.SortRequest:
		q := n.request(a.Request)
		if q.open() && n.limit(q, a.Class) == 0 {
			return no(ledger.NoStandard), true
		}
		return q.step(ledger.RequestSorted, "taken", "sorted", "assigned"), true
	case *ledger.AssignRequest:
		kind := n.unitKind(a.To)
		if kind == "" {
			return no(ledger.NotFound), true
		}
		r := n.request(a.Request).step(ledger.RequestAssigned, "sorted", "assigned")
		if r.Refused == "" && kind != ledger.Grid && kind != ledger.GridUnit && kind != ledger.Team {
			return no(ledger.WrongUnit), true
		}
		return r, true
	case *ledger.FinishRequest:
		return n.finish(a), true
	case *ledger.CallBack:
		return n.callBack(c, a), true
	case *ledger.CloseRequest:
		return n.request(a.Request).step(ledger.RequestClosed, "taken", "sorted", "assigned"), true
	}
	return Answer{}, false
}

// help is a request as its story tells.
type help struct {
	state  string // none where nobody took it
	taken  *event
	rule   ledger.Rule
	done   *ledger.FinishRequest
	taker  ledger.StaffID
	doer   ledger.StaffID
	calls  int
	result ledger.CallResult
	until  ledger.Start
}

func (q help) open() bool { return q.state == "taken" || q.state == "sorted" || q.state == "assigned" }

// step answers what is allowed in some states.
func (q help) step(kind ledger.Kind, states ...string) Answer {
	switch {
	case q.state == "":
		return no(ledger.NotFound)
	case !slices.Contains(states, q.state):
		return no(ledger.WrongState)
	}
	return Answer{Kind: kind}
}

// request tells the story of a request again.
func (n *Naive) request(id ledger.RequestID) help {
	var q help
	for i := range n.history {
		e := &n.history[i]
		if e.answer.Refused != "" {
			continue
		}
		switch a := e.command.Do.(type) {
		case *ledger.TakeRequest:
			if a.Request == id {
				q = help{state: "taken", taken: e, taker: e.command.Actor}
				q.rule, _ = n.rule(a.Unit, e.on)
				q.until = n.minute(e) + ledger.Start(60*n.limit(q, ""))
			}
		case *ledger.SortRequest:
			if a.Request == id {
				q.until = n.minute(q.taken) + ledger.Start(60*n.limit(q, a.Class))
				if q.state == "taken" {
					q.state = "sorted"
				}
			}
		case *ledger.AssignRequest:
			if a.Request == id {
				q.state = "assigned"
			}
		case *ledger.FinishRequest:
			if a.Request == id {
				q.state, q.done, q.doer, q.until = "done", a, e.command.Actor, n.minute(e)+24*60
			}
		case *ledger.CallBack:
			if a.Request == id {
				q = q.called(a)
			}
		case *ledger.CloseRequest:
			if a.Request == id {
				q.state = "withdrawn"
			}
		}
	}
	return q
}

// called counts a call-back: the third that nobody answers is the last.
func (q help) called(a *ledger.CallBack) help {
	q.calls++
	q.result = a.Result
	if a.Result != ledger.NoAnswer {
		q.state = "answered"
	} else if q.calls == 3 {
		q.state = "unanswered"
	}
	return q
}

// limit returns the hours of a class, of the shortest where none is said, and 0 where there is no such class. In this world the
// rule free has classes of its own.
func (n *Naive) limit(q help, class ledger.RequestClass) int64 {
	hours := map[ledger.RequestClass]int64{"": 2, "urgent": 2, "prompt": 24, "ordinary": 168, "involved": 360}
	if q.rule.ID == "free" {
		hours = map[ledger.RequestClass]int64{"": 1, "now": 1, "urgent": 5}
	}
	return hours[class]
}

func (n *Naive) minute(e *event) ledger.Start {
	local := e.at.In(n.zone)
	return ledger.Start(int64(e.on)*1440 + int64(local.Hour()*60+local.Minute()))
}

func (n *Naive) unitKind(id ledger.UnitID) (kind ledger.UnitKind) {
	each(n, func(_ int, _ *event, a *ledger.AddUnit) {
		if a.Unit == id {
			kind = a.Kind
		}
	})
	return kind
}

func (n *Naive) finish(a *ledger.FinishRequest) Answer {
	q := n.request(a.Request)
	closed := false
	for _, id := range a.By {
		v, status := n.volunteer(id)
		if v == nil {
			return no(ledger.NotFound)
		}
		closed = closed || status == ledger.Closed
	}
	switch {
	case q.state == "":
		return no(ledger.NotFound)
	case closed:
		return no(ledger.AccountClosed)
	case q.state != "assigned":
		return no(ledger.WrongState)
	}
	if now := (&event{at: n.now, on: n.today}); a.Start+ledger.Start(a.Minutes) > n.minute(now) {
		return no(ledger.DateInFuture)
	}
	return Answer{Kind: ledger.RequestDone}
}

func (n *Naive) callBack(c ledger.Command, a *ledger.CallBack) Answer {
	q := n.request(a.Request)
	if q.state == "" {
		return no(ledger.NotFound)
	}
	involved := q.taker == c.Actor && q.rule.ID != "free" // where whoever took it may call
	if q.done != nil {
		involved = involved || q.doer == c.Actor || slices.ContainsFunc(q.done.By, func(v ledger.VolunteerID) bool { return n.self(c.Actor, v) })
	}
	if involved {
		return no(ledger.CallByOther)
	}
	return q.step(ledger.RequestCalledBack, "done")
}

// confirmed answers hours that are declared for a request, or should be.
func (n *Naive) confirmed(a *ledger.DeclareHours, code ledger.Code) Answer {
	if a.Request == "" {
		if code == "VH07" { // in this world
			return no(ledger.NotCalledBack)
		}
		return Answer{}
	}
	q := n.request(a.Request)
	if q.state != "answered" || !slices.Contains(q.done.By, a.Volunteer) || q.done.Start != a.Start || q.done.Minutes != a.Minutes {
		return no(ledger.NotCalledBack)
	}
	return Answer{}
}

func (n *Naive) differRequests(m *Memory) string {
	var diff string
	each(n, func(_ int, _ *event, a *ledger.TakeRequest) {
		want := n.request(a.Request)
		got, err := m.View(0).Request(a.Request)
		if err != nil || string(got.State) != want.state || got.Until != want.until || got.Calls != int64(want.calls) || got.Result != want.result {
			diff = fmt.Sprintf("request %s: naive %+v, book %+v, %v", a.Request, want, got, err)
		}
	})
	return diff
}

// errand is a request as the generator remembers it.
type errand struct {
	id    ledger.RequestID
	next  int // the step that follows: to sort, to assign, to finish, to call back, to declare
	done  ledger.FinishRequest
	taker ledger.StaffID
}

// sawRequest remembers what became of a request.
func (g *Generator) sawRequest(e ledger.Entry) {
	at := func(id ledger.RequestID) *errand {
		return &g.errands[slices.IndexFunc(g.errands, func(x errand) bool { return x.id == id })]
	}
	switch body := e.Body.(type) {
	case *ledger.RequestTaking:
		g.errands = append(g.errands, errand{id: body.Request, next: 0, taker: e.Actor})
	case *ledger.RequestSorting:
		at(body.Request).next = max(1, at(body.Request).next)
	case *ledger.AssignRequest:
		at(body.Request).next = 2
	case *ledger.RequestService:
		at(body.Request).next, at(body.Request).done = 3, body.FinishRequest
	case *ledger.RequestCall:
		if body.Result != ledger.NoAnswer || body.Call == 3 {
			at(body.Request).next = 4
		}
	}
}

// request draws a step of one of the requests of late, mostly the one that follows.
func (g *Generator) request() (ledger.Action, ledger.StaffID) {
	n := len(g.errands)
	if n == 0 || g.rng.IntN(8) == 0 {
		return &ledger.TakeRequest{
			Request: ledger.RequestID(fmt.Sprintf("Q%06d", max(1, n+1-g.rng.IntN(5)/4))), Unit: pick(g, ledger.UnitID("C01"), "C02", "C02", "C03"), Channel: ledger.ByPhone,
		}, pick(g, clerk, clerk, leader, reviewer)
	}
	x := g.errands[n-1-g.rng.IntN(min(n, 4))]
	step := x.next
	if g.rng.IntN(5) == 0 {
		step = g.rng.IntN(9)
	}
	switch step {
	case 0:
		return &ledger.SortRequest{Request: x.id, Class: pick(g, ledger.Urgent, ledger.Urgent, ledger.Prompt, "now")}, leader
	case 1:
		return &ledger.AssignRequest{Request: x.id, To: pick(g, ledger.UnitID("C10"), "C11", "C01", "C02", "C12")}, pick(g, leader, steward)
	case 2:
		return g.service(x), leader
	case 3:
		result := pick(g, ledger.Good, ledger.Fair, ledger.Bad, ledger.NoAnswer, ledger.NoAnswer, ledger.NoAnswer)
		return &ledger.CallBack{Request: x.id, Result: result}, pick(g, reviewer, reviewer, clerk, leader, x.taker)
	case 4:
		return g.forRequest(g.hours(), x), leader
	}
	return &ledger.CloseRequest{Request: x.id, Reason: ledger.OwnRequest}, pick(g, leader, steward)
}

// service draws who served a request, and when: about now.
func (g *Generator) service(x errand) *ledger.FinishRequest {
	a := &ledger.FinishRequest{Request: x.id, By: []ledger.VolunteerID{g.person()}, Minutes: ledger.Amount(15 * g.rng.IntN(9))}
	a.Start = ledger.NewStart(g.today(), max(0, g.clock()-int(a.Minutes)+5-g.rng.IntN(60)))
	if g.rng.IntN(3) == 0 {
		a.By = append(a.By, g.person())
	}
	return a
}

// clock returns the minute of the day.
func (g *Generator) clock() int {
	local := g.at.In(g.zone)
	return local.Hour()*60 + local.Minute()
}

// forRequest makes hours those of a request, or nearly.
func (g *Generator) forRequest(a *ledger.DeclareHours, x errand) *ledger.DeclareHours {
	a.Request = x.id
	if x.done.By != nil {
		a.Volunteer, a.Start, a.Minutes = x.done.By[0], x.done.Start, x.done.Minutes
	}
	if g.rng.IntN(6) == 0 {
		a.Start++
	}
	return a
}

// helping is a request from its taking to the hours of whoever helped, in which somebody calls back who was in it.
func (g *Generator) helping() {
	id := ledger.RequestID(fmt.Sprintf("Q%06d", len(g.errands)+1))
	taker := pick(g, clerk, leader, reviewer)
	if g.ask(taker, &ledger.TakeRequest{Request: id, Unit: pick(g, ledger.UnitID("C01"), "C02"), Channel: ledger.ByPhone}) == 0 {
		return
	}
	g.ask(leader, &ledger.SortRequest{Request: id, Class: ledger.Urgent})
	if g.rng.IntN(3) == 0 {
		g.ask(leader, &ledger.AssignRequest{Request: id, To: pick(g, ledger.UnitID("C01"), "C04")})
	}
	g.ask(leader, &ledger.AssignRequest{Request: id, To: "C10"})
	g.wait(time.Duration(60+g.rng.IntN(90)) * time.Minute)
	g.ask(leader, g.service(errand{id: id}))
	for _, caller := range []ledger.StaffID{taker, leader, reviewer} {
		g.ask(caller, &ledger.CallBack{Request: id, Result: pick(g, ledger.Good, ledger.Bad, ledger.NoAnswer)})
	}
	if x := g.errands[len(g.errands)-1]; x.id == id && g.rng.IntN(2) == 0 {
		g.ask(leader, g.forRequest(g.hours(), x))
	}
}
