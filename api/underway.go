package api

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"aixin/ledger"
)

// underway are the keys under which somebody asks for something about whoever is there. Between the look at the card and the book such a call is
// nowhere else, so that whoever repeats it waits for it to be over: what they are told must not contradict what it comes to.
type underway struct {
	mu   sync.Mutex
	keys map[ledger.Key]chan struct{} // closed by whoever has the key, when they leave
}

// enter waits until nobody else asks under any of the keys, and takes them until leave is called. The error wraps ErrUnknown.
func (a *underway) enter(ctx context.Context, items ...bulkItem) (leave func(), err error) {
	taken := map[ledger.Key]chan struct{}{}
	leave = func() {
		a.mu.Lock()
		defer a.mu.Unlock()

		for key, gone := range taken {
			delete(a.keys, key)
			close(gone)
		}
	}
	keys := map[ledger.Key]bool{}
	for _, item := range items {
		if _, ok := item.request.(present); ok {
			keys[item.key] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) { // in one order: no two wait for one another
		gone, err := a.take(ctx, key)
		if err != nil {
			leave()
			return nil, fmt.Errorf("%w: %w", ErrUnknown, err)
		}
		taken[key] = gone
	}
	return leave, nil
}

// take waits for one key and takes it.
func (a *underway) take(ctx context.Context, key ledger.Key) (chan struct{}, error) {
	for {
		a.mu.Lock()
		other, busy := a.keys[key]
		if !busy {
			if a.keys == nil {
				a.keys = map[ledger.Key]chan struct{}{}
			}
			mine := make(chan struct{})
			a.keys[key] = mine
			a.mu.Unlock()
			return mine, nil
		}
		a.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
