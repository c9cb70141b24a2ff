package main

import (
	"context"
	"errors"
	"html/template"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api"
	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/store"
)

// This file makes proofs; proof_check.go checks them, and needs no book.

// proveFlags say what is proved.
type proveFlags struct {
	from  knownAt // a size: the old checkpoint's
	hours bool
	keys  bool
	under string // file of a checkpoint that was kept
}

func (a *app) proveCmd() *cobra.Command {
	var f proveFlags
	cmd := a.command("prove", "prove REF | VOLUNTEER [--hours] | --from SIZE | --keys [--checkpoint FILE]", cobra.MaximumNArgs(1), func(cmd *cobra.Command, args []string) error {
		switch {
		case f.keys && (len(args) > 0 || f.hours || f.from.set || f.under != ""):
			return &usageError{id: "prove"}
		case f.keys:
			return a.proveKeys()
		case f.from.set && (len(args) > 0 || f.hours), !f.from.set && len(args) == 0:
			return &usageError{id: "prove"}
		case f.from.set:
			return a.proveExtension(cmd.Context(), f)
		case strings.HasPrefix(args[0], "V"):
			id, err := volunteerNumber(args[0])
			if err != nil {
				return err
			}
			return a.proveStatement(cmd.Context(), id, f)
		case f.hours:
			return &usageError{id: "prove"}
		}
		i, err := reference("REF", args[0])
		if err != nil {
			return err
		}
		return a.proveEntry(cmd.Context(), i, f)
	})
	fs := cmd.Flags()
	fs.Var(newValue(&f.from, parseSize, "SIZE"), "from", a.say.T("cli.flag.from_size"))
	fs.StringVar(&f.under, "checkpoint", "", a.say.T("cli.flag.prove_under"))
	fs.BoolVar(&f.keys, "keys", false, a.say.T("cli.flag.prove_keys"))
	fs.BoolVar(&f.hours, "hours", false, a.say.T("cli.flag.hours"))
	return cmd
}

// parseSize reads the number of entries in a checkpoint, its second line.
func parseSize(s string) (knownAt, error) {
	n, err := parseCount(ledger.MaxAmount, "size")(s)
	if err != nil && s != "0" {
		return knownAt{}, faultCode("size")
	}
	return knownAt{ledger.Index(n), true}, nil
}

// proofRow is a proof as programs read it. Proof is the text that people keep.
type proofRow struct {
	Proof  string        `json:"proof"`
	Code   string        `json:"code,omitempty"`  // of a QR code that carries the same
	Index  *ledger.Index `json:"index,omitempty"` // of the entry
	From   *ledger.Index `json:"from,omitempty"`  // entries in the old checkpoint
	Lines  int           `json:"lines,omitempty"` // of the statement
	Origin string        `json:"origin"`
	Size   ledger.Index  `json:"size"` // entries in the checkpoint that it is under
	Root   ledger.Hash   `json:"root"`
}

// prover reads the book for its proofs, which are under the newest checkpoint, or under one that was kept in a file.
func (a *app) prover(ctx context.Context, k ledger.AccountKey, under string) (*store.Prover, proofRow, error) {
	info, err := store.ReadBook(a.opts.book)
	if err != nil {
		return nil, proofRow{}, err
	}
	a.demo = info.Demo
	o := store.ProveOptions{Account: k}
	if under != "" {
		if o.Checkpoint, err = a.readProof(under); err != nil {
			return nil, proofRow{}, err
		}
	}
	if bar := a.progress("reading"); bar != nil {
		o.Progress = func(done, total int64) { bar(ledger.Index(done), ledger.Index(total)) }
	}
	p, err := store.NewProver(ctx, a.opts.book, o)
	if err != nil {
		return nil, proofRow{}, err
	}
	return p, proofRow{Origin: info.Origin, Size: p.Head().Size, Root: p.Head().Root}, nil
}

// showProof shows a proof: its text, which is what is kept and checked.
func (a *app) showProof(row proofRow, html func(io.Writer) error) error {
	return a.show(result{json: row, text: func() string { return row.Proof }, html: html})
}

func (a *app) proveExtension(ctx context.Context, f proveFlags) error {
	p, row, err := a.prover(ctx, ledger.AccountKey{}, f.under)
	if err != nil {
		return err
	}
	c, err := p.Consistency(f.from.index)
	if err != nil {
		return err
	}
	row.Proof, row.From = string(c.AppendText(nil)), &f.from.index
	return a.showProof(row, nil)
}

func (a *app) proveStatement(ctx context.Context, id ledger.VolunteerID, f proveFlags) error {
	k := ledger.AccountKey{ID: ledger.PointsOf(id), Commodity: ledger.Point}
	if f.hours {
		k = ledger.AccountKey{ID: ledger.HoursOf(id), Commodity: ledger.Minute}
	}
	p, row, err := a.prover(ctx, k, f.under)
	if err != nil {
		return err
	}
	s, err := p.Statement(ctx, k)
	if err != nil {
		return err
	}
	if len(s.Lines) == 0 {
		return &ledger.Rejection{Reason: ledger.NotFound, Subject: k.String()}
	}
	if f.under == "" { // a kept checkpoint may be one that this key may not speak of any more
		s.Chain, err = store.SignNote(a.opts.book, s.ChainText(row.Origin, p.Head()))
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return err
		}
	}
	row.Proof, row.Lines = string(s.AppendText(nil)), len(s.Lines)
	return a.showProof(row, nil)
}

func (a *app) proveEntry(ctx context.Context, i ledger.Index, f proveFlags) error {
	p, row, err := a.prover(ctx, ledger.AccountKey{}, f.under)
	if err != nil {
		return err
	}
	in, err := p.Inclusion(ctx, i)
	if err != nil {
		return err
	}
	row.Proof, row.Index = string(in.AppendText(nil)), &i
	if code, ok := in.Code(); ok {
		row.Code = code
	}
	return a.showProof(row, func(w io.Writer) error { return a.proofPage(w, in, row) })
}

// slip is what stands on the printed page of a proof.
type slip struct {
	Lang, Title, Scan, Check string
	Said                     []string
	Proof                    string
	Code                     *web.Code
	Width                    int // of the drawn code, in pixels
}

// modulePixels is how large a square of the code is printed at least: smaller ones are lost on a thermal printer.
const modulePixels = 5

// proofPage writes the receipt of an entry as a page to print: what it says, its proof as a QR code, and the text of it.
func (a *app) proofPage(w io.Writer, in proof.Inclusion, row proofRow) error {
	e, err := ledger.ParseLine(in.Line)
	if err != nil {
		return err
	}
	data := catalog.Data{"Origin": row.Origin, "Index": int64(in.Index), "Size": int64(row.Size)}
	s := slip{
		Lang: a.say.Lang(), Title: a.say.T("cli.prove.title", data), Scan: a.say.T("cli.prove.scan", data),
		Check: a.say.T("cli.prove.check", data), Proof: row.Proof, Said: strings.Split(strings.TrimSpace(a.mark()+a.entryText(e)), "\n"),
	}
	if row.Code == "" {
		s.Scan = a.say.T("cli.prove.too_long", data)
	} else {
		code, err := web.NewCode(row.Code)
		if err != nil {
			return err
		}
		s.Code, s.Width = &code, code.Side*modulePixels
	}
	return slipPage.Execute(w, s)
}

// entryText says in sentences what an entry did, from its line alone.
func (a *app) entryText(e ledger.Entry) string {
	x := explanation{Receipt: api.NewReceipt(ledger.Receipt{Entry: e, Leaf: ledger.LeafHash(e.AppendLine(nil))}), Actor: e.Actor}
	if no := e.Rejection(); no != nil {
		x.Receipt = a.refused(x.Receipt, no)
	}
	return a.explanationText(e, x)
}

// slipPage loads nothing, and prints on a slip as on a sheet.
var slipPage = template.Must(template.New("slip").Parse(`<!doctype html>
<html lang="{{.Lang}}"><meta charset="utf-8"><title>{{.Title}}</title>
<style>body{font-family:sans-serif;max-width:48em;margin:1em}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:70%}svg{max-width:100%;height:auto}</style>
<h1>{{.Title}}</h1>
{{range .Said}}<p>{{.}}</p>
{{end}}{{with .Code}}<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{{$.Scan}}" width="{{$.Width}}" height="{{$.Width}}" viewBox="0 0 {{.Side}} {{.Side}}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{{.Side}}v{{.Side}}H0z"/><path d="{{.Path}}"/></svg>
{{end}}<p>{{.Scan}}</p>
<p>{{.Check}}</p>
<pre>{{.Proof}}</pre>
</html>
`))
