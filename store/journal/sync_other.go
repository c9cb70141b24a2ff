//go:build !linux

package journal

import "os"

// syncData returns when the bytes of the file are on stable storage.
func syncData(file *os.File) error { return file.Sync() }
