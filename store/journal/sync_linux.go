package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// syncData returns when the bytes of the file, and its size, are on stable storage. Times of access and change are not waited
// for.
func syncData(file *os.File) error {
	conn, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		for {
			if failed = unix.Fdatasync(int(fd)); !errors.Is(failed, unix.EINTR) {
				return
			}
		}
	})
	if err := errors.Join(err, failed); err != nil {
		return &os.PathError{Op: "fdatasync", Path: file.Name(), Err: err}
	}
	return nil
}
