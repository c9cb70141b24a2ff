package api

import (
	"strconv"

	"aixin/api/catalog"
	"aixin/api/notice"
	"aixin/api/web"
	"aixin/ledger"
)

// noticesPage hangs out what was approved, takes it down, and answers objections.
func noticesPage() workPage {
	return workPage{
		name: "notices", path: "/desk/notices", roles: []ledger.Role{ledger.Publisher, ledger.Steward, ledger.Supervisor}, show: (*desk).notices,
		table: map[string]func(*desk) (*web.Grid, error){
			"awaiting": (*desk).awaiting, "notices": (*desk).noticeTable, "objections": (*desk).objectionTable,
		},
		forms: []workForm{
			{name: "post", fields: (*desk).postFields, run: (*desk).hang},
			{name: "remove", fields: (*desk).removeFields, action: func(a *answers) ledger.Action {
				return &ledger.RemoveNotice{Notice: a.index("notice"), Reason: ledger.Reason(a.text("reason"))}
			}},
			{name: "object", fields: func(d *desk) ([]web.Field, error) {
				return []web.Field{typed("record"), maybe(typed("volunteer")), d.reason()}, nil
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

func (d *desk) notices() error {
	for _, name := range []string{"awaiting"} {
		if err := d.table(name); err != nil {
			return err
		}
	}
	if err := d.form("post"); err != nil {
		return err
	}
	last := &d.page.Sections[len(d.page.Sections)-1]
	last.Form.Buttons = []web.Option{{Value: "preview", Text: d.t("form.preview")}, {Value: "post", Text: d.t("form.post"), On: true}}
	for _, name := range []string{"notices", "objections"} {
		if err := d.table(name); err != nil {
			return err
		}
	}
	for _, name := range []string{"reply", "object", "remove"} {
		if err := d.form(name); err != nil {
			return err
		}
	}
	return nil
}

func (d *desk) awaiting() (*web.Grid, error) {
	t := d.newTable("awaiting", "record", "unit", "volunteer", "declared", "#points")
	for rec, err := range d.view.Waiting(ledger.WaitQuery{States: []ledger.RecordState{ledger.AwaitingNotice}}) {
		if err != nil {
			return nil, err
		}
		if rec.State == ledger.AwaitingNotice {
			row(t, counts(rec.Index), string(rec.Unit), string(rec.Volunteer), d.declared(rec), points(rec.Points))
		}
	}
	return t, nil
}

func (d *desk) noticeTable() (*web.Grid, error) {
	t := d.newTable("notices", "notice", "paper", "from", "until", "#records", "removed", "fingerprint")
	for n, err := range d.view.Notices() {
		if err != nil {
			return nil, err
		}
		row(t, counts(n.Index), n.Paper(), day(n.From), day(n.Until), strconv.Itoa(len(n.Records)), day(n.Gone), n.SHA256)
	}
	return t, nil
}

func (d *desk) objectionTable() (*web.Grid, error) {
	t := d.newTable("objections", "objection", "record", "reason", "on", "reply", "answered")
	for o, err := range d.view.Objections() {
		if err != nil {
			return nil, err
		}
		row(t, counts(o.Index), counts(o.Record), catalog.Name(d.say, "reason", o.Reason), day(o.On), day(o.Reply), day(o.Answered))
	}
	return t, nil
}

func (d *desk) postFields() ([]web.Field, error) {
	units, err := d.units("unit")
	return fieldsOf(units, err, maybe(dated("until")))
}

func (d *desk) removeFields() ([]web.Field, error) {
	f, err := choice(d.view.Notices(), "notice", func(n ledger.Notice) (string, string) {
		if n.Removed != 0 {
			return "", ""
		}
		return counts(n.Index), n.Paper()
	})
	return fieldsOf(f, err, d.reason())
}

func (d *desk) replyFields() ([]web.Field, error) {
	f, err := choice(d.view.Objections(), "objection", func(o ledger.Objection) (string, string) {
		if o.Answer != 0 {
			return "", ""
		}
		return counts(o.Index), counts(o.Record) + " " + catalog.Name(d.say, "reason", o.Reason)
	})
	result := web.Field{Name: "upheld", Kind: "select", Need: true, Options: []web.Option{
		{Value: "dismissed", Text: d.t("dismissed")}, {Value: "upheld", Text: d.t("upheld")},
	}}
	return fieldsOf(f, err, result, d.reason())
}

// hang shows the text of a notice, or hangs it out. Pressed twice it hangs once: its number is that of the first time.
func (d *desk) hang(a *answers) error {
	n := ledger.Notice{Unit: ledger.UnitID(a.text("unit")), From: d.view.On(), Until: a.date("until")}
	if !n.Unit.Valid() {
		a.fault("unit", "unit_code")
	}
	if err := a.err(); err != nil {
		return err
	}
	if k, err := d.view.Key(a.key); err == nil {
		d.goOn(k.Index)
		return nil
	}
	text, err := d.noticeText(&n)
	if err != nil {
		return err
	}
	if len(n.Records) == 0 {
		d.page.Bad, d.stay = append(d.page.Bad, d.t("no_records")), true
		return nil
	}
	if a.Get("do") == "preview" {
		d.page.Sections, d.stay = append(d.page.Sections, web.WorkSection{Heading: d.t("form.preview"), Paper: text}), true
		d.keep = true
		return nil
	}
	got, err := d.submit(a.key, &ledger.PostNotice{
		Unit: n.Unit, Number: n.Number, From: n.From, Until: n.Until, Records: n.Records, SHA256: notice.Hash(text), Size: int64(len(text)),
	})
	if err == nil {
		d.goOn(got.Entry.Index)
	}
	return err
}

// noticeText gathers the records of a unit that wait for a notice, and writes its text with masked names.
func (d *desk) noticeText(n *ledger.Notice) (string, error) {
	unit, err := d.view.Unit(n.Unit)
	if err != nil {
		return "", err
	}
	board, err := d.view.Board(n.Unit)
	if err != nil {
		return "", err
	}
	n.Number = board.Notices + 1
	var list []ledger.Record
	days, ids := int64(0), []string{}
	waiting := ledger.WaitQuery{States: []ledger.RecordState{ledger.AwaitingNotice}, Units: []ledger.UnitID{n.Unit}}
	for rec, err := range d.view.Waiting(waiting) {
		if err != nil {
			return "", err
		}
		if rec.State == ledger.AwaitingNotice && rec.Unit == n.Unit && len(list) < ledger.MaxNoticed {
			list, ids, days = append(list, rec), append(ids, string(rec.Volunteer)), max(days, rec.Notice)
			n.Records = append(n.Records, rec.Index)
		}
	}
	if n.Until == 0 {
		n.Until = n.From.AddDays(int(days))
	}
	names, err := d.People.Masked(d.r.Context(), ids...)
	if err != nil {
		return "", err
	}
	rules, err := d.view.Rules()
	if err != nil {
		return "", err
	}
	say := d.catalog.In(catalog.Chinese) // who passes by reads Chinese, whatever language the desk is in
	paper := notice.Paper{Name: unit.Name, Notice: *n}
	if d.Book.Demo {
		paper.Mark = say.T("cli.demo_mark") + "\n"
	}
	var lines []notice.Line
	for _, rec := range list {
		line := notice.Line{Record: rec, Who: names[string(rec.Volunteer)].Name}
		if rule, _ := rules.Named(rec.Rule); line.Who == "" || rule.Notice.Mask == ledger.MaskNumbers {
			line.Who = string(rec.Volunteer)
		}
		if rec.Activity != "" {
			act, err := d.view.Activity(rec.Activity)
			if err != nil {
				return "", err
			}
			line.Activity = act.Name
		}
		lines = append(lines, line)
	}
	return notice.Credits(say, paper, lines), nil
}
