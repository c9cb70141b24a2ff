package registry_test

import (
	"context"
	"errors"
	"fmt"
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

// rewrite changes rows of a closed registry's database behind its back.
func rewrite(t *testing.T, dir string, change func(*badger.Txn) error) {
	t.Helper()
	unclean(t, dir)
	db, err := badger.Open(badger.DefaultOptions(filepath.Join(dir, "registry", "db")).WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(change), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// value reads a row.
func value(txn *badger.Txn, row string) ([]byte, error) {
	item, err := txn.Get([]byte(row))
	if err != nil {
		return nil, err
	}
	return item.ValueCopy(nil)
}

// A sealed value that was changed in any byte, or moved to another row, is an error and never an answer.
func TestChangedValues(t *testing.T) {
	t.Parallel()
	other := people(1, 2)[0]
	tests := map[string]func(*badger.Txn) error{
		"moved": func(txn *badger.Txn) error {
			v, err := value(txn, "p/"+other.ID+"/")
			return errors.Join(err, txn.Set([]byte("p/"+wang().ID+"/"), v))
		},
		"shortened": func(txn *badger.Txn) error {
			v, err := value(txn, "p/"+wang().ID+"/")
			return errors.Join(err, txn.Set([]byte("p/"+wang().ID+"/"), v[:len(v)-1]))
		},
		"emptied": func(txn *badger.Txn) error { return txn.Set([]byte("p/"+wang().ID+"/"), []byte{}) },
	}
	for i := range 16 {
		tests[fmt.Sprintf("byte %d flipped", i)] = func(txn *badger.Txn) error {
			v, err := value(txn, "p/"+wang().ID+"/")
			if err != nil {
				return err
			}
			v[i*len(v)/16] ^= 1
			return txn.Set([]byte("p/"+wang().ID+"/"), v)
		}
	}
	dir := create(t)
	r := open(t, dir, registry.Options{})
	put(t, r, wang(), other)
	closeRegistry(t, r)
	var sound []byte
	rewrite(t, dir, func(txn *badger.Txn) (err error) {
		sound, err = value(txn, "p/"+wang().ID+"/")
		return err
	})
	for name, change := range tests {
		rewrite(t, dir, func(txn *badger.Txn) error {
			return errors.Join(txn.Set([]byte("p/"+wang().ID+"/"), slices.Clone(sound)), change(txn))
		})
		r, err := registry.Open(dir, keysOf(dir), registry.Options{Clock: newClock().now})
		if err != nil {
			t.Fatalf("%s: open: %v", name, err)
		}
		_, got := r.Get(t.Context(), purpose(), wang().ID)
		_, masked := r.Masked(t.Context(), wang().ID)
		_, found := r.FindByPhone(t.Context(), wang().Phone)
		for what, err := range map[string]error{"get": got, "masked": masked, "find": found, "check": r.Check(t.Context())} {
			if !errors.Is(err, registry.ErrDamaged) {
				t.Errorf("%s: %s: got %v, want ErrDamaged", name, what, err)
			}
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// An index row that is gone or was forged is noticed: a search that finds nobody would make a second person of the same.
func TestChangedIndex(t *testing.T) {
	t.Parallel()
	indexRow := func(txn *badger.Txn) []byte {
		o := badger.DefaultIteratorOptions
		o.Prefix = []byte("x/p")
		it := txn.NewIterator(o)
		defer it.Close()
		it.Rewind()
		return it.Item().KeyCopy(nil)
	}
	for name, change := range map[string]func(*badger.Txn) error{
		"gone":   func(txn *badger.Txn) error { return txn.Delete(indexRow(txn)) },
		"forged": func(txn *badger.Txn) error { return txn.Set(indexRow(txn), []byte("12345678")) },
	} {
		dir := create(t)
		r := open(t, dir, registry.Options{})
		put(t, r, wang())
		closeRegistry(t, r)
		rewrite(t, dir, change)
		r, err := registry.Open(dir, keysOf(dir), registry.Options{Clock: newClock().now})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Check(t.Context()); !errors.Is(err, registry.ErrDamaged) {
			t.Errorf("%s: check: got %v, want ErrDamaged", name, err)
		}
		if ids, err := r.FindByPhone(t.Context(), wang().Phone); name == "forged" && !errors.Is(err, registry.ErrDamaged) {
			t.Errorf("%s: find: got %v, %v, want ErrDamaged", name, ids, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A process that is killed leaves the files as they are at that moment: whatever it answered for is there.
func TestKilled(t *testing.T) {
	t.Parallel()
	dir := create(t)
	r := open(t, dir, registry.Options{})
	put(t, r, people(3, 1)...)
	if err := r.SetPIN(t.Context(), person.Volunteer.ID(1), "730194"); err != nil {
		t.Fatal(err)
	}
	if err := r.Erase(t.Context(), person.Volunteer.ID(2)); err != nil {
		t.Fatal(err)
	}
	put(t, r, wang())
	left := t.TempDir()
	copyTree(t, dir, left)

	r = open(t, left, registry.Options{})
	if got := get(t, r, wang().ID); got != wang() {
		t.Error("got other details than were put last")
	}
	if err := r.CheckPIN(t.Context(), person.Volunteer.ID(1), "730194", ""); err != nil {
		t.Errorf("PIN: got %v", err)
	}
	if _, err := r.Get(t.Context(), purpose(), person.Volunteer.ID(2)); !errors.Is(err, registry.ErrErased) {
		t.Errorf("erased: got %v, want ErrErased", err)
	}
}

// After an erasure that failed half-way nothing more is written, since nobody knows what the keys file holds; the next Open
// reads it.
func TestStopsAfterFailedErasure(t *testing.T) {
	t.Parallel()
	dir := create(t)
	r := open(t, dir, registry.Options{})
	put(t, r, people(2, 1)...)
	inTheWay := keysFile(dir) + ".new"
	if err := os.Mkdir(inTheWay, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := r.Erase(t.Context(), person.Volunteer.ID(1)); !errors.Is(err, registry.ErrStopped) {
		t.Errorf("erase: got %v, want ErrStopped", err)
	}
	if err := os.Remove(inTheWay); err != nil {
		t.Fatal(err)
	}
	if err := r.Put(t.Context(), people(1, 3)...); !errors.Is(err, registry.ErrStopped) {
		t.Errorf("put: got %v, want ErrStopped", err)
	}
	if err := r.Erase(t.Context(), person.Volunteer.ID(2)); !errors.Is(err, registry.ErrStopped) {
		t.Errorf("erase again: got %v, want ErrStopped", err)
	}
	closeRegistry(t, r)
	r = open(t, dir, registry.Options{})
	get(t, r, person.Volunteer.ID(1))
	if err := r.Erase(t.Context(), person.Volunteer.ID(1)); err != nil {
		t.Errorf("erase after opening anew: got %v", err)
	}
}

// Every byte of the keys file flipped in turn: opening refuses. The last line without its end is what a crash leaves: it is
// cut, since nobody was told of it.
func TestDamagedKeysFile(t *testing.T) {
	t.Parallel()
	dir := create(t)
	r := open(t, dir, registry.Options{})
	put(t, r, people(2, 1)...)
	if err := r.Erase(t.Context(), person.Volunteer.ID(2)); err != nil {
		t.Fatal(err)
	}
	closeRegistry(t, r)
	unclean(t, dir)
	sound := readFile(t, keysFile(dir))
	write := func(text string) {
		if err := os.WriteFile(keysFile(dir), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o := registry.Options{Clock: newClock().now}
	for i := range len(sound) - 1 {
		damaged := []byte(sound)
		damaged[i] ^= 1
		write(string(damaged))
		if _, err := registry.Open(dir, keysOf(dir), o); !errors.Is(err, registry.ErrDamaged) && !errors.Is(err, registry.ErrWrongKey) {
			t.Errorf("byte %d flipped: got %v, want ErrDamaged", i, err)
		}
	}
	write(sound + strings.Split(sound, "\n")[1] + "\n")
	if _, err := registry.Open(dir, keysOf(dir), o); !errors.Is(err, registry.ErrDamaged) {
		t.Errorf("a line twice: got %v, want ErrDamaged", err)
	}
	write(sound + "V0000034 dG9ybg")
	r = open(t, dir, registry.Options{})
	if got := readFile(t, keysFile(dir)); got != sound {
		t.Errorf("torn line: got %q, want it cut", got)
	}
	put(t, r, people(1, 3)...)
	closeRegistry(t, r)
	get(t, open(t, dir, registry.Options{}), person.Volunteer.ID(3))
}

// damages are what may happen to a file at rest.
func damages() map[string]func([]byte) []byte {
	return map[string]func([]byte) []byte{
		"flipped early": func(b []byte) []byte { b[len(b)/5] ^= 1; return b },
		"flipped late":  func(b []byte) []byte { b[len(b)*4/5] ^= 1; return b },
		"flipped last":  func(b []byte) []byte { b[len(b)-1] ^= 0x80; return b },
		"halved":        func(b []byte) []byte { return b[:len(b)/2] },
		"deleted":       func([]byte) []byte { return nil },
	}
}

// Every file of a registry damaged, cut or deleted at rest: opening refuses.
func TestDamagedAtRest(t *testing.T) {
	t.Parallel()
	eachDamage(t, func(t *testing.T, dir, name string, _ []person.Person) {
		t.Helper()
		_, err := registry.Open(dir, keysOf(dir), registry.Options{Clock: newClock().now})
		if !errors.Is(err, registry.ErrDamaged) && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, want ErrDamaged", name, err)
		}
	})
}

// The same after an unclean stop, when nobody knows what the files should be: opening refuses, or a person is reported as
// missing, or nothing was lost. Nobody gets another's details.
func TestDamagedAfterUncleanStop(t *testing.T) {
	t.Parallel()
	eachDamage(t, func(t *testing.T, dir, name string, list []person.Person) {
		t.Helper()
		unclean(t, dir)
		answersRightly(t, dir, name, list)
	})
}

// A process that is killed while it closes leaves the log of a memory table that was emptied and not yet removed: nothing is damaged.
func TestStoppedWhileClosing(t *testing.T) {
	t.Parallel()
	dir := create(t)
	r := open(t, dir, registry.Options{})
	list := people(3, 1)
	put(t, r, list...)
	closeRegistry(t, r)
	unclean(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "registry", "db", "00001.mem"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r = open(t, dir, registry.Options{})
	for _, p := range list {
		if got, err := r.Get(t.Context(), purpose(), p.ID); err != nil || got[0] != p {
			t.Errorf("%s: got %v, %v", p.ID, got, err)
		}
	}
}

// eachDamage makes a registry of some people for each file and damage.
func eachDamage(t *testing.T, try func(t *testing.T, dir, name string, list []person.Person)) {
	t.Helper()
	sound := create(t)
	r := open(t, sound, registry.Options{})
	list := people(40, 1)
	put(t, r, list...)
	closeRegistry(t, r)
	tried := 0
	err := filepath.WalkDir(filepath.Join(sound, "registry"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "SHA256SUMS" {
			return err
		}
		content := readFile(t, path)
		name, err := filepath.Rel(sound, path)
		for what, damage := range damages() {
			if content == "" {
				break
			}
			dir := t.TempDir()
			copyTree(t, sound, dir)
			change(t, filepath.Join(dir, name), damage([]byte(content)))
			try(t, dir, name+" "+what, list)
			tried++
		}
		return err
	})
	if err != nil || tried < 4*len(damages()) {
		t.Errorf("got %d damages tried, %v, want several files", tried, err)
	}
}

// change writes new content, or removes the file where there is none.
func change(t *testing.T, path string, content []byte) {
	t.Helper()
	err := os.Remove(path)
	if err == nil && content != nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// answersRightly fails the test if an answer is wrong, or somebody is lost and nothing says so.
func answersRightly(t *testing.T, dir, name string, want []person.Person) {
	t.Helper()
	r, err := registry.Open(dir, keysOf(dir), registry.Options{Clock: newClock().now})
	if err != nil {
		return // refused
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Logf("%s: close: %v", name, err)
		}
	}()
	ids := make([]string, len(want))
	for i, p := range want {
		ids[i] = p.ID
	}
	missing, err := r.Missing(t.Context(), slices.Values(ids))
	if err != nil {
		return // refused
	}
	for _, p := range want {
		got, err := r.Get(context.WithoutCancel(t.Context()), purpose(), p.ID)
		switch {
		case err == nil && got[0] != p:
			t.Errorf("%s: %s: got a wrong answer", name, p.ID)
		case errors.Is(err, registry.ErrNotFound) && !slices.Contains(missing, p.ID):
			t.Errorf("%s: %s is lost and not reported", name, p.ID)
		}
	}
}
