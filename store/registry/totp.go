package registry

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"aixin/ledger"
	"aixin/ledger/person"
)

// One-time codes (RFC 6238) with what every app takes for granted: SHA-1, six digits, a new one every half minute. The server has to make the
// code again, so that the secret stands in the record as it is, sealed as all of it under the person's own key.
const (
	totpStep   = 30 // seconds
	totpSkew   = 1  // steps that a clock may be off, either way
	totpDigits = 6
	pinDigits  = 6

	// resetLasts is how long the reset that an admin asked for waits for another person.
	resetLasts = 24 * time.Hour
)

// oneTime is what a record has of somebody's one-time codes.
type oneTime struct {
	Secret  string    `json:"secret,omitempty"`   // asked for at each sign-in
	Pending string    `json:"pending,omitempty"`  // shown once and not confirmed: nobody is asked for it
	Step    int64     `json:"step,omitempty"`     // of the newest code that was taken: neither it nor an older one is taken again
	ResetBy string    `json:"reset_by,omitempty"` // the admin who wants it gone
	ResetAt time.Time `json:"reset_at,omitzero"`
}

// HasTOTP reports whether somebody signs in with a one-time code behind their PIN.
func (r *Registry) HasTOTP(_ context.Context, id string) (bool, error) {
	rec, _, err := r.account(id)
	return rec.OneTime.Secret != "", err
}

// NewTOTP gives somebody a secret of one-time codes and the address that apps read it from, which are shown once. Until ConfirmTOTP it changes
// nothing: the codes of the secret before are asked for, or none. The issuer is what an app calls the book.
func (r *Registry) NewTOTP(ctx context.Context, issuer, id string) (secret, address string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: id})
	if err != nil {
		return "", "", fmt.Errorf("draw a secret: %w", err)
	}
	return key.Secret(), key.URL(), r.change(ctx, id, func(rec *record) { rec.OneTime.Pending = key.Secret() })
}

// ConfirmTOTP asks for codes from now on, where this is one of the secret that NewTOTP showed last; any other is an *ledger.Invalid.
func (r *Registry) ConfirmTOTP(ctx context.Context, id, code string) error {
	right, code := false, person.NormalizePIN(code)
	err := r.change(ctx, id, func(rec *record) {
		step := r.stepOf(rec.OneTime.Pending, code, rec.OneTime.Step)
		if right = step > 0; right {
			rec.OneTime = oneTime{Secret: rec.OneTime.Pending, Step: step}
		}
	})
	if err == nil && !right {
		err = personError(id, &ledger.Invalid{Fields: []ledger.Fault{{Field: "code", Code: person.BadTOTP}}})
	}
	return err
}

// TryTOTP refuses a code that ConfirmTOTP would refuse, and changes nothing.
func (r *Registry) TryTOTP(_ context.Context, id, code string) error {
	rec, _, err := r.account(id)
	if err == nil && r.stepOf(rec.OneTime.Pending, person.NormalizePIN(code), rec.OneTime.Step) == 0 {
		err = personError(id, &ledger.Invalid{Fields: []ledger.Fault{{Field: "code", Code: person.BadTOTP}}})
	}
	return err
}

// TryResetTOTP reports what ResetTOTP would, and changes nothing.
func (r *Registry) TryResetTOTP(_ context.Context, by, id string, admin bool) (gone bool, err error) {
	rec, _, err := r.account(id)
	if err != nil {
		return false, err
	}
	return rec.OneTime.reset(by, r.opts.Clock().UTC(), admin)
}

// ResetTOTP takes the secret away from somebody who has lost it, and reports whether it is gone. It takes two persons: an admin asks for it,
// and within a day another calls it again. That neither is whose it is, and what role each has, the caller sees to. Both are logged as looks are.
func (r *Registry) ResetTOTP(ctx context.Context, by, id string, admin bool) (gone bool, err error) {
	if err := r.logLooks(ctx, Purpose{Actor: by, Reason: "TOTP reset"}, []string{id}); err != nil {
		return false, err
	}
	now := r.opts.Clock().UTC()
	var refused error
	err = r.change(ctx, id, func(rec *record) { gone, refused = rec.OneTime.reset(by, now, admin) })
	return gone && err == nil, errors.Join(err, refused)
}

// reset is asked for by an admin, and made by another person who asks again.
func (o *oneTime) reset(by string, now time.Time, admin bool) (gone bool, err error) {
	asked := o.ResetBy != "" && now.Before(o.ResetAt.Add(resetLasts))
	switch {
	case o.Secret == "" && o.Pending == "":
		return false, ErrNotFound
	case asked && o.ResetBy != by:
		*o = oneTime{Step: o.Step}
		return true, nil
	case admin:
		o.ResetBy, o.ResetAt = by, now
		return false, nil
	}
	return false, &ledger.Rejection{Reason: ledger.NotPermitted, Subject: string(ledger.Admin)}
}

// useCode reports whether a code is somebody's and was not used, and uses it up. The record is read again: two sign-ins at once are in turn.
func (r *Registry) useCode(ctx context.Context, id, code string) (right bool, err error) {
	err = r.change(ctx, id, func(rec *record) {
		step := r.stepOf(rec.OneTime.Secret, code, rec.OneTime.Step)
		if right = step > 0; right {
			rec.OneTime.Step = step
		}
	})
	return right && err == nil, err
}

// stepOf returns the half minute that a code of a secret belongs to: one that is near by the clock and later than last. 0 where it is none.
func (r *Registry) stepOf(secret, code string, last int64) (step int64) {
	now := r.opts.Clock().Unix() / totpStep
	for at := now - totpSkew; at <= now+totpSkew && secret != ""; at++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(at), hotp.ValidateOpts{Digits: totpDigits, Algorithm: otp.AlgorithmSHA1}) //nolint:gosec // nobody's clock stands before 1970
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && at > last {
			step = at
		}
	}
	return step
}

// apart splits what somebody typed into the PIN and the one-time code behind it.
func apart(typed string) (pin, code string) {
	typed = person.NormalizePIN(typed)
	if len(typed) != pinDigits+totpDigits {
		return typed, ""
	}
	return typed[:pinDigits], typed[pinDigits:]
}
