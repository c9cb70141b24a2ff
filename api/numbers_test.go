package api_test

import (
	"context"
	"errors"
	"testing"

	"aixin/api"
)

// Whoever waits for the turn stops waiting when nobody waits for the answer any more.
func TestRequestNumbersAreGivenInTurn(t *testing.T) {
	n := api.NewRequestNumbers()
	release, err := n.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := n.Take(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("a second turn beside the first: %v", err)
	}
	release()
	release, err = n.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	release()
}
