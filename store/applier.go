package store

import (
	"context"
	"fmt"

	"aixin/ledger"
)

// apply writes durable batches to the index. After an error it writes no more, since a batch that is missing below others would be
// a hole: the journal has them all, and opening reads them from there.
func (s *sequencer) apply() {
	defer close(s.done)

	var stuck error
	for next, ok := <-s.durable, true; ok; {
		if next == nil {
			if next, ok = <-s.durable; !ok {
				return
			}
		}
		next = s.gather(next)
		if stuck == nil && len(s.merged.batches) > 0 {
			if stuck = s.publish(); stuck != nil {
				s.fail(fmt.Errorf("index from entry %d on: %w", s.merged.batches[0].First, stuck))
			}
		}
		s.release(stuck == nil)
	}
}

// gather makes a group of a batch and of those behind it, which are written in one transaction: a fact that several of them changed,
// such as the account of somebody who is credited and spends, is written once. While requests are in flight there are more to come,
// and it waits for them, up to a bound, unless somebody wants to read. It returns the next batch where that does not fit any more.
func (s *sequencer) gather(first *batch) (next *batch) {
	s.merged.reset()
	s.group = s.group[:0]
	looks := s.unindexed.looks.Load()
	rows, size := 0, 0
	for next = first; next != nil; {
		rows, size = rows+next.update.rows(), size+next.update.size()
		if len(s.group) > 0 && !s.index.fits(rows, size) {
			return next
		}
		s.group = append(s.group, next)
		s.merged.add(next.update)
		most := maxGroup
		if s.unindexed.looks.Load() != looks {
			most = maxReadGroup // whoever reads ahead looks through them all
		}
		if next.passed != nil || len(s.group) >= most {
			return nil
		}
		next = s.behind()
	}
	return nil
}

// behind returns the next durable batch, or nil where none should be waited for.
func (s *sequencer) behind() *batch {
	select {
	case b := <-s.durable:
		return b
	default:
	}
	if s.flying.Load() <= 0 {
		return nil
	}
	select {
	case b := <-s.durable:
		return b
	case <-s.asked:
	case <-s.broken:
	}
	return nil
}

// release says of the group that it has passed, and gives its memory back where nothing points there any more.
func (s *sequencer) release(written bool) {
	for _, b := range s.group {
		if b.passed != nil {
			close(b.passed)
		}
		if written && b.readers.Load() == 0 { // it was dropped, so that nobody else begins
			select {
			case s.spare <- b:
			default:
			}
		}
	}
}

// publish makes the group readable.
func (s *sequencer) publish() error {
	u := &s.merged
	u.mark.Bytes = s.bytes
	total, err := s.write(*u)
	if err != nil {
		return err
	}
	m := u.mark
	s.bytes, m.Bytes = total, total
	s.advance(m)
	s.unindexed.drop(m.Head.Size)
	if at := u.batches[len(u.batches)-1].At.Segment; at != s.segment {
		s.segment = at
		select {
		case s.rolled <- struct{}{}:
		default:
		}
	}
	return nil
}

// readable returns when the index has everything that was answered before, some dozens of batches later at most.
func (s *sequencer) readable(ctx context.Context) error { return s.indexed(ctx, s.synced.Load().Size) }

// indexed returns when the index has the first want entries, which are durable.
func (s *sequencer) indexed(ctx context.Context, want ledger.Index) error {
	for {
		s.mu.Lock()
		advanced := s.advanced
		s.mu.Unlock()

		if s.applied.Load().Head.Size >= want {
			return nil
		}
		select {
		case s.asked <- struct{}{}:
		default:
		}
		select {
		case <-advanced:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.done:
			if s.applied.Load().Head.Size < want {
				return fmt.Errorf("%w: %w", ErrStopped, s.err())
			}
		}
	}
}

// advance says that the index has a batch more.
func (s *sequencer) advance(m mark) {
	s.applied.Store(&m)
	s.mu.Lock()
	defer s.mu.Unlock()

	close(s.advanced)
	s.advanced = make(chan struct{})
}
