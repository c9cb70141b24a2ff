package registry_test

import (
	"errors"
	"testing"

	"aixin/ledger"
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
