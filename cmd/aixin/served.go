package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"aixin/api"
	"aixin/ledger"
	"aixin/store"
	"aixin/store/registry"
)

// served is the book as commands and the server write it: what the book says was destroyed of a person is destroyed in the registry too,
// and the errors of the store are those of the api, since neither knows the other.
type served struct {
	*store.Ledger
	people *registry.Registry
	unsure *atomic.Bool // nobody knows what became of an erasure

	erasing chan struct{} // holds one: whoever erases, so that no request takes away what another has noted
}

func newServed(l *store.Ledger, people *registry.Registry) served {
	return served{l, people, &atomic.Bool{}, make(chan struct{}, 1)}
}

// Submit is the store's. What it destroys of a person is destroyed before anybody is answered; where nobody knows whether the book says
// so, the next write finds out, or whoever opens the book next.
func (s served) Submit(ctx context.Context, c ledger.Command) (ledger.Receipt, error) {
	if s.unsure.Load() {
		if err := s.settle(context.WithoutCancel(ctx), false); err != nil {
			return ledger.Receipt{}, err
		}
	}
	id, err := s.erases(ctx, c.Do)
	if err != nil {
		return ledger.Receipt{}, err
	}
	if id == "" {
		r, err := s.Ledger.Submit(ctx, c)
		return r, told(err)
	}
	return s.erase(ctx, c, id)
}

// erase submits what destroys the details of somebody, one request at a time.
func (s served) erase(ctx context.Context, c ledger.Command, id string) (ledger.Receipt, error) {
	select {
	case s.erasing <- struct{}{}:
		defer func() { <-s.erasing }()
	case <-ctx.Done():
		return ledger.Receipt{}, ctx.Err()
	}
	if err := s.people.Intend(ctx, id); err != nil {
		return ledger.Receipt{}, err
	}
	r, err := s.Ledger.Submit(ctx, c)
	late := context.WithoutCancel(ctx)
	switch {
	case err == nil && r.Entry.Kind == ledger.Erased:
		err = s.destroy(late, ledger.VolunteerID(id))
	case isUnknown(err):
		s.unsure.Store(true)
	default: // refused, or it waits for another person, whose approval notes it again
		err = errors.Join(err, s.unmade(late, id))
	}
	return r, told(err)
}

// unmade takes the note of an erasure away that the book refused, unless the book says that an earlier one, of which nobody knew, was made.
func (s served) unmade(ctx context.Context, id string) error {
	v, done, err := s.View(ctx, ledger.AsOf{})
	if err != nil {
		return err
	}
	who, err := v.Volunteer(ledger.VolunteerID(id))
	done()
	switch {
	case err == nil && who.Erased:
		return s.destroy(ctx, who.Volunteer)
	case err == nil || isRejection(ledger.NotFound)(err):
		return s.people.Withdraw(ctx, id)
	}
	return err
}

// erases returns whose details an action destroys, if any: by itself, or as the second person of one that waited.
func (s served) erases(ctx context.Context, do ledger.Action) (string, error) {
	switch do := do.(type) {
	case *ledger.Erase:
		if do.Volunteer.Valid() {
			return string(do.Volunteer), nil
		}
	case *ledger.Approve:
		v, done, err := s.View(ctx, ledger.AsOf{})
		if err != nil {
			return "", err
		}
		defer done()
		rec, err := v.Record(do.Record)
		if err != nil || rec.State != ledger.Pending {
			return "", nil // the book refuses it, and says why
		}
		return s.proposed(v, do.Record)
	}
	return "", nil
}

// proposed returns whose details a proposal asks to destroy, if it does.
func (s served) proposed(v ledger.View, i ledger.Index) (string, error) {
	e, err := v.Entry(i)
	if err != nil || e.Kind != ledger.Proposed {
		return "", err
	}
	if body, ok := e.Body.(*ledger.Proposal); ok {
		if do, ok := body.Do.(*ledger.Erase); ok {
			return string(do.Volunteer), nil
		}
	}
	return "", nil
}

// settle looks into the book for what became of erasures of which nobody knows. Where the book was just opened, nothing is under way: what
// it does not say was refused.
func (s served) settle(ctx context.Context, opened bool) error {
	ids, err := s.people.Intended(ctx)
	if err != nil || len(ids) == 0 {
		return err
	}
	v, done, err := s.View(ctx, ledger.AsOf{})
	if err != nil {
		return err
	}
	defer done()
	left := false
	for _, id := range ids {
		who, err := v.Volunteer(ledger.VolunteerID(id))
		switch {
		case err == nil && who.Erased:
			_, err = s.people.Follow(ctx, slices.Values(append(numbersOf(who), id)))
			err = errors.Join(err, s.people.Withdraw(ctx, id)) // it was erased before, under the same number
		case opened && (err == nil || isRejection(ledger.NotFound)(err)):
			err = s.people.Withdraw(ctx, id)
		default:
			left = true
		}
		if err != nil {
			return err
		}
	}
	s.unsure.Store(left)
	return nil
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
	return errors.Join(err, s.people.Withdraw(ctx, string(id)))
}

// DryRun is the store's.
func (s served) DryRun(ctx context.Context, c ledger.Command) (ledger.Receipt, error) {
	r, err := s.Ledger.DryRun(ctx, c)
	return r, told(err)
}

// SubmitGroup is the store's. Nobody's details are destroyed in a group.
func (s served) SubmitGroup(ctx context.Context, commands []ledger.Command) ([]ledger.Receipt, error) {
	for _, c := range commands {
		id, err := s.erases(ctx, c.Do)
		if err == nil && id != "" {
			err = fmt.Errorf("%T in a group: ask for it by itself", c.Do)
		}
		if err != nil {
			return nil, err
		}
	}
	r, err := s.Ledger.SubmitGroup(ctx, commands)
	return r, told(err)
}

// DryRunGroup is the store's.
func (s served) DryRunGroup(ctx context.Context, commands []ledger.Command) ([]ledger.Receipt, error) {
	r, err := s.Ledger.DryRunGroup(ctx, commands)
	return r, told(err)
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
