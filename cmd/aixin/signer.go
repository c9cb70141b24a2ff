package main

import (
	"math"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/store"
)

// This file gives the key that signs the book its place to another one, and follows the keys from one to the next.

func (a *app) signerCmd() *cobra.Command {
	return a.parent("signer", "signer", a.signerNewCmd(), a.signerSetCmd(), a.signerListCmd(), a.signerSM2Cmd())
}

// signerNewCmd makes the key that may sign next. Whoever holds the directory may: it signs nothing until two persons let it.
func (a *app) signerNewCmd() *cobra.Command {
	return a.command("signer_new", "new", cobra.NoArgs, func(*cobra.Command, []string) error {
		public, err := store.NextKey(a.opts.book)
		if err != nil {
			return err
		}
		return a.show(result{json: map[string]string{"public_key": public}, text: func() string {
			return a.say.T("cli.signer.new") + "\n" + public + "\n"
		}})
	})
}

// signerSM2Cmd makes the key by which the book signs once more. Whoever holds the directory may: it replaces no other.
func (a *app) signerSM2Cmd() *cobra.Command {
	return a.command("signer_sm2", "sm2", cobra.NoArgs, func(*cobra.Command, []string) error {
		public, err := store.SecondKey(a.opts.book)
		if err != nil {
			return err
		}
		return a.show(result{json: map[string]string{"public_key": public}, text: func() string {
			return a.say.T("cli.signer.sm2") + "\n" + public + "\n"
		}})
	})
}

func (a *app) signerSetCmd() *cobra.Command {
	return a.writes(a.command("signer_set", "set KEY", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.submit(cmd.Context(), &ledger.RotateKey{PublicKey: args[0]})
	}))
}

// signerRow is a key as programs read it.
type signerRow struct {
	PublicKey string        `json:"public_key"`
	Entry     *ledger.Index `json:"entry,omitempty"` // that let it sign; absent for those of the beginning
	From      ledger.Index  `json:"from"`            // entries in the smallest head that it may sign
	Until     *ledger.Index `json:"until,omitempty"` // and in the largest; absent for the one that signs now
}

func (a *app) signerListCmd() *cobra.Command {
	return a.command("signer_list", "list", cobra.NoArgs, func(*cobra.Command, []string) error {
		info, err := store.ReadBook(a.opts.book)
		if err != nil {
			return err
		}
		keys, err := info.Verifiers()
		if err != nil {
			return err
		}
		rows := signersOf(keys)
		t := a.table("public_key", "entry", "signs")
		for _, r := range rows {
			t.add(r.PublicKey, orNone(r.Entry), a.signs(r))
		}
		return a.show(result{json: rows, table: t, text: func() string { return a.signersText(rows) }})
	})
}

// signersText has each key on a line of its own, from which it can be copied.
func (a *app) signersText(rows []signerRow) string {
	var b strings.Builder
	for _, r := range rows {
		data := catalog.Data{"Signs": a.signs(r), "Entry": orNone(r.Entry)}
		b.WriteString(a.say.T("cli.signer.listed", data) + "\n" + r.PublicKey + "\n")
	}
	return b.String()
}

// orNone is a number, or nothing.
func orNone(i *ledger.Index) any {
	if i == nil {
		return ""
	}
	return *i
}

func signersOf(keys proof.Keys) (rows []signerRow) {
	for _, s := range keys.Terms() {
		row := signerRow{PublicKey: s.Key, From: s.From}
		if s.LetIn {
			entry := s.From - 1
			row.Entry = &entry
		}
		if s.Until != math.MaxInt64 {
			row.Until = &s.Until
		}
		rows = append(rows, row)
	}
	return rows
}

// signs says which heads a key may sign.
func (a *app) signs(r signerRow) string {
	data, id := catalog.Data{"From": int64(r.From)}, "always"
	switch {
	case r.Until != nil && r.From > 0:
		id = "between"
	case r.Until != nil:
		id = "until"
	case r.From > 0:
		id = "from"
	}
	if r.Until != nil {
		data["Until"] = int64(*r.Until)
	}
	return a.say.T("cli.signer."+id, data)
}

// proveKeys writes the keys of the book, each let in by the one before.
func (a *app) proveKeys() error {
	info, err := store.ReadBook(a.opts.book)
	if err != nil {
		return err
	}
	if _, err := info.Verifiers(); err != nil {
		return err
	}
	c, err := info.Chain()
	if err != nil {
		return err
	}
	text := string(c.AppendText(nil))
	return a.show(result{json: map[string]string{"origin": info.Origin, "proof": text}, text: func() string { return text }})
}

// followed returns the keys that a file leads to from those that are trusted, and what it holds.
func (a *app) followed(keys proof.Keys, file string) (proof.Keys, proof.Chain, error) {
	if file == "" {
		return keys, proof.Chain{}, nil
	}
	text, err := a.readProof(file)
	if err != nil {
		return keys, proof.Chain{}, err
	}
	c, err := proof.ParseChain(text)
	if err != nil {
		return keys, c, err
	}
	keys, err = keys.Follow(c)
	return keys, c, err
}

// follow does the same for a witness, who keeps the keys that were named to it, and what led from them to the newest.
func (a *app) follow(s seen, file string) (proof.Keys, []byte, error) {
	keys, c, err := a.followed(s.keys, file)
	if err != nil || file == "" {
		return keys, s.named, err
	}
	if kept, err := proof.ParseChain(s.named); err == nil && len(kept.Rotations) >= len(c.Rotations) {
		return keys, s.named, nil // an older file would forget what has been followed since
	}
	return keys, proof.Chain{First: s.keys.Trusted(), Rotations: c.Rotations}.AppendText(nil), nil
}

// checkChain checks that the keys of a book were let in one by another, from one that is trusted.
func (a *app) checkChain(text []byte, keys proof.Keys) error {
	c, err := proof.ParseChain(text)
	if err != nil {
		return err
	}
	if keys, err = keys.Follow(c); err != nil {
		return err
	}
	rows := signersOf(keys)
	last := rows[len(rows)-1]
	return a.show(result{json: map[string]any{"holds": true, "origin": keys.Origin, "keys": rows}, text: func() string {
		data, id := catalog.Data{"Origin": keys.Origin, "Key": last.PublicKey}, "no_rotation"
		if last.Entry != nil {
			data["Index"], id = int64(*last.Entry), "keys"
		}
		return a.say.T("cli.check."+id, data) + "\n"
	}})
}
