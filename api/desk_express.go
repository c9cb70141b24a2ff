package api

import (
	"context"
	"iter"
	"slices"
	"sync"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/person"
)

// This file is the service desk of the Love Express: a request for help from the call to the call-back.

const expressPath = "/express"

func expressPages() []workPage {
	return []workPage{{
		name: "express", path: expressPath, roles: []ledger.Role{ledger.Leader, ledger.Publisher, ledger.Clerk, ledger.Steward, ledger.Reviewer},
		show:  (*desk).express,
		table: map[string]func(*desk) (*web.Grid, error){"requests": (*desk).requests, "unrecorded": (*desk).unrecordedTable},
		forms: []workForm{
			{name: "take", fields: (*desk).takeFields, run: (*desk).takeRequest},
			{name: "sort", fields: func(d *desk) ([]web.Field, error) { return d.openRequest(typed("class"), ledger.Taken) }, action: func(a *answers) ledger.Action {
				return &ledger.SortRequest{Request: ledger.RequestID(a.code("request")), Class: ledger.RequestClass(a.text("class"))}
			}},
			{name: "assign", fields: (*desk).assignFields, action: func(a *answers) ledger.Action {
				return &ledger.AssignRequest{Request: ledger.RequestID(a.code("request")), To: ledger.UnitID(a.code("to"))}
			}},
			{name: "finish", fields: (*desk).finishFields, action: func(a *answers) ledger.Action {
				return &ledger.FinishRequest{
					Request: ledger.RequestID(a.code("request")), By: a.volunteers("servers"), Start: a.start("start"),
					Minutes: ledger.Amount(a.number("minutes", "minutes")),
				}
			}},
			{name: "call", fields: (*desk).callFields, action: func(a *answers) ledger.Action {
				return &ledger.CallBack{Request: ledger.RequestID(a.code("request")), Result: ledger.CallResult(a.text("result"))}
			}},
			{name: "record", fields: (*desk).recordFields, run: (*desk).recordRequest},
			{name: "withdraw", fields: func(d *desk) ([]web.Field, error) { return d.openRequest(d.reason(), undone()...) }, action: func(a *answers) ledger.Action {
				return &ledger.CloseRequest{Request: ledger.RequestID(a.code("request")), Reason: ledger.Reason(a.text("reason"))}
			}},
		},
	}}
}

// express lists what is open, and offers each step to whoever may take it.
func (d *desk) express() error {
	if err := firstError(d.table("requests"), d.unrecordedShown()); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		by   []ledger.Role
	}{
		{"take", []ledger.Role{ledger.Leader, ledger.Publisher, ledger.Clerk, ledger.Steward}},
		{"sort", []ledger.Role{ledger.Leader, ledger.Steward}},
		{"assign", []ledger.Role{ledger.Leader, ledger.Steward}},
		{"finish", []ledger.Role{ledger.Leader}},
		{"call", []ledger.Role{ledger.Reviewer, ledger.Publisher, ledger.Clerk, ledger.Leader}},
		{"record", []ledger.Role{ledger.Leader}},
		{"withdraw", []ledger.Role{ledger.Leader, ledger.Steward}},
	} {
		if !d.is(f.by...) && d.posted != f.name {
			continue // the book takes it from others
		}
		if err := d.form(f.name); err != nil {
			return err
		}
	}
	return nil
}

// requests lists what is open, those that are overdue for longest first.
func (d *desk) requests() (*web.Grid, error) {
	t := d.newTable("requests", "request", "who", "state", "class", "to", "due", "#overdue")
	now, err := d.now()
	if err != nil {
		return nil, err
	}
	var list []ledger.Request
	var ids []string
	for q, err := range d.openRequests() {
		if err != nil {
			return nil, err
		}
		list = append(list, q)
	}
	slices.SortStableFunc(list, func(x, y ledger.Request) int { return int(y.Overdue(now) - x.Overdue(now)) })
	if t.All = len(list); !d.exports() {
		list = list[:min(len(list), pageRows)]
	}
	for _, q := range list {
		ids = append(ids, string(q.Request))
	}
	names, err := d.People.Masked(d.r.Context(), ids...)
	for _, q := range list {
		late := ""
		if over := q.Overdue(now); over > 0 {
			late = d.minutes(over)
		}
		row(t, string(q.Request), names[string(q.Request)].Name, catalog.Name(d.say, "request_state", q.State), d.class(q.Class), d.toNamed(q.To), q.Until.Spaced(), late).
			Link = expressPath + "?request=" + string(q.Request)
	}
	return t, err
}

// toNamed names the unit that a request was assigned to; one that was not has none.
func (d *desk) toNamed(to ledger.UnitID) string {
	if to == "" {
		return ""
	}
	return d.unitNamed(to)
}

// maxChoices is how many requests a form lets choose from; of more the number is typed, or comes along from the list.
const maxChoices = 30

// pending are the requests that were open, or had no service record, when somebody looked through those of all years, and the last number then.
type pending struct {
	ids  []ledger.RequestID
	last int
}

func pendingIn(_ context.Context, v ledger.View) (out pending, err error) {
	unrecorded := 0
	for q, err := range v.Requests() {
		if err != nil {
			return out, err
		}
		out.last = max(out.last, q.Request.Serial())
		wants, err := asksFor(v, q)
		if err != nil {
			return out, err
		}
		if !wants {
			continue
		}
		if q.State == ledger.Heard {
			if unrecorded++; unrecorded > maxUnrecorded {
				continue // until those before have their hours
			}
		}
		out.ids = append(out.ids, q.Request)
	}
	return out, nil
}

// asksFor reports whether somebody has to do something more about a request: the next step, or the record of its service.
func asksFor(v ledger.View, q ledger.Request) (bool, error) {
	if q.Open() {
		return true, nil
	}
	return wantsRecord(v, q)
}

// numbersLost is how many numbers in a row may stand for nothing: one whose outcome stayed unknown is not given again.
const numbersLost = 3

// lastAsking are the requests about which somebody has to do something, as they were when somebody last looked.
type lastAsking struct {
	mu   sync.Mutex
	of   ledger.Index // entries
	on   ledger.Date
	list []ledger.Request
}

// askingNow returns the requests about which somebody has to do something. Until the next entry nothing changes about them.
func (d *desk) askingNow() ([]ledger.Request, error) {
	d.lastAsking.mu.Lock()
	of, on, list := d.lastAsking.of, d.lastAsking.on, d.lastAsking.list
	d.lastAsking.mu.Unlock()
	if list != nil && of == d.view.Head().Size && on == d.view.On() {
		return list, nil
	}
	list, err := d.stillAsking()
	if err != nil {
		return nil, err
	}
	d.lastAsking.mu.Lock()
	defer d.lastAsking.mu.Unlock()
	d.lastAsking.of, d.lastAsking.on, d.lastAsking.list = d.view.Head().Size, d.view.On(), list
	return list, nil
}

// stillAsking reads again what asked for something then, as it is now, and what was taken since: what is done stays done.
func (d *desk) stillAsking() ([]ledger.Request, error) {
	got, err := d.pending.of(d.r.Context(), d.server, d.view, pendingIn)
	if err != nil {
		return nil, err
	}
	open, unrecorded := []ledger.Request{}, 0
	read := func(id ledger.RequestID) (bool, error) {
		q, err := d.view.Request(id)
		if as[*ledger.Rejection](err) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		wants, err := asksFor(d.view, q)
		if wants && q.State == ledger.Heard {
			unrecorded++
		}
		if wants && (q.State != ledger.Heard || unrecorded <= maxUnrecorded) {
			open = append(open, q)
		}
		return true, err
	}
	for _, id := range got.Value.ids {
		if _, err := read(id); err != nil {
			return nil, err
		}
	}
	for n, lost := got.Value.last+1, 0; lost < numbersLost; n++ {
		there, err := read(ledger.RequestID(person.Requester.ID(n)))
		if err != nil {
			return nil, err
		}
		if lost++; there {
			lost = 0
		}
	}
	return open, nil
}

// readRequests yields the requests about which somebody has to do something. A page with a list and seven forms looks through those of all years
// once.
func (d *desk) readRequests() iter.Seq2[ledger.Request, error] {
	return func(yield func(ledger.Request, error) bool) {
		if d.open == nil {
			open, err := d.askingNow()
			if err != nil {
				yield(ledger.Request{}, err)
				return
			}
			d.open = open
		}
		for _, q := range d.open {
			if !yield(q, nil) {
				return
			}
		}
	}
}

// openRequests yields those that are open.
func (d *desk) openRequests() iter.Seq2[ledger.Request, error] {
	return func(yield func(ledger.Request, error) bool) {
		for q, err := range d.readRequests() {
			if (err != nil || q.Open()) && !yield(q, err) {
				return
			}
		}
	}
}

// class names a class; one that a rule made up is its own name.
func (d *desk) class(c ledger.RequestClass) string {
	if slices.Contains(requestClasses(), c) {
		return catalog.Name(d.say, "request_class", c)
	}
	return string(c)
}

// takeFields asks for four things: who, where to call, where to go, what is needed. The rest has an answer already.
func (d *desk) takeFields() ([]web.Field, error) {
	units, err := d.units("unit") // whose rule gives the limits: who goes out is said later
	if err == nil {
		units.Value, err = d.topUnit()
	}
	name := typed("name")
	name.Label = d.t("field.person")
	phone := maybe(typed("phone"))
	phone.Hint = d.t("phone_hint")
	return fieldsOf(name, phone, maybe(typed("address")), maybe(typed("need")), units, err,
		d.phoned())
}

// topUnit is the unit under which the reader's others are, where there is one: a desk is in one community mostly, and asks nobody which.
func (d *desk) topUnit() (top string, err error) {
	mine, any, err := d.reach(d.of.roles...)
	if err != nil || !any {
		return "", err
	}
	for u, err := range d.allUnits() {
		if err != nil {
			return "", err
		}
		if len(mine) > 0 && !slices.Contains(mine, u.Unit) || u.Parent != "" && (len(mine) == 0 || slices.Contains(mine, u.Parent)) {
			continue
		}
		if top != "" {
			return "", nil // there are several
		}
		top = string(u.Unit)
	}
	return top, nil
}

// phoned asks how a request came; most come by phone.
func (d *desk) phoned() web.Field {
	f := one(d, "channel", "channel", ledger.Channels()...)
	f.Value = string(ledger.ByPhone)
	return f
}

// takeRequest tries the request, keeps what the requester said in the register, and then takes it. Sent again it is the request of then.
func (d *desk) takeRequest(a *answers) error {
	if d.Register == nil {
		return ErrNotReady
	}
	if k, err := d.view.Key(a.key); err == nil {
		d.goOn(k.Index)
		return nil
	}
	release, err := d.Numbers.Take(d.r.Context()) // until the book has it: the register keeps what was said under that number
	if err != nil {
		return err
	}
	defer release()
	if err := d.refresh(); err != nil {
		return err
	}
	if k, err := d.view.Key(a.key); err == nil {
		d.goOn(k.Index)
		return nil
	}
	id, err := d.Numbers.Next(d.view)
	if err != nil {
		return err
	}
	who := person.Person{
		ID: string(id), Name: a.text("name"), Phone: a.text("phone"), Address: a.text("address"), Need: a.text("need"),
	}.Normalize()
	if bad := who.Check(); bad != nil {
		return &ledger.Invalid{Fields: bad}
	}
	do := &ledger.TakeRequest{Request: id, Unit: ledger.UnitID(a.code("unit")), Channel: ledger.Channel(a.text("channel"))}
	tried, err := d.Writes.DryRun(d.r.Context(), ledger.Command{Key: newWorkKey(), Actor: d.staff.Staff, Do: do})
	if no := tried.Entry.Rejection(); err == nil && no != nil {
		err = no
	}
	if err != nil {
		return err
	}
	d.Numbers.Use(id)
	if err := d.Register.Put(d.r.Context(), who); err != nil {
		return err
	}
	got, err := d.submit(a.key, do)
	if err == nil {
		d.goOn(got.Entry.Index)
	}
	return err
}

// undone are the states of a request that nobody served yet.
func undone() []ledger.RequestState {
	return []ledger.RequestState{ledger.Taken, ledger.Sorted, ledger.Assigned}
}

// openRequest asks for a request that is in one of the states in which a form can do something, and for something more.
func (d *desk) openRequest(more web.Field, states ...ledger.RequestState) ([]web.Field, error) {
	n := 0
	f, err := choice(d.openRequests(), "request", func(q ledger.Request) (string, string) {
		if n > maxChoices || !slices.Contains(states, q.State) { // of more none is offered
			return "", ""
		}
		n++
		return string(q.Request), catalog.Name(d.say, "request_state", q.State)
	})
	if len(f.Options) > maxChoices {
		f = typed("request")
	}
	if more.Name == "class" {
		more = web.Field{Name: "class", Kind: "select", Need: true}
		for _, c := range requestClasses() {
			more.Options = append(more.Options, web.Option{Value: string(c), Text: d.class(c)})
		}
	}
	return fieldsOf(f, err, more)
}

func (d *desk) assignFields() ([]web.Field, error) {
	to, err := choice(d.allUnits(), "to", func(u ledger.Unit) (string, string) {
		if !slices.Contains([]ledger.UnitKind{ledger.Grid, ledger.GridUnit, ledger.Team}, u.Kind) {
			return "", "" // nobody of it goes out
		}
		return string(u.Unit), u.Name
	})
	if err != nil {
		return nil, err
	}
	return d.openRequest(to, ledger.Sorted, ledger.Assigned)
}

func (d *desk) finishFields() ([]web.Field, error) {
	fields, err := d.openRequest(web.Field{Name: "servers", Kind: "area", Need: true, Hint: d.t("walk_ups_hint")}, ledger.Assigned)
	return append(fields, web.Field{Name: "start", Kind: "datetime-local", Need: true}, counted("minutes")), err
}

func (d *desk) callFields() ([]web.Field, error) {
	return d.openRequest(one(d, "result", "call_result", ledger.CallResults()...), ledger.Done)
}

// requestClasses are the classes that need no rule.
func requestClasses() []ledger.RequestClass {
	return []ledger.RequestClass{ledger.Urgent, ledger.Prompt, ledger.Ordinary, ledger.Involved}
}
