package store_test

import (
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"aixin/store"
)

// The sequencer's thread has long turns, so that those who carry a sync through go first. Other tests must not run beside this one: it
// looks at all threads.
func TestSequencerTakesLongTurns(t *testing.T) {
	if !turnsKnown() {
		return // a kernel before 6.12
	}
	dir := newBook(t)
	before := threadsOfTurn(t, store.LongTurn)
	l := open(t, dir, options(newClock()))
	submit(t, l, setup(0)[0])
	if got := threadsOfTurn(t, store.LongTurn); got != before+1 {
		t.Errorf("%d threads of long turns beside an open book, want one more than %d", got, before)
	}
	closeBook(t, l)
	for range 100 { // a thread ends a little after its goroutine
		if threadsOfTurn(t, store.LongTurn) == before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("the thread is still there after the book was closed")
}

// turnsKnown reports whether the kernel lets an ordinary thread choose its turns.
func turnsKnown() bool {
	known := make(chan bool)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		const turn = uint64(10 * time.Millisecond)
		attr, err := unix.SchedGetAttr(0, 0)
		if err == nil {
			attr.Runtime = turn
			err = unix.SchedSetAttr(0, attr, 0)
		}
		if err == nil {
			attr, err = unix.SchedGetAttr(0, 0)
		}
		known <- err == nil && attr.Runtime == turn
	}()
	return <-known
}

// threadsOfTurn counts the threads of this process whose turns are so long.
func threadsOfTurn(t *testing.T, turn time.Duration) (n int) {
	t.Helper()
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		id, err := strconv.Atoi(task.Name())
		if err != nil {
			t.Fatal(err)
		}
		if attr, err := unix.SchedGetAttr(id, 0); err == nil && attr.Runtime == uint64(turn) { // one that has ended meanwhile has none
			n++
		}
	}
	return n
}
