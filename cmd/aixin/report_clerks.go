package main

import (
	"context"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/report"
)

// clerkRow is what one member of the staff did, as programs read it.
type clerkRow struct {
	Staff     ledger.StaffID `json:"staff"`
	Entries   int64          `json:"entries"`
	Days      int64          `json:"days"`
	First     ledger.Date    `json:"first,omitempty"`
	Last      ledger.Date    `json:"last,omitempty"`
	Exchanges int64          `json:"exchanges"`
	Points    api.Points     `json:"points"`
	Pieces    ledger.Amount  `json:"pieces"`
	Back      int64          `json:"back"` // of exchanges
	Typed     int64          `json:"typed"`
	Proxy     int64          `json:"proxy"`
	Vouchers  int64          `json:"vouchers"`
	Declared  int64          `json:"declared"`
	Approved  int64          `json:"approved"`
	Undone    int64          `json:"undone"` // of what was approved
	Reversals int64          `json:"reversals"`
	Refused   int64          `json:"refused"`
	OffHours  int64          `json:"off_hours"`
}

// clerkReport counts what each member of the staff did.
func (a *app) clerkReport() *cobra.Command {
	var p periodFlags
	var work workFlags
	cmd := a.periodReport("clerks", "clerks [--hours HH:MM-HH:MM]", &p, func(ctx context.Context, r *reader, s report.Scope) (result, error) {
		hours, err := work.in(r)
		if err != nil {
			return result{}, err
		}
		x, err := report.Clerks(r.view, s, p.days(), hours, r.entries(ctx))
		if err != nil {
			return result{}, err
		}
		return a.clerkResult(x), nil
	})
	work.add(a, cmd)
	return cmd
}

func (a *app) clerkResult(x report.ClerkReport) result {
	wire := struct {
		wireBasis
		Rows []clerkRow `json:"rows"`
	}{newWireBasis(x.Basis, x.Period), []clerkRow{}}
	full := a.table("staff", "entries", "days", "first", "last", "exchanges", "points", "pieces", "back", "typed", "proxy", "late_vouchers",
		"declared", "approved", "undone", "reversals", "refused", "off_hours")
	counter := a.table("staff", "exchanges", "points", "pieces", "back", "typed", "proxy", "late_vouchers")
	desk := a.table("staff", "entries", "days", "declared", "approved", "undone", "reversals", "refused", "off_hours")
	for _, c := range x.Rows {
		who := string(c.Staff)
		wire.Rows = append(wire.Rows, clerkRow{
			c.Staff, c.Entries, c.Days, c.First, c.Last, c.Exchanges, api.Points(c.Points), c.Pieces, c.Back, c.Typed, c.Proxy, c.Vouchers,
			c.Declared, c.Approved, c.Undone, c.Reversals, c.Refused, c.OffHours,
		})
		full.add(who, c.Entries, c.Days, c.First.String(), c.Last.String(), c.Exchanges, sheet.Points(c.Points), c.Pieces, c.Back, c.Typed, c.Proxy,
			c.Vouchers, c.Declared, c.Approved, c.Undone, c.Reversals, c.Refused, c.OffHours)
		desk.add(who, c.Entries, c.Days, c.Declared, c.Approved, c.Undone, c.Reversals, c.Refused, c.OffHours)
		if c.Exchanges > 0 {
			counter.add(who, c.Exchanges, sheet.Points(c.Points), c.Pieces, c.Back, c.Typed, c.Proxy, c.Vouchers)
		}
	}
	text := a.reportText("clerks", x.Basis, a.periodLine(x.Period), section{table: desk}, section{a.say.T("cli.audit_report.counter"), counter})
	return result{json: wire, lines: wire.Rows, table: full, text: text}
}
