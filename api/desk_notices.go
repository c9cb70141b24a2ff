package api

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"aixin/api/catalog"
	"aixin/api/notice"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/report"
)

const noticesPath = "/desk/notices"

// noticesPage hangs out what was approved, takes it down, and answers objections.
func noticesPage() workPage {
	return workPage{
		name: "notices", path: noticesPath, roles: []ledger.Role{ledger.Publisher, ledger.Steward, ledger.Supervisor}, show: (*desk).notices,
		table: map[string]func(*desk) (*web.Grid, error){
			"due": (*desk).duePublications, "awaiting": (*desk).awaiting, "notices": (*desk).noticeTable, "objections": (*desk).objectionTable,
		},
		forms: []workForm{
			{name: "post", fields: (*desk).postFields, run: (*desk).hang},
			{name: "publish", fields: (*desk).publishFields, run: (*desk).hang},
			{name: "remove", fields: (*desk).removeFields, action: func(a *answers) ledger.Action {
				return &ledger.RemoveNotice{Notice: a.index("notice"), Reason: ledger.Reason(a.text("reason"))}
			}},
			{name: "object", fields: func(d *desk) ([]web.Field, error) {
				record := typed("record")
				record.Label = d.t("field.record_number")
				return []web.Field{record, maybe(typed("volunteer")), d.reason()}, nil
			}, action: func(a *answers) ledger.Action {
				do := &ledger.Object{Record: a.index("record"), Reason: ledger.Reason(a.text("reason"))}
				if a.text("volunteer") != "" {
					do.Volunteer = a.volunteer("volunteer")
				}
				return do
			}},
			{name: "reply", fields: (*desk).replyFields, action: func(a *answers) ledger.Action {
				return &ledger.AnswerObjection{Objection: a.index("objection"), Upheld: a.text("upheld") == "upheld", Reason: ledger.Reason(a.text("reason"))}
			}},
		},
	}
}

// noticeRows is how many notices and how many objections the page shows, each with a form's choices beside: less than of a table alone.
const noticeRows = 50

func (d *desk) notices() error {
	for _, name := range []string{"due", "awaiting"} {
		if err := d.table(name); err != nil {
			return err
		}
	}
	for _, name := range []string{"post", "publish"} {
		err := d.form(name, web.Option{Value: "preview", Text: d.t("form.preview")}, web.Option{Value: "post", Text: d.t("form." + name), On: true})
		if err != nil {
			return err
		}
	}
	for _, name := range []string{"notices", "objections"} {
		if err := d.table(name); err != nil {
			return err
		}
		d.shorten(noticeRows)
	}
	for _, name := range []string{"reply", "object", "remove"} {
		if err := d.form(name); err != nil {
			return err
		}
	}
	return nil
}

// awaiting lists what was approved and hangs nowhere yet, the oldest first, of the units that the reader has a role for.
func (d *desk) awaiting() (*web.Grid, error) {
	t := d.newTable("awaiting", "record", "unit", "holder", "declared", "#points")
	units, any, err := d.reach()
	if err != nil || !any {
		return t, err
	}
	for rec, err := range d.view.Waiting(ledger.WaitQuery{States: []ledger.RecordState{ledger.AwaitingNotice}, Units: units}) {
		if err != nil {
			return nil, err
		}
		if t.All == maxTicks {
			break
		}
		if d.beyond(t) {
			continue
		}
		row(t, counts(rec.Index), d.unitNamed(rec.Unit), string(rec.Volunteer), d.declared(rec), points(rec.Points))
	}
	return t, nil
}

// unpublished lists the publications that are due in the units of the reader, the first to be late first; ready is false while the server,
// which was just started, reads the book for them.
func (d *desk) unpublished(roles ...ledger.Role) (list []report.Publication, ready bool, err error) {
	within, any, err := d.reach(roles...)
	if err != nil || !any {
		return nil, true, err
	}
	s := d.server
	all, ready, err := s.unhung.soon(d.r.Context(), s, d.view, func(ctx context.Context, v ledger.View) ([]report.Publication, error) {
		if err := s.digest.read(ctx, s, v); err != nil {
			return nil, err
		}
		return s.digest.due(v)
	})
	for _, x := range all.Value {
		if len(within) == 0 || slices.Contains(within, x.Unit) {
			list = append(list, x)
		}
	}
	return list, ready, err
}

// publishBy lists the last days to hang out what is due, where the reader is to.
func (d *desk) publishBy() (list []ledger.Date, err error) {
	all, _, err := d.unpublished(ledger.Publisher)
	for _, x := range all {
		list = append(list, x.By)
	}
	return list, err
}

// duePublications lists what is due; each row leads to the form that publishes it, with the row in it.
func (d *desk) duePublications() (*web.Grid, error) {
	t := d.newTable("due", "what", "period", "unit", "publish_by", "overdue")
	all, ready, err := d.unpublished()
	if !ready {
		t.Empty = d.t("summing")
	}
	for _, x := range all {
		late := ""
		if d.view.On() > x.By {
			late = "⚠ " + d.t("field.overdue")
		}
		row(t, d.say.T("web.board.kind."+x.What), x.Period, d.unitNamed(x.Unit), day(x.By), late).Link =
			noticesPath + "?" + url.Values{"what": {x.What}, "period": {x.Period}, "unit": {string(x.Unit)}}.Encode()
	}
	return t, err
}

func (d *desk) noticeTable() (*web.Grid, error) {
	t := d.newTable("notices", "notice", "paper", "what", "from", "until", "#records", "removed", "fingerprint")
	t.Brief = make([]bool, len(t.Heads))
	t.Brief[len(t.Heads)-1] = true
	all, err := d.server.posted(d.r.Context(), d.view)
	for _, n := range all.recent {
		row(t, counts(n.Index), n.Paper(), d.hung(n), day(n.From), day(n.Until), some(len(n.Records)), day(n.Gone), n.SHA256)
	}
	return t, err
}

// hung says what a notice is of.
func (d *desk) hung(n ledger.Notice) string {
	return joined(d.say.T("web.board.kind."+cmp.Or(n.What, "credits")), n.Period)
}

func (d *desk) objectionTable() (*web.Grid, error) {
	t := d.newTable("objections", "objection", "record", "reason", "on", "reply", "answered", "upheld")
	all, err := d.server.posted(d.r.Context(), d.view)
	for _, o := range all.objections {
		answer := ""
		if o.Answer != 0 {
			answer = d.t("dismissed")
			if o.Upheld {
				answer = d.t("upheld")
			}
		}
		row(t, counts(o.Index), counts(o.Record), catalog.Name(d.say, "reason", o.Reason), day(o.On), day(o.Reply), day(o.Answered), answer)
	}
	return t, err
}

// publishFields ask what is published of which period. What is offered is the month and the quarter before this day.
func (d *desk) publishFields() ([]web.Field, error) {
	units, err := d.units("unit")
	what := web.Field{Name: "what", Kind: "select", Need: true}
	for _, w := range ledger.Publications() {
		what.Options = append(what.Options, web.Option{Value: w, Text: d.say.T("web.board.kind." + w)})
	}
	period := typed("period")
	period.Value, period.Hint = monthOf(d.view.On().AddMonths(-1)), d.t("period_hint")
	return fieldsOf(units, err, what, period, maybe(dated("until")))
}

func (d *desk) postFields() ([]web.Field, error) {
	units, err := d.units("unit")
	return fieldsOf(units, err, maybe(dated("until")))
}

func (d *desk) removeFields() ([]web.Field, error) {
	all, err := d.server.posted(d.r.Context(), d.view)
	f := web.Field{Name: "notice", Kind: "select", Need: true}
	for _, n := range all.recent {
		if n.Removed == 0 {
			f.Options = append(f.Options, web.Option{Value: counts(n.Index), Text: joined(counts(n.Index), n.Paper(), d.hung(n))})
		}
	}
	return fieldsOf(f, err, d.reason())
}

func (d *desk) replyFields() ([]web.Field, error) {
	all, err := d.server.posted(d.r.Context(), d.view)
	f := web.Field{Name: "objection", Kind: "select", Need: true}
	for _, o := range all.objections {
		if o.Answer == 0 {
			f.Options = append(f.Options, web.Option{Value: counts(o.Index), Text: joined(counts(o.Index), counts(o.Record), catalog.Name(d.say, "reason", o.Reason))})
		}
	}
	result := web.Field{Name: "upheld", Kind: "select", Need: true, Options: []web.Option{
		{Value: "dismissed", Text: d.t("dismissed")}, {Value: "upheld", Text: d.t("upheld")},
	}}
	return fieldsOf(f, err, result, d.reason())
}

// publishedDays is how long what is published hangs where nobody says otherwise.
const publishedDays = 14

// hang shows the text of a notice, or hangs it out. Pressed twice it hangs once: its number is that of the first time.
func (d *desk) hang(a *answers) error {
	n := ledger.Notice{Unit: ledger.UnitID(a.code("unit")), From: d.view.On(), Until: a.date("until")}
	if !n.Unit.Valid() {
		a.fault("unit", "unit_code")
	}
	if d.posted == "publish" {
		n.What, n.Period = a.text("what"), a.text("period")
		if _, _, ok := ledger.PeriodOf(n.Period); !ok {
			a.fault("period", "period")
		}
		if !slices.Contains(ledger.Publications(), n.What) {
			a.fault("what", "publication")
		}
	}
	if err := a.err(); err != nil {
		return err
	}
	if k, err := d.view.Key(a.key); err == nil {
		d.goOn(k.Index)
		return nil
	}
	if err := d.gather(&n); err != nil {
		return err
	}
	if n.What == "" && len(n.Records) == 0 {
		return d.waitsBelow(n.Unit)
	}
	say := d.catalog.In(catalog.Chinese, "") // who passes by reads Chinese, whatever language the desk is in
	text, err := d.printer(d.r.Context(), d.view, say).Text(d.r.Context(), say, n)
	if err != nil {
		return err
	}
	n.SHA256, n.Size = notice.Hash(text), int64(len(text))
	acts, err := notice.Acts(d.view, n)
	if err != nil {
		return err
	}
	if a.Get("do") == "preview" {
		return d.preview(n, text, acts)
	}
	got, err := d.submit(a.key, hanging(n))
	if err == nil {
		d.texts.keep(got.Entry.Index, text, acts)
		d.goOn(got.Entry.Index)
	}
	return err
}

// waitsBelow says that no record of a unit waits for a notice, and leads to the units below it of which some do: a notice is of one unit.
func (d *desk) waitsBelow(unit ledger.UnitID) error {
	d.page.Bad, d.stay = append(d.page.Bad, d.t("no_records", catalog.Data{"Unit": d.unitNamed(unit)})), true
	org, err := d.view.Org()
	if err != nil {
		return err
	}
	wait, units := map[ledger.UnitID]int{}, org.Under(unit, d.view.On())
	for rec, err := range d.view.Waiting(ledger.WaitQuery{States: []ledger.RecordState{ledger.AwaitingNotice}, Units: units}) {
		if err != nil {
			return err
		}
		wait[rec.Unit]++
	}
	below := web.WorkSection{Text: []string{d.t("wait_below")}}
	for _, u := range units {
		if n := wait[u]; n > 0 {
			below.Links = append(below.Links, web.Option{Value: noticesPath + "?unit=" + string(u) + "#post-unit", Text: joined(d.unitNamed(u), counts(n))})
		}
	}
	if len(below.Links) > 0 {
		d.page.Sections = append(d.page.Sections, below)
	}
	return nil
}

// preview shows a notice as it would hang, and what the book would say to it.
func (d *desk) preview(n ledger.Notice, text string, acts []ledger.Code) error {
	if _, err := d.dryRun(hanging(n)); err != nil {
		return err
	}
	d.stay, d.keep = true, true
	about := []string{d.t("preview_about", catalog.Data{"Paper": n.Paper(), "Until": n.Until.String(), "Hash": n.SHA256})}
	if legend := notice.Legend(d.say, acts); legend != "" {
		about = append(about, legend)
	}
	d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: d.t("form.preview"), Text: about, Paper: text})
	return nil
}

// hanging is the action that hangs a notice out.
func hanging(n ledger.Notice) ledger.Action {
	if n.What == "" {
		return &ledger.PostNotice{Unit: n.Unit, Number: n.Number, From: n.From, Until: n.Until, Records: n.Records, SHA256: n.SHA256, Size: n.Size}
	}
	return &ledger.Publish{
		What: n.What, Unit: n.Unit, Number: n.Number, Period: n.Period, From: n.From, Until: n.Until, SHA256: n.SHA256, Size: n.Size,
	}
}

// gather gives a notice its number and its last day and, where it is of records, those of the unit that wait for one.
func (d *desk) gather(n *ledger.Notice) error {
	board, err := d.view.Board(n.Unit)
	if err != nil {
		return err
	}
	n.Number = board.Notices + 1
	days := int64(publishedDays)
	if n.What == "" {
		days = 0
		for rec, err := range d.view.Waiting(ledger.WaitQuery{States: []ledger.RecordState{ledger.AwaitingNotice}, Units: []ledger.UnitID{n.Unit}}) {
			if err != nil {
				return err
			}
			if n.Records, days = append(n.Records, rec.Index), max(days, rec.Notice); len(n.Records) == ledger.MaxNoticed {
				break
			}
		}
	}
	if n.Until == 0 {
		n.Until = n.From.AddDays(int(days))
	}
	return nil
}
