package main

import (
	"runtime"
	"syscall"
)

// preferHugePages has the kernel give the heap's first n bytes out by pages of 2 MiB where it gives any out on request. A run that reads
// a whole journal touches a few hundred megabytes for the first time, and on a virtual machine every first touch of a page of 4 KiB
// costs as much as deciding an entry. The advice stays with the addresses, which the runtime uses again once the slice is gone; where
// the kernel knows no such pages nothing changes.
func preferHugePages(n int) {
	room := make([]byte, n)                          // never touched, so that it takes no memory
	_ = syscall.Madvise(room, syscall.MADV_HUGEPAGE) //nolint:errcheck // an advice that is not taken
	runtime.KeepAlive(room)
	runtime.GC() // lets go of it, while there is nothing else to look through
}
