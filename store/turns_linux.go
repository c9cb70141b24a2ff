package store

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// longTurn is how long the sequencer may keep a processor at a time: many times a thread's usual turn of some milliseconds, half of the
// longest that the kernel allows.
const longTurn = 50 * time.Millisecond

// takeLongTurns gives the goroutine that calls it a thread of its own, until it ends, and that thread long turns of a processor. Its
// share stays the same, but a thread of shorter turns that wakes goes first (Linux 6.12 and later; before, nothing changes). A sync is
// carried through by threads of the kernel that work for microseconds each: where every processor is busy, each would else wait for
// the next tick of the clock, up to four milliseconds, and everybody who waits for the sync with it.
func takeLongTurns() {
	runtime.LockOSThread()
	attr, err := unix.SchedGetAttr(0, 0)
	if err != nil || attr.Policy != unix.SCHED_NORMAL {
		return // whoever chose another policy knows better
	}
	attr.Runtime = uint64(longTurn)
	_ = unix.SchedSetAttr(0, attr, 0) //nolint:errcheck // a wish that is not granted
}
