package store

import (
	"context"
	"sync"

	"aixin/ledger"
)

// staff keeps what was read of members of the staff until the next change to any of them: every request asks what its actor may.
type staff struct {
	mu   sync.Mutex
	size ledger.Index // of the book after the newest change that they have
	seen map[ledger.StaffID]ledger.Staff
}

func (s *staff) get(id ledger.StaffID, size ledger.Index) (ledger.Staff, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()

	who, ok := s.seen[id]
	return who, ok && s.size >= size
}

// keep notes what was read from an index that had so many entries at least.
func (s *staff) keep(who ledger.Staff, size ledger.Index) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if size > s.size || s.seen == nil {
		s.size, s.seen = size, map[ledger.StaffID]ledger.Staff{}
	}
	if size == s.size {
		s.seen[who.Staff] = who
	}
}

// RolesOf returns the roles that a member of the staff has today, by every change to staff that was answered. Other entries may be on
// their way to the index: whoever asks before each request what somebody may would otherwise make it hurry after every entry of everybody
// else.
func (l *Ledger) RolesOf(ctx context.Context, id ledger.StaffID) ([]ledger.Role, error) {
	size := ledger.Index(l.seq.granted.Load())
	who, ok := l.staff.get(id, size)
	if !ok {
		v, done, err := l.viewOf(ctx, AsOf{}, size)
		if err != nil {
			return nil, err
		}
		defer done()
		if who, err = v.Staff(id); err != nil {
			return nil, err
		}
		l.staff.keep(who, size)
	}
	return who.RolesOn(l.today(l.Head())), nil
}
