package registry_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"aixin/ledger/person"
	"aixin/store/registry"
)

// traces returns what stands on disk of a person in a closed registry: the wrapped key as it is written, the sealed values of
// the rows of that number, and the hashes of its index rows.
func traces(t *testing.T, dir, id string) [][]byte {
	t.Helper()
	unclean(t, dir) // Badger writes when it opens
	var found [][]byte
	for line := range strings.Lines(readFile(t, keysFile(dir))) {
		if strings.HasPrefix(line, id) {
			found = append(found, []byte(strings.Fields(line)[1]))
		}
	}
	db, err := badger.Open(badger.DefaultOptions(filepath.Join(dir, "registry", "db")).WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	err = db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.DefaultIteratorOptions)
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			key := it.Item().KeyCopy(nil)
			if !bytes.Contains(key, []byte(id)) {
				continue
			}
			value, err := it.Item().ValueCopy(nil)
			if err != nil {
				return err
			}
			// Without the first and last bytes: where they and their neighbours repeat what stood before, a table refers to it.
			trace := value[4 : len(value)-4]
			if key[0] == 'x' {
				trace = key[8:31] // of the keyed hash
			}
			found = append(found, trace)
		}
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return found
}

// unclean makes a closed registry look as after an unclean stop: what its files should be is not known.
func unclean(t *testing.T, dir string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, "registry", "SHA256SUMS")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
}

func keysFile(dir string) string { return filepath.Join(dir, "registry", "keys") }

func readFile(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// After an erasure no file has a trace of the person left: not the key, not a sealed value, not a hash to find them by, those
// of a phone and a card of long ago included.
func TestEraseLeavesNoTrace(t *testing.T) {
	t.Parallel()
	dir := create(t)
	r := open(t, dir, registry.Options{})
	before := wang()
	before.Phone = "13955660009"
	put(t, r, before)
	put(t, r, people(20, 2)...)
	for range 2 {
		if _, err := r.NewCard(t.Context(), wang().ID); err != nil {
			t.Fatal(err)
		}
	}
	put(t, r, wang())
	if err := r.SetPIN(t.Context(), wang().ID, "730194"); err != nil {
		t.Fatal(err)
	}
	get(t, r, wang().ID)
	closeRegistry(t, r)

	left := traces(t, dir, wang().ID)
	if want := 1 + 3 + 6; len(left) != want { // a key; record, failures and list; six index rows
		t.Fatalf("got %d traces before, want %d", len(left), want)
	}
	for i, trace := range left {
		if grep(t, dir, trace) == nil {
			t.Fatalf("trace %d cannot be found before the erasure either", i)
		}
	}

	r = open(t, dir, registry.Options{})
	if err := r.Erase(t.Context(), wang().ID); err != nil {
		t.Fatal(err)
	}
	for i, trace := range left {
		if hits := grep(t, dir, trace); hits != nil {
			t.Errorf("trace %d stands in %v", i, hits)
		}
	}
	erased(t, r)
	closeRegistry(t, r)
	for i, trace := range left {
		if hits := grep(t, dir, trace); hits != nil {
			t.Errorf("closed: trace %d stands in %v", i, hits)
		}
	}
	erased(t, open(t, dir, registry.Options{}))
}

// erased fails the test unless wang is gone, the others are here, and the log still says who looked.
func erased(t *testing.T, r *registry.Registry) {
	t.Helper()
	if _, err := r.Get(t.Context(), purpose(), wang().ID); !errors.Is(err, registry.ErrErased) {
		t.Errorf("get: got %v, want ErrErased", err)
	}
	if err := r.CheckPIN(t.Context(), wang().ID, "730194", ""); !errors.Is(err, registry.ErrWrongPIN) {
		t.Errorf("PIN: got %v, want ErrWrongPIN", err)
	}
	for _, phone := range []string{"13855660001", "13955660009"} {
		if got, err := r.FindByPhone(t.Context(), phone); err != nil || got != nil {
			t.Errorf("find: got %v, %v, want nobody", got, err)
		}
	}
	if got := get(t, r, person.Volunteer.ID(2)); got != people(1, 2)[0] {
		t.Error("somebody else's details changed")
	}
	if looks, err := r.Accesses(t.Context(), registry.AccessQuery{Person: wang().ID}); err != nil || looks == nil {
		t.Errorf("access log of an erased person: got %v, %v, want who looked", looks, err)
	}
}

// A process that ends between destroying the key and dropping the rows leaves rows that nobody can open; the next Open drops
// them.
func TestInterruptedErasure(t *testing.T) {
	t.Parallel()
	dir := create(t)
	r := open(t, dir, registry.Options{})
	put(t, r, append(people(5, 2), wang())...)
	closeRegistry(t, r)
	left := traces(t, dir, wang().ID)

	other := create(t)
	copyTree(t, dir, other)
	r = open(t, other, registry.Options{})
	if err := r.Erase(t.Context(), wang().ID); err != nil {
		t.Fatal(err)
	}
	closeRegistry(t, r)
	if err := os.WriteFile(keysFile(dir), []byte(readFile(t, keysFile(other))), 0o600); err != nil {
		t.Fatal(err)
	}
	unclean(t, dir)

	r = open(t, dir, registry.Options{})
	for i, trace := range left {
		if hits := grep(t, dir, trace); hits != nil {
			t.Errorf("trace %d stands in %v", i, hits)
		}
	}
	if got, err := r.FindByPhone(t.Context(), wang().Phone); err != nil || got != nil {
		t.Errorf("find: got %v, %v, want nobody", got, err)
	}
}

// copyTree replaces the content of one data directory by that of another.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// A restore replays erasures, those of people that the backup never knew included.
func TestEraseAgain(t *testing.T) {
	t.Parallel()
	r := open(t, create(t), registry.Options{})
	put(t, r, people(3, 1)...)
	ids := []string{person.Volunteer.ID(1), person.Volunteer.ID(1), person.Volunteer.ID(9)}
	for range 2 {
		if err := r.Erase(t.Context(), ids...); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := r.Missing(t.Context(), slices.Values(ids)); err != nil || got != nil {
		t.Errorf("missing: got %v, %v, want nobody", got, err)
	}
	if err := r.Erase(t.Context(), "Wang Xiaohong"); err == nil || strings.Contains(err.Error(), "Wang") {
		t.Errorf("a name for a number: got %v, want an error that does not repeat it", err)
	}
	// D001 begins D0010, and they are two.
	put(t, r, person.Person{ID: "D001", Name: "One"}, person.Person{ID: "D0010", Name: "Ten"})
	if err := r.Erase(t.Context(), "D001"); err != nil {
		t.Fatal(err)
	}
	if got := get(t, r, "D0010").Name; got != "Ten" {
		t.Errorf("got %q, want Ten", got)
	}
}

func TestWrongKey(t *testing.T) {
	t.Parallel()
	dir := create(t)
	closeRegistry(t, open(t, dir, registry.Options{}))
	other := create(t)
	o := registry.Options{Clock: newClock().now}
	if _, err := registry.Open(dir, keysOf(other), o); !errors.Is(err, registry.ErrWrongKey) {
		t.Errorf("another registry's key: got %v, want ErrWrongKey", err)
	}
	key := filepath.Join(keysOf(dir), "registry.key")
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: got %v, %v, want mode 0600", info, err)
	}
	if err := os.WriteFile(key, []byte("not a key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.Open(dir, keysOf(dir), o); !errors.Is(err, registry.ErrWrongKey) {
		t.Errorf("a damaged key: got %v, want ErrWrongKey", err)
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if _, err := registry.Open(dir, keysOf(dir), o); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no key: got %v, want ErrNotExist", err)
	}
}
