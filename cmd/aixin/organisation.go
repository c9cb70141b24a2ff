package main

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/person"
)

// This file adds and lists what a scheme consists of: units, shops, activities and donors.

type unitRow struct {
	Unit   ledger.UnitID   `json:"unit"`
	Kind   ledger.UnitKind `json:"kind"`
	Parent ledger.UnitID   `json:"parent,omitempty"`
	Name   string          `json:"name"`
	Rule   string          `json:"rule,omitempty"`
	Moves  []stayRow       `json:"moves,omitempty"` // under which unit from which day on; absent where it never moved
}

type shopRow struct {
	Shop ledger.ShopID `json:"shop"`
	Unit ledger.UnitID `json:"unit"`
	Name string        `json:"name"`
}

type activityRow struct {
	Activity ledger.ActivityID `json:"activity"`
	Unit     ledger.UnitID     `json:"unit"`
	Code     ledger.Code       `json:"code"`
	Name     string            `json:"name"`
}

type donorRow struct {
	Donor ledger.DonorID `json:"donor"`
	Name  string         `json:"name,omitempty"` // in full where it is an organisation, else masked
}

// family is a kind of thing that can be listed and shown: how to read all, one, its row, and the row's cells.
type family[F, R any] struct {
	name    string
	columns []string
	all     func(ledger.View) iter.Seq2[F, error]
	one     func(ledger.View, string) (F, error)
	row     func(context.Context, *reader, F) (R, error)
	cells   func(R) []any
}

// listCmd prints all of a family.
func listCmd[F, R any](a *app, f family[F, R]) *cobra.Command {
	return a.command(f.name+"_list", "list", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			rows, t := []R{}, a.table(f.columns...)
			for fact, err := range f.all(r.view) {
				if err != nil {
					return result{}, err
				}
				row, err := f.row(ctx, r, fact)
				if err != nil {
					return result{}, err
				}
				rows = append(rows, row)
				t.add(f.cells(row)...)
			}
			return result{json: rows, table: t}, nil
		})
	})
}

// showCmd prints one of a family.
func showCmd[F, R any](a *app, f family[F, R], use string) *cobra.Command {
	return a.command(f.name+"_show", "show "+use, cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			fact, err := f.one(r.view, args[0])
			if err != nil {
				return result{}, err
			}
			row, err := f.row(ctx, r, fact)
			t := a.table(f.columns...)
			t.add(f.cells(row)...)
			return result{json: row, table: t}, err
		})
	})
}

// plainly makes a row of a fact that needs no names.
func plainly[F, R any](row func(F) R) func(context.Context, *reader, F) (R, error) {
	return func(_ context.Context, _ *reader, f F) (R, error) { return row(f), nil }
}

func (a *app) unitCmd() *cobra.Command {
	var do ledger.AddUnit
	var kind, parent string
	add := a.writes(a.command("unit_add", "add UNIT --name NAME [--kind KIND] [--parent UNIT] [--rule RULE]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		do.Unit, do.Kind, do.Parent = ledger.UnitID(args[0]), ledger.UnitKind(kind), ledger.UnitID(parent)
		return a.submit(cmd.Context(), &do)
	}))
	add.Flags().StringVar(&do.Name, "name", "", a.say.T("cli.flag.name"))
	add.Flags().StringVar(&kind, "kind", string(ledger.Community), a.say.T("cli.flag.unit_kind"))
	add.Flags().StringVar(&parent, "parent", "", a.say.T("cli.flag.parent"))
	add.Flags().StringVar(&do.Rule, "rule", "", a.say.T("cli.flag.unit_rule"))
	f := family[ledger.Unit, unitRow]{
		name: "unit", columns: []string{"unit", "kind", "title", "parent", "rule"}, all: ledger.View.Units,
		one: func(v ledger.View, id string) (ledger.Unit, error) { return v.Unit(ledger.UnitID(id)) },
		row: newUnitRow,
		cells: func(r unitRow) []any {
			return []any{string(r.Unit), catalog.Name(a.say, "unit_kind", r.Kind), r.Name, string(r.Parent), r.Rule}
		},
	}
	return a.parent("unit", "unit", add, a.unitSetCmd(), a.unitJoinCmd(), a.unitMembersCmd(), a.reads(listCmd(a, f)), a.unitShowCmd(f))
}

// unitShowCmd prints a unit with where it stands from each day on.
func (a *app) unitShowCmd(f family[ledger.Unit, unitRow]) *cobra.Command {
	return a.reads(a.command("unit_show", "show UNIT [--as-of DATE]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.read(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			u, err := f.one(r.view, args[0])
			if err != nil {
				return result{}, err
			}
			row, err := f.row(ctx, r, u)
			t := a.table(f.columns...)
			t.add(f.cells(row)...)
			return result{json: row, table: t, text: func() string {
				var said strings.Builder
				said.WriteString(a.tablesText(t))
				for _, m := range row.Moves {
					said.WriteString(a.say.T("cli.unit.parent_from", catalog.Data{"Date": m.From.String(), "Parent": m.At}) + "\n")
				}
				return said.String()
			}}, err
		})
	}))
}

func (a *app) shopCmd() *cobra.Command {
	var do ledger.AddShop
	var unit string
	add := a.writes(a.command("shop_add", "add SHOP --unit UNIT --name NAME", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		do.Shop, do.Unit = ledger.ShopID(args[0]), ledger.UnitID(unit)
		return a.submit(cmd.Context(), &do)
	}))
	add.Flags().StringVar(&do.Name, "name", "", a.say.T("cli.flag.name"))
	add.Flags().StringVar(&unit, "unit", "", a.say.T("cli.flag.unit"))
	f := family[ledger.Shop, shopRow]{
		name: "shop", columns: []string{"shop", "unit", "title"}, all: ledger.View.Shops,
		one:   func(v ledger.View, id string) (ledger.Shop, error) { return v.Shop(ledger.ShopID(id)) },
		row:   plainly(func(s ledger.Shop) shopRow { return shopRow{s.Shop, s.Unit, s.Name} }),
		cells: func(r shopRow) []any { return []any{string(r.Shop), string(r.Unit), r.Name} },
	}
	return a.parent("shop", "shop", add, listCmd(a, f), showCmd(a, f, "SHOP"))
}

func (a *app) activityCmd() *cobra.Command {
	var do ledger.AddActivity
	var unit, code string
	add := a.writes(a.command("activity_add", "add ACTIVITY --unit UNIT --name NAME [--code CODE]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		do.Activity, do.Unit, do.Code = ledger.ActivityID(args[0]), ledger.UnitID(unit), ledger.Code(code)
		return a.submit(cmd.Context(), &do)
	}))
	add.Flags().StringVar(&do.Name, "name", "", a.say.T("cli.flag.name"))
	add.Flags().StringVar(&unit, "unit", "", a.say.T("cli.flag.unit"))
	add.Flags().StringVar(&code, "code", "VH01", a.say.T("cli.flag.code"))
	f := family[ledger.Activity, activityRow]{
		name: "activity", columns: []string{"activity", "unit", "code", "title"}, all: ledger.View.Activities,
		one:   func(v ledger.View, id string) (ledger.Activity, error) { return v.Activity(ledger.ActivityID(id)) },
		row:   plainly(func(x ledger.Activity) activityRow { return activityRow{x.Activity, x.Unit, x.Code, x.Name} }),
		cells: func(r activityRow) []any { return []any{string(r.Activity), string(r.Unit), string(r.Code), r.Name} },
	}
	return a.parent("activity", "activity", add, listCmd(a, f), showCmd(a, f, "ACTIVITY"))
}

func (a *app) donorCmd() *cobra.Command {
	p := person.Person{}
	natural := false
	add := a.writes(a.command("donor_add", "add DONOR --name NAME [--person]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		if err := required(cmd, "name"); err != nil {
			return err
		}
		p.ID, p.Organization = args[0], !natural
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error { return w.addDonor(ctx, p) })
	}))
	add.Flags().StringVar(&p.Name, "name", "", a.say.T("cli.flag.donor_name"))
	add.Flags().StringVar(&p.Phone, "phone", "", a.say.T("cli.flag.phone"))
	add.Flags().BoolVar(&natural, "person", false, a.say.T("cli.flag.natural"))
	f := family[ledger.Donor, donorRow]{
		name: "donor", columns: []string{"donor", "title"}, all: ledger.View.Donors,
		one: func(v ledger.View, id string) (ledger.Donor, error) { return v.Donor(ledger.DonorID(id)) },
		row: func(ctx context.Context, r *reader, d ledger.Donor) (donorRow, error) {
			masked, err := r.masked(ctx, string(d.Donor))
			return donorRow{d.Donor, masked[string(d.Donor)].Name}, err
		},
		cells: func(r donorRow) []any { return []any{string(r.Donor), r.Name} },
	}
	return a.parent("donor", "donor", add, listCmd(a, f), showCmd(a, f, "DONOR"))
}

// addDonor keeps the name in the registry and the number in the book. Nobody else keeps a name under that number meanwhile.
func (w *writer) addDonor(ctx context.Context, p person.Person) error {
	release, err := w.requestNumbers().Take(ctx)
	if err != nil {
		return err
	}
	defer release()
	c := ledger.Command{Key: w.key(), Actor: w.actor, Do: &ledger.AddDonor{Donor: ledger.DonorID(p.ID)}}
	if _, err := w.ledger.DryRun(ctx, c); err != nil {
		return errors.Join(w.app.printReceipt(w.app.unwritten(c, err), err), err)
	}
	if !w.app.opts.dryRun {
		if err := w.people.Put(ctx, p); err != nil {
			return err
		}
	}
	answer, err := w.do(ctx, c)
	return errors.Join(w.app.printReceipt(answer, err), err)
}
