package api

import (
	"slices"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
)

// This file declares acts that are no volunteer service, by code and quantity.

// actForm declares one act of one person.
func actForm() workForm {
	return workForm{name: "act", fields: (*desk).actFields, run: (*desk).declareAct}
}

func (d *desk) actFields() ([]web.Field, error) {
	acts, err := d.acts()
	quantity := counted("quantity")
	quantity.Value = "1"
	on := dated("act_on")
	on.Value = day(d.view.On())
	evidence := web.Field{Name: "evidence", Kind: "file", Accept: "image/*,.pdf", Hint: d.t("evidence_hint")}
	return fieldsOf(typed("volunteer"), acts, err, quantity, on, evidence, maybe(typed("act_about")), maybe(typed("sheet")))
}

// acts offers the acts that the rules of the leader's units know today, each with what it is worth. Which rule prices one, the book says.
func (d *desk) acts() (web.Field, error) {
	f := web.Field{Name: "act", Kind: "select", Need: true}
	offer := func(code ledger.Code, each int64, in string, worth ledger.Amount) {
		text := d.t("act_worth", catalog.Data{"Each": ledger.FormatQuantity(each, in), "Points": d.say.T("web.words.points", catalog.Data{"Count": points(worth)})})
		o := web.Option{Value: string(code), Text: joined(d.say.ActWithCode(code), text)}
		switch i := slices.IndexFunc(f.Options, func(x web.Option) bool { return x.Value == o.Value }); {
		case i < 0:
			f.Options = append(f.Options, o)
		case f.Options[i].Text != o.Text:
			f.Options[i].Text = d.say.ActWithCode(code) // what it is worth depends on the unit
		}
	}
	rules, err := d.ownRules()
	for _, rule := range rules {
		for _, x := range rule.Acts {
			offer(x.Code, x.Per, x.CountedIn, x.Points)
		}
		for _, x := range rule.Deductions {
			offer(x.Code, 1, x.CountedIn, -x.Points)
		}
	}
	return f, err
}

// ownRules are the rules that price what is done today in the units of the reader.
func (d *desk) ownRules() (list []ledger.Rule, err error) {
	within, any, err := d.reach()
	if err != nil || !any {
		return nil, err
	}
	rules, err := d.view.Rules()
	if err != nil {
		return nil, err
	}
	org, err := d.view.Org()
	if err != nil {
		return nil, err
	}
	for u, err := range d.view.Units() {
		if err != nil {
			return nil, err
		}
		if len(within) > 0 && !slices.Contains(within, u.Unit) {
			continue
		}
		rule, ok := rules.For(org.Above(u.Unit, d.view.On()), u.Rule, d.view.On())
		if ok && !slices.ContainsFunc(list, func(x ledger.Rule) bool { return x.Name() == rule.Name() }) {
			list = append(list, *rule)
		}
	}
	return list, nil
}

// declareAct asks for the record. Of its evidence the book keeps the hash and the size, and the server nothing.
func (d *desk) declareAct(a *answers) error {
	do := &ledger.DeclareActs{
		Volunteer: a.volunteer("volunteer"), Code: ledger.Code(a.code("act")), Quantity: a.number("quantity", "quantity"), On: a.date("act_on"), Sheet: a.text("sheet"),
	}
	if a.text("act_about") != "" {
		do.About = a.volunteer("act_about")
	}
	if err := a.err(); err != nil {
		return err
	}
	var err error
	if do.Evidence, err = a.evidence("evidence"); err != nil {
		return err
	}
	return d.enter(a, do)
}
