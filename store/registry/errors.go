package registry

import (
	"errors"
	"fmt"

	"aixin/ledger/person"
)

// The errors of this package. None carries a name, a phone or an ID number; numbers of people are opaque and may be shown.
var (
	// ErrLocked says that another process has the registry open: show numbers without names, or ask that process.
	ErrLocked = errors.New("the registry is in use by another process")
	// ErrNotClosed says that the registry was not closed: Open finds out what it lacks.
	ErrNotClosed = errors.New("the registry was not closed")
	// ErrReading says that the registry was opened to be read.
	ErrReading = errors.New("the registry is open for reading alone")
	// ErrExists says that there is a registry already: Create never replaces one.
	ErrExists = errors.New("the registry exists already")
	// ErrWrongKey says that the master key is not the one that this registry was made with: find the right one.
	ErrWrongKey = errors.New("the registry key does not fit this registry")
	// ErrDamaged says that something stored is not what was written: stop and restore a backup.
	ErrDamaged = errors.New("the registry is damaged")
	// ErrStopped says that an earlier write failed with an unknown outcome: open the registry anew.
	ErrStopped = errors.New("the registry stopped writing after a failure")
	// ErrClosed says that Close came first.
	ErrClosed = errors.New("the registry is closed")
	// ErrNotFound says that the registry has no such person.
	ErrNotFound = person.ErrNotFound
	// ErrErased says that the person was here and their data were erased for ever.
	ErrErased = errors.New("the person's data were erased")
	// ErrAmbiguous says that several people fit and nothing tells which one is meant: give the ID number.
	ErrAmbiguous = errors.New("several people fit")
	// ErrWrongPIN says that the PIN is not that person's; there may be no such person at all.
	ErrWrongPIN = person.ErrWrongPIN
	// ErrNoPurpose says that full data were asked for without saying who asks and why.
	ErrNoPurpose = errors.New("a look-up of full data needs an actor and a reason")
	// ErrAskedAnew says that another look was asked for since somebody read what they agree to: read again what waits.
	ErrAskedAnew = errors.New("another look was asked for meanwhile")
	// ErrFull says that all serials of a kind are used.
	ErrFull = errors.New("no number is free")
)

// LockedError says that too many wrong PINs were tried; no PIN is looked at before Until.
type LockedError = person.LockedError

// personError names the person that an error is about, by number. What is no number is not shown: it may be a name that was
// typed into the wrong field.
func personError(id string, err error) error {
	if _, ok := person.KindOf(id); !ok {
		return fmt.Errorf("not a number: %w", err)
	}
	return fmt.Errorf("%s: %w", id, err)
}
