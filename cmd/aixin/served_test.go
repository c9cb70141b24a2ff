package main

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"aixin/api/catalog"
	"aixin/ledger"
	"aixin/store"
	"aixin/store/registry"
)

// An erasure that the book says and the registry has not heard of, as after a crash in between, is followed when the book is opened next;
// one that the book refused is forgotten.
func TestErasureIsFollowed(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "book")
	a := newApp(time.Now)
	a.env = func(name string) string {
		return map[string]string{"AIXIN_BOOK": dir, "AIXIN_LANG": "en", "AIXIN_PIN": scriptPIN, "AIXIN_NEW_PIN": scriptPIN}[name]
	}
	for _, line := range [][]string{
		{"init", "--rules", "volunteer-1yuan"},
		{"staff", "add", "U000006", "--role", "steward", "--name", "Steward", "--as", "U000001"},
		{"unit", "add", "C01", "--name", "Harmony", "--as", "U000006"},
		{"volunteer", "add", "--name", "Wang", "--phone", "19900000001", "--unit", "C01", "--as", "U000006"},
		{"volunteer", "add", "--name", "Li", "--phone", "19900000002", "--unit", "C01", "--as", "U000006"},
		{"volunteer", "set", "V0000018", "--status", "closed", "--reason", "moved", "--as", "U000006"},
	} {
		quiet := *a
		if code := quiet.run(t.Context(), append(line, "-o", filepath.Join(t.TempDir(), "out.txt"))); code != exitDone {
			t.Fatalf("%v: got exit %d", line, code)
		}
	}
	say, err := catalog.New(catalog.English)
	if err != nil {
		t.Fatal(err)
	}
	a.opts.book, a.say = dir, say
	w, err := a.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"V0000018", "V0000026"} {
		if err := w.people.Intend(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.ledger.Submit(t.Context(), ledger.Command{Key: "e", Actor: "U000006", Do: &ledger.Erase{Volunteer: "V0000018"}}); err != nil {
		t.Fatal(err)
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	if w, err = a.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	why := registry.Purpose{Actor: "U000006", Reason: "a test"}
	if _, err := w.people.Get(t.Context(), why, "V0000018"); !errors.Is(err, registry.ErrErased) {
		t.Errorf("erased: got %v, want %v", err, registry.ErrErased)
	}
	if got, err := w.people.Get(t.Context(), why, "V0000026"); err != nil || got[0].Name != "Li" {
		t.Errorf("refused: got %v, %v, want the person", got, err)
	}
	busy := newServed(w.ledger, w.people)
	busy.erasing <- struct{}{} // another request erases: nobody notes anything beside it, that the other would take away
	soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	beside := ledger.Command{Key: "beside", Actor: "U000006", Do: &ledger.Erase{Volunteer: "V0000026"}}
	if _, err := busy.Submit(soon, beside); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("erased beside another: %v", err)
	}
	if left, err := w.people.Intended(t.Context()); err != nil || left != nil {
		t.Errorf("got %v, %v, want nothing that waits", left, err)
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Verify(t.Context(), dir, store.VerifyOptions{}); err != nil {
		t.Error(err)
	}
}
