package journal

import (
	"bytes"
	"errors"
	"fmt"
	"iter"

	"aixin/ledger"
)

// Batch is what one Append writes: entry lines and the head line that seals them, each with its newline. It is sealed and
// self-contained, so that a journal may keep Data as one opaque value.
type Batch struct {
	Data []byte
	Head ledger.Head // what the last line of Data says
}

// Len returns the number of entries. It counts the lines of Data.
func (b Batch) Len() int { return max(bytes.Count(b.Data, newline())-1, 0) }

// First returns the index of the first entry. It counts the lines of Data.
func (b Batch) First() ledger.Index { return b.Head.Size - ledger.Index(b.Len()) }

// Lines yields the entry lines in order, each with its index, without newline and without the head line. They are slices of
// Data, not copies.
func (b Batch) Lines() iter.Seq2[ledger.Index, []byte] {
	return func(yield func(ledger.Index, []byte) bool) {
		at, rest := b.First(), b.Data
		for at < b.Head.Size {
			line, after, _ := bytes.Cut(rest, newline())
			if !yield(at, line) {
				return
			}
			at, rest = at+1, after
		}
	}
}

// Follows reports, as an error, why the batch cannot follow a head: it is empty or too large, its last line is not the line of
// its head, its head is not as many entries further as it has lines, or could not be read again. It counts the entry lines and
// parses none.
func (b Batch) Follows(after ledger.Head) error {
	var buf [maxHeadLine]byte
	seal := append(b.Head.AppendLine(buf[:0]), '\n')
	lines, ok := bytes.CutSuffix(b.Data, seal)
	switch n := ledger.Index(bytes.Count(lines, newline())); {
	case len(b.Data) > MaxBatch:
		return fmt.Errorf("batch of %d bytes: at most %d are allowed", len(b.Data), MaxBatch)
	case !ok:
		return errors.New("batch does not end with the line of its head")
	case n == 0 || lines[len(lines)-1] != '\n':
		return errors.New("batch has no whole line before its head")
	case after.Size+n != b.Head.Size:
		return fmt.Errorf("batch of %d entries after %d has a head of size %d", n, after.Size, b.Head.Size)
	}
	switch again, err := ledger.ParseHead(seal[:len(seal)-1]); {
	case err != nil:
		return err
	case !again.Same(b.Head) || !again.At.Equal(b.Head.At):
		return errors.New("batch has a head that its line does not tell in full")
	}
	return nil
}

// Builder makes batches. The zero Builder is ready.
type Builder struct {
	data []byte
	n    int
	line ledger.LineWriter
}

// Reset starts a new batch in the memory of buf, such as the Data of a batch that nobody needs any more.
func (b *Builder) Reset(buf []byte) { *b = Builder{data: buf[:0]} }

// Add appends the line of an entry and returns its bytes without newline, the leaf to be hashed. They stay as they are until
// the memory is used again.
func (b *Builder) Add(e ledger.Entry) []byte {
	from := len(b.data)
	b.data = b.line.Append(b.data, &e)
	return b.end(from)
}

// AddLine appends a line that is canonical already, such as one of a journal that is being copied.
func (b *Builder) AddLine(line []byte) []byte {
	from := len(b.data)
	b.data = append(b.data, line...)
	return b.end(from)
}

func (b *Builder) end(from int) []byte {
	to := len(b.data)
	b.data = append(b.data, '\n')
	b.n++
	return b.data[from:to:to]
}

// Len returns the number of entries added.
func (b *Builder) Len() int { return b.n }

// Size returns the number of bytes added; the next line begins there, counted from where the batch will begin.
func (b *Builder) Size() int { return len(b.data) }

// Bytes returns the lines added, each with its newline, for as long as the memory is not used again.
func (b *Builder) Bytes() []byte { return b.data }

// Seal ends the batch with its head line. The builder is empty afterwards and the memory is the batch's.
func (b *Builder) Seal(h ledger.Head) Batch {
	data := append(h.AppendLine(b.data), '\n')
	*b = Builder{}
	return Batch{Data: data, Head: h}
}

// newline is a function since a package-level slice could be changed.
func newline() []byte { return []byte{'\n'} }
