package person

import (
	"errors"
	"time"
)

// The answers to somebody who says who they are. They stand here so that whoever asks need not know where people are kept.
var (
	// ErrNotFound says that there is no such person.
	ErrNotFound = errors.New("no such person in the registry")
	// ErrWrongPIN says that the PIN is not that person's; there may be no such person at all.
	ErrWrongPIN = errors.New("wrong number or PIN")
)

// LockedError says that too many wrong PINs were tried; no PIN is looked at before Until.
type LockedError struct {
	Until time.Time
}

func (e *LockedError) Error() string {
	return "too many wrong PINs: try again after " + e.Until.UTC().Format(time.RFC3339)
}
