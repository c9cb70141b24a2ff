package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"aixin/api"
	"aixin/api/catalog"
)

// A command waits for its turn no longer than whoever asked, and an import, which may take minutes, neither waits nor keeps others waiting.
func TestTurnsOfCommands(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "book")
	a := newApp(time.Now)
	a.env = func(name string) string {
		return map[string]string{"AIXIN_BOOK": dir, "AIXIN_LANG": "en", "AIXIN_NEW_PIN": scriptPIN}[name]
	}
	quiet := *a
	if code := quiet.run(t.Context(), []string{"init", "--rules", "volunteer-1yuan", "-o", filepath.Join(t.TempDir(), "out.txt")}); code != exitDone {
		t.Fatalf("init: got exit %d", code)
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
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	})
	h, err := newHost(dir, newServed(w.ledger, w.people), w.people, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	h.writing <- struct{}{} // another command has the turn
	for _, test := range []struct {
		name  string
		waits bool
	}{
		{"staff add", true},
		{"import acts", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, err := h.Run(ctx, api.Call{Name: test.name, Args: []string{"none.csv"}, Actor: "U000001", Lang: "en"})
			if waited := errors.Is(err, context.DeadlineExceeded); waited != test.waits {
				t.Errorf("waited: %v, want %v: %v", waited, test.waits, err)
			}
		})
	}
}
