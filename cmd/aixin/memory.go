package main

import (
	"os"
	"runtime/debug"
)

const (
	// serverGC lets the heap of a server grow to three times what lives before it is swept: under load most of what it makes
	// is garbage within a batch. More would take longer to come back to memory that is there already, and on a virtual machine
	// the first touch of a page costs as much as deciding an entry.
	serverGC = 200

	// serverHeap is where that stops. What lives is bounded far below it by the ledger's and the store's own limits.
	serverHeap = 2 << 30
)

// preferThroughput tunes the collector for a process that serves. Whoever sets GOGC or GOMEMLIMIT knows better.
func preferThroughput() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(serverGC)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(serverHeap)
	}
}
