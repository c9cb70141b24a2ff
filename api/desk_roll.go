package api

import (
	"context"
	"errors"
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
// is left, of whom it is said when they went.
func (d *desk) roll(s ledger.Attended) error {
	ids, err := d.rollOf(s)
	if err != nil {
		return err
	}
	if s.Closed && len(ids) == 0 {
		return nil
	}
	name, err := d.named(ids...)
	if err != nil {
		return err
	}
	t := d.newTable("roll", "volunteer", "state")
	t.Ticks, t.Empty = true, d.t("roll_empty")
	all, mine := d.r.URL.Query().Get("all") == "1", d.posted == "roll"
	for _, id := range ids {
		state, here := d.t("not_here"), false
		if i := slices.IndexFunc(s.People, func(p ledger.Attendee) bool { return p.Volunteer == id }); i >= 0 {
			state, here = joined(d.t("came_at", catalog.Data{"At": minute(s.People[i].In)}), d.wentAt(s.People[i])), true
		}
		r := row(t, name(id), state)
		r.Tick = string(id)
		r.Ticked = mine && slices.Contains(d.r.PostForm["tick"], r.Tick) || !mine && all && (s.Closed || !here)
	}
	form := &web.WorkForm{Name: "roll", Key: string(newWorkKey()), Table: t, Fields: []web.Field{d.sessionField(), {Name: "listed", Kind: "hidden"}}}
	out := maybe(web.Field{Name: "out", Kind: "datetime-local", Hint: d.t("roll_out_hint")})
	in := []web.Option{{Value: "in", Text: d.t("form.roll_in"), On: true}}
	if s.Closed {
		in = nil
	} else {
		units, err := d.units("unit")
		if err != nil {
			return err
		}
		form.Fields = append(form.Fields, web.Field{Name: "walk_ups", Kind: "area", Hint: d.t("walk_ups_hint")},
			maybe(web.Field{Name: "search", Kind: "text", Hint: d.t("roll_search_hint")}), maybe(units))
	}
	form.Fields = append(form.Fields, out)
	form.Buttons = append(in, web.Option{Value: "out", Text: d.t("form.roll_out"), On: s.Closed})
	if !s.Closed {
		form.Buttons = append(form.Buttons, web.Option{Value: "find", Text: d.t("form.roll_find")})
	}
	d.fill(form)
	section := web.WorkSection{Heading: d.t("form.roll"), Text: []string{d.t("roll_hint")}, Form: form}
	if len(ids) > 0 && !mine && !all {
		section.Links = []web.Option{{Value: fieldPath + "?" + url.Values{"session": {counts(d.session())}, "all": {"1"}}.Encode(), Text: d.t("roll_all")}}
	}
	d.page.Sections = append(d.page.Sections, section)
	return nil
}

func (d *desk) wentAt(p ledger.Attendee) string {
	if p.Out == 0 {
		return ""
	}
	return d.t("went_at", catalog.Data{"At": minute(p.Out)})
}

// rollOf lists who may be ticked, each once: who is there first, who went last.
func (d *desk) rollOf(s ledger.Attended) ([]ledger.VolunteerID, error) {
	var here, before []ledger.VolunteerID
	for _, p := range s.People {
		if p.Out == 0 {
			here = append(here, p.Volunteer)
		}
	}
	if s.Closed {
		return here, nil
	}
	of := func(g *digest) map[ledger.ActivityID][]ledger.Index { return g.sessions }
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
		gone := slices.ContainsFunc(s.People, func(p ledger.Attendee) bool { return p.Volunteer == id && p.Out != 0 })
		if !gone && !slices.Contains(list, id) && len(list) < ledger.MaxAttending {
			list = append(list, id)
		}
	}
	return list, nil
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
}

// callRoll enters what is ticked and typed, and lists whom the leader looks for.
func (d *desk) callRoll(a *answers) error {
	c := &rollCall{answers: a, session: a.index("session"), results: d.newTable("roll_result", "volunteer", "result")}
	if a.text("out") != "" {
		c.out = a.start("out")
	}
	if err := a.err(); err != nil {
		return err
	}
	if err := d.list(a); err != nil {
		return err
	}
	do, walkUps := a.Get("do"), a.text("walk_ups")
	switch {
	case do == "find":
		c.ticks, c.lines = a.Values["tick"], []string{walkUps}
	case len(a.Values["tick"]) == 0 && (walkUps == "" || do == "out"):
		if a.text("search") == "" && a.text("unit") == "" {
			a.fault("tick", "required")
			return a.err()
		}
		c.lines = []string{walkUps}
	case do == "in" && c.out != 0:
		a.fault("out", "out_goes")
		return a.err()
	default:
		if err := c.enter(do == "out"); err != nil {
			return err
		}
	}
	a.Values["tick"] = c.ticks
	a.Set("walk_ups", strings.Join(c.lines, "\n"))
	a.Set("search", "")
	a.Set("key", string(newWorkKey())) // what stays is asked for anew: a line that was refused used its key up
	d.stay, d.keep = true, true
	if len(c.results.Rows) > 0 {
		d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: c.results.Caption, Table: c.results})
	}
	return nil
}

// list adds whom the leader looks for to those who may be ticked.
func (d *desk) list(a *answers) error {
	ids := d.listed()
	if text := a.text("search"); text != "" {
		found, err := d.lookUp(text)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			d.page.Bad = append(d.page.Bad, d.t("roll_nobody", catalog.Data{"Text": text}))
		}
		ids = append(ids, found...)
	}
	if unit := ledger.UnitID(a.text("unit")); unit.Valid() {
		all, err := d.members.of(d.r.Context(), d.server, d.view, membersIn)
		if err != nil {
			return err
		}
		ids = append(ids, all.Value[unit]...)
		a.Del("unit")
	}
	var texts []string
	for _, id := range ids[:min(len(ids), ledger.MaxAttending)] {
		if !slices.Contains(texts, string(id)) {
			texts = append(texts, string(id))
		}
	}
	a.Set("listed", strings.Join(texts, " "))
	return nil
}

// enter enters each tick, and each line of who walked up. More than one form deals with stay for the next.
func (c *rollCall) enter(goes bool) error {
	n := 0
	for _, text := range c.Values["tick"] {
		id := ledger.VolunteerID(text)
		if n++; n > maxTicks || !id.Valid() {
			c.ticks = append(c.ticks, text)
			continue
		}
		ok, err := c.one(id, goes, ledger.CheckedByLeader)
		if err != nil {
			return err
		}
		if !ok {
			c.ticks = append(c.ticks, text)
		}
	}
	for line := range strings.Lines(c.text("walk_ups")) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if n++; goes || n > maxTicks {
			c.lines = append(c.lines, line)
			continue
		}
		ok, err := c.walkUp(line)
		if err != nil {
			return err
		}
		if !ok {
			c.lines = append(c.lines, line)
		}
	}
	return nil
}

// walkUp checks in whom a line means.
func (c *rollCall) walkUp(line string) (bool, error) {
	one := &answers{desk: c.desk, Values: url.Values{"volunteer": {line}}}
	id := one.volunteer("volunteer")
	if err := one.err(); err != nil {
		told := problemOf(err, c.say, c.Clock())
		row(c.results, line, "✗ "+joined(told.Fields[0].Detail, c.t("roll_correct")))
		return false, nil
	}
	return c.one(id, false, ledger.CheckedByWalkUp)
}

// one enters one person, and says what became of it. Who is there already is there, whoever entered it.
func (c *rollCall) one(id ledger.VolunteerID, goes bool, by ledger.CheckedBy) (ok bool, err error) {
	var do ledger.Action = &ledger.CheckIn{Session: c.session, Volunteer: id, By: by}
	what, known := "in", ledger.AlreadyIn
	switch {
	case goes && c.out != 0:
		do, what, known = &ledger.ConfirmAttendance{Session: c.session, Volunteer: id, Out: c.out}, "at", ledger.AlreadyOut
	case goes:
		do, what, known = &ledger.CheckOut{Session: c.session, Volunteer: id}, "out", ledger.AlreadyOut
	}
	_, err = c.submit(c.key+ledger.Key("/"+what+"/"+string(id)), do)
	if no, refused := errors.AsType[*ledger.Rejection](err); refused && no.Reason == ledger.AttendanceBars && no.Subject == string(known) {
		row(c.results, string(id), "✓ "+c.t("roll_known_"+what))
		return true, nil
	}
	if err == nil {
		row(c.results, string(id), "✓ "+c.t("roll_"+what))
		return true, nil
	}
	told := problemOf(err, c.say, c.Clock())
	if told.Status == http.StatusInternalServerError {
		return false, err
	}
	row(c.results, string(id), "✗ "+joined(told.Title, told.Hint))
	return false, nil
}
