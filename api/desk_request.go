package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"aixin/api/web"
	"aixin/ledger"
)

// This file is the end of a request for help: once somebody else heard how it went, its hours are declared for whoever served.

// recordDays is how far back the page looks for requests whose hours nobody declared: behind the working days that rules give for it.
const recordDays = 60

// unrecorded lists who served a request that was called back about and whose hours of it nobody declared.
func unrecorded(v ledger.View, q ledger.Request) (who []ledger.VolunteerID, err error) {
	if q.State != ledger.Heard || q.Start.On() < v.On().AddDays(-recordDays) {
		return nil, nil
	}
	for _, id := range q.By {
		day, err := v.Day(id, q.Start.On())
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(day.Sessions, func(s ledger.Session) bool { return s.Start == q.Start && s.Minutes == q.Minutes }) {
			who = append(who, id)
		}
	}
	return who, nil
}

// unrecordedOn lists the days of the service that waits to be declared, for whoever declares.
func (d *desk) unrecordedOn() (list []ledger.Date, err error) {
	if !d.is(ledger.Leader) {
		return nil, nil
	}
	for q, err := range d.readRequests() {
		if err != nil {
			return nil, err
		}
		if q.State == ledger.Heard {
			list = append(list, q.Start.On())
		}
	}
	return list, nil
}

// requestsDue lists until when the next step of the requests that are open is due.
func (d *desk) requestsDue() (list []ledger.Date, err error) {
	for q, err := range d.openRequests() {
		if err != nil {
			return nil, err
		}
		list = append(list, q.Until.On())
	}
	return list, nil
}

// recordFields asks which request, by whom and when it was served; what its hours count for says the activity.
func (d *desk) recordFields() ([]web.Field, error) {
	f := web.Field{Name: "request", Kind: "select", Need: true}
	for q, err := range d.readRequests() {
		if err != nil {
			return nil, err
		}
		if q.State != ledger.Heard {
			continue
		}
		by := make([]string, len(q.By))
		for i, id := range q.By {
			by[i] = string(id)
		}
		f.Options = append(f.Options, web.Option{
			Value: string(q.Request), Text: joined(string(q.Request), strings.Join(by, d.say.T("web.words.comma")), q.Start.Spaced(), d.minutes(q.Minutes)),
		})
	}
	if len(f.Options) > maxChoices {
		f = typed("request")
	}
	acts, err := d.activities()
	signers := maybe(typed("signers"))
	signers.Hint = d.t("signers_hint")
	return fieldsOf(f, acts, err, one(d, "capture", "capture", ledger.Roster, ledger.Backfill), maybe(typed("sheet")), signers)
}

// recordRequest declares the hours of a request for everybody who served, with the start and the minutes that the call was about. The key of each
// is that of the request: pressed again, on whatever page, it declares nobody twice.
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
	t := d.newTable("declared", "holder", "#minutes", "result")
	for _, who := range q.By {
		one := do
		one.Volunteer = who
		result := d.t("row_done")
		if _, err := d.submit(a.key+ledger.Key("/"+string(who)), &one); err != nil {
			if len(q.By) == 1 {
				return err // beside its fields
			}
			told := pageProblem(err, d.say, d.Clock())
			if told.Status == http.StatusInternalServerError {
				return err
			}
			result = "✗ " + joined(told.Title, told.Hint)
		}
		row(t, string(who), counts(q.Minutes), result)
	}
	d.stay = true
	d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: t.Caption, Table: t})
	return nil
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
