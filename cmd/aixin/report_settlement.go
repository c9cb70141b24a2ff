package main

import (
	"context"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/report"
)

// settlementRow is what a shop is owed, as programs read it.
type settlementRow struct {
	Shop   ledger.ShopID `json:"shop"`
	Unit   ledger.UnitID `json:"unit"`
	Slips  int64         `json:"slips"`
	Points api.Points    `json:"points"`
	Back   int64         `json:"back"`
	Undone api.Points    `json:"points_back"`
	Owed   api.Points    `json:"owed"`
	Yuan   string        `json:"owed_yuan,omitempty"` // absent where the rule values no points
}

// settlementReport says what each shop is owed for what it handed out in a period.
func (a *app) settlementReport() *cobra.Command {
	var p periodFlags
	return a.periodReport("settlement", "settlement", &p, func(ctx context.Context, r *reader, s report.Scope) (result, error) {
		x, err := report.Settlement(r.view, s, p.days(), r.entries(ctx))
		if err != nil {
			return result{}, err
		}
		return a.settlementResult(x), nil
	})
}

func (a *app) settlementResult(x report.SettlementReport) result {
	wire := struct {
		wireBasis
		Rows []settlementRow `json:"rows"`
	}{newWireBasis(x.Basis, x.Period), []settlementRow{}}
	t := a.table("shop", "unit", "slips", "points", "back", "points_back", "owed", "owed_yuan")
	cells := func(r report.SettlementRow) []any {
		return []any{
			r.Slips, sheet.Points(r.Points), r.Back, sheet.Points(r.Undone), sheet.Points(r.Owed()), or(sheet.Points(r.Fen), r.Fen != 0),
		}
	}
	for _, r := range x.Rows {
		row := settlementRow{r.Shop, r.Unit, r.Slips, api.Points(r.Points), r.Back, api.Points(r.Undone), api.Points(r.Owed()), ""}
		if r.Fen != 0 {
			row.Yuan = ledger.FormatPoints(r.Fen)
		}
		wire.Rows = append(wire.Rows, row)
		t.add(append([]any{string(r.Shop), string(r.Unit)}, cells(r)...)...)
	}
	if len(x.Rows) > 0 {
		t.total(0, []int{3, 4, 5, 6, 7}, append([]any{a.say.T("cli.report.total"), ""}, cells(x.Total)...)...)
	}
	return result{json: wire, lines: wire.Rows, table: t, text: a.reportText("settlement", x.Basis, a.periodLine(x.Period), section{table: t})}
}
