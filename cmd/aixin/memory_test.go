package main

import (
	"runtime"
	"runtime/debug"
	counts "runtime/metrics"
	"testing"
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
	for growth() != 100 { // the end comes beside this
		runtime.Gosched()
	}
	collectLess()
	if growAsUsual(100); growth() != heapGrowth {
		t.Errorf("a server's after its first sweep: got %d, want %d", growth(), heapGrowth)
	}
}
