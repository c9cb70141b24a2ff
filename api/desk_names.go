package api

import (
	"errors"
	"strings"

	"aixin/api/web"
	"aixin/ledger"
)

// This file writes what the book has under a code with its name behind it. What has none is its code alone: the name is for reading, and no
// table is refused for the lack of one.

func (d *desk) itemNamed(id ledger.Commodity) string {
	item, err := d.view.Item(id)
	return withName(string(id), item.Name, err)
}

func (d *desk) shopNamed(id ledger.ShopID) string {
	shop, err := d.view.Shop(id)
	return withName(string(id), shop.Name, err)
}

func (d *desk) unitNamed(id ledger.UnitID) string {
	unit, err := d.view.Unit(id)
	return withName(string(id), unit.Name, err)
}

func (d *desk) donorNamed(id ledger.DonorID) string {
	names, err := d.People.Masked(d.r.Context(), string(id))
	return withName(string(id), names[string(id)].Name, err)
}

func (d *desk) activityNamed(id ledger.ActivityID) string {
	act, err := d.view.Activity(id)
	return withName(string(id), act.Name, err)
}

// itemSaid has a refusal that is about an item say its name behind its code: whoever reads it has the thing in the hand, and not the list.
func itemSaid(v ledger.View, err error) error {
	no, ok := errors.AsType[*ledger.Rejection](err)
	if !ok || !ledger.Commodity(no.Subject).Goods() {
		return err
	}
	item, unknown := v.Item(ledger.Commodity(no.Subject))
	named := *no
	named.Subject = withName(no.Subject, item.Name, unknown)
	return &named
}

func withName(code, name string, err error) string {
	if err != nil {
		return code
	}
	return strings.TrimSpace(code + " " + name)
}

// ruleFor says for which unit or shop a rule is; one of the whole book says nothing.
func (d *desk) ruleFor(r ledger.Rule) string {
	switch {
	case r.Terms.Shop != "":
		return d.shopNamed(r.Terms.Shop)
	case r.Terms.Unit != "":
		return d.unitNamed(r.Terms.Unit)
	}
	return ""
}

// donorField asks for a donor, by number and masked name.
func (d *desk) donorField() (web.Field, error) {
	f, err := choice(d.view.Donors(), "donor", func(o ledger.Donor) (string, string) { return string(o.Donor), "" })
	if err != nil {
		return f, err
	}
	ids := make([]string, len(f.Options))
	for i, o := range f.Options {
		ids[i] = o.Value
	}
	names, err := d.People.Masked(d.r.Context(), ids...)
	for i, o := range f.Options {
		f.Options[i].Text = withName(o.Value, names[o.Value].Name, nil)
	}
	return f, err
}

// commodityNamed says what an amount is of: points, minutes, or an item. A file has its code, by which files are joined in any language.
func (d *desk) commodityNamed(c ledger.Commodity) string {
	switch {
	case d.exports():
		return string(c)
	case c.Goods():
		return d.itemNamed(c)
	}
	return d.say.T("web.audit." + strings.ToLower(string(c)))
}

// subjectNamed says what a finding is about, in a file by its code. Whoever reads the book knows people by number.
func (d *desk) subjectNamed(code string) string {
	switch {
	case d.exports():
		return code
	case ledger.ActivityID(code).Valid():
		return d.activityNamed(ledger.ActivityID(code))
	case ledger.ShopID(code).Valid():
		return d.shopNamed(ledger.ShopID(code))
	case ledger.UnitID(code).Valid():
		return d.unitNamed(ledger.UnitID(code))
	}
	return code
}
