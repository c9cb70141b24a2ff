package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/store/journal"
)

// The errors of backups.
var (
	// ErrUnfinished means that a directory holds no finished backup: make it again.
	ErrUnfinished = errors.New("not a finished backup")

	// ErrDamagedBackup means that a backup is not what was written. Nothing is wrong with any book because of that.
	ErrDamagedBackup = fmt.Errorf("the backup is not what was written: %w", ledger.ErrCorrupt)

	// ErrNewerKnown means that a checkpoint is known which is newer than the backup: what came between would be lost.
	ErrNewerKnown = errors.New("a newer state of the book is known")
)

const (
	manifestName = "manifest.json"
	peopleName   = "registry"
	freshName    = "registry.new" // until the backup is finished
	backedUpName = "backed-up.json"
)

type (
	// Manifest lists what a backup is made of. It is written last, so that what was interrupted is no backup.
	Manifest struct {
		Format     int          `json:"format"`
		Origin     string       `json:"origin"`
		At         time.Time    `json:"at"` // when it was made
		Size       ledger.Index `json:"size"`
		Root       ledger.Hash  `json:"root"`
		Checkpoint string       `json:"checkpoint"` // the signed note of that head
		Files      []FileSum    `json:"files"`      // in order of name
	}

	// FileSum is one file of a backup.
	FileSum struct {
		Name   string `json:"name"` // slashes, from the folder of the backup
		Size   int64  `json:"size"`
		SHA256 string `json:"sha256"`
	}

	// BackedUp says what the last good backup of a book has.
	BackedUp struct {
		At   time.Time    `json:"at"`
		Size ledger.Index `json:"size"`
		Root ledger.Hash  `json:"root"`
	}
)

// manifestFormat is that of Manifest.
const manifestFormat = 1

// BackupOptions say how a backup is made. Clock and People are required.
type BackupOptions struct {
	Clock    func() time.Time
	People   func(ctx context.Context, to string) error // copies the registry into a new directory
	Progress func(done, of ledger.Index)
}

// Backup makes the directory to a backup of the book in dir, also while a server writes it: the journal up to the newest signed
// head, that checkpoint, and the registry, without any key. A directory that holds an earlier backup of the same book is brought up
// to date; one that was interrupted is finished. The errors are those of Mirror.
func Backup(ctx context.Context, dir, to string, o BackupOptions) (Manifest, error) {
	info, err := ReadBook(dir)
	if err != nil {
		return Manifest{}, err
	}
	file, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return Manifest{}, err
	}
	var m Manifest
	note, _, err := readBeside(dir, &info)
	if err == nil {
		m, err = backup(ctx, to, info, kept{note, file}, o)
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return m, err
	}
	text, err := json.MarshalIndent(BackedUp{m.At, m.Size, m.Root}, "", "  ")
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	return m, replaceFile(filepath.Join(dir, backedUpName), append(text, '\n'), fileMode)
}

// kept is a book in a directory of this machine, as a Source.
type kept struct {
	note    []byte // DIR/checkpoint
	journal *journal.File
}

func (k kept) Checkpoint(context.Context) ([]byte, error) { return k.note, nil }

func (k kept) Lines(ctx context.Context, from, size ledger.Index) iter.Seq2[[]byte, error] {
	return batches(ctx, k.journal, from, size)
}

func (k kept) Consistency(ctx context.Context, old, size ledger.Index) ([]ledger.Hash, error) {
	var g grown
	return g.prove(ctx, k.journal, old, size)
}

func backup(ctx context.Context, to string, info BookInfo, from kept, o BackupOptions) (Manifest, error) {
	done, err := Mirror(ctx, to, info, from, o.Progress)
	if err != nil {
		return Manifest{}, err
	}
	fresh := filepath.Join(to, freshName)
	if err := os.RemoveAll(fresh); err != nil {
		return Manifest{}, fmt.Errorf("backup: %w", err)
	}
	if err := o.People(ctx, fresh); err != nil {
		return Manifest{}, fmt.Errorf("backup: %w", err)
	}
	m := Manifest{Format: manifestFormat, Origin: info.Origin, At: o.Clock().UTC().Truncate(time.Second), Size: done.Head.Size, Root: done.Head.Root}
	note, err := os.ReadFile(filepath.Join(to, checkpointName))
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	m.Checkpoint = string(note)
	if m.Files, err = listFiles(ctx, to); err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	return m, finish(to, append(text, '\n'))
}

// finish puts what is new in the place of what was there. Until then the manifest of the backup before is good: the journal only grew,
// and is restored as far as that manifest says.
func finish(to string, manifest []byte) error {
	path := filepath.Join(to, manifestName)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backup: %w", err)
	}
	old := filepath.Join(to, peopleName)
	if err := errors.Join(os.RemoveAll(old), os.Rename(filepath.Join(to, freshName), old)); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return replaceFile(path, manifest, fileMode)
}

// belongs reports whether a file is part of a backup, beside the manifest, which has the checkpoint too.
func belongs(name string) bool {
	first, _, below := strings.Cut(name, "/")
	if below {
		return filepath.IsLocal(name) && (first == journalName || first == peopleName)
	}
	return name == bookName
}

func listFiles(ctx context.Context, dir string) ([]FileSum, error) {
	var list []FileSum
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return errors.Join(err, ctx.Err())
		}
		first, rest, _ := strings.Cut(name, "/")
		f := FileSum{Name: name}
		switch first {
		case peopleName: // of the backup before
			return nil
		case freshName:
			f.Name = peopleName + "/" + rest
		}
		if !belongs(f.Name) {
			return nil
		}
		f.Size, f.SHA256, err = copySum(filepath.Join(dir, filepath.FromSlash(name)), io.Discard, math.MaxInt64)
		list = append(list, f)
		return err
	})
	slices.SortFunc(list, func(a, b FileSum) int { return strings.Compare(a.Name, b.Name) })
	return list, err
}

// copySum copies a file, up to so many bytes, and returns the size and hash of what it copied.
func copySum(path string, to io.Writer, most int64) (size int64, sum string, err error) {
	in, err := os.Open(path)
	if err != nil {
		return 0, "", err
	}
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(h, to), io.LimitReader(in, most))
	return size, hex.EncodeToString(h.Sum(nil)), errors.Join(err, in.Close())
}

// LastBackup returns what the last good backup of the book in dir has; ok is false where there was none.
func LastBackup(dir string) (last BackedUp, ok bool, err error) {
	text, err := os.ReadFile(filepath.Join(dir, backedUpName))
	if errors.Is(err, fs.ErrNotExist) {
		return last, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &last)
	}
	if err != nil {
		return last, false, fmt.Errorf("last backup: %w", err)
	}
	return last, true, nil
}

// RestoreOptions say how a book is restored.
type RestoreOptions struct {
	Origin     string // of the new log; empty for the old one's with something behind it
	Checkpoint []byte // the newest signed note that is known of the book; nil for none
	Progress   func(done, total int64)
}

// Restored says what was restored.
type Restored struct {
	Info BookInfo
	Head ledger.Head
	At   time.Time // when the backup was made
}

// Restore makes dir, where nothing may be, the book that the backup in from has: every file as its manifest says, the whole journal
// verified, under a new origin and a new key that continue the old ones. The registry comes back sealed: its master key was kept
// elsewhere and belongs into DIR/keys. An error leaves nothing behind, and wraps ErrUnfinished, ErrNewerKnown, ErrExists, or
// ledger.ErrCorrupt for a backup that is not what was written.
func Restore(ctx context.Context, from, dir string, o RestoreOptions) (r Restored, err error) {
	m, err := readManifest(from)
	if err != nil {
		return r, err
	}
	if err := makeEmpty(dir); err != nil {
		return r, err
	}
	work, err := os.MkdirTemp(filepath.Dir(filepath.Clean(dir)), ".aixin-restore-")
	if err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	moved := false
	defer func() {
		if err == nil || moved {
			return
		}
		err = errors.Join(err, os.RemoveAll(work))
		if left := os.Remove(dir); !errors.Is(left, fs.ErrNotExist) { // made above, and empty
			err = errors.Join(err, left)
		}
	}()
	for _, f := range m.Files {
		if err := errors.Join(ctx.Err(), f.restore(from, work)); err != nil {
			return r, fmt.Errorf("restore %s: %w", f.Name, err)
		}
	}
	if err := replaceFile(filepath.Join(work, checkpointName), []byte(m.Checkpoint), fileMode); err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	r.At = m.At
	if r.Head, err = m.verify(ctx, work, o); err != nil {
		return r, err
	}
	if r.Info, err = continueLog(work, m, r.Head, o.Origin); err != nil {
		return r, err
	}
	if err := errors.Join(os.Remove(dir), os.Rename(work, dir)); err != nil {
		return r, fmt.Errorf("restore: %w", err)
	}
	moved = true
	return r, syncDir(filepath.Dir(filepath.Clean(dir)))
}

func readManifest(dir string) (m Manifest, err error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s: %w: it has no %s", dir, ErrUnfinished, manifestName)
	}
	if err != nil {
		return m, fmt.Errorf("restore: %w", err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%s: %w: %w", manifestName, err, ErrDamagedBackup)
	}
	stray := func(f FileSum) bool { return !belongs(f.Name) }
	switch {
	case m.Format > manifestFormat:
		return m, fmt.Errorf("%s: format %d: %w", manifestName, m.Format, ledger.ErrNewer)
	case slices.ContainsFunc(m.Files, stray):
		return m, fmt.Errorf("%s: it names a file that no backup has: %w", manifestName, ErrDamagedBackup)
	}
	return m, nil
}

// restore copies a file of the backup, if it is what was written.
func (f FileSum) restore(from, to string) error {
	path := filepath.Join(to, filepath.FromSlash(f.Name))
	if err := os.MkdirAll(filepath.Dir(path), dirMode); err != nil {
		return err
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, secretMode)
	if err != nil {
		return err
	}
	most := int64(math.MaxInt64)
	if strings.HasPrefix(f.Name, journalName+"/") { // a later backup that was interrupted may have added to it
		most = f.Size
	}
	size, sum, err := copySum(filepath.Join(from, filepath.FromSlash(f.Name)), out, most)
	if err == nil {
		err = out.Sync()
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("it is missing: %w", ErrDamagedBackup)
	}
	if err == nil && (size != f.Size || sum != f.SHA256) {
		err = ErrDamagedBackup
	}
	return errors.Join(err, out.Close())
}

// verify checks the whole book that was copied, and that nothing newer is known.
func (m Manifest) verify(ctx context.Context, work string, o RestoreOptions) (ledger.Head, error) {
	info, err := ReadBook(work)
	if err != nil {
		return ledger.Head{}, err
	}
	if o.Checkpoint != nil {
		known, err := info.open(o.Checkpoint)
		if err != nil {
			return ledger.Head{}, err
		}
		if known.Size > m.Size {
			return ledger.Head{}, fmt.Errorf("%w: %d entries, and the backup has %d", ErrNewerKnown, known.Size, m.Size)
		}
	}
	report, err := Verify(ctx, work, VerifyOptions{Checkpoint: o.Checkpoint, Progress: o.Progress})
	if err == nil && (report.Head.Size != m.Size || report.Head.Root != m.Root || report.Checkpoint.Size != m.Size) {
		err = fmt.Errorf("%s: its head is not that of the journal: %w", manifestName, ErrDamagedBackup)
	}
	return report.Head, err
}

// continueLog begins a new log where the restored one ends: with its own key and name, which says which one it continues.
func continueLog(work string, m Manifest, h ledger.Head, origin string) (BookInfo, error) {
	info, err := ReadBook(work)
	if err != nil {
		return info, err
	}
	if origin == "" {
		origin = info.first() + "-restored-" + strings.ToLower(rand.Text()[:6])
	}
	earlier := info.log()
	earlier.Checkpoint = m.Checkpoint
	if slices.ContainsFunc(append(info.Restored, earlier), func(o proof.Origin) bool { return o.Name == origin }) {
		return info, fmt.Errorf("restore: the log %s is the one that is continued: %w", origin, ErrExists)
	}
	info.Origin, info.Rotations, info.Restored = origin, nil, append(info.Restored, earlier)
	signer, err := newKey(work, &info)
	if err != nil {
		return info, err
	}
	if err := writeCheckpoint(work, info.Origin, h, signer); err != nil {
		return info, err
	}
	return info, writeBook(work, info)
}
