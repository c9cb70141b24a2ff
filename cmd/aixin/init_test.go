package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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

// An interrupted measurement keeps no half a book in the way of the next.
func TestInterruptedBench(t *testing.T) {
	t.Parallel()
	a, _ := newTestApp(t, "en")
	a.opts.book = filepath.Join(t.TempDir(), "B")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(filepath.Join(a.opts.book, "book.json")); err == nil {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
	}()
	err := a.bench(ctx, benchFlags{volunteers: 40, shops: 2, clients: 2, seconds: 60})
	if got := exitOf(err); got != exitInterrupted {
		t.Errorf("got exit %d after %v, want %d", got, err, exitInterrupted)
	}
	if _, err := os.Stat(a.opts.book); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the book: got %v, want none", err)
	}
}
