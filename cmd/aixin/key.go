package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/person"
)

// This file is the keys by which other systems sign in. A system has a staff number of its own, whose roles say what it may do.

func (a *app) keyCmd() *cobra.Command {
	return a.parent("key", "key", a.keyAddCmd(), a.keyListCmd(), a.keyRevokeCmd())
}

// keyRow is a key as programs read it.
type keyRow struct {
	person.SystemKey
	Key string `json:"key,omitempty"` // its text, shown once
}

func (a *app) keyAddCmd() *cobra.Command {
	var scopes []string
	var until ledger.Date
	cmd := a.asks(a.command("key_add", "add STAFF --scope SCOPE[,SCOPE] [--until DATE]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		if err := required(cmd, "scope"); err != nil {
			return err
		}
		for _, s := range scopes {
			if !api.ValidKeyScope(s) {
				return &usageError{id: "key_scope", data: catalog.Data{"Nouns": nounLines()}}
			}
		}
		if !ledger.StaffID(args[0]).Valid() {
			return malformed("STAFF", "staff_number")
		}
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			return w.addKey(ctx, person.SystemKey{Staff: args[0], Scopes: scopes}, until)
		})
	}))
	cmd.Flags().StringSliceVar(&scopes, "scope", nil, a.say.T("cli.flag.key_scope"))
	cmd.Flags().Var(newValue(&until, parseDate, "DATE"), "until", a.say.T("cli.flag.key_until"))
	return cmd
}

// nounLines lists what a scope may name, in lines that fit a terminal.
func nounLines() string {
	var b strings.Builder
	at := terminalWidth
	for _, noun := range api.KeyNouns() {
		if at += len(noun) + 1; at >= terminalWidth {
			b.WriteString("\n ")
			at = len(noun) + 2
		}
		b.WriteString(" " + noun)
	}
	return b.String()
}

// addKey makes a key of a system that has a staff number, and prints its text once.
func (w *writer) addKey(ctx context.Context, k person.SystemKey, until ledger.Date) error {
	if err := w.holds(ctx, ledger.Admin); err != nil {
		return err
	}
	if err := w.oneHand(ctx, k); err != nil {
		return err
	}
	if until != 0 {
		zone, err := w.ledger.Book().Location()
		if err != nil {
			return err
		}
		k.Until = midnight(until.AddDays(1), zone).UTC()
	}
	k.MadeBy = string(w.actor)
	made, text, err := w.people.NewSystemKey(ctx, k)
	if err != nil {
		return err
	}
	return w.app.show(result{json: keyRow{made, text}, table: w.app.keyTable([]person.SystemKey{made}), text: func() string {
		return w.app.say.T("cli.key.once", catalog.Data{"ID": made.ID, "Staff": made.Staff, "Key": text}) + "\n"
	}})
}

// oneHand refuses a key by which one admin could sign for two: who makes keys sees them all. A key that was ended counts too, since what
// was asked for by it may still wait.
func (w *writer) oneHand(ctx context.Context, k person.SystemKey) error {
	made, err := w.people.SystemKeys(ctx)
	if err != nil {
		return err
	}
	return w.view(ctx, func(v ledger.View) error {
		who, err := v.Staff(ledger.StaffID(k.Staff))
		if err != nil {
			return err
		}
		for _, other := range made {
			if other.MadeBy != string(w.actor) || other.Staff == k.Staff || !api.KeyEnters(other) || !api.KeyEnters(k) {
				continue
			}
			if k.Signs() || other.Signs() {
				return &ledger.Rejection{Reason: ledger.SamePerson, Subject: other.Staff}
			}
			there, err := v.Staff(ledger.StaffID(other.Staff))
			if err != nil {
				return err
			}
			if err := ledger.Apart(who.RolesOn(v.On()), there.RolesOn(v.On())); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *app) keyListCmd() *cobra.Command {
	return a.asks(a.command("key_list", "list", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			if err := w.holds(ctx, ledger.Admin, ledger.Auditor); err != nil {
				return err
			}
			list, err := w.people.SystemKeys(ctx)
			if err != nil {
				return err
			}
			rows := make([]keyRow, 0, len(list))
			for _, k := range list {
				rows = append(rows, keyRow{SystemKey: k})
			}
			return a.show(result{json: rows, table: a.keyTable(list)})
		})
	}))
}

func (a *app) keyRevokeCmd() *cobra.Command {
	return a.asks(a.command("key_revoke", "revoke ID", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			if err := w.holds(ctx, ledger.Admin); err != nil {
				return err
			}
			k, err := w.people.RevokeSystemKey(ctx, args[0])
			if err != nil {
				return err
			}
			return a.show(result{json: keyRow{SystemKey: k}, table: a.keyTable([]person.SystemKey{k})})
		})
	}))
}

func (a *app) keyTable(list []person.SystemKey) *table {
	t := a.table("system_key", "staff", "scopes", "since", "until")
	for _, k := range list {
		until := k.Until
		if !k.Revoked.IsZero() {
			until = k.Revoked
		}
		end := ""
		if !until.IsZero() {
			end = until.Format(time.RFC3339)
		}
		t.add(k.ID, k.Staff, strings.Join(k.Scopes, " "), k.At.Format(time.RFC3339), end)
	}
	return t
}
