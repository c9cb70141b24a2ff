package store

import (
	"context"
	"errors"
	"testing"

	"aixin/ledger"
)

// TestWhoWentAwayWaitsForNoQueue: a request that was given up does not stay until all that waits is found.
func TestWhoWentAwayWaitsForNoQueue(t *testing.T) {
	t.Parallel()
	s := &snapshot{index: &index{queues: newQueues()}}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	for _, err := range s.waiting(ctx, ledger.WaitQuery{}) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want that who asked went away", err)
		}
		return
	}
	t.Error("waiting ended as if nothing waited")
}
