package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/person"
)

// The pages of the staff are one kind of page: tables of what stands in the book, and forms that ask for entries. A form carries the key
// of what it asks for: sent twice, by a second press, a slow line or from an old page, it asks once. The browser is always sent on, so that
// a reload and the Back button ask for nothing; where something is wrong everything that was typed is on the page, with what is wrong beside
// its field.
// Who may see a page stands in its row; who may do what, the ledger decides.

// maxTicks bounds how many records one form deals with.
const maxTicks = 200

type (
	// workPage is a page of the menu.
	workPage struct {
		name  string // its sentences are work.page.NAME
		path  string
		roles []ledger.Role
		show  func(*desk) error
		forms []workForm
		table map[string]func(*desk) (*web.Grid, error) // what may be exported, by name
		files map[string]func(*desk) (workFile, error)  // what may be taken away beside them, by name
		json  bool                                      // tables may be taken as JSON too
		next  []string                                  // what of a form is the same in the next one
	}

	// workFile is a file that a page gives.
	workFile struct {
		name, media string
		bytes       []byte
	}

	// workForm is a form of a page: what it asks for, and what it does with the answers.
	workForm struct {
		name   string
		fields func(*desk) ([]web.Field, error)
		action func(*answers) ledger.Action // the entry that it asks for
		run    func(*desk, *answers) error  // or what it does where one entry is not all
	}

	// desk is one page that is being made.
	desk struct {
		*server
		w       http.ResponseWriter
		r       *http.Request
		say     *catalog.Localizer
		frame   web.Frame
		view    ledger.View
		staff   ledger.Staff
		of      workPage
		page    *web.Work
		posted  string             // the form that was sent and stays on the page
		faults  map[string]string  // of its fields
		stay    bool               // the page says what was done: nothing sends the browser on
		keep    bool               // and the form stays as it was typed
		open    []ledger.Request   // the requests that are open, where the page asked for them
		counted []ledger.CountFact // the counts of all years, likewise
		done    func()             // with the view

		more ledger.Index // behind that record more wait
	}

	// answers reads what was typed into a form. What does not read is a fault of its field.
	answers struct {
		*desk
		url.Values
		key ledger.Key
		bad ledger.Invalid

		failed error // what is no fault of whoever typed
	}
)

// workPages is the menu, in its order.
func workPages() []workPage {
	return slices.Concat(deskPages(), counterPages(), fieldPages(), expressPages())
}

// working are the routes of the pages of the staff.
func working() (list []route) {
	for _, p := range workPages() {
		to := browser(p.roles...)
		to.bare = p.path == totpPath
		list = append(list, route{"GET " + p.path, p.get, true, to, doc{}}, route{"POST " + p.path, p.post, true, to, doc{}})
	}
	return append(list, route{"POST /desk/leave", staffLeaves(deskPath), true, anybody(), doc{}})
}

// browser are those of the staff who have one of the roles and signed in on the browser.
func browser(roles ...ledger.Role) who { return who{roles: roles, browser: true} }

// onBrowser returns who signed in on the browser at a page of the staff.
func (s *server) onBrowser(r *http.Request) (caller, error) {
	if showsCode(r) {
		return s.leftOpen(r, sessionOf(r.URL.Query().Get("session")))
	}
	who, locked := s.lockedBy(r)
	if locked || who == (caller{}) {
		return caller{}, ErrSignIn
	}
	return who, nil
}

// leftOpen returns who signed in on the browser at some time of the day, and keeps nothing open. Where it is locked since it goes on with the
// session of an activity that it showed last, and begins with no other.
func (s *server) leftOpen(r *http.Request, session ledger.Index) (caller, error) {
	c, err := r.Cookie(clerkCookie)
	if err != nil {
		return caller{}, ErrSignIn
	}
	who, open, ok := s.sessions.peek(c.Value, s.lockAfter())
	if !ok || !s.workplaces.shows(r, session, open) {
		return caller{}, ErrSignIn
	}
	return who, nil
}

// staffLeaves answers POST /desk/leave and /clerk/leave: it signs the browser out, and goes on to a page.
func staffLeaves(to string) func(*server, http.ResponseWriter, *http.Request) error {
	return func(s *server, w http.ResponseWriter, r *http.Request) error {
		if c, err := r.Cookie(clerkCookie); err == nil {
			s.sessions.end(c.Value)
		}
		s.workplaces.end(r) // the basket and what was typed too: the next person is another
		s.setCookie(w, clerkCookie, "", "/", -time.Second)
		s.setCookie(w, workplaceCookie, "", "/", -time.Second)
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
}

// pageOf returns the page of a path of the menu.
func pageOf(path string) (workPage, bool) {
	pages := workPages()
	i := slices.IndexFunc(pages, func(p workPage) bool { return p.path == path })
	if i < 0 {
		return workPage{}, false
	}
	return pages[i], true
}

// unsigned answers for a page of the staff where nobody is signed in, or the browser is locked: with the form to sign in. What was typed on
// the page before is kept until somebody did.
func (s *server) unsigned(w http.ResponseWriter, r *http.Request) error {
	of, ok := pageOf(r.URL.Path)
	if !ok {
		return ErrSignIn
	}
	if r.Method != http.MethodPost {
		s.page(w, r, s.signInForm(r, of))
		return nil
	}
	if err := parseForm(r); tooLarge(err) && of.path == importsPath {
		return ErrSignIn // rows that are too long to be held for a stranger are not for somebody who signed in
	} else if err != nil {
		return err
	}
	if !r.PostForm.Has("staff_pin") {
		if formSize(r.PostForm) > maxKept {
			return ErrSignIn
		}
		at := s.workplace(w, r)
		whose := s.workplaces.whose(at) // also where the session has ended: the next one there may be somebody else
		next := at.keep(keptForm{path: of.path, staff: whose, form: r.PostForm, posted: r.PostForm.Get("form")})
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // a page of the menu, with a serial number behind it
		return nil
	}
	return s.staffEnter(w, r, of)
}

// staffEnter signs a member of the staff in at a page of theirs, where they find what was typed before.
func (s *server) staffEnter(w http.ResponseWriter, r *http.Request, of workPage) error {
	number := r.PostForm.Get("staff_number")
	if on, locked := s.lockedBy(r); locked && number == "" {
		number = string(on.staff)
	}
	who, err := s.signIn(r, number, r.PostForm.Get("staff_pin"))
	if err == nil && who.staff == "" {
		err = person.ErrWrongPIN
	}
	if err == nil {
		err = s.holds(r.Context(), who.staff, of.roles)
	}
	at, next := s.workplace(w, r), of.path
	k, ok := s.keptAt(r, of.path, who.staff)
	switch {
	case err != nil && problemOf(err, s.say(r), s.Clock()).Status >= http.StatusInternalServerError:
		return err
	case err != nil:
		k.path, k.enters = of.path, attempt{tidy(number, maxCard), err, s.Clock()}
		next = at.keep(k)
	default:
		s.signOn(w, r, at, who)
		if ok && k.form.Get("form") != "" {
			k.enters, k.staff = attempt{}, who.staff
			next = at.keep(k)
		}
	}
	http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // likewise
	return nil
}

// signInForm is the form to sign in at a page.
func (s *server) signInForm(r *http.Request, of workPage) web.WorkSignIn {
	form := web.WorkSignIn{Path: of.path, Name: of.name}
	if k, ok := s.keptAt(r, of.path, ""); ok {
		form.Kept, form.HasKept = strconv.Itoa(k.serial), len(k.form) > 0
		if k.enters.err != nil && !expired(k.enters.at.Add(signInSaid), s.Clock()) {
			p := pageProblem(k.enters.err, s.say(r), s.Clock())
			form.Number, form.Wrong, form.Hint = k.enters.number, p.Title, p.Hint
		}
	}
	if on, locked := s.lockedBy(r); locked {
		form.Locked = string(on.staff)
	}
	if !s.Book.Demo || s.Config.Try == nil {
		return form
	}
	form.TryPIN = s.Config.Try.PIN
	seen, say := map[ledger.Role]bool{}, s.say(r)
	err := s.view(r.Context(), ledger.AsOf{}, func(v ledger.View) error {
		for who, err := range v.AllStaff() {
			if err != nil {
				return err
			}
			for _, role := range who.RolesOn(v.On()) {
				if slices.Contains(of.roles, role) && !seen[role] && !slices.ContainsFunc(form.Try, func(o web.Option) bool { return o.Value == string(who.Staff) }) {
					seen[role] = true
					form.Try = append(form.Try, web.Option{Value: string(who.Staff), Text: catalog.Name(say, "role", role)})
				}
			}
		}
		return nil
	})
	if err != nil {
		form.Try = nil // whoever tries a demo can read the numbers where it was started
	}
	return form
}

// get answers GET of a page, or of one of its tables as CSV.
func (p workPage) get(s *server, w http.ResponseWriter, r *http.Request) error {
	return s.work(w, r, p, callerOf(r).staff, func(d *desk) error {
		if k, ok := s.keptAt(r, p.path, d.staff.Staff); ok {
			d.restore(k)
			return nil
		}
		return d.said(r.URL.Query().Get("done"))
	})
}

// restore shows a form that was sent as it was typed, with what was said of it.
func (d *desk) restore(k keptForm) {
	d.r.PostForm, d.posted = k.form, k.posted
	d.page.Good, d.page.Bad, d.page.Sections = slices.Clone(k.good), slices.Clone(k.bad), slices.Clone(k.shown)
	if k.err != nil {
		d.explain(k.err)
	}
}

// post answers POST of a page: one of its forms.
func (p workPage) post(s *server, w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	i := slices.IndexFunc(p.forms, func(f workForm) bool { return f.name == r.PostForm.Get("form") })
	if i < 0 {
		return ErrBadForm
	}
	sent := false
	err := s.work(w, r, p, callerOf(r).staff, func(d *desk) error {
		d.posted = p.forms[i].name
		err := d.answer(p.forms[i])
		if err == nil && !d.stay {
			sent = true
			return errSent
		}
		if err == nil && !d.keep {
			d.posted = ""
		}
		if err != nil {
			if failed := d.tell(err); failed != nil {
				return failed
			}
		}
		if err == nil && strings.HasPrefix(p.path, deskPath) || formSize(r.PostForm) > maxKept {
			return d.refresh() // what the desk shows once, such as a PIN, is kept nowhere, and neither is a file
		}
		sent = true
		d.sendOn(err)
		return errSent
	})
	if sent && errors.Is(err, errSent) {
		return nil
	}
	return err
}

// sendOn sends the browser to the page, which says what became of the form, and shows it as it was typed where it stays.
func (d *desk) sendOn(err error) {
	next := d.workplace(d.w, d.r).keep(keptForm{
		path: d.of.path, staff: d.staff.Staff, form: d.r.PostForm, posted: d.posted, err: err,
		good: d.page.Good, bad: d.page.Bad, shown: d.page.Sections,
	})
	http.Redirect(d.w, d.r, next, http.StatusSeeOther)
}

// errSent says that the browser was sent on.
var errSent = errors.New("the browser was sent on")

// work makes a page and answers with it.
func (s *server) work(w http.ResponseWriter, r *http.Request, of workPage, staff ledger.StaffID, before func(*desk) error) error {
	f := s.frame(w, r)
	q := r.URL.Query()
	for _, name := range []string{"lang", "size", "done"} { // what is kept stays in another language
		q.Del(name)
	}
	f.Query = q
	v, done, err := s.Views.View(r.Context(), ledger.AsOf{})
	if err != nil {
		return err
	}
	d := &desk{server: s, w: w, r: r, say: f.Localizer, frame: f, view: v, of: of, page: &web.Work{Name: of.name, Path: of.path, Staff: string(staff)}, done: done}
	defer func() { d.done() }()
	if d.staff, err = v.Staff(staff); err != nil {
		return err
	}
	s.catchUp(v)
	for _, p := range workPages() {
		if slices.ContainsFunc(d.staff.RolesOn(v.On()), func(r ledger.Role) bool { return slices.Contains(p.roles, r) }) {
			d.page.Menu = append(d.page.Menu, web.Option{Value: p.path, Text: d.t("page." + p.name), On: p.path == of.path})
		}
	}
	if slices.ContainsFunc(d.staff.RolesOn(v.On()), func(r ledger.Role) bool { return slices.Contains(counterRoles(), r) }) {
		d.page.Menu = append(d.page.Menu, web.Option{Value: clerkPath, Text: f.T("web.counter.title")})
	}
	if err := before(d); err != nil {
		return err
	}
	if sent, err := d.takeAway(q); sent || err != nil {
		return err
	}
	if err := of.show(d); err != nil {
		return err
	}
	if len(d.page.Sections) == 0 {
		d.page.Sections = []web.WorkSection{{Text: []string{d.t("nothing")}}}
	}
	status := http.StatusOK
	if d.page.Wrong != "" && !q.Has("kept") {
		status = http.StatusUnprocessableEntity
	}
	d.page.Tidy()
	s.render(w, r, status, f, *d.page)
	return nil
}

// takeAway answers with what the address asks to take away: a table as CSV or JSON, or a file.
func (d *desk) takeAway(q url.Values) (sent bool, err error) {
	switch {
	case d.of.table[q.Get("csv")] != nil:
		return true, d.export(q.Get("csv"))
	case d.of.json && d.of.table[q.Get("json")] != nil:
		return true, d.exportJSON(q.Get("json"))
	case d.of.files[q.Get("file")] == nil:
		return false, nil
	}
	f, err := d.of.files[q.Get("file")](d)
	if err != nil {
		return true, err
	}
	d.give(d.w, d.r, f)
	return true, nil
}

// give answers with a file.
func (s *server) give(w http.ResponseWriter, r *http.Request, f workFile) {
	w.Header().Set("Content-Type", f.media)
	w.Header().Set("Content-Disposition", `attachment; filename="`+f.name+`"`)
	s.send(w, r, http.StatusOK, f.bytes)
}

// refresh reads the book again, as it is after what the form did.
func (d *desk) refresh() error {
	v, done, err := d.Views.View(d.r.Context(), ledger.AsOf{})
	if err != nil {
		return err
	}
	d.done()
	d.view, d.done, d.open, d.counted = v, done, nil, nil
	return nil
}

func (d *desk) t(id string, data ...catalog.Data) string { return d.say.T("work."+id, data...) }

// answer carries out what a form asks for.
func (d *desk) answer(f workForm) error {
	a := &answers{desk: d, Values: d.r.PostForm, key: ledger.Key(d.r.PostForm.Get("key"))}
	if !a.key.Valid() {
		return ErrBadForm
	}
	if f.run != nil {
		return f.run(d, a)
	}
	do := f.action(a)
	if err := a.err(); err != nil {
		return err
	}
	got, err := d.submit(a.key, do)
	if err != nil {
		return err
	}
	d.goOn(got.Entry.Index)
	return nil
}

// submit asks the book for an entry. Whoever goes away does not take back what was asked for.
func (d *desk) submit(key ledger.Key, do ledger.Action) (ledger.Receipt, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(d.r.Context()), submitTime)
	defer cancel()
	return d.submitBy(ctx, key, do)
}

// enter submits what a form asks for, and goes on to its entry.
func (d *desk) enter(a *answers, do ledger.Action) error {
	got, err := d.submit(a.key, do)
	if err == nil {
		d.goOn(got.Entry.Index)
	}
	return err
}

// submitBy is submit with the time that a form has for all its entries.
func (d *desk) submitBy(ctx context.Context, key ledger.Key, do ledger.Action) (ledger.Receipt, error) {
	return d.Writes.Submit(ctx, ledger.Command{Key: key, Actor: d.staff.Staff, Do: do})
}

// dryRun returns the entry that the book would make, and enters nothing.
func (d *desk) dryRun(do ledger.Action) (ledger.Entry, error) {
	e, err := d.Writes.DryRun(d.r.Context(), ledger.Command{Key: newWorkKey(), Actor: d.staff.Staff, Do: do})
	if no := e.Rejection(); err == nil && no != nil {
		err = no
	}
	return e, err
}

// goOn sends the browser to the page, which says what was entered.
func (d *desk) goOn(i ledger.Index) {
	q := url.Values{"done": {strconv.FormatInt(int64(i), 10)}}
	for _, name := range append([]string{"shop", "session", "unit"}, d.of.next...) {
		if v := d.r.PostForm.Get(name); v != "" && len(v) <= maxCard {
			q.Set(name, v)
		}
	}
	http.Redirect(d.w, d.r, d.of.path+"?"+q.Encode(), http.StatusSeeOther)
}

// said says what was entered, where it is this member of the staff who entered it.
func (d *desk) said(done string) error {
	i, err := strconv.ParseInt(done, 10, 64)
	if err != nil || i <= 0 {
		return nil //nolint:nilerr // an address that somebody typed says nothing
	}
	e, err := d.view.Entry(ledger.Index(i))
	if as[*ledger.Rejection](err) || (err == nil && e.Actor != d.staff.Staff) {
		return nil // nobody here entered that
	}
	if err == nil {
		d.page.Good = append(d.page.Good, d.t("done", catalog.Data{"Index": i, "Kind": catalog.Name(d.say, "kind", e.Kind)}))
	}
	return err
}

// tell says an error on the page, and gives the form another key where it needs one. What the server cannot help stays an error.
func (d *desk) tell(err error) error {
	p := pageProblem(err, d.say, d.Clock())
	if p.Status == http.StatusInternalServerError {
		return err
	}
	if p.Status >= http.StatusInternalServerError {
		d.Log.LogAttrs(d.r.Context(), slog.LevelWarn, "form not answered", slog.Any("error", err), slog.String("request_id", requestID(d.r)))
	}
	d.explain(err)
	if no, ok := errors.AsType[*ledger.Rejection](err); ok && no.Reason != ledger.KeyConflict && d.r.PostForm != nil {
		d.r.PostForm.Set("key", string(newWorkKey())) // the refusal used the key up
	}
	return nil
}

// explain puts an error on the page, with what is wrong beside its field.
func (d *desk) explain(err error) {
	p := pageProblem(itemSaid(d.view, err), d.say, d.Clock())
	p.header(d.w.Header())
	d.page.Wrong, d.page.Hint = p.Title, p.Hint
	d.faults = map[string]string{}
	for _, f := range p.Fields {
		name, at, _ := strings.Cut(f.Field, "[")
		d.faults[name] = d.say.T("fault." + f.Code) // its label says which field
		d.faults[map[string]string{"about": "act_about", "code": "act", "on": "act_on", "by": "servers"}[name]] = d.faults[name]
		if _, member, one := strings.Cut(at, "]."); one {
			d.faults[member] = d.faults[name] // a form of one line asks for its members
		}
		if n, whole := strings.CutSuffix(at, "]"); whole && name == "lines" {
			d.faults[name] = d.t("fault_line", catalog.Data{"N": n, "Want": d.faults[name]})
		}
	}
}

func newWorkKey() ledger.Key { return ledger.Key("desk/" + rand.Text()) }

// form puts a form of the page on it, with its buttons where it has more than one, and with what was typed where something was wrong, else
// with what the address says. One that asks for a choice where there is nothing to choose is left out.
func (d *desk) form(name string, buttons ...web.Option) error {
	i := slices.IndexFunc(d.of.forms, func(f workForm) bool { return f.name == name })
	out := &web.WorkForm{Name: name, Key: string(newWorkKey()), Buttons: buttons}
	if len(buttons) == 0 {
		out.Buttons = []web.Option{{Text: d.t("form." + name), On: true}}
	}
	var err error
	if f := d.of.forms[i]; f.fields != nil {
		out.Fields, err = f.fields(d)
	}
	if err == nil && d.posted != name && slices.ContainsFunc(out.Fields, func(f web.Field) bool { return f.Kind == "select" && f.Need && len(f.Options) == 0 }) {
		return nil // no request is open, nothing is objected to
	}
	undecided(out.Fields)
	d.fill(out)
	out.Upload = slices.ContainsFunc(out.Fields, func(f web.Field) bool { return f.Kind == "file" })
	d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: d.t("form." + name), Form: out})
	return err
}

// undecided leaves every choice open that has no answer of its own: what nobody chose is not entered.
func undecided(fields []web.Field) {
	for i := range fields {
		f := &fields[i]
		f.Unset = f.Unset || f.Kind == "select" && f.Need && f.Value == "" && len(f.Options) > 1
	}
}

func (d *desk) fill(out *web.WorkForm) {
	given, mine := d.r.URL.Query(), d.posted == out.Name
	if mine {
		given = d.r.PostForm
		out.Key, out.Open = given.Get("key"), true
	}
	for j := range out.Fields {
		f := &out.Fields[j]
		if f.Label == "" && f.Kind != "hidden" {
			f.Label = d.t("field." + f.Name)
		}
		if v := given.Get(f.Name); given.Has(f.Name) && f.Kind != "password" && (len(v) <= 4*maxCell || f.Kind == "area") {
			f.Value = v
		}
		if f.Kind == "file" && !mine {
			f.Value = "" // no address brings a file
		}
		if f.Wrong = ""; mine {
			f.Wrong = d.faults[f.Name]
		}
		if f.Wrong != "" && f.Kind == "select" && f.Value == "" {
			f.Wrong = d.t("choose_one") // and no list of codes, which a command wants
		}
	}
}

// maxCell bounds what is written into one field of a form, in bytes.
const maxCell = 1 << 10

// table puts a table on the page.
func (d *desk) table(name string) error {
	_, err := d.tabled(name)
	return err
}

// tabled is table, and returns the whole of it.
func (d *desk) tabled(name string) (*web.Grid, error) {
	t, err := d.of.table[name](d)
	if err != nil {
		return nil, err
	}
	section := web.WorkSection{Heading: t.Caption, Table: t}
	if len(t.Rows) > 0 {
		t.Export = d.address("csv", name)
		if d.of.json {
			t.JSON = d.address("json", name)
		}
	}
	d.page.Sections = append(d.page.Sections, section)
	d.shorten(pageRows)
	return t, nil
}

// shorten leaves the first rows of the newest table, and says that there are more.
func (d *desk) shorten(most int) {
	s := &d.page.Sections[len(d.page.Sections)-1]
	n := max(len(s.Table.Rows), s.Table.All)
	if n <= most {
		return
	}
	cut := *s.Table // a table that is kept is on other pages too
	cut.All, cut.Rows = n, cut.Rows[:min(len(cut.Rows), most)]
	s.Table, s.Text = &cut, []string{d.t("more_rows", catalog.Data{"N": most, "All": n})}
}

// paged leaves of the newest table what one page shows, n rows from the one that the address names, and leads to the others.
func (d *desk) paged(t *web.Grid, n int) {
	s := &d.page.Sections[len(d.page.Sections)-1]
	from, err := strconv.Atoi(d.r.URL.Query().Get("row"))
	if err != nil || from <= 0 || from > len(t.Rows) {
		from = 1
	}
	until := min(from-1+n, len(t.Rows))
	part := *s.Table
	part.Rows = t.Rows[from-1 : until]
	s.Table, s.Text = &part, nil
	if from > 1 {
		s.Links = append(s.Links, web.Option{Value: d.address("row", counts(ledger.Index(max(1, from-n)))), Text: d.t("rows_before")})
	}
	if until < len(t.Rows) {
		s.Links = append(s.Links, web.Option{Value: d.address("row", counts(ledger.Index(until+1))), Text: d.t("rows_behind", catalog.Data{"From": until + 1, "Of": len(t.Rows)})})
	}
}

// pageRows is how many rows of a table one page shows: no more than somebody looks at, and than a phone loads. The export has them all.
const pageRows = 100

// exports reports whether a table is made to be taken away, whole.
func (d *desk) exports() bool { return d.r.URL.Query().Has("csv") || d.r.URL.Query().Has("json") }

// address is the address of the page as it is, to take one of its tables away.
func (d *desk) address(as, table string) string {
	q := maps.Clone(d.r.URL.Query())
	q.Del("done")
	q.Del("kept")
	q.Set(as, table)
	return d.of.path + "?" + q.Encode()
}

// newTable is a table with its headings; a heading that begins with # is of numbers.
func (d *desk) newTable(name string, heads ...string) *web.Grid {
	t := &web.Grid{Caption: d.t("table." + name), Empty: d.say.Either("work.empty."+name, "work.nothing")}
	for _, h := range heads {
		t.Heads = append(t.Heads, d.t("field."+strings.TrimPrefix(h, "#")))
		t.Numbers = append(t.Numbers, strings.HasPrefix(h, "#"))
	}
	return t
}

func row(t *web.Grid, cells ...string) *web.GridRow {
	t.Rows = append(t.Rows, web.GridRow{Cells: cells})
	return &t.Rows[len(t.Rows)-1]
}

// The fields of forms.
func typed(name string) web.Field   { return web.Field{Name: name, Kind: "text", Need: true} }
func dated(name string) web.Field   { return web.Field{Name: name, Kind: "date", Need: true} }
func counted(name string) web.Field { return web.Field{Name: name, Kind: "number", Need: true} }
func ticked(name string) web.Field  { return web.Field{Name: name, Kind: "check"} }
func maybe(f web.Field) web.Field   { f.Need = false; return f }

// code is a field for a number that something new is given, such as an example has.
func (d *desk) code(name, example string) web.Field {
	f := typed(name)
	f.Label, f.Hint = d.t("field."+name+"_code"), d.t("example", catalog.Data{"Text": example})
	return f
}

// one is a field of which one of the values is chosen, by the names that the catalog has for them.
func one[V ~string](d *desk, name, list string, values ...V) web.Field {
	f := web.Field{Name: name, Kind: "select", Need: true}
	for _, v := range values {
		f.Options = append(f.Options, web.Option{Value: string(v), Text: catalog.Name(d.say, list, v)})
	}
	return f
}

// reason asks why. None is chosen beforehand: what nobody chose would stand in the book as why it was done.
func (d *desk) reason() web.Field {
	f := one(d, "reason", "reason", ledger.Reasons()...)
	f.Unset = true
	return f
}

// choice is a field of which one of what the book lists is chosen.
func choice[V any](list func(func(V, error) bool), name string, option func(V) (value, text string)) (web.Field, error) {
	f := web.Field{Name: name, Kind: "select", Need: true}
	for v, err := range list {
		if err != nil {
			return f, err
		}
		if value, text := option(v); value != "" {
			f.Options = append(f.Options, web.Option{Value: value, Text: strings.TrimSpace(value + " " + text)})
		}
	}
	return f, nil
}

func (d *desk) shops() (web.Field, error) {
	return choice(d.view.Shops(), "shop", func(s ledger.Shop) (string, string) { return string(s.Shop), s.Name })
}

func (d *desk) units(name string) (web.Field, error) {
	return choice(d.view.Units(), name, func(u ledger.Unit) (string, string) { return string(u.Unit), u.Name })
}

func (d *desk) items() (web.Field, error) {
	return choice(d.view.Items(), "item", func(i ledger.Item) (string, string) { return string(i.Item), i.Name })
}

// only is fields that take nothing from the book.
func only(fields ...web.Field) func(*desk) ([]web.Field, error) {
	return func(*desk) ([]web.Field, error) { return slices.Clone(fields), nil }
}

// fieldsOf gathers fields of which some may fail.
func fieldsOf(list ...any) (fields []web.Field, err error) {
	for _, one := range list {
		switch v := one.(type) {
		case web.Field:
			fields = append(fields, v)
		case error:
			err = errors.Join(err, v)
		}
	}
	return fields, err
}

// The readers of answers.
func (a *answers) err() error {
	if a.failed != nil {
		return a.failed
	}
	if len(a.bad.Fields) > 0 {
		return &a.bad
	}
	return nil
}

func (a *answers) fault(field, code string) {
	a.bad.Fields = append(a.bad.Fields, ledger.Fault{Field: field, Code: code})
}

func (a *answers) text(name string) string { return strings.TrimSpace(a.Get(name)) }

// code reads what something is numbered with, however it was typed: a field to choose from becomes one to type into where there is much to choose.
func (a *answers) code(name string) string { return tidy(a.Get(name), maxCard) }

// volunteer reads a number or a card.
func (a *answers) volunteer(name string) ledger.VolunteerID {
	id, err := a.who(a.r.Context(), a.Get(name))
	switch {
	case err == nil:
	case errors.Is(err, person.ErrNotFound):
		a.fault(name, "hold_card")
	default:
		a.fault(name, "volunteer_number")
	}
	return id
}

// who returns whose card was scanned or whose number was typed.
func (d *desk) who(ctx context.Context, text string) (ledger.VolunteerID, error) {
	id, _, err := d.presented(ctx, text)
	return id, err
}

func (a *answers) date(name string) ledger.Date {
	text := a.text(name)
	if text == "" {
		return 0
	}
	d, err := ledger.ParseDate(text)
	if err != nil {
		a.fault(name, "date")
	}
	return d
}

func (a *answers) start(name string) ledger.Start {
	text := a.text(name)
	v, err := ledger.ParseStart(strings.Replace(text, " ", "T", 1))
	if err != nil {
		a.fault(name, "start")
	}
	return v
}

func (a *answers) points(name string) ledger.Amount { return a.amount(name, "points") }

// amount reads what has two decimals; code is what is said where it is none.
func (a *answers) amount(name, code string) ledger.Amount {
	v, err := ledger.ParsePoints(tidy(a.Get(name), maxCard))
	if err != nil {
		a.fault(name, code)
	}
	return v
}

// number reads a count; code is what is said where it is none.
func (a *answers) number(name, code string) int64 {
	n, err := strconv.ParseInt(tidy(a.Get(name), maxCard), 10, 64)
	if err != nil {
		a.fault(name, code)
	}
	return n
}

// index reads the number of an entry, or of a receipt.
func (a *answers) index(name string) ledger.Index {
	i, err := ParseReference(tidy(a.Get(name), maxCard))
	if err != nil {
		a.fault(name, "entry_index")
	}
	return i
}

// ticks returns the entries that were ticked.
func (a *answers) ticks() (list []ledger.Index) {
	for _, text := range a.Values["tick"] {
		i, err := strconv.ParseInt(text, 10, 64)
		if err == nil && i > 0 && len(list) < maxTicks {
			list = append(list, ledger.Index(i))
		}
	}
	return list
}

// named returns the masked names of people, by number, to those who deal with people; the others see numbers.
func (d *desk) named(ids ...ledger.VolunteerID) (func(ledger.VolunteerID) string, error) {
	list := make([]string, 0, len(ids))
	deals := slices.ContainsFunc(d.staff.RolesOn(d.view.On()), func(r ledger.Role) bool { return slices.Contains(PeopleReaders(), r) })
	for _, id := range ids {
		if id != "" && deals {
			list = append(list, string(id))
		}
	}
	names, err := d.People.Masked(d.r.Context(), list...)
	return func(id ledger.VolunteerID) string {
		return strings.TrimSpace(string(id) + " " + names[string(id)].Name)
	}, err
}

func points(a ledger.Amount) string { return web.Points(a) }

func counts[N ~int | ~int64](n N) string { return fmt.Sprint(int64(n)) }

// day writes a day; none is nothing.
func day(d ledger.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}
