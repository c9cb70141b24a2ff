package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
	"aixin/store/journal"
)

// Options of a ledger. Clock is required.
type Options struct {
	Clock   func() time.Time
	Log     *slog.Logger // nil means none
	ClockOK bool         // write although the clock is far from the last entry's time
	URL     string       // of the server that opens the book, for those who find it locked
	MinFree int64        // bytes below which nothing is written; 0 means a default that is safe for the index, negative none

	// Journal replaces the files in DIR/journal, for a book whose journal is kept elsewhere.
	Journal Journal

	// Progress is told how many entries of how many were read, while opening reads the journal.
	Progress func(done, of ledger.Index)

	// Committed is told of every batch that was appended to the journal, with how long that took.
	Committed func(entries int, took time.Duration)

	// NoScrub leaves the comparison of journal and index that otherwise runs in the background to the caller: see Scrub.
	NoScrub bool

	transaction int64 // bytes of one of the index, where tests want fewer than Badger allows
}

// Opened says what opening found and did.
type Opened struct {
	Clean    bool            // the book had been closed
	Cut      journal.CutTail // what a crash had left unfinished
	Rebuilt  string          // why the index was rebuilt; empty where it was not
	Extended ledger.Index    // entries that the index did not have
}

// IndexStats count what was written to the index.
type IndexStats struct {
	Transactions, Rows, Bytes int64 // bytes of keys and values
}

// Stats are counters of one open ledger.
type Stats struct {
	Commits int64 // batches appended to the journal
	Queue   int   // requests waiting now
	Index   IndexStats
	Scrub   ScrubStats
}

// Ledger is an open book: the only writer of its directory. It is safe for concurrent use.
type Ledger struct {
	dir    string
	info   BookInfo
	zone   *time.Location
	log    *slog.Logger
	opened Opened

	journal Journal
	file    *journal.File // the same where the journal is files, else nil
	index   *index
	lock    *lock
	seq     sequencer
	signer  note.Signer

	background sync.WaitGroup
	cancel     context.CancelFunc // ends what runs in the background
	closing    sync.Once
	closed     error

	readers readers
	staff   staff
	scrub   scrubber
	grown   grown
	floor   int64 // of free space; negative: none

	mu         sync.Mutex
	checkpoint ledger.Head // in DIR/checkpoint
}

// Submit returns when the entry is on stable storage and readable, or refused, or ctx is done. The error is a *ledger.Invalid, a
// *ledger.Rejection (with a receipt where the refusal is kept in the journal), ErrBusy, ErrStopped, ErrDiskFull or ErrClock,
// after which nothing was done; or it wraps ErrUnknown: submit the same command again with the same key.
func (l *Ledger) Submit(ctx context.Context, c ledger.Command) (ledger.Receipt, error) {
	if err := errors.Join(l.otherBook(c), l.otherKey(c)); err != nil {
		return ledger.Receipt{}, err
	}
	r := &request{cmd: c, reply: make(chan *reply, 1)}
	a, err := l.seq.submit(ctx, r)
	if a.receipt.Replayed {
		balances, failed := l.balancesAfter(ctx, a.receipt.Entry)
		a.receipt.Balances = balances
		if failed != nil { // it was carried out, and nobody must take it for refused
			return a.receipt, fmt.Errorf("%w: %w", ErrUnknown, failed)
		}
	}
	if err == nil {
		l.follow(a.receipt.Entry)
	}
	return a.receipt, err
}

// otherBook refuses an entry 0 that book.json contradicts: opening would take it for damage.
func (l *Ledger) otherBook(c ledger.Command) error {
	do, ok := c.Do.(*ledger.OpenBook)
	if !ok || (do.Origin == l.info.Origin && do.Zone == l.info.Zone && do.Demo == l.info.Demo) {
		return nil
	}
	return &ledger.Invalid{Fields: []ledger.Fault{{Field: "origin", Code: "origin"}}}
}

// DryRun returns the entry that the command would become now, or the one that stands under its key. Nothing is kept; the same errors as
// Submit's say why it would not.
func (l *Ledger) DryRun(ctx context.Context, c ledger.Command) (ledger.Receipt, error) {
	r := &request{cmd: c, dry: true, reply: make(chan *reply, 1)}
	a, err := l.seq.submit(ctx, r)
	if a.receipt.Replayed {
		return a.receipt, err
	}
	return ledger.Receipt{Entry: a.entry}, err
}

// Head returns the head up to which everything is durable, and readable in every view that is asked for from now on.
func (l *Ledger) Head() ledger.Head { return *l.seq.synced.Load() }

// Book returns what book.json says.
func (l *Ledger) Book() BookInfo {
	l.mu.Lock()
	defer l.mu.Unlock()

	return l.info
}

// Dir returns the directory of the book.
func (l *Ledger) Dir() string { return l.dir }

// Opened returns what opening found and did.
func (l *Ledger) Opened() Opened { return l.opened }

// Err returns why the ledger has stopped writing, or nil. It can be read all the same.
func (l *Ledger) Err() error { return l.seq.err() }

// Ready returns nil where entries are written, and otherwise an error that wraps ErrStopped or ErrDiskFull.
func (l *Ledger) Ready() error {
	if err := l.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrStopped, err)
	}
	return l.roomy(l.floor)()
}

// Room returns how many bytes are free where the book is, and the floor below which nothing is written.
func (l *Ledger) Room() (free, floor int64, err error) {
	free, err = freeSpace(l.dir)
	return free, max(l.floor, 0), err
}

// Stats returns the counters.
func (l *Ledger) Stats() Stats {
	n := &l.index.written
	return Stats{
		Commits: l.seq.commits.Load(), Queue: len(l.seq.queue), Scrub: l.scrub.stats(),
		Index: IndexStats{Transactions: n.transactions.Load(), Rows: n.rows.Load(), Bytes: n.bytes.Load()},
	}
}

// Close finishes what was begun, leaves DIR/checkpoint at the head and the index sealed, and gives the lock up. Where writing
// had stopped, it returns why, and the next opening finds out what there is.
func (l *Ledger) Close() error {
	l.closing.Do(func() { l.closed = l.close() })
	return l.closed
}

func (l *Ledger) close() error {
	l.cancel()
	stopped := l.seq.stop()
	l.background.Wait()
	var failed []error
	if stopped == nil {
		failed = append(failed, l.checkpointNow())
	}
	l.readers.close()
	failed = append(failed, l.closeFile(), l.index.close())
	if stopped == nil && errors.Join(failed...) == nil {
		failed = append(failed, writeSeal(filepath.Join(l.dir, indexName)))
	}
	failed = append(failed, l.lock.release())
	return errors.Join(append([]error{stopped}, failed...)...)
}

// checkpointNow replaces DIR/checkpoint by the head, unless it is there.
func (l *Ledger) checkpointNow() error {
	if err := l.growAhead(context.Background()); err != nil {
		l.log.Error("cannot read the journal for the key that signs", slog.Any("error", err))
	}
	l.mu.Lock()
	defer l.mu.Unlock()

	if err := l.rotate(context.Background()); err != nil {
		l.log.Error("the key that signs cannot be changed yet", slog.Any("error", err))
	}
	h := l.Head()
	if h.Same(l.checkpoint) {
		return nil
	}
	if err := writeCheckpoint(l.dir, l.info.Origin, h, l.signer); err != nil {
		return err
	}
	l.checkpoint = h
	return nil
}

// keepCheckpoint replaces DIR/checkpoint while entries are written; an idle ledger writes nothing.
func (l *Ledger) keepCheckpoint(ctx context.Context) {
	tick := time.NewTicker(checkpointEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-l.seq.rolled:
		}
		if err := l.checkpointNow(); err != nil {
			l.log.Error("cannot write checkpoint", slog.Any("error", err))
		}
	}
}

// roomy refuses where less than floor bytes are free.
func (l *Ledger) roomy(floor int64) func() error {
	return func() error {
		if floor < 0 {
			return nil
		}
		free, err := freeSpace(l.dir)
		if err != nil {
			return err
		}
		if free < floor {
			return fmt.Errorf("%w: %d MiB are free, %d MiB are kept", ErrDiskFull, free>>20, floor>>20)
		}
		return nil
	}
}
