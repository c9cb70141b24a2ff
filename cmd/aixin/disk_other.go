//go:build !linux && !darwin

package main

import "aixin/store"

// freeSpace is of interest where a book can be written.
func freeSpace(string) (int64, error) { return 0, store.ErrReadOnly }
