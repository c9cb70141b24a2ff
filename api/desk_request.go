package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
)

// This file is the end of a request for help: once somebody else heard how it went, its hours are declared for whoever served.

const (
	// recordDays is how far back the page looks for requests whose hours nobody declared: a rule gives at most 60 working days for it, which are
	// no more days than these with the longest holidays among them.
	recordDays = 100

	// maxUnrecorded bounds those requests, the oldest first: some never get hours, such as those whose hours a reviewer sent back.
	maxUnrecorded = 200
)

// unrecorded reports whether nobody declared the hours of somebody who served a request that was called back about.
func unrecorded(v ledger.View, q ledger.Request, who ledger.VolunteerID) (bool, error) {
	day, err := v.Day(who, q.Start.On())
	return err == nil && q.State == ledger.Heard &&
		!slices.ContainsFunc(day.Sessions, func(s ledger.Session) bool { return s.Start == q.Start && s.Minutes == q.Minutes }), err
}

// wantsRecord reports whether hours of a request may still be declared: of somebody whose account is closed, or merged into another, never.
func wantsRecord(v ledger.View, q ledger.Request) (bool, error) {
	if q.State != ledger.Heard || q.Start.On() < v.On().AddDays(-recordDays) {
		return false, nil
	}
	for _, id := range q.By {
		who, err := v.Volunteer(id)
		if err != nil {
			return false, err
		}
		if who.Status == ledger.Closed {
			continue
		}
		if wants, err := unrecorded(v, q, id); wants || err != nil {
			return wants, err
		}
	}
	return false, nil
}

// near reports whether a request is of a unit that the reader reaches by one of the roles: of the one that it was assigned to, before that of the
// one that took it.
func (d *desk) near(roles ...ledger.Role) (func(ledger.Request) bool, error) {
	units, any, err := d.reach(roles...)
	return func(q ledger.Request) bool {
		unit := q.To
		if unit == "" {
			unit = q.Unit
		}
		return any && (len(units) == 0 || slices.Contains(units, unit))
	}, err
}

// unrecordedOn lists the days of the service that waits to be declared, for whoever declares.
func (d *desk) unrecordedOn() (list []ledger.Date, err error) {
	near, err := d.near(ledger.Leader)
	if err != nil {
		return nil, err
	}
	for q, err := range d.readRequests() {
		if err != nil {
			return nil, err
		}
		if q.State == ledger.Heard && near(q) {
			list = append(list, q.Start.On())
		}
	}
	return list, nil
}

// requestsDue lists until when the next step of the requests that are open is due, where the reader has to do with them.
func (d *desk) requestsDue() (list []ledger.Date, err error) {
	of, _ := pageOf(expressPath)
	near, err := d.near(of.roles...)
	if err != nil {
		return nil, err
	}
	for q, err := range d.openRequests() {
		if err != nil {
			return nil, err
		}
		if near(q) {
			list = append(list, q.Until.On())
		}
	}
	return list, nil
}

// unrecordedShown lists the requests whose hours nobody declared, for whoever declares them.
func (d *desk) unrecordedShown() error {
	if !d.is(ledger.Leader) {
		return nil
	}
	t, err := d.tabled("unrecorded")
	if err != nil {
		return err
	}
	if last := len(d.page.Sections) - 1; len(t.Rows) == 0 {
		d.page.Sections = d.page.Sections[:last]
		return nil
	}
	d.paged(t, pageRows)
	return nil
}

// unrecordedTable lists them, those that were taken first before the others; each leads to the form in which it is chosen.
func (d *desk) unrecordedTable() (*web.Grid, error) {
	t := d.newTable("unrecorded", "request", "servers", "start", "#minutes", "to")
	for q, err := range d.readRequests() {
		if err != nil {
			return nil, err
		}
		if q.State == ledger.Heard {
			row(t, string(q.Request), d.servers(q), q.Start.Spaced(), counts(q.Minutes), d.toNamed(q.To)).Link =
				expressPath + "?request=" + string(q.Request) + "#record-request"
		}
	}
	return t, nil
}

// servers lists who served a request.
func (d *desk) servers(q ledger.Request) string {
	by := make([]string, len(q.By))
	for i, id := range q.By {
		by[i] = string(id)
	}
	return strings.Join(by, d.say.T("web.words.comma"))
}

// recordFields asks which request, by whom and when it was served; what its hours count for says the activity.
func (d *desk) recordFields() ([]web.Field, error) {
	f, waiting := web.Field{Name: "request", Kind: "select", Need: true}, 0
	for q, err := range d.readRequests() {
		if err != nil {
			return nil, err
		}
		if q.State != ledger.Heard {
			continue
		}
		waiting++
		f.Options = append(f.Options, web.Option{
			Value: string(q.Request), Text: joined(string(q.Request), d.servers(q), q.Start.Spaced(), d.minutes(q.Minutes)),
		})
	}
	if waiting > maxChoices {
		f = typed("request")
	}
	if waiting >= maxUnrecorded {
		f.Hint = d.t("unrecorded_hint", catalog.Data{"N": maxUnrecorded})
	}
	acts, err := d.activities()
	signers := maybe(typed("signers"))
	signers.Hint = d.t("signers_hint")
	return fieldsOf(f, acts, err, one(d, "capture", "capture", ledger.Roster, ledger.Backfill), maybe(typed("sheet")), signers)
}

// recordRequest declares the hours of a request for everybody who served, with the start and the minutes that the call was about. Sent again it
// declares nobody twice, and whoever has these hours by then, from another page or another leader, keeps them.
func (d *desk) recordRequest(a *answers) error {
	id, activity := ledger.RequestID(a.code("request")), ledger.ActivityID(a.code("activity"))
	if !activity.Valid() {
		a.fault("activity", "activity_code")
	}
	if !id.Valid() {
		a.fault("request", "request_number")
	}
	if err := a.err(); err != nil {
		return err
	}
	q, err := d.view.Request(id)
	if err != nil {
		return err
	}
	if q.State != ledger.Heard {
		return &ledger.Rejection{Reason: ledger.NotCalledBack, Subject: string(id)}
	}
	do := ledger.DeclareHours{
		Activity: activity, Start: q.Start, Minutes: q.Minutes, Capture: ledger.Capture(a.text("capture")), Sheet: a.text("sheet"), Request: id,
	}
	for _, s := range strings.FieldsFunc(a.Get("signers"), func(r rune) bool { return strings.ContainsRune(" ,;、，；", r) }) {
		do.Signers = append(do.Signers, ledger.Signer(tidy(s, maxCard)))
	}
	release, err := d.Numbers.Take(d.r.Context()) // else two leaders at once would both find nothing declared
	if err != nil {
		return err
	}
	defer release()
	if err := d.refresh(); err != nil {
		return err
	}
	t := d.newTable("declared", "holder", "#minutes", "result")
	for _, who := range q.By {
		one := do
		one.Volunteer = who
		result, err := d.recordOne(q, a.key+ledger.Key("/"+string(who)), &one)
		if err != nil {
			told := pageProblem(err, d.say, d.Clock())
			if len(q.By) == 1 || told.Status == http.StatusInternalServerError {
				return err // beside its fields
			}
			result = "✗ " + joined(told.Title, told.Hint)
		}
		row(t, string(who), counts(q.Minutes), result)
	}
	d.stay = true
	d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: t.Caption, Table: t})
	return nil
}

// recordOne declares the hours of one who served, unless another form did.
func (d *desk) recordOne(q ledger.Request, key ledger.Key, do *ledger.DeclareHours) (result string, err error) {
	if _, err := d.view.Key(key); err != nil { // this form did not
		if wants, err := unrecorded(d.view, q, do.Volunteer); err != nil || !wants {
			return d.t("row_there"), err
		}
	}
	_, err = d.submit(key, do)
	return d.t("row_done"), err
}

// volunteers reads numbers or cards, one on each line.
func (a *answers) volunteers(name string) (list []ledger.VolunteerID) {
	for text := range strings.Lines(a.Get(name)) {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		if len(list) == ledger.MaxServers {
			a.fault(name, "too_many")
			return nil
		}
		one := &answers{desk: a.desk, Values: url.Values{name: {text}}}
		if id := one.volunteer(name); one.err() == nil {
			list = append(list, id)
			continue
		}
		a.bad.Fields, a.failed = append(a.bad.Fields, one.bad.Fields...), one.failed
		return nil
	}
	if len(list) == 0 {
		a.fault(name, "required")
	}
	return list
}
