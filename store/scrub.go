package store

import (
	"context"
	"sync"
)

// ScrubStats says how far the comparison of the journal and the index has come.
type ScrubStats struct {
	Rounds int64 // complete comparisons
}

type scrubber struct {
	mu sync.Mutex
	s  ScrubStats
}

func (s *scrubber) stats() ScrubStats {
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.s
}

func (l *Ledger) scrubLater(ctx context.Context) { <-ctx.Done() }
