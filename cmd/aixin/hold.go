package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
)

// This file sets goods and points aside, hands them out, and gives them free again.

func (a *app) holdCmd() *cobra.Command {
	var do ledger.Hold
	var shop string
	cmd := a.overURL(a.writes(a.command("hold", "hold VOLUNTEER|CARD --shop SHOP ITEM=QTY… [--until DATE]", cobra.MinimumNArgs(2), func(cmd *cobra.Command, args []string) (err error) {
		do.Shop = ledger.ShopID(shop)
		if do.Lines, err = basket(args[1:]); err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			if do.Volunteer, _, err = w.volunteer(ctx, args[0]); err != nil {
				return err
			}
			return w.hold(ctx, &do)
		})
	})))
	cmd.Flags().StringVar(&shop, "shop", "", a.say.T("cli.flag.shop"))
	cmd.Flags().Var(newValue(&do.Until, parseDate, "DATE"), "until", a.say.T("cli.flag.hold_until"))
	cmd.AddCommand(a.holdListCmd())
	return cmd
}

// hold carries out a hold and says until when it lasts.
func (w *writer) hold(ctx context.Context, do *ledger.Hold) error {
	answer, err := w.do(ctx, ledger.Command{Key: w.key(), Actor: w.actor, Do: do})
	if err != nil || answer.Index == nil {
		return errors.Join(w.app.printReceipt(answer, err), err)
	}
	until := w.app.say.T("cli.hold.until", catalog.Data{"Index": int64(*answer.Index), "Date": answer.Until.String()}) + "\n"
	return w.app.show(result{
		json: answer, table: w.app.receiptTable(answer), text: func() string { return w.app.receiptText(answer) + until },
	})
}

func (a *app) settleCmd() *cobra.Command {
	var card string
	var came came
	cmd := a.writes(a.command("settle", "settle REF [ITEM=QTY…] [--card CARD] [--slip N] [--by phone] [--proxy VOLUNTEER [--checked document,phone]]", cobra.MinimumNArgs(1), func(cmd *cobra.Command, args []string) error {
		i, err := reference("REF", args[0])
		if err != nil {
			return err
		}
		lines, err := basket(args[1:])
		if err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			do := &ledger.Settle{Hold: i, Lines: lines, Slip: came.slip, Proxy: came.proxy, PIN: a.env("AIXIN_CARD_PIN") != "", Checked: came.checks()}
			return w.settle(ctx, do, card, &came)
		})
	}))
	cmd.Flags().StringVar(&card, "card", "", a.say.T("cli.flag.hold_card"))
	came.flags(a, cmd)
	return cmd
}

// settle hands out a hold. A card must be that of whoever the goods are held for, and so must a PIN.
func (w *writer) settle(ctx context.Context, do *ledger.Settle, card string, came *came) error {
	var h ledger.HoldFact
	err := w.view(ctx, func(v ledger.View) (err error) {
		h, err = v.Hold(do.Hold)
		return err
	})
	if err != nil {
		return err
	}
	shown, why := w.holder(ctx, h.Volunteer, card)
	do.Presence = came.presence(shown)
	if why != nil {
		if _, err := w.standing(ctx, do, why); err != nil {
			return err
		}
	}
	return w.submit(ctx, do)
}

// holder says how whoever the goods are held for was present; the error is why their card or PIN is not theirs.
func (w *writer) holder(ctx context.Context, of ledger.VolunteerID, card string) (shown ledger.Presence, err error) {
	shown = ledger.ByTyped
	if card != "" {
		id, by, err := w.volunteer(ctx, card)
		if err == nil && id != of {
			err = malformed("--card", "hold_card")
		}
		if shown = by; err != nil {
			return shown, err
		}
	}
	if pin := w.app.env("AIXIN_CARD_PIN"); pin != "" {
		err = w.people.CheckPIN(ctx, string(of), pin, atBook)
	}
	return shown, err
}

func (a *app) releaseCmd() *cobra.Command {
	reason := string(ledger.OwnRequest)
	cmd := a.overURL(a.writes(a.command("release", "release REF [--reason REASON]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		i, err := reference("REF", args[0])
		if err != nil {
			return err
		}
		return a.submit(cmd.Context(), &ledger.Release{Hold: i, Reason: ledger.Reason(reason)})
	})))
	cmd.Flags().StringVar(&reason, "reason", reason, a.reasonHelp())
	return cmd
}

// holdRow is a hold as programs read it.
type holdRow struct {
	Hold      ledger.Index       `json:"hold"`
	State     ledger.HoldState   `json:"state"`
	Volunteer ledger.VolunteerID `json:"volunteer"`
	Shop      ledger.ShopID      `json:"shop"`
	On        ledger.Date        `json:"on"`
	Ends      ledger.Date        `json:"ends"` // its last day
	Items     []api.Item         `json:"items"`
	Points    api.Points         `json:"points"`
	Closed    ledger.Index       `json:"closed_by,omitempty"`
}

func newHoldRow(h ledger.HoldFact) holdRow {
	row := holdRow{
		Hold: h.Index, State: h.State, Volunteer: h.Volunteer, Shop: h.Shop, On: h.On, Ends: h.Ends, Items: []api.Item{}, Closed: h.Closed,
	}
	for _, l := range h.Lines {
		row.Items = append(row.Items, api.Item{Item: l.Item, Pieces: l.Pieces, Points: api.Points(l.Points)})
		row.Points += api.Points(l.Points)
	}
	return row
}

// what says the goods in a cell.
func (r holdRow) what() string {
	parts := make([]string, len(r.Items))
	for i, l := range r.Items {
		parts[i] = fmt.Sprintf("%s×%d", l.Item, l.Pieces)
	}
	return strings.Join(parts, " ")
}

func (a *app) holdListCmd() *cobra.Command {
	var every bool
	var shop ledger.ShopID
	cmd := a.reads(a.command("hold_list", "list [VOLUNTEER] [--shop SHOP] [--all]", cobra.MaximumNArgs(1), func(cmd *cobra.Command, args []string) (err error) {
		of := ledger.VolunteerID("")
		if len(args) > 0 {
			if of, err = volunteerNumber(args[0]); err != nil {
				return err
			}
		}
		return a.read(cmd.Context(), func(_ context.Context, r *reader) (result, error) { return r.holds(of, shop, every) })
	}))
	cmd.Flags().Var(newValue(&shop, parseShop, "SHOP"), "shop", a.say.T("cli.flag.shop"))
	cmd.Flags().BoolVar(&every, "all", false, a.say.T("cli.flag.hold_all"))
	return cmd
}

// holds lists the open holds, or every one: of a volunteer, at a shop, or of all.
func (r *reader) holds(of ledger.VolunteerID, at ledger.ShopID, every bool) (result, error) {
	if at != "" {
		if _, err := r.view.Shop(at); err != nil {
			return result{}, err
		}
	}
	if of != "" {
		if _, err := r.view.Volunteer(of); err != nil {
			return result{}, err
		}
	}
	rows, t := []holdRow{}, r.app.table("hold", "volunteer", "shop", "expires", "held_items", "points", "hold_state")
	for h, err := range r.view.Holds() {
		if err != nil {
			return result{}, err
		}
		if (of != "" && h.Volunteer != of) || (at != "" && h.Shop != at) || (!every && h.State != ledger.HoldOpen) {
			continue
		}
		row := newHoldRow(h)
		rows = append(rows, row)
		t.add(row.Hold, string(row.Volunteer), string(row.Shop), row.Ends.String(), row.what(), sheet.Points(row.Points),
			catalog.Name(r.app.say, "hold_state", row.State))
	}
	res := result{json: rows, table: t}
	if len(rows) == 0 {
		res.text = func() string { return r.app.say.T("cli.hold.none") + "\n" }
	}
	return res, nil
}
