package main

import (
	"context"
	"errors"
	"slices"

	"aixin/api"
	"aixin/ledger"
	"aixin/store"
	"aixin/store/registry"
)

// served is the book as the server writes it: the errors of the store are those of the api too, since neither knows the other.
type served struct {
	*store.Ledger
	people *registry.Registry
}

// Submit is the store's. What the book says was destroyed of a person is destroyed before anybody is answered.
func (s served) Submit(ctx context.Context, c ledger.Command) (ledger.Receipt, error) {
	r, err := s.Ledger.Submit(ctx, c)
	if do, ok := r.Entry.Body.(*ledger.Erase); ok && err == nil && r.Entry.Kind == ledger.Erased {
		err = s.destroy(context.WithoutCancel(ctx), do.Volunteer)
	}
	return r, told(err)
}

// destroy destroys what is known of a person, under the numbers too that were merged into theirs.
func (s served) destroy(ctx context.Context, id ledger.VolunteerID) error {
	v, done, err := s.View(ctx, ledger.AsOf{})
	if err != nil {
		return err
	}
	defer done()
	who, err := v.Volunteer(id)
	if err == nil {
		_, err = s.people.Follow(ctx, slices.Values(numbersOf(who)))
	}
	return err
}

// DryRun is the store's.
func (s served) DryRun(ctx context.Context, c ledger.Command) (ledger.Entry, error) {
	e, err := s.Ledger.DryRun(ctx, c)
	return e, told(err)
}

// ready says whether the book takes entries: not where it stopped, the disk is nearly full, or the server is told to end.
func (s served) ready(serving context.Context) func(context.Context) error {
	return func(context.Context) error {
		if serving.Err() != nil {
			return api.ErrStopped
		}
		return told(s.Ledger.Ready())
	}
}

// told gives an error of the store the name under which it is told over HTTP.
func told(err error) error {
	names := []struct{ here, there error }{
		{store.ErrUnknown, api.ErrUnknown},
		{store.ErrBusy, api.ErrBusy},
		{store.ErrStopped, api.ErrStopped},
		{store.ErrDiskFull, api.ErrDiskFull},
		{store.ErrClock, api.ErrClock},
	}
	for _, same := range names {
		if errors.Is(err, same.here) {
			return errors.Join(same.there, err)
		}
	}
	return err
}
