package store

import "sync"

// readers counts who reads the index, so that it is not closed under them: Badger unmaps its files.
type readers struct {
	mu     sync.Mutex
	n      int
	closed bool
	idle   chan struct{} // closed when the last one leaves after close was called
}

// enter lets a reader in, unless the index is about to be closed.
func (r *readers) enter() error {
	r.mu.Lock()
	defer r.mu.Unlock()

	if r.closed {
		return ErrStopped
	}
	r.n++
	return nil
}

func (r *readers) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()

	if r.n--; r.n == 0 && r.closed {
		close(r.idle)
	}
}

// close lets nobody in any more and waits until all have left.
func (r *readers) close() {
	r.mu.Lock()
	r.closed, r.idle = true, make(chan struct{})
	if r.n == 0 {
		close(r.idle)
	}
	r.mu.Unlock()

	<-r.idle
}
