package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"aixin/store"
	"aixin/store/journal"
)

// piece is one batch of the measured run: its lines, and how many entries they are.
type piece struct {
	lines   []byte
	entries int
}

// compare measures the floor and the single transactions, in what is left of the time. Each is done once at least, however long that
// takes: a slow disk makes a small figure, and none of it a zero.
func compare(ctx context.Context, o Options, end time.Time, r *Result) (err error) {
	c := comparison{clock: o.Clock}
	if c.dir, err = os.MkdirTemp(filepath.Dir(o.Dir), ".aixin-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.batches.erase(), c.entries.erase(), os.RemoveAll(c.dir)) }()
	if err := c.read(ctx, o, end, r); err != nil {
		return err
	}
	left := func(part float64) time.Duration {
		return max(time.Millisecond, time.Duration(part*float64(end.Sub(o.Clock()))))
	}
	if r.Fdatasync, err = c.fdatasync(min(o.Duration/4, left(0.1))); err != nil {
		return err
	}
	if err := c.floor(ctx, min(o.Duration, left(0.7)), r); err != nil {
		return err
	}
	if r.SingleTxn, err = c.single(o.Clients, min(o.Duration/2, left(0.5))); err != nil {
		return err
	}
	r.OfFloor, r.TimesSingleTxn = r.Throughput/r.Floor, r.Throughput/r.SingleTxn
	return nil
}

// comparison measures what a run wrote, without the ledger.
type comparison struct {
	dir     string // for scratch files, on the disk of the book
	clock   func() time.Time
	pieces  []piece
	batches tape // the rows of each piece
	entries tape // the rows of each entry, as far as single transactions may come
}

// read takes the lines of the measured batches and their rows into memory.
func (c *comparison) read(ctx context.Context, o Options, end time.Time, r *Result) error {
	file, err := journal.Open(o.Dir, journal.Options{})
	if err != nil {
		return err
	}
	for b, err := range file.Read(ctx, r.first) {
		if err != nil {
			return errors.Join(err, file.Close())
		}
		r.Batches++
		r.JournalBytes += int64(len(b.Data))
		c.pieces = append(c.pieces, piece{lines: slices.Clone(b.Data), entries: b.Len()})
	}
	r.EntriesPerBatch = float64(r.Entries) / float64(r.Batches)
	most := o.Clients + int(o.Duration.Seconds()/2*maxSingle)
	until := o.Clock().Add(end.Sub(o.Clock()) / 2) // the rest is for measuring
	err = store.Replay(ctx, o.Dir, r.first, func(rows store.Rows) bool {
		return c.entries.record(rows) && len(c.entries.txns) < most
	}, func(rows store.Rows) bool { return c.batches.record(rows) && o.Clock().Before(until) })
	c.pieces = c.pieces[:len(c.batches.txns)] // what there is no room or time for is left out
	measured := 0
	for _, p := range c.pieces {
		measured += p.entries
	}
	runtime.GC() // what folding took is not swept up while others are measured
	r.FloorRows = float64(c.batches.rows) / float64(measured)
	r.SingleRows = float64(c.entries.rows) / float64(len(c.entries.txns))
	return errors.Join(err, file.Close())
}

// maxSingle bounds the entries that are laid out for single transactions, for each second: more than most disks sync.
const maxSingle = 10_000

// fdatasync returns the median of what one write and sync of a batch's lines takes, in microseconds.
func (c *comparison) fdatasync(limit time.Duration) (int64, error) {
	f, err := os.Create(filepath.Join(c.dir, "syncs"))
	if err != nil {
		return 0, err
	}
	var took []time.Duration
	for begun, i := c.clock(), 0; i < len(c.pieces) && (i == 0 || c.clock().Sub(begun) < limit); i++ {
		before := c.clock()
		if err := write(f, c.pieces[i].lines); err != nil {
			return 0, errors.Join(err, f.Close())
		}
		took = append(took, c.clock().Sub(before))
	}
	slices.Sort(took)
	return took[len(took)/2].Microseconds(), f.Close()
}

// write is what the journal does with a batch.
func write(f *os.File, lines []byte) error {
	if _, err := f.Write(lines); err != nil {
		return err
	}
	return syncData(f)
}

// floor replays the batches: the lines into a bare file, then the rows into a bare Badger, each batch behind the one before.
func (c *comparison) floor(ctx context.Context, limit time.Duration, r *Result) error {
	f, err := os.Create(filepath.Join(c.dir, "lines"))
	if err != nil {
		return err
	}
	bare, err := store.OpenBare(filepath.Join(c.dir, "floor"), false)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	synced := make(chan int, 1)
	failed := make(chan error, 1)
	begun := c.clock()
	go func() {
		defer close(synced)
		for i, p := range c.pieces {
			if i > 0 && c.clock().Sub(begun) >= limit || ctx.Err() != nil {
				break
			}
			if err := write(f, p.lines); err != nil {
				failed <- err
				return
			}
			synced <- i
		}
		failed <- ctx.Err()
	}()
	entries := 0
	for i := range synced {
		if err == nil {
			err = bare.Write(c.batches.transaction(i))
			entries += c.pieces[i].entries
			r.FloorBatches++
		}
	}
	r.Floor = float64(entries) / c.clock().Sub(begun).Seconds()
	return errors.Join(err, <-failed, f.Close(), bare.Close())
}

// single returns how many entries a second the clients reach who write the rows of one entry in each transaction, synced.
func (c *comparison) single(clients int, limit time.Duration) (float64, error) {
	bare, err := store.OpenBare(filepath.Join(c.dir, "single"), true)
	if err != nil {
		return 0, err
	}
	entries := make([][]store.Row, len(c.entries.txns))
	for i := range entries {
		entries[i] = c.entries.transaction(i)
	}
	begun := c.clock()
	var next, done atomic.Int64
	failed := make([]error, clients)
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			for failed[i] == nil {
				n := next.Add(1) - 1
				if n >= int64(len(entries)) || (n > 0 && c.clock().Sub(begun) >= limit) {
					return
				}
				if failed[i] = bare.Write(entries[n]); failed[i] == nil {
					done.Add(1)
				}
			}
		})
	}
	all.Wait()
	rate := float64(done.Load()) / c.clock().Sub(begun).Seconds()
	return rate, errors.Join(append(failed, bare.Close())...)
}
