package main

import (
	"context"

	"github.com/spf13/cobra"

	"aixin/ledger"
)

// This file is what came with format 2: raising an older book to it, and units that move.

// upgradeCmd raises the format of an older book.
func (a *app) upgradeCmd() *cobra.Command {
	return a.writes(a.command("upgrade", "upgrade", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		return a.submit(cmd.Context(), &ledger.RaiseFormat{Format: ledger.FormatVersion})
	}))
}

// unitSetCmd puts a unit under another one.
func (a *app) unitSetCmd() *cobra.Command {
	var do ledger.MoveUnit
	var parent string
	cmd := a.writes(a.command("unit_set", "set UNIT --parent UNIT [--from DATE]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		do.Unit, do.Parent, do.From = ledger.UnitID(args[0]), ledger.UnitID(parent), a.dayOr(do.From)
		return a.submit(cmd.Context(), &do)
	}))
	cmd.Flags().StringVar(&parent, "parent", "", a.say.T("cli.flag.parent"))
	cmd.Flags().Var(newValue(&do.From, parseDate, "DATE"), "from", a.say.T("cli.flag.unit_from"))
	return cmd
}

// newUnitRow shows a unit under its parent of the day.
func newUnitRow(_ context.Context, r *reader, u ledger.Unit) (unitRow, error) {
	org, err := r.view.Org()
	row := unitRow{Unit: u.Unit, Kind: u.Kind, Parent: org.ParentOn(u.Unit, r.view.On()), Name: u.Name, Rule: u.Rule}
	for _, p := range org.Units {
		if p.Unit != u.Unit {
			continue
		}
		for _, m := range p.Moves {
			row.Moves = append(row.Moves, stayRow{m.From, string(m.Parent)})
		}
	}
	return row, err
}
