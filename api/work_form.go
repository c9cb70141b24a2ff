package api

import (
	"crypto/rand"
	"errors"
	"iter"
	"slices"
	"strings"

	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
)

// This file is the forms of the pages of the staff: their fields, and what stands in them.

func newWorkKey() ledger.Key { return ledger.Key("desk/" + rand.Text()) }

// form puts a form of the page on it, with its buttons where it has more than one, and with what was typed where something was wrong, else
// with what the address says. One that asks for a choice where there is nothing to choose is left out.
func (d *desk) form(name string, buttons ...web.Option) error {
	i := slices.IndexFunc(d.of.forms, func(f workForm) bool { return f.name == name })
	out := &web.WorkForm{Name: name, Key: string(newWorkKey()), Buttons: buttons}
	if len(buttons) == 0 {
		out.Buttons = []web.Option{{Text: d.t("form." + name), On: true}}
	}
	var err error
	if f := d.of.forms[i]; f.fields != nil {
		out.Fields, err = f.fields(d)
	}
	if err == nil && d.posted != name && slices.ContainsFunc(out.Fields, func(f web.Field) bool { return f.Kind == "select" && f.Need && len(f.Options) == 0 }) {
		return nil // no request is open, nothing is objected to
	}
	undecided(out.Fields)
	d.fill(out)
	out.Upload = slices.ContainsFunc(out.Fields, func(f web.Field) bool { return f.Kind == "file" })
	d.page.Sections = append(d.page.Sections, web.WorkSection{Heading: d.t("form." + name), Form: out})
	return err
}

// undecided leaves every choice open that has no answer of its own: what nobody chose is not entered.
func undecided(fields []web.Field) {
	for i := range fields {
		f := &fields[i]
		f.Unset = f.Unset || f.Kind == "select" && f.Need && f.Value == "" && len(f.Options) > 1
	}
}

func (d *desk) fill(out *web.WorkForm) {
	given, mine := d.r.URL.Query(), d.posted == out.Name
	if mine {
		given = d.r.PostForm
		out.Key, out.Open = given.Get("key"), true
	}
	for j := range out.Fields {
		f := &out.Fields[j]
		if f.Label == "" && f.Kind != "hidden" {
			f.Label = d.t("field." + f.Name)
		}
		if v := given.Get(f.Name); given.Has(f.Name) && f.Kind != "password" && (len(v) <= 4*maxCell || f.Kind == "area") {
			f.Value = v
		}
		if f.Kind == "file" && !mine {
			f.Value = "" // no address brings a file
		}
		if f.Wrong = ""; mine {
			f.Wrong = d.faults[f.Name]
		}
		if f.Wrong != "" && f.Kind == "select" && f.Value == "" {
			f.Wrong = d.t("choose_one") // and no list of codes, which a command wants
		}
	}
}

// maxCell bounds what is written into one field of a form, in bytes.
const maxCell = 1 << 10

// The fields of forms.
func typed(name string) web.Field   { return web.Field{Name: name, Kind: "text", Need: true} }
func dated(name string) web.Field   { return web.Field{Name: name, Kind: "date", Need: true} }
func counted(name string) web.Field { return web.Field{Name: name, Kind: "number", Need: true} }
func ticked(name string) web.Field  { return web.Field{Name: name, Kind: "check"} }
func maybe(f web.Field) web.Field   { f.Need = false; return f }

// code is a field for a number that something new is given, such as an example has.
func (d *desk) code(name, example string) web.Field {
	f := typed(name)
	f.Label, f.Hint = d.t("field."+name+"_code"), d.t("example", catalog.Data{"Text": example})
	return f
}

// one is a field of which one of the values is chosen, by the names that the catalog has for them.
func one[V ~string](d *desk, name, list string, values ...V) web.Field {
	f := web.Field{Name: name, Kind: "select", Need: true}
	for _, v := range values {
		f.Options = append(f.Options, web.Option{Value: string(v), Text: catalog.Name(d.say, list, v)})
	}
	return f
}

// reason asks why. None is chosen beforehand: what nobody chose would stand in the book as why it was done.
func (d *desk) reason() web.Field {
	f := one(d, "reason", "reason", ledger.Reasons()...)
	f.Unset = true
	return f
}

// choice is a field of which one of what the book lists is chosen.
func choice[V any](list func(func(V, error) bool), name string, option func(V) (value, text string)) (web.Field, error) {
	f := web.Field{Name: name, Kind: "select", Need: true}
	for v, err := range list {
		if err != nil {
			return f, err
		}
		if value, text := option(v); value != "" {
			f.Options = append(f.Options, web.Option{Value: value, Text: strings.TrimSpace(value + " " + text)})
		}
	}
	return f, nil
}

func (d *desk) shops() (web.Field, error) {
	return choice(d.view.Shops(), "shop", func(s ledger.Shop) (string, string) { return string(s.Shop), s.Name })
}

func (d *desk) units(name string) (web.Field, error) {
	return choice(d.allUnits(), name, func(u ledger.Unit) (string, string) { return string(u.Unit), u.Name })
}

// allUnits yields every unit. A page whose forms ask for units reads them once.
func (d *desk) allUnits() iter.Seq2[ledger.Unit, error] {
	return func(yield func(ledger.Unit, error) bool) {
		if d.grounds == nil {
			var list []ledger.Unit
			for u, err := range d.view.Units() {
				if err != nil {
					yield(u, err)
					return
				}
				list = append(list, u)
			}
			d.grounds = list
		}
		for _, u := range d.grounds {
			if !yield(u, nil) {
				return
			}
		}
	}
}

func (d *desk) items() (web.Field, error) {
	return choice(d.view.Items(), "item", func(i ledger.Item) (string, string) { return string(i.Item), i.Name })
}

// only is fields that take nothing from the book.
func only(fields ...web.Field) func(*desk) ([]web.Field, error) {
	return func(*desk) ([]web.Field, error) { return slices.Clone(fields), nil }
}

// fieldsOf gathers fields of which some may fail.
func fieldsOf(list ...any) (fields []web.Field, err error) {
	for _, one := range list {
		switch v := one.(type) {
		case web.Field:
			fields = append(fields, v)
		case error:
			err = errors.Join(err, v)
		}
	}
	return fields, err
}
