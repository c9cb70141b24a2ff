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

// RolesIn returns the roles of a member of the staff in a view of now.
func RolesIn(ctx context.Context, views Views, id ledger.StaffID) ([]ledger.Role, error) {
	v, done, err := views.View(ctx, ledger.AsOf{})
	if err != nil {
		return nil, err
	}
	defer done()
	who, err := v.Staff(id)
	return who.RolesOn(v.On()), err
}
