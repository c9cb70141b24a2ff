package journal

import (
	"errors"
	"io"
	"os"
	"runtime"
)

// syncRoot returns when the names in a folder are on stable storage.
func syncRoot(root *os.Root) error {
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		return dir.Close() // Windows has no sync of folders; books are only read there.
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// syncPath is syncRoot for a path.
func syncPath(path string) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return err
	}
	return errors.Join(syncRoot(root), root.Close())
}

// closeRead closes what was only read: nothing that Close could report would be lost.
func closeRead(c io.Closer) {
	if err := c.Close(); err != nil {
		return
	}
}
