package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/person"
)

// This file gives roles for a time and a place.

// grantFlags say which role, where and when.
type grantFlags struct {
	role  string
	shop  string
	unit  string
	from  ledger.Date
	until ledger.Date
	name  string
	phone string
}

// scope returns the place, of which only one may be given, and under its own flag.
func (f grantFlags) scope() (string, error) {
	switch {
	case f.shop != "" && f.unit != "":
		return "", &usageError{id: "one_scope"}
	case f.shop != "" && !ledger.ShopID(f.shop).Valid():
		return "", malformed("--shop", "shop_code")
	case f.unit != "" && !ledger.UnitID(f.unit).Valid():
		return "", malformed("--unit", "unit_code")
	}
	return f.shop + f.unit, nil
}

func (a *app) grantFlags(cmd *cobra.Command, f *grantFlags) {
	cmd.Flags().StringVar(&f.role, "role", "", a.say.T("cli.flag.granted_role"))
	cmd.Flags().StringVar(&f.shop, "shop", "", a.say.T("cli.flag.shop"))
	cmd.Flags().StringVar(&f.unit, "unit", "", a.say.T("cli.flag.granted_unit"))
	cmd.Flags().Var(newValue(&f.until, parseDate, "DATE"), "until", a.say.T("cli.flag.last_day"))
}

func (a *app) staffGrantCmd() *cobra.Command {
	var f grantFlags
	use := "grant STAFF --role ROLE [--shop SHOP | --unit UNIT] [--from DATE] [--until DATE] [--name NAME]"
	cmd := a.writes(a.command("staff_grant", use, cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		scope, err := f.scope()
		if err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			do := &ledger.GrantRole{Staff: ledger.StaffID(args[0]), Role: ledger.Role(f.role), Scope: scope, From: f.from, Until: f.until}
			today, err := w.today(ctx)
			if do.From == 0 {
				do.From = today
			}
			return errors.Join(err, w.grant(ctx, do, f))
		})
	}))
	a.grantFlags(cmd, &f)
	cmd.Flags().Var(newValue(&f.from, parseDate, "DATE"), "from", a.say.T("cli.flag.from"))
	cmd.Flags().StringVar(&f.name, "name", "", a.say.T("cli.flag.person_name"))
	cmd.Flags().StringVar(&f.phone, "phone", "", a.say.T("cli.flag.phone"))
	return cmd
}

// grant gives the role; a staff number that is new is registered first and gets a PIN.
func (w *writer) grant(ctx context.Context, do *ledger.GrantRole, f grantFlags) error {
	fresh := false
	err := w.view(ctx, func(v ledger.View) error {
		_, err := v.Staff(do.Staff)
		fresh = isRejection(ledger.NotFound)(err)
		if fresh {
			err = nil
		}
		return err
	})
	if err != nil {
		return err
	}
	if fresh && f.name == "" {
		return lacking("--name")
	}
	c := ledger.Command{Key: w.key(), Actor: w.actor, Do: do}
	if _, err := w.ledger.DryRun(ctx, c); err != nil {
		return errors.Join(w.app.printReceipt(w.app.unwritten(c, err), err), err)
	}
	row := staffRow{Staff: do.Staff}
	if fresh && !w.app.opts.dryRun {
		if err := w.people.Put(ctx, person.Person{ID: string(do.Staff), Name: f.name, Phone: f.phone}); err != nil {
			return err
		}
		if row.PIN, err = w.pin(ctx, string(do.Staff)); err != nil {
			return err
		}
	}
	return w.granted(ctx, c, row)
}

// granted carries out a change of grants and prints how the staff number stands then.
func (w *writer) granted(ctx context.Context, c ledger.Command, row staffRow) error {
	answer, err := w.do(ctx, c)
	if err != nil {
		return errors.Join(w.app.printReceipt(answer, err), err)
	}
	err = w.view(ctx, func(v ledger.View) error {
		now, err := v.Staff(row.Staff)
		if isRejection(ledger.NotFound)(err) { // it was only tried
			err = nil
		}
		row.Roles, row.Volunteer, row.Grants = now.Roles, now.Volunteer, newGrantRows(now.Grants)
		return err
	})
	row.Receipt = &answer
	return errors.Join(err, w.app.show(result{json: row, table: w.app.grantTable(row), text: func() string {
		var text strings.Builder
		text.WriteString(w.app.receiptText(answer))
		for _, g := range row.Grants {
			text.WriteString(w.app.say.T("cli.staff.granted", catalog.Data{
				"Staff": string(row.Staff), "Role": catalog.Name(w.app.say, "role", g.Role), "Where": w.app.where(g.Scope), "From": g.From.String(),
				"Until": g.Until.String(),
			}) + "\n")
		}
		if row.PIN != "" {
			text.WriteString(w.app.say.T("cli.pin_once", catalog.Data{"Who": string(row.Staff), "PIN": row.PIN}) + "\n")
		}
		return text.String()
	}}))
}

// where says a scope.
func (a *app) where(scope string) string {
	if scope == "" {
		return a.say.T("cli.staff.everywhere")
	}
	return scope
}

// grantRow is a role for a time and a place, as programs read it.
type grantRow struct {
	Role  ledger.Role `json:"role"`
	Scope string      `json:"scope,omitempty"`
	From  ledger.Date `json:"from"`
	Until ledger.Date `json:"until,omitempty"`
}

func newGrantRows(list []ledger.RoleGrant) []grantRow {
	var rows []grantRow
	for _, g := range list {
		rows = append(rows, grantRow(g))
	}
	return rows
}

func (a *app) grantTable(row staffRow) *table {
	t := a.table("staff", "roles", "place", "from", "until")
	for _, g := range row.Grants {
		t.add(string(row.Staff), catalog.Name(a.say, "role", g.Role), g.Scope, g.From.String(), g.Until.String())
	}
	return t
}

func (a *app) staffEndCmd() *cobra.Command {
	var f grantFlags
	cmd := a.writes(a.command("staff_end", "end STAFF --role ROLE [--shop SHOP | --unit UNIT] [--until DATE]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		scope, err := f.scope()
		if err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			do := &ledger.EndRole{Staff: ledger.StaffID(args[0]), Role: ledger.Role(f.role), Scope: scope, Until: f.until}
			if do.Until == 0 {
				today, err := w.today(ctx)
				if err != nil {
					return err
				}
				do.Until = today.AddDays(-1) // at once
			}
			return w.granted(ctx, ledger.Command{Key: w.key(), Actor: w.actor, Do: do}, staffRow{Staff: do.Staff})
		})
	}))
	a.grantFlags(cmd, &f)
	return cmd
}
