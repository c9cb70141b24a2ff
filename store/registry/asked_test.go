package registry_test

import (
	"errors"
	"testing"

	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/store/registry"
)

// A key is of one request of one person: what was done under it is told again, also after a restart, and what was refused leaves it free.
func TestAsked(t *testing.T) {
	t.Parallel()
	dir := create(t)
	r := open(t, dir, registry.Options{})
	ask := func(r *registry.Registry, actor, digest string) (bool, string, error) {
		done, answer, err := r.Ask(t.Context(), "k1", actor, []byte(digest))
		return done, string(answer), err
	}
	conflict := func(err error) bool {
		no, ok := errors.AsType[*ledger.Rejection](err)
		return ok && no.Reason == ledger.KeyConflict
	}
	for range 2 { // what was not answered yet is asked for again
		if done, _, err := ask(r, "U000001", "one"); done || err != nil {
			t.Fatalf("got done %v, %v", done, err)
		}
	}
	if err := r.Unask(t.Context(), "k1"); err != nil {
		t.Fatal(err)
	}
	if done, _, err := ask(r, "U000002", "two"); done || err != nil {
		t.Fatalf("after a refusal: got done %v, %v", done, err)
	}
	if err := r.Answered(t.Context(), "k1", []byte(`{"result":1}`)); err != nil {
		t.Fatal(err)
	}
	closeRegistry(t, r)
	r = open(t, dir, registry.Options{})
	if done, answer, err := ask(r, "U000002", "two"); !done || answer != `{"result":1}` || err != nil {
		t.Errorf("again: got %v, %s, %v", done, answer, err)
	}
	for _, other := range [][2]string{{"U000002", "one"}, {"U000001", "two"}} {
		if _, _, err := ask(r, other[0], other[1]); !conflict(err) {
			t.Errorf("%v: got %v, want a conflict", other, err)
		}
	}
}

// Under one key one key of a system is made, however often the call is cut off before it is noted as done.
func TestMadeOnce(t *testing.T) {
	t.Parallel()
	dir := create(t)
	r := open(t, dir, registry.Options{})
	if _, _, err := r.Ask(t.Context(), "k1", "U000001", []byte("one")); err != nil {
		t.Fatal(err)
	}
	first, text, err := r.NewSystemKey(t.Context(), person.SystemKey{Staff: "U000002", Scopes: []string{"read"}}, "k1")
	if err != nil || text == "" {
		t.Fatalf("got %q, %v", text, err)
	}
	closeRegistry(t, r)
	r = open(t, dir, registry.Options{})
	if done, _, err := r.Ask(t.Context(), "k1", "U000001", []byte("one")); done || err != nil {
		t.Fatalf("asked again: got done %v, %v", done, err)
	}
	again, text, err := r.NewSystemKey(t.Context(), person.SystemKey{Staff: "U000002", Scopes: []string{"read"}}, "k1")
	if err != nil || text != "" || again.ID != first.ID {
		t.Errorf("made again: got %+v, %q, %v; want %s without its text", again, text, err, first.ID)
	}
	if list, err := r.SystemKeys(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("got %d keys, %v", len(list), err)
	}
	if _, text, err := r.NewSystemKey(t.Context(), person.SystemKey{Staff: "U000002", Scopes: []string{"read"}}, "k2"); err != nil || text == "" {
		t.Errorf("under another key: got %q, %v", text, err)
	}
}
