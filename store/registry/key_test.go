package registry_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"aixin/ledger/person"
	"aixin/store/registry"
)

// A key of a system opens what it was made for until it ends, by itself or by somebody, and no other text opens anything.
func TestSystemKeys(t *testing.T) {
	t.Parallel()
	clock, dir := newClock(), create(t)
	r := open(t, dir, registry.Options{Clock: clock.now})
	made := person.SystemKey{Staff: "U000100", Scopes: []string{"read"}, MadeBy: "U000001", Until: clock.now().Add(time.Hour)}
	k, text, err := r.NewSystemKey(t.Context(), made, "")
	if err != nil || !strings.HasPrefix(text, person.KeyMark+k.ID+"_") || len(text) < 60 {
		t.Fatalf("got %q, %v", text, err)
	}
	for _, wrong := range []string{"", person.KeyMark, text[:len(text)-1], text + "A", person.KeyMark + k.ID + "_", person.KeyMark + "nobody_x"} {
		if _, err := r.FindBySystemKey(t.Context(), wrong); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("%q: got %v, want ErrNotFound", wrong, err)
		}
	}
	if got, err := r.FindBySystemKey(t.Context(), text); err != nil || got.Staff != "U000100" || !slices.Equal(got.Scopes, made.Scopes) {
		t.Errorf("got %+v, %v", got, err)
	}
	clock.advance(time.Hour)
	if _, err := r.FindBySystemKey(t.Context(), text); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("past its end: got %v, want ErrNotFound", err)
	}
	made.Until = time.Time{}
	k, text, err = r.NewSystemKey(t.Context(), made, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.RevokeSystemKey(t.Context(), k.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := r.FindBySystemKey(t.Context(), text); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("revoked: got %v, want ErrNotFound", err)
	}
	if _, err := r.RevokeSystemKey(t.Context(), "nobody"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("revoke none: got %v, want ErrNotFound", err)
	}
	if list, err := r.SystemKeys(t.Context()); err != nil || len(list) != 2 {
		t.Errorf("got %v, %v, want two", list, err)
	}
	_, secret, _ := strings.Cut(strings.TrimPrefix(text, person.KeyMark), "_")
	if hits := grep(t, dir, []byte(secret)); hits != nil {
		t.Errorf("the secret stands in %v", hits)
	}
}
