package registry_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aixin/ledger/person"
	"aixin/store/registry"
)

// A copy that is made while people are entered opens, and has everybody who was there when it began, with the same PINs. Nothing in
// it can be read without the master key.
func TestCopyWhileWriting(t *testing.T) {
	t.Parallel()
	dir, keys := t.TempDir(), t.TempDir()
	if err := registry.Create(dir, keys); err != nil {
		t.Fatal(err)
	}
	r, err := registry.Open(dir, keys, registry.Options{Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	add := func(n int) {
		p := person.Person{ID: fmt.Sprintf("U%06d", n), Name: fmt.Sprintf("Name %d", n), Phone: fmt.Sprintf("138%08d", n)}
		if err := r.Put(t.Context(), p); err != nil {
			t.Error(err)
		}
	}
	for n := range 50 {
		add(n + 1)
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for n := 51; ; n++ {
			select {
			case <-stop:
				return
			default:
				add(n)
			}
		}
	}()
	for n := range 5 {
		to := filepath.Join(t.TempDir(), "copy")
		if err := registry.Copy(t.Context(), dir, filepath.Join(to, "registry")); err != nil {
			t.Fatal(err)
		}
		opened(t, to, keys, n)
	}
	close(stop)
	<-stopped
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

// opened holds that a copy is a registry that has everybody who was there first.
func opened(t *testing.T, dir, keys string, n int) {
	t.Helper()
	sealed, err := os.ReadFile(filepath.Join(dir, "registry", "keys"))
	if err != nil || strings.Contains(string(sealed), "Name") {
		t.Fatalf("copy %d: %v", n, err)
	}
	c, err := registry.Open(dir, keys, registry.Options{Clock: time.Now})
	if err != nil {
		t.Fatalf("copy %d: %v", n, err)
	}
	for id := range 50 {
		if list, err := c.FindByPhone(t.Context(), fmt.Sprintf("138%08d", id+1)); err != nil || len(list) != 1 {
			t.Fatalf("copy %d: person %d: %v, %v", n, id+1, list, err)
		}
	}
	if err := c.Close(); err != nil {
		t.Errorf("copy %d: %v", n, err)
	}
}
