package journal

import (
	"bytes"
	"errors"
	"iter"
	"math"

	"aixin/ledger"
)

const (
	entryOpening = `{"index":`
	headOpening  = `{"head":`
)

// errUnfinished says that bytes end before a head line.
var errUnfinished = errors.New("no head line follows")

// Split yields the batches that data begins with, where the entry first is due. It stops before bytes that no head line
// follows. Anything else that is not a batch gives a *ledger.CorruptError with the index due at the bad line, and ends the
// sequence. It never yields bytes that are not in data, and copies none.
func Split(data []byte, first ledger.Index) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		_, end, ok := lastHeadLine(data, true)
		if !ok {
			return
		}
		for rest, due := data[:end], first; len(rest) > 0; {
			b, err := nextBatch(rest, due)
			if err != nil {
				yield(Batch{}, err)
				return
			}
			if !yield(b, nil) {
				return
			}
			rest, due = rest[len(b.Data):], b.Head.Size
		}
	}
}

// nextBatch reads the batch that data begins with, where the entry first is due. It wraps errUnfinished where every line is
// right and none is a head line.
func nextBatch(data []byte, first ledger.Index) (Batch, error) {
	due := first
	for from := 0; from < len(data); {
		n := bytes.IndexByte(data[from:min(from+maxLine, len(data))], '\n')
		if n < 0 {
			return Batch{}, corrupt(due, "the line has no end: %w", errUnfinished)
		}
		line := data[from : from+n]
		from += n + 1
		switch {
		case isEntry(line, due):
			due++
		case ledger.IsHead(line):
			return sealed(data[:from], line, first, due)
		default:
			return Batch{}, corrupt(due, "neither entry %d nor a head: %.40q", due, line)
		}
	}
	return Batch{}, corrupt(due, "entry %d: %w", first, errUnfinished)
}

// sealed reads the head line that ends a batch.
func sealed(data, line []byte, first, due ledger.Index) (Batch, error) {
	head, err := ledger.ParseHead(line)
	switch {
	case err != nil:
		return Batch{}, corrupt(due, "head line: %w", err)
	case head.Size != due:
		return Batch{}, corrupt(due, "head of size %d stands after %d entries", head.Size, due)
	case due == first:
		return Batch{}, corrupt(due, "head of size %d seals no entry", head.Size)
	case len(data) > MaxBatch:
		return Batch{}, corrupt(first, "batch of %d bytes: at most %d are possible", len(data), MaxBatch)
	}
	return Batch{Data: data, Head: head}, nil
}

// isEntry reports whether a line begins as the line of the entry i does. The rest of it is not read.
func isEntry(line []byte, i ledger.Index) bool {
	at, ok := entryIndex(line)
	return ok && at == i
}

// entryIndex reads the index with which an entry line begins: digits without a leading zero, then a comma.
func entryIndex(line []byte) (ledger.Index, bool) {
	const from = len(entryOpening)
	if len(line) <= from || string(line[:from]) != entryOpening {
		return 0, false
	}
	var n ledger.Index
	for i, c := range line[from:] {
		switch {
		case c == ',':
			return n, i > 0
		case c < '0' || c > '9', i > 0 && n == 0, n > (math.MaxInt64-9)/10:
			return 0, false
		}
		n = n*10 + ledger.Index(c-'0')
	}
	return 0, false
}
