package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/api/web"
	"aixin/ledger"
)

// This file is the desk's first page: what waits, the oldest first, and what is decided about it.

const deskPath = "/desk"

// usualDays is how far back the usual length of somebody's service is looked for.
const usualDays = 90

// deskRoles are those for whom something waits at the desk.
func deskRoles() []ledger.Role {
	return []ledger.Role{
		ledger.Leader, ledger.Reviewer, ledger.Publisher, ledger.Clerk, ledger.Keeper, ledger.Steward, ledger.Supervisor, ledger.Auditor, ledger.Admin,
	}
}

// deskPages are the pages of whoever decides and keeps house.
func deskPages() []workPage {
	return []workPage{
		{
			name: "inbox", path: deskPath, roles: deskRoles(), show: (*desk).inbox,
			table: map[string]func(*desk) (*web.Grid, error){"waiting": (*desk).inTray},
			forms: []workForm{
				{name: "approve", run: (*desk).settle},
				{name: "reverse", fields: func(d *desk) ([]web.Field, error) { return []web.Field{typed("entry"), d.reason()}, nil }, run: (*desk).reverse},
			},
		},
		noticesPage(), peoplePage(), goodsPage(), importsPage(), rulesPage(), staffPage(), totpPage(), chartsPage(), auditPage(),
	}
}

// steward answers GET /steward, which the first page leads to.
func (s *server) steward(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, deskPath, http.StatusSeeOther)
	return nil
}

// inbox shows the records and the proposals that wait. Whoever approves sees what was declared beside what is known of it.
func (d *desk) inbox() error {
	t, err := d.inTray()
	if err != nil {
		return err
	}
	section := web.WorkSection{Heading: d.t("table.waiting")}
	if len(t.Rows) > 0 {
		t.Export = d.address("csv", "waiting")
	}
	if t.Ticks = slices.ContainsFunc(t.Rows, func(r web.GridRow) bool { return r.Tick != "" }); t.Ticks {
		section.Text, section.Form = []string{d.t("waiting_hint")}, d.approval(t)
	} else {
		section.Table = t // nothing here is theirs to decide
	}
	if section.Links, err = d.besides(); err != nil {
		return err
	}
	if d.more > 0 {
		section.Links = append(section.Links, web.Option{Value: d.address("after", counts(d.more)), Text: d.t("more_wait", catalog.Data{"N": inboxRows})})
	}
	d.page.Sections = append(d.page.Sections, section)
	if !d.is(ledger.Steward) {
		return nil // nobody else corrects what stands
	}
	return d.form("reverse", d.looks("form.effect", "reverse")...)
}

// approval is the form in which what waits is approved or sent back.
func (d *desk) approval(t *web.Grid) *web.WorkForm {
	asked := false
	for i := range t.Rows {
		r := &t.Rows[i]
		asked = asked || r.Tick != "" && r.Cells[queryCell] != ""
		if d.posted == "approve" { // as it was ticked
			r.Ticked = slices.Contains(d.r.PostForm["tick"], r.Tick)
		}
	}
	why := maybe(d.reason())
	why.Hint = d.t("reason_hint")
	form := &web.WorkForm{Name: "approve", Key: string(newWorkKey()), Table: t, Fields: []web.Field{why}, Buttons: []web.Option{
		{Value: "approve", Text: d.t("form.approve"), On: true}, {Value: "return", Text: d.t("form.return")},
	}}
	if asked {
		form.Fields = []web.Field{ticked("seen"), why}
	}
	d.fill(form)
	return form
}

// mayTick reports whether a record may be for the reader to decide, and whether to approve it may be: not what they declared or took a step of,
// and not what waits for another role, which a reviewer may send back nevertheless. The rest the book decides.
func (d *desk) mayTick(rec ledger.Record) (decides, approves bool) {
	if rec.Declarer == d.staff.Staff || slices.Contains(rec.Approvers, d.staff.Staff) {
		return false, false
	}
	role := rec.Step()
	if role == "" {
		role = ledger.Reviewer
	}
	byOthers := rec.Kind == ledger.Proposed || slices.Contains(rec.Queries, ledger.QueryLongDay) // by whom, a rule says
	approves = byOthers || d.is(role)
	return approves || d.is(ledger.Reviewer), approves
}

// inTray lists what waits in the units of the reader, the oldest first: records, with what was declared, what the attendance says and what is usual,
// of which those are ticked that nothing is asked about; and what is of no unit and waits for a second person. Where a file has not all of them, its
// last row says so.
func (d *desk) inTray() (*web.Grid, error) {
	t := d.newTable("waiting", "record", "holder", "declared", "attendance", "usual", "#points", "#waits", "query", "declarer") // queryCell is a column of it
	list, err := d.waiting()
	if err != nil {
		return nil, err
	}
	var ids []ledger.VolunteerID
	for _, rec := range list {
		if rec.Kind != ledger.Proposed {
			ids = append(ids, rec.Volunteer)
		}
	}
	name, err := d.named(ids...)
	if err != nil {
		return nil, err
	}
	for _, rec := range list {
		if rec.Kind == ledger.Proposed {
			err = d.seconds(t, rec)
		} else {
			err = d.waits(t, rec, name(rec.Volunteer))
		}
		if err != nil {
			return nil, err
		}
	}
	if d.exports() && d.more > 0 {
		row(t, append([]string{d.t("file_cut", catalog.Data{"N": inboxFile})}, make([]string, len(t.Heads)-1)...)...)
	}
	return t, nil
}

// reverse takes back what an entry posted, or shows what that would post. Both stay in the book, as a pair.
func (d *desk) reverse(a *answers) error {
	do := &ledger.Reverse{Entry: a.index("entry"), Reason: ledger.Reason(a.text("reason"))}
	if err := a.err(); err != nil {
		return err
	}
	if a.Get("do") != "preview" {
		return d.enter(a, do)
	}
	would, err := d.dryRun(do)
	if err != nil {
		return err
	}
	was, err := d.view.Entry(do.Entry)
	if err != nil {
		return err
	}
	d.stay, d.keep = true, true
	d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: d.t("form.effect"), Table: d.postings(would), Text: []string{
		d.t("proof_says", catalog.Data{"Kind": catalog.Name(d.say, "kind", was.Kind), "On": day(was.On), "Actor": string(was.Actor)}), d.t("reverse_about"),
	}})
	return nil
}

// besides lists what waits on other pages that the reader may open: how many, and since or until when.
func (d *desk) besides() (links []web.Option, err error) {
	for _, p := range []struct {
		name, path string
		waits      func(*desk) ([]ledger.Date, error)
	}{
		{"objections", noticesPath, (*desk).objectedOn},
		{"publications", noticesPath, (*desk).publishBy},
		{"counts", "/clerk/count", (*desk).countingSince},
		{"write_offs", writeOffPath, papersOn("write_off")},
		{"reliefs", reliefPath, papersOn("relief")},
		{"requests", expressPath, (*desk).requestsDue},
		{"unrecorded", expressPath, (*desk).unrecordedOn},
	} {
		if !slices.ContainsFunc(d.page.Menu, func(o web.Option) bool { return o.Value == p.path }) {
			continue
		}
		days, err := p.waits(d)
		if err != nil {
			return nil, err
		}
		n := counts(len(days))
		if p.name == "unrecorded" && len(days) >= maxUnrecorded {
			n += "+"
		}
		if len(days) > 0 {
			links = append(links, web.Option{Value: p.path, Text: d.t("besides."+p.name, catalog.Data{"N": n, "On": day(slices.Min(days))})})
		}
	}
	return links, nil
}

// objectedOn lists the days of the objections that nobody answered.
func (d *desk) objectedOn() ([]ledger.Date, error) {
	all, err := d.server.posted(d.r.Context(), d.view)
	return all.unanswered, err
}

// countingSince lists the days on which the counts began that are not finished, where the reader counts: each shop has one at most.
func (d *desk) countingSince() (list []ledger.Date, err error) {
	within, err := d.shopsWithin("/clerk/count")
	if err != nil {
		return nil, err
	}
	for shop, err := range d.view.Shops() {
		if err != nil {
			return nil, err
		}
		if !within(shop.Shop) {
			continue
		}
		shelf, err := d.view.Shelf(shop.Shop)
		if err != nil {
			return nil, err
		}
		if shelf.Count == 0 {
			continue
		}
		e, err := d.view.Entry(shelf.Count)
		if err != nil {
			return nil, err
		}
		list = append(list, e.On)
	}
	return list, nil
}

// inboxRows is how many rows of the inbox one page shows: as many as somebody looks at before the next.
const inboxRows = 40

const (
	// inboxFile bounds the rows of the file: each record is compared with days of its volunteer, and the file is made while somebody waits.
	inboxFile = 2000

	// queryCell is the column that says what is to be looked at.
	queryCell = 7
)

// reach lists the units whose records the reader sees by one of the roles, by any where none is given: no unit means all of them, where a role
// of theirs counts everywhere; any is false where they see those of no unit.
func (d *desk) reach(roles ...ledger.Role) (units []ledger.UnitID, any bool, err error) {
	counts := func(r ledger.Role) bool { return len(roles) == 0 || slices.Contains(roles, r) }
	if slices.ContainsFunc(d.staff.Roles, counts) { // appointed: everywhere
		return nil, true, nil
	}
	org, err := d.view.Org()
	if err != nil {
		return nil, false, err
	}
	for _, g := range d.staff.Grants {
		switch {
		case !g.On(d.view.On()) || !counts(g.Role):
		case g.Scope == "":
			return nil, true, nil
		default:
			units = append(units, d.scoped(org, g.Scope)...)
		}
	}
	slices.Sort(units)
	units = slices.Compact(units)
	return units, len(units) > 0, nil
}

// shopsWithin returns what tells whether a shop stands where the reader has a role of the page at a path.
func (d *desk) shopsWithin(path string) (func(ledger.ShopID) bool, error) {
	of, _ := pageOf(path)
	units, any, err := d.reach(of.roles...)
	known := map[ledger.ShopID]bool{}
	return func(id ledger.ShopID) bool {
		if is, ok := known[id]; ok {
			return is
		}
		shop, err := d.view.Shop(id)
		known[id] = any && err == nil && (len(units) == 0 || slices.Contains(units, shop.Unit))
		return known[id]
	}, err
}

// scoped lists the units of a scope: of a shop, the unit where it stands.
func (d *desk) scoped(org ledger.Org, scope string) []ledger.UnitID {
	if ledger.UnitID(scope).Valid() {
		return org.Under(ledger.UnitID(scope), d.view.On())
	}
	if shop, err := d.view.Shop(ledger.ShopID(scope)); err == nil {
		return []ledger.UnitID{shop.Unit}
	}
	return nil
}

// waiting reads what waits in the units of the reader and in none, from behind what the address names.
func (d *desk) waiting() (list []ledger.Record, err error) {
	units, any, err := d.reach()
	if err != nil {
		return nil, err
	}
	q := ledger.WaitQuery{}
	if !any || len(units) > 0 {
		q.Units = append(units, "")
	}
	most := inboxRows
	if d.exports() {
		most = inboxFile
	} else if a := d.asked(); a.text("after") != "" {
		q.After = a.index("after")
	}
	for rec, err := range d.view.Waiting(q) {
		if err != nil {
			return nil, err
		}
		if len(list) == most {
			d.more = list[most-1].Index
			break
		}
		list = append(list, rec)
	}
	return list, nil
}

// waits adds a record that waits.
func (d *desk) waits(t *web.Grid, rec ledger.Record, who string) error {
	e, err := d.view.Entry(rec.Index)
	if err != nil {
		return err
	}
	seen, usual, differs, err := d.compared(rec, e)
	if err != nil {
		return err
	}
	query := d.names("query", words(rec.Queries))
	if differs {
		query = joined(query, d.t("differs"))
	}
	r := row(t, counts(rec.Index), who, d.declared(rec), seen, usual, points(rec.Points), counts(d.view.On()-e.On), query, string(rec.Declarer))
	if decides, approves := d.mayTick(rec); decides {
		r.Tick, r.Ticked = counts(rec.Index), approves && query == "" && rec.Deduct == 0
	}
	return nil
}

// compared returns what the attendance says of a record of hours and what is usual for the volunteer, and whether what was declared
// differs from either.
func (d *desk) compared(rec ledger.Record, e ledger.Entry) (seen, usual string, differs bool, err error) {
	hours, ok := e.Body.(*ledger.HoursRecord)
	if !ok {
		return "", "", false, nil
	}
	if hours.Session != 0 {
		s, err := d.view.Attended(hours.Session)
		if err != nil {
			return "", "", false, err
		}
		for _, p := range s.People {
			if p.Volunteer == rec.Volunteer {
				seen, differs = d.minutes(p.Minutes()), p.Minutes() != rec.Minutes
			}
		}
	}
	mean, err := d.usual(rec)
	if err == nil && mean > 0 {
		usual = d.minutes(mean)
		differs = differs || rec.Minutes > 2*mean
	}
	return seen, usual, differs, err
}

// usuals keeps the usual length of services: to find one means to look at many days, and an inbox is looked at again and again.
type usuals struct {
	// mu guards what follows.
	mu sync.Mutex
	of map[ledger.Index]usualOf // by the record that is compared with it
}

type usualOf struct {
	minutes ledger.Amount // 0 where there is none
	until   time.Time
}

const (
	// usualLife is how long a usual length is kept: what is credited meanwhile hardly changes it.
	usualLife = 10 * time.Minute

	// maxUsuals bounds those that are kept: the inboxes of all who look.
	maxUsuals = 10_000
)

// usual returns how long the volunteer of a record usually serves at its activity, 0 where that is not known.
func (d *desk) usual(rec ledger.Record) (ledger.Amount, error) {
	now := d.Clock()
	d.usuals.mu.Lock()
	known, ok := d.usuals.of[rec.Index]
	d.usuals.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.minutes, nil
	}
	served, err := d.view.Served(rec.Volunteer, rec.Start.On().AddDays(-usualDays), rec.Start.On())
	if err != nil {
		return 0, err
	}
	var sum, n ledger.Amount
	for _, one := range served {
		if one.Activity == rec.Activity {
			sum, n = sum+one.Minutes, n+1
		}
	}
	mean := sum / max(n, 1)
	d.usuals.mu.Lock()
	defer d.usuals.mu.Unlock()
	if d.usuals.of == nil || len(d.usuals.of) >= maxUsuals {
		d.usuals.of = map[ledger.Index]usualOf{}
	}
	d.usuals.of[rec.Index] = usualOf{mean, now.Add(usualLife)}
	return mean, nil
}

func (d *desk) minutes(m ledger.Amount) string { return web.Teller{Say: d.say}.Time(m) }

// declared says what a record declares.
func (d *desk) declared(rec ledger.Record) string {
	switch {
	case rec.Start != 0:
		return joined(d.activityNamed(rec.Activity), rec.Start.Spaced(), d.minutes(rec.Minutes), catalog.Name(d.say, "capture", rec.Capture))
	case rec.Code != "":
		return joined(d.say.ActWithCode(rec.Code)+" × "+ledger.FormatQuantity(rec.Quantity, rec.CountedIn), day(rec.On))
	}
	return catalog.Name(d.say, "kind", rec.Kind)
}

// names says values of one of the ledger's lists.
func (d *desk) names(list string, values []string) string {
	var out string
	for _, v := range values {
		out = joined(out, catalog.Name(d.say, list, v))
	}
	return out
}

// joined writes the parts that there are, with a middle dot between them.
func joined(parts ...string) string {
	var b bytes.Buffer
	for _, p := range parts {
		if p == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(" · ")
		}
		b.WriteString(p)
	}
	return b.String()
}

// settle approves or returns what was ticked, each for itself: what cannot be stays, with why.
func (d *desk) settle(a *answers) error {
	list := a.ticks()
	if len(list) == 0 {
		a.fault("tick", "required")
		return a.err()
	}
	back := a.Get("do") == "return"
	if back && a.text("reason") == "" {
		a.fault("reason", "reason")
		return a.err()
	}
	done, final := 0, false
	for _, i := range list {
		rec, err := d.view.Record(i)
		if err != nil {
			return err
		}
		var do ledger.Action = &ledger.Approve{Record: i, Seen: a.Has("seen") && len(rec.Queries) > 0} // nobody saw what there is nothing to see of
		if back {
			do = &ledger.ReturnRecord{Record: i, Reason: ledger.Reason(a.text("reason"))}
		}
		if _, err := d.submit(a.key+ledger.Key("/"+a.Get("do")+"/"+counts(i)), do); err != nil {
			p := pageProblem(err, d.say, d.Clock())
			if p.Status == http.StatusInternalServerError {
				return err
			}
			d.page.Bad = append(d.page.Bad, d.t("not_done", catalog.Data{"Record": counts(i), "Why": p.Title, "Hint": p.Hint}))
			continue
		}
		done++
		final = final || back && rec.For() == ledger.BaseGranted
	}
	if done > 0 {
		d.page.Good = append(d.page.Good, d.t("settled", catalog.Data{"N": done}))
	}
	if final {
		d.page.Good = append(d.page.Good, d.t("base_final"))
	}
	d.stay = true
	return nil
}

// export answers with a table of the page as CSV.
func (d *desk) export(name string) error {
	t, err := d.of.table[name](d)
	if err != nil {
		return err
	}
	return d.giveTable(d.w, d.r, name, t)
}

// giveTable answers with a table as CSV.
func (s *server) giveTable(w http.ResponseWriter, r *http.Request, name string, t *web.Grid) error {
	var b bytes.Buffer
	out, err := sheet.NewTable(&b, sheet.TableOptions{Format: "csv", Name: name})
	if err != nil {
		return err
	}
	if err := out.Header(t.Heads...); err != nil {
		return err
	}
	for _, r := range t.Rows {
		cells := make([]any, len(r.Cells))
		for i, c := range r.Cells {
			cells[i] = c
		}
		if err := out.Row(cells...); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	s.give(w, r, workFile{name + ".csv", "text/csv; charset=utf-8", b.Bytes()})
	return nil
}

// exportJSON answers with a table of the page as JSON: its rows, each with the cells under the names of their columns.
func (d *desk) exportJSON(name string) error {
	t, err := d.of.table[name](d)
	if err != nil {
		return err
	}
	rows := make([]map[string]string, len(t.Rows))
	for i, r := range t.Rows {
		rows[i] = map[string]string{}
		for j, c := range r.Cells {
			rows[i][t.Heads[j]] = c
		}
	}
	b, err := json.MarshalIndent(map[string]any{"origin": d.Book.Origin, "entries": d.view.Head().Size, "on": d.view.On(), "table": name, "rows": rows}, "", "  ")
	if err != nil {
		return fmt.Errorf("table %s: %w", name, err)
	}
	d.give(d.w, d.r, workFile{name + ".json", "application/json", append(b, '\n')})
	return nil
}

// now is the civil minute of the server's clock in the zone of the book, and no earlier than the last entry: a demo book may have been run ahead.
func (d *desk) now() (ledger.Start, error) {
	now, err := d.server.minute()
	if err != nil {
		return 0, err
	}
	last, err := d.server.minuteOf(d.view.Head().At)
	return max(now, last), err
}

// minute is the civil minute of the server's clock in the zone of the book.
func (s *server) minute() (ledger.Start, error) { return s.minuteOf(s.Clock()) }

func (s *server) minuteOf(at time.Time) (ledger.Start, error) {
	zone, err := time.LoadLocation(s.Book.Zone)
	if err != nil {
		return 0, err
	}
	at = at.In(zone)
	return ledger.NewStart(ledger.DateOf(at), at.Hour()*60+at.Minute()), nil
}
