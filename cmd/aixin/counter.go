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
	cmd := a.writes(a.command("receive", "receive SHOP ITEM=QTY… --donor DONOR [--best-before DATE]", cobra.MinimumNArgs(2), func(cmd *cobra.Command, args []string) (err error) {
		do.Shop, do.Donor = ledger.ShopID(args[0]), ledger.DonorID(donor)
		if do.Lines, err = basket(args[1:]); err != nil {
			return err
		}
		return a.submit(cmd.Context(), &do)
	}))
	cmd.Flags().StringVar(&donor, "donor", "", a.say.T("cli.flag.donor"))
	cmd.Flags().Var(newValue(&do.BestBefore, parseDate, "DATE"), "best-before", a.say.T("cli.flag.best_before"))
	return cmd
}

func (a *app) redeemCmd() *cobra.Command {
	var shop string
	cmd := a.writes(a.command("redeem", "redeem VOLUNTEER|CARD --shop SHOP ITEM=QTY…", cobra.MinimumNArgs(2), func(cmd *cobra.Command, args []string) error {
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
			return w.redeem(ctx, &ledger.Redeem{Volunteer: id, Shop: ledger.ShopID(shop), Lines: lines, Presence: presence})
		})
	}))
	cmd.Flags().StringVar(&shop, "shop", "", a.say.T("cli.flag.shop"))
	return cmd
}

// redeem carries out a redemption and prints its receipt, with the day on which the next points lapse.
func (w *writer) redeem(ctx context.Context, do *ledger.Redeem) error {
	answer, err := w.do(ctx, ledger.Command{Key: w.key(), Actor: w.actor, Do: do})
	if err != nil {
		return errors.Join(w.app.printReceipt(answer, err), err)
	}
	next := ""
	err = w.view(ctx, func(v ledger.View) error {
		b, err := v.Balance(do.Volunteer)
		if err == nil && len(b.Lots) > 0 && b.Lots[0].Expires != 0 {
			next = w.app.say.T("cli.receipt.next_expiry", catalog.Data{
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

// runCmd posts the expiry of every lapsed lot. A second run of the day finds nothing and writes nothing.
func (a *app) runCmd() *cobra.Command {
	return a.writes(a.command("run", "run", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			if err := w.holds(ctx, ledger.Steward); err != nil {
				return err
			}
			granted, err := w.grantBases(ctx)
			if err != nil {
				return err
			}
			lapsed, err := w.lapsed(ctx)
			if err != nil {
				return err
			}
			return w.expire(ctx, lapsed, granted)
		})
	}))
}

// lapsed lists who has points past their date.
func (w *writer) lapsed(ctx context.Context) (who []ledger.Balance, err error) {
	err = w.view(ctx, func(v ledger.View) error {
		for vol, err := range v.Volunteers() {
			if err != nil {
				return err
			}
			b, err := v.Balance(vol.Volunteer)
			if err != nil {
				return err
			}
			if b.Lapsed > 0 {
				who = append(who, b)
			}
		}
		return nil
	})
	return who, err
}

func (w *writer) expire(ctx context.Context, lapsed []ledger.Balance, granted int) error {
	type row struct {
		Volunteer ledger.VolunteerID `json:"volunteer"`
		Points    string             `json:"points"`
		Index     *ledger.Index      `json:"index,omitempty"`
	}
	rows, t := []row{}, w.app.table("volunteer", "expired", "entry")
	for _, b := range lapsed {
		key := newKey()
		if w.app.opts.key != "" {
			key = ledger.Key(w.app.opts.key + "/" + string(b.Volunteer))
		}
		answer, err := w.do(ctx, ledger.Command{Key: key, Actor: w.actor, Do: &ledger.Expire{Volunteer: b.Volunteer}})
		if err != nil {
			return err
		}
		rows = append(rows, row{b.Volunteer, ledger.FormatPoints(b.Lapsed), answer.Index})
		entry := any("")
		if answer.Index != nil {
			entry = *answer.Index
		}
		t.add(string(b.Volunteer), ledger.FormatPoints(b.Lapsed), entry)
	}
	res := result{json: rows, table: t}
	said := ""
	if granted > 0 {
		said = w.app.say.T("cli.run.bases", catalog.Data{"Count": granted}) + "\n"
	}
	switch {
	case len(rows) == 0 && granted == 0:
		res.text = func() string { return w.app.say.T("cli.run.nothing", catalog.Data{}) + "\n" }
	case len(rows) == 0:
		res.text = func() string { return said }
	case granted > 0:
		w.app.complain("%s", said)
	}
	return w.app.show(res)
}
