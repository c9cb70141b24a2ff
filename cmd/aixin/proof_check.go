package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/store"
)

// checkFlags say whom a proof is believed.
type checkFlags struct {
	pubkey string // or a file that holds keys
	chain  string // file of the keys that followed
	kept   string // file of a checkpoint that was kept
	whole  string // directory of a copy of the book, which shows that a statement leaves nothing out
}

func (a *app) checkCmd() *cobra.Command {
	var f checkFlags
	cmd := a.command("check", "check FILE --pubkey KEY|FILE [--chain FILE] [--checkpoint FILE] [--whole BOOK]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		if f.pubkey == "" {
			return &usageError{id: "no_pubkey"}
		}
		keys, _, err := readKeys(f.pubkey)
		if err != nil {
			return err
		}
		if keys, _, err = a.followed(keys, f.chain); err != nil {
			return err
		}
		text, err := a.readProof(args[0])
		if err != nil {
			return err
		}
		if f.kept != "" && proof.KindOf(text) != proof.OfExtension {
			return &usageError{id: "kept_checkpoint"}
		}
		if f.whole != "" && proof.KindOf(text) != proof.OfStatement {
			return &usageError{id: "whole_statement"}
		}
		if store.IsReport(text) {
			return a.checkReport(text, filepath.Dir(args[0]), keys)
		}
		switch proof.KindOf(text) {
		case proof.OfExtension:
			return a.checkExtension(text, f.kept, keys)
		case proof.OfStatement:
			return a.checkStatement(cmd.Context(), text, f.whole, keys)
		case proof.OfKeys:
			return a.checkChain(text, keys)
		case proof.OfEntry, proof.AsCode, proof.NoProof:
		}
		return a.checkEntry(text, keys)
	})
	cmd.Flags().StringVar(&f.pubkey, "pubkey", "", a.say.T("cli.flag.pubkey"))
	cmd.Flags().StringVar(&f.chain, "chain", "", a.say.T("cli.flag.chain"))
	cmd.Flags().StringVar(&f.kept, "checkpoint", "", a.say.T("cli.flag.checkpoint"))
	cmd.Flags().StringVar(&f.whole, "whole", "", a.say.T("cli.flag.whole"))
	return cmd
}

// checkReport checks that a report and the head that it speaks of are what the book signed: the files lie beside the note.
func (a *app) checkReport(text []byte, dir string, keys proof.Keys) error {
	lines, err := store.OpenReport(text, keys)
	if err != nil {
		return err
	}
	var head ledger.Head
	if len(lines) < 4 || lines[0] != keys.Origin {
		return fmt.Errorf("report: %w", proof.ErrUnsigned)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if head.Size = ledger.Index(size); err == nil {
		head.Root, err = ledger.ParseHash(lines[2])
	}
	if err != nil {
		return fmt.Errorf("report: %w: %w", proof.ErrMalformed, err)
	}
	for _, line := range lines[3:] {
		name, want, _ := strings.Cut(line, " ")
		file, err := evidenceOf(filepath.Join(dir, filepath.Base(name))) // hashed as it is read: a report may be larger than memory
		if err != nil {
			return fmt.Errorf("report: %w", err)
		}
		if file.SHA256 != want {
			return fmt.Errorf("%w: %s", errReportFile, filepath.Base(name))
		}
	}
	row := newChecked(keys, head)
	return a.show(result{json: row, text: func() string {
		return a.say.T("cli.check.report", row.data()) + "\n" + a.saySM2(row.SM2)
	}})
}

// readKeys reads a public key, or a file with one on each line, and returns the text too.
func readKeys(arg string) (keys proof.Keys, text []byte, err error) {
	if keys, err := proof.ParseKeys(arg); err == nil {
		return keys, []byte(arg + "\n"), nil
	}
	if text, err = os.ReadFile(arg); err != nil {
		return keys, nil, fmt.Errorf("public key: %w", err)
	}
	if keys, err = proof.ParseKeys(string(text)); err != nil {
		return keys, nil, errors.Join(malformed("--pubkey", "public_key"), err)
	}
	return keys, text, nil
}

// readProof reads a proof, "-" from standard input. Mail, chats and scanners add a mark at the beginning, write line ends as
// Windows does and drop the last one: none of that is part of what was signed.
func (a *app) readProof(name string) (text []byte, err error) {
	in := a.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("proof: %w", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		in = f
	}
	text, err = io.ReadAll(io.LimitReader(in, proof.MaxStatement+1))
	if err != nil {
		return nil, fmt.Errorf("proof: %w", err)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	return append(bytes.TrimSpace(text), '\n'), nil
}

// checkedRow is what a proof that holds has proved, as programs read it.
type checkedRow struct {
	Holds   bool          `json:"holds"`
	Origin  string        `json:"origin"`
	Size    ledger.Index  `json:"size"` // entries in the signed checkpoint
	Root    ledger.Hash   `json:"root"`
	SM2     bool          `json:"sm2,omitempty"`  // the SM2 key that was named signed it too
	From    *ledger.Index `json:"from,omitempty"` // entries in the checkpoint that was kept
	Entry   *api.Receipt  `json:"entry,omitempty"`
	Account string        `json:"account,omitempty"`
	Lines   []provedLine  `json:"lines,omitempty"`
	Sum     *api.Quantity `json:"sum,omitempty"`          // of the lines
	Signed  bool          `json:"signed_whole,omitempty"` // the book signed that these are all lines
	Whole   bool          `json:"whole,omitempty"`        // no line was left out: the sum is the balance
}

// provedLine is a line of a statement that is in the book.
type provedLine struct {
	Index   ledger.Index `json:"index"`
	On      string       `json:"on"`
	Kind    ledger.Kind  `json:"kind"`
	Amount  api.Quantity `json:"amount"`
	Balance api.Quantity `json:"balance"`
}

func newChecked(keys proof.Keys, h ledger.Head) checkedRow {
	return checkedRow{Holds: true, Origin: keys.Origin, Size: h.Size, Root: h.Root, SM2: keys.SM2()}
}

// saySM2 says that an SM2 key signed too, where one was asked for: whatever lacks its signature was refused.
func (a *app) saySM2(asked bool) string {
	if !asked {
		return ""
	}
	return a.say.T("cli.check.sm2") + "\n"
}

func (c checkedRow) data() catalog.Data {
	return catalog.Data{"Origin": c.Origin, "Size": int64(c.Size)}
}

func (a *app) checkEntry(text []byte, keys proof.Keys) error {
	parse := func() (proof.Inclusion, error) { return proof.ParseInclusion(text) }
	if proof.KindOf(text) == proof.AsCode {
		parse = func() (proof.Inclusion, error) { return proof.ParseCode(strings.TrimSuffix(string(text), "\n")) }
	}
	p, err := parse()
	if err != nil {
		return err
	}
	e, head, err := p.Check(keys.Origin, keys)
	if err != nil {
		return err
	}
	row := newChecked(keys, head)
	receipt := api.NewReceipt(ledger.Receipt{Entry: e, Leaf: ledger.LeafHash(p.Line)})
	row.Entry = &receipt
	return a.show(result{json: row, table: a.receiptTable(receipt), text: func() string {
		data := row.data()
		data["Index"] = int64(e.Index)
		return a.say.T("cli.check.entry", data) + "\n" + a.saySM2(row.SM2) + a.entryText(e)
	}})
}

func (a *app) checkExtension(text []byte, kept string, keys proof.Keys) error {
	if kept == "" {
		return &usageError{id: "no_checkpoint"}
	}
	p, err := proof.ParseConsistency(text)
	if err != nil {
		return err
	}
	old, err := a.readProof(kept)
	if err != nil {
		return err
	}
	before, after, err := p.Check(old, keys.Origin, keys)
	if err != nil {
		return err
	}
	row := newChecked(keys, after)
	row.From = &before.Size
	return a.show(result{json: row, text: func() string {
		data := row.data()
		data["From"] = int64(before.Size)
		return a.say.T("cli.check.extension", data) + "\n" + a.saySM2(row.SM2)
	}})
}

// omits holds a statement against a copy of the book, the whole of which must come to the checkpoint that the statement is under.
func omits(ctx context.Context, s proof.Statement, book string) error {
	p, err := store.NewProver(ctx, book, store.ProveOptions{Account: s.Account, Checkpoint: s.Lines[0].Checkpoint})
	if err != nil {
		return err
	}
	return s.Omits(p.Lines())
}

func (a *app) checkStatement(ctx context.Context, text []byte, whole string, keys proof.Keys) error {
	s, err := proof.ParseStatement(text)
	if err != nil {
		return err
	}
	lines, head, err := s.Check(keys.Origin, keys)
	if err != nil {
		return err
	}
	row := newChecked(keys, head)
	row.Account = s.Account.String()
	said := "cli.check.complete"
	if row.Signed, err = s.Whole(keys.Origin, head, keys); err != nil {
		return err
	}
	if row.Signed {
		said = "cli.check.signed_whole"
	}
	if whole != "" {
		if err := omits(ctx, s, whole); err != nil {
			return err
		}
		row.Whole, said = true, "cli.check.whole"
	}
	t := a.table("entry", "date", "what", "change", "balance")
	for _, l := range lines {
		amount, balance := ofStatement(l.Amount, s.Account), ofStatement(l.Balance, s.Account)
		row.Lines = append(row.Lines, provedLine{l.Entry.Index, l.Entry.On.String(), l.Entry.Kind, amount, balance})
		row.Sum = &balance
		t.add(l.Entry.Index, l.Entry.On.String(), a.what(l.Entry), quantity(amount), quantity(balance))
	}
	return a.show(result{json: row, lines: row.Lines, table: t, text: func() string {
		data := row.data()
		data["Count"], data["Account"], data["Sum"] = len(lines), s.Account.ID.String(), row.Sum.String()
		data["Unit"] = a.say.T("cli.commodity." + string(s.Account.Commodity))
		var b strings.Builder
		b.WriteString(a.say.T("cli.check.statement", data) + "\n" + a.saySM2(row.SM2))
		if err := t.writeText(&b); err != nil {
			return err.Error()
		}
		return b.String() + a.say.T(said, data) + "\n"
	}})
}

// ofStatement turns a posting's sign into the one that a statement shows: what the market owes a volunteer is theirs.
func ofStatement(n ledger.Amount, k ledger.AccountKey) api.Quantity {
	if k.ID.Class() == ledger.ClassPoints {
		n = -n
	}
	return api.NewQuantity(n, k.Commodity)
}
