package main

import (
	"context"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
)

// This file is the one-time codes that the staff may type behind their PINs: how one begins with them, and how two persons end it for a third.

// totpRow is what became of somebody's one-time codes, as programs read it.
type totpRow struct {
	Staff   ledger.StaffID `json:"staff"`
	State   string         `json:"state"` // shown, on, asked or off
	Secret  string         `json:"secret,omitempty"`
	Address string         `json:"address,omitempty"`
}

func (a *app) staffTOTPCmd() *cobra.Command {
	var confirm, reset string
	cmd := a.imports(a.command("staff_totp", "totp [--confirm CODE | --reset STAFF]", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		if err := onlyOne(cmd, "confirm", "reset"); err != nil {
			return err
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			switch {
			case reset != "":
				return w.resetTOTP(ctx, ledger.StaffID(reset))
			case confirm != "":
				return w.confirmTOTP(ctx, confirm)
			}
			return w.newTOTP(ctx)
		})
	}))
	cmd.Flags().StringVar(&confirm, "confirm", "", a.say.T("cli.flag.totp_confirm"))
	cmd.Flags().StringVar(&reset, "reset", "", a.say.T("cli.flag.totp_reset"))
	return cmd
}

// newTOTP shows a secret, once. Whoever has one moves to another at the page, where the code of the one before is asked for: a session that
// somebody left open is no proof of it.
func (w *writer) newTOTP(ctx context.Context) error {
	if err := w.holds(ctx, api.TOTPRoles()...); err != nil {
		return err
	}
	has, err := w.people.HasTOTP(ctx, string(w.actor))
	if err == nil && has {
		err = &ledger.Rejection{Reason: ledger.AlreadyExists, Subject: string(w.actor)}
	}
	if err == nil && w.app.hosted != nil { // a session that somebody left open is no proof of who asks
		err = w.provePIN(ctx, w.app.env("AIXIN_CARD_PIN"))
	}
	if err != nil {
		return err
	}
	if w.app.opts.dryRun {
		return w.app.tried(totpRow{Staff: w.actor, State: "shown"})
	}
	secret, address, err := w.people.NewTOTP(ctx, w.ledger.Book().Origin, string(w.actor))
	if err != nil {
		return err
	}
	return w.tellTOTP(totpRow{w.actor, "shown", secret, address})
}

// provePIN looks at the PIN that came with a call. None is no wrong one, which would be counted: a program that sends none locks nobody out.
func (w *writer) provePIN(ctx context.Context, pin string) error {
	if pin == "" {
		return &ledger.Invalid{Fields: []ledger.Fault{{Field: "pin", Code: "required"}}}
	}
	return w.people.CheckPIN(ctx, string(w.actor), pin, atBook)
}

func (w *writer) confirmTOTP(ctx context.Context, code string) error {
	confirm := w.people.ConfirmTOTP
	if w.app.opts.dryRun {
		confirm = w.people.TryTOTP
	}
	if err := confirm(ctx, string(w.actor), code); err != nil {
		return err
	}
	return w.tellTOTP(totpRow{Staff: w.actor, State: "on"})
}

// resetTOTP asks for a reset, or agrees to it: an admin and another person who watches or keeps the people, neither of whom it is about.
func (w *writer) resetTOTP(ctx context.Context, id ledger.StaffID) error {
	if err := w.holds(ctx, ledger.Admin, ledger.Supervisor, ledger.Steward); err != nil {
		return err
	}
	if id == w.actor {
		return &ledger.Rejection{Reason: ledger.SamePerson, Subject: string(id)}
	}
	admin := w.holds(ctx, ledger.Admin)
	if admin != nil && !isRejection(ledger.NotPermitted)(admin) {
		return admin
	}
	reset := w.people.ResetTOTP
	if w.app.opts.dryRun {
		reset = w.people.TryResetTOTP
	}
	gone, err := reset(ctx, string(w.actor), string(id), admin == nil)
	if err != nil {
		return err
	}
	if gone {
		return w.tellTOTP(totpRow{Staff: id, State: "off"})
	}
	return w.tellTOTP(totpRow{Staff: id, State: "asked"})
}

func (w *writer) tellTOTP(row totpRow) error {
	if w.app.opts.dryRun {
		return w.app.tried(row)
	}
	again := totpRow{Staff: row.Staff, State: row.State}
	return w.app.show(result{json: row, text: func() string {
		return w.app.say.T("cli.totp."+row.State, catalog.Data{"Staff": string(row.Staff), "Secret": row.Secret, "Address": row.Address}) + "\n"
	}, again: &result{json: again, text: func() string { return "" }}})
}
