// Package leftover removes what Badger left in a directory when its process ended.
package leftover

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// DropEmptied removes the logs of memory tables that were emptied and not yet removed. Badger empties such a log once a table has all
// that it held, and takes an empty one for a fault.
func DropEmptied(dir string) error {
	logs, err := fs.Glob(os.DirFS(dir), "*.mem") // the directory's own name is no pattern
	for _, name := range logs {
		path := filepath.Join(dir, name)
		info, found := os.Lstat(path)
		if found == nil && info.Size() == 0 {
			found = os.Remove(path)
		}
		err = errors.Join(err, found)
	}
	return err
}
