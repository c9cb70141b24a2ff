package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/ledger"
	"aixin/store"
)

// This file is the shelf and the counter: goods come in, go out for points, and come back.

func (a *app) receiveCmd() *cobra.Command {
	var do ledger.Receive
	var donor string
	var note *noteFlags
	cmd := a.overURL(a.writes(a.command("receive", "receive SHOP ITEM=QTY… --donor DONOR [--best-before DATE]", cobra.MinimumNArgs(2), func(cmd *cobra.Command, args []string) (err error) {
		do.Shop, do.Donor = ledger.ShopID(args[0]), ledger.DonorID(donor)
		if do.Lines, err = basket(args[1:]); err != nil {
			return err
		}
		if do.ReceiptTerms, err = note.terms(); err != nil {
			return err
		}
		return a.submit(cmd.Context(), &do)
	})))
	note = a.noteFlags(cmd)
	cmd.Flags().StringVar(&donor, "donor", "", a.say.T("cli.flag.donor"))
	cmd.Flags().Var(newValue(&do.BestBefore, parseDate, "DATE"), "best-before", a.say.T("cli.flag.best_before"))
	return cmd
}

func (a *app) redeemCmd() *cobra.Command {
	var do ledger.Redeem
	var shop string
	var voucher ledger.Amount
	var came came
	cmd := a.overURL(a.writes(a.command("redeem", "redeem VOLUNTEER|CARD --shop SHOP ITEM=QTY… [--slip N] [--by phone] [--proxy VOLUNTEER [--checked document,phone]] [--voucher N --date DATE]", cobra.MinimumNArgs(2), func(cmd *cobra.Command, args []string) (err error) {
		do.Shop, do.Slip, do.Proxy, do.Voucher = ledger.ShopID(shop), came.slip, came.proxy, int64(voucher)
		do.Checked = came.checks()
		if do.Lines, err = basket(args[1:]); err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			if w.server != nil {
				return w.redeemAtServer(ctx, &do, args[0], came)
			}
			if err := w.present(ctx, &do, args[0], came); err != nil {
				if err := w.recall(ctx, &do, came, err); err != nil {
					return err
				}
			}
			return w.redeem(ctx, &do)
		})
	})))
	cmd.Flags().StringVar(&shop, "shop", "", a.say.T("cli.flag.shop"))
	cmd.Flags().Var(newValue(&voucher, parseCount(ledger.MaxVoucherNumber, "voucher"), "N"), "voucher", a.say.T("cli.flag.voucher"))
	cmd.Flags().Var(newValue(&do.Happened, parseDate, "DATE"), "date", a.say.T("cli.flag.happened"))
	came.flags(a, cmd)
	return cmd
}

// present says whose exchange it is and how they were present, and checks their PIN where they entered it.
func (w *writer) present(ctx context.Context, do *ledger.Redeem, who string, came came) (err error) {
	if do.Volunteer, do.Presence, err = w.volunteer(ctx, who); err != nil {
		return err
	}
	do.Presence = came.presence(do.Presence)
	pin := w.app.env("AIXIN_CARD_PIN")
	if do.PIN = pin != ""; do.PIN {
		return w.people.CheckPIN(ctx, string(do.Volunteer), pin, atBook)
	}
	return nil
}

// recall says of an exchange whose card or PIN is refused whom it was about, where it stands under its key already.
func (w *writer) recall(ctx context.Context, do *ledger.Redeem, came came, why error) error {
	e, err := w.standing(ctx, do, why)
	if err != nil || do.Volunteer != "" {
		return err
	}
	if sold, ok := e.Sold(); ok {
		do.Volunteer = sold.Volunteer
	} else if no, ok := e.Body.(*ledger.Refusal); ok {
		do.Volunteer = no.Volunteer
	}
	do.Presence, do.PIN = came.presence(ledger.ByCard), w.app.env("AIXIN_CARD_PIN") != ""
	return nil
}

// standing returns what stands under the key of this write, where this actor asked for it: whatever is refused now, whoever repeats it is told
// that. Else the error is why it is refused. The book answers in turn, so that it has what it was asked before this try.
func (w *writer) standing(ctx context.Context, do ledger.Action, why error) (e ledger.Entry, err error) {
	if w.app.opts.key == "" {
		return e, why
	}
	c := ledger.Command{Key: w.key(), Actor: w.actor, Do: do}
	if _, err := w.ledger.DryRun(ctx, c); err != nil && !as[*ledger.Rejection](err) && !as[*ledger.Invalid](err) {
		return e, fmt.Errorf("%w: %w", store.ErrUnknown, err)
	}
	return e, w.view(ctx, func(v ledger.View) error {
		k, err := v.Key(c.Key)
		if isRejection(ledger.NotFound)(err) {
			return why
		}
		if err == nil {
			e, err = v.Entry(k.Index)
		}
		if err == nil && e.Actor != c.Actor {
			return why
		}
		return err
	})
}

// came is how somebody was present at the counter, as flags say it.
type came struct {
	slip, by string
	proxy    ledger.VolunteerID
	checked  []string
}

func (c *came) flags(a *app, cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.slip, "slip", "", a.say.T("cli.flag.slip"))
	cmd.Flags().StringVar(&c.by, "by", "", a.say.T("cli.flag.by"))
	cmd.Flags().StringVar((*string)(&c.proxy), "proxy", "", a.say.T("cli.flag.proxy"))
	cmd.Flags().StringSliceVar(&c.checked, "checked", nil, a.say.T("cli.flag.checked"))
}

// checks returns what was checked of who came for another.
func (c *came) checks() (list []ledger.Check) {
	for _, x := range c.checked {
		list = append(list, ledger.Check(x))
	}
	return list
}

// presence returns how they were present: as the card or number says, unless a flag says otherwise.
func (c *came) presence(shown ledger.Presence) ledger.Presence {
	switch {
	case c.proxy != "":
		return ledger.ByProxy
	case c.by != "":
		return ledger.Presence(c.by)
	}
	return shown
}

// redeem carries out a redemption and prints its receipt, with the day on which the next points lapse.
func (w *writer) redeem(ctx context.Context, do *ledger.Redeem) error {
	last, err := w.lastExchange(ctx, do.Volunteer)
	if err != nil {
		return err
	}
	answer, err := w.do(ctx, ledger.Command{Key: w.key(), Actor: w.actor, Do: do})
	if err != nil || do.Voucher != 0 { // a voucher waits, and nobody stands there
		return errors.Join(w.app.printReceipt(answer, err), err)
	}
	next := ""
	err = w.view(ctx, func(v ledger.View) error {
		if next, err = w.counterLines(v, answer, do); err != nil {
			return err
		}
		if !answer.Replayed { // else the last exchange is this one
			next += last
		}
		b, err := v.Balance(do.Volunteer)
		next += w.app.nextExpiry(api.NewBalance(b))
		return err
	})
	return errors.Join(err, w.app.show(result{
		json: answer, table: w.app.receiptTable(answer), text: func() string { return w.app.receiptText(answer) + next },
	}))
}

func (a *app) returnCmd() *cobra.Command {
	var reason string
	cmd := a.overURL(a.writes(a.command("return", "return RECEIPT [ITEM=QTY…] --reason REASON", cobra.MinimumNArgs(1), func(cmd *cobra.Command, args []string) error {
		sold, err := reference("RECEIPT", args[0])
		if err != nil {
			return err
		}
		lines, err := basket(args[1:])
		if err != nil {
			return err
		}
		return a.submit(cmd.Context(), &ledger.Return{Redemption: sold, Lines: lines, Reason: ledger.Reason(reason)})
	})))
	cmd.Flags().StringVar(&reason, "reason", "", a.reasonHelp())
	cmd.AddCommand(a.doneCmd("return", ledger.Returned))
	return cmd
}

func (a *app) transferCmd() *cobra.Command {
	return a.overURL(a.writes(a.command("transfer", "transfer FROM TO POINTS", cobra.ExactArgs(3), func(cmd *cobra.Command, args []string) error {
		points, err := parsePoints(args[2])
		if err != nil {
			return malformed("POINTS", "points")
		}
		return a.submit(cmd.Context(), &ledger.Transfer{From: ledger.VolunteerID(args[0]), To: ledger.VolunteerID(args[1]), Points: points})
	})))
}

func (a *app) reverseCmd() *cobra.Command {
	var reason string
	cmd := a.overURL(a.writes(a.command("reverse", "reverse ENTRY --reason REASON", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		i, err := reference("ENTRY", args[0])
		if err != nil {
			return err
		}
		return a.submit(cmd.Context(), &ledger.Reverse{Entry: i, Reason: ledger.Reason(reason)})
	})))
	cmd.Flags().StringVar(&reason, "reason", "", a.reasonHelp())
	return cmd
}
