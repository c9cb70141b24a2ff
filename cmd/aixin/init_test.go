package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// A book whose making is interrupted leaves nothing behind, and what is said of it is true: the next try begins anew.
func TestInterruptedInit(t *testing.T) {
	t.Parallel()
	a, _ := newTestApp(t, "en")
	a.opts.book = filepath.Join(t.TempDir(), "B")
	ctx, cancel := context.WithCancel(t.Context())
	err := a.aside(ctx, func(string) error {
		cancel()
		return errors.New("whatever it says of that")
	})
	if got := exitOf(err); got != exitInterrupted {
		t.Errorf("got exit %d, want %d", got, exitInterrupted)
	}
	if said, hint := a.explain(err); !strings.Contains(said, "nothing was kept") || !strings.Contains(hint, "begins anew") {
		t.Errorf("got %q, %q", said, hint)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(a.opts.book), ".*")); err != nil || len(left) > 0 {
		t.Errorf("got %v left behind, %v, want nothing", left, err)
	}
}
