package store

import (
	"context"
	"errors"
	"fmt"

	"aixin/ledger"
	"aixin/store/journal"
)

// commit seals batches, appends them to the journal, answers, and takes turns with run: after each batch it says that it is ready for the
// next.
func (s *sequencer) commit() {
	defer close(s.durable)

	ctx := context.Background()
	for b := range s.sealed {
		err := s.err()
		if err == nil && b.entries() > 0 {
			err = s.append(ctx, b)
		}
		switch {
		case err == nil:
			if b.entries() > 0 {
				if b.grants {
					s.granted.Store(int64(b.sealed.Head.Size))
				}
				s.unindexed.push(b)
				s.synced.Store(&b.sealed.Head)
				b.rotates(&s.rotated) // whoever takes it up reads the entry
				b.balances()
			}
			s.flying.Add(-int64(len(b.answers)))
			b.settle(nil)
			s.durable <- b
			s.turn <- nil
		case errors.Is(err, journal.ErrMoved):
			s.turn <- b
		default:
			s.fail(fmt.Errorf("append after entry %d: %w", s.synced.Load().Size, err))
			b.settle(s.unknown())
			s.turn <- nil
		}
	}
}

// append puts a batch into the journal.
func (s *sequencer) append(ctx context.Context, b *batch) error {
	if err := s.seal(ctx, b); err != nil {
		return err
	}
	s.commits.Add(1)
	if s.committed == nil {
		return s.journal.Append(ctx, b.after, b.sealed)
	}
	began := s.clock()
	err := s.journal.Append(ctx, b.after, b.sealed)
	if err == nil {
		s.committed(b.sealed.Len(), s.clock().Sub(began))
	}
	return err
}

// seal hashes the lines of a batch, which goes behind the newest, and ends it with its head. It is the committer's work, so that run
// decides meanwhile.
func (s *sequencer) seal(ctx context.Context, b *batch) error {
	at, err := s.journal.End(ctx)
	if err != nil {
		return err
	}
	lines := b.lines.Bytes()
	said := string(lines) // the memory of the lines is used again
	for i, n := range b.lengths {
		leaf := ledger.LeafHash(lines[:n-1])
		b.receipts[i].Line, b.receipts[i].Leaf = said[:n-1], leaf
		s.frontier.Append(leaf)
		lines, said = lines[n:], said[n:]
	}
	b.after = s.head
	s.head = ledger.Head{Size: s.frontier.Size(), Root: s.frontier.Root(), At: b.at}
	b.sealed = b.lines.Seal(s.head)
	s.written += int64(len(b.sealed.Data))
	b.update.batches = []batchInfo{{First: b.after.Size, Head: s.head, Journal: s.written, At: at, Lengths: b.lengths}}
	b.update.mark = mark{Head: s.head, Journal: s.written, Frontier: s.frontier.Clone()}
	return nil
}
