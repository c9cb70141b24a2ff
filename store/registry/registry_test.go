package registry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aixin/ledger"
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
	return person.Person{ID: "V0000018", Name: "Wang Xiaohong", Phone: "13855660001", IDNumber: "34172319700101007X"}
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

// A command that waits gets its turn when the other closes, and ErrLocked when that takes too long.
func TestOpenWaits(t *testing.T) {
	t.Parallel()
	dir := create(t)
	first := open(t, dir, registry.Options{})
	o := registry.Options{Clock: newClock().now, Wait: time.Millisecond}
	if _, err := registry.Open(dir, keysOf(dir), o); !errors.Is(err, registry.ErrLocked) {
		t.Errorf("a short wait: got %v, want ErrLocked", err)
	}
	opened := make(chan error)
	go func() {
		o.Wait = time.Minute
		second, err := registry.Open(dir, keysOf(dir), o)
		if err == nil {
			err = second.Close()
		}
		opened <- err
	}()
	closeRegistry(t, first)
	if err := <-opened; err != nil {
		t.Errorf("a long wait: got %v", err)
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

// people returns n people with details that no other has, numbered from serial first.
func people(n, first int) []person.Person {
	list := make([]person.Person, n)
	for i := range list {
		list[i] = person.Person{
			ID:    person.Volunteer.ID(first + i),
			Name:  "Volunteer " + strings.Repeat("I", i%7+1),
			Phone: fmt.Sprintf("139%08d", first+i),
		}
	}
	return list
}

func purpose() registry.Purpose {
	return registry.Purpose{Actor: "U000006", Reason: "lost card, asked at the desk"}
}

// get returns one person's details, or fails the test.
func get(t *testing.T, r *registry.Registry, id string) person.Person {
	t.Helper()
	got, err := r.Get(t.Context(), purpose(), id)
	if err != nil {
		t.Fatalf("get %s: %v", id, err)
	}
	return got[0]
}

func put(t *testing.T, r *registry.Registry, list ...person.Person) {
	t.Helper()
	if err := r.Put(t.Context(), list...); err != nil {
		t.Fatalf("put: %v", err)
	}
}

func TestPutAndGet(t *testing.T) {
	t.Parallel()
	dir := create(t)
	r := open(t, dir, registry.Options{})
	typed := wang()
	typed.Phone, typed.IDNumber = " 138-5566 0001", "34172319700101007x"
	put(t, r, typed)
	if got := get(t, r, wang().ID); got != wang() {
		t.Errorf("got %#v with other details than were put", got)
	}
	masked, err := r.Masked(t.Context(), wang().ID, "V0000026")
	want := map[string]person.Masked{wang().ID: {ID: wang().ID, Name: "W*** *******g", Phone: "0001"}}
	if err != nil || !maps.Equal(masked, want) {
		t.Errorf("masked: got %v, %v, want %v", masked, err, want)
	}
	if _, err := r.Get(t.Context(), purpose(), "V0000026"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("get nobody: got %v, want ErrNotFound", err)
	}

	// Everything is there after a restart.
	closeRegistry(t, r)
	if got := get(t, open(t, dir, registry.Options{}), wang().ID); got != wang() {
		t.Errorf("after a restart: got %#v with other details than were put", got)
	}
}

func TestPutRefusals(t *testing.T) {
	t.Parallel()
	r := open(t, create(t), registry.Options{})
	damaged := wang()
	damaged.IDNumber = "341723197001010000"
	err := r.Put(t.Context(), append(people(3, 10), damaged)...)
	invalid, ok := errors.AsType[*ledger.Invalid](err)
	if !ok || invalid.Fields[0].Code != person.DamagedIDNumber {
		t.Errorf("a damaged ID number: got %v, want %s", err, person.DamagedIDNumber)
	}
	if strings.Contains(err.Error(), damaged.IDNumber) || strings.Contains(err.Error(), damaged.Name) {
		t.Errorf("got %q, want no personal data in it", err)
	}
	ids := []string{person.Volunteer.ID(10), damaged.ID}
	if missing, err := r.Missing(t.Context(), slices.Values(ids)); err != nil || !slices.Equal(missing, ids) {
		t.Errorf("after a refused put: missing %v, %v, want %v: nothing half-done", missing, err, ids)
	}
	noRoom := errors.New("disk below floor")
	full := open(t, create(t), registry.Options{Room: func() error { return noRoom }})
	if err := full.Put(t.Context(), wang()); !errors.Is(err, noRoom) {
		t.Errorf("a full disk: got %v, want %v", err, noRoom)
	}
}

// A changed phone is found and the old one is not; PIN and card stay.
func TestPutAgain(t *testing.T) {
	t.Parallel()
	r := open(t, create(t), registry.Options{})
	put(t, r, wang())
	card, err := r.NewCard(t.Context(), wang().ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.SetPIN(t.Context(), wang().ID, "730194"); err != nil {
		t.Fatal(err)
	}
	moved := wang()
	moved.Phone = "13955660002"
	put(t, r, moved)
	for phone, want := range map[string][]string{"13855660001": nil, "13955660002": {wang().ID}} {
		if got, err := r.FindByPhone(t.Context(), phone); err != nil || !slices.Equal(got, want) {
			t.Errorf("find %s: got %v, %v, want %v", phone, got, err, want)
		}
	}
	if got, err := r.FindByCard(t.Context(), card); err != nil || got != wang().ID {
		t.Errorf("card: got %v, %v, want %v", got, err, wang().ID)
	}
	if err := r.CheckPIN(t.Context(), wang().ID, "730194", ""); err != nil {
		t.Errorf("PIN: got %v", err)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	r := open(t, create(t), registry.Options{})
	husband := person.Person{ID: "V0000026", Name: "Li Jianguo", Phone: "13855660001"} // a couple with one phone
	namesake := person.Person{ID: "V0000034", Name: "Wang Xiaohong", Phone: "13955660003"}
	clerk := person.Person{ID: "U000005", Name: "Wang Xiaohong", IDNumber: wang().IDNumber} // staff and volunteer at once
	put(t, r, wang(), husband, namesake, clerk)
	tests := []struct {
		name string
		find func(context.Context, string) ([]string, error)
		text string
		want []string
	}{
		{"a couple with one phone", r.FindByPhone, "１３８ 5566 0001", []string{"V0000018", "V0000026"}},
		{"two people of one name", r.FindByName, " Wang  Xiaohong", []string{"U000005", "V0000018", "V0000034"}},
		{"volunteer and staff", r.FindByIDNumber, "34172319700101007x", []string{"U000005", "V0000018"}},
		{"nobody's phone", r.FindByPhone, "13700000000", nil},
		{"a phone is no ID number", r.FindByIDNumber, "13855660001", nil},
		{"nothing", r.FindByPhone, "", nil},
		{"half a name", r.FindByName, "Wang", nil},
	}
	for _, test := range tests {
		if got, err := test.find(t.Context(), test.text); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, %v, want %v", test.name, got, err, test.want)
		}
	}
}

func TestCard(t *testing.T) {
	t.Parallel()
	dir := create(t)
	r := open(t, dir, registry.Options{})
	put(t, r, wang())
	lost, err := r.NewCard(t.Context(), wang().ID)
	if err != nil {
		t.Fatal(err)
	}
	card, err := r.NewCard(t.Context(), wang().ID)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Trim(card, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" || !strings.HasPrefix(card, "AX") || !registry.IsCard(card) {
		t.Errorf("card %q: want AX and upper-case letters and digits", card)
	}
	if got, err := r.FindByCard(t.Context(), strings.ToLower(card)+"\r\n"); err != nil || got != wang().ID {
		t.Errorf("as a scanner types it: got %v, %v, want %v", got, err, wang().ID)
	}
	for _, text := range []string{lost, "AX", "", "V0000018", card + "A", card[:len(card)-1]} {
		if got, err := r.FindByCard(t.Context(), text); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("card %q: got %v, %v, want ErrNotFound", text, got, err)
		}
	}
	if hits := grep(t, dir, []byte(card)); hits != nil {
		t.Errorf("the token stands in %v", hits)
	}
}

func TestAccessLog(t *testing.T) {
	t.Parallel()
	c := newClock()
	r := open(t, create(t), registry.Options{Clock: c.now})
	put(t, r, people(3, 1)...)
	for _, why := range []registry.Purpose{{}, {Actor: "U000006"}, {Reason: "curious"}, {Actor: "somebody", Reason: "curious"}} {
		if _, err := r.Get(t.Context(), why, "V0000018"); !errors.Is(err, registry.ErrNoPurpose) {
			t.Errorf("get for %+v: got %v, want ErrNoPurpose", why, err)
		}
	}
	get(t, r, "V0000018")
	c.advance(24 * time.Hour)
	get(t, r, "V0000018")
	if _, err := r.Get(t.Context(), registry.Purpose{Actor: "U000003", Reason: "identify"}, "V0000026", "V0000034"); err != nil {
		t.Fatal(err)
	}
	start := newClock().at
	tests := []struct {
		query registry.AccessQuery
		want  string
	}{
		{registry.AccessQuery{}, "12 U000006 V0000018; 13 U000006 V0000018; 13 U000003 V0000026; 13 U000003 V0000034"},
		{registry.AccessQuery{Person: "V0000018"}, "12 U000006 V0000018; 13 U000006 V0000018"},
		{registry.AccessQuery{Actor: "U000003"}, "13 U000003 V0000026; 13 U000003 V0000034"},
		{registry.AccessQuery{Until: start.Add(time.Hour)}, "12 U000006 V0000018"},
		{registry.AccessQuery{From: start.Add(time.Hour), Actor: "U000006"}, "13 U000006 V0000018"},
	}
	for _, test := range tests {
		var got []string
		list, err := r.Accesses(t.Context(), test.query)
		if err != nil {
			t.Fatalf("%+v: got %v", test.query, err)
		}
		for _, a := range list {
			if a.Reason == "" {
				t.Errorf("%+v: got %+v without its reason", test.query, a)
			}
			got = append(got, fmt.Sprintf("%d %s %s", a.At.Day(), a.Actor, a.Person))
		}
		if joined := strings.Join(got, "; "); joined != test.want {
			t.Errorf("%+v: got %s, want %s", test.query, joined, test.want)
		}
	}
}

// The log is read in pages, each behind the last look of the one before; none is left out or told twice, also of those of one moment.
func TestAccessLogInPages(t *testing.T) {
	t.Parallel()
	c := newCoded(t)
	for range 5 {
		get(t, c.Registry, c.id)
	}
	all, err := c.Accesses(t.Context(), registry.AccessQuery{})
	if err != nil || len(all) != 5 {
		t.Fatalf("got %d looks, %v, want 5", len(all), err)
	}
	var got []registry.Access
	q := registry.AccessQuery{Limit: 2}
	for {
		page, err := c.Accesses(t.Context(), q)
		if err != nil || len(page) > q.Limit {
			t.Fatalf("behind %q: got %d looks, %v", q.After, len(page), err)
		}
		if len(page) == 0 {
			break
		}
		got, q.After = append(got, page...), page[len(page)-1].ID
	}
	if !slices.Equal(got, all) {
		t.Errorf("pages of two: got %+v, want %+v", got, all)
	}
	for _, test := range []struct {
		q    registry.AccessQuery
		want []registry.Access
	}{
		{registry.AccessQuery{Newest: true, Limit: 2}, all[3:]},
		{registry.AccessQuery{Newest: true}, all},
		{registry.AccessQuery{Newest: true, Limit: 2, After: all[3].ID}, all[4:]},
		{registry.AccessQuery{Newest: true, Limit: 2, Until: all[0].At}, nil},
		{registry.AccessQuery{Newest: true, Limit: 2, Before: all[3].ID}, all[1:3]},
		{registry.AccessQuery{Newest: true, Limit: 2, Before: all[0].ID}, nil},
		{registry.AccessQuery{Before: all[2].ID}, all[:2]},
		{registry.AccessQuery{Newest: true, Limit: 1, Until: all[4].At.Add(time.Hour), Person: c.id}, all[4:]},
	} {
		if got, err := c.Accesses(t.Context(), test.q); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%+v: got %+v, %v, want %+v", test.q, got, err, test.want)
		}
	}
	for _, q := range []registry.AccessQuery{{After: "here"}, {Before: "there"}} {
		_, err = c.Accesses(t.Context(), q)
		if _, malformed := errors.AsType[*ledger.Invalid](err); !malformed {
			t.Errorf("%+v, an id that is none: got %v", q, err)
		}
	}
}

// A look-up that cannot be logged shows nothing.
func TestNoLogNoData(t *testing.T) {
	t.Parallel()
	var full bool
	noRoom := errors.New("disk below floor")
	r := open(t, create(t), registry.Options{Room: func() error {
		if full {
			return noRoom
		}
		return nil
	}})
	put(t, r, wang())
	full = true
	if got, err := r.Get(t.Context(), purpose(), wang().ID); !errors.Is(err, noRoom) || got != nil {
		t.Errorf("got %v, %v, want nothing and %v", got, err, noRoom)
	}
}

// What stands on disk tells nobody's name, phone or ID number, and no PIN.
func TestNothingInPlain(t *testing.T) {
	t.Parallel()
	dir := create(t)
	r := open(t, dir, registry.Options{})
	put(t, r, wang())
	if err := r.SetPIN(t.Context(), wang().ID, "730194"); err != nil {
		t.Fatal(err)
	}
	get(t, r, wang().ID)
	plain := [][]byte{
		[]byte("Xiaohong"), []byte("13855660001"), []byte(wang().IDNumber), []byte("730194"), []byte("argon2"), []byte("lost card"),
	}
	if hits := grep(t, dir, plain...); hits != nil {
		t.Errorf("open: plain text in %v", hits)
	}
	closeRegistry(t, r)
	if hits := grep(t, dir, plain...); hits != nil {
		t.Errorf("closed: plain text in %v", hits)
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	r := open(t, create(t), registry.Options{})
	put(t, r, people(3, 1)...)
	if err := r.Erase(t.Context(), person.Volunteer.ID(2)); err != nil {
		t.Fatal(err)
	}
	ids := []string{person.Volunteer.ID(1), person.Volunteer.ID(2), person.Volunteer.ID(3), person.Volunteer.ID(4)}
	got, err := r.Missing(t.Context(), slices.Values(ids))
	if want := ids[3:]; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	r := open(t, create(t), registry.Options{})
	put(t, r, wang())
	closeRegistry(t, r)
	_, masked := r.Masked(t.Context(), wang().ID)
	_, got := r.Get(t.Context(), purpose(), wang().ID)
	_, found := r.FindByName(t.Context(), wang().Name)
	for name, err := range map[string]error{
		"masked": masked, "get": got, "find": found, "put": r.Put(t.Context(), wang()), "erase": r.Erase(t.Context(), wang().ID),
		"PIN": r.CheckPIN(t.Context(), wang().ID, "730194", ""), "check": r.Check(t.Context()),
	} {
		if !errors.Is(err, registry.ErrClosed) {
			t.Errorf("%s: got %v, want ErrClosed", name, err)
		}
	}
}

// Everything at once, for the race detector; what was put stays whole.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	r := open(t, create(t), registry.Options{})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			mine := people(3, 10*i+1)
			if err := r.Put(t.Context(), mine...); err != nil {
				t.Errorf("put: %v", err)
			}
			if _, err := r.FindByPhone(t.Context(), mine[0].Phone); err != nil {
				t.Errorf("find: %v", err)
			}
			if err := r.Erase(t.Context(), mine[2].ID); err != nil {
				t.Errorf("erase: %v", err)
			}
			if _, err := r.Register(t.Context(), person.Staff, []person.Person{{Name: "Clerk"}}); err != nil {
				t.Errorf("register: %v", err)
			}
			got, err := r.Get(t.Context(), purpose(), mine[0].ID, mine[1].ID)
			if err != nil || !slices.Equal(got, mine[:2]) {
				t.Errorf("get: %v", err)
			}
		})
	}
	wg.Wait()
}
