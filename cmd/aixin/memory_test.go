package main

import (
	"runtime"
	"runtime/debug"
	counts "runtime/metrics"
	"testing"
	"time"
)

// growth is by how many percent the heap may grow before it is swept.
func growth() uint64 {
	of := []counts.Sample{{Name: "/gc/gogc:percent"}}
	counts.Read(of)
	return of[0].Value.Uint64()
}

// TestFirstSweepEndsTheDelay: the heap of a command is left alone until its first sweep, and grows as usual from then on; that of a server as
// the server says.
func TestFirstSweepEndsTheDelay(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "2GiB") // of the other tests too: leave it
	defer debug.SetGCPercent(debug.SetGCPercent(100))

	collectLate()
	if got := growth(); got != lateGrowth {
		t.Fatalf("before the first sweep: got %d, want %d", got, lateGrowth)
	}
	runtime.GC()
	for until := time.Now().Add(time.Minute); growth() != 100; runtime.Gosched() { // the end comes beside this
		if time.Now().After(until) {
			t.Fatalf("after the first sweep: got %d, want 100", growth())
		}
	}
	collectLess()
	if growAsUsual(100); growth() != heapGrowth {
		t.Errorf("a server's after its first sweep: got %d, want %d", growth(), heapGrowth)
	}
}
