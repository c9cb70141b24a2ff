package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"aixin/store"
	"aixin/store/journal"
)

// piece is one batch of the measured run: its lines, how many entries they are, and which share of which transaction of the tape is
// its own. The book may write several batches in one transaction; here each is written by itself.
type piece struct {
	lines   []byte
	entries int
	txn     int
	part    int // from 0
	parts   int
}

// compare measures the floor and the single transactions, in what is left of the time. Each is done once at least, however long that
// takes: a slow disk makes a small figure, and none of it a zero.
func compare(ctx context.Context, o Options, t *tape, end time.Time, r *Result) (err error) {
	c := comparison{clock: o.Clock, tape: t}
	if c.dir, err = os.MkdirTemp(filepath.Dir(o.Dir), ".aixin-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(c.dir)) }()
	if err := c.read(ctx, o.Dir, r); err != nil {
		return err
	}
	left := func(part float64) time.Duration {
		return max(time.Millisecond, time.Duration(part*float64(end.Sub(o.Clock()))))
	}
	if r.Fdatasync, err = c.fdatasync(min(o.Duration/4, left(0.1))); err != nil {
		return err
	}
	if err := c.floor(ctx, min(o.Duration, left(0.5)), r); err != nil {
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
	dir    string // for scratch files, on the disk of the book
	clock  func() time.Time
	tape   *tape
	pieces []piece
}

// read takes the lines of the measured batches into memory, beside the rows that are on the tape.
func (c *comparison) read(ctx context.Context, dir string, r *Result) error {
	file, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return err
	}
	for b, err := range file.Read(ctx, r.first) {
		if err != nil {
			return errors.Join(err, file.Close())
		}
		r.Batches++
		r.JournalBytes += int64(len(b.Data))
		c.add(b)
	}
	r.EntriesPerBatch = float64(r.Entries) / float64(r.Batches)
	for _, x := range c.tape.txns {
		r.IndexRows += int64(x.rows)
		r.IndexBytes += x.size
	}
	return file.Close()
}

// add lays out a batch. What was written after the tape was full is left out.
func (c *comparison) add(b journal.Batch) {
	p := piece{lines: slices.Clone(b.Data), entries: b.Len()}
	if last := len(c.pieces) - 1; last >= 0 {
		p.txn, p.part = c.pieces[last].txn, c.pieces[last].part+1
		if p.part == c.pieces[last].parts {
			p.txn, p.part = p.txn+1, 0
		}
	}
	if p.txn < len(c.tape.txns) {
		p.parts = c.tape.txns[p.txn].batches
		c.pieces = append(c.pieces, p)
	}
}

// rows returns the share of the rows that a piece has.
func (c *comparison) rows(p piece) []store.Row {
	all := c.tape.rows(p.txn)
	return all[len(all)*p.part/p.parts : len(all)*(p.part+1)/p.parts]
}

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
	synced := make(chan piece, 1)
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
			synced <- p
		}
		failed <- ctx.Err()
	}()
	entries := 0
	for p := range synced {
		if err == nil {
			err = bare.Write(c.rows(p))
			entries += p.entries
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
	entries := c.split(int(limit.Seconds()*maxSingle) + clients)
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

// maxSingle bounds the entries that are laid out for single transactions, for each second: more than any disk syncs.
const maxSingle = 50_000

// split shares the rows of each batch out to its entries, up to n of them.
func (c *comparison) split(n int) [][]store.Row {
	var entries [][]store.Row
	for _, p := range c.pieces {
		rows := c.rows(p)
		for i := range p.entries {
			entries = append(entries, rows[len(rows)*i/p.entries:len(rows)*(i+1)/p.entries])
		}
		if len(entries) >= n {
			break
		}
	}
	return entries
}
