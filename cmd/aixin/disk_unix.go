//go:build linux || darwin

package main

import "syscall"

// freeSpace returns the bytes that may still be written where dir is.
func freeSpace(dir string) (int64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), nil //nolint:gosec,unconvert // no disk has 2^63 bytes; Bsize has another type on darwin
}
