package api

import (
	"context"
	"fmt"
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
		key     ownKey
		gone    chan struct{} // closed by whoever has the key, when they leave
		waiting int
	}
)

// maxRepeats bounds those who wait for one call: somebody who repeats it again and again, and is told at once that nobody knows.
const maxRepeats = 8

// enter waits until nobody else asks for this actor under any of the keys, and takes them until leave is called. The error wraps ErrUnknown.
func (a *underway) enter(ctx context.Context, actor ledger.StaffID, items ...bulkItem) (leave func(), err error) {
	var keys []ledger.Key
	for _, item := range items {
		if _, ok := item.request.(present); ok {
			keys = append(keys, item.key)
		}
	}
	slices.Sort(keys) // in one order: no two wait for one another
	taken := make([]*call, 0, len(keys))
	leave = func() { a.leave(taken) }
	for _, key := range slices.Compact(keys) {
		mine, err := a.take(ctx, ownKey{actor, key})
		if err != nil {
			leave()
			return nil, fmt.Errorf("%w: %w", ErrUnknown, err)
		}
		taken = append(taken, mine)
	}
	return leave, nil
}

// leave gives up keys that somebody took.
func (a *underway) leave(taken []*call) {
	a.mu.Lock()
	defer a.mu.Unlock()

	for _, mine := range taken {
		delete(a.keys, mine.key)
		close(mine.gone)
	}
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
		mine = &call{key: key, gone: make(chan struct{})}
		a.keys[key] = mine
		return nil, mine
	case other.waiting == maxRepeats:
		return nil, nil
	}
	other.waiting++
	return other, nil
}
