package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
)

// This file is the counter's day: opened, closed by a numbered report, and an exchange undone while the volunteer still stands
// there.

func (a *app) openCmd() *cobra.Command {
	return a.writes(a.command("open", "open SHOP", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.submit(cmd.Context(), &ledger.OpenCounter{Shop: ledger.ShopID(args[0])})
	}))
}

func (a *app) undoCmd() *cobra.Command {
	return a.overURL(a.writes(a.command("undo", "undo RECEIPT", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		sold, err := reference("RECEIPT", args[0])
		if err != nil {
			return err
		}
		return a.submit(cmd.Context(), &ledger.Undo{Redemption: sold})
	})))
}

// closeCmd closes the day, and prints its report under the receipt.
func (a *app) closeCmd() *cobra.Command {
	return a.writes(a.command("close", "close SHOP", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			shop := ledger.ShopID(args[0])
			answer, err := w.do(ctx, ledger.Command{Key: w.key(), Actor: w.actor, Do: &ledger.CloseCounter{Shop: shop}})
			if err != nil || answer.Index == nil {
				return errors.Join(a.printReceipt(answer, err), err)
			}
			said := ""
			err = w.view(ctx, func(v ledger.View) error {
				e, err := v.Entry(*answer.Index)
				if body, ok := e.Body.(*ledger.CounterClose); ok {
					said = a.closeText(api.NewCounterClose(e, body))
				}
				return err
			})
			return errors.Join(err, a.show(result{
				json: answer, table: a.receiptTable(answer), text: func() string { return a.receiptText(answer) + said },
			}))
		})
	}))
}

// closeReport prints the report of a closed day again.
func (a *app) closeReport() *cobra.Command {
	var number ledger.Amount
	cmd := a.reads(a.command("report_close", "close SHOP [--number N]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		shop := ledger.ShopID(args[0])
		if !shop.Valid() {
			return malformed("SHOP", "shop_code")
		}
		return a.read(cmd.Context(), func(_ context.Context, r *reader) (result, error) {
			e, body, err := r.view.Close(shop, int64(number))
			if err != nil {
				return result{}, err
			}
			wire := api.NewCounterClose(e, body)
			return result{json: wire, table: a.closeTable(wire), text: func() string { return a.mark() + a.closeText(wire) }}, nil
		})
	}))
	cmd.Flags().Var(newValue(&number, parseCount(1_000_000, "positive"), "N"), "number", a.say.T("cli.flag.close_number"))
	return cmd
}

// closeTable lists the items of a close, and below them what the clerks did.
func (a *app) closeTable(z api.CounterClose) *table {
	t := a.table("shop", "close_number", "item", "clerk", "exchanges", "given", "points", "back", "points_back", "short",
		"written_off", "relieved", "lost", "found")
	for _, i := range z.Items {
		t.add(string(z.Shop), z.Number, string(i.Item), "", "", i.Pieces, sheet.Points(i.Points), i.Back, sheet.Points(i.BackPoints), i.Short,
			i.WrittenOff, i.Relieved, i.Lost, i.Found)
	}
	for _, c := range z.Clerks {
		t.add(string(z.Shop), z.Number, "", string(c.Clerk), c.Exchanges, "", sheet.Points(c.Points), c.Undone, "", "", "", "", "", "")
	}
	return t
}

// closeText is a close as it is pinned up.
func (a *app) closeText(z api.CounterClose) string {
	var b strings.Builder
	line := func(id string, data catalog.Data) { b.WriteString(a.say.T("cli.close."+id, data) + "\n") }
	line("head", catalog.Data{"Shop": string(z.Shop), "Number": z.Number, "On": z.On.String(), "Clerk": string(z.Clerk), "Entry": int64(z.Entry)})
	line("covers", catalog.Data{"From": int64(z.From), "Through": int64(z.Through)})
	if z.Previous != 0 {
		line("chain", catalog.Data{"Previous": int64(z.Previous), "Leaf": z.Leaf})
	}
	line("went", catalog.Data{"Exchanges": z.Exchanges, "Points": z.Points.String()})
	line("came", catalog.Data{"Undone": z.Undone, "Returns": z.Returns, "Points": z.BackPoints.String()})
	if len(z.Vouchers) > 0 {
		line("vouchers", catalog.Data{"Numbers": numberList(z.Vouchers)})
	}
	if len(z.Missing) > 0 {
		line("missing", catalog.Data{"Numbers": numberList(z.Missing)})
	}
	items, clerks := a.table("item", "given", "points", "back", "points_back", "short"), a.table("clerk", "exchanges", "points", "undone")
	otherwise := a.table("item", "written_off", "relieved", "lost", "found")
	for _, i := range z.Items {
		items.add(string(i.Item), i.Pieces, sheet.Points(i.Points), i.Back, sheet.Points(i.BackPoints), i.Short)
		if i.WrittenOff != 0 || i.Relieved != 0 || i.Lost != 0 || i.Found != 0 {
			otherwise.add(string(i.Item), i.WrittenOff, i.Relieved, i.Lost, i.Found)
		}
	}
	for _, c := range z.Clerks {
		clerks.add(string(c.Clerk), c.Exchanges, sheet.Points(c.Points), c.Undone)
	}
	for _, t := range []*table{items, otherwise, clerks} {
		if len(t.rows) == 0 {
			continue
		}
		if err := t.writeText(&b); err != nil {
			return err.Error()
		}
	}
	return b.String()
}

// lastExchange says what a volunteer exchanged before, for the receipt of the next.
func (w *writer) lastExchange(ctx context.Context, id ledger.VolunteerID) (said string, err error) {
	err = w.view(ctx, func(v ledger.View) error {
		who, err := v.Volunteer(id)
		if err != nil || who.Last == 0 {
			return nil //nolint:nilerr // who does not exist is told by the answer
		}
		e, err := v.Entry(who.Last)
		if err != nil {
			return err
		}
		after, err := v.After(who.Last)
		if x, ok := e.Sold(); ok {
			id := "cli.receipt.last"
			if after.Reversed != 0 {
				id = "cli.receipt.last_undone"
			}
			said = w.app.say.T(id, catalog.Data{"On": e.On.String(), "Receipt": api.ReceiptNumber(e.Index), "Items": lineList(x.Lines)}) + "\n"
		}
		return err
	})
	return said, err
}

// counterLines says to which day at the counter a receipt belongs, and how the volunteer was present.
func (w *writer) counterLines(v ledger.View, answer api.Receipt, do *ledger.Redeem) (string, error) {
	said := w.app.say.T("cli.receipt.presence", catalog.Data{"Presence": catalog.Name(w.app.say, "presence", do.Presence)})
	switch {
	case do.Proxy != "":
		said += " " + string(do.Proxy)
		if len(do.Checked) > 0 {
			said += "\n" + w.app.say.T("cli.receipt.checked", catalog.Data{"Checks": catalog.Names(w.app.say, "check", do.Checked)})
		}
	case do.Slip != "":
		said += " " + do.Slip
	}
	if answer.Index == nil {
		return said + "\n", nil
	}
	number, err := v.DayNumber(do.Shop, *answer.Index)
	if err != nil || number == 0 { // a book of the first format has no days at a counter
		return said + "\n", err
	}
	return w.app.say.T("cli.receipt.day", catalog.Data{"Shop": string(do.Shop), "Number": number}) + "\n" + said + "\n", err
}

// proxyCmd declares who may fetch goods for a volunteer, and without a proxy lists them.
func (a *app) proxyCmd() *cobra.Command {
	var relation string
	var ended bool
	set := a.writes(a.command("proxy_set", "set VOLUNTEER PROXY --relation RELATION [--ended]", cobra.ExactArgs(2), func(cmd *cobra.Command, args []string) error {
		return a.submit(cmd.Context(), &ledger.SetProxy{
			Volunteer: ledger.VolunteerID(args[0]), Proxy: ledger.VolunteerID(args[1]), Relation: ledger.Relation(relation), Ended: ended,
		})
	}))
	set.Flags().StringVar(&relation, "relation", "", a.say.T("cli.flag.relation"))
	set.Flags().BoolVar(&ended, "ended", false, a.say.T("cli.flag.ended"))
	list := a.reads(a.command("proxy_list", "list VOLUNTEER", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.read(cmd.Context(), func(_ context.Context, r *reader) (result, error) {
			type row struct {
				Proxy    ledger.VolunteerID `json:"proxy"`
				Relation ledger.Relation    `json:"relation"`
			}
			v, err := r.view.Volunteer(ledger.VolunteerID(args[0]))
			if err != nil {
				return result{}, err
			}
			f, err := r.view.Proxies(v.Volunteer)
			rows, t := []row{}, a.table("proxy", "relation")
			for _, p := range f.List {
				rows = append(rows, row{p.Proxy, p.Relation})
				t.add(string(p.Proxy), catalog.Name(a.say, "relation", p.Relation))
			}
			return result{json: rows, table: t}, err
		})
	}))
	return a.parent("proxy", "proxy", set, list)
}
