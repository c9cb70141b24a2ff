package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
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
		grounds []ledger.Unit      // all units, likewise
		done    func()             // with the view
		away    bool               // a table is made to be taken away

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

// pageOf returns the page of a path of the menu.
func pageOf(path string) (workPage, bool) {
	pages := workPages()
	i := slices.IndexFunc(pages, func(p workPage) bool { return p.path == path })
	if i < 0 {
		return workPage{}, false
	}
	return pages[i], true
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
	d.away = q.Has("csv") || q.Has("json")
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
	d.view, d.done, d.open, d.counted, d.grounds = v, done, nil, nil, nil
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
	got, err := d.Writes.DryRun(d.r.Context(), ledger.Command{Key: newWorkKey(), Actor: d.staff.Staff, Do: do})
	if no := got.Entry.Rejection(); err == nil && no != nil {
		err = no
	}
	return got.Entry, err
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
