package main

import (
	"context"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/report"
)

// expiringReport lists whose points lapse soon, so that they can be told in time.
func (a *app) expiringReport() *cobra.Command {
	return a.reports("expiring", "expiring", func(ctx context.Context, r *reader, s report.Scope) (result, error) {
		x, err := report.Expiring(r.view, s)
		if err != nil {
			return result{}, err
		}
		ids := make([]string, len(x.Rows))
		for i, row := range x.Rows {
			ids[i] = string(row.Volunteer)
		}
		masked, err := r.masked(ctx, ids...)
		if err != nil {
			return result{}, err
		}
		wire := api.NewExpiringReport(x, func(v ledger.VolunteerID) string { return masked[string(v)].Name })
		t := a.table("volunteer", "name", "unit", "points", "gift_points", "expires", "days_left", "warning")
		for _, row := range wire.Rows {
			t.add(string(row.Volunteer), row.Name, string(row.Unit), sheet.Points(row.Points), sheet.Points(row.Gift), row.Expires.String(), row.Days, row.Warning)
		}
		return result{json: wire, lines: wire.Rows, table: t, text: a.reportText("expiring", x.Basis, section{table: t})}, nil
	})
}
