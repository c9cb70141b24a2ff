package api

import (
	"context"

	"aixin/ledger"
)

// ObjectedOf returns what the digest of a journal keeps of the objections of somebody, and to what is theirs.
func ObjectedOf(ctx context.Context, j Journal, v ledger.View) (func(ledger.VolunteerID) []ledger.Index, error) {
	s := &server{Config: Config{Journal: j}}
	err := s.digest.read(ctx, s, v)
	return func(id ledger.VolunteerID) []ledger.Index { return s.digest.objected[id] }, err
}
