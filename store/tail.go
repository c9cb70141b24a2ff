package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"aixin/ledger"
	"aixin/store/journal"
)

// tail is what opening found at the end of the journal.
type tail struct {
	head    ledger.Head // of the last batch that reads and hashes
	end     journal.Position
	torn    error // why what stands behind it does not; nil where nothing does
	differs error // how the index differs from it; nil where it does not
}

// tailCheck walks over the end of the journal: it hashes every batch and holds it against the checkpoint and the index.
type tailCheck struct {
	snap       *snapshot
	mark       mark
	checkpoint ledger.Head
	window     ledger.Index // batches from here on are compared with the index
	frontier   ledger.Frontier
	head       ledger.Head
	end        journal.Position // of head
	passed     bool             // the checkpoint
	differs    error
}

// checkClosed reads the whole journal of a small book that was closed, before its index is opened: it needs no index to be held
// against DIR/checkpoint, and a damaged book is left as it is. Where it has read one, it returns what it found, else nil.
func (l *Ledger) checkClosed(ctx context.Context) (*tail, error) {
	if l.file == nil || !sealed(filepath.Join(l.dir, indexName)) {
		return nil, nil
	}
	end, err := l.file.End(ctx)
	if err != nil || end.Segment > 0 {
		return nil, err // a large book: the index says where to begin
	}
	c := tailCheck{checkpoint: l.checkpoint}
	c.restart()
	if err := c.walk(ctx, l); err != nil {
		return nil, err
	}
	return &tail{head: c.head, end: c.end}, c.short(l.checkpoint.Size)
}

// checkTail reads the end of the journal: all that the index may have lost, all that DIR/checkpoint does not cover, and enough
// else that a small book is read whole. A batch that does not read or hash is damage, except behind both the checkpoint and the
// index's mark, where a crash may have torn it. Of a book that was closed and read whole before, nothing is read again.
func (l *Ledger) checkTail(ctx context.Context, m mark, whole *tail) (tail, error) {
	if whole != nil && l.opened.Clean && whole.head.Same(m.Head) {
		return *whole, nil
	}
	snap := l.index.snapshot()
	defer snap.close()

	return l.tailOf(ctx, snap, m, l.opened.Clean)
}

// tailOf reads the end of the journal and holds it against an index that may have lost what was written last unless it was closed.
func (l *Ledger) tailOf(ctx context.Context, snap *snapshot, m mark, clean bool) (tail, error) {
	c := tailCheck{snap: snap, mark: m, checkpoint: l.checkpoint}
	if err := c.begin(clean); err != nil {
		c.differs = err // the index cannot even say where it ends
		c.mark, c.window = mark{}, 0
		c.restart()
	}
	floor := max(l.checkpoint.Size, c.mark.Head.Size)
	torn := c.walk(ctx, l)
	if torn != nil && (!errors.Is(torn, ledger.ErrCorrupt) || c.head.Size < floor) {
		return tail{}, torn
	}
	if err := c.short(floor); err != nil {
		return tail{}, err
	}
	return tail{head: c.head, end: c.end, torn: torn, differs: c.differs}, nil
}

// walk goes on to the end of the journal, or to the first batch at fault. Files are hashed by all processors.
func (c *tailCheck) walk(ctx context.Context, l *Ledger) error {
	if l.file != nil {
		for r, err := range reads(ctx, l.file, reading{after: c.frontier.Size(), heads: true}) {
			if err != nil {
				return err
			}
			if err := c.batch(r); err != nil {
				return err
			}
		}
		return nil
	}
	for b, err := range l.journal.Batches(ctx, c.frontier.Size()) {
		if err != nil {
			return err
		}
		if err := c.batch(reading{heads: true}.batch(nil, b, b.First())); err != nil {
			return err
		}
	}
	return nil
}

// short reports that the journal ends before what is known to have been synced.
func (c *tailCheck) short(floor ledger.Index) error {
	if c.head.Size >= floor {
		return nil
	}
	return &ledger.CorruptError{
		Index: c.head.Size,
		Err:   fmt.Errorf("the journal ends here, and was synced up to entry %d before", floor-1),
	}
}

// restart makes the walk begin at the first entry.
func (c *tailCheck) restart() {
	c.frontier = ledger.Frontier{}
	c.head = ledger.Head{Root: c.frontier.Root()}
	c.passed = c.checkpoint.Same(c.head)
}

// begin chooses where the walk begins.
func (c *tailCheck) begin(clean bool) error {
	c.window = c.mark.Head.Size
	from := min(c.mark.Head.Size, c.checkpoint.Size)
	if !clean {
		lost, err := c.lost()
		if err != nil {
			return err
		}
		c.window = lost
		from = min(from, lost)
	}
	var err error
	for {
		if c.frontier, err = c.snap.frontierBelow(from); err != nil {
			return err
		}
		size := c.frontier.Size()
		if size == 0 {
			c.restart()
			return nil
		}
		b, ok, err := c.snap.batchOf(size - 1)
		switch {
		case err != nil:
			return err
		case !ok || b.Head.Size != size || b.Head.Root != c.frontier.Root():
			return fmt.Errorf("the index has no batch for its frontier of %d entries", size)
		case c.mark.Journal-b.Journal >= tailBytes:
			c.head = b.Head
			c.passed = c.checkpoint.Same(b.Head)
			return nil
		}
		from = size - 1
	}
}

// lost returns the first entry that a crash may have taken from the index: what was written last may be missing, and not always
// from the end.
func (c *tailCheck) lost() (ledger.Index, error) {
	const mayLose = (numMemTables + 2) * memTableSize
	for r, err := range c.snap.descend([]byte{batchRow}, batchKey(c.mark.Head.Size)) {
		if err != nil {
			return 0, err
		}
		b, err := parseBatchRow(r.key, r.value)
		if err != nil {
			return 0, err
		}
		if c.mark.Bytes-b.Bytes > mayLose {
			return b.First, nil
		}
	}
	return 0, nil
}

// batch holds the next batch against its root, the checkpoint, and the index.
func (c *tailCheck) batch(b read) error {
	first := c.frontier.Size()
	if b.first != first {
		return &ledger.CorruptError{Index: min(b.first, first), Err: fmt.Errorf("a batch begins at %d where one ended at %d", b.first, first)}
	}
	next := c.frontier.Clone()
	if err := b.under(&next); err != nil {
		return err
	}
	if b.unread != nil {
		return b.unread
	}
	if !c.passed && b.Head.Size >= c.checkpoint.Size {
		if !b.Head.Same(c.checkpoint) {
			return &ledger.CorruptError{Index: first, Err: errors.New("the journal does not extend DIR/checkpoint")}
		}
		c.passed = true
	}
	if first >= c.window && first < c.mark.Head.Size && c.differs == nil {
		c.differs = c.compare(first, b.Head)
	}
	if b.Head.Size == c.mark.Head.Size && b.Head.Root != c.mark.Head.Root && c.differs == nil {
		c.differs = fmt.Errorf("the index stands at %d entries with another root", b.Head.Size)
	}
	c.frontier, c.head, c.end = next, b.Head, b.At
	c.end.Offset += int64(len(b.Data))
	return nil
}

// compare holds the index's row of a batch against the journal.
func (c *tailCheck) compare(first ledger.Index, head ledger.Head) error {
	key := batchKey(first)
	value, err := c.snap.get(key)
	if err != nil {
		return err
	}
	if value == nil {
		return fmt.Errorf("the index lacks the batch of entries %d to %d", first, head.Size-1)
	}
	b, err := parseBatchRow(key, value)
	if err == nil && !b.Head.Same(head) {
		err = fmt.Errorf("the index has another batch at entry %d", first)
	}
	return err
}

// headTime holds the time of a head against the last entry's, which the root covers.
func headTime(b journal.Batch) error {
	var last []byte
	for _, line := range b.Lines() {
		last = line
	}
	e, err := ledger.ParseLine(last)
	if errors.Is(err, ledger.ErrNewer) {
		return nil // the fold refuses it with a better reason
	}
	if err != nil {
		return &ledger.CorruptError{Index: b.Head.Size - 1, Err: err}
	}
	if !e.At.Equal(b.Head.At) {
		return notItsTime(b.Head)
	}
	return nil
}

func notItsTime(h ledger.Head) error {
	return &ledger.CorruptError{Index: h.Size - 1, Err: errors.New("the head's time is not the last entry's")}
}

// mendTail moves what a crash has torn aside, and makes sure that what is left is on the disk and not only in the page cache.
func (l *Ledger) mendTail(ctx context.Context, t tail) error {
	if l.file == nil {
		return t.torn
	}
	if t.torn != nil {
		heads, err := headsBehind(l.dir, t.end)
		if err != nil {
			return err
		}
		if heads > 1 {
			return t.torn
		}
	}
	behind, err := l.file.Tail(ctx)
	if err == nil && behind.Bytes > 0 || t.torn != nil {
		l.opened.Cut, err = l.file.Cut(ctx, t.head)
	}
	if err != nil {
		return err
	}
	if l.opened.Clean || t.head.Size <= l.checkpoint.Size {
		return nil
	}
	return l.file.Rewrite(ctx, l.checkpoint.Size)
}

// headsBehind counts the head lines behind a position. A batch is written when the one before it is synced, so a crash tears
// one batch, and leaves one head line at most: with two, an older batch was damaged otherwise.
func headsBehind(dir string, at journal.Position) (int, error) {
	segments, err := filepath.Glob(filepath.Join(dir, journalName, "*.jsonl"))
	if err != nil {
		return 0, err
	}
	first := filepath.Join(dir, journalName, fmt.Sprintf("%020d.jsonl", at.Segment))
	heads := 0
	for _, path := range segments {
		if path < first {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return 0, err
		}
		if path == first {
			text = text[min(at.Offset, int64(len(text))):]
		}
		for line := range bytes.Lines(text) {
			if ledger.IsHead(line) {
				heads++
			}
		}
	}
	return heads, nil
}

// firstBad finds the first line of a batch that does not even read, where its root does not match.
func firstBad(b journal.Batch) ledger.Index {
	for i, line := range b.Lines() {
		if e, err := ledger.ParseLine(line); err != nil || e.Index != i {
			return i
		}
	}
	return b.First()
}
