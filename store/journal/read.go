package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"

	"aixin/ledger"
)

// Chunk is a run of whole batches of one segment, for readers that share the work: Scan hands chunks out in order, and any
// goroutine may split and hash them.
type Chunk struct {
	At    Position
	First ledger.Index // of the first entry
	Head  ledger.Head  // of the last batch
	Data  []byte       // the batches' bytes; the receiver's until Release

	buf *[]byte
	to  *File
}

// Release gives the memory of the chunk back. The chunk and its batches MUST NOT be used afterwards. A chunk that is never
// released is collected as any other memory.
func (c Chunk) Release() {
	if c.buf != nil && cap(*c.buf) > chunkSize && cap(*c.buf) <= 4*chunkSize {
		c.to.chunks.Put(c.buf)
	}
}

// Batches yields the batches of the chunk and checks their shape. Their Data is valid until Release. Damage gives a
// *ledger.CorruptError and ends the sequence.
func (c Chunk) Batches() iter.Seq2[Placed, error] {
	return func(yield func(Placed, error) bool) {
		at := c.At
		for b, err := range Split(c.Data, c.First) {
			if !yield(Placed{b, at}, err) || err != nil {
				return
			}
			at.Offset += int64(len(b.Data))
		}
	}
}

// Batches is Read, with the position of each batch.
func (f *File) Batches(ctx context.Context, from ledger.Index) iter.Seq2[Placed, error] {
	return func(yield func(Placed, error) bool) {
		for chunk, err := range f.Scan(ctx, from) {
			if err != nil {
				yield(Placed{}, err)
				return
			}
			for b, err := range chunk.Batches() {
				if err == nil && b.Head.Size <= from {
					continue
				}
				if !yield(b, err) || err != nil {
					return
				}
			}
			chunk.Release()
		}
	}
}

// Scan yields the journal in large chunks, in order, beginning at or shortly before the batch that contains the entry from. It
// reads sequentially and leaves the shape of the batches inside a chunk to Chunk.Batches: a reader that works on several
// chunks at once may meet damage out of order, and reports the lowest index. Like Read it stops at the last complete head.
func (f *File) Scan(ctx context.Context, from ledger.Index) iter.Seq2[Chunk, error] {
	return func(yield func(Chunk, error) bool) {
		all, err := f.segments()
		if err != nil {
			yield(Chunk{}, err)
			return
		}
		start, err := f.find(ctx, all, from)
		if err != nil {
			yield(Chunk{}, err)
			return
		}
		due := start.due
		for i, segment := range all {
			if segment < start.at.Segment {
				continue
			}
			if segment != due && segment != start.at.Segment {
				yield(Chunk{}, misplaced(segment, due))
				return
			}
			s := segmentScan{file: f, segment: segment, due: due, last: i == len(all)-1}
			if segment == start.at.Segment {
				s.offset = start.at.Offset
			}
			for chunk, err := range s.chunks(ctx) {
				if !yield(chunk, err) || err != nil {
					return
				}
				due = chunk.Head.Size
			}
		}
	}
}

// misplaced reports a segment that is not the one due.
func misplaced(segment, due ledger.Index) error {
	if segment < due {
		return corrupt(segment, "segment %s begins inside the one before", segmentName(segment))
	}
	return corrupt(due, "segment %s is missing", segmentName(due))
}

// segmentScan reads one segment.
type segmentScan struct {
	file    *File
	segment ledger.Index
	offset  int64        // where to begin
	due     ledger.Index // the entry that is due there
	last    bool         // the newest segment, which may end unfinished
}

// chunks yields the segment from the offset on.
func (s segmentScan) chunks(ctx context.Context) iter.Seq2[Chunk, error] {
	return func(yield func(Chunk, error) bool) {
		file, err := s.file.root.Open(segmentName(s.segment))
		if err != nil {
			yield(Chunk{}, err)
			return
		}
		defer closeRead(file)

		ahead := firstRead
		buf := s.file.buffer(ahead)
		for eof := false; !eof; ahead = min(4*ahead, chunkSize) {
			if err := ctx.Err(); err != nil {
				yield(Chunk{}, fmt.Errorf("read %s: %w", segmentName(s.segment), err))
				return
			}
			if eof, err = fill(file, buf, s.offset, ahead); err != nil {
				yield(Chunk{}, err)
				return
			}
			from, to, ok := lastHeadLine(*buf, true)
			if !ok {
				if err := s.unsealed(*buf, eof); err != nil {
					yield(Chunk{}, err)
					return
				}
				*buf = slices.Grow(*buf, chunkSize)
				continue
			}
			rest := s.file.buffer(len(*buf) - to + ahead)
			*rest = append(*rest, (*buf)[to:]...)
			chunk, err := s.chunk(buf, from, to)
			if len(chunk.Data) > 0 && !yield(chunk, nil) {
				return
			}
			if err == nil && eof {
				err = s.unsealed(*rest, eof)
			}
			if err != nil {
				yield(Chunk{}, err)
				return
			}
			buf = rest
		}
	}
}

// chunk makes a chunk of the buffer's bytes up to to, whose last line is the head line at from, and steps over it. Where that
// line is damaged it makes one of the whole batches before the damage, and says where that is.
func (s *segmentScan) chunk(buf *[]byte, from, to int) (Chunk, error) {
	c := Chunk{At: Position{s.segment, s.offset}, First: s.due, Data: (*buf)[:to], buf: buf, to: s.file}
	head, err := ledger.ParseHead((*buf)[from : to-1])
	if err == nil && head.Size > s.due {
		c.Head = head
		s.due, s.offset = head.Size, s.offset+int64(to)
		return c, nil
	}
	whole := 0
	for b, err := range Split(c.Data, c.First) {
		if err != nil {
			c.Data = c.Data[:whole]
			return c, err
		}
		c.Head, whole = b.Head, whole+len(b.Data)
	}
	return Chunk{}, corrupt(s.due, "head line: %w", errors.Join(err, errUnfinished))
}

// unsealed says what bytes without a head line are. In the newest segment they may be what a writer left or is writing; nil
// also means: read on.
func (s *segmentScan) unsealed(data []byte, eof bool) error {
	switch {
	case len(data) == 0 && (s.last || s.offset > 0):
		return nil
	case len(data) == 0:
		return corrupt(s.due, "segment %s is empty", segmentName(s.segment))
	case eof && s.last, !eof && len(data) <= MaxBatch:
		return nil
	}
	_, err := nextBatch(data, s.due)
	return err
}

// buffer returns an empty buffer that has room for n bytes.
func (f *File) buffer(n int) *[]byte {
	if n >= chunkSize {
		if buf, ok := f.chunks.Get().(*[]byte); ok && cap(*buf) >= n {
			*buf = (*buf)[:0]
			return buf
		}
		n += chunkSize / 2 // for what the next one carries over
	}
	buf := make([]byte, 0, n)
	return &buf
}

// fill appends to the buffer at most n bytes, up to its capacity, that the file holds behind those that are in it already;
// offset is where these begin.
func fill(file *os.File, buf *[]byte, offset int64, n int) (eof bool, err error) {
	have := len(*buf)
	n, err = file.ReadAt((*buf)[have:min(have+n, cap(*buf))], offset+int64(have))
	*buf = (*buf)[:have+n]
	if errors.Is(err, io.EOF) {
		return true, nil
	}
	return false, err
}

// start is where a batch begins, and the entry that is due there.
type start struct {
	at  Position
	due ledger.Index
}

// find returns the beginning of a batch at or shortly before the entry from: it looks at the heads of the segment that must
// hold it, by bisection. Where it meets anything but a head in order, it leaves the finding of the damage to a reader that
// begins before it.
func (f *File) find(ctx context.Context, all []ledger.Index, from ledger.Index) (start, error) {
	i, found := slices.BinarySearch(all, from)
	if !found {
		i = max(i-1, 0)
	}
	segment := all[i]
	lo := start{Position{Segment: segment}, segment}
	file, err := f.root.Open(segmentName(segment))
	if err != nil {
		return lo, err
	}
	defer closeRead(file)

	info, err := file.Stat()
	if err != nil {
		return lo, err
	}
	var buf []byte
	for hi := info.Size(); hi-lo.at.Offset > firstRead; {
		if err := ctx.Err(); err != nil {
			return lo, err
		}
		mid := lo.at.Offset + (hi-lo.at.Offset)/2
		head, end, err := headAfter(file, mid, hi, &buf)
		switch {
		case err != nil:
			return lo, err
		case end == 0 || head.Size > from:
			hi = mid
		case head.Size <= lo.due:
			return lo, nil
		default:
			lo = start{Position{segment, end}, head.Size}
		}
	}
	return lo, nil
}

// headAfter returns the first head line that begins between the offsets and is readable, and where it ends; end 0 says that
// there is none. The buffer is used again.
func headAfter(file io.ReaderAt, from, to int64, memory *[]byte) (head ledger.Head, end int64, err error) {
	for window := int64(16 << 10); ; window *= 4 {
		n := int(min(window, to-from))
		*memory = slices.Grow((*memory)[:0], n)
		buf := (*memory)[:n]
		if _, err := file.ReadAt(buf, from); err != nil && !errors.Is(err, io.EOF) {
			return head, 0, err
		}
		if i := bytes.Index(buf, []byte("\n"+headOpening)); i >= 0 {
			if line, _, ok := bytes.Cut(buf[i+1:], newline()); ok {
				head, err := ledger.ParseHead(line)
				if err != nil {
					return head, 0, nil //nolint:nilerr // a damaged head is found by whoever reads on from before it
				}
				return head, from + int64(i+len(line)+2), nil
			}
		}
		if int64(n) == to-from {
			return head, 0, nil
		}
	}
}

// LineAt returns the line that begins at a position and is n bytes long without its newline; they are the caller's. Where no
// such line stands there, the error wraps ledger.ErrCorrupt: either the journal or whoever noted the position is wrong.
func (f *File) LineAt(at Position, n int) ([]byte, error) {
	if n < 0 || n > ledger.MaxLine || at.Offset < 0 {
		return nil, fmt.Errorf("line of %d bytes at %v: %w", n, at, ledger.ErrCorrupt)
	}
	line := make([]byte, n+1)
	read, err := f.lines.readAt(at.Segment, line, at.Offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line at %v: %w", at, err)
	}
	if read <= n || bytes.IndexByte(line, '\n') != n {
		return nil, fmt.Errorf("line of %d bytes at %v: %w", n, at, ledger.ErrCorrupt)
	}
	return line[:n], nil
}
