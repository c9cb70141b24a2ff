package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"sync"

	"aixin/ledger"
)

const (
	segmentDigits = 20
	segmentSuffix = ".jsonl"
)

// segmentName returns the name of the file of the segment that begins with that entry.
func segmentName(first ledger.Index) string {
	return fmt.Sprintf("%020d", int64(first)) + segmentSuffix
}

// parseSegmentName reads what segmentName wrote, and nothing else.
func parseSegmentName(name string) (ledger.Index, bool) {
	if len(name) != segmentDigits+len(segmentSuffix) {
		return 0, false
	}
	n, err := strconv.ParseInt(name[:segmentDigits], 10, 64)
	first := ledger.Index(n)
	return first, err == nil && first >= 0 && segmentName(first) == name
}

// createSegment makes an empty segment whose name survives a power cut.
func createSegment(root *os.Root, first ledger.Index) (*os.File, error) {
	file, err := root.OpenFile(segmentName(first), os.O_WRONLY|os.O_CREATE|os.O_EXCL, filePerm)
	if err != nil {
		return nil, err
	}
	if err := syncRoot(root); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// segments returns the first index of each segment, in order.
func (f *File) segments() ([]ledger.Index, error) {
	files, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return nil, err
	}
	var all []ledger.Index
	for _, file := range files {
		first, ok := parseSegmentName(file.Name())
		if !ok || !file.Type().IsRegular() {
			return nil, corrupt(0, "%q does not belong in the journal's folder", file.Name())
		}
		all = append(all, first)
	}
	if len(all) == 0 || all[0] != 0 {
		return nil, corrupt(0, "segment %s is missing", segmentName(0))
	}
	return slices.Clip(all), nil
}

// Size returns the bytes of all segments together.
func (f *File) Size() (int64, error) {
	all, err := f.segments()
	if err != nil {
		return 0, err
	}
	var size int64
	for _, segment := range all {
		info, err := f.root.Stat(segmentName(segment))
		if err != nil {
			return 0, err
		}
		size += info.Size()
	}
	return size, nil
}

// checkSegments holds that each closed segment ends at the head that the next one is named for. It reads only their ends.
func (f *File) checkSegments() error {
	all, err := f.segments()
	if err != nil {
		return err
	}
	for i, next := range all[1:] {
		seal, err := f.seal(all[i])
		if err != nil {
			return err
		}
		if err := f.closes(seal, next); err != nil {
			return err
		}
	}
	return nil
}

// seal is the last head line of a segment.
type seal struct {
	segment ledger.Index
	head    ledger.Head // of size segment where there is none
	end     int64       // of its line
	size    int64       // of the segment
}

// closes reports, as an error, why a segment that ends so cannot be followed by the one named next.
func (f *File) closes(s seal, next ledger.Index) error {
	switch {
	case s.end != s.size:
		if err := f.damage(s.segment, next); err != nil {
			return err
		}
		return corrupt(s.head.Size, "segment %s does not end at a head", segmentName(s.segment))
	case s.head.Size < next:
		return corrupt(s.head.Size, "segment %s is missing", segmentName(s.head.Size))
	case s.head.Size > next:
		return corrupt(next, "segment %s begins inside the one before", segmentName(next))
	}
	return nil
}

// seal finds the last head line of a segment, reading backwards from its end.
func (f *File) seal(segment ledger.Index) (seal, error) {
	s := seal{segment: segment, head: ledger.Head{Size: segment}}
	file, err := f.root.Open(segmentName(segment))
	if err != nil {
		return s, err
	}
	defer closeRead(file)

	info, err := file.Stat()
	if err != nil {
		return s, err
	}
	s.size = info.Size()
	line, end, err := lastHead(file, s.size)
	if err != nil && !errors.Is(err, errUnfinished) || err == nil && line == nil {
		return s, err
	}
	if head, err := ledger.ParseHead(line); err == nil && head.Size > segment {
		s.head, s.end = head, end
		return s, nil
	}
	if err := f.damage(segment, -1); err != nil {
		return s, err
	}
	return s, corrupt(segment, "segment %s: the last head line is damaged", segmentName(segment))
}

// damage reads a segment that is known to be damaged, to find where. A negative next means that it is the newest.
func (f *File) damage(segment, next ledger.Index) error {
	s := segmentScan{file: f, segment: segment, due: segment, last: next < 0}
	for chunk, err := range s.chunks(context.Background()) { // one segment: nobody waits long
		if err != nil {
			return err
		}
		for _, err := range chunk.Batches() {
			if err != nil {
				return err
			}
		}
		chunk.Release()
	}
	return nil
}

// lastHead finds the last line in the first size bytes that begins as a head line and is ended by a newline: the line without
// newline, and where it ends. Without one, line is nil; where none is near the end, the error is errUnfinished.
func lastHead(r io.ReaderAt, size int64) (line []byte, end int64, err error) {
	for window := int64(64 << 10); ; window *= 4 {
		from := max(size-window, 0)
		buf := make([]byte, size-from)
		if n, err := r.ReadAt(buf, from); err != nil && (!errors.Is(err, io.EOF) || n < len(buf)) {
			return nil, 0, err
		}
		if a, b, ok := lastHeadLine(buf, from == 0); ok {
			return buf[a : b-1], from + int64(b), nil
		}
		switch {
		case from == 0:
			return nil, 0, nil
		case window > 2*MaxBatch:
			return nil, 0, errUnfinished
		}
	}
}

// lastHeadLine finds the bounds of the last line in buf that begins as a head line and is ended by a newline. Whether buf
// begins with a line, the caller knows.
func lastHeadLine(buf []byte, line bool) (from, to int, ok bool) {
	whole := buf[:bytes.LastIndexByte(buf, '\n')+1]
	if i := bytes.LastIndex(whole, []byte("\n"+headOpening)); i >= 0 {
		from = i + 1
	} else if !line || !ledger.IsHead(whole) {
		return 0, 0, false
	}
	return from, from + bytes.IndexByte(whole[from:], '\n') + 1, true
}

// handles keeps segments open for LineAt.
type handles struct {
	root *os.Root

	mu   sync.RWMutex
	open map[ledger.Index]*os.File
}

// readAt reads from a segment. The read lock is held while reading, so that no file is closed under a reader.
func (h *handles) readAt(segment ledger.Index, buf []byte, offset int64) (int, error) {
	h.mu.RLock()
	file, ok := h.open[segment]
	if !ok {
		h.mu.RUnlock()
		if err := h.add(segment); err != nil {
			return 0, err
		}
		h.mu.RLock()
		file, ok = h.open[segment]
	}
	defer h.mu.RUnlock()

	if !ok {
		return 0, fs.ErrClosed
	}
	return file.ReadAt(buf, offset)
}

func (h *handles) add(segment ledger.Index) error {
	h.mu.Lock()
	defer h.mu.Unlock()

	if h.open[segment] != nil {
		return nil
	}
	if len(h.open) >= maxOpenSegments {
		if err := h.closeAll(); err != nil {
			return err
		}
	}
	file, err := h.root.Open(segmentName(segment))
	if err != nil {
		return err
	}
	if h.open == nil {
		h.open = map[ledger.Index]*os.File{}
	}
	h.open[segment] = file
	return nil
}

func (h *handles) close() error {
	h.mu.Lock()
	defer h.mu.Unlock()

	return h.closeAll()
}

func (h *handles) closeAll() error {
	var failed []error
	for _, file := range h.open {
		failed = append(failed, file.Close())
	}
	clear(h.open)
	return errors.Join(failed...)
}
