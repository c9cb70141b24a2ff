package main

import (
	"context"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/report"
	"aixin/store"
)

// turnoverRow is one account in one commodity as programs read it. Balances are debits when positive.
type turnoverRow struct {
	Account   ledger.AccountID `json:"account,omitempty"` // absent in totals
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
	x, err := report.TurnoverOf(r.view, s, p, store.Entries(ctx, a.opts.book, 0))
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
	add := func(name string, t report.Turnover) {
		c := t.Account.Commodity
		q := func(n ledger.Amount) any { return quantity(api.NewQuantity(n, c)) }
		full.add(name, string(c), q(max(t.Opening, 0)), q(max(-t.Opening, 0)), q(t.Debit), q(t.Credit), q(max(t.Closing(), 0)), q(max(-t.Closing(), 0)))
		short.add(name, string(c), q(t.Opening), q(t.Debit), q(t.Credit), q(t.Closing()))
	}
	for _, row := range x.Rows {
		wire.Rows = append(wire.Rows, newTurnoverRow(row))
		add(a.accountName(row.Account.ID, classes), row)
	}
	for _, sum := range x.Totals {
		wire.Totals = append(wire.Totals, newTurnoverRow(sum))
		add(a.say.T("cli.report.total"), sum)
	}
	text := a.reportText("trial_balance", x.Basis, a.periodLine(p), section{table: short}, section{title: a.say.T("cli.audit_report.signs")})
	return result{json: wire, lines: wire.Rows, table: full, text: text}, nil
}

// accountName is an account as people read it: its code, or the name of its class where rows are classes.
func (a *app) accountName(id ledger.AccountID, classes bool) string {
	switch {
	case id == report.Outside || id.Class() == ledger.Class(report.Outside):
		return a.say.T("cli.report.outside")
	case classes:
		return catalog.Name(a.say, "class", id.Class())
	}
	return string(id)
}
