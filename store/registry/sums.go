package registry

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"aixin/store/leftover"
)

// sumsFile stands in the registry's folder while nobody has it open. It holds the SHA-256 of every other file there, as
// sha256sum writes it, so that damage at rest is found by Open: Badger alone reads past some of it in silence and panics at other.
const sumsFile = "SHA256SUMS"

// writeSums says how the files were left. It comes last in a clean stop.
func writeSums(home string) error {
	text, err := sums(home)
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(home, sumsFile), []byte(text))
}

// takeSums compares the files with how they were left, and then removes what it compared with: from now on they change. After
// an unclean stop there is nothing to compare with, and the tables are looked at one by one.
func takeSums(home string) error {
	path := filepath.Join(home, sumsFile)
	want, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		db := filepath.Join(home, "db")
		return errors.Join(leftover.DropEmptied(db), checkTables(db))
	}
	if err != nil {
		return err
	}
	got, err := sums(home)
	if err != nil {
		return err
	}
	if got != string(want) {
		return fmt.Errorf("%w: files differ from their %s", ErrDamaged, sumsFile)
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	return syncDir(home)
}

// sums lists the files under home and their hashes, in order of name.
func sums(home string) (string, error) {
	var text strings.Builder
	err := fs.WalkDir(os.DirFS(home), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == sumsFile || name == sumsFile+".new" || name == lockFile {
			return err
		}
		sum, err := sumFile(filepath.Join(home, filepath.FromSlash(name)))
		text.WriteString(sum + "  " + name + "\n")
		return err
	})
	return text.String(), err
}

func sumFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, file)
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, file.Close())
}

// checkTables reads the end of every table: an index, its length, a checksum, and the checksum's length, four bytes each.
// Badger checks the index and the blocks itself, and panics where these lengths point outside the file.
func checkTables(db string) error {
	tables, err := fs.Glob(os.DirFS(db), "*.sst") // the directory's own name is no pattern
	if err != nil {
		return err
	}
	for _, name := range tables {
		content, err := os.ReadFile(filepath.Join(db, name))
		if err != nil {
			return err
		}
		rest := content
		for range 2 {
			if rest = cutSized(rest); rest == nil {
				return fmt.Errorf("%w: table %s is cut short", ErrDamaged, name)
			}
		}
	}
	return nil
}

// cutSized drops a part from the end that is followed by its length; nil where the length is more than there is.
func cutSized(b []byte) []byte {
	const width = 4
	if len(b) < width {
		return nil
	}
	at := len(b) - width
	size := int64(binary.BigEndian.Uint32(b[at:]))
	if size > int64(at) {
		return nil
	}
	return b[:int64(at)-size]
}
