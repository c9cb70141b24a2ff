package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/store"
	"aixin/store/registry"
)

// registryKey is the file of the key that opens the registry.
const registryKey = "registry.key"

func (a *app) backupCmd() *cobra.Command {
	cmd := a.command("backup", "backup -o DIR", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		dir := a.opts.output
		if err := required(cmd, "output"); err != nil {
			return err
		}
		a.opts.output = "" // what is printed says what was written
		return a.backup(cmd.Context(), dir)
	})
	cmd.Annotations = map[string]string{folderNote: "yes"}
	return cmd
}

// backupRow is what a backup has, as programs read it.
type backupRow struct {
	Origin    string       `json:"origin"`
	Directory string       `json:"directory"`
	At        time.Time    `json:"at"`
	Size      ledger.Index `json:"size"`
	Root      ledger.Hash  `json:"root"`
	Files     int          `json:"files"`
	Bytes     int64        `json:"bytes"`
}

func (a *app) backup(ctx context.Context, dir string) error {
	info, err := store.ReadBook(a.opts.book)
	if err != nil {
		return err
	}
	a.demo = info.Demo
	m, err := store.Backup(ctx, a.opts.book, dir, store.BackupOptions{
		Clock: a.clock, Progress: a.progress("copying"),
		People: func(ctx context.Context, to string) error { return registry.Copy(ctx, a.opts.book, to) },
	})
	if err != nil {
		return err
	}
	row := backupRow{Origin: m.Origin, Directory: dir, At: m.At, Size: m.Size, Root: m.Root, Files: len(m.Files)}
	for _, f := range m.Files {
		row.Bytes += f.Size
	}
	return a.show(result{json: row, text: func() string {
		return a.say.T("cli.backup.done", catalog.Data{
			"Origin": row.Origin, "Directory": dir, "Size": int64(row.Size), "Root": row.Root.String(), "Keys": keysDir(a.opts.book),
		}) + "\n"
	}})
}

// restoreFlags say what a backup is held against, and what comes from elsewhere.
type restoreFlags struct {
	origin, checkpoint, keys, erasures string
}

func (a *app) restoreCmd() *cobra.Command {
	var f restoreFlags
	cmd := a.command("restore", "restore BACKUP [--keys DIR] [--checkpoint FILE] [--erasures BOOK]", cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		return a.restore(cmd.Context(), args[0], f)
	})
	fs := cmd.Flags()
	fs.StringVar(&f.keys, "keys", "", a.say.T("cli.flag.restore_keys"))
	fs.StringVar(&f.erasures, "erasures", "", a.say.T("cli.flag.restore_erasures"))
	fs.StringVar(&f.checkpoint, "checkpoint", "", a.say.T("cli.flag.restore_checkpoint"))
	fs.StringVar(&f.origin, "origin", "", a.say.T("cli.flag.restore_origin"))
	return cmd
}

// restoredRow is what was restored, as programs read it.
type restoredRow struct {
	Book       string       `json:"book"`
	Origin     string       `json:"origin"`
	Continues  string       `json:"continues"`
	At         time.Time    `json:"at"` // when the backup was made
	Size       ledger.Index `json:"size"`
	Root       ledger.Hash  `json:"root"`
	PublicKeys []string     `json:"public_keys"`
	Names      bool         `json:"names"` // the key of the registry is in its place
}

func (a *app) restore(ctx context.Context, from string, f restoreFlags) error {
	if f.origin != "" && !ledger.ValidOrigin(f.origin) {
		return malformed("--origin", "origin")
	}
	o := store.RestoreOptions{Origin: f.origin}
	if bar := a.progress("verifying"); bar != nil {
		o.Progress = func(done, total int64) { bar(ledger.Index(done), ledger.Index(total)) }
	}
	var err error
	if f.checkpoint != "" {
		if o.Checkpoint, err = os.ReadFile(f.checkpoint); err != nil {
			return err
		}
	}
	if f.erasures != "" && f.keys == "" {
		return lacking("--keys")
	}
	erased, err := a.erasedLater(ctx, from, f.erasures)
	if err != nil {
		return err
	}
	var key []byte
	if f.keys != "" {
		if key, err = os.ReadFile(filepath.Join(f.keys, registryKey)); err != nil {
			return err
		}
	}
	r, err := store.Restore(ctx, from, a.opts.book, o)
	if err != nil {
		return err
	}
	a.demo = r.Info.Demo
	if key != nil {
		if err := a.unlock(ctx, key, erased); err != nil {
			return err
		}
	}
	last := r.Info.Restored[len(r.Info.Restored)-1]
	row := restoredRow{a.opts.book, r.Info.Origin, last.Name, r.At, r.Head.Size, r.Head.Root, r.Info.PublicKeys, key != nil}
	return a.show(result{json: row, text: func() string { return a.restoredText(row) }})
}

// unlock puts the key of the registry in its place, tries it, and destroys again what was destroyed since the backup.
func (a *app) unlock(ctx context.Context, key []byte, erased []string) error {
	path := filepath.Join(keysDir(a.opts.book), registryKey)
	if err := os.WriteFile(path, key, 0o600); err != nil { //nolint:gosec // the directory that --book names
		return fmt.Errorf("restore: %w", err)
	}
	people, err := registry.Open(a.opts.book, keysDir(a.opts.book), registry.Options{Clock: a.clock, Log: a.log(), Demo: a.demo})
	if errors.Is(err, registry.ErrWrongKey) { // whoever has the right one may put it there
		return errors.Join(err, os.Remove(path))
	}
	if err != nil {
		return err
	}
	v, err := store.Fold(ctx, a.opts.book, store.AsOf{}, store.FoldOptions{Clock: a.clock})
	if err == nil {
		err = followErasures(ctx, v, people)
	}
	if err == nil {
		_, err = people.Follow(ctx, slices.Values(erased))
	}
	return errors.Join(err, people.Close())
}

// erasedLater lists whose details were destroyed, as another copy of the book says: one that goes on where the backup ends. A book of
// another name, or of another history under the same name, speaks of other people.
func (a *app) erasedLater(ctx context.Context, backup, dir string) ([]string, error) {
	if dir == "" {
		return nil, nil
	}
	of, err := store.ReadBook(backup)
	if err != nil {
		return nil, err
	}
	other, err := store.ReadBook(dir)
	if err != nil {
		return nil, err
	}
	if other.Origin != of.Origin {
		return nil, &usageError{id: "two_books", data: catalog.Data{"A": of.Origin, "B": other.Origin}}
	}
	if err := store.SameHistory(ctx, backup, dir); err != nil {
		return nil, err
	}
	v, err := store.Fold(ctx, dir, store.AsOf{}, store.FoldOptions{Clock: a.clock})
	if err != nil {
		return nil, err
	}
	return erasedIn(v)
}

func (a *app) restoredText(row restoredRow) string {
	text := a.say.T("cli.restore.done", catalog.Data{
		"Book": row.Book, "Origin": row.Origin, "Continues": row.Continues, "Size": int64(row.Size), "Root": row.Root.String(),
		"At": row.At.Format(time.RFC3339),
	}) + "\n"
	if !row.Names {
		text += a.say.T("cli.restore.no_names", catalog.Data{"Path": filepath.Join(keysDir(row.Book), registryKey)}) + "\n"
	}
	return text
}
