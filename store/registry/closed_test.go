package registry_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"aixin/store/registry"
)

// Those who read a closed registry do so beside one another, keep whoever writes out, and change no file.
func TestOpenClosed(t *testing.T) {
	t.Parallel()
	dir := create(t)
	o := registry.Options{Clock: newClock().now}
	if _, err := registry.OpenClosed(dir, keysOf(dir), o); !errors.Is(err, registry.ErrNotClosed) {
		t.Errorf("one that was never opened: got %v, want %v", err, registry.ErrNotClosed)
	}
	first := open(t, dir, registry.Options{})
	if err := first.Put(t.Context(), wang()); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.OpenClosed(dir, keysOf(dir), o); !errors.Is(err, registry.ErrLocked) {
		t.Errorf("beside a writer: got %v, want %v", err, registry.ErrLocked)
	}
	closeRegistry(t, first)
	sums := filepath.Join(dir, "registry", "SHA256SUMS")
	before, err := os.ReadFile(sums)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r, err := registry.OpenClosed(dir, keysOf(dir), o)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { closeRegistry(t, r) }()
		if names, err := r.Masked(t.Context(), "V0000018"); err != nil || names["V0000018"].Name == "" {
			t.Errorf("got %v, %v", names, err)
		}
		if err := r.Put(t.Context(), wang()); !errors.Is(err, registry.ErrReading) {
			t.Errorf("a write: got %v, want %v", err, registry.ErrReading)
		}
	}
	if _, err := registry.Open(dir, keysOf(dir), o); !errors.Is(err, registry.ErrLocked) {
		t.Errorf("to write beside readers: got %v, want %v", err, registry.ErrLocked)
	}
	if after, err := os.ReadFile(sums); err != nil || string(after) != string(before) {
		t.Errorf("reading changed %s: %v", sums, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "registry", "keys"), []byte("other\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.OpenClosed(dir, keysOf(dir), o); !errors.Is(err, registry.ErrDamaged) {
		t.Errorf("another file of keys: got %v, want %v", err, registry.ErrDamaged)
	}
}
