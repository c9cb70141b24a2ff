package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/store"
)

// backedUp makes a book with some records, and a backup of it with a registry of one file.
func backedUp(t *testing.T) (book, backup string, m store.Manifest) {
	t.Helper()
	book, backup = newBook(t), filepath.Join(t.TempDir(), "backup")
	grow(t, book, 6)
	return book, backup, takeBackup(t, book, backup)
}

func takeBackup(t *testing.T, book, backup string) store.Manifest {
	t.Helper()
	m, err := store.Backup(t.Context(), book, backup, store.BackupOptions{Clock: time.Now, People: people(nil)})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// people copies a registry, and then fails where an error is given.
func people(err error) func(context.Context, string) error {
	return func(_ context.Context, to string) error {
		return errors.Join(os.MkdirAll(filepath.Join(to, "db"), 0o700), os.WriteFile(filepath.Join(to, "db", "rows"), []byte("sealed"), 0o600), err)
	}
}

// A restored book is the book, under a name and a key of its own, which continue the old ones: it takes further entries, and it
// extends what was signed before. What the old book went on to sign is not in it.
func TestRestore(t *testing.T) {
	t.Parallel()
	book, backup, m := backedUp(t)
	dir := filepath.Join(t.TempDir(), "restored")
	r, err := store.Restore(t.Context(), backup, dir, store.RestoreOptions{Checkpoint: []byte(m.Checkpoint)})
	if err != nil {
		t.Fatal(err)
	}
	if r.Head.Size != m.Size || r.Head.Root != m.Root || r.Info.Restored[0].Checkpoint != m.Checkpoint {
		t.Errorf("restored %+v from %+v", r, m)
	}
	grow(t, dir, 3)
	report, err := store.Verify(t.Context(), dir, store.VerifyOptions{Checkpoint: []byte(m.Checkpoint)})
	if err != nil || report.Head.Size != m.Size+3 || !report.Compared {
		t.Errorf("verified %+v, %v", report, err)
	}
	again := filepath.Join(t.TempDir(), "again")
	second := filepath.Join(t.TempDir(), "backup")
	takeBackup(t, dir, second)
	if r, err = store.Restore(t.Context(), second, again, store.RestoreOptions{Origin: "aixin.test/third"}); err != nil {
		t.Fatal(err)
	}
	if len(r.Info.Restored) != 2 || r.Info.Origin != "aixin.test/third" {
		t.Errorf("restored twice: %+v", r.Info)
	}
	if _, err := store.Verify(t.Context(), again, store.VerifyOptions{Checkpoint: []byte(m.Checkpoint)}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(book, "backed-up.json")); err != nil {
		t.Error(err)
	}
	if last, ok, err := store.LastBackup(book); err != nil || !ok || last.Size != m.Size || last.Root != m.Root {
		t.Errorf("last backup %+v, %v, %v", last, ok, err)
	}
}

// What a book signed after its backup is another history than that of the book restored from it, and is told apart.
func TestRestoreDoesNotFork(t *testing.T) {
	t.Parallel()
	book, backup, _ := backedUp(t)
	dir := filepath.Join(t.TempDir(), "restored")
	if _, err := store.Restore(t.Context(), backup, dir, store.RestoreOptions{}); err != nil {
		t.Fatal(err)
	}
	grow(t, dir, 2)
	grow(t, book, 3)
	note, err := os.ReadFile(filepath.Join(book, "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Verify(t.Context(), dir, store.VerifyOptions{Checkpoint: note}); !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("the restored book extends what was signed after the backup: %v", err)
	}
	x := filepath.Join(t.TempDir(), "x")
	if _, err := store.Restore(t.Context(), backup, x, store.RestoreOptions{Checkpoint: note}); !errors.Is(err, store.ErrNewerKnown) {
		t.Errorf("with a newer checkpoint known: %v", err)
	}
	_, _, other := backedUp(t)
	if _, err := store.Restore(t.Context(), backup, x, store.RestoreOptions{Checkpoint: []byte(other.Checkpoint)}); !errors.Is(err, proof.ErrUnsigned) {
		t.Errorf("with the checkpoint of another book: %v", err)
	}
}

// grow adds records to a book and signs its head.
func grow(t *testing.T, dir string, records int) {
	t.Helper()
	l, err := store.Open(t.Context(), dir, options(newClock()))
	if err != nil {
		t.Fatal(err)
	}
	if l.Head().Size == 0 {
		submit(t, l, setup(3)...)
	}
	for i := range records {
		submit(t, l, declare(fmt.Sprintf("r/%s/%d/%d", filepath.Base(dir), l.Head().Size, i), i%3, int(l.Head().Size)))
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// Whatever is wrong with a backup, nothing is restored of it, and nothing is left.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	_, backup, m := backedUp(t)
	for _, f := range m.Files {
		path := filepath.Join(backup, filepath.FromSlash(f.Name))
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for what, damaged := range map[string][]byte{
			"flipped": append([]byte{whole[0] ^ 1}, whole[1:]...), "longer": append(slices.Clip(whole), '\n'), "shorter": whole[:len(whole)-1], "gone": nil,
		} {
			write(t, path, damaged)
			if damaged == nil {
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			}
			dir := filepath.Join(t.TempDir(), "restored")
			_, err := store.Restore(t.Context(), backup, dir, store.RestoreOptions{})
			if what == "longer" && strings.HasPrefix(f.Name, "journal/") { // as a later backup that was interrupted leaves it
				if err != nil {
					t.Errorf("%s %s: %v", f.Name, what, err)
				}
				continue
			}
			if !errors.Is(err, ledger.ErrCorrupt) {
				t.Errorf("%s %s: %v", f.Name, what, err)
			}
			if left, err := filepath.Glob(filepath.Join(filepath.Dir(dir), "*")); err != nil || len(left) > 0 {
				t.Errorf("%s %s: left %v, %v", f.Name, what, left, err)
			}
		}
		write(t, path, whole)
	}
	if _, err := store.Restore(t.Context(), backup, filepath.Dir(backup), store.RestoreOptions{}); !errors.Is(err, store.ErrExists) {
		t.Errorf("onto something: %v", err)
	}
	if err := os.Remove(filepath.Join(backup, "manifest.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Restore(t.Context(), backup, filepath.Join(t.TempDir(), "x"), store.RestoreOptions{}); !errors.Is(err, store.ErrUnfinished) {
		t.Errorf("without a manifest: %v", err)
	}
}

// A first backup that was interrupted is none. A later one leaves the one before as good as it was, however far it came, and so does one
// of another book.
func TestBackupInterrupted(t *testing.T) {
	t.Parallel()
	failed := errors.New("interrupted")
	interrupted := func(book, backup string) {
		t.Helper()
		_, err := store.Backup(t.Context(), book, backup, store.BackupOptions{Clock: time.Now, People: people(failed)})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
	}
	restored := func(backup string) (store.Restored, error) {
		return store.Restore(t.Context(), backup, filepath.Join(t.TempDir(), "x"), store.RestoreOptions{})
	}
	book, backup, m := backedUp(t)
	first := filepath.Join(t.TempDir(), "first")
	interrupted(book, first)
	if _, err := restored(first); !errors.Is(err, store.ErrUnfinished) {
		t.Errorf("of a first backup that was interrupted: %v", err)
	}
	grow(t, book, 4)
	interrupted(book, backup) // its journal is there by now
	if r, err := restored(backup); err != nil || r.Head.Size != m.Size || r.Head.Root != m.Root {
		t.Errorf("of the backup before: %+v, %v", r.Head, err)
	}
	other, _, _ := backedUp(t)
	if _, err := store.Backup(t.Context(), other, backup, store.BackupOptions{Clock: time.Now, People: people(nil)}); !errors.Is(err, store.ErrOtherBook) {
		t.Errorf("of another book: %v", err)
	}
	if r, err := restored(backup); err != nil || r.Head.Size != m.Size {
		t.Errorf("after another book's was refused: %+v, %v", r.Head, err)
	}
	again := takeBackup(t, book, backup)
	if r, err := restored(backup); err != nil || r.Head.Root != again.Root || r.Head.Size != m.Size+4 {
		t.Errorf("finished: %+v, %v", r.Head, err)
	}
}
