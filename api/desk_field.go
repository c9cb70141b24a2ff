package api

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
)

// This file is the field: a leader opens an activity, notes who comes and goes, and declares what was served.

const fieldPath = "/field"

// sessionMark begins the code of a session, which its leader shows.
const sessionMark = cardMark + "S"

// lookBack is how many entries that the digest has not read yet a page looks through: some minutes of a county.
const lookBack = 500

func fieldPages() []workPage {
	return []workPage{{
		name: "field", path: fieldPath, roles: []ledger.Role{ledger.Leader}, show: (*desk).field,
		table: map[string]func(*desk) (*web.Grid, error){"attendance": (*desk).attendance},
		forms: []workForm{
			{name: "open_session", fields: func(d *desk) ([]web.Field, error) {
				f, err := d.activities()
				return fieldsOf(f, err)
			}, run: (*desk).openSession},
			actForm(),
			rollForm(),
			{name: "check_in", fields: (*desk).inFields, action: func(a *answers) ledger.Action {
				return &ledger.CheckIn{Session: a.index("session"), Volunteer: a.volunteer("volunteer"), By: ledger.CheckedBy(a.text("by"))}
			}},
			{name: "check_out", fields: func(d *desk) ([]web.Field, error) { return d.present(false) }, action: func(a *answers) ledger.Action {
				return &ledger.CheckOut{Session: a.index("session"), Volunteer: a.volunteer("volunteer")}
			}},
			{name: "forgot", fields: (*desk).forgotFields, action: func(a *answers) ledger.Action {
				return &ledger.ConfirmAttendance{Session: a.index("session"), Volunteer: a.volunteer("volunteer"), Out: a.start("out")}
			}},
			{name: "close_session", fields: func(d *desk) ([]web.Field, error) { return []web.Field{d.sessionField()}, nil }, action: func(a *answers) ledger.Action {
				return &ledger.CloseSession{Session: a.index("session")}
			}},
			{name: "declare", fields: func(d *desk) ([]web.Field, error) { return []web.Field{d.sessionField()}, nil }, run: (*desk).declareAll},
		},
	}}
}

// session is the session of the address; 0 where none is open on the page.
func (d *desk) session() ledger.Index {
	return cmp.Or(sessionOf(d.r.PostForm.Get("session")), sessionOf(d.r.URL.Query().Get("session")))
}

// sessionOf reads the number of a session; 0 where it is none.
func sessionOf(text string) ledger.Index {
	i, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return ledger.Index(max(i, 0))
}

func (d *desk) sessionField() web.Field {
	return web.Field{Name: "session", Kind: "hidden", Value: counts(d.session())}
}

// field lists the leader's sessions of late, and shows one: where its code is, who is there, and what can be done.
func (d *desk) field() error {
	i := d.session()
	if i == 0 {
		if err := d.ownSessions(); err != nil {
			return err
		}
		return firstError(d.form("open_session"), d.form("act"))
	}
	s, err := d.view.Attended(i)
	if err != nil {
		return err
	}
	act, err := d.view.Activity(s.Activity)
	if err != nil {
		return err
	}
	about := web.WorkSection{Heading: joined(act.Name, s.Opened.Spaced())}
	if d.r.URL.Query().Get("show") == "code" {
		return d.codeAlone(i, s, about)
	}
	if !s.Closed { // no code that would soon be too old: whoever ticks names here must not lose them to a page that is asked for again and again
		about.Links = []web.Option{{Value: codeAddress(i), Text: d.t("session_code_alone")}}
		d.page.Sections = append(d.page.Sections, about)
	}
	if err := d.roll(s); err != nil {
		return err
	}
	if err := d.table("attendance"); err != nil {
		return err
	}
	forms := []string{"check_in", "check_out", "forgot", "close_session"}
	if s.Closed {
		forms = []string{"forgot", "declare"}
	}
	if !slices.ContainsFunc(s.People, func(p ledger.Attendee) bool { return p.Out == 0 }) { // nobody is there, or forgot to say that they went
		forms = slices.DeleteFunc(forms, func(name string) bool { return name == "check_out" || name == "forgot" })
	}
	for _, name := range forms {
		if err := d.form(name); err != nil {
			return err
		}
	}
	return nil
}

// codeAddress is where the code of a session is shown by itself.
func codeAddress(i ledger.Index) string { return fieldPath + "?session=" + counts(i) + "&show=code" }

// showsCode reports whether a request asks for the code of a session and for nothing else. A leader leaves it at the door: asked for again and
// again it keeps nobody signed in, and it is shown on a browser that was locked meanwhile, so that nothing personal may stand on it.
func showsCode(r *http.Request) bool {
	q := r.URL.Query()
	for name := range q {
		if !slices.Contains([]string{"session", "show", "lang", "size"}, name) {
			return false
		}
	}
	return r.Method == http.MethodGet && r.URL.Path == fieldPath && q.Get("show") == "code" && q.Has("session")
}

// codeAlone shows the code of a session, kept up to date, and leads to where cards and PINs are typed on this device.
func (d *desk) codeAlone(i ledger.Index, s ledger.Attended, about web.WorkSection) error {
	about.Links = []web.Option{{Value: fieldPath + "?session=" + counts(i), Text: d.t("session_code_back")}}
	if s.Closed {
		about.Text = []string{d.t("session_code_over")}
	} else {
		code, err := web.NewCode(d.sessionAddress(d.r, i)) // a phone's camera opens it
		if err != nil {
			return err
		}
		about.Text, about.Code, about.Short = []string{d.t("session_code")}, &code, d.sessionCode(i)
		here := web.Option{Value: activityPath + "?code=" + counts(i), Text: d.t("session_code_here")}
		about.Links = append([]web.Option{here}, about.Links...)
		d.w.Header().Set("Refresh", strconv.Itoa(int(codeTurn.Seconds())/2))
	}
	d.page.Sections = append(d.page.Sections, about)
	return nil
}

// ownSessions lists what this leader opened of late.
func (d *desk) ownSessions() error {
	t := d.newTable("sessions", "session", "activity", "opened", "people", "state")
	of := func(g *digest) map[ledger.StaffID][]ledger.Index { return g.leaders }
	read := d.digested(d.r.Context(), d.view)
	for _, i := range traced(d.server, d.view, of, lookBack, d.staff.Staff) {
		e, err := d.view.Entry(i)
		if err != nil {
			return err
		}
		if e.Kind != ledger.SessionOpened || e.Actor != d.staff.Staff {
			continue
		}
		s, err := d.view.Attended(i)
		if err != nil {
			return err
		}
		state := "open"
		if s.Closed {
			state = "closed"
		}
		row(t, counts(i), d.activityNamed(s.Activity), s.Opened.Spaced(), whole(len(s.People)), d.t(state)).Link = fieldPath + "?session=" + counts(i)
	}
	section := web.WorkSection{Heading: t.Caption, Table: t}
	if !read {
		t.Empty, section.Text = "", []string{d.t("reading_on")}
		section.Links = []web.Option{{Value: fieldPath, Text: d.t("look_again")}}
	}
	d.page.Sections = append(d.page.Sections, section)
	return nil
}

func (d *desk) openSession(a *answers) error {
	got, err := d.submit(a.key, &ledger.OpenSession{Activity: ledger.ActivityID(a.code("activity"))})
	if err != nil {
		return err
	}
	i := counts(got.Entry.Index)
	http.Redirect(d.w, d.r, fieldPath+"?"+url.Values{"done": {i}, "session": {i}}.Encode(), http.StatusSeeOther)
	return nil
}

func (d *desk) attendance() (*web.Grid, error) {
	t := d.newTable("attendance", "holder", "in", "out", "#minutes", "by")
	if d.session() == 0 {
		return t, nil
	}
	s, err := d.view.Attended(d.session())
	if err != nil {
		return nil, err
	}
	ids := make([]ledger.VolunteerID, len(s.People))
	for i, p := range s.People {
		ids[i] = p.Volunteer
	}
	name, err := d.named(ids...)
	for _, p := range s.People {
		row(t, name(p.Volunteer), p.In.Spaced(), p.Out.Spaced(), counts(p.Minutes()), catalog.Name(d.say, "checked_by", p.By))
	}
	return t, err
}

func (d *desk) inFields() ([]web.Field, error) {
	by := one(d, "by", "checked_by", ledger.CheckedByLeader, ledger.CheckedByCard, ledger.CheckedByTyped, ledger.CheckedByWalkUp)
	by.Value = string(ledger.CheckedByLeader) // whose page this is
	return []web.Field{d.sessionField(), typed("volunteer"), by}, nil
}

// present asks for one of those who are there and did not go, whether or not the session is over.
func (d *desk) present(bool) ([]web.Field, error) {
	s, err := d.view.Attended(d.session())
	if err != nil {
		return nil, err
	}
	f := web.Field{Name: "volunteer", Kind: "select", Need: true}
	var ids []ledger.VolunteerID
	for _, p := range s.People {
		if p.Out == 0 {
			ids = append(ids, p.Volunteer)
		}
	}
	name, err := d.named(ids...)
	for _, id := range ids {
		f.Options = append(f.Options, web.Option{Value: string(id), Text: name(id)})
	}
	if len(ids) > maxChoices { // the roll above ticks them
		f = typed("volunteer")
	}
	return []web.Field{d.sessionField(), f}, err
}

func (d *desk) forgotFields() ([]web.Field, error) {
	fields, err := d.present(true)
	now, failed := d.now()
	if err != nil || failed != nil {
		return nil, firstError(err, failed)
	}
	return append(fields, web.Field{Name: "out", Kind: "datetime-local", Need: true, Value: now.String()}), nil
}

func firstError(list ...error) error {
	i := slices.IndexFunc(list, func(err error) bool { return err != nil })
	if i < 0 {
		return nil
	}
	return list[i]
}

// declareAll declares the hours of everybody of a closed session, as they were scanned. The key of each is that of their attendance: pressed
// again, on whatever page, it declares nobody twice. Who did not check out is left out until the leader says when they went.
func (d *desk) declareAll(a *answers) error {
	i := a.index("session")
	if err := a.err(); err != nil {
		return err
	}
	s, err := d.view.Attended(i)
	if err != nil {
		return err
	}
	t := d.newTable("declared", "holder", "#minutes", "result")
	for _, p := range s.People {
		result := d.t("row_done")
		if p.Out == 0 {
			row(t, string(p.Volunteer), "", "✗ "+d.t("no_check_out"))
			continue
		}
		key, err := d.attendanceKey(a.key, i, p)
		if err != nil {
			return err
		}
		_, err = d.submit(key, &ledger.DeclareHours{
			Volunteer: p.Volunteer, Activity: s.Activity, Start: p.In, Minutes: p.Minutes(), Capture: ledger.Scan, Session: i,
		})
		if err != nil {
			told := pageProblem(err, d.say, d.Clock())
			if told.Status == http.StatusInternalServerError {
				return err
			}
			result = "✗ " + joined(told.Title, told.Hint)
		}
		row(t, string(p.Volunteer), counts(p.Minutes()), result)
	}
	d.stay = true
	d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: t.Caption, Table: t})
	return nil
}

// attendanceKey is the key with which an attendance is declared: one for each, whatever form asks. Where it was used for what the book refused,
// or for a record that the reviewer sent back, what is wrong may have been put right, so that the form's own part makes it another.
func (d *desk) attendanceKey(form ledger.Key, session ledger.Index, p ledger.Attendee) (ledger.Key, error) {
	key := ledger.Key("attendance/" + counts(session) + "/" + string(p.Volunteer) + "/" + counts(p.In) + "-" + counts(p.Out))
	k, err := d.view.Key(key)
	if as[*ledger.Rejection](err) {
		return key, nil
	}
	if err != nil {
		return "", err
	}
	e, err := d.view.Entry(k.Index)
	if err != nil {
		return "", err
	}
	open := e.Kind != ledger.Refused
	if open {
		rec, err := d.view.Record(k.Index)
		if err != nil {
			return "", err
		}
		open = rec.State != ledger.SentBack
	}
	if open {
		return key, nil
	}
	own := sha256.Sum256([]byte(string(key) + string(form)))
	return ledger.Key("attendance/" + counts(session) + "/" + string(p.Volunteer) + "/" + hex.EncodeToString(own[:8])), nil
}
