//go:build linux || darwin

package store

import (
	"fmt"
	"math"
	"syscall"
)

// freeSpace returns how many bytes may still be written where dir is.
func freeSpace(dir string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("free space of %s: %w", dir, err)
	}
	blocks, size := uint64(st.Bavail), uint64(st.Bsize) //nolint:gosec,unconvert // sizes are positive; the types differ by system
	if size > 0 && blocks > math.MaxInt64/size {
		return math.MaxInt64, nil
	}
	return int64(blocks * size), nil //nolint:gosec // bounded above
}
