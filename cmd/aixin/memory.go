package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

const (
	// heapGrowth lets the heap grow to five times what lives before it is swept. Under load most of what a server makes is garbage within a
	// batch, and whoever reads waits for the collector: a balance's slowest of a hundred took 8 to 9 ms at three times, 5 to 6 at five. More
	// would be memory that a small machine does not have. An audit keeps most of what it makes to its end, and the collector would look
	// through all of it again and again.
	heapGrowth = 400

	// largestHeap is where that stops. What lives is bounded far below it by the ledger's and the store's own limits.
	largestHeap = 2 << 30

	// auditHeap is what verifying and auditing a year of a town takes; what a larger book takes beyond it comes by small pages.
	auditHeap = 512 << 20

	// lateGrowth lets the heap of a command grow to 64 MB before it is swept for the first time: the runtime begins at 4, and went five times through
	// catalogs and commands that live to the end, a quarter of the processor time of a command that shows a balance.
	lateGrowth = 1600

	// sleepers is how many threads may sleep while the runtime takes them to be running: the index writes its log and its tables
	// through memory maps, where touching a page can wait for the file system. Without others in their place a processor is idle.
	sleepers = 2
)

// collectLate leaves the heap alone while it is small, and lets it grow as usual from then on.
func collectLate() {
	if os.Getenv("GOGC") != "" {
		return
	}
	runtime.AddCleanup(new(*int), growAsUsual, debug.SetGCPercent(lateGrowth)) // nobody has it: the first sweep takes it
}

// growAsUsual ends collectLate, unless collectLess has come meanwhile.
func growAsUsual(usual int) {
	if now := debug.SetGCPercent(usual); now != lateGrowth {
		debug.SetGCPercent(now)
	}
}

// preferThroughput tunes the runtime for a process that serves. Whoever sets GOGC, GOMEMLIMIT or GOMAXPROCS knows better.
func preferThroughput() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + sleepers)
	}
	collectLess()
}

// collectLess lets the heap grow before it is swept. Whoever reads a whole book needs no more threads than there are
// processors: those beyond would only take them from the one that folds, for which all others wait.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(largestHeap)
	}
}
