package registry_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/store/registry"
)

func TestPIN(t *testing.T) {
	t.Parallel()
	r := open(t, create(t), registry.Options{})
	put(t, r, wang(), people(1, 2)[0])
	if err := r.CheckPIN(t.Context(), wang().ID, "", ""); !errors.Is(err, registry.ErrWrongPIN) {
		t.Errorf("no PIN set: got %v, want ErrWrongPIN", err)
	}
	pin, err := r.NewPIN(t.Context(), wang().ID)
	if err != nil || !person.SixDigits(pin) || wang().CheckPIN(pin) != nil {
		t.Fatalf("new PIN: got %q, %v", pin, err)
	}
	wide := strings.Map(func(r rune) rune { return r - '0' + '\uff10' }, pin)
	for _, typed := range []string{pin, " " + pin + "\n", wide} {
		if err := r.CheckPIN(t.Context(), wang().ID, typed, ""); err != nil {
			t.Errorf("the right PIN as %q: got %v", typed, err)
		}
	}
	for _, id := range []string{person.Volunteer.ID(2), person.Volunteer.ID(3), "", "nobody"} {
		if err := r.CheckPIN(t.Context(), id, pin, ""); !errors.Is(err, registry.ErrWrongPIN) {
			t.Errorf("%q: got %v, want ErrWrongPIN", id, err)
		}
	}
}

func TestSetPINRefusals(t *testing.T) {
	t.Parallel()
	r := open(t, create(t), registry.Options{})
	put(t, r, wang())
	for pin, want := range map[string]string{
		"12345": person.BadPIN, person.DemoPIN: person.TrivialPIN, "700101": person.TrivialPIN,
	} {
		invalid, ok := errors.AsType[*ledger.Invalid](r.SetPIN(t.Context(), wang().ID, pin))
		if !ok || invalid.Fields[0].Code != want {
			t.Errorf("PIN %q: got %v, want %s", pin, invalid, want)
		}
	}
	if err := r.SetPIN(t.Context(), "V0000026", "730194"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("nobody's PIN: got %v, want ErrNotFound", err)
	}

	demo := open(t, create(t), registry.Options{Demo: true})
	put(t, demo, wang())
	if err := demo.SetPIN(t.Context(), wang().ID, person.DemoPIN); err != nil {
		t.Errorf("in a demo book: got %v", err)
	}
	if err := demo.SetPIN(t.Context(), wang().ID, "1"); err == nil {
		t.Error("in a demo book: got one digit accepted")
	}
}

// lockedFor returns how long CheckPIN says to wait, or fails the test.
func lockedFor(t *testing.T, c *clock, err error) time.Duration {
	t.Helper()
	locked, ok := errors.AsType[*registry.LockedError](err)
	if !ok {
		t.Fatalf("got %v, want a *LockedError", err)
	}
	return locked.Until.Sub(c.now())
}

func TestPINLockOut(t *testing.T) {
	t.Parallel()
	const right, wrong = "730194", "730195"
	c := newClock()
	dir := create(t)
	r := open(t, dir, registry.Options{Clock: c.now})
	put(t, r, wang())
	if err := r.SetPIN(t.Context(), wang().ID, right); err != nil {
		t.Fatal(err)
	}
	fail := func() {
		t.Helper()
		if err := r.CheckPIN(t.Context(), wang().ID, wrong, ""); !errors.Is(err, registry.ErrWrongPIN) {
			t.Fatalf("got %v, want ErrWrongPIN", err)
		}
	}
	// A right PIN in between starts the count anew.
	fail()
	if err := r.CheckPIN(t.Context(), wang().ID, right, ""); err != nil {
		t.Fatal(err)
	}
	for range registry.FreeAttempts {
		fail()
	}
	// The right PIN has to wait like any other, also after a restart.
	if got := lockedFor(t, c, r.CheckPIN(t.Context(), wang().ID, right, "")); got != registry.FirstWait {
		t.Errorf("wait: got %v, want %v", got, registry.FirstWait)
	}
	closeRegistry(t, r)
	r = open(t, dir, registry.Options{Clock: c.now})
	if got := lockedFor(t, c, r.CheckPIN(t.Context(), wang().ID, right, "")); got != registry.FirstWait {
		t.Errorf("wait after a restart: got %v, want %v", got, registry.FirstWait)
	}
	// Each further wrong one doubles the wait, up to the longest.
	want := registry.FirstWait
	for range 8 {
		c.advance(want)
		fail()
		want = min(2*want, registry.LongestWait)
		if got := lockedFor(t, c, r.CheckPIN(t.Context(), wang().ID, wrong, "")); got != want {
			t.Errorf("wait: got %v, want %v", got, want)
		}
	}
	// Waiting ends it, and so does a new PIN.
	c.advance(want)
	if err := r.CheckPIN(t.Context(), wang().ID, right, ""); err != nil {
		t.Errorf("after the wait: got %v", err)
	}
	for range registry.FreeAttempts {
		fail()
	}
	lockedFor(t, c, r.CheckPIN(t.Context(), wang().ID, right, ""))
	pin, err := r.NewPIN(t.Context(), wang().ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.CheckPIN(t.Context(), wang().ID, pin, ""); err != nil {
		t.Errorf("after a new PIN: got %v", err)
	}
}

// A guess that cannot be counted is not looked at, or a full disk would allow any number of them.
func TestPINCannotBeCounted(t *testing.T) {
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
	if err := r.SetPIN(t.Context(), wang().ID, "730194"); err != nil {
		t.Fatal(err)
	}
	full = true
	for _, pin := range []string{"730194", "730195"} {
		if err := r.CheckPIN(t.Context(), wang().ID, pin, ""); !errors.Is(err, noRoom) || errors.Is(err, registry.ErrWrongPIN) {
			t.Errorf("PIN %s: got %v, want %v", pin, err, noRoom)
		}
	}
}

// Guesses made at once are counted one by one: no more are looked at than if they had come in turn.
func TestPINGuessesAtOnce(t *testing.T) {
	t.Parallel()
	r := open(t, create(t), registry.Options{})
	put(t, r, wang())
	if err := r.SetPIN(t.Context(), wang().ID, "730194"); err != nil {
		t.Fatal(err)
	}
	var looked, locked atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			err := r.CheckPIN(t.Context(), wang().ID, "730195", "")
			if _, ok := errors.AsType[*registry.LockedError](err); ok {
				locked.Add(1)
			} else if errors.Is(err, registry.ErrWrongPIN) {
				looked.Add(1)
			}
		})
	}
	wg.Wait()
	if looked.Load() != registry.FreeAttempts || locked.Load() != 20-registry.FreeAttempts {
		t.Errorf("got %d looked at and %d locked out, want %d and %d",
			looked.Load(), locked.Load(), registry.FreeAttempts, 20-registry.FreeAttempts)
	}
}

// Who guesses elsewhere makes nobody wait where they signed in before; there wrong PINs are counted as well, and only there. A new place waits
// with all the others, and the places that are known are few.
func TestNobodyIsLockedOutFromElsewhere(t *testing.T) {
	t.Parallel()
	clock := newClock()
	r := open(t, create(t), registry.Options{Clock: clock.now})
	put(t, r, wang())
	const right, wrong = "730194", "481516"
	if err := r.SetPIN(t.Context(), wang().ID, right); err != nil {
		t.Fatal(err)
	}
	try := func(pin, place string) error { return r.CheckPIN(t.Context(), wang().ID, pin, place) }
	guess := func(place string) {
		for range registry.FreeAttempts {
			if err := try(wrong, place); err == nil {
				t.Errorf("a wrong PIN at %s: got in", place)
			}
		}
	}
	if err := try(right, "counter"); err != nil {
		t.Fatal(err)
	}
	for range 3 * registry.FreeAttempts { // each as soon as it may
		if err := try(wrong, "elsewhere"); errors.As(err, new(*registry.LockedError)) {
			clock.advance(registry.LongestWait)
		}
	}
	guess("elsewhere")
	if err := try(right, "elsewhere"); !errors.As(err, new(*registry.LockedError)) {
		t.Errorf("where it was guessed: got %v, want a wait", err)
	}
	if err := try(right, "a third place"); !errors.As(err, new(*registry.LockedError)) {
		t.Errorf("where nobody signed in before: got %v, want a wait", err)
	}
	if err := try(right, "counter"); err != nil {
		t.Errorf("where they signed in before: got %v", err)
	}
	guess("counter")
	if err := try(right, "counter"); !errors.As(err, new(*registry.LockedError)) {
		t.Errorf("after wrong ones there too: got %v, want a wait", err)
	}
	clock.advance(2 * registry.LongestWait)
	for i := range 9 {
		if err := try(right, fmt.Sprint("place ", i)); err != nil {
			t.Fatal(err)
		}
	}
	guess("counter") // forgotten by now: as from anywhere
	if err := try(right, "yet another"); !errors.As(err, new(*registry.LockedError)) {
		t.Errorf("from a place that made room: got %v, want a wait for all others", err)
	}
	if err := try(right, "place 8"); err != nil {
		t.Errorf("the newest place: got %v", err)
	}
}
