package main

import (
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/export"
)

// A year pack is what an auditor files of a year: each report that there is, as its own command writes it. Nothing in it is drawn up
// by another way, so that each file can be had again by the command that its README names.

// packed is a report of a year pack.
type packed struct {
	name   string   // of the command and of the file
	period bool     // it covers the days of the year; the others say what was at the end of it
	args   []string // beside these
}

// yearReports lists what is in a pack of a year.
func yearReports(year int) []packed {
	return []packed{
		{name: "trial-balance", period: true},
		{name: "stock", period: true},
		{name: "activity", period: true},
		{name: "exceptions", period: true},
		{name: "clerks", period: true},
		{name: "sample", period: true, args: []string{"--seed", strconv.Itoa(year)}},
		{name: "aging"},
		{name: "liability"},
		{name: "stars"},
		{name: "gaps"},
	}
}

func (a *app) yearPack() *cobra.Command {
	var year ledger.Amount
	cmd := a.command("report_year_pack", "year-pack --year YYYY -o DIR [-O xlsx|csv|tsv|json|html]", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		if err := required(cmd, "year", "output"); err != nil {
			return err
		}
		if a.opts.format == "text" {
			a.opts.format = "xlsx"
		}
		dir := a.opts.output
		a.opts.output = ""
		return a.pack(cmd.Context(), int(year), dir)
	})
	cmd.Flags().Var(newValue(&year, parseCount(9999, "year"), "YYYY"), "year", a.say.T("cli.flag.pack_year"))
	cmd.Annotations = map[string]string{folderNote: "yes"}
	return cmd
}

// pack writes the reports of a year, all as of one state of the book.
func (a *app) pack(ctx context.Context, year int, dir string) error {
	form := a.opts.format
	a.opts.format = "text" // of what is printed
	return a.fromJournal(ctx, func(ctx context.Context, r *reader) (result, error) {
		m := export.Manifest{Format: export.Format("year-" + strconv.Itoa(year)), Origin: r.info.Origin, Head: r.view.Head()}
		folder, err := openFolder(dir, r.info.Origin, m.Name())
		if err != nil {
			return result{}, err
		}
		before, err := folder.forget(m.Name())
		if err != nil {
			return result{}, err
		}
		if m.Files, err = r.packFiles(ctx, year, dir, form, m); err != nil {
			return result{}, err
		}
		if err := writeWhole(filepath.Join(dir, m.Name()), []byte(m.String())); err != nil {
			return result{}, err
		}
		done := a.exported(m, dir)
		done.text = func() string {
			return a.mark() + a.say.T("cli.year_pack.done", catalog.Data{"Dir": dir, "Files": len(m.Files), "Root": m.Head.Root.String(), "Manifest": m.Name()}) + "\n"
		}
		return done, folder.sweep(before, m)
	})
}

// packFiles writes the reports and the page that says how to draw up each again.
func (r *reader) packFiles(ctx context.Context, year int, dir, form string, m export.Manifest) ([]export.File, error) {
	var readme strings.Builder
	readme.WriteString(r.app.say.T("cli.year_pack.readme", catalog.Data{
		"Year": year, "Origin": m.Origin, "Last": int64(m.Head.Size - 1), "Root": m.Head.Root.String(), "Manifest": m.Name(),
	}) + "\n")
	var files []export.File
	for _, p := range yearReports(year) {
		name, args := p.name+"."+form, p.command(year, m.Head, r.view.On())
		if err := r.app.again(ctx, append(args, "-o", filepath.Join(dir, name))); err != nil {
			return nil, err
		}
		readme.WriteString("\n" + name + "\n    aixin " + strings.Join(args, " ") + " -o " + name + "\n")
		var err error
		if files, err = addFile(files, dir, name); err != nil {
			return nil, err
		}
	}
	const about = "README.txt"
	if err := writeWhole(filepath.Join(dir, about), []byte(readme.String())); err != nil {
		return nil, err
	}
	files, err := addFile(files, dir, about)
	slices.SortFunc(files, func(a, b export.File) int { return strings.Compare(a.Name, b.Name) })
	return files, err
}

// command is what draws up a report of a pack.
func (p packed) command(year int, h ledger.Head, today ledger.Date) []string {
	first, last := ledger.NewDate(year, 1, 1), ledger.NewDate(year, 12, 31)
	args := append([]string{"report", p.name, "--known-at", strconv.FormatInt(int64(h.Size-1), 10)}, p.args...)
	switch {
	case p.period:
		args = append(args, "--from", first.String(), "--to", last.String())
	case last < today:
		args = append(args, "--as-of", last.String())
	}
	return args
}

// again carries out another command on the same book, in the same language.
func (a *app) again(ctx context.Context, args []string) error {
	inner := newApp(a.clock)
	inner.in, inner.out, inner.err, inner.env, inner.say = a.in, io.Discard, a.err, a.env, a.say
	return inner.execute(ctx, append(args, "--book", a.opts.book, "--lang", a.opts.lang))
}

// addFile adds a file that was written to those of a manifest.
func addFile(list []export.File, dir, name string) ([]export.File, error) {
	content, err := os.ReadFile(filepath.Join(dir, name))
	return append(list, export.File{Name: name, SHA256: sha256.Sum256(content), Bytes: int64(len(content))}), err
}
