package journal

import (
	"context"
	"fmt"
	"sync"
	"syscall"
)

// Op is an operation of a journal that can be made to fail.
type Op int

// The operations of Journal.
const (
	OnHead Op = iota
	OnAppend
	OnRead
)

// Fault is what goes wrong in one call. The zero Fault is none.
type Fault struct {
	kind  faultKind
	err   error
	keep  int
	stall *Stalled
}

type faultKind int

const (
	none faultKind = iota
	failBefore
	failAfter
	torn
	stalled
)

// None lets one call pass, so that a later one can be made to fail.
func None() Fault { return Fault{} }

// FailBefore returns the error before anything is done.
func FailBefore(err error) Fault { return Fault{kind: failBefore, err: err} }

// FailAfter does everything and returns the error all the same. What Append wrote can be read but was not synced: Reopen keeps
// it, Crash loses it. A Read yields its batches first.
func FailAfter(err error) Fault { return Fault{kind: failAfter, err: err} }

// Torn leaves the first keep bytes of the batch, never all, and returns the error. It concerns Append only.
func Torn(keep int, err error) Fault { return Fault{kind: torn, keep: keep, err: err} }

// NoSpace is Torn on a disk that has room for keep bytes more.
func NoSpace(keep int) Fault {
	return Torn(keep, fmt.Errorf("write: %w", syscall.ENOSPC))
}

// Stall keeps the call waiting until it is released, which lets it go on, or until its context is done, which ends it with
// nothing done.
func Stall() (Fault, *Stalled) {
	s := &Stalled{reached: make(chan struct{}), released: make(chan struct{})}
	return Fault{kind: stalled, stall: s}, s
}

// Stalled is a call that waits.
type Stalled struct {
	reached, released   chan struct{}
	reachOnce, freeOnce sync.Once
}

// Reached is closed when the call has begun to wait.
func (s *Stalled) Reached() <-chan struct{} { return s.reached }

// Release lets the call go on, be it now or when it comes.
func (s *Stalled) Release() { s.freeOnce.Do(func() { close(s.released) }) }

// before is what goes wrong before anything is done.
func (f Fault) before(ctx context.Context) error {
	switch f.kind {
	case failBefore:
		return f.err
	case stalled:
		f.stall.reachOnce.Do(func() { close(f.stall.reached) })
		select {
		case <-f.stall.released:
		case <-ctx.Done():
			return ctx.Err()
		}
	default:
	}
	return nil
}

// after is what goes wrong when everything is done.
func (f Fault) after() error {
	if f.kind == failAfter {
		return f.err
	}
	return nil
}
