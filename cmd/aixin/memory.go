package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

const (
	// serverGC lets the heap of a server grow to three times what lives before it is swept: under load most of what it makes
	// is garbage within a batch. More would take longer to come back to memory that is there already, and on a virtual machine
	// the first touch of a page costs as much as deciding an entry.
	serverGC = 200

	// serverHeap is where that stops. What lives is bounded far below it by the ledger's and the store's own limits.
	serverHeap = 2 << 30

	// auditGC is the same for an audit, which keeps most of what it makes to its end: the collector would look through all of it again
	// and again. Its heap stops at the same limit.
	auditGC = 400

	// auditHeap is what verifying and auditing a year of a town takes; what a larger book takes beyond it comes by small pages.
	auditHeap = 512 << 20

	// sleepers is how many threads may sleep while the runtime takes them to be running: the index writes its log and its tables
	// through memory maps, where touching a page can wait for the file system. Without others in their place a processor is idle.
	sleepers = 2
)

// preferThroughput tunes the runtime for a process that serves. Whoever sets GOGC, GOMEMLIMIT or GOMAXPROCS knows better.
func preferThroughput() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + sleepers)
	}
	collectLess(serverGC)
}

// collectLess lets the heap grow by so many percent before it is swept. Whoever reads a whole book needs no more threads than there are
// processors: those beyond would only take them from the one that folds, for which all others wait.
func collectLess(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(serverHeap)
	}
}
