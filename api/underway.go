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
	keys map[ownKey]*call
}

type (
	// ownKey is a key of one who asks: nobody keeps another waiting who guesses theirs.
	ownKey struct {
		actor ledger.StaffID
		key   ledger.Key
	}

	// call is one that is underway.
	call struct {
		gone    chan struct{} // closed by whoever has the key, when they leave
		waiting int
	}
)

// maxRepeats bounds those who wait for one call: somebody who repeats it again and again, and is told at once that nobody knows.
const maxRepeats = 8

// enter waits until nobody else asks for this actor under any of the keys, and takes them until leave is called. The error wraps ErrUnknown.
func (a *underway) enter(ctx context.Context, actor ledger.StaffID, items ...bulkItem) (leave func(), err error) {
	taken := map[ownKey]*call{}
	leave = func() {
		a.mu.Lock()
		defer a.mu.Unlock()

		for key, mine := range taken {
			delete(a.keys, key)
			close(mine.gone)
		}
	}
	keys := map[ledger.Key]bool{}
	for _, item := range items {
		if _, ok := item.request.(present); ok {
			keys[item.key] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) { // in one order: no two wait for one another
		own := ownKey{actor, key}
		mine, err := a.take(ctx, own)
		if err != nil {
			leave()
			return nil, fmt.Errorf("%w: %w", ErrUnknown, err)
		}
		taken[own] = mine
	}
	return leave, nil
}

// take waits for one key and takes it.
func (a *underway) take(ctx context.Context, key ownKey) (*call, error) {
	for {
		other, mine := a.begin(key)
		if mine != nil {
			return mine, nil
		}
		if other == nil {
			return nil, ErrBusy
		}
		select {
		case <-other.gone:
		case <-ctx.Done():
			a.mu.Lock()
			other.waiting--
			a.mu.Unlock()
			return nil, ctx.Err()
		}
	}
}

// begin takes a key, or returns the call that is to be waited for; neither where too many wait for it.
func (a *underway) begin(key ownKey) (other, mine *call) {
	a.mu.Lock()
	defer a.mu.Unlock()

	other, busy := a.keys[key]
	switch {
	case !busy:
		if a.keys == nil {
			a.keys = map[ownKey]*call{}
		}
		mine = &call{gone: make(chan struct{})}
		a.keys[key] = mine
		return nil, mine
	case other.waiting == maxRepeats:
		return nil, nil
	}
	other.waiting++
	return other, nil
}
