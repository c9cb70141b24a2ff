package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/ledger/export"
	"aixin/store"
)

func (a *app) exportCmd() *cobra.Command {
	cmd := a.parent("export", "export")
	for _, f := range export.Formats() {
		cmd.AddCommand(a.exportBook(f))
	}
	cmd.AddCommand(a.exportNames())
	return cmd
}

// folderNote marks the commands whose -o is a folder: its name chooses no format.
const folderNote = "aixin/folder"

func intoFolder(cmd *cobra.Command) bool { return cmd.Annotations[folderNote] != "" }

// exportBook describes the export in one format.
func (a *app) exportBook(f export.Format) *cobra.Command {
	cmd := a.reads(a.command("export_"+string(f), string(f)+" -o DIR [--as-of DATE]", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		dir := a.opts.output
		if err := required(cmd, "output"); err != nil {
			return err
		}
		a.opts.output = "" // what is printed says what was written
		return a.fromJournal(cmd.Context(), func(ctx context.Context, r *reader) (result, error) {
			m, err := r.export(ctx, f, dir)
			if err != nil {
				return result{}, err
			}
			return a.exported(m, dir), nil
		})
	}))
	cmd.Annotations = map[string]string{folderNote: "yes"}
	return cmd
}

// fromJournal is read for what an auditor takes away: it asks the journal alone, under its roots, whatever index there is.
func (a *app) fromJournal(ctx context.Context, f func(context.Context, *reader) (result, error)) error {
	at := store.AsOf{On: a.opts.asOf}
	if a.opts.knownAt.set {
		at.Size = a.opts.knownAt.index + 1
	}
	info, err := store.ReadBook(a.opts.book)
	if err != nil {
		return err
	}
	a.demo = info.Demo
	found, err := a.readJournal(ctx, info, at, f)
	if err != nil {
		return err
	}
	return a.show(found)
}

func (r *reader) export(ctx context.Context, f export.Format, dir string) (export.Manifest, error) {
	var manifests []string
	for _, f := range export.Formats() {
		manifests = append(manifests, export.Manifest{Format: f}.Name())
	}
	folder, err := openFolder(dir, r.info.Origin, manifests...)
	if err != nil {
		return export.Manifest{}, err
	}
	before, err := folder.forget(export.Manifest{Format: f}.Name())
	if err != nil {
		return export.Manifest{}, err
	}
	m, err := export.Write(folder.create, export.Book{Origin: r.info.Origin, View: r.view, Entries: r.entries(ctx)}, f)
	if err != nil {
		return m, err
	}
	return m, folder.sweep(before, m)
}

// folder is where an export goes.
type folder struct{ dir string }

// The mode of what an export writes: it names people by their numbers.
const (
	folderMode = 0o700
	exportMode = 0o600
)

// openFolder takes a folder that is empty, or one that holds what was written of the same book before, under one of these manifests.
func openFolder(dir, origin string, manifests ...string) (folder, error) {
	if err := os.MkdirAll(dir, folderMode); err != nil {
		return folder{}, fmt.Errorf("export: %w", err)
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return folder{}, fmt.Errorf("export: %w", err)
	}
	ours := len(list) == 0
	for _, name := range manifests {
		of, _, err := manifestOf(filepath.Join(dir, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil || of != origin:
			return folder{}, fmt.Errorf("%s: not an export of %s: %w", dir, origin, fs.ErrExist)
		}
		ours = true
	}
	if !ours {
		return folder{}, &fs.PathError{Op: "export", Path: dir, Err: fs.ErrExist}
	}
	return folder{dir}, nil
}

func manifestOf(path string) (origin string, files []string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", nil, err
	}
	return export.ParseManifest(string(text))
}

// forget takes the manifest of an earlier export away, since its files are about to change, and returns what it named.
func (f folder) forget(manifest string) ([]string, error) {
	path := filepath.Join(f.dir, manifest)
	_, files, err := manifestOf(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return files, errors.Join(err, os.Remove(path))
}

// sweep removes what an earlier export wrote and this one did not: months that are behind its head.
func (f folder) sweep(before []string, now export.Manifest) error {
	for _, name := range before {
		still := slices.ContainsFunc(now.Files, func(file export.File) bool { return file.Name == name })
		if still || !filepath.IsLocal(name) {
			continue
		}
		if err := os.Remove(filepath.Join(f.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("export: %w", err)
		}
	}
	return nil
}

// create begins a file that is there whole or not at all.
func (f folder) create(name string) (io.WriteCloser, error) {
	path := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), folderMode); err != nil {
		return nil, err
	}
	part, err := os.OpenFile(path+partial, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, exportMode)
	if err != nil {
		return nil, err
	}
	return &partFile{part, path}, nil
}

// partFile takes its name when it is closed.
type partFile struct {
	*os.File
	path string
}

func (p *partFile) Close() error {
	if err := p.File.Close(); err != nil {
		return err
	}
	return os.Rename(p.path+partial, p.path)
}

// checks are the commands that add an export up again, as its README has them.
func checks(f export.Format) []string {
	switch f {
	case export.Journal:
		return []string{
			"hledger -f " + export.JournalName + " check -s ordereddates payees",
			"ledger -f " + export.JournalName + " --strict --pedantic balance",
		}
	case export.Beancount:
		return []string{"bean-check " + export.ExplicitName + " && bean-check " + export.DeriveName}
	case export.CSV:
	}
	return nil
}

// exported says what was written, and how to check it.
func (a *app) exported(m export.Manifest, dir string) result {
	type row struct {
		File   string `json:"file"`
		Bytes  int64  `json:"bytes"`
		SHA256 string `json:"sha256"`
	}
	wire := struct {
		Format  export.Format `json:"format"`
		Origin  string        `json:"origin"`
		Entries ledger.Index  `json:"entries"`
		Root    string        `json:"root"`
		Derived int           `json:"draws_derived,omitempty"`
		Named   int           `json:"draws_named,omitempty"`
		Files   []row         `json:"files"`
	}{m.Format, m.Origin, m.Head.Size, base64.StdEncoding.EncodeToString(m.Head.Root[:]), m.Derived, m.Named, nil}
	t := a.table("file", "bytes", "sha256")
	for _, f := range m.Files {
		wire.Files = append(wire.Files, row{f.Name, f.Bytes, fmt.Sprintf("%x", f.SHA256)})
		t.add(f.Name, f.Bytes, fmt.Sprintf("%x", f.SHA256))
	}
	return result{json: wire, lines: wire.Files, table: t, text: func() string {
		var b strings.Builder
		b.WriteString(a.mark())
		b.WriteString(a.say.T("cli.export.done", catalog.Data{"Entries": int64(m.Head.Size), "Files": len(m.Files), "Dir": dir}) + "\n")
		b.WriteString(a.say.T("cli.export.root", catalog.Data{"Root": wire.Root}) + "\n")
		if m.Format == export.Beancount {
			b.WriteString(a.say.T("cli.export.draws", catalog.Data{"Derived": m.Derived, "Named": m.Named}) + "\n")
		}
		b.WriteString(a.say.T("cli.export.check") + "\n")
		for _, line := range append([]string{"cd " + shellWord(dir), "sha256sum -c --quiet " + m.Name()}, checks(m.Format)...) {
			b.WriteString("    " + line + "\n")
		}
		return b.String()
	}}
}
