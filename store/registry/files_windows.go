package registry

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// takeLock locks the file for this process, alone or beside others who share it, or returns ErrLocked at once. Closing the file releases it.
func takeLock(path string, shared bool) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	flags := uint32(windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY)
	if shared {
		flags = windows.LOCKFILE_FAIL_IMMEDIATELY
	}
	err = windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, &windows.Overlapped{})
	if err == nil {
		return file, nil
	}
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		err = ErrLocked
	}
	return nil, errors.Join(err, file.Close())
}

// syncDir has nothing to do: Windows makes new names durable with the file.
func syncDir(string) error { return nil }
