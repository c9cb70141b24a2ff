package api

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
)

// The pages of a volunteer are one kind of page: sentences, and forms with which somebody acts for themself. A form carries the key of
// what it asks for: sent twice, by a second press, a reload or the Back button, it asks once. Where something is wrong what was typed
// comes back; where it went well the browser is sent on, so that a reload asks for nothing. None of it needs script.

type (
	// ownPage is a page of a volunteer.
	ownPage struct {
		name  string // its sentences are own.page.NAME
		path  string
		show  func(*oneself) error
		forms map[string]func(*oneself) (ledger.Action, error)
	}

	// oneself is one page that is being made.
	oneself struct {
		*server
		w      http.ResponseWriter
		r      *http.Request
		say    *catalog.Localizer
		tell   web.Teller
		view   ledger.View
		id     ledger.VolunteerID // nobody on a page that needs no sign-in
		of     ownPage
		page   *web.Own
		status int
		posted string             // the form that was sent and stays on the page
		faults map[string]string  // of its fields
		once   bool               // it acts by card and PIN for this form alone: nobody is signed in by it
		stays  ledger.VolunteerID // who is signed in meanwhile, and stays so
	}
)

// ownPages are the pages beside the first one and the statement.
func ownPages() []ownPage {
	return []ownPage{
		{name: "points", path: "/volunteer/points", show: (*oneself).points},
		{name: "hours", path: "/volunteer/hours", show: (*oneself).hours, forms: map[string]func(*oneself) (ledger.Action, error){"certify": (*oneself).certify}},
		{name: "certificate", path: "/volunteer/certificate", show: (*oneself).certificate},
		{name: "goods", path: "/volunteer/goods", show: (*oneself).goods, forms: map[string]func(*oneself) (ledger.Action, error){
			"hold": (*oneself).hold, "release": (*oneself).release,
		}},
		{name: "notice", path: "/volunteer/notice", show: (*oneself).notice, forms: map[string]func(*oneself) (ledger.Action, error){"object": (*oneself).object}},
		{name: "why", path: "/volunteer/why", show: (*oneself).why},
		{name: "data", path: "/volunteer/data", show: (*oneself).data, forms: map[string]func(*oneself) (ledger.Action, error){
			"consent": (*oneself).consent, "ward": (*oneself).wardConsent,
		}},
	}
}

// owned are the routes of the pages of volunteers.
func owned() (list []route) {
	for _, p := range append(ownPages(), activityPage()) {
		list = append(list, route{"GET " + p.path, p.get, true, anybody(), doc{}}, route{"POST " + p.path, p.post, true, anybody(), doc{}})
	}
	return list
}

// ownPageAt returns the page of a path.
func ownPageAt(path string) (ownPage, bool) {
	pages := ownPages()
	i := slices.IndexFunc(pages, func(p ownPage) bool { return p.path == path })
	if i < 0 {
		return ownPage{}, false
	}
	return pages[i], true
}

// ownPolicy lets a page of a volunteer load the one script of ours that reads it aloud.
const ownPolicy = policy + "; script-src 'self'"

// ownFrame is the frame of a page of a volunteer.
func (s *server) ownFrame(w http.ResponseWriter, r *http.Request) web.Frame {
	f := s.frame(w, r)
	f.Aloud = true
	w.Header().Set("Content-Security-Policy", ownPolicy)
	q := r.URL.Query()
	for _, name := range []string{"lang", "size", "done"} {
		q.Del(name)
	}
	f.Query = q
	return f
}

// get answers GET of a page, or asks who it is.
func (p ownPage) get(s *server, w http.ResponseWriter, r *http.Request) error {
	id, ok := s.signedIn(r)
	if !ok && !p.open() {
		return s.askWho(w, r, p, http.StatusOK)
	}
	return s.ownPage(w, r, p, id, func(o *oneself) error { return o.said(r.URL.Query().Get("done")) })
}

// open reports whether the page asks for card and PIN itself.
func (p ownPage) open() bool { return p.path == activityPath }

// post answers POST of a page: one of its forms, or the form to sign in.
func (p ownPage) post(s *server, w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	id, ok := s.signedIn(r)
	switch {
	case p.open():
	case r.PostForm.Has("card"):
		return s.comesIn(w, r, p)
	case !ok:
		return s.askWho(w, r, p, http.StatusUnauthorized)
	}
	name := r.PostForm.Get("form")
	ask, ok := p.forms[name]
	if !ok {
		return ErrBadForm
	}
	err := s.ownPage(w, r, p, id, func(o *oneself) error {
		o.posted = name
		return o.answer(ask)
	})
	if errors.Is(err, errSent) {
		return nil
	}
	return err
}

// ownPage makes a page and answers with it.
func (s *server) ownPage(w http.ResponseWriter, r *http.Request, of ownPage, id ledger.VolunteerID, before func(*oneself) error) error {
	f := s.ownFrame(w, r)
	o := &oneself{
		server: s, w: w, r: r, say: f.Localizer, tell: s.teller(f), id: id, of: of, status: http.StatusOK,
		page: &web.Own{Name: of.name, Path: of.path, Number: string(id)},
	}
	if id != "" {
		names, err := s.People.Masked(r.Context(), string(id))
		if err != nil {
			return err
		}
		o.page.Who = names[string(id)].Name
	}
	err := s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		o.view = v
		if err := before(o); err != nil {
			return err
		}
		return of.show(o)
	})
	if err != nil {
		return err
	}
	s.render(w, r, o.status, f, *o.page)
	return nil
}

// askWho shows the form to sign in, which keeps what was typed on the page before the session ended.
func (s *server) askWho(w http.ResponseWriter, r *http.Request, of ownPage, status int) error {
	s.render(w, r, status, s.ownFrame(w, r), s.keeping(r, of))
	return nil
}

// keeping is the form to sign in at a page, with what was typed there.
func (s *server) keeping(r *http.Request, of ownPage) web.SignIn {
	form := web.SignIn{Path: of.path}
	form.TryCard, form.TryPIN = s.try()
	if q := r.URL.RawQuery; r.Method == http.MethodGet && q != "" {
		form.Path += "?" + q
	}
	for _, name := range keptFields() {
		if v := r.PostForm.Get(name); v != "" && len(v) <= maxCard {
			form.Kept = append(form.Kept, web.Option{Value: name, Text: v})
		}
	}
	return form
}

// keptFields are what forms of these pages ask for, but for cards and PINs.
func keptFields() []string {
	return []string{"form", "key", "shop", "item", "pieces", "hold", "record", "reason", "code", "ward"}
}

// comesIn signs somebody in at a page, and shows it as it was left.
func (s *server) comesIn(w http.ResponseWriter, r *http.Request, p ownPage) error {
	card := r.PostForm.Get("card")
	id, err := s.visit(r, card, r.PostForm.Get("pin"))
	if err != nil {
		return s.askAgain(w, r, card, err)
	}
	s.begin(w, r, id)
	return s.ownPage(w, r, p, id, func(o *oneself) error {
		o.posted = r.PostForm.Get("form") // is on the page again as it was typed, and waits to be sent
		return nil
	})
}

func (o *oneself) t(id string, data ...catalog.Data) string { return o.say.T("own."+id, data...) }

// answer carries out what a form asks for.
func (o *oneself) answer(ask func(*oneself) (ledger.Action, error)) error {
	key := ledger.Key(o.r.PostForm.Get("key"))
	if !key.Valid() {
		return ErrBadForm
	}
	do, err := ask(o)
	if err != nil {
		return o.wrong(err)
	}
	if o.once { // the next person at a shared device, whose page has the same key, asks for something of their own
		key += ledger.Key("/" + string(o.id) + "/" + o.r.PostForm.Get("do"))
	}
	// Whoever goes away does not take back what was asked for.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(o.r.Context()), submitTime)
	defer cancel()
	got, err := o.Writes.Submit(ctx, ledger.Command{Key: key, Actor: ledger.StaffID(o.id), Do: do})
	if err != nil {
		return o.wrong(o.ofWard(err))
	}
	q := url.Values{"done": {counts(got.Entry.Index)}}
	if o.once {
		q.Set("done", o.onceDone(got.Entry.Index))
	}
	if v := o.r.PostForm.Get("shop"); v != "" && len(v) <= maxCard {
		q.Set("shop", v)
	}
	if o.of.open() {
		q.Set("code", o.keepCode(o.code()))
	}
	to := o.of.path
	if body, ok := got.Entry.Body.(*ledger.Certificate); ok {
		to = certificatePath
		q.Set("number", counts(body.Number))
	}
	http.Redirect(o.w, o.r, to+"?"+q.Encode(), http.StatusSeeOther)
	return errSent
}

// wrong puts an error on the page. What the server cannot help stays an error.
func (o *oneself) wrong(err error) error {
	o.leaves()
	err = itemSaid(o.view, err)
	p := pageProblem(err, o.say, o.Clock())
	if p.Status >= http.StatusInternalServerError && !errors.Is(err, ErrUnknown) && !errors.Is(err, ErrBusy) {
		return err
	}
	p.header(o.w.Header())
	o.page.Wrong, o.status = p.Title, p.Status
	o.faults = map[string]string{}
	if bad, ok := errors.AsType[*ledger.Invalid](err); ok {
		for _, f := range bad.Fields {
			name, _, _ := strings.Cut(f.Field, "[")
			if name == "lines" {
				name = "pieces"
			}
			o.faults[name] = o.say.T("fault." + f.Code)
		}
	}
	if no, ok := errors.AsType[*ledger.Rejection](err); ok {
		if no.Reason != ledger.KeyConflict {
			o.r.PostForm.Set("key", newOwnKey()) // the refusal used the key up
		}
	}
	return nil
}

// leaves forgets who acted by card and PIN for one form. The page is again of whoever is signed in.
func (o *oneself) leaves() {
	if o.once {
		o.id, o.stays, o.once = o.stays, "", false
	}
}

// onceDone is what the address says of an entry that somebody made with card and PIN alone. Nobody else can write it, so that an address with
// a number that was guessed says nothing of anybody.
func (s *server) onceDone(i ledger.Index) string { return s.marked("done/", i) }

// said says what was done, where it is this volunteer who did it, or whoever just came or went here with card and PIN, who is signed in
// nowhere. Of them it says who: the next one at the same device must not take it for their own.
func (o *oneself) said(done string) error {
	number, _, once := strings.Cut(done, "-")
	i, err := ParseReference(number)
	if err != nil || i <= 0 {
		return nil //nolint:nilerr // an address that somebody typed says nothing
	}
	e, err := o.view.Entry(i)
	if as[*ledger.Rejection](err) || err == nil && (once && !o.didOnce(e, done) || !once && (o.id == "" || e.Actor != ledger.StaffID(o.id))) {
		return nil
	}
	if err != nil {
		return err
	}
	o.page.Good = o.t("done."+string(e.Kind), catalog.Data{"Number": counts(i)})
	if once {
		who := string(e.Actor)
		names, err := o.People.Masked(o.r.Context(), who)
		if err != nil {
			return err
		}
		who = strings.TrimSpace(names[who].Name + " …" + who[max(0, len(who)-shownDigits):])
		o.page.Good = o.t("activity.done_by", catalog.Data{"Who": who, "What": o.page.Good})
	}
	return nil
}

// shownDigits is how much of a number says whose it is to whoever just typed it, and to nobody else.
const shownDigits = 3

// didOnce reports whether an address tells of an entry that was made here today with card and PIN.
func (o *oneself) didOnce(e ledger.Entry, done string) bool {
	now, err := o.minute()
	return err == nil && (e.Kind == ledger.CheckedIn || e.Kind == ledger.CheckedOut) && e.On == now.On() && o.of.open() &&
		hmac.Equal([]byte(o.onceDone(e.Index)), []byte(done))
}

func newOwnKey() string { return "own/" + rand.Text() }

// form makes a form of the page, with what was typed where something was wrong with this one: what is hidden in it says which it is.
func (o *oneself) form(name string, buttons []web.Option, fields ...web.Field) *web.WorkForm {
	out := &web.WorkForm{Name: name, Key: newOwnKey(), Path: o.of.path, Buttons: buttons, Fields: fields}
	mine := o.posted == name
	for _, f := range fields {
		mine = mine && (f.Kind != "hidden" || f.Value == o.r.PostForm.Get(f.Name))
	}
	for i := range out.Fields {
		f := &out.Fields[i]
		if f.Kind != "hidden" {
			f.Label = o.t("field." + f.Name)
		}
		if mine && f.Kind != "hidden" && f.Kind != "password" && o.r.PostForm.Has(f.Name) && len(o.r.PostForm.Get(f.Name)) <= maxCard {
			f.Value = o.r.PostForm.Get(f.Name)
		}
		if mine {
			f.Wrong = o.faults[f.Name]
		}
	}
	if key := o.r.PostForm.Get("key"); mine && ledger.Key(key).Valid() {
		out.Key, out.Open = key, true
	}
	return out
}

// button is the one button of a form.
func (o *oneself) button(name string) []web.Option {
	return []web.Option{{Text: o.t("button." + name), On: true}}
}

func (o *oneself) section(s web.OwnSection) { o.page.Sections = append(o.page.Sections, s) }
