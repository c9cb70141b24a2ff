package main

import (
	"context"

	"github.com/spf13/cobra"

	"aixin/ledger"
)

// budgetRow is a budget as programs read it.
type budgetRow struct {
	Unit  ledger.UnitID `json:"unit"`
	From  ledger.Date   `json:"from"`
	Until ledger.Date   `json:"until"`
	Yuan  string        `json:"yuan"`
	Now   bool          `json:"now"` // counts today
}

func (a *app) budgetCmd() *cobra.Command {
	return a.parent("budget", "budget", a.budgetSetCmd(), a.budgetListCmd())
}

func (a *app) budgetSetCmd() *cobra.Command {
	var do ledger.SetBudget
	var unit string
	use := "set --unit UNIT --from DATE --until DATE --yuan YUAN"
	cmd := a.writes(a.command("budget_set", use, cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		if err := required(cmd, "unit", "yuan"); err != nil {
			return err
		}
		do.Unit = ledger.UnitID(unit)
		return a.submit(cmd.Context(), &do)
	}))
	fs := cmd.Flags()
	fs.StringVar(&unit, "unit", "", a.say.T("cli.flag.unit"))
	fs.Var(newValue(&do.From, parseDate, "DATE"), "from", a.say.T("cli.flag.budget_from"))
	fs.Var(newValue(&do.Until, parseDate, "DATE"), "until", a.say.T("cli.flag.budget_until"))
	fs.Var(newValue(&do.Fen, parseYuan, "YUAN"), "yuan", a.say.T("cli.flag.yuan"))
	return cmd
}

// parseYuan reads yuan as fen: they have as many decimals as points.
func parseYuan(s string) (ledger.Amount, error) {
	fen, err := ledger.ParsePoints(s)
	if err != nil || fen < 0 {
		return 0, faultCode("yuan")
	}
	return fen, nil
}

func (a *app) budgetListCmd() *cobra.Command {
	return a.reads(a.command("budget_list", "list", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		return a.read(cmd.Context(), func(_ context.Context, r *reader) (result, error) {
			rows, t := []budgetRow{}, a.table("unit", "from", "until", "yuan", "now")
			for f, err := range r.view.Budgets() {
				if err != nil {
					return result{}, err
				}
				for _, p := range f.Periods {
					on := r.view.On()
					row := budgetRow{f.Unit, p.From, p.Until, ledger.FormatPoints(p.Fen), p.From <= on && on <= p.Until}
					rows = append(rows, row)
					t.add(string(row.Unit), row.From.String(), row.Until.String(), row.Yuan, or("*", row.Now))
				}
			}
			return result{json: rows, table: t}, nil
		})
	}))
}
