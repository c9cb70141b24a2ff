package registry

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/dgraph-io/badger/v4"
	"golang.org/x/crypto/argon2"

	"aixin/ledger"
	"aixin/ledger/person"
)

// How guessing at one account is slowed down. Six digits at one guess an hour last a century.
const (
	FreeAttempts = 5           // wrong PINs in a row before the first wait
	FirstWait    = time.Minute // doubled by each wrong PIN that follows
	LongestWait  = time.Hour
)

// argon2id as OWASP advises where memory is short: 19 MiB, two passes, one lane.
const (
	pinMemory  = 19 << 10 // KiB
	pinPasses  = 2
	pinLanes   = 1
	pinSalt    = 16
	pinHash    = 32
	pinParams  = "argon2id$v=19$m=19456,t=2,p=1"
	maxHashing = 4 // 76 MiB at most, however many ask
)

// SetPIN sets a person's PIN and ends a wait. In a real book PINs that anybody would try first are refused (*ledger.Invalid).
func (r *Registry) SetPIN(ctx context.Context, id, pin string) error {
	pin = person.NormalizePIN(pin)
	faults, err := r.pinFaults(id, pin)
	if err != nil {
		return err
	}
	if faults != nil {
		return personError(id, &ledger.Invalid{Fields: faults})
	}
	return r.storePIN(ctx, id, pin)
}

// NewPIN gives a person a random PIN and returns it: it is shown once and cannot be had again.
func (r *Registry) NewPIN(ctx context.Context, id string) (string, error) {
	for {
		n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
		if err != nil {
			return "", fmt.Errorf("draw a PIN: %w", err)
		}
		pin := fmt.Sprintf("%06d", n)
		faults, err := r.pinFaults(id, pin)
		if err != nil {
			return "", err
		}
		if faults == nil {
			return pin, r.storePIN(ctx, id, pin)
		}
	}
}

// pinFaults lists why a PIN may not be this person's.
func (r *Registry) pinFaults(id, pin string) ([]ledger.Fault, error) {
	if r.opts.Demo && person.SixDigits(pin) {
		return nil, nil
	}
	rec, _, err := r.account(id)
	return rec.Person.CheckPIN(pin), err
}

// account reads one record and its failed PINs.
func (r *Registry) account(id string) (rec record, tried failures, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	err = r.view(func(txn *badger.Txn) error {
		if rec, err = r.record(txn, id); err != nil {
			return err
		}
		tried, err = r.failures(txn, id)
		return err
	})
	return rec, tried, err
}

func (r *Registry) storePIN(ctx context.Context, id, pin string) error {
	salt := make([]byte, pinSalt)
	rand.Read(salt)
	hash, err := r.hash(ctx, pin, salt)
	if err != nil {
		return err
	}
	if err := r.change(ctx, id, func(rec *record) { rec.PIN = encodePIN(salt, hash) }); err != nil {
		return err
	}
	return r.setFailures(ctx, id, failures{})
}

// CheckPIN returns nil for a person's PIN, with a one-time code behind it where they confirmed a secret of such codes, and ErrWrongPIN for
// anything else, for people without a PIN and for numbers without a person, after the same work: which of the two was wrong is not told. After too many wrong ones it is a *LockedError until the wait is over, the right PIN included. The place is where it was typed, such as an address: places
// from which the right PIN came before are counted each by itself, so that nobody elsewhere makes them wait.
func (r *Registry) CheckPIN(ctx context.Context, id, pin, place string) error {
	// One at a time for an account: a thousand guesses at once would otherwise all be made before the first is counted.
	turn := &r.trying[person.Serial(id)%tryingStripes]
	turn.Lock()
	defer turn.Unlock()

	if err := r.countable(ctx); err != nil {
		return err
	}
	rec, tried, err := r.account(id)
	known := err == nil
	if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrErased) {
		return err
	}
	now, from := r.opts.Clock(), r.placeOf(place)
	count := tried.from(from)
	if until := count.until(); now.Before(until) {
		return &LockedError{Until: until}
	}
	salt, want, ok := decodePIN(rec.PIN)
	if !ok {
		salt, want = make([]byte, pinSalt), make([]byte, pinHash)
	}
	pin, code := apart(pin)
	got, err := r.hash(ctx, pin, salt)
	if err != nil {
		return err
	}
	right := subtle.ConstantTimeCompare(got, want) == 1 && ok
	if right && (rec.OneTime.Secret != "" || code != "") {
		if right, err = r.useCode(ctx, id, code); err != nil {
			return err
		}
	}
	switch {
	case right:
		wrong := count.Count
		*count = tries{}
		if newer := tried.see(from, now); !newer && wrong == 0 {
			return nil
		}
		return r.setFailures(ctx, id, tried)
	case known:
		*count = tries{Count: count.Count + 1, Last: now}
		if err := r.setFailures(context.WithoutCancel(ctx), id, tried); err != nil {
			return err
		}
	}
	return ErrWrongPIN
}

// countable says whether a wrong PIN could be counted now; one that could not is not looked at.
func (r *Registry) countable(ctx context.Context) error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.ready(ctx)
}

// hash waits for a slot and hashes.
func (r *Registry) hash(ctx context.Context, pin string, salt []byte) ([]byte, error) {
	select {
	case r.hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-r.hashing }()
	return argon2.IDKey([]byte(pin), salt, pinPasses, pinMemory, pinLanes, pinHash), nil
}

func encodePIN(salt, hash []byte) string {
	b64 := base64.RawStdEncoding
	return pinParams + "$" + b64.EncodeToString(salt) + "$" + b64.EncodeToString(hash)
}

// decodePIN is false for no PIN, and for parameters that this version does not use.
func decodePIN(s string) (salt, hash []byte, ok bool) {
	rest, ok := strings.CutPrefix(s, pinParams+"$")
	first, second, two := strings.Cut(rest, "$")
	if !ok || !two {
		return nil, nil, false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(first)
	hash, err2 := base64.RawStdEncoding.DecodeString(second)
	return salt, hash, err1 == nil && err2 == nil && len(salt) == pinSalt && len(hash) == pinHash
}

// tries counts the wrong PINs since the last right one.
type tries struct {
	Count int       `json:"count"`
	Last  time.Time `json:"last"`
}

// failures are the wrong PINs of an account: of all those together who come from places where it is not known, and of each of those where it is.
type failures struct {
	tries
	Places []knownPlace `json:"places,omitempty"`
}

// knownPlace is one from which the right PIN came.
type knownPlace struct {
	tries
	Hash []byte    `json:"hash"` // keyed: an address is nobody's to read
	Seen time.Time `json:"seen"`
}

const (
	// maxPlaces bounds the places of an account, and so how often it can be guessed at in all.
	maxPlaces = 8
	// placeAge is how old a place grows before it is written again that it was seen.
	placeAge = 24 * time.Hour
	// byPlace is what places are hashed by.
	byPlace = 'w'
)

// placeOf is the keyed hash of a place; nil where none is said.
func (r *Registry) placeOf(place string) []byte {
	if place == "" {
		return nil
	}
	return r.secrets.mac(byPlace, place)
}

// from is the count that a PIN from a place belongs to.
func (f *failures) from(place []byte) *tries {
	for i := range f.Places {
		if bytes.Equal(f.Places[i].Hash, place) {
			return &f.Places[i].tries
		}
	}
	return &f.tries
}

// see notes that the right PIN came from a place, and reports whether that is news. The place that was seen longest ago makes room.
func (f *failures) see(place []byte, now time.Time) bool {
	if place == nil {
		return false
	}
	i := slices.IndexFunc(f.Places, func(p knownPlace) bool { return bytes.Equal(p.Hash, place) })
	if i >= 0 && now.Sub(f.Places[i].Seen) < placeAge {
		return false
	}
	if i >= 0 {
		f.Places = slices.Delete(f.Places, i, i+1)
	} else if len(f.Places) == maxPlaces {
		f.Places = slices.Delete(f.Places, 0, 1)
	}
	f.Places = append(f.Places, knownPlace{Hash: place, Seen: now})
	return true
}

// until is when the next PIN is looked at.
func (t tries) until() time.Time {
	if t.Count < FreeAttempts {
		return time.Time{}
	}
	wait := FirstWait
	for range min(t.Count-FreeAttempts, 10) { // ten doublings are past the longest wait
		wait = min(2*wait, LongestWait)
	}
	return t.Last.Add(wait)
}

// failures reads the count of one person. The caller holds mu.
func (r *Registry) failures(txn *badger.Txn, id string) (failures, error) {
	var f failures
	sealed, err := read(txn, failuresRow(id))
	if err != nil || sealed == nil {
		return f, err
	}
	a, err := r.seal(id)
	if err != nil {
		return f, err
	}
	value, err := unseal(a, failuresRow(id), sealed)
	if err != nil {
		return f, personError(id, err)
	}
	if err := json.Unmarshal(value, &f); err != nil {
		return f, personError(id, fmt.Errorf("%w: a count does not read", ErrDamaged))
	}
	return f, nil
}

func (r *Registry) setFailures(ctx context.Context, id string, f failures) error {
	value, err := json.Marshal(f)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.ready(ctx); err != nil {
		return err
	}
	return r.write(func(txn *badger.Txn) error {
		a, err := r.seal(id)
		if err != nil {
			return err
		}
		row := failuresRow(id)
		return txn.Set([]byte(row), seal(a, row, value))
	})
}
