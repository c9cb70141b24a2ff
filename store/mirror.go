package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/store/journal"
)

// The errors of copying a book.
var (
	// ErrRewritten means that what a source has does not continue the copy that was made of it: there are two histories, of which
	// the copy holds the older one. The newest signed note of the source is kept beside it as disputed.
	ErrRewritten = errors.New("the source does not continue the copy")

	// ErrOtherBook means that a directory holds the copy of another book, or of one that is signed with another key.
	ErrOtherBook = errors.New("a copy of another book")

	// ErrCutShort means that a source ended before its signed head. What came is kept: copy again.
	ErrCutShort = errors.New("the source ended before its head")
)

// Source is a book that is kept elsewhere. *api.Client is one.
type Source interface {
	// Checkpoint returns the newest signed note.
	Checkpoint(ctx context.Context) ([]byte, error)
	// Lines yields the bytes of the journal in pieces of any length: the whole batches from the one that contains the entry
	// from to the last that ends at or before size. A piece is valid until the next step of the loop.
	Lines(ctx context.Context, from, size ledger.Index) iter.Seq2[[]byte, error]
	// Consistency returns the hashes that show that the first size entries extend the first old ones.
	Consistency(ctx context.Context, old, size ledger.Index) ([]ledger.Hash, error)
}

// Lines yields the batches of the journal, as a Source does, up to what is on stable storage now.
func (l *Ledger) Lines(ctx context.Context, from, size ledger.Index) iter.Seq2[[]byte, error] {
	return batches(ctx, l.journal, from, min(size, l.Head().Size))
}

// batches yields the bytes of the batches from the one that contains the entry from to the last that ends at or before size.
func batches(ctx context.Context, j Journal, from, size ledger.Index) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if from >= size {
			return
		}
		for b, err := range j.Read(ctx, from) {
			if err == nil && b.Head.Size > size {
				return
			}
			if !yield(b.Data, err) || err != nil || b.Head.Size == size {
				return
			}
		}
	}
}

// Mirrored says what copying found and did.
type Mirrored struct {
	Begun  bool        // there was no copy before
	Before ledger.Head // of the copy, as far as it went
	Head   ledger.Head // of the copy now, which the source signed
}

const disputedName = "disputed"

// copyPiece is how many bytes of batches are checked and written at once.
const copyPiece = 4 << 20

// Mirror makes dir a copy of the book that source has and info describes, or brings it up to date: the journal and the newest
// checkpoint, without keys, names and index. Every root on the way is checked, what was copied before included, and the source's
// signed head must extend both what was copied and the checkpoint that was seen last. Progress may be nil. Interrupted, it may be
// called again and goes on. The errors are those above, that of the source, one that wraps ledger.ErrCorrupt for a damaged copy,
// and one that wraps proof.ErrUnsigned for a note that the book's key did not sign.
func Mirror(ctx context.Context, dir string, info BookInfo, source Source, progress func(done, of ledger.Index)) (Mirrored, error) {
	c := copier{dir: dir, info: info, source: source, progress: progress}
	lock, err := c.claim()
	if err != nil {
		return Mirrored{}, err
	}
	err = c.run(ctx)
	if errors.Is(err, ErrRewritten) {
		err = errors.Join(err, replaceFile(filepath.Join(dir, disputedName), c.note, fileMode))
	}
	return c.done, errors.Join(err, lock.release())
}

// copier copies one book.
type copier struct {
	dir      string
	info     BookInfo // what the source says of itself
	source   Source
	progress func(done, of ledger.Index)

	done   Mirrored
	note   []byte      // the newest checkpoint of the source
	signed ledger.Head // in it
	ahead  milestones
	tree   ledger.Frontier // of what is in the copy
	head   ledger.Head     // the same
	file   *journal.File
}

// claim finds the copy, or makes room for a new one, and locks it.
func (c *copier) claim() (*lock, error) {
	old, err := ReadBook(c.dir)
	switch {
	case errors.Is(err, ErrNoBook):
		c.done.Begun = true
		err = c.makeRoom()
	case err == nil && !c.info.extends(old):
		return nil, fmt.Errorf("%s: %w: %s", c.dir, ErrOtherBook, old.Origin)
	}
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(c.dir, keysName)); err == nil {
		return nil, &fs.PathError{Op: "copy beside a book", Path: c.dir, Err: ErrExists}
	}
	return takeLock(c.dir, "")
}

// makeRoom makes the directory, or takes one that is empty or holds the beginning of a copy: book.json is written last.
func (c *copier) makeRoom() error {
	if err := os.MkdirAll(c.dir, dirMode); err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	names, err := os.ReadDir(c.dir)
	if err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	begun := func(e fs.DirEntry) bool {
		name, half := strings.CutSuffix(e.Name(), newSuffix) // a file that was being written
		return slices.Contains([]string{journalName, "cut", lockName, checkpointName, disputedName}, name) || half && name == bookName
	}
	if slices.ContainsFunc(names, func(e fs.DirEntry) bool { return !begun(e) }) {
		return &fs.PathError{Op: "create book", Path: c.dir, Err: ErrExists}
	}
	if err := journal.Create(c.dir); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func (c *copier) run(ctx context.Context) (err error) {
	if err := c.compare(ctx); err != nil {
		return err
	}
	if c.file, err = journal.Open(c.dir, journal.Options{}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.file.Close()) }()
	if err := c.walk(ctx); err != nil {
		return err
	}
	c.done.Before = c.head
	if err := c.fetch(ctx); err != nil {
		return err
	}
	c.done.Head = c.head
	return c.keep()
}

// compare asks for the newest checkpoint and holds it against the one that was seen last.
func (c *copier) compare(ctx context.Context) error {
	known, err := c.info.Verifiers()
	if err != nil {
		return err
	}
	if c.note, err = c.source.Checkpoint(ctx); err != nil {
		return err
	}
	if c.signed, err = proof.OpenCheckpoint(c.note, c.info.Origin, known); err != nil {
		return err
	}
	c.ahead.add("the signed head of its source", c.signed, ErrRewritten)
	if err := c.ahead.rotated(c.info.log(), ErrRewritten); err != nil {
		return err
	}
	if c.done.Begun {
		return nil
	}
	seen, err := readCheckpoint(c.dir, c.info)
	if err != nil {
		return err
	}
	if c.signed.Size < seen.Size {
		return fmt.Errorf("%w: it has %d entries and had signed %d", ErrRewritten, c.signed.Size, seen.Size)
	}
	c.ahead.add("DIR/checkpoint", seen, ledger.ErrCorrupt)
	return c.continues(ctx, seen)
}

// continues has the source show that what it signed extends the checkpoint that was seen last, before anything is copied. That it says so
// is not believed alone: every root on the way is computed all the same.
func (c *copier) continues(ctx context.Context, seen ledger.Head) error {
	path, err := c.source.Consistency(ctx, seen.Size, c.signed.Size)
	if err != nil {
		return err
	}
	if err := proof.Extends(path, seen, c.signed); err != nil {
		return fmt.Errorf("%w: from %d entries to %d: %w", ErrRewritten, seen.Size, c.signed.Size, err)
	}
	return nil
}

// walk checks every root of what was copied before, and cuts what an interrupted copy left unfinished.
func (c *copier) walk(ctx context.Context) error {
	c.head = ledger.Head{Root: c.tree.Root()}
	for r, err := range reads(ctx, c.file, reading{from: math.MaxInt64}) {
		if err != nil {
			return err
		}
		reached := c.ahead.reach(&c.tree, r.leaves)
		if err := r.under(&c.tree); err != nil {
			return err // the copy is damaged: that it has no root of the source follows from it
		}
		if reached != nil {
			return reached
		}
		c.move(r.Head)
	}
	if _, err := c.file.Cut(ctx, c.head); err != nil {
		return err
	}
	return c.ahead.reach(&c.tree, nil)
}

func (c *copier) move(h ledger.Head) {
	c.head = h
	if c.progress != nil {
		c.progress(h.Size, max(h.Size, c.signed.Size))
	}
}

// fetch copies what is between the copy and the signed head of its source. What turns out not to be under that head is cut again.
func (c *copier) fetch(ctx context.Context) error {
	var buf []byte
	for piece, err := range c.source.Lines(ctx, c.head.Size, c.signed.Size) {
		if err != nil {
			return err
		}
		if buf = append(buf, piece...); len(buf) < copyPiece {
			continue
		}
		if buf, err = c.take(ctx, buf); err != nil {
			return err
		}
		if len(buf) > journal.MaxBatch {
			return fmt.Errorf("%w: no batch is of %d bytes", ErrRewritten, len(buf))
		}
	}
	if _, err := c.take(ctx, buf); err != nil {
		return err
	}
	if c.head.Size < c.signed.Size {
		return fmt.Errorf("%w: %d of %d entries", ErrCutShort, c.head.Size, c.signed.Size)
	}
	return nil
}

// take checks the batches that data begins with, writes them, and returns what is behind them. Of batches that do not continue the
// copy it writes nothing, and cuts what came since it was last whole.
func (c *copier) take(ctx context.Context, data []byte) ([]byte, error) {
	var list []journal.Batch
	used, after := 0, c.head
	for b, err := range journal.Split(data, c.tree.Size()) {
		if err == nil {
			err = c.follow(b)
		} else {
			err = fmt.Errorf("%w: %w", ErrRewritten, err)
		}
		if err != nil {
			_, failed := c.file.Cut(ctx, c.done.Before)
			return nil, errors.Join(err, failed)
		}
		list = append(list, b)
		used += len(b.Data)
	}
	if err := c.file.AppendAll(ctx, after, list...); err != nil {
		return nil, err
	}
	return data[:copy(data, data[used:])], nil
}

// follow moves the tree over a batch, if the batch continues the copy.
func (c *copier) follow(b journal.Batch) error {
	var leaves []ledger.Hash
	for _, line := range b.Lines() {
		leaves = append(leaves, ledger.LeafHash(line))
	}
	if err := c.ahead.reach(&c.tree, leaves); err != nil {
		return err
	}
	for _, leaf := range leaves {
		c.tree.Append(leaf)
	}
	if c.tree.Size() != b.Head.Size || c.tree.Root() != b.Head.Root {
		return fmt.Errorf("%w: entries %d to %d do not hash to their root", ErrRewritten, b.First(), b.Head.Size-1)
	}
	c.move(b.Head)
	return nil
}

// keep writes the checkpoint up to which the copy goes, and what the book is.
func (c *copier) keep() error {
	if err := replaceFile(filepath.Join(c.dir, checkpointName), c.note, fileMode); err != nil {
		return fmt.Errorf("mirror: %w", err)
	}
	return writeBook(c.dir, c.info)
}
