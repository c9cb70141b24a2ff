package journal

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"aixin/ledger"
)

// ErrMoved says that the head of the journal is no longer the one that the batch was to follow: another writer extended the
// book, and nothing of this batch was written. Read on from the old head, decide again, append again.
var ErrMoved = errors.New("the head of the journal has moved")

// Journal is an append-only sequence of batches. It is the only fence between writers: of several that append after the same
// head, one succeeds. An implementation MUST be safe for concurrent use, and passes package journaltest.
type Journal interface {
	// Head returns the head of the newest batch, or the head of the empty journal: size 0, the root of the empty tree, no
	// time. After Append has returned nil, Head MUST NOT return an older head.
	Head(ctx context.Context) (ledger.Head, error)

	// Append writes the batch if the head is still after, compared by size and root.
	//
	// It MUST NOT return nil before the whole batch is on stable storage and would survive a power cut. It MUST refuse a
	// batch whose shape does not follow after (see Batch.Follows), and MUST NOT keep or change b.Data. Readers MUST see the
	// batch whole or not at all.
	//
	// On ErrMoved nothing was written: read on and decide again. On any other error the outcome is unknown, and the
	// implementation MAY refuse all later batches: the caller MUST stop writing, answer nobody, and read the journal again.
	Append(ctx context.Context, after ledger.Head, b Batch) error

	// Read yields the batches in order, beginning with the one that contains the entry from, which comes whole; nothing where
	// from is not below the head's size. It MUST include every batch whose Append had returned nil before Read was called,
	// and MAY include later ones. It stops at the last complete head: an unfinished batch behind it is not an error.
	//
	// A batch's Data MUST NOT be changed, and is valid until the next step of the loop: copy what is to be kept. After an
	// error the sequence ends. An error that wraps ledger.ErrCorrupt is damage: stop and show it to a person. Any other
	// error says nothing about the book: the same Read may succeed later.
	Read(ctx context.Context, from ledger.Index) iter.Seq2[Batch, error]
}

// Position is where a batch or a line begins: so many bytes into the segment whose first entry is Segment.
type Position struct {
	Segment ledger.Index
	Offset  int64
}

// String returns the position as it stands in messages: the name of the segment's file and the offset.
func (p Position) String() string { return fmt.Sprintf("%s:%d", segmentName(p.Segment), p.Offset) }

// Placed is a batch and where it stands. Its lines follow one another from there, each with its newline.
type Placed struct {
	Batch
	At Position
}

// Line returns the bytes of the entry line i of any journal, without its newline; they are the caller's. An index that the
// journal does not reach gives nil. Where the position of the line is known, LineAt is quicker.
func Line(ctx context.Context, j Journal, i ledger.Index) ([]byte, error) {
	if i < 0 {
		return nil, nil
	}
	for b, err := range j.Read(ctx, i) {
		if err != nil {
			return nil, err
		}
		for at, line := range b.Lines() {
			if at == i {
				return append([]byte(nil), line...), nil
			}
		}
	}
	return nil, nil
}

// corrupt reports damage at the entry due there.
func corrupt(due ledger.Index, format string, args ...any) error {
	return &ledger.CorruptError{Index: due, Err: fmt.Errorf(format, args...)}
}

// emptyHead is the head of a journal without entries.
func emptyHead() ledger.Head {
	var f ledger.Frontier
	return ledger.Head{Root: f.Root()}
}
