package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrMoving says that somebody writes the registry too often to be copied: try again in a quiet moment.
var ErrMoving = errors.New("the registry changes while it is copied")

// copyTries is how often a copy begins again where the files changed under it. They do when a table is written, which people being
// entered one by one make happen every few thousand of them.
const copyTries = 20

// Copy copies the registry of the data directory dir to the new directory to, sealed as it is and without its master key, also
// while another process has it open. What it copies is what a power cut at that moment would have left, which Open reads: tables
// never change, the log only grows, and a copy during which tables came or went is begun anew.
func Copy(ctx context.Context, dir, to string) error {
	home := filepath.Join(dir, folder)
	if _, err := os.Stat(filepath.Join(home, keyringFile)); err != nil {
		return fmt.Errorf("copy registry: %w", err)
	}
	for range copyTries {
		err := copyOnce(ctx, home, to)
		if err == nil || !errors.Is(err, ErrMoving) {
			return err
		}
		if err := os.RemoveAll(to); err != nil {
			return fmt.Errorf("copy registry: %w", err)
		}
	}
	return ErrMoving
}

// copyOnce copies the database and then the keys: whatever is in the one has its key in the other, unless it was erased, and then
// the next Open ends the erasure.
func copyOnce(ctx context.Context, home, to string) error {
	before, err := shape(home)
	if err != nil {
		return err
	}
	for _, name := range before.names {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := copyFile(filepath.Join(home, name), filepath.Join(to, name)); err != nil {
			return moving(err)
		}
	}
	if err := copyFile(filepath.Join(home, keyringFile), filepath.Join(to, keyringFile)); err != nil {
		return err
	}
	after, err := shape(home)
	if err != nil {
		return err
	}
	if strings.Join(before.names, "\n") != strings.Join(after.names, "\n") || !bytes.Equal(before.manifest, after.manifest) {
		return ErrMoving
	}
	return nil
}

// filesOf is which files the database had at a moment, and what its manifest said of them.
type filesOf struct {
	names    []string // relative to the registry's folder
	manifest []byte
}

func shape(home string) (f filesOf, err error) {
	f.manifest, err = os.ReadFile(filepath.Join(home, "db", "MANIFEST"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // a registry that was never opened has no database
		return f, moving(err)
	}
	err = fs.WalkDir(os.DirFS(home), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (name == sumsFile || filepath.Dir(name) == "db" && d.Name() != "LOCK") {
			f.names = append(f.names, filepath.FromSlash(name))
		}
		return err
	})
	return f, moving(err)
}

// moving says of a file that is gone that the files have changed.
func moving(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrMoving, err)
	}
	return err
}

// copyFile copies a file, leaving out what is zero: the database lays its files out far larger than what it writes to them.
func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = copySparse(out, in)
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

func copySparse(out *os.File, in io.Reader) error {
	buf, zero := make([]byte, 64<<10), make([]byte, 64<<10)
	for at := int64(0); ; {
		n, err := io.ReadFull(in, buf)
		if n > 0 && !bytes.Equal(buf[:n], zero[:n]) {
			if _, err := out.WriteAt(buf[:n], at); err != nil {
				return err
			}
		}
		at += int64(n)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return out.Truncate(at)
		case err != nil:
			return err
		}
	}
}
