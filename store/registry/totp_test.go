package registry_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"aixin/ledger"
	"aixin/ledger/person"
	"aixin/store/registry"
)

// coded is a registry with one person who has a PIN, and a clock that stands in the middle of a half minute.
type coded struct {
	*testing.T
	*registry.Registry
	now    time.Time
	id     string
	pin    string
	secret string
}

func newCoded(t *testing.T) *coded {
	t.Helper()
	c := &coded{T: t, now: time.Date(2026, 11, 23, 8, 15, 15, 0, time.UTC), id: wang().ID}
	c.Registry = open(t, create(t), registry.Options{Clock: func() time.Time { return c.now }})
	put(t, c.Registry, wang())
	c.pin = must(t)(c.NewPIN(t.Context(), c.id))
	return c
}

func must(t *testing.T) func(string, error) string {
	t.Helper()
	return func(s string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

// code is the one-time code of so many seconds from now.
func (c *coded) code(after time.Duration) string {
	return must(c.T)(totp.GenerateCode(c.secret, c.now.Add(after)))
}

// fresh draws a secret, and does not confirm it.
func (c *coded) fresh() {
	c.Helper()
	secret, address, err := c.NewTOTP(c.Context(), "aixin.example", c.id)
	if err != nil || !strings.Contains(address, "secret="+secret) || !strings.HasPrefix(address, "otpauth://totp/aixin.example:"+c.id+"?") {
		c.Fatalf("a new secret: got the address %q, %v", address, err)
	}
	c.secret = secret
}

// enrol confirms a secret, and goes on to the next minute.
func (c *coded) enrol() {
	c.Helper()
	c.fresh()
	if err := c.ConfirmTOTP(c.Context(), c.id, c.code(0)); err != nil {
		c.Fatal(err)
	}
	c.now = c.now.Add(time.Minute)
}

// takes says whether a sign-in with what was typed is to succeed.
func (c *coded) takes(what, typed string, want bool) {
	c.Helper()
	if err := c.CheckPIN(c.Context(), c.id, typed, ""); (err == nil) != want || err != nil && !errors.Is(err, registry.ErrWrongPIN) {
		c.Errorf("%s: got %v, want success to be %t", what, err, want)
	}
}

// A secret that was shown and not confirmed, and a code where there is no secret, change nothing.
func TestUnconfirmedTOTP(t *testing.T) {
	t.Parallel()
	c := newCoded(t)
	c.takes("no secret", c.pin, true)
	c.takes("a code without a secret", c.pin+"123456", false)
	c.fresh()
	c.takes("unconfirmed", c.pin, true)
	c.takes("its code", c.pin+c.code(0), false)
	bad, ok := errors.AsType[*ledger.Invalid](c.ConfirmTOTP(t.Context(), c.id, c.code(-time.Hour)))
	if !ok || bad.Fields[0].Code != person.BadTOTP {
		t.Errorf("confirmed by an old code: got %v", bad)
	}
	if has, err := c.HasTOTP(t.Context(), c.id); has || err != nil {
		t.Errorf("has a secret that was never confirmed: %t, %v", has, err)
	}
	c.takes("still unconfirmed", c.pin, true)
	c.enrol()
	c.takes("confirmed, the PIN alone", c.pin, false)
	c.takes("confirmed", c.pin+c.code(0), true)
}

// A code counts a half minute early and late and no further, and once.
func TestTOTPWindow(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]bool{
		-46 * time.Second: false, -45 * time.Second: true, 0: true, 44 * time.Second: true, 45 * time.Second: false,
	} {
		c := newCoded(t) // 15 seconds into a half minute: 45 before, or 44 after, is the one beside it
		c.enrol()
		c.takes(after.String(), c.pin+c.code(after), want)
	}
	c := newCoded(t)
	c.fresh()
	if err := c.ConfirmTOTP(t.Context(), c.id, c.code(0)); err != nil {
		t.Fatal(err)
	}
	c.takes("the code that confirmed is used up", c.pin+c.code(0), false)
	c.now = c.now.Add(time.Minute)
	early, late := c.code(-30*time.Second), c.code(30*time.Second)
	c.takes("a code", " "+c.pin+" "+c.code(0), true)
	c.takes("the same again", c.pin+c.code(0), false)
	c.takes("an older one", c.pin+early, false)
	c.takes("the next", c.pin+late, true)
	c.now = c.now.Add(30 * time.Second)
	c.takes("the next, in its own half minute", c.pin+late, false)
}

// Wrong codes are counted as wrong PINs are; a wrong PIN uses no code up, and waiting ends as it does for PINs.
func TestTOTPLocks(t *testing.T) {
	t.Parallel()
	c := newCoded(t)
	c.enrol()
	for range registry.FreeAttempts - 1 {
		c.takes("a wrong code", c.pin+c.code(-time.Hour), false)
	}
	c.takes("a wrong PIN", "000000"+c.code(0), false)
	if err := c.CheckPIN(t.Context(), c.id, c.pin+c.code(0), ""); !errors.As(err, new(*registry.LockedError)) {
		t.Errorf("after %d wrong ones: got %v, want to wait", registry.FreeAttempts, err)
	}
	c.now = c.now.Add(registry.FirstWait)
	c.takes("after the wait", c.pin+c.code(0), true)
	pin := must(t)(c.NewPIN(t.Context(), c.id))
	c.takes("a new PIN takes no code away", pin, false)
}

// Another secret counts once it is confirmed, and until then the one before does.
func TestTOTPMoves(t *testing.T) {
	t.Parallel()
	c := newCoded(t)
	c.enrol()
	before := c.secret
	c.fresh()
	moved := c.secret
	c.takes("the new one, unconfirmed", c.pin+c.code(0), false)
	c.secret = before
	c.takes("the old one", c.pin+c.code(0), true)
	c.now, c.secret = c.now.Add(time.Minute), moved
	if err := c.ConfirmTOTP(t.Context(), c.id, c.code(0)); err != nil {
		t.Fatal(err)
	}
	c.now = c.now.Add(time.Minute)
	c.takes("the new one", c.pin+c.code(0), true)
	c.now, c.secret = c.now.Add(time.Minute), before
	c.takes("the old one, no more", c.pin+c.code(0), false)
}

// Two persons take a secret away, an admin first, within a day.
func TestTOTPReset(t *testing.T) {
	t.Parallel()
	c := newCoded(t)
	reset := func(by string, admin, want bool) error {
		gone, err := c.ResetTOTP(t.Context(), by, c.id, admin)
		if gone != want {
			t.Errorf("reset by %s: got %t, want %t (%v)", by, gone, want, err)
		}
		return err
	}
	if err := reset("U000001", true, false); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("nothing to reset: got %v", err)
	}
	c.enrol()
	if no, ok := errors.AsType[*ledger.Rejection](reset("U000002", false, false)); !ok || no.Reason != ledger.NotPermitted {
		t.Errorf("asked for by no admin: got %v", no)
	}
	for _, by := range []string{"U000001", "U000001"} { // nobody is two persons
		if err := reset(by, true, false); err != nil {
			t.Error(err)
		}
	}
	c.takes("asked for, the PIN alone", c.pin, false)
	c.now = c.now.Add(25 * time.Hour)
	if err := reset("U000002", false, false); err == nil {
		t.Error("agreed to after a day")
	}
	if err := errors.Join(reset("U000001", true, false), reset("U000002", false, true)); err != nil {
		t.Error(err)
	}
	c.takes("gone", c.pin, true)
	looks, err := c.Accesses(t.Context(), registry.AccessQuery{Person: c.id})
	if err != nil || len(looks) != 7 {
		t.Errorf("logged: got %d, %v, want all 7 tries", len(looks), err)
	}
}
