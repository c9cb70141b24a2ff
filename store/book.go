package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/store/journal"
)

// The files of a data directory.
const (
	bookName       = "book.json"
	lockName       = "lock"
	checkpointName = "checkpoint"
	indexName      = "db"
	journalName    = "journal"
	keysName       = "keys"
	signingName    = "signing.key"
)

const (
	dirMode    = 0o700
	fileMode   = 0o644
	secretMode = 0o600
)

// BookInfo is what book.json says: what the directory is, before any of it is read.
type BookInfo struct {
	Format     int      `json:"format"`
	Origin     string   `json:"origin"`      // names the log in its checkpoints
	Zone       string   `json:"zone"`        // IANA zone of every date
	PublicKeys []string `json:"public_keys"` // of its checkpoints, as note verifier keys
	Demo       bool     `json:"demo"`

	// Restored names the logs that a restored book continues, the oldest first.
	Restored []proof.Origin `json:"restored,omitempty"`

	// Rotations let the later ones of the keys in, each as the text of a proof.Inclusion.
	Rotations []string `json:"rotations,omitempty"`
}

// log is the book's own, as those that it continues are kept.
func (b BookInfo) log() proof.Origin {
	return proof.Origin{Name: b.Origin, PublicKeys: b.PublicKeys, Rotations: b.Rotations}
}

// first returns the name that the book had when it was opened, which entry 0 states.
func (b BookInfo) first() string {
	for _, o := range b.Restored {
		return o.Name
	}
	return b.Origin
}

// Location returns the zone of the book's dates.
func (b BookInfo) Location() (*time.Location, error) {
	zone, err := time.LoadLocation(b.Zone)
	if err != nil {
		return nil, fmt.Errorf("zone of the book: %w", err)
	}
	return zone, nil
}

// Verifiers returns the keys that verify the book's checkpoints, each for those that it may sign.
func (b BookInfo) Verifiers() (proof.Keys, error) {
	known, err := b.log().Keys()
	if err != nil {
		return known, fmt.Errorf("%s: %w: %w", bookName, err, ledger.ErrCorrupt)
	}
	return known, nil
}

// ReadBook reads DIR/book.json.
func ReadBook(dir string) (BookInfo, error) {
	path := filepath.Join(dir, bookName)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return BookInfo{}, fmt.Errorf("%s: %w", dir, ErrNoBook)
	}
	if err != nil {
		return BookInfo{}, fmt.Errorf("read book: %w", err)
	}
	var info BookInfo
	if err := json.Unmarshal(b, &info); err != nil {
		return BookInfo{}, fmt.Errorf("%s: %w: %w", path, err, ledger.ErrCorrupt)
	}
	switch {
	case info.Format > ledger.FormatVersion:
		return BookInfo{}, fmt.Errorf("%s: format %d: %w", path, info.Format, ledger.ErrNewer)
	case info.Format < 1 || info.Origin == "" || len(info.PublicKeys) == 0:
		return BookInfo{}, fmt.Errorf("%s: incomplete: %w", path, ledger.ErrCorrupt)
	}
	return info, nil
}

// CreateOptions say what book is created.
type CreateOptions struct {
	Origin string // names the log in its checkpoints; required
	Zone   string // IANA zone; required
	Demo   bool
	Clock  func() time.Time // not asked: an empty book has no time
}

// Create makes a directory with an empty book: its keys, an empty journal and the checkpoint of nothing. Entry 0, an
// OpenBook, is for the caller to submit. book.json is written last, so that half a directory is no book.
func Create(ctx context.Context, dir string, o CreateOptions) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	info := BookInfo{Format: ledger.FormatVersion, Origin: o.Origin, Zone: o.Zone, Demo: o.Demo}
	if _, err := info.Location(); err != nil {
		return err
	}
	if err := makeEmpty(dir); err != nil {
		return err
	}
	signer, err := newKey(dir, &info)
	if err != nil {
		return err
	}
	if err := journal.Create(dir); err != nil {
		return err
	}
	var empty ledger.Frontier
	if err := writeCheckpoint(dir, info.Origin, ledger.Head{Root: empty.Root()}, signer); err != nil {
		return err
	}
	return writeBook(dir, info)
}

// newKey makes the key that signs the checkpoints of a new log, and names it in info.
func newKey(dir string, info *BookInfo) (note.Signer, error) {
	secret, public, err := note.GenerateKey(rand.Reader, info.Origin)
	if err != nil {
		return nil, fmt.Errorf("create keys: %w", err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, fmt.Errorf("create keys: %w", err)
	}
	if err := os.Mkdir(filepath.Join(dir, keysName), dirMode); err != nil {
		return nil, fmt.Errorf("create keys: %w", err)
	}
	if err := replaceFile(filepath.Join(dir, keysName, signingName), []byte(secret+"\n"), secretMode); err != nil {
		return nil, fmt.Errorf("create keys: %w", err)
	}
	info.PublicKeys = []string{public}
	return signer, nil
}

// writeBook writes DIR/book.json.
func writeBook(dir string, info BookInfo) error {
	text, err := json.MarshalIndent(info, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", bookName, err)
	}
	return replaceFile(filepath.Join(dir, bookName), append(text, '\n'), fileMode)
}

// makeEmpty makes the directory, or takes an empty one.
func makeEmpty(dir string) error {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return fmt.Errorf("create book: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("create book: %w", err)
	}
	if len(entries) > 0 {
		return &fs.PathError{Op: "create book", Path: dir, Err: ErrExists}
	}
	return nil
}

// newSuffix ends the name of a file that is being written: a crash may leave it.
const newSuffix = ".new"

// replaceFile writes a file so that after a crash there is the old one or the new one, whole.
func replaceFile(path string, text []byte, mode fs.FileMode) (err error) {
	f, err := os.OpenFile(path+newSuffix, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+newSuffix, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the names in a directory survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
