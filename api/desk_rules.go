package api

import (
	"slices"
	"strings"

	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/api/web"
	"aixin/ledger"
)

// rulesPage is what a service is worth and what goods cost, each from a day on, with what a change would do before it is made.
func rulesPage() workPage {
	return workPage{
		name: "rules", path: "/desk/rules", roles: []ledger.Role{ledger.Steward, ledger.Supervisor, ledger.Auditor}, show: (*desk).rules,
		table: map[string]func(*desk) (*web.Grid, error){"rules": (*desk).ruleTable, "prices": (*desk).prices},
		forms: []workForm{
			{name: "open_rule", fields: (*desk).openFields, run: func(d *desk, a *answers) error { return d.ask(a, "rule") }},
			{name: "set_rule", fields: (*desk).ruleFields, run: (*desk).setRule},
			{name: "price", fields: (*desk).priceFields, run: (*desk).reprice},
		},
	}
}

func (d *desk) rules() error {
	if err := d.table("rules"); err != nil {
		return err
	}
	if err := d.form("open_rule"); err != nil {
		return err
	}
	if err := d.form("set_rule", d.looks("form.check_rule", "set_rule")...); err != nil {
		return err
	}
	if err := d.table("prices"); err != nil {
		return err
	}
	return d.form("price", d.looks("form.effect", "price")...)
}

// looks are the buttons of a form of which one shows what it would do.
func (d *desk) looks(says, name string) []web.Option {
	return []web.Option{{Value: "preview", Text: d.t(says)}, {Text: d.t("form." + name), On: true}}
}

// ruleTable lists every version of every rule set, the newest of each first.
func (d *desk) ruleTable() (*web.Grid, error) {
	t := d.newTable("rules", "rule", "from", "until", "scope", "approved", "published", "in_force")
	rules, err := d.view.Rules()
	for _, r := range slices.Backward(rules.List) {
		inForce := ""
		if now, ok := rules.InForce(r.ID, d.view.On()); ok && now.Version == r.Version {
			inForce = "✓ " + d.t("yes")
		}
		row(t, r.Name(), day(r.From), day(r.Terms.Until), d.ruleFor(r), r.Terms.ApprovedBy, day(r.Terms.Published), inForce)
	}
	return t, err
}

func (d *desk) openFields() ([]web.Field, error) {
	rules, err := d.view.Rules()
	f := web.Field{Name: "rule", Kind: "select", Need: true}
	for _, r := range slices.Backward(rules.List) {
		name := r.Name()
		f.Options = append(f.Options, web.Option{Value: name, Text: name})
	}
	return fieldsOf(f, err)
}

// ruleFields ask for the text of a version. Opened from one of before, it is that one under the next number and from tomorrow on.
func (d *desk) ruleFields() ([]web.Field, error) {
	text := web.Field{Name: "text", Kind: "area", Need: true, Hint: d.t("rule_hint")}
	rules, err := d.view.Rules()
	if err != nil {
		return nil, err
	}
	if was, ok := rules.Named(d.r.URL.Query().Get("rule")); ok {
		r := *was
		r.From = d.view.On().AddDays(1)
		for _, other := range rules.List {
			if other.ID == r.ID {
				r.Version = max(r.Version, other.Version)
			}
		}
		r.Version++
		var b strings.Builder
		if err := sheet.WriteRule(&b, r); err != nil {
			return nil, err
		}
		text.Value = b.String()
	}
	return []web.Field{text}, nil
}

// setRule says what a version would change, or enters it.
func (d *desk) setRule(a *answers) error {
	rule, err := sheet.CheckRule(strings.NewReader(strings.ReplaceAll(a.Get("text"), "\r", "")))
	if err != nil {
		return d.ruleWrong(err)
	}
	do := &ledger.SetRule{Rule: rule}
	if a.Get("do") != "preview" {
		return d.enter(a, do)
	}
	if _, err := d.dryRun(do); err != nil {
		return err
	}
	return d.ruleEffect(rule)
}

// ruleWrong says what is wrong with the text of a rule, each with its line; the text stays.
func (d *desk) ruleWrong(err error) error {
	d.stay, d.keep = true, true
	if file, ok := sheet.IsFileError(err); ok {
		d.page.Bad = append(d.page.Bad, file.Sentence(d.say)+" "+file.Hint(d.say))
		return nil
	}
	p := pageProblem(err, d.say, d.Clock())
	if len(p.Fields) == 0 {
		return err
	}
	for _, f := range p.Fields {
		d.page.Bad = append(d.page.Bad, joined(f.Field, f.Detail))
	}
	return nil
}

// ruleEffect shows what differs from the version that is in force on the day from which the new one would be.
func (d *desk) ruleEffect(rule ledger.Rule) error {
	rules, err := d.view.Rules()
	if err != nil {
		return err
	}
	d.stay, d.keep = true, true
	s := web.WorkSection{Heading: d.t("form.effect"), Table: d.newTable("changes", "member", "before", "after")}
	before, ok := rules.InForce(rule.ID, rule.From)
	if !ok {
		s.Text = append(s.Text, d.t("rule_new", catalog.Data{"Rule": rule.Name(), "From": day(rule.From)}))
	} else {
		s.Text = append(s.Text, d.t("rule_effect", catalog.Data{"Rule": rule.Name(), "Was": before.Name(), "From": day(rule.From)}))
	}
	changes, err := sheet.DiffRules(*before, rule)
	for _, c := range changes {
		row(s.Table, c.Member, c.Before, c.After)
	}
	d.page.Sections = append(d.page.Sections, s)
	return err
}
