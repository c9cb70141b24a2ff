package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"aixin/ledger"
	"aixin/store/journal"
)

// ScrubStats says how far the comparison of the journal and the index has come.
type ScrubStats struct {
	Rounds int64        // complete comparisons without a difference
	At     ledger.Index // entries compared in the round that is running, or in the last one
	Size   ledger.Index // entries of that round
	Ended  time.Time    // of the last complete one
	Failed error        // the difference that was found
}

// scrubber holds the counters of the scrub.
type scrubber struct {
	mu sync.Mutex
	s  ScrubStats
}

func (s *scrubber) stats() ScrubStats {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.s
}

func (s *scrubber) note(change func(*ScrubStats)) {
	s.mu.Lock()
	defer s.mu.Unlock()

	change(&s.s)
}

// scrubLater scrubs some time after opening and then once a day, slowly.
func (l *Ledger) scrubLater(ctx context.Context) {
	for wait := scrubAfter; sleep(ctx, wait) == nil; wait = scrubEvery {
		err := l.scrubOnce(ctx, scrubPause)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			l.log.Error("scrub failed", slog.Any("error", err))
		}
	}
}

// sleep waits, or returns why ctx is done.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Scrub compares the whole journal, root by root, and every row of the index with a fold of the journal. A difference stops all
// writing, makes the next opening rebuild the index, and the error wraps ledger.ErrCorrupt. It holds every fact of the book in memory while it runs.
func (l *Ledger) Scrub(ctx context.Context) error { return l.scrubOnce(ctx, 0) }

func (l *Ledger) scrubOnce(ctx context.Context, pause time.Duration) error {
	if err := l.readers.enter(); err != nil {
		return err
	}
	defer l.readers.leave()
	snap := l.index.snapshot()
	defer snap.close()

	m, err := snap.mark()
	if err == nil {
		c := comparison{
			fold:    fold{book: ledger.NewBook(l.zone), entry: facts{snapshot: snap, journal: l.journal}.entry},
			journal: l.journal,
			snap:    snap,
			mark:    m,
			days:    map[ledger.Date]ledger.Index{},
			pause:   pause,
			scrubs:  &l.scrub,
			expects: 1, // the mark
		}
		c.line, c.state, c.pauseAt = c.compareLine, c.compareState, scrubStride
		c.book.Watch(ledger.HasStatement)
		l.scrub.note(func(s *ScrubStats) { s.Size = m.Head.Size })
		err = c.run(ctx)
	}
	switch {
	case errors.Is(err, ledger.ErrCorrupt):
		l.scrub.note(func(s *ScrubStats) { s.Failed = err })
		l.seq.fail(fmt.Errorf("scrub: %w", err))
		err = errors.Join(err, suspect(filepath.Join(l.dir, indexName), err))
	case err == nil:
		l.scrub.note(func(s *ScrubStats) { s.Rounds++; s.Ended = l.seq.clock() })
	}
	return err
}

// comparison is one round of the scrub, over one snapshot.
type comparison struct {
	fold
	journal Journal
	snap    *snapshot
	mark    mark
	days    map[ledger.Date]ledger.Index
	expects int64 // rows that the index should have
	pause   time.Duration
	pauseAt ledger.Index
	scrubs  *scrubber
}

func (c *comparison) run(ctx context.Context) error {
	var hashed ledger.Frontier
	if c.mark.Head.Size > 0 {
		for b, err := range c.journal.Read(ctx, 0) {
			if err != nil {
				return err
			}
			if err := c.compareBatch(ctx, &hashed, b); err != nil {
				return err
			}
			if b.Head.Size >= c.mark.Head.Size {
				break
			}
		}
	}
	if hashed.Size() != c.mark.Head.Size || hashed.Root() != c.mark.Head.Root {
		return fmt.Errorf("the index stands at %d entries, the journal at %d: %w", c.mark.Head.Size, hashed.Size(), ledger.ErrCorrupt)
	}
	for day, last := range c.days {
		if err := c.expect(dateKey(day), appendIndex(nil, last)); err != nil {
			return err
		}
	}
	for _, family := range c.book.Families() {
		if err := c.compareFacts(ctx, family); err != nil {
			return err
		}
	}
	return c.compareCount(ctx)
}

// compareBatch checks the root of a batch, folds it, and compares its rows.
func (c *comparison) compareBatch(ctx context.Context, hashed *ledger.Frontier, b journal.Batch) error {
	first := hashed.Size()
	if err := hashBatch(hashed, b); err != nil {
		return err
	}
	for _, line := range b.Lines() {
		e, err := ledger.ParseLine(line)
		if err != nil {
			return &ledger.CorruptError{Index: c.book.Next(), Err: err}
		}
		if err := c.post(e, false); err != nil {
			return err
		}
		c.days[e.On] = e.Index
	}
	key := batchKey(first)
	value, err := c.snap.get(key)
	if err != nil {
		return err
	}
	row, err := parseBatchRow(key, value)
	if err != nil || !row.Head.Same(b.Head) {
		return fmt.Errorf("index row %q is not the batch of the journal: %w", key, ledger.ErrCorrupt)
	}
	c.expects++
	if value, err = c.snap.get(frontierKey(hashed.Size())); err != nil {
		return err
	}
	if value != nil {
		if !bytes.Equal(value, appendRoots(nil, *hashed)) {
			return fmt.Errorf("index row %q is not the frontier: %w", frontierKey(hashed.Size()), ledger.ErrCorrupt)
		}
		c.expects++
	}
	return c.breathe(ctx, hashed.Size())
}

// breathe counts, and waits now and then, so that writers hardly notice.
func (c *comparison) breathe(ctx context.Context, at ledger.Index) error {
	if at < c.pauseAt {
		return nil
	}
	c.pauseAt = at + scrubStride
	c.scrubs.note(func(s *ScrubStats) { s.At = at })
	if c.pause == 0 {
		return ctx.Err()
	}
	return sleep(ctx, c.pause)
}

func (c *comparison) compareLine(l ledger.Line) error {
	return c.expect(appendIndex(accountPrefix(lineRow, l.Account), l.Index), appendLineValue(nil, l))
}

func (c *comparison) compareState(l ledger.Line) error {
	return c.expect(appendIndex(accountPrefix(stateRow, l.Account), l.Index), l.State)
}

// expect holds one row of the index against what it should be.
func (c *comparison) expect(key, want []byte) error {
	got, err := c.snap.get(key)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("index row %.60q is not what the journal folds to: %w", key, ledger.ErrCorrupt)
	}
	c.expects++
	return nil
}

// compareFacts holds all facts of a family against the fold's. Both come in the order of their ids.
func (c *comparison) compareFacts(ctx context.Context, family ledger.FactID) error {
	next, stop := iter.Pull2(c.snap.facts(family))
	defer stop()

	n := ledger.Index(0)
	for want, err := range c.book.Facts(family) {
		if err != nil {
			return err
		}
		got, err, ok := next()
		switch {
		case err != nil:
			return err
		case !ok || got.ID != want.ID || !bytes.Equal(got.Value, want.Value):
			return fmt.Errorf("index fact %s is not what the journal folds to: %w", want.ID, ledger.ErrCorrupt)
		}
		c.expects++
		if n++; n%scrubStride == 0 && c.pause > 0 {
			if err := sleep(ctx, c.pause); err != nil {
				return err
			}
		}
	}
	if got, err, ok := next(); ok {
		return errors.Join(err, fmt.Errorf("index fact %s is none of the journal's: %w", got.ID, ledger.ErrCorrupt))
	}
	return nil
}

// compareCount makes sure that the index has no row beside those that were compared.
func (c *comparison) compareCount(ctx context.Context) error {
	n, err := c.snap.count(ctx)
	if err == nil && n != c.expects && c.mark.Head.Size > 0 {
		err = fmt.Errorf("the index has %d rows where the journal folds to %d: %w", n, c.expects, ledger.ErrCorrupt)
	}
	return err
}
