package api

import (
	"context"

	"aixin/ledger"
	"aixin/ledger/person"
)

// RequestNumbers is the one place where a server gives requests for help their numbers: its pages and the commands that it carries out
// share it. The register keeps what somebody said under a number before the book has the request, so that whoever gives numbers has the
// turn until the book answered. So has whoever names a donor, whose number is typed.
type RequestNumbers struct {
	turn chan struct{} // holds one: whoever gives numbers

	// Owned by whoever has the turn.
	given int // the last number that was used here
}

// NewRequestNumbers returns numbers that nobody gives yet.
func NewRequestNumbers() *RequestNumbers {
	return &RequestNumbers{turn: make(chan struct{}, 1)}
}

// Take waits for the turn.
func (n *RequestNumbers) Take(ctx context.Context) (release func(), err error) {
	select {
	case n.turn <- struct{}{}:
		return func() { <-n.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Next returns the number after the highest that the book has and that was used here. The caller has the turn, and takes the view then.
func (n *RequestNumbers) Next(v ledger.View) (ledger.RequestID, error) {
	last := n.given
	for r, err := range v.Requests() {
		if err != nil {
			return "", err
		}
		last = max(last, r.Request.Serial())
	}
	return ledger.RequestID(person.Requester.ID(last + 1)), nil
}

// Use keeps a number from being given again, also where the outcome stays unknown: the entry may come later. The caller has the turn.
func (n *RequestNumbers) Use(id ledger.RequestID) { n.given = max(n.given, id.Serial()) }
