package main

import (
	"context"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/report"
)

// turnoverRow is one account in one commodity as programs read it. Balances are debits when positive.
type turnoverRow struct {
	Account   ledger.AccountID `json:"account,omitzero"` // absent in totals
	Commodity ledger.Commodity `json:"commodity"`
	Opening   api.Quantity     `json:"opening"`
	Debit     api.Quantity     `json:"debit"`
	Credit    api.Quantity     `json:"credit"`
	Closing   api.Quantity     `json:"closing"`
}

func newTurnoverRow(t report.Turnover) turnoverRow {
	c := t.Account.Commodity
	q := func(a ledger.Amount) api.Quantity { return api.NewQuantity(a, c) }
	return turnoverRow{t.Account.ID, c, q(t.Opening), q(t.Debit), q(t.Credit), q(t.Closing())}
}

// turnover is the trial balance of a period.
func (a *app) turnover(ctx context.Context, r *reader, s report.Scope, p report.Period, classes bool) (result, error) {
	x, err := report.TurnoverOf(r.view, s, p, r.moved(ctx, report.InNone))
	if err != nil {
		return result{}, err
	}
	if classes {
		x = x.Classes()
	}
	wire := struct {
		wireBasis
		Rows   []turnoverRow `json:"rows"`
		Totals []turnoverRow `json:"totals"`
	}{newWireBasis(x.Basis, p), []turnoverRow{}, []turnoverRow{}}
	full := a.table("account", "commodity", "opening_debit", "opening_credit", "debit", "credit", "closing_debit", "closing_credit")
	short := a.table("account", "commodity", "opening", "debit", "credit", "closing")
	gross := map[ledger.Commodity]sides{}
	for _, row := range x.Rows {
		wire.Rows = append(wire.Rows, newTurnoverRow(row))
		of, name := sidesOf(row), a.accountName(row.Account.ID, classes)
		gross[row.Account.Commodity] = gross[row.Account.Commodity].plus(of)
		cells := append([]any{name}, of.cells(row.Account.Commodity)...)
		cells[6] = sheet.Formula{Value: cells[6], Text: "MAX(SUM(C{row},E{row})-SUM(D{row},F{row}),0)"}
		cells[7] = sheet.Formula{Value: cells[7], Text: "MAX(SUM(D{row},F{row})-SUM(C{row},E{row}),0)"}
		full.add(cells...)
		short.add(append([]any{name}, netCells(row)...)...)
	}
	for _, sum := range x.Totals {
		wire.Totals = append(wire.Totals, newTurnoverRow(sum))
		name, c := a.say.T("cli.report.total"), sum.Account.Commodity
		full.total(2, []int{3, 4, 5, 6, 7, 8}, append([]any{name}, gross[c].cells(c)...)...)
		short.add(append([]any{name}, netCells(sum)...)...)
	}
	text := a.reportText("trial_balance", x.Basis, a.periodLine(p), section{table: short}, section{title: a.say.T("cli.audit_report.signs")})
	return result{json: wire, lines: wire.Rows, table: full, text: text}, nil
}

// sides are the two sides of what an account had before a period, what moved in it, and what it has after: six columns, each of which
// foots by itself.
type sides [6]ledger.Amount

func sidesOf(t report.Turnover) sides {
	return sides{max(t.Opening, 0), max(-t.Opening, 0), t.Debit, t.Credit, max(t.Closing(), 0), max(-t.Closing(), 0)}
}

func (s sides) plus(o sides) sides {
	for i := range s {
		s[i] += o[i]
	}
	return s
}

func (s sides) cells(c ledger.Commodity) []any {
	cells := []any{string(c)}
	for _, n := range s {
		cells = append(cells, quantity(api.NewQuantity(n, c)))
	}
	return cells
}

// netCells are the cells of an account on a screen, which has room for balances only.
func netCells(t report.Turnover) []any {
	c := t.Account.Commodity
	q := func(n ledger.Amount) any { return quantity(api.NewQuantity(n, c)) }
	return []any{string(c), q(t.Opening), q(t.Debit), q(t.Credit), q(t.Closing())}
}

// accountName is an account as people read it: its code, or the name of its class where rows are classes.
func (a *app) accountName(id ledger.AccountID, classes bool) string {
	switch {
	case id == report.Outside():
		return a.say.T("cli.report.outside")
	case classes:
		return catalog.Name(a.say, "class", id.Class())
	}
	return id.String()
}
