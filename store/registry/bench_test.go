package registry_test

import (
	"testing"

	"aixin/ledger/person"
	"aixin/store/registry"
)

// BenchmarkOpen is what a command pays for showing one name, with the people of a county.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	if err := registry.Create(dir, keysOf(dir)); err != nil {
		b.Fatal(err)
	}
	visit := func(f func(*registry.Registry) error) {
		r, err := registry.Open(dir, keysOf(dir), registry.Options{Clock: newClock().now})
		if err != nil {
			b.Fatal(err)
		}
		if err := f(r); err != nil {
			b.Fatal(err)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
	visit(func(r *registry.Registry) error {
		_, err := r.Register(b.Context(), person.Volunteer, people(100_000, 1))
		return err
	})
	for b.Loop() {
		visit(func(r *registry.Registry) error {
			_, err := r.Masked(b.Context(), "V0000018")
			return err
		})
	}
}
