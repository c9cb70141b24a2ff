package registry_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"aixin/ledger/person"
	"aixin/store/registry"
)

// clock is a time that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 9, 12, 1, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// create makes a registry and returns its data directory; the keys are in its folder keys.
func create(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := registry.Create(dir, keysOf(dir)); err != nil {
		t.Fatalf("create: %v", err)
	}
	return dir
}

func keysOf(dir string) string { return filepath.Join(dir, "keys") }

// open opens a registry that is checked and closed when the test ends.
func open(t *testing.T, dir string, o registry.Options) *registry.Registry {
	t.Helper()
	if o.Clock == nil {
		o.Clock = newClock().now
	}
	r, err := registry.Open(dir, keysOf(dir), o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { closeRegistry(t, r) })
	return r
}

// closeRegistry checks and closes a registry that is open still.
func closeRegistry(t *testing.T, r *registry.Registry) {
	t.Helper()
	// The test's own context is over when a cleanup runs.
	if err := r.Check(context.Background()); err != nil && !errors.Is(err, registry.ErrClosed) {
		t.Errorf("check after the test: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// The people of these tests. A name is whatever Go can write in ASCII here; Chinese ones are in testdata of ledger/person.
func wang() person.Person {
	return person.Person{ID: "V0000018", Name: "Wang Xiaohong", Phone: "13855660001", IDNumber: "34172319700101001X"}
}

func TestOpenRefusals(t *testing.T) {
	t.Parallel()
	dir := create(t)
	if err := registry.Create(dir, keysOf(dir)); !errors.Is(err, registry.ErrExists) {
		t.Errorf("create again: got %v, want ErrExists", err)
	}
	if _, err := registry.Open(t.TempDir(), keysOf(dir), registry.Options{Clock: newClock().now}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open an empty directory: got %v, want ErrNotExist", err)
	}
	open(t, dir, registry.Options{})
	if _, err := registry.Open(dir, keysOf(dir), registry.Options{Clock: newClock().now}); !errors.Is(err, registry.ErrLocked) {
		t.Errorf("open twice: got %v, want ErrLocked", err)
	}
}

// grep reports the files under dir that contain any of the texts.
func grep(t *testing.T, dir string, texts ...[]byte) []string {
	t.Helper()
	var hits []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, text := range texts {
			if bytes.Contains(content, text) {
				hits = append(hits, path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatalf("grep: %v", err)
	}
	return hits
}
