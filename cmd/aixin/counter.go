package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger"
)

// This file is the shelf and the counter: goods come in, go out for points, and come back.

func (a *app) receiveCmd() *cobra.Command {
	var do ledger.Receive
	var donor string
	var note *noteFlags
	cmd := a.writes(a.command("receive", "receive SHOP ITEM=QTY… --donor DONOR [--best-before DATE]", cobra.MinimumNArgs(2), func(cmd *cobra.Command, args []string) (err error) {
		do.Shop, do.Donor = ledger.ShopID(args[0]), ledger.DonorID(donor)
		if do.Lines, err = basket(args[1:]); err != nil {
			return err
		}
		if do.ReceiptTerms, err = note.terms(); err != nil {
			return err
		}
		return a.submit(cmd.Context(), &do)
	}))
	note = a.noteFlags(cmd)
	cmd.Flags().StringVar(&donor, "donor", "", a.say.T("cli.flag.donor"))
	cmd.Flags().Var(newValue(&do.BestBefore, parseDate, "DATE"), "best-before", a.say.T("cli.flag.best_before"))
	return cmd
}

func (a *app) redeemCmd() *cobra.Command {
	var shop, by, proxy, slip string
	cmd := a.writes(a.command("redeem", "redeem VOLUNTEER|CARD --shop SHOP ITEM=QTY… [--slip N] [--by phone] [--proxy VOLUNTEER]", cobra.MinimumNArgs(2), func(cmd *cobra.Command, args []string) error {
		lines, err := basket(args[1:])
		if err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			id, presence, err := w.volunteer(ctx, args[0])
			if err != nil {
				return err
			}
			if pin := a.env("AIXIN_CARD_PIN"); pin != "" {
				if err := w.people.CheckPIN(ctx, string(id), pin); err != nil {
					return err
				}
			}
			do := &ledger.Redeem{
				Volunteer: id, Shop: ledger.ShopID(shop), Lines: lines, Presence: presence, Slip: slip, Proxy: ledger.VolunteerID(proxy),
				PIN: a.env("AIXIN_CARD_PIN") != "",
			}
			switch {
			case do.Proxy != "":
				do.Presence = ledger.ByProxy
			case by != "":
				do.Presence = ledger.Presence(by)
			}
			return w.redeem(ctx, do)
		})
	}))
	cmd.Flags().StringVar(&shop, "shop", "", a.say.T("cli.flag.shop"))
	cmd.Flags().StringVar(&slip, "slip", "", a.say.T("cli.flag.slip"))
	cmd.Flags().StringVar(&by, "by", "", a.say.T("cli.flag.by"))
	cmd.Flags().StringVar(&proxy, "proxy", "", a.say.T("cli.flag.proxy"))
	return cmd
}

// redeem carries out a redemption and prints its receipt, with the day on which the next points lapse.
func (w *writer) redeem(ctx context.Context, do *ledger.Redeem) error {
	last, err := w.lastExchange(ctx, do.Volunteer)
	if err != nil {
		return err
	}
	answer, err := w.do(ctx, ledger.Command{Key: w.key(), Actor: w.actor, Do: do})
	if err != nil {
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
		if err == nil && len(b.Lots) > 0 && b.Lots[0].Expires != 0 {
			next += w.app.say.T("cli.receipt.next_expiry", catalog.Data{
				"Points": ledger.FormatPoints(b.Lots[0].Left), "Date": b.Lots[0].Expires.String(),
			}) + "\n"
		}
		return err
	})
	return errors.Join(err, w.app.show(result{
		json: answer, table: w.app.receiptTable(answer), text: func() string { return w.app.receiptText(answer) + next },
	}))
}

func (a *app) returnCmd() *cobra.Command {
	var reason string
	cmd := a.writes(a.command("return", "return RECEIPT [ITEM=QTY…] --reason REASON", cobra.MinimumNArgs(1), func(cmd *cobra.Command, args []string) error {
		sold, err := reference("RECEIPT", args[0])
		if err != nil {
			return err
		}
		lines, err := basket(args[1:])
		if err != nil {
			return err
		}
		return a.submit(cmd.Context(), &ledger.Return{Redemption: sold, Lines: lines, Reason: ledger.Reason(reason)})
	}))
	cmd.Flags().StringVar(&reason, "reason", "", a.reasonHelp())
	return cmd
}

func (a *app) transferCmd() *cobra.Command {
	return a.writes(a.command("transfer", "transfer FROM TO POINTS", cobra.ExactArgs(3), func(cmd *cobra.Command, args []string) error {
		points, err := parsePoints(args[2])
		if err != nil {
			return malformed("POINTS", "points")
		}
		return a.submit(cmd.Context(), &ledger.Transfer{From: ledger.VolunteerID(args[0]), To: ledger.VolunteerID(args[1]), Points: points})
	}))
}

func (a *app) reverseCmd() *cobra.Command {
	var reason string
	cmd := a.writes(a.command("reverse", "reverse ENTRY --reason REASON", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		i, err := reference("ENTRY", args[0])
		if err != nil {
			return err
		}
		return a.submit(cmd.Context(), &ledger.Reverse{Entry: i, Reason: ledger.Reason(reason)})
	}))
	cmd.Flags().StringVar(&reason, "reason", "", a.reasonHelp())
	return cmd
}
