//go:build linux || darwin

package bench

import "golang.org/x/sys/unix"

// newReel returns memory outside of the heap.
func newReel(size int) ([]byte, error) {
	return unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
}

func freeReel(reel []byte) error { return unix.Munmap(reel) }
