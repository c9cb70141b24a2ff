package registry_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/store/registry"
)

// answer writes what Register said of one row.
func answer(a registry.Registered) string {
	if invalid, ok := errors.AsType[*ledger.Invalid](a.Err); ok {
		return invalid.Fields[0].Code
	}
	switch {
	case errors.Is(a.Err, registry.ErrAmbiguous):
		return "ambiguous"
	case a.New:
		return "new " + a.ID
	}
	return strings.TrimSpace("found " + a.ID + " " + strings.Join(a.Differs, ","))
}

// Each row is brought to the registry as the rows before left it: first all in one file, then one by one.
func TestRegister(t *testing.T) {
	t.Parallel()
	const (
		first, second = "34172319700101007X", "341723195503120026"
		one, two      = "13855660001", "13855660002"
	)
	rows := []struct {
		name, phone, id string
		want            string
	}{
		{"Wang Fang", one, first, "new V0000018"},
		{"Wang Fang", one, first, "found V0000018"},             // the same row again
		{"Wang  Fang", "138 5566 0001", "", "found V0000018"},   // by name and phone
		{"Wang Fang", two, first, "found V0000018 phone"},       // by ID number, with another phone
		{"Wang Fan", one, first, "found V0000018 name"},         // by ID number, with another name
		{"Li Jianguo", one, "", "new V0000026"},                 // a couple with one phone
		{"Li Jianguo", one, second, "found V0000026 id_number"}, // now with the ID number
		{"Wang Fang", two, second, "new V0000034"},              // another of the same name
		{"Wang Fang", one, "341723198807084128", "new V0000042"},
		{"Wang Fang", one, "", "ambiguous"}, // two of one name and phone
		{"Zhao", "", "", person.NoPhoneNorNumber},
		{"Zhao", "", "341723197001010000", person.DamagedIDNumber},
		{"Zhao", "", "341723198811110034", "new V0000059"},
	}
	people := make([]person.Person, len(rows))
	for i, row := range rows {
		people[i] = person.Person{Name: row.name, Phone: row.phone, IDNumber: row.id}
	}
	whole := open(t, create(t), registry.Options{})
	tried, err := whole.Match(t.Context(), person.Volunteer, people)
	if err != nil {
		t.Fatal(err)
	}
	together, err := whole.Register(t.Context(), person.Volunteer, people)
	if err != nil {
		t.Fatal(err)
	}
	single := open(t, create(t), registry.Options{})
	for i, row := range rows {
		alone, err := single.Register(t.Context(), person.Volunteer, people[i:i+1])
		if err != nil {
			t.Fatal(err)
		}
		for how, a := range map[string]registry.Registered{"tried": tried[i], "in one file": together[i], "alone": alone[0]} {
			if got := answer(a); got != row.want {
				t.Errorf("row %d %s: got %s, want %s", i, how, got, row.want)
			}
		}
	}

	// A retry of the file finds everybody and adds nobody.
	again, err := whole.Register(t.Context(), person.Volunteer, people)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range again {
		if a.New {
			t.Errorf("row %d again: got %s, want nobody new", i, answer(a))
		}
	}
}

// Staff and donors have serials of their own, and a volunteer of the same phone is somebody else's record.
func TestRegisterKinds(t *testing.T) {
	t.Parallel()
	r := open(t, create(t), registry.Options{})
	both := person.Person{Name: "Wang Fang", Phone: "13855660001"}
	put(t, r, person.Person{ID: "U000006", Name: "Steward"})
	var got []string
	for _, kind := range []person.Kind{person.Volunteer, person.Staff, person.Donor, person.Staff} {
		a, err := r.Register(t.Context(), kind, []person.Person{both})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, answer(a[0]))
	}
	if want := []string{"new V0000018", "new U000007", "new D001", "found U000007"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A number is given once: not after an erasure, not after a restart, not where the journal knows it already.
func TestNumbersAreGivenOnce(t *testing.T) {
	t.Parallel()
	dir := create(t)
	r := open(t, dir, registry.Options{})
	put(t, r, people(3, 1)...)
	if err := r.Erase(t.Context(), person.Volunteer.ID(3)); err != nil {
		t.Fatal(err)
	}
	closeRegistry(t, r)
	r = open(t, dir, registry.Options{})
	next := func(phone string) string {
		a, err := r.Register(t.Context(), person.Volunteer, []person.Person{{Name: "New", Phone: phone}})
		if err != nil {
			t.Fatal(err)
		}
		return a[0].ID
	}
	if got, want := next("13711110001"), person.Volunteer.ID(4); got != want {
		t.Errorf("after an erasure: got %s, want %s", got, want)
	}
	r.Reserve(person.Volunteer, 41)
	if got, want := next("13711110002"), person.Volunteer.ID(42); got != want {
		t.Errorf("after a reservation: got %s, want %s", got, want)
	}
	if err := r.Put(t.Context(), people(1, 3)...); !errors.Is(err, registry.ErrErased) {
		t.Errorf("put under an erased number: got %v, want ErrErased", err)
	}
}

// A large file takes several transactions and loses nobody between them.
func TestRegisterMany(t *testing.T) {
	t.Parallel()
	const n = 2500 // several transactions
	r := open(t, create(t), registry.Options{})
	rows := people(n, 1)
	for i := range rows {
		rows[i].ID = ""
	}

	answers, err := r.Register(t.Context(), person.Volunteer, rows)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range answers {
		if want := fmt.Sprintf("new %s", person.Volunteer.ID(i+1)); answer(a) != want {
			t.Fatalf("row %d: got %s, want %s", i, answer(a), want)
		}
	}
}

func BenchmarkRegister(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		if err := registry.Create(dir, keysOf(dir)); err != nil {
			b.Fatal(err)
		}
		r, err := registry.Open(dir, keysOf(dir), registry.Options{Clock: newClock().now})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.Register(b.Context(), person.Volunteer, people(30_000, 1)); err != nil {
			b.Fatal(err)
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(30_000*b.N)/b.Elapsed().Seconds(), "people/s")
}
