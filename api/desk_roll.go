package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
)

// This file is the roll of a session: a leader ticks many people who have no phone at once, in one form. Whoever is not on the list is found
// by number, card, name or unit, and who walked up is typed, one a line. Each line is entered for itself, under a key of its own: sent twice
// it is entered once, and what the book refused stays ticked or typed, with why.

// rollSessions is how many sessions of the activity before this one the roll lists the people of.
const rollSessions = 8

// rollForm is the form of the roll.
func rollForm() workForm { return workForm{name: "roll", run: (*desk).callRoll} }

// members are the active people of each unit, by number.
type members map[ledger.UnitID][]ledger.VolunteerID

func membersIn(_ context.Context, v ledger.View) (members, error) {
	all := members{}
	for who, err := range v.Volunteers() {
		if err != nil {
			return nil, err
		}
		if who.Status == ledger.Active {
			all[who.Unit] = append(all[who.Unit], who.Volunteer)
		}
	}
	return all, nil
}

// roll shows who may be ticked: who came, who came to the activity before, and who was found. After the session only who did not check out
// is left, of whom it is said when they went. It is for the leaders of the activity's unit.
func (d *desk) roll(s ledger.Attended) error {
	if ok, err := d.rolls(s); err != nil || !ok {
		return err
	}
	ids, err := d.rollOf(s)
	if err != nil {
		return err
	}
	if d.over(s) && len(ids) == 0 {
		return nil
	}
	name, err := d.named(ids...)
	if err != nil {
		return err
	}
	t := d.newTable("roll", "holder", "state")
	t.Ticks, t.Empty = true, d.t("roll_empty")
	all, mine := d.r.URL.Query().Get("all") == "1", d.posted == "roll"
	for _, id := range ids {
		state, here := d.t("not_here"), false
		if i := slices.IndexFunc(s.People, func(p ledger.Attendee) bool { return p.Volunteer == id }); i >= 0 {
			state, here = joined(d.t("came_at", catalog.Data{"At": s.People[i].In.Spaced()}), d.wentAt(s.People[i])), true
		}
		r := row(t, name(id), state)
		r.Tick = string(id)
		r.Ticked = mine && slices.Contains(d.r.PostForm["tick"], r.Tick) || !mine && all && (d.over(s) || !here)
	}
	form := &web.WorkForm{Name: "roll", Key: string(newWorkKey()), Table: t}
	if err := d.askRoll(s, form); err != nil {
		return err
	}
	d.fill(form)
	section := web.WorkSection{Heading: d.t("form.roll"), Text: []string{d.t("roll_hint")}, Form: form}
	if len(ids) > 0 && !mine && !all {
		section.Links = []web.Option{{Value: fieldPath + "?" + url.Values{"session": {counts(d.session())}, "all": {"1"}}.Encode(), Text: d.t("roll_all")}}
	}
	d.page.Sections = append(d.page.Sections, section)
	return nil
}

// askRoll puts the fields and the buttons of the roll into its form. Enter presses the first button, so that this is the one that enters
// nothing.
func (d *desk) askRoll(s ledger.Attended, form *web.WorkForm) error {
	var listed []string
	for _, id := range d.listed() {
		listed = append(listed, string(id))
	}
	form.Fields = []web.Field{d.sessionField(), {Name: "listed", Kind: "hidden", Value: strings.Join(listed, " ")}}
	went := web.Option{Value: "out", Text: d.t("form.roll_out")}
	if d.over(s) {
		went.On = true
		form.Fields = append(form.Fields, web.Field{Name: "out", Kind: "datetime-local", Need: true, Hint: d.t("roll_out_needed")})
		form.Buttons = []web.Option{went}
		return nil
	}
	reached, err := d.reached()
	units, failed := d.units("unit")
	units.Options = slices.DeleteFunc(units.Options, func(o web.Option) bool { return !reached(ledger.UnitID(o.Value)) })
	form.Fields = append(form.Fields, web.Field{Name: "walk_ups", Kind: "area", Hint: d.t("walk_ups_hint")},
		maybe(web.Field{Name: "search", Kind: "text", Hint: d.t("roll_search_hint")}), maybe(units),
		maybe(web.Field{Name: "out", Kind: "datetime-local", Hint: d.t("roll_out_hint")}))
	form.Buttons = []web.Option{
		{Value: "find", Text: d.t("form.roll_find")}, {Value: "in", Text: d.t("form.roll_in"), On: true}, went,
	}
	return firstError(err, failed)
}

// over reports whether nobody comes or goes any more, so that of each who is there it has to be said when they went.
func (d *desk) over(s ledger.Attended) bool { return s.Closed || s.Opened.On() < d.view.On() }

// reached tells in which units a role of the reader counts.
func (d *desk) reached() (func(ledger.UnitID) bool, error) {
	units, some, err := d.reach()
	return func(u ledger.UnitID) bool { return some && (len(units) == 0 || slices.Contains(units, u)) }, err
}

// rolls reports whether the reader may call the roll of a session: it lists people of the activity's unit.
func (d *desk) rolls(s ledger.Attended) (bool, error) {
	act, err := d.view.Activity(s.Activity)
	if err != nil {
		return false, err
	}
	reached, err := d.reached()
	return reached(act.Unit), err
}

// cut says that not everybody is listed, once.
func (d *desk) cut() {
	if text := d.t("roll_cut", catalog.Data{"Most": ledger.MaxAttending}); !slices.Contains(d.page.Bad, text) {
		d.page.Bad = append(d.page.Bad, text)
	}
}

func (d *desk) wentAt(p ledger.Attendee) string {
	if p.Out == 0 {
		return ""
	}
	return d.t("went_at", catalog.Data{"At": p.Out.Spaced()})
}

// rollOf lists who may be ticked, each once: who is there first, who went last.
func (d *desk) rollOf(s ledger.Attended) ([]ledger.VolunteerID, error) {
	var here, before []ledger.VolunteerID
	for _, p := range s.People {
		if p.Out == 0 {
			here = append(here, p.Volunteer)
		}
	}
	if d.over(s) {
		return here, nil
	}
	of := func(g *digest) map[ledger.ActivityID][]ledger.Index { return g.sessions }
	if !d.digested(d.r.Context(), d.view) {
		d.page.Bad = append(d.page.Bad, d.t("reading_on"))
	}
	n := 0
	for _, i := range traced(d.server, d.view, of, lookBack, s.Activity) {
		if i == d.session() || n == rollSessions {
			continue
		}
		e, err := d.view.Entry(i)
		if err != nil {
			return nil, err
		}
		if open, ok := e.Body.(*ledger.OpenSession); !ok || open.Activity != s.Activity {
			continue
		}
		n++
		earlier, err := d.view.Attended(i)
		if err != nil {
			return nil, err
		}
		for _, p := range earlier.People {
			before = append(before, p.Volunteer)
		}
	}
	slices.Sort(before)
	var list []ledger.VolunteerID
	for _, id := range slices.Concat(here, d.listed(), before) {
		switch {
		case gone(s, id), slices.Contains(list, id):
		case len(list) == ledger.MaxAttending:
			d.cut()
		default:
			list = append(list, id)
		}
	}
	return list, nil
}

// gone reports whether somebody came and went: the book lets nobody come twice.
func gone(s ledger.Attended, id ledger.VolunteerID) bool {
	return slices.ContainsFunc(s.People, func(p ledger.Attendee) bool { return p.Volunteer == id && p.Out != 0 })
}

// listed are those whom the leader found: the form carries their numbers, and no address does.
func (d *desk) listed() (ids []ledger.VolunteerID) {
	for text := range strings.FieldsSeq(d.r.PostForm.Get("listed")) {
		if id := ledger.VolunteerID(text); id.Valid() && len(ids) < ledger.MaxAttending {
			ids = append(ids, id)
		}
	}
	return ids
}

// rollCall is what one form of the roll asks for, and what became of it so far.
type rollCall struct {
	*answers
	session ledger.Index
	out     ledger.Start // when those went who are ticked; 0 for now
	results *web.Grid
	ticks   []string // that stay ticked
	lines   []string // that stay typed
	gone    []string // who came and went, and cannot come again
	stopped error    // why nothing more is entered
}

// callRoll enters what is ticked and typed, and lists whom the leader looks for.
func (d *desk) callRoll(a *answers) error {
	c := &rollCall{answers: a, session: a.index("session"), results: d.newTable("roll_result", "holder", "result")}
	if a.text("out") != "" {
		c.out = a.start("out")
	}
	if err := a.err(); err != nil {
		return err
	}
	s, err := d.view.Attended(c.session)
	if err != nil {
		return err
	}
	do, walkUps, looks := a.Get("do"), a.text("walk_ups"), a.text("search") != "" || a.text("unit") != ""
	if err := d.list(a, s); err != nil {
		return err
	}
	switch {
	case do == "find":
		c.ticks, c.lines = a.Values["tick"], []string{walkUps}
	case len(a.Values["tick"]) == 0 && (walkUps == "" || do == "out"):
		if !looks {
			a.fault("tick", "required")
			return a.err()
		}
		c.lines = []string{walkUps}
	case do == "in" && c.out != 0:
		a.fault("out", "out_goes")
		return a.err()
	case do == "out" && c.out == 0 && d.over(s):
		a.fault("out", "required")
		return a.err()
	default:
		c.enter(do == "out")
		if len(c.ticks) == 0 { // the time was that of who was ticked: the next who are, went at another
			a.Set("out", "")
		}
	}
	a.Values["tick"] = c.ticks
	a.Set("walk_ups", strings.Join(c.lines, "\n"))
	a.Set("search", "")
	a.Set("key", string(newWorkKey())) // what stays is asked for anew: a line that was refused used its key up
	d.stay, d.keep = true, true
	c.tell()
	return nil
}

// tell says what became of each line: what was refused first, and no more lines than a page has.
func (c *rollCall) tell() {
	t := c.results
	if len(t.Rows) == 0 {
		return
	}
	section := web.WorkSection{Heading: t.Caption, Table: t}
	if n := len(t.Rows); n > pageRows {
		refused := func(r web.GridRow) int { return strings.Index("✗✓", string([]rune(r.Cells[1])[:1])) }
		slices.SortStableFunc(t.Rows, func(x, y web.GridRow) int { return refused(x) - refused(y) })
		t.Rows = t.Rows[:pageRows]
		section.Text = []string{c.t("roll_rest", catalog.Data{"N": pageRows, "All": n})}
	}
	c.page.Sections = append(c.page.Sections, section)
}

// list adds whom the leader looks for to those who may be ticked, and says who is not added, and why.
func (d *desk) list(a *answers, s ledger.Attended) error {
	if ok, err := d.rolls(s); err != nil || !ok {
		return firstError(err, &ledger.Rejection{Reason: ledger.NotPermitted, Subject: string(ledger.Leader)})
	}
	ids := d.listed()
	if text := a.text("search"); text != "" {
		found, err := d.lookUp(text)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			d.page.Bad = append(d.page.Bad, d.t("roll_nobody", catalog.Data{"Text": text}))
		}
		for _, id := range found {
			if gone(s, id) {
				d.page.Bad = append(d.page.Bad, d.t("roll_gone", catalog.Data{"People": string(id)}))
			}
		}
		ids = append(ids, found...)
	}
	if unit := ledger.UnitID(a.code("unit")); unit.Valid() {
		found, err := d.membersOf(a, unit)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			d.page.Bad = append(d.page.Bad, d.t("roll_no_members", catalog.Data{"Unit": string(unit)}))
		}
		ids = append(ids, found...)
		a.Del("unit")
	}
	var texts []string
	seen := map[ledger.VolunteerID]bool{}
	for _, id := range ids {
		if seen[id] {
			continue
		}
		if seen[id] = true; len(texts) == ledger.MaxAttending {
			d.cut()
			break
		}
		texts = append(texts, string(id))
	}
	a.Set("listed", strings.Join(texts, " "))
	return nil
}

// membersOf lists who belongs to a unit of the reader, or to one below it: in many places people are registered in the grids.
func (d *desk) membersOf(a *answers, unit ledger.UnitID) (ids []ledger.VolunteerID, err error) {
	reached, err := d.reached()
	if err != nil {
		return nil, err
	}
	if !reached(unit) {
		a.fault("unit", "roll_unit")
		return nil, a.err()
	}
	org, err := d.view.Org()
	if err != nil {
		return nil, err
	}
	all, err := d.members.of(d.r.Context(), d.server, d.view, membersIn)
	if err != nil {
		return nil, err
	}
	for _, u := range org.Under(unit, d.view.On()) {
		if reached(u) { // where the scope is a shop, its unit alone is reached
			ids = append(ids, all.Value[u]...)
		}
	}
	return ids, nil
}

// enter enters each tick, and each line of who walked up, and says what is left for the next form. All of them have the time of one entry:
// where the book does not answer, nobody waits for that once for each.
func (c *rollCall) enter(goes bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.r.Context()), submitTime)
	defer cancel()
	n := 0
	more := func() bool { n++; return n <= maxTicks && c.stopped == nil }
	for _, text := range c.Values["tick"] {
		if id := ledger.VolunteerID(text); !more() || !id.Valid() || !c.one(ctx, id, goes, ledger.CheckedByLeader) {
			c.ticks = append(c.ticks, text)
		}
	}
	for line := range strings.Lines(c.text("walk_ups")) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if goes || !more() || !c.walkUp(ctx, line) {
			c.lines = append(c.lines, line)
		}
	}
	switch {
	case c.stopped != nil:
		told := pageProblem(c.stopped, c.say, c.Clock())
		c.page.Bad = append(c.page.Bad, joined(told.Title, c.t("roll_stopped")))
	case n > maxTicks:
		c.page.Bad = append(c.page.Bad, c.t("roll_more", catalog.Data{"N": n - maxTicks, "Most": maxTicks}))
	}
	if len(c.gone) > 0 {
		c.page.Bad = append(c.page.Bad, c.t("roll_gone", catalog.Data{"People": strings.Join(c.gone, " ")}))
	}
}

// walkUp checks in whom a line means.
func (c *rollCall) walkUp(ctx context.Context, line string) bool {
	one := &answers{desk: c.desk, Values: url.Values{"volunteer": {line}}}
	id := one.volunteer("volunteer")
	if err := one.err(); err != nil {
		told := pageProblem(err, c.say, c.Clock())
		row(c.results, line, "✗ "+joined(c.say.T("fault."+told.Fields[0].Code), c.t("roll_correct")))
		return false
	}
	return c.one(ctx, id, false, ledger.CheckedByWalkUp)
}

// one enters one person, says what became of it, and reports whether nothing is left to do. Who is there already is there, whoever entered
// it; who went already is not listed any more. What the server cannot help stops the roll: what became of the lines before stays said.
func (c *rollCall) one(ctx context.Context, id ledger.VolunteerID, goes bool, by ledger.CheckedBy) bool {
	var do ledger.Action = &ledger.CheckIn{Session: c.session, Volunteer: id, By: by}
	what, known := "in", ledger.AlreadyIn
	switch {
	case goes && c.out != 0:
		do, what, known = &ledger.ConfirmAttendance{Session: c.session, Volunteer: id, Out: c.out}, "at", ledger.AlreadyOut
	case goes:
		do, what, known = &ledger.CheckOut{Session: c.session, Volunteer: id}, "out", ledger.AlreadyOut
	}
	_, err := c.submitBy(ctx, c.key+ledger.Key("/"+what+"/"+string(id)), do)
	if err == nil {
		row(c.results, string(id), "✓ "+c.t("roll_"+what))
		return true
	}
	no, refused := errors.AsType[*ledger.Rejection](err)
	if refused && no.Reason == ledger.AttendanceBars && no.Subject == string(known) {
		row(c.results, string(id), "✓ "+c.t("roll_known_"+what))
		return true
	}
	told := pageProblem(err, c.say, c.Clock())
	if told.Status >= http.StatusInternalServerError {
		c.Log.LogAttrs(c.r.Context(), slog.LevelWarn, "roll stopped", slog.Any("error", err), slog.String("request_id", requestID(c.r)))
		c.stopped = err
		return false
	}
	row(c.results, string(id), "✗ "+joined(told.Title, told.Hint))
	if refused && no.Reason == ledger.AttendanceBars && no.Subject == string(ledger.AlreadyOut) {
		c.gone = append(c.gone, string(id))
		return true
	}
	return false
}
