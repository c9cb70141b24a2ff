package registry_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"aixin/ledger/person"
	"aixin/store/registry"
)

// TestSearch finds people by whatever is known of them. Names in Chinese are in testdata/script/details.txtar.
func TestSearch(t *testing.T) {
	t.Parallel()
	r := open(t, create(t), registry.Options{})
	put(t, r, wang(), person.Person{ID: "V0000026", Name: "Wei Xu", Phone: "13855661234"}, person.Person{ID: "U000004", Name: "Wang Staff", Phone: "13855669999"})
	card, err := r.NewCard(t.Context(), "V0000026")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		query string
		want  []string
	}{
		{"", nil},
		{"V0000018", []string{"V0000018"}},
		{"v0000018", []string{"V0000018"}},
		{"V0000034", nil},
		{card, []string{"V0000026"}},
		{"13855660001", []string{"V0000018"}},
		{"34172319700101007x", []string{"V0000018"}},
		{"1234", []string{"V0000026"}},
		{"123", nil},
		{"wangxiao", []string{"V0000018"}},
		{"xu", []string{"V0000026"}},
		{"w", []string{"V0000018", "V0000026"}},
		{"9999", nil}, // of the staff
		{"\uff11\uff12\uff13\uff14", []string{"V0000026"}},
	}
	for range 2 {
		for _, tt := range tests {
			found, more, err := r.Search(t.Context(), person.Volunteer, tt.query, nil)
			var got []string
			for _, m := range found {
				got = append(got, m.ID)
			}
			if err != nil || more || !slices.Equal(got, tt.want) {
				t.Errorf("search %q: got %v, %v, %v, want %v", tt.query, got, more, err, tt.want)
			}
		}
	}
	put(t, r, person.Person{ID: "V0000026", Name: "Ma Li", Phone: "13855667777"})
	if err := r.Erase(t.Context(), "V0000018"); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{"wei": 0, "mali": 1, "1234": 0, "7777": 1, "wang": 0, "0001": 0} {
		if found, _, err := r.Search(t.Context(), person.Volunteer, query, nil); err != nil || len(found) != want {
			t.Errorf("after changes, search %q: got %v, %v, want %d", query, found, err, want)
		}
	}
}

// Searching many stops at a bound and says so.
func TestSearchMany(t *testing.T) {
	t.Parallel()
	r := open(t, create(t), registry.Options{})
	put(t, r, people(2*registry.MaxFound, 1)...)
	name := people(1, 1)[0].Name
	found, more, err := r.Search(t.Context(), person.Volunteer, name[:1], nil)
	if err != nil || !more || len(found) != registry.MaxFound {
		t.Errorf("got %d, %v, %v, want %d and more", len(found), more, err, registry.MaxFound)
	}
}

// Whoever may find only some people finds those, however many others the query means, and is not told of the others.
func TestSearchAmong(t *testing.T) {
	t.Parallel()
	r := open(t, create(t), registry.Options{})
	all := people(2*registry.MaxFound, 1)
	put(t, r, all...)
	last := all[len(all)-1].ID
	for _, query := range []string{all[0].Name[:1], last, all[0].ID} {
		found, more, err := r.Search(t.Context(), person.Volunteer, query, func(id string) (bool, error) { return id == last, nil })
		want := 1
		if query == all[0].ID {
			want = 0
		}
		if err != nil || more || len(found) != want {
			t.Errorf("%s: got %d, %v, %v, want %d", query, len(found), more, err, want)
		}
	}
	failed := errors.New("no book")
	if _, _, err := r.Search(t.Context(), person.Volunteer, last, func(string) (bool, error) { return false, failed }); !errors.Is(err, failed) {
		t.Errorf("got %v, want %v", err, failed)
	}
}

// The details of the young take two persons, each time anew after a day.
func TestGetYoung(t *testing.T) {
	t.Parallel()
	clock := newClock()
	r := open(t, create(t), registry.Options{Clock: clock.now})
	put(t, r, wang())
	look := func() error {
		before, listed := r.Looks(t.Context())
		agreed, tried := r.Agreed(t.Context(), purpose(), wang().ID)
		after, again := r.Looks(t.Context())
		if err := errors.Join(listed, tried, again); err != nil || !slices.Equal(before, after) {
			t.Errorf("whether it was agreed to: got %v, and what waits was %v and is %v", err, before, after)
		}
		p, err := r.GetYoung(t.Context(), purpose(), wang().ID)
		if err == nil && p != wang() {
			t.Errorf("got %+v", p)
		}
		if agreed != (err == nil) {
			t.Errorf("whether it was agreed to: got %t, then %v", agreed, err)
		}
		return err
	}
	if err := look(); !errors.Is(err, registry.ErrSecondPerson) {
		t.Fatalf("alone: got %v, want ErrSecondPerson", err)
	}
	if _, err := r.Agree(t.Context(), purpose().Actor, wang().ID, purpose().Actor, 1); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("agreeing to one's own: got %v, want ErrNotFound", err)
	}
	if _, err := r.Agree(t.Context(), "U000099", wang().ID, "U000098", 1); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("agreeing to what nobody asked: got %v, want ErrNotFound", err)
	}
	list, err := r.Looks(t.Context())
	if err != nil || len(list) != 1 || list[0].Purpose != purpose() || list[0].Ask != 1 {
		t.Errorf("what waits: got %v, %v", list, err)
	}
	if err := look(); !errors.Is(err, registry.ErrSecondPerson) {
		t.Errorf("asked again for the same: got %v, want ErrSecondPerson", err)
	}
	if again, err := r.Looks(t.Context()); err != nil || len(again) != 1 || again[0].Ask != 1 {
		t.Errorf("asked again for the same: got %+v, %v, want the ask that was listed", again, err)
	}
	asked := purpose()
	asked.Reason += ", which was replaced since it was listed"
	if _, err := r.GetYoung(t.Context(), asked, wang().ID); !errors.Is(err, registry.ErrSecondPerson) {
		t.Errorf("asked for another reason: got %v, want ErrSecondPerson", err)
	}
	for name, agree := range map[string]func(context.Context, string, string, string, int64) (registry.Look, error){"agree": r.Agree, "try": r.TryAgree} {
		if _, err := agree(t.Context(), "U000099", wang().ID, purpose().Actor, 1); !errors.Is(err, registry.ErrAskedAnew) {
			t.Errorf("%s to what was listed before: got %v, want ErrAskedAnew", name, err)
		}
	}
	if agreed, err := r.Agree(t.Context(), "U000099", wang().ID, purpose().Actor, 2); err != nil || agreed.Purpose != asked {
		t.Errorf("agreeing: got %+v, %v, want the reason that stands now", agreed, err)
	}
	if err := look(); !errors.Is(err, registry.ErrSecondPerson) {
		t.Errorf("agreed to another reason: got %v, want ErrSecondPerson", err)
	}
	if _, err := r.Agree(t.Context(), "U000099", wang().ID, purpose().Actor, 3); err != nil {
		t.Fatal(err)
	}
	clock.advance(time.Hour)
	if _, err := r.Agree(t.Context(), "U000099", wang().ID, purpose().Actor, 3); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("agreeing again: got %v, want ErrNotFound", err)
	}
	if err := look(); err != nil {
		t.Errorf("agreed: got %v", err)
	}
	other := purpose()
	other.Reason += ", and something else"
	if _, err := r.GetYoung(t.Context(), other, wang().ID); !errors.Is(err, registry.ErrSecondPerson) {
		t.Errorf("agreed to another reason: got %v, want ErrSecondPerson", err)
	}
	clock.advance(23*time.Hour + time.Minute)
	if err := look(); !errors.Is(err, registry.ErrSecondPerson) {
		t.Errorf("a day later: got %v, want ErrSecondPerson", err)
	}

	// One of many leaves what was asked for another reason, and what was agreed to, for its day.
	among := func() error {
		_, err := r.GetYoungAmong(t.Context(), other, wang().ID)
		return err
	}
	if err := among(); !errors.Is(err, registry.ErrSecondPerson) {
		t.Errorf("one of many: got %v, want ErrSecondPerson", err)
	}
	if _, err := r.Agree(t.Context(), "U000099", wang().ID, purpose().Actor, 5); err != nil {
		t.Fatal(err)
	}
	if err := among(); !errors.Is(err, registry.ErrSecondPerson) {
		t.Errorf("one of many, agreed to another reason: got %v, want ErrSecondPerson", err)
	}
	if err := look(); err != nil {
		t.Errorf("agreed, and one of many after it: got %v", err)
	}
	clock.advance(25 * time.Hour)
	if err := among(); !errors.Is(err, registry.ErrSecondPerson) {
		t.Errorf("one of many, a day later: got %v, want ErrSecondPerson", err)
	}
	if list, err := r.Looks(t.Context()); err != nil || len(list) != 1 || list[0].Reason != other.Reason {
		t.Errorf("what waits: got %v, %v", list, err)
	}
}

// Following erases who is not erased yet, and nobody twice.
func TestFollow(t *testing.T) {
	t.Parallel()
	r := open(t, create(t), registry.Options{})
	put(t, r, people(3, 1)...)
	ids := []string{person.Volunteer.ID(2), person.Volunteer.ID(9)}
	for _, want := range []int{1, 0} {
		if n, err := r.Follow(t.Context(), slices.Values(ids)); err != nil || n != want {
			t.Errorf("got %d, %v, want %d", n, err, want)
		}
	}
	if _, err := r.Get(t.Context(), purpose(), ids[0]); !errors.Is(err, registry.ErrErased) {
		t.Errorf("got %v, want ErrErased", err)
	}
}
