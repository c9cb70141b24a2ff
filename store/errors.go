package store

import (
	"errors"
	"fmt"
)

// The errors of a submission, by the reaction that they ask for.
var (
	// ErrBusy means that the queue is full. Nothing was done: ask again later.
	ErrBusy = errors.New("busy: too many requests are waiting")

	// ErrStopped means that the ledger takes no more writes, because it is closing or because a write before failed.
	// Nothing was done for this request: open the ledger again.
	ErrStopped = errors.New("the ledger has stopped writing")

	// ErrDiskFull means that less than the floor of free space is left. Nothing was done: free some.
	ErrDiskFull = errors.New("not enough free space to write")

	// ErrClock means that the machine's clock is far from the time of the last entry. Nothing was done: mend the clock, or
	// confirm it.
	ErrClock = errors.New("the clock is far from the time of the last entry")

	// ErrUnknown means that the request may or may not have been carried out. Submit the same command with the same key
	// again: the answer says which.
	ErrUnknown = errors.New("outcome unknown")
)

// The errors of opening.
var (
	// ErrLocked means that another process writes this book. Errors that wrap it are *LockedError.
	ErrLocked = errors.New("another process is writing this book")

	// ErrNoBook means that the directory holds no book.
	ErrNoBook = errors.New("no book here")

	// ErrExists means that there is something where a book was to be created.
	ErrExists = errors.New("there is something here already")

	// ErrReadOnly means that this system can read a book and not write it.
	ErrReadOnly = errors.New("a book cannot be written on this system")

	// ErrNotIndexed means that the index does not keep the past of this fact: fold the journal instead.
	ErrNotIndexed = errors.New("the index does not know the past of this")
)

// LockedError says who holds the lock.
type LockedError struct {
	URL string // of the server that holds it; empty where a command holds it
}

func (e *LockedError) Error() string {
	if e.URL == "" {
		return ErrLocked.Error()
	}
	return fmt.Sprintf("%v: %s", ErrLocked, e.URL)
}

// Unwrap makes errors.Is(err, ErrLocked) true.
func (e *LockedError) Unwrap() error { return ErrLocked }
