package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"aixin/ledger"
	"aixin/store/journal"
	"aixin/store/leftover"
)

// Open takes the lock, repairs what a crash may have left, refuses what was damaged otherwise, and begins to write. The error is
// a *LockedError where another process writes; it wraps ErrNoBook, ledger.ErrNewer, or ledger.ErrCorrupt, a
// *ledger.CorruptError where the first bad entry is known.
func Open(ctx context.Context, dir string, o Options) (*Ledger, error) {
	return open(ctx, dir, o, "")
}

// Rebuild makes the index anew from the journal, whatever state it is in. No server may have the book open.
func Rebuild(ctx context.Context, dir string, o Options) (Opened, error) {
	l, err := open(ctx, dir, o, "asked for")
	if err != nil {
		return Opened{}, err
	}
	return l.opened, l.Close()
}

// open opens a book; a reason to rebuild its index, if given, is as good as damage.
func open(ctx context.Context, dir string, o Options, rebuild string) (*Ledger, error) {
	info, err := ReadBook(dir)
	if err != nil {
		return nil, err
	}
	l := &Ledger{dir: dir, info: info, log: o.Log}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	if l.zone, err = info.Location(); err != nil {
		return nil, err
	}
	if l.signer, err = readSigner(dir, info); err != nil {
		return nil, err
	}
	if _, err := withSecond(dir); err != nil {
		return nil, err
	}
	if o.MinFree == 0 {
		o.MinFree = minFree
	}
	if err := l.roomy(min(o.MinFree, openFree))(); err != nil {
		return nil, err
	}
	if l.lock, err = takeLock(dir, o.URL); err != nil {
		return nil, err
	}
	m, err := l.recover(ctx, o, rebuild)
	if err != nil {
		return nil, errors.Join(err, l.abandon())
	}
	l.report()
	l.serve(o, m)
	return l, nil
}

// abandon gives back what a failed opening had taken. A book that had been closed still is: only its journal is at fault.
func (l *Ledger) abandon() error {
	var failed error
	if l.index != nil {
		failed = l.index.close()
	}
	if failed == nil && l.opened.Clean {
		failed = writeSeal(filepath.Join(l.dir, indexName))
	}
	return errors.Join(failed, l.closeFile(), l.lock.release())
}

func (l *Ledger) closeFile() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

// recover brings journal, checkpoint and index to one head, and returns the mark of that head. What may be repaired and what
// is refused, DESIGN §4 says.
func (l *Ledger) recover(ctx context.Context, o Options, rebuild string) (mark, error) {
	var err error
	if l.checkpoint, err = readCheckpoint(l.dir, l.info); err != nil {
		return mark{}, err
	}
	if err := l.openJournal(o); err != nil {
		return mark{}, err
	}
	whole, err := l.checkClosed(ctx)
	if err != nil {
		return mark{}, err
	}
	m, err := l.openIndex(rebuild)
	if err != nil {
		return mark{}, err
	}
	found, err := l.checkTail(ctx, m, whole)
	if err != nil {
		return mark{}, err
	}
	if err := l.mendTail(ctx, found); err != nil {
		return mark{}, err
	}
	if found.differs != nil {
		if m, err = l.renewIndex(found.differs.Error()); err != nil {
			return mark{}, err
		}
	}
	return l.complete(ctx, o, m, found.head)
}

func (l *Ledger) openJournal(o Options) error {
	if o.Journal != nil {
		l.journal = o.Journal
		return nil
	}
	file, err := journal.Open(l.dir, journal.Options{})
	if err != nil {
		return err
	}
	l.file, l.journal = file, file
	return nil
}

// openIndex opens the index if its files are as they should be, else it makes an empty one, which is extended later.
func (l *Ledger) openIndex(rebuild string) (mark, error) {
	dir := filepath.Join(l.dir, indexName)
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return mark{}, fmt.Errorf("open index: %w", err)
	}
	if rebuild != "" {
		return l.renewIndex(rebuild)
	}
	err := breakSeal(dir)
	l.opened.Clean = err == nil
	if errors.Is(err, errUnsealed) {
		err = errors.Join(leftover.DropEmptied(dir), checkTables(dir))
	}
	var m mark
	if err == nil {
		m, err = l.tryIndex(dir)
	}
	if err != nil {
		return l.renewIndex(err.Error())
	}
	return m, nil
}

// tryIndex opens the index and reads its mark.
func (l *Ledger) tryIndex(dir string) (mark, error) {
	x, err := openIndex(dir, l.log)
	if err != nil {
		return mark{}, err
	}
	l.index = x
	snap := x.snapshot()
	defer snap.close()
	return snap.mark()
}

// renewIndex replaces the index by an empty one. The old one holds nothing that the journal does not.
func (l *Ledger) renewIndex(why string) (mark, error) {
	l.opened.Rebuilt, l.opened.Clean = why, false
	l.log.Warn("rebuilding index", slog.String("reason", why))
	if l.index != nil {
		if err := l.index.close(); err != nil {
			l.log.Warn("cannot close index", slog.Any("error", err))
		}
		l.index = nil
	}
	dir := filepath.Join(l.dir, indexName)
	if err := os.RemoveAll(dir); err != nil {
		return mark{}, fmt.Errorf("remove index: %w", err)
	}
	if err := os.Mkdir(dir, dirMode); err != nil {
		return mark{}, fmt.Errorf("make index: %w", err)
	}
	return l.tryIndex(dir)
}

// complete extends the index to the head of the journal.
func (l *Ledger) complete(ctx context.Context, o Options, m mark, head ledger.Head) (mark, error) {
	if o.transaction > 0 {
		l.index.maxSize = o.transaction
	}
	l.opened.Extended = head.Size - m.Head.Size
	progress := func(done ledger.Index) error {
		if o.Progress != nil {
			o.Progress(done, head.Size)
		}
		return l.roomy(min(o.MinFree, openFree))()
	}
	m, err := extend(ctx, l.journal, l.index, l.zone, m, progress)
	if err != nil {
		return m, err
	}
	if !m.Head.Same(head) {
		return m, &ledger.CorruptError{Index: m.Head.Size, Err: errors.New("the journal changed while it was read")}
	}
	return m, l.checkInfo(m)
}

// checkInfo holds book.json against entry 0, which says the same and is under the root.
func (l *Ledger) checkInfo(m mark) error {
	if m.Head.Size == 0 {
		return nil
	}
	s := l.index.snapshot()
	defer s.close()

	src := source{ctx: context.Background(), facts: facts{snapshot: s, journal: l.journal}, size: m.Head.Size}
	book, err := ledger.NewView(src, m.Head, 0).Book()
	if err != nil {
		return err
	}
	if book.Origin != l.info.first() || book.Zone != l.info.Zone || book.Demo != l.info.Demo {
		return &ledger.CorruptError{Err: fmt.Errorf("%s and the entry differ on origin, zone or demo", bookName)}
	}
	l.expectRotation(book)
	return nil
}

// report logs what opening did, since somebody should know that the machine had crashed.
func (l *Ledger) report() {
	if l.opened.Cut.Bytes > 0 {
		l.log.Warn("an unfinished write was moved aside", slog.Int64("bytes", l.opened.Cut.Bytes),
			slog.String("path", l.opened.Cut.Path), slog.Int64("size", int64(l.opened.Cut.After.Size)))
	}
	if !l.opened.Clean {
		l.log.Info("the book had not been closed", slog.Int64("extended", int64(l.opened.Extended)))
	}
}

// serve starts the goroutines of an open ledger.
func (l *Ledger) serve(o Options, m mark) {
	l.seq.journal, l.seq.index, l.seq.write, l.seq.zone = l.journal, l.index, l.index.apply, l.zone
	l.seq.clock, l.seq.clockOK, l.seq.demo = o.Clock, o.ClockOK, l.info.Demo
	l.floor, l.seq.committed = o.MinFree, o.Committed
	l.seq.roomy = l.roomy(o.MinFree)
	l.index.queues, l.index.warm = newQueues(), newWarm(l.index.version)
	known, first := l.index.snapshot(), l.index.snapshot()
	l.seq.start(m)

	var ctx context.Context
	ctx, l.cancel = context.WithCancel(context.Background())
	l.background.Go(func() { l.keepCheckpoint(ctx) })
	l.background.Go(func() { l.learn(ctx, known) })
	l.background.Go(func() { l.queue(ctx, first) })
	if !o.NoScrub {
		l.background.Go(func() { l.scrubLater(ctx) })
	}
}

// learn tells the sequencer which facts the index had when it started: a million take seconds to read, in which it asks the
// index itself.
func (l *Ledger) learn(ctx context.Context, known *snapshot) {
	defer known.close()

	f := newFilter()
	err := known.factIDs(ctx, f.add)
	if err == nil {
		l.seq.older.Store(f)
	} else if ctx.Err() == nil {
		l.log.Warn("cannot read the index through", slog.Any("error", err))
	}
}

// queue finds out what waits. Until it has, whoever asks waits; where it cannot, they look at every record.
func (l *Ledger) queue(ctx context.Context, first *snapshot) {
	defer first.close()
	defer close(l.index.queues.filled)

	if err := l.index.queues.fill(ctx, first); err != nil && ctx.Err() == nil {
		l.log.Warn("cannot find out what waits", slog.Any("error", err))
	}
}
