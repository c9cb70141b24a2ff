package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/store/registry"
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
	cmd := a.imports(a.command("key_add", "add STAFF --scope SCOPE[,SCOPE] [--until DATE]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
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
	if w.app.opts.dryRun {
		k.At = w.app.clock().UTC()
		return w.app.tried(keyRow{SystemKey: k})
	}
	under := ledger.Key("")
	if w.app.hosted != nil {
		under = w.app.hosted.call.Key
	}
	made, text, err := w.people.NewSystemKey(ctx, k, under)
	if err != nil {
		return err
	}
	r := w.app.keyResult(made)
	if text == "" { // it was made before, by a call that was cut off
		w.app.complain("%s\n", w.app.say.T("cli.again"))
		return w.app.show(r)
	}
	r.again = new(w.app.keyResult(made))
	r.json, r.text = keyRow{made, text}, func() string {
		return w.app.say.T("cli.key.once", catalog.Data{"ID": made.ID, "Staff": made.Staff, "Key": text}) + "\n"
	}
	return w.app.show(r)
}

// keyResult shows a key without its text.
func (a *app) keyResult(k person.SystemKey) result {
	return result{json: keyRow{SystemKey: k}, table: a.keyTable([]person.SystemKey{k})}
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
	return a.imports(a.command("key_revoke", "revoke ID", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.write(cmd.Context(), func(ctx context.Context, w *writer) error {
			if err := w.holds(ctx, ledger.Admin); err != nil {
				return err
			}
			if a.opts.dryRun {
				return w.tryRevoke(ctx, args[0])
			}
			k, err := w.people.RevokeSystemKey(ctx, args[0])
			if is(registry.ErrNotFound)(err) {
				err = noKey(args[0])
			}
			if err != nil {
				return err
			}
			return a.show(a.keyResult(k))
		})
	}))
}

// noKey says that there is no such key of a system.
func noKey(id string) error { return &ledger.Rejection{Reason: ledger.NotFound, Subject: id} }

// tryRevoke says which key would end.
func (w *writer) tryRevoke(ctx context.Context, id string) error {
	made, err := w.people.SystemKeys(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(made, func(k person.SystemKey) bool { return k.ID == id })
	if i < 0 {
		return noKey(id)
	}
	return w.app.tried(keyRow{SystemKey: made[i]})
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
