package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/proof"
)

// A witness has a directory of its own and no book: its key, and the newest checkpoint that it saw of each book beside the keys of that.
const (
	witnessKey  = "witness.key"
	seenNote    = "checkpoint"
	seenKeys    = "keys"
	seenDispute = "disputed"
)

func (a *app) witnessCmd() *cobra.Command {
	return a.parent("witness", "witness", a.witnessNewCmd(), a.witnessSignCmd())
}

func (a *app) witnessNewCmd() *cobra.Command {
	return a.command("witness_new", "new DIR NAME", cobra.ExactArgs(2), func(_ *cobra.Command, args []string) error {
		return a.witnessNew(args[0], args[1])
	})
}

// witnessRow is a witness as programs read it.
type witnessRow struct {
	Witness   string `json:"witness"`
	Directory string `json:"directory"`
	PublicKey string `json:"public_key"`
}

// witnessNew makes the directory of a witness with its key.
func (a *app) witnessNew(dir, name string) error {
	if err := vacant(dir); err != nil {
		return err
	}
	secret, public, err := proof.NewWitness(rand.Reader, name)
	if err != nil {
		return errors.Join(malformed("NAME", "witness_name"), err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make witness: %w", err)
	}
	if err := writeWhole(filepath.Join(dir, witnessKey), []byte(secret+"\n")); err != nil {
		return err
	}
	row := witnessRow{name, dir, public}
	return a.show(result{json: row, text: func() string {
		return a.say.T("cli.witness.new", catalog.Data{"Name": name, "Directory": dir}) + "\n" + public + "\n"
	}})
}

func (a *app) witnessSignCmd() *cobra.Command {
	var pubkey, chain string
	cmd := a.command("witness_sign", "sign DIR FILE [--pubkey KEY|FILE] [--chain FILE]", cobra.ExactArgs(2), func(_ *cobra.Command, args []string) error {
		return a.witnessSign(args[0], args[1], pubkey, chain)
	})
	cmd.Flags().StringVar(&chain, "chain", "", a.say.T("cli.flag.chain"))
	cmd.Flags().StringVar(&pubkey, "pubkey", "", a.say.T("cli.flag.pubkey"))
	return cmd
}

// signedRow is what a witness signed, as programs read it.
type signedRow struct {
	Witness    string       `json:"witness"`
	Origin     string       `json:"origin"`
	Size       ledger.Index `json:"size"` // entries in the checkpoint
	Root       ledger.Hash  `json:"root"`
	Checkpoint string       `json:"checkpoint"` // with the signature of the witness
}

// witnessSign signs the checkpoint that a proof leads to, where it extends what the witness saw before. A checkpoint that does not is kept
// as evidence.
func (a *app) witnessSign(dir, file, pubkey, chain string) error {
	c, err := readCosigner(dir)
	if err != nil {
		return err
	}
	text, err := a.readProof(file)
	if err != nil {
		return err
	}
	p, err := proof.ParseConsistency(text)
	if err != nil {
		return err
	}
	s, err := findSeen(dir, p, pubkey)
	if err != nil {
		return err
	}
	if s.keys, s.named, err = a.follow(s, chain); err != nil {
		return err
	}
	signed, head, err := c.Cosign(p, s.note, s.keys, a.clock())
	if errors.Is(err, proof.ErrFalse) {
		return errors.Join(err, s.keep(seenDispute, p.Checkpoint))
	}
	if err != nil {
		return err
	}
	if err := errors.Join(s.keep(seenKeys, s.named), s.keep(seenNote, signed)); err != nil {
		return err
	}
	row := signedRow{c.Name(), s.keys.Origin, head.Size, head.Root, string(signed)}
	return a.show(result{json: row, text: func() string { return row.Checkpoint }})
}

func readCosigner(dir string) (proof.Cosigner, error) {
	secret, err := os.ReadFile(filepath.Join(dir, witnessKey))
	if errors.Is(err, fs.ErrNotExist) {
		return proof.Cosigner{}, errors.Join(&usageError{id: "no_witness", data: catalog.Data{"Directory": dir}}, err)
	}
	if err != nil {
		return proof.Cosigner{}, fmt.Errorf("witness: %w", err)
	}
	return proof.ParseCosigner(string(secret))
}

// seen is what a witness knows of one book.
type seen struct {
	dir   string
	keys  proof.Keys
	named []byte // the keys, as text
	note  []byte // the newest checkpoint that it signed; nil for none
}

// findSeen returns what the witness knows of the book that a proof is of. The keys of a book are named once, at the first time.
func findSeen(dir string, p proof.Consistency, pubkey string) (seen, error) {
	origin, err := proof.OriginOf(p.Checkpoint)
	if err != nil {
		return seen{}, err
	}
	s := seen{dir: filepath.Join(dir, base64.RawURLEncoding.EncodeToString([]byte(origin)))}
	s.named, err = os.ReadFile(filepath.Join(s.dir, seenKeys))
	switch {
	case err == nil && pubkey != "":
		return s, &usageError{id: "witness_knows"}
	case err == nil:
		if s.keys, err = proof.ParseKeys(string(s.named)); err != nil {
			return s, err
		}
		s.note, err = os.ReadFile(filepath.Join(s.dir, seenNote))
		if errors.Is(err, fs.ErrNotExist) { // stopped between the two
			err = nil
		}
		return s, err
	case !errors.Is(err, fs.ErrNotExist):
		return s, fmt.Errorf("witness: %w", err)
	case pubkey == "":
		return s, &usageError{id: "witness_new_book", data: catalog.Data{"Origin": origin}}
	}
	if s.keys, s.named, err = readKeys(pubkey); err != nil {
		return s, err
	}
	return s, nil
}

// keep writes one of the files of the book.
func (s seen) keep(name string, text []byte) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("witness: %w", err)
	}
	return writeWhole(filepath.Join(s.dir, name), text)
}

// witnessed returns when a witness signed a checkpoint, whose public key is given as text or in a file.
func witnessed(checkpoint []byte, key string) (proof.Witness, time.Time, error) {
	w, err := proof.ParseWitness(key)
	if err != nil {
		text, failed := os.ReadFile(key)
		if failed != nil {
			return w, time.Time{}, fmt.Errorf("public key of the witness: %w", failed)
		}
		if w, err = proof.ParseWitness(string(text)); err != nil {
			return w, time.Time{}, errors.Join(malformed("--witness", "witness_key"), err)
		}
	}
	at, err := w.Seen(checkpoint)
	return w, at, err
}
