package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4/options"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/ristretto/v2/z"
)

// sealName is the file in DIR/db that a clean stop leaves and that the next opening removes.
const sealName = "SEAL"

// suspectName is the file in DIR/db that says why the index must not be used again.
const suspectName = "SUSPECT"

// seal lists the files of a closed index. Badger notices little of what happens to its files between a close and an open; with
// the seal, any change of any of them is noticed before Badger sees it.
type seal struct {
	Files []sealedFile `json:"files"`
}

type sealedFile struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Sum  uint32 `json:"crc32c"`
}

var (
	errUnsealed = errors.New("the index was not closed")
	errChanged  = errors.New("the index was changed after it was closed")
	errSuspect  = errors.New("the index differed from the journal")
)

// suspect makes the next opening rebuild the index.
func suspect(dir string, why error) error {
	if err := replaceFile(filepath.Join(dir, suspectName), []byte(why.Error()+"\n"), fileMode); err != nil {
		return fmt.Errorf("mark index as suspect: %w", err)
	}
	return nil
}

// writeSeal seals a closed index.
func writeSeal(dir string) error {
	s, err := sumFiles(dir)
	if err != nil {
		return fmt.Errorf("seal index: %w", err)
	}
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("seal index: %w", err)
	}
	if err := replaceFile(filepath.Join(dir, sealName), text, fileMode); err != nil {
		return fmt.Errorf("seal index: %w", err)
	}
	return nil
}

// sealed reports whether there is a seal.
func sealed(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, sealName))
	return err == nil
}

// breakSeal checks the files of an index against its seal and removes the seal, so that a crash from here on leaves none. The
// error wraps errUnsealed where there is none, errChanged where it does not fit, errSuspect where the index was found wrong.
func breakSeal(dir string) error {
	text, err := readSeal(dir)
	if err != nil {
		return err
	}
	if err := errors.Join(os.Remove(filepath.Join(dir, sealName)), syncDir(dir)); err != nil {
		return err
	}
	return unchanged(dir, text)
}

// checkSeal checks them and leaves the seal.
func checkSeal(dir string) error {
	text, err := readSeal(dir)
	if err != nil {
		return err
	}
	return unchanged(dir, text)
}

// readSeal returns the seal of an index that may be used.
func readSeal(dir string) ([]byte, error) {
	switch _, err := os.Stat(filepath.Join(dir, suspectName)); {
	case err == nil:
		return nil, errSuspect
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(dir, sealName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errUnsealed
	}
	return text, err
}

// unchanged holds the files of an index against a seal.
func unchanged(dir string, text []byte) error {
	var want seal
	if err := json.Unmarshal(text, &want); err != nil {
		return fmt.Errorf("%w: its seal: %w", errChanged, err)
	}
	got, err := sumFiles(dir)
	if err != nil {
		return fmt.Errorf("%w: %w", errChanged, err)
	}
	if !slices.Equal(got.Files, want.Files) {
		return errChanged
	}
	return nil
}

// sumFiles lists the files of an index with their sums, in order of name.
func sumFiles(dir string) (seal, error) {
	names, err := filesOf(dir, func(name string) bool { return !strings.HasPrefix(name, sealName) })
	if err != nil {
		return seal{}, err
	}
	s := seal{Files: make([]sealedFile, len(names))}
	return s, eachFile(names, func(i int) (err error) {
		s.Files[i], err = sumFile(dir, names[i])
		return err
	})
}

// filesOf lists the files of a directory that are wanted, in order of name.
func filesOf(dir string, wanted func(name string) bool) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if wanted(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// eachFile works on every file, on all processors: an opening waits for it.
func eachFile(names []string, work func(i int) error) error {
	var next atomic.Int64
	errs := make([]error, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for worker := range errs {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(names) && errs[worker] == nil; i = int(next.Add(1)) - 1 {
				errs[worker] = work(i)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func sumFile(dir, name string) (sealedFile, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return sealedFile{}, err
	}
	h := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	n, err := io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{f}, make([]byte, 1<<20))
	return sealedFile{name, n, h.Sum32()}, errors.Join(err, f.Close())
}

// checkTables opens every table of an index that was not closed, as Badger will: a damaged one makes Badger panic in a goroutine
// of its own, where nothing can be done about it.
func checkTables(dir string) error {
	names, err := filesOf(dir, func(name string) bool { return strings.HasSuffix(name, ".sst") })
	if err != nil {
		return err
	}
	return eachFile(names, func(i int) error {
		if err := checkTable(filepath.Join(dir, names[i])); err != nil {
			return fmt.Errorf("table %s: %w", names[i], err)
		}
		return nil
	})
}

func checkTable(path string) (err error) {
	defer recovered(&err)
	file, err := z.OpenMmapFile(path, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	t, err := table.OpenTable(file, table.Options{ReadOnly: true, BlockSize: 4096, ChkMode: options.OnTableRead})
	if err != nil {
		return err
	}
	return t.Close(-1)
}
