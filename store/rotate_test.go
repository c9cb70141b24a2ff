package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
	"aixin/store"
)

const otherAdmin ledger.StaffID = "U000020"

// rotated opens a book whose next key has taken over, as its checkpoint says.
func rotated(t *testing.T, dir string) *store.Ledger {
	t.Helper()
	l := open(t, dir, options(newClock()))
	submit(t, l, setup(1)...)
	submit(t, l, propose(t, l))
	submit(t, l, declare("d", 0, 1))
	if err := store.CheckpointNow(l); err != nil {
		t.Fatal(err)
	}
	return l
}

// propose makes another key of the book and has an admin propose that it signs. The other admin may approve it then.
func propose(t *testing.T, l *store.Ledger) ledger.Command {
	t.Helper()
	public, err := store.NextKey(l.Dir())
	if err != nil {
		t.Fatal(err)
	}
	submit(t, l, ledger.Command{Key: "admin", Actor: admin, Do: &ledger.Appoint{Staff: otherAdmin, Roles: []ledger.Role{ledger.Admin}}})
	r, err := l.Submit(t.Context(), ledger.Command{Key: "key", Actor: admin, Do: &ledger.RotateKey{PublicKey: public}})
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Command{Key: "agreed", Actor: otherAdmin, Do: &ledger.Approve{Record: r.Entry.Index}}
}

// TestAnotherKeySignsThoughNobodyWaits has whoever approves another key go away while it is written: it signs all the same, without a
// new start.
func TestAnotherKeySignsThoughNobodyWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		leaves := false
		o := options(newClock())
		o.Committed = func(int, time.Duration) {
			if leaves {
				leave()
				time.Sleep(time.Second)
			}
		}
		dir := newBook(t)
		l, err := store.Open(t.Context(), dir, o)
		if err != nil {
			t.Fatal(err)
		}
		defer closeBook(t, l)
		submit(t, l, setup(1)...)
		agreed := propose(t, l)
		leaves = true
		if _, err := l.Submit(ctx, agreed); !errors.Is(err, store.ErrUnknown) {
			t.Fatalf("got %v, want %v", err, store.ErrUnknown)
		}
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if keys := l.Book().PublicKeys; len(keys) != 2 {
			t.Errorf("eleven seconds later: got %d keys, want 2", len(keys))
		}
	})
}

// TestReadersFollowAnotherKey reads a checkpoint with what book.json said before another key signed it.
func TestReadersFollowAnotherKey(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	before, err := store.ReadBook(dir)
	if err != nil {
		t.Fatal(err)
	}
	l := rotated(t, dir)
	info := before
	_, h, err := store.ReadBeside(dir, &info)
	if err != nil || h.Size != l.Head().Size || len(info.PublicKeys) != 2 {
		t.Errorf("got %d entries under %d keys, %v; want %d under 2", h.Size, len(info.PublicKeys), err, l.Head().Size)
	}
}

// TestReportsAreSignedBetweenTheSteps signs a report where book.json names another key already, which has not been put in its place: with
// that key. Where neither is the key of the book, nothing is signed.
func TestReportsAreSignedBetweenTheSteps(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	now, next := filepath.Join(dir, "keys", "signing.key"), filepath.Join(dir, "keys", "signing.next")
	old, err := os.ReadFile(now)
	if err != nil {
		t.Fatal(err)
	}
	l := rotated(t, dir)
	keys := l.Book().PublicKeys
	if len(keys) != 2 {
		t.Fatalf("got %d keys, want 2", len(keys))
	}
	if err := errors.Join(os.Rename(now, next), os.WriteFile(now, old, 0o600)); err != nil {
		t.Fatal(err)
	}
	signed, err := store.SignReport(dir, []string{"said"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, true} {
		v, err := note.NewVerifier(keys[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := note.Open(signed, note.VerifierList(v)); (err == nil) != want {
			t.Errorf("key %d signed: got %v, want %v", i, err, want)
		}
	}
	if err := os.WriteFile(next, old, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.SignReport(dir, []string{"said"}); !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("without the key of the book: got %v, want %v", err, ledger.ErrCorrupt)
	}
}
