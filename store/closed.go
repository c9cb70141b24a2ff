package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"

	"github.com/dgraph-io/badger/v4"

	"aixin/ledger"
)

// ErrNotClosed means that a book was not closed, or is not as it was left: Open finds out what it lacks, and mends it.
var ErrNotClosed = errors.New("the book was not closed")

// Closed is a closed book that is read where it lies: whoever has its lock reads it likewise, no entry can be added, and nothing in its
// directory is written, so that whoever reads it may end at any moment. It is for one goroutine.
type Closed struct {
	l    *Ledger // of which no goroutine was started
	snap *snapshot
	mark mark
}

// OpenClosed shares the lock of a book that was closed with others who read it and opens its index for reading. Every file of the index
// is as it was sealed, and index, journal and DIR/checkpoint end at one head. That the lines of the journal come to the root of that head
// is seen by CheckJournal, and by whoever reads the journal to its end with Entries or Moved. The error wraps ErrNotClosed where Open has
// to look at the book, and is otherwise one of Open's.
func OpenClosed(ctx context.Context, dir string, o Options) (c *Closed, err error) {
	info, err := ReadBook(dir)
	if err != nil {
		return nil, err
	}
	l := &Ledger{dir: dir, info: info, log: o.Log}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	l.seq.clock, l.seq.demo = o.Clock, info.Demo
	if l.zone, err = info.Location(); err != nil {
		return nil, err
	}
	switch _, public, err := readKey(dir, signingName); {
	case err != nil:
		return nil, err
	case public != info.signing():
		return nil, ErrNotClosed // another key is about to sign
	}
	if l.lock, err = shareLock(dir); err != nil {
		return nil, err
	}
	c = &Closed{l: l}
	if err := c.open(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// open opens journal and index, and holds the ends of both against the checkpoint.
func (c *Closed) open(ctx context.Context) error {
	l := c.l
	var err error
	if l.checkpoint, err = readCheckpoint(l.dir, l.info); err != nil {
		return err
	}
	if err := l.openJournal(Options{}); err != nil {
		return err
	}
	dir := filepath.Join(l.dir, indexName)
	if err := checkSeal(dir); err != nil {
		return fmt.Errorf("%w: %w", ErrNotClosed, err)
	}
	if l.index, err = openBadger(badger.OpenManaged, indexOptions(dir, l.log).WithReadOnly(true)); err != nil {
		return fmt.Errorf("%w: %w", ErrNotClosed, err)
	}
	c.snap = l.index.snapshot()
	if c.mark, err = c.snap.mark(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotClosed, err)
	}
	end, err := l.file.Tail(ctx)
	if err != nil {
		return err
	}
	if end.Bytes > 0 || !end.After.Same(l.checkpoint) || !end.After.Same(c.mark.Head) {
		return ErrNotClosed
	}
	l.index.queues, l.index.warm = newQueues(), newWarm(l.index.version)
	l.index.fill = sync.OnceFunc(func() { l.queue(ctx, l.index.snapshot()) })
	return l.checkInfo(c.mark)
}

// View returns the book as it was at a moment, valid until Close.
func (c *Closed) View(ctx context.Context, at AsOf) (ledger.View, error) {
	return c.l.view(ctx, c.snap, at)
}

// CheckJournal hashes the end of the journal, all of it where it is small, as Open does. Where the index is not that of the journal, the
// error wraps ErrNotClosed: Open makes it anew.
func (c *Closed) CheckJournal(ctx context.Context) error {
	found, err := c.l.tailOf(ctx, c.snap, c.mark, true)
	if err = cmp.Or(err, found.torn); err == nil && found.differs != nil {
		err = fmt.Errorf("%w: %w", ErrNotClosed, found.differs)
	}
	return err
}

// Close gives the lock up.
func (c *Closed) Close() error {
	var failed []error
	if c.snap != nil {
		c.snap.close()
	}
	if c.l.index != nil {
		failed = append(failed, c.l.index.close())
	}
	return errors.Join(append(failed, c.l.closeFile(), c.l.lock.release())...)
}
