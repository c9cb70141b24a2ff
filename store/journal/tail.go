package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"aixin/ledger"
)

// Tail is what stands behind the last complete head line.
type Tail struct {
	After ledger.Head // of the last complete head line, or of the empty journal
	At    Position    // where that line ends and the tail begins
	Bytes int64       // 0 where the journal ends at a head
}

// Tail finds the unfinished lines behind the last complete head line. It reads that line and not the batch under it: whether
// the batch is whole, its root tells.
func (f *File) Tail(context.Context) (Tail, error) { return f.tail() }

func (f *File) tail() (Tail, error) {
	all, err := f.segments()
	if err != nil {
		return Tail{}, err
	}
	newest, err := f.seal(all[len(all)-1])
	switch {
	case err != nil:
		return Tail{}, err
	case newest.end > 0:
		at := Position{Segment: newest.segment, Offset: newest.end}
		return Tail{After: newest.head, At: at, Bytes: newest.size - newest.end}, nil
	case newest.segment == 0:
		return Tail{After: emptyHead(), Bytes: newest.size}, nil
	}

	// The newest segment has no head yet; the one before is closed.
	before, err := f.seal(all[len(all)-2])
	if err != nil {
		return Tail{}, err
	}
	if err := f.closes(before, newest.segment); err != nil {
		return Tail{}, err
	}
	return Tail{After: before.head, At: Position{Segment: newest.segment}, Bytes: newest.size}, nil
}

// CutTail says what was cut.
type CutTail struct {
	After ledger.Head // the head at which the journal ends now
	Bytes int64       // 0 where nothing stood behind it
	Path  string      // the file in DIR/cut that holds what was cut, empty where nothing was
}

// Cut moves everything behind the head after to a new file in DIR/cut, later segments included, and returns when both are on
// stable storage. The caller has checked the book up to there, root by root; it MUST hold the lock, and MUST NOT cut what was
// acknowledged. Interrupted, it may be called again.
func (f *File) Cut(ctx context.Context, after ledger.Head) (CutTail, error) {
	f.writing.Lock()
	defer f.writing.Unlock()

	cut, err := f.cut(ctx, after)
	if err != nil {
		return cut, fmt.Errorf("cut behind %d: %w", after.Size, err)
	}
	return cut, nil
}

func (f *File) cut(ctx context.Context, after ledger.Head) (CutTail, error) {
	if err := errors.Join(f.disown(), f.lines.close()); err != nil {
		return CutTail{}, err
	}
	end, err := f.endOf(ctx, after)
	if err != nil {
		return CutTail{}, err
	}
	pieces, err := f.behind(end)
	if err != nil {
		return CutTail{}, err
	}
	cut := CutTail{After: after}
	for _, p := range pieces {
		cut.Bytes += p.size
	}
	if cut.Bytes > 0 {
		if cut.Path, err = f.setAside(after.Size, pieces); err != nil {
			return cut, err
		}
	}

	// Backwards, so that no gap shows where this is interrupted.
	for i := len(pieces) - 1; i > 0; i-- {
		if err := f.root.Remove(segmentName(pieces[i].Segment)); err != nil {
			return cut, err
		}
	}
	return cut, errors.Join(f.truncate(end), syncRoot(f.root))
}

// endOf returns where the line of a head ends.
func (f *File) endOf(ctx context.Context, head ledger.Head) (Position, error) {
	if head.Size == 0 {
		return Position{}, nil
	}
	for b, err := range f.Batches(ctx, head.Size-1) {
		if err != nil {
			return Position{}, err
		}
		if !b.Head.Same(head) {
			break
		}
		b.At.Offset += int64(len(b.Data))
		return b.At, nil
	}
	return Position{}, errors.New("the journal has no such head")
}

// piece is the end of a segment, from a position on.
type piece struct {
	Position
	size int64
}

// behind returns what stands behind a position: the rest of its segment, be it empty, and all later segments.
func (f *File) behind(end Position) ([]piece, error) {
	all, err := f.segments()
	if err != nil {
		return nil, err
	}
	var pieces []piece
	for _, segment := range all {
		if segment < end.Segment {
			continue
		}
		info, err := f.root.Stat(segmentName(segment))
		if err != nil {
			return nil, err
		}
		p := piece{Position{Segment: segment}, info.Size()}
		if segment == end.Segment {
			p.Offset = end.Offset
			p.size -= end.Offset
		}
		pieces = append(pieces, p)
	}
	return pieces, nil
}

// setAside copies the pieces to a new file in DIR/cut, on stable storage, and returns its path.
func (f *File) setAside(size ledger.Index, pieces []piece) (string, error) {
	dir := filepath.Join(f.dir, cutDir)
	if err := os.Mkdir(dir, dirPerm); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", err
	}
	defer closeRead(root)

	aside, name, err := newCutFile(root, size)
	if err != nil {
		return "", err
	}
	for _, p := range pieces {
		if err := f.copyPiece(aside, p); err != nil {
			return "", errors.Join(err, aside.Close())
		}
	}
	err = errors.Join(aside.Sync(), aside.Close(), syncRoot(root), syncPath(f.dir))
	return filepath.Join(dir, name), err
}

// newCutFile makes a file that is named for the number of entries left; what was cut there before stays.
func newCutFile(root *os.Root, size ledger.Index) (*os.File, string, error) {
	for n := 1; ; n++ {
		name := fmt.Sprintf("%020d-%d%s", int64(size), n, segmentSuffix)
		file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, filePerm)
		if !errors.Is(err, fs.ErrExist) {
			return file, name, err
		}
	}
}

func (f *File) copyPiece(to io.Writer, p piece) error {
	file, err := f.root.Open(segmentName(p.Segment))
	if err != nil {
		return err
	}
	defer closeRead(file)

	_, err = io.Copy(to, io.NewSectionReader(file, p.Offset, p.size))
	return err
}

func (f *File) truncate(end Position) error {
	file, err := f.root.OpenFile(segmentName(end.Segment), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Truncate(end.Offset), file.Sync(), file.Close())
}

// Rewrite writes the bytes from the batch that contains the entry from, to the end of the journal, in place and unchanged, and
// syncs them: after an unclean stop the page cache may show what the disk lacks. The caller MUST hold the lock and has cut the
// tail.
func (f *File) Rewrite(ctx context.Context, from ledger.Index) error {
	f.writing.Lock()
	defer f.writing.Unlock()

	if err := f.rewrite(ctx, from); err != nil {
		return fmt.Errorf("rewrite from %d: %w", from, err)
	}
	return nil
}

func (f *File) rewrite(ctx context.Context, from ledger.Index) error {
	all, err := f.segments()
	if err != nil {
		return err
	}
	start, err := f.find(ctx, all, from)
	if err != nil {
		return err
	}
	pieces, err := f.behind(start.at)
	if err != nil {
		return err
	}
	buf := make([]byte, chunkSize)
	for _, p := range pieces {
		if err := f.rewritePiece(ctx, p, buf); err != nil {
			return err
		}
	}
	return syncRoot(f.root)
}

func (f *File) rewritePiece(ctx context.Context, p piece, buf []byte) error {
	file, err := f.root.OpenFile(segmentName(p.Segment), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	for at, end := p.Offset, p.Offset+p.size; at < end && err == nil; {
		part := buf[:min(int64(len(buf)), end-at)]
		if _, err = file.ReadAt(part, at); err == nil {
			_, err = file.WriteAt(part, at)
		}
		at += int64(len(part))
		err = errors.Join(err, ctx.Err())
	}
	return errors.Join(err, file.Sync(), file.Close())
}
