package main

import (
	"context"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/ledger"
	"aixin/store/registry"
)

// nameRow says what a code of an export is called.
type nameRow struct {
	Code string `json:"code"`
	Name string `json:"name"` // empty where nobody is known by the number any more
}

// exportNames writes the map that an export leaves out: it is for who may see names, and every look is logged.
func (a *app) exportNames() *cobra.Command {
	var why string
	cmd := a.command("export_names", "names -o FILE --why REASON --as STAFF", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		if err := required(cmd, "why"); err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			if err := w.holds(ctx, ledger.Steward, ledger.Admin); err != nil {
				return err
			}
			rows, err := w.names(ctx, why)
			if err != nil {
				return err
			}
			t := a.table("number", "name")
			for _, r := range rows {
				t.add(r.Code, r.Name)
			}
			return a.show(result{json: rows, table: t})
		})
	})
	cmd.Flags().StringVar(&a.opts.actor, "as", "", a.say.T("cli.flag.as"))
	cmd.Flags().StringVar(&why, "why", "", a.say.T("cli.flag.why_names"))
	return cmd
}

// names lists the names behind the numbers of the book.
func (w *writer) names(ctx context.Context, why string) ([]nameRow, error) {
	ids, err := w.numbers(ctx)
	if err != nil {
		return nil, err
	}
	names, err := w.fullNames(ctx, registry.Purpose{Actor: string(w.actor), Reason: why}, ids...)
	if err != nil {
		return nil, err
	}
	rows := make([]nameRow, len(ids))
	for i, id := range ids {
		rows[i] = nameRow{id, names[id]}
	}
	return rows, nil
}

// numbers lists everybody whom the book knows by a number: volunteers, staff and donors; for whoever has their role in one place, the
// volunteers of that place.
func (w *writer) numbers(ctx context.Context) (ids []string, err error) {
	err = w.view(ctx, func(v ledger.View) error {
		handled, err := api.HandledBy(v, w.actor, ledger.Steward, ledger.Admin)
		if err != nil {
			return err
		}
		for who, err := range v.Volunteers() {
			if err != nil {
				return err
			}
			ids = append(ids, string(who.Volunteer))
		}
		if ids, err = among(handled, ids); err != nil || !handled.Everyone() {
			return err
		}
		for who, err := range v.AllStaff() {
			if err != nil {
				return err
			}
			ids = append(ids, string(who.Staff))
		}
		for who, err := range v.Donors() {
			if err != nil {
				return err
			}
			ids = append(ids, string(who.Donor))
		}
		return nil
	})
	return ids, err
}
