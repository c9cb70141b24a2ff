package main

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/store/registry"
)

// This file is the Express with heart: requests for help, from the call to the call-back. What a requester says of themself goes
// into the registry and comes out by express details alone, to somebody with a role and a reason.

func (a *app) expressCmd() *cobra.Command {
	return a.parent("express", "express",
		a.expressTakeCmd(), a.expressSortCmd(), a.expressAssignCmd(), a.expressDoneCmd(), a.expressCallCmd(), a.expressCloseCmd(),
		a.expressListCmd(), a.expressShowCmd(), a.expressDetailsCmd(), a.expressEraseCmd())
}

// requestRow is a request as programs read it.
type requestRow struct {
	Request  ledger.RequestID     `json:"request"`
	State    ledger.RequestState  `json:"state"`
	Unit     ledger.UnitID        `json:"unit"`
	Channel  ledger.Channel       `json:"channel"`
	Name     string               `json:"name,omitempty"` // masked
	Taken    ledger.Start         `json:"taken"`
	Until    ledger.Start         `json:"until"` // when the next step is due, or the last one was
	Overdue  ledger.Amount        `json:"overdue_minutes,omitempty"`
	Class    ledger.RequestClass  `json:"class,omitempty"`
	To       ledger.UnitID        `json:"to,omitempty"`
	By       []ledger.VolunteerID `json:"by,omitempty"`
	Start    *ledger.Start        `json:"start,omitempty"`
	Minutes  ledger.Amount        `json:"minutes,omitempty"`
	Late     ledger.Amount        `json:"late_minutes,omitempty"` // done after its limit
	Calls    int64                `json:"calls,omitempty"`
	Result   ledger.CallResult    `json:"result,omitempty"`
	Reason   ledger.Reason        `json:"reason,omitempty"`
	Taker    ledger.StaffID       `json:"taker"`
	Finisher ledger.StaffID       `json:"finisher,omitempty"`
	Caller   ledger.StaffID       `json:"caller,omitempty"`
}

func newRequestRow(r ledger.Request, now ledger.Start, name string) requestRow {
	row := requestRow{
		Request: r.Request, State: r.State, Unit: r.Unit, Channel: r.Channel, Name: name, Taken: r.At, Until: r.Until, Overdue: r.Overdue(now),
		Class: r.Class, To: r.To, By: r.By, Minutes: r.Minutes, Late: r.Late(), Calls: r.Calls, Result: r.Result, Reason: r.Reason,
		Taker: r.Taker, Finisher: r.Finisher, Caller: r.Caller,
	}
	if r.Start != 0 {
		row.Start = &r.Start
	}
	return row
}

func (a *app) expressTakeCmd() *cobra.Command {
	var p person.Person
	var unit, channel string
	use := "take --unit UNIT --channel CHANNEL --name NAME [--phone PHONE] [--address ADDRESS] [--need TEXT]"
	cmd := a.writes(a.command("express_take", use, cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		if err := required(cmd, "name", "unit"); err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			return w.takeRequest(ctx, p, &ledger.TakeRequest{Unit: ledger.UnitID(unit), Channel: ledger.Channel(channel)})
		})
	}))
	fs := cmd.Flags()
	fs.StringVar(&unit, "unit", "", a.say.T("cli.flag.unit"))
	fs.StringVar(&channel, "channel", string(ledger.ByPhone), a.say.T("cli.flag.channel"))
	fs.StringVar(&p.Name, "name", "", a.say.T("cli.flag.person_name"))
	fs.StringVar(&p.Phone, "phone", "", a.say.T("cli.flag.phone"))
	fs.StringVar(&p.Address, "address", "", a.say.T("cli.flag.address"))
	fs.StringVar(&p.Need, "need", "", a.say.T("cli.flag.need"))
	return cmd
}

// takeRequest tries the request, keeps what the requester said in the registry, and then takes it. Asked again under its key it is
// the request of then.
func (w *writer) takeRequest(ctx context.Context, p person.Person, do *ledger.TakeRequest) error {
	numbers := w.requestNumbers()
	release, err := numbers.Take(ctx)
	if err != nil {
		return err
	}
	defer release()
	before, err := w.takenBefore(ctx)
	if err != nil {
		return err
	}
	if do.Request = before; before == "" {
		if do.Request, err = w.nextRequest(ctx, numbers); err != nil {
			return err
		}
	}
	p.ID = string(do.Request)
	if bad := p.Normalize().Check(); bad != nil {
		return &ledger.Invalid{Fields: bad}
	}
	c := ledger.Command{Key: w.key(), Actor: w.actor, Do: do}
	if _, err := w.ledger.DryRun(ctx, c); err != nil {
		return errors.Join(w.app.printReceipt(w.app.unwritten(c, err), err), err)
	}
	if !w.app.opts.dryRun && before == "" {
		numbers.Use(do.Request)
		if err := w.people.Put(ctx, p); err != nil {
			return err
		}
	}
	answer, err := w.do(ctx, c)
	return w.printRequest(ctx, do.Request, answer, err)
}

// requestNumbers are those of the server that carries the command out. A command beside a book has it to itself.
func (w *writer) requestNumbers() *api.RequestNumbers {
	if w.app.hosted == nil {
		return api.NewRequestNumbers()
	}
	return w.app.hosted.numbers
}

// takenBefore returns the request that was taken under the key of --key, if there is one.
func (w *writer) takenBefore(ctx context.Context) (id ledger.RequestID, err error) {
	if w.app.opts.key == "" {
		return "", nil
	}
	err = w.view(ctx, func(v ledger.View) error {
		k, err := v.Key(ledger.Key(w.app.opts.key))
		if isRejection(ledger.NotFound)(err) {
			return nil
		}
		if err != nil {
			return err
		}
		e, err := v.Entry(k.Index)
		if body, ok := e.Body.(*ledger.RequestTaking); ok {
			id = body.Request
		}
		return err
	})
	return id, err
}

// nextRequest returns the next number. One that only the registry of a former process has was never taken: whoever asked was told of a
// fault, and it is given again.
func (w *writer) nextRequest(ctx context.Context, numbers *api.RequestNumbers) (id ledger.RequestID, err error) {
	err = w.view(ctx, func(v ledger.View) error {
		id, err = numbers.Next(v)
		return err
	})
	return id, err
}

// printRequest prints the answer to a step, and how the request stands after it.
func (w *writer) printRequest(ctx context.Context, id ledger.RequestID, answer api.Receipt, err error) error {
	if err != nil || w.app.opts.dryRun {
		return errors.Join(w.app.printReceipt(answer, err), err)
	}
	said := ""
	err = w.view(ctx, func(v ledger.View) error {
		r, err := v.Request(id)
		said = w.app.requestSaid(r) + "\n"
		return err
	})
	return errors.Join(err, w.app.show(result{
		json: answer, table: w.app.receiptTable(answer), text: func() string { return w.app.receiptText(answer) + said },
	}))
}

// requestSaid says in one sentence how a request stands and what is next.
func (a *app) requestSaid(r ledger.Request) string {
	return a.say.T("cli.express."+string(r.State), catalog.Data{
		"Request": string(r.Request), "Until": r.Until.Spaced(), "Class": a.className(r.Class), "To": string(r.To), "Calls": r.Calls, "Most": ledger.MaxCalls,
		"Result": a.resultName(r.Result), "Reason": catalog.Name(a.say, "reason", r.Reason),
	})
}

// className names a class; one that a rule made up is its own name.
func (a *app) className(c ledger.RequestClass) string {
	name := catalog.Name(a.say, "request_class", c)
	if c == "" || strings.HasPrefix(name, "request_class.") {
		return string(c)
	}
	return name
}

func (a *app) resultName(r ledger.CallResult) string {
	if r == "" {
		return ""
	}
	return catalog.Name(a.say, "call_result", r)
}

// step carries out one step of a request and prints how it stands then.
func (a *app) step(ctx context.Context, id ledger.RequestID, do ledger.Action) error {
	return a.write(ctx, func(ctx context.Context, w *writer) error {
		answer, err := w.do(ctx, ledger.Command{Key: w.key(), Actor: w.actor, Do: do})
		return w.printRequest(ctx, id, answer, err)
	})
}

func (a *app) expressSortCmd() *cobra.Command {
	return a.writes(a.command("express_sort", "sort REQUEST CLASS", cobra.ExactArgs(2), func(cmd *cobra.Command, args []string) error {
		id := ledger.RequestID(args[0])
		return a.step(cmd.Context(), id, &ledger.SortRequest{Request: id, Class: ledger.RequestClass(args[1])})
	}))
}

func (a *app) expressAssignCmd() *cobra.Command {
	return a.writes(a.command("express_assign", "assign REQUEST UNIT", cobra.ExactArgs(2), func(cmd *cobra.Command, args []string) error {
		id := ledger.RequestID(args[0])
		return a.step(cmd.Context(), id, &ledger.AssignRequest{Request: id, To: ledger.UnitID(args[1])})
	}))
}

func (a *app) expressDoneCmd() *cobra.Command {
	var do ledger.FinishRequest
	use := "done REQUEST VOLUNTEER… --start 'DATE HH:MM' --minutes N"
	cmd := a.writes(a.command("express_done", use, cobra.MinimumNArgs(2), func(cmd *cobra.Command, args []string) error {
		do.Request, do.By = ledger.RequestID(args[0]), nil
		for _, v := range args[1:] {
			do.By = append(do.By, ledger.VolunteerID(v))
		}
		return a.step(cmd.Context(), do.Request, &do)
	}))
	cmd.Flags().Var(newValue(&do.Start, parseStart, "'DATE HH:MM'"), "start", a.say.T("cli.flag.start"))
	cmd.Flags().Var(newValue(&do.Minutes, parseCount(ledger.MaxMinutes, "minutes"), "N"), "minutes", a.say.T("cli.flag.minutes"))
	return cmd
}

func (a *app) expressCallCmd() *cobra.Command {
	return a.writes(a.command("express_call", "call REQUEST good|fair|bad|unanswered", cobra.ExactArgs(2), func(cmd *cobra.Command, args []string) error {
		id := ledger.RequestID(args[0])
		return a.step(cmd.Context(), id, &ledger.CallBack{Request: id, Result: ledger.CallResult(args[1])})
	}))
}

func (a *app) expressCloseCmd() *cobra.Command {
	var reason string
	cmd := a.writes(a.command("express_close", "close REQUEST --reason REASON", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		id := ledger.RequestID(args[0])
		return a.step(cmd.Context(), id, &ledger.CloseRequest{Request: id, Reason: ledger.Reason(reason)})
	}))
	cmd.Flags().StringVar(&reason, "reason", "", a.reasonHelp())
	return cmd
}

// requestFilter says which requests are listed: the open ones, unless it says otherwise.
type requestFilter struct {
	overdue bool
	all     bool
	unit    string // of which, or to which
}

// of reports whether a request is one of the unit that is asked for.
func (f requestFilter) of(row requestRow) bool {
	return f.unit == "" || string(row.Unit) == f.unit || string(row.To) == f.unit
}

func (f requestFilter) chooses(row requestRow, open bool) bool {
	switch {
	case !f.of(row):
		return false
	case f.overdue:
		return row.Overdue > 0
	}
	return open || f.all
}

// nothing names the sentence for a list in which there is none; of a unit it says nothing about the others, and none has ended where there
// never was one.
func (f requestFilter) nothing(ever bool) string {
	switch {
	case f.overdue && f.unit != "":
		return "unit_none_overdue"
	case f.overdue:
		return "none_overdue"
	case !ever && f.unit != "":
		return "unit_none"
	case !ever:
		return "none"
	case f.unit != "":
		return "unit_nothing"
	}
	return "nothing"
}

func (a *app) expressListCmd() *cobra.Command {
	var f requestFilter
	cmd := a.reads(a.command("express_list", "list [--overdue | --all] [--unit UNIT]", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) { return r.listRequests(ctx, f) })
	}))
	cmd.Flags().BoolVar(&f.overdue, "overdue", false, a.say.T("cli.flag.overdue"))
	cmd.Flags().BoolVar(&f.all, "all", false, a.say.T("cli.flag.all_requests"))
	cmd.Flags().StringVar(&f.unit, "unit", "", a.say.T("cli.flag.request_unit"))
	return cmd
}

// listRequests lists requests, those that are overdue for longest first.
func (r *reader) listRequests(ctx context.Context, f requestFilter) (result, error) {
	rows, ever := []requestRow{}, false
	now, err := r.now()
	if err != nil {
		return result{}, err
	}
	for q, err := range r.view.Requests() {
		if err != nil {
			return result{}, err
		}
		masked, err := r.masked(ctx, string(q.Request))
		if err != nil {
			return result{}, err
		}
		row := newRequestRow(q, now, masked[string(q.Request)].Name)
		ever = ever || f.of(row)
		if f.chooses(row, q.Open()) {
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(x, y requestRow) int { return int(y.Overdue - x.Overdue) })
	t := r.app.table("request", "name", "state", "class", "to", "due", "overdue", "result")
	for _, row := range rows {
		t.add(string(row.Request), row.Name, catalog.Name(r.app.say, "request_state", row.State), r.app.className(row.Class), string(row.To),
			row.Until.Spaced(), or(clock(row.Overdue), row.Overdue > 0), r.app.resultName(row.Result))
	}
	res := result{json: rows, table: t}
	if len(rows) == 0 {
		res.text = func() string { return r.app.say.T("cli.express."+f.nothing(ever)) + "\n" }
	}
	return res, nil
}

// now returns the civil minute at which the view stands: the clock's, or the end of the day that was asked for, but never before the
// newest entry that is seen.
func (r *reader) now() (ledger.Start, error) {
	zone, err := r.info.Location()
	if err != nil {
		return 0, err
	}
	local := r.app.clock()
	if newest := r.view.Head().At; newest.After(local) || r.app.opts.knownAt.set {
		local = newest
	}
	local = local.In(zone)
	now := ledger.NewStart(ledger.DateOf(local), local.Hour()*60+local.Minute())
	if on := r.app.opts.asOf; on != 0 && on != now.On() {
		now = ledger.NewStart(on, ledger.MaxMinutes)
	}
	return now, nil
}

func (a *app) expressShowCmd() *cobra.Command {
	return a.reads(a.command("express_show", "show REQUEST", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		id := ledger.RequestID(args[0])
		if !id.Valid() {
			return malformed("REQUEST", "request_number")
		}
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			q, err := r.view.Request(id)
			if err != nil {
				return result{}, err
			}
			now, err := r.now()
			if err != nil {
				return result{}, err
			}
			masked, err := r.masked(ctx, string(id))
			row := newRequestRow(q, now, masked[string(id)].Name)
			return result{json: row, table: a.requestTable(row), text: func() string { return a.requestText(q, row) }}, err
		})
	}))
}

// lasting writes minutes as text, and none as nothing.
func lasting(m ledger.Amount) string {
	if m <= 0 {
		return ""
	}
	return clock(m).String()
}

// requestTable lists the members of one request.
func (a *app) requestTable(r requestRow) *table {
	t := a.table("what", "value")
	add := func(column, cell string) {
		if cell != "" {
			t.add(a.say.T("cli.column."+column), cell)
		}
	}
	by := make([]string, len(r.By))
	for i, v := range r.By {
		by[i] = string(v)
	}
	add("request", string(r.Request))
	add("name", r.Name)
	add("state", catalog.Name(a.say, "request_state", r.State))
	add("unit", string(r.Unit))
	add("channel", catalog.Name(a.say, "channel", r.Channel))
	add("taken", r.Taken.Spaced()+" "+string(r.Taker))
	add("class", a.className(r.Class))
	add("to", string(r.To))
	add("due", r.Until.Spaced())
	add("overdue", lasting(r.Overdue))
	add("served_by", strings.Join(by, " "))
	if r.Start != nil {
		add("start", r.Start.Spaced()+" "+clock(r.Minutes).String()+" "+string(r.Finisher))
	}
	add("late", lasting(r.Late))
	if r.Calls > 0 {
		add("calls", strconv.FormatInt(r.Calls, 10))
	}
	add("result", strings.TrimSpace(a.resultName(r.Result)+" "+string(r.Caller)))
	if r.Reason != "" {
		add("reason", catalog.Name(a.say, "reason", r.Reason))
	}
	return t
}

func (a *app) requestText(q ledger.Request, row requestRow) string {
	var b strings.Builder
	b.WriteString(a.mark() + a.requestSaid(q) + "\n")
	if err := a.requestTable(row).writeText(&b); err != nil {
		return err.Error()
	}
	return b.String()
}

// requesterRow is what a requester said, for whoever goes out or calls back.
type requesterRow struct {
	Request ledger.RequestID `json:"request"`
	Name    string           `json:"name"`
	Phone   string           `json:"phone,omitempty"`
	Address string           `json:"address,omitempty"`
	Need    string           `json:"need,omitempty"`
}

func (a *app) expressDetailsCmd() *cobra.Command {
	var why string
	cmd := a.command("express_details", "details REQUEST --why TEXT", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		if err := required(cmd, "why"); err != nil {
			return err
		}
		id := ledger.RequestID(args[0])
		if !id.Valid() {
			return malformed("REQUEST", "request_number")
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error { return w.requester(ctx, id, why) })
	})
	cmd.Flags().StringVar(&a.opts.actor, "as", "", a.say.T("cli.flag.as"))
	cmd.Flags().StringVar(&why, "why", "", a.say.T("cli.flag.why"))
	return cmd
}

// requester prints what a requester said. The look is logged with its reason.
func (w *writer) requester(ctx context.Context, id ledger.RequestID, why string) error {
	if _, err := w.request(ctx, id, api.PeopleReaders()...); err != nil {
		return err
	}
	people, err := w.people.Get(ctx, registry.Purpose{Actor: string(w.actor), Reason: why}, string(id))
	if err != nil {
		return err
	}
	p := people[0]
	t := w.app.table("request", "name", "phone", "address", "need")
	t.add(string(id), p.Name, p.Phone, p.Address, p.Need)
	return w.app.show(result{json: requesterRow{id, p.Name, p.Phone, p.Address, p.Need}, table: t})
}

// request returns a request to whoever has one of the roles in its unit, or in the one that went out.
func (w *writer) request(ctx context.Context, id ledger.RequestID, roles ...ledger.Role) (r ledger.Request, err error) {
	if err := w.holds(ctx, roles...); err != nil {
		return r, err
	}
	return r, w.view(ctx, func(v ledger.View) error {
		handled, err := api.HandledBy(v, w.actor, roles...)
		if err != nil {
			return err
		}
		if r, err = v.Request(id); err == nil && !handled.In(r.Unit) && !handled.In(r.To) {
			err = &ledger.Rejection{Reason: ledger.NotPermitted, Subject: string(roles[0])}
		}
		return err
	})
}

func (a *app) expressEraseCmd() *cobra.Command {
	return a.imports(a.command("express_erase", "erase REQUEST", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		id := ledger.RequestID(args[0])
		if !id.Valid() {
			return malformed("REQUEST", "request_number")
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error { return w.eraseRequester(ctx, id) })
	}))
}

// eraseRequester destroys what a requester said, once nobody needs it any more. The book keeps the request's number and times.
func (w *writer) eraseRequester(ctx context.Context, id ledger.RequestID) error {
	r, err := w.request(ctx, id, ledger.Steward)
	if err == nil && r.Open() {
		err = &ledger.Rejection{Reason: ledger.WrongState, Subject: string(r.State)}
	}
	if err != nil {
		return err
	}
	said := "erased"
	if w.app.opts.dryRun {
		said = "would_erase"
	} else if err := w.people.Erase(ctx, string(id)); err != nil {
		return err
	}
	return w.app.show(result{json: map[string]any{"request": id, "erased": !w.app.opts.dryRun}, text: func() string {
		return w.app.say.T("cli.express."+said, catalog.Data{"Request": string(id)}) + "\n"
	}})
}

// served fills in the start and the minutes of hours that are declared for a request: they are those that were called about.
func (w *writer) served(ctx context.Context, do ledger.Action) error {
	hours, ok := do.(*ledger.DeclareHours)
	if !ok || !hours.Request.Valid() || hours.Start != 0 || hours.Minutes != 0 {
		return nil
	}
	return w.view(ctx, func(v ledger.View) error {
		r, err := v.Request(hours.Request)
		if err == nil && r.Start == 0 {
			err = &ledger.Rejection{Reason: ledger.NotCalledBack, Subject: string(hours.Request)}
		}
		hours.Start, hours.Minutes = r.Start, r.Minutes
		return err
	})
}
