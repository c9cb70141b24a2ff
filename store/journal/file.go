package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"

	"aixin/ledger"
)

// Options of a file journal.
type Options struct {
	// SegmentSize is the size from which a segment is closed; 0 means DefaultSegmentSize. A segment exceeds it by less than
	// one batch.
	SegmentSize int64
}

// File is the journal in DIR/journal. Opening one takes no lock and writes nothing; see the package comment for who may
// append. It is safe for concurrent use.
type File struct {
	dir         string   // of the book
	root        *os.Root // DIR/journal
	segmentSize int64
	chunks      sync.Pool // of *[]byte, the buffers of chunks
	lines       handles

	// Held by whoever writes: Append, Cut, Rewrite and Close.
	writing sync.Mutex
	out     *os.File // the segment that Append writes to; nil until its first call and after an error
	broken  error    // why Append writes no more

	// Set by whoever holds writing, which may read them without mu.
	mu   sync.Mutex
	own  bool // head and end are known, because this File wrote there last
	head ledger.Head
	end  Position // of the bytes written, before any roll
}

var _ Journal = (*File)(nil)

const (
	journalDir = "journal"
	cutDir     = "cut"

	// Auditors of the owner's group may read a book; it names nobody.
	dirPerm  fs.FileMode = 0o750
	filePerm fs.FileMode = 0o640
)

// Create makes an empty journal in the book's directory, which must exist. Where there is one already, the error wraps
// fs.ErrExist.
func Create(dir string) error {
	path := filepath.Join(dir, journalDir)
	if err := os.Mkdir(path, dirPerm); err != nil {
		return fmt.Errorf("create journal: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return fmt.Errorf("create journal: %w", err)
	}
	file, err := createSegment(root, 0)
	if err != nil {
		return errors.Join(fmt.Errorf("create journal: %w", err), root.Close())
	}
	if err := errors.Join(file.Close(), root.Close(), syncPath(dir)); err != nil {
		return fmt.Errorf("create journal: %w", err)
	}
	return nil
}

// Open opens the journal of a book for reading and, for the holder of the book's lock, for appending. The error wraps
// fs.ErrNotExist where there is none, and ledger.ErrCorrupt where a segment is missing, ends without a head, or a file does not
// belong there.
func Open(dir string, o Options) (*File, error) {
	root, err := os.OpenRoot(filepath.Join(dir, journalDir))
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	f := &File{dir: dir, root: root, segmentSize: o.SegmentSize, lines: handles{root: root}}
	if f.segmentSize <= 0 {
		f.segmentSize = DefaultSegmentSize
	}
	if err := f.checkSegments(); err != nil {
		return nil, errors.Join(fmt.Errorf("open journal: %w", err), f.Close())
	}
	return f, nil
}

// Close releases the files. Appends that returned nil are on stable storage already.
func (f *File) Close() error {
	f.writing.Lock()
	defer f.writing.Unlock()

	return errors.Join(f.disown(), f.lines.close(), f.root.Close())
}

// Head returns the head of the newest batch.
func (f *File) Head(context.Context) (ledger.Head, error) {
	head, _, err := f.tip()
	return head, err
}

// End returns where the next batch will begin: at the end of the newest segment, or in a new one where that is full. With it
// the holder of the lock knows, before it appends, where each line will stand.
func (f *File) End(context.Context) (Position, error) {
	head, end, err := f.tip()
	if err == nil && end.Offset >= f.segmentSize {
		end = Position{Segment: head.Size}
	}
	return end, err
}

// tip returns the newest head and the end of its line.
func (f *File) tip() (ledger.Head, Position, error) {
	f.mu.Lock()
	own, head, end := f.own, f.head, f.end
	f.mu.Unlock()

	if own {
		return head, end, nil
	}
	tail, err := f.tail()
	return tail.After, tail.At, err
}

// Append writes the batch with one write and one sync. After an error other than ErrMoved the outcome is unknown, and no later
// batch is accepted until the journal is opened anew: the kernel may have dropped what it could not write and report success
// next time.
func (f *File) Append(ctx context.Context, after ledger.Head, b Batch) error {
	return f.AppendAll(ctx, after, b)
}

// AppendAll writes batches one behind the other and syncs once, as whoever copies a journal wants it. Until it returns, a power
// cut may leave any beginning of them.
func (f *File) AppendAll(ctx context.Context, after ledger.Head, list ...Batch) error {
	f.writing.Lock()
	defer f.writing.Unlock()

	if f.broken != nil {
		return fmt.Errorf("append after %d: the journal stopped at an earlier error: %w", after.Size, f.broken)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("append after %d: %w", after.Size, err)
	}
	if err := f.claim(); err != nil {
		return fmt.Errorf("append after %d: %w", after.Size, err)
	}
	if !f.head.Same(after) {
		return ErrMoved
	}
	head := after
	for _, b := range list {
		if err := b.Follows(head); err != nil {
			return fmt.Errorf("append after %d: %w", head.Size, err)
		}
		head = b.Head
	}
	switch err := f.write(list); {
	case errors.Is(err, ErrMoved):
		return errors.Join(err, f.disown())
	case err != nil:
		f.broken = err
		return errors.Join(fmt.Errorf("append after %d: %w", after.Size, err), f.disown())
	}
	return nil
}

// claim opens the newest segment for writing, if this is not done yet.
func (f *File) claim() error {
	if f.out != nil {
		return nil
	}
	tail, err := f.tail()
	if err != nil {
		return err
	}
	if tail.Bytes > 0 {
		return fmt.Errorf("%d bytes behind the last head at %v must be cut first", tail.Bytes, tail.At)
	}
	if f.out, err = f.root.OpenFile(segmentName(tail.At.Segment), os.O_WRONLY, 0); err != nil {
		return err
	}
	f.moveTo(tail.After, tail.At)
	return nil
}

// write puts the batches at the end and syncs them.
func (f *File) write(list []Batch) error {
	head, end := f.head, f.end
	switch info, err := f.out.Stat(); {
	case err != nil:
		return err
	case info.Size() != end.Offset:
		return ErrMoved
	}
	for i, b := range list {
		if end.Offset >= f.segmentSize {
			err := f.roll(head.Size)
			if i == 0 && errors.Is(err, fs.ErrExist) {
				return ErrMoved
			}
			if err != nil {
				return err
			}
			end = Position{Segment: head.Size}
		}
		if _, err := f.out.WriteAt(b.Data, end.Offset); err != nil {
			return err
		}
		end.Offset += int64(len(b.Data))
		head = b.Head
	}
	if err := syncData(f.out); err != nil {
		return err
	}
	f.moveTo(head, end)
	return nil
}

// roll goes on in a new segment, and leaves the old one on stable storage.
func (f *File) roll(first ledger.Index) error {
	next, err := createSegment(f.root, first)
	if err != nil {
		return err
	}
	old := f.out
	f.out = next
	return errors.Join(syncData(old), old.Close())
}

// moveTo notes what this File has written.
func (f *File) moveTo(head ledger.Head, end Position) {
	f.mu.Lock()
	defer f.mu.Unlock()

	f.own, f.head, f.end = true, head, end
}

// disown forgets it: from here the disk is asked.
func (f *File) disown() error {
	f.mu.Lock()
	f.own = false
	f.mu.Unlock()

	out := f.out
	f.out = nil
	if out == nil {
		return nil
	}
	return out.Close()
}

// Read yields the batches from the one that contains from.
func (f *File) Read(ctx context.Context, from ledger.Index) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		for b, err := range f.Batches(ctx, from) {
			if !yield(b.Batch, err) {
				return
			}
		}
	}
}
