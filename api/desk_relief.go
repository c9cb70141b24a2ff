package api

import (
	"slices"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
)

// This file is relief: goods that somebody in need is given without points (rule B35). One person writes down for whom, by the numbers of the
// application and of the notice that it was on, and another hands it over.

const reliefPath = "/clerk/relief"

func reliefPage() workPage {
	return workPage{
		name: "relief", path: reliefPath, roles: []ledger.Role{ledger.Clerk, ledger.Keeper, ledger.Steward, ledger.Supervisor}, show: (*desk).reliefs,
		table: map[string]func(*desk) (*web.Grid, error){"reliefs": (*desk).reliefTable},
		forms: []workForm{
			{name: "give_relief", fields: func(d *desk) ([]web.Field, error) { return d.openPapers("relief", false) }, action: func(a *answers) ledger.Action {
				return &ledger.GiveRelief{Paper: a.index("relief")}
			}},
			{name: "drop_relief", fields: func(d *desk) ([]web.Field, error) { return d.openPapers("relief", true) }, action: func(a *answers) ledger.Action {
				return &ledger.Drop{Entry: a.index("relief")}
			}},
			{name: "relief", fields: (*desk).reliefFields, action: declaringRelief},
		},
	}
}

// reliefs lists what waits and what was given, and offers what the reader may do about it.
func (d *desk) reliefs() error {
	if err := firstError(d.table("reliefs"), d.form("give_relief")); err != nil {
		return err
	}
	if d.is(ledger.Keeper, ledger.Steward, ledger.Supervisor) {
		if err := d.form("drop_relief"); err != nil {
			return err
		}
	}
	if !d.is(ledger.Clerk, ledger.Keeper, ledger.Steward) {
		return nil // a supervisor sees to what others wrote down
	}
	return d.form("relief")
}

// is reports whether the reader has one of the roles.
func (d *desk) is(roles ...ledger.Role) bool {
	return slices.ContainsFunc(d.staff.RolesOn(d.view.On()), func(r ledger.Role) bool { return slices.Contains(roles, r) })
}

// reliefTable lists what was declared in the shops of the reader, what waits first and then the newest: it says who is in need.
func (d *desk) reliefTable() (*web.Grid, error) {
	t := d.newTable("reliefs", "relief", "day", "shop", "relieved", "lines", "application", "relief_notice", "declarer", "state")
	all, err := d.papersWithin("relief")
	if err != nil {
		return nil, err
	}
	list := slices.Concat(all.open, all.over)
	ids := make([]ledger.VolunteerID, len(list))
	for i, p := range list {
		ids[i] = p.Volunteer
	}
	name, err := d.named(ids...)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		e, err := d.view.Entry(p.Index)
		if err != nil {
			return nil, err
		}
		var said ledger.DeclareRelief
		if body, ok := e.Body.(*ledger.DeclareRelief); ok {
			said = *body
		}
		whom := p.Case
		if p.Volunteer != "" {
			whom = name(p.Volunteer)
		}
		row(t, counts(p.Index), day(e.On), d.shopNamed(p.Shop), joined(whom, string(p.Class)), d.piecesOf(p.Lines), said.Application, said.Notice, string(p.Declarer),
			catalog.Name(d.say, "record_state", p.State))
	}
	return t, nil
}

func (d *desk) reliefFields() ([]web.Field, error) {
	shop, err := d.shopField()
	of, class, lines := maybe(typed("case")), maybe(typed("class")), web.Field{Name: "lines", Kind: "area", Need: true, Hint: d.t("lines_hint")}
	of.Hint, class.Label, class.Hint = d.t("case_hint"), d.t("field.classes"), d.t("relief_class_hint")
	notice := typed("notice")
	notice.Label = d.t("field.relief_notice")
	return append(shop, maybe(typed("volunteer")), of, class, lines, typed("application"), notice), err
}

// declaringRelief is for a volunteer or for a case; which of them it is, the book asks where both or neither stand there.
func declaringRelief(a *answers) ledger.Action {
	do := &ledger.DeclareRelief{
		Shop: ledger.ShopID(a.code("shop")), Case: a.text("case"), Class: ledger.Beneficiary(a.text("class")), Lines: a.scannedLines("lines"),
		Application: a.text("application"), Notice: a.text("notice"),
	}
	if a.text("volunteer") != "" {
		do.Volunteer = a.volunteer("volunteer")
	}
	return do
}
