package main

import (
	"context"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
	"aixin/ledger/report"
)

type (
	// stockTurn is one item on one shelf in a period, as programs read it.
	stockTurn struct {
		Shop     ledger.ShopID    `json:"shop"`
		Item     ledger.Commodity `json:"item"`
		Name     string           `json:"name"`
		Opening  ledger.Amount    `json:"opening"`
		Received ledger.Amount    `json:"received"`
		Returned ledger.Amount    `json:"returned"`
		Found    ledger.Amount    `json:"found"`
		Given    ledger.Amount    `json:"given"`
		Short    ledger.Amount    `json:"short"` // of given: it was not on the book's shelf
		Relieved ledger.Amount    `json:"relieved"`
		Scrapped ledger.Amount    `json:"written_off"`
		Lost     ledger.Amount    `json:"lost"`
		Closing  ledger.Amount    `json:"closing"`
	}

	// stockMove is a line of a stock card, as programs read it.
	stockMove struct {
		Entry   ledger.Index  `json:"entry"`
		On      ledger.Date   `json:"on"`
		Kind    ledger.Kind   `json:"kind"`
		In      ledger.Amount `json:"in"`
		Out     ledger.Amount `json:"out"`
		Balance ledger.Amount `json:"balance"`
	}
)

// stockPeriod lists what came onto the shelves and left them in a period.
func (a *app) stockPeriod(ctx context.Context, r *reader, s report.Scope, p report.Period) (result, error) {
	x, err := report.StockOf(r.view, s, p, r.moved(ctx, report.InDeliveries))
	if err != nil {
		return result{}, err
	}
	wire := struct {
		wireBasis
		Rows []stockTurn `json:"rows"`
	}{newWireBasis(x.Basis, p), []stockTurn{}}
	full := a.table("shop", "item", "title", "opening", "received", "pieces_back", "found", "given", "short", "relieved", "written_off", "lost", "closing")
	brief := a.table("shop", "item", "title", "opening", "received", "given", "closing", "short")
	for _, t := range x.Rows {
		wire.Rows = append(wire.Rows, stockTurn{
			t.Shop, t.Item, t.Name, t.Opening, t.Received, t.Returned, t.Found, t.Given, t.Short, t.Relieved, t.Scrapped, t.Lost, t.Closing(),
		})
		full.add(string(t.Shop), string(t.Item), t.Name, t.Opening, t.Received, t.Returned, t.Found, t.Given, t.Short, t.Relieved, t.Scrapped,
			t.Lost, sheet.Formula{Value: t.Closing(), Text: "SUM(D{row},E{row},F{row},G{row},I{row})-SUM(H{row},J{row},K{row},L{row})"})
		brief.add(string(t.Shop), string(t.Item), t.Name, t.Opening, t.In(), t.Out(), t.Closing(), t.Short)
	}
	text := a.reportText("stock", x.Basis, a.periodLine(p), section{table: brief}, section{title: a.say.T("cli.audit_report.pieces")})
	return result{json: wire, lines: wire.Rows, table: full, text: text}, nil
}

// stockCard is the card of one item of a shop.
func (a *app) stockCard(ctx context.Context, r *reader, shop ledger.ShopID, item ledger.Commodity, p report.Period) (result, error) {
	x, err := report.CardOf(r.view, shop, item, p, r.moved(ctx, report.InNone))
	if err != nil {
		return result{}, err
	}
	wire := struct {
		wireBasis
		Shop    ledger.ShopID    `json:"shop"`
		Item    ledger.Commodity `json:"item"`
		Opening ledger.Amount    `json:"opening"`
		Closing ledger.Amount    `json:"closing"`
		Moves   []stockMove      `json:"moves"`
	}{newWireBasis(x.Basis, p), shop, item, x.Opening, x.Closing, []stockMove{}}
	t := a.table("entry", "date", "what", "received", "given", "balance")
	t.add("", p.From.String(), a.say.T("cli.column.opening"), "", "", x.Opening)
	for _, m := range x.Moves {
		wire.Moves = append(wire.Moves, stockMove{m.Entry, m.On, m.Kind, m.In, m.Out, m.Balance})
		t.add(m.Entry, m.On.String(), catalog.Name(a.say, "kind", m.Kind), or(m.In, m.In > 0), or(m.Out, m.Out > 0),
			sheet.Formula{Value: m.Balance, Text: "SUM({above:F},D{row})-SUM(E{row})"})
	}
	t.add("", p.To.String(), a.say.T("cli.column.closing"), "", "", sheet.Formula{Value: x.Closing, Text: "SUM({above:F})"})
	head := section{title: a.say.T("cli.audit_report.card", catalog.Data{"Shop": string(shop), "Item": string(item)})}
	return result{json: wire, lines: wire.Moves, table: t, text: a.reportText("stock", x.Basis, head, a.periodLine(p), section{table: t})}, nil
}

// stockCardFlags choose the card of one item of one shop.
type stockCardFlags struct {
	shop ledger.ShopID
	item ledger.Commodity
}

func (f *stockCardFlags) add(a *app, cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.Var(newValue(&f.shop, parseShop, "SHOP"), "shop", a.say.T("cli.flag.card_shop"))
	fs.Var(newValue(&f.item, parseItem, "ITEM"), "item", a.say.T("cli.flag.card_item"))
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if (f.shop == "") != (f.item == "") {
			return required(cmd, "shop", "item")
		}
		return run(cmd, args)
	}
}

func (f *stockCardFlags) given() bool { return f.item != "" }

func parseShop(s string) (ledger.ShopID, error) {
	if !ledger.ShopID(s).Valid() {
		return "", faultCode("shop_code")
	}
	return ledger.ShopID(s), nil
}

func parseItem(s string) (ledger.Commodity, error) {
	if !ledger.Commodity(s).Goods() {
		return "", faultCode("item_code")
	}
	return ledger.Commodity(s), nil
}
