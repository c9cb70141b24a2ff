package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/dgraph-io/badger/v4"

	"aixin/ledger/person"
)

// lookLasts is how long a look that somebody else agreed to may be taken: a day's work.
const lookLasts = 24 * time.Hour

// ErrSecondPerson is the one of package person.
var ErrSecondPerson = person.ErrSecondPerson

// Look is a look at the full data of somebody too young, that waits for another person or was agreed to.
type Look struct {
	Purpose
	Person string    `json:"person"`
	At     time.Time `json:"at"`            // when it was asked for, or agreed to
	By     string    `json:"by,omitempty"`  // who agreed
	Ask    int64     `json:"ask,omitempty"` // counts what this actor asked for about this person: whoever agrees names what they read
}

const lookPrefix = "l/"

func lookRow(id, actor string) string { return lookPrefix + id + "/" + actor + "/" }

// GetYoung returns the full data of somebody under a guardian's care, once another person agreed to it. The first call asks for that:
// its error wraps ErrSecondPerson. It takes the place of a look for another reason.
func (r *Registry) GetYoung(ctx context.Context, why Purpose, id string) (person.Person, error) {
	return r.getYoung(ctx, why, id, func(Look) bool { return false })
}

// GetYoungAmong is GetYoung of one of many: what was asked for, or agreed to, for another reason within the day stays.
func (r *Registry) GetYoungAmong(ctx context.Context, why Purpose, id string) (person.Person, error) {
	now := r.opts.Clock()
	return r.getYoung(ctx, why, id, func(l Look) bool { return l.Actor != "" && l.Reason != why.Reason && now.Before(l.At.Add(lookLasts)) })
}

func (r *Registry) getYoung(ctx context.Context, why Purpose, id string, stays func(Look) bool) (person.Person, error) {
	if !why.Valid() {
		return person.Person{}, ErrNoPurpose
	}
	now := r.opts.Clock().UTC()
	var agreed bool
	err := r.changeLook(ctx, id, why.Actor, func(l *Look) error {
		agreed = l.agreed(why, now)
		if !agreed && !stays(*l) {
			ask := l.Ask
			if l.Reason != why.Reason || l.By != "" { // asked again while it waits it is what was read
				ask++
			}
			*l = Look{Purpose: why, Person: id, At: now, Ask: ask}
		}
		return nil
	})
	if err != nil {
		return person.Person{}, err
	}
	if !agreed {
		return person.Person{}, personError(id, ErrSecondPerson)
	}
	people, err := r.Get(ctx, why, id)
	if err != nil {
		return person.Person{}, err
	}
	return people[0], nil
}

// agreed reports whether another person agreed to this reason, and no other, within the day.
func (l Look) agreed(why Purpose, now time.Time) bool {
	return l.By != "" && l.Reason == why.Reason && now.Before(l.At.Add(lookLasts))
}

// Agreed reports whether GetYoung would return somebody's data now. It asks nobody.
func (r *Registry) Agreed(ctx context.Context, why Purpose, id string) (agreed bool, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	err = r.view(func(txn *badger.Txn) error {
		l, err := r.readLook(txn, lookRow(id, why.Actor))
		agreed = l.agreed(why, r.opts.Clock())
		return errors.Join(err, ctx.Err())
	})
	return agreed, err
}

// Agree lets somebody else's look be taken, and returns it. The ask is the number of the look that was read: one for another reason that
// took its place is not agreed to (ErrAskedAnew). Nobody agrees to their own, or again to what does not wait any more: that would make it
// last longer than a day.
func (r *Registry) Agree(ctx context.Context, by, id, actor string, ask int64) (agreed Look, err error) {
	err = r.changeLook(ctx, id, actor, func(l *Look) (err error) {
		if err = l.waitsFor(by, ask); err == nil {
			l.By, l.At = by, r.opts.Clock().UTC()
		}
		agreed = *l
		return err
	})
	return agreed, err
}

// TryAgree returns the look that Agree would let be taken, and changes nothing.
func (r *Registry) TryAgree(ctx context.Context, by, id, actor string, ask int64) (asked Look, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	err = r.view(func(txn *badger.Txn) error {
		l, err := r.readLook(txn, lookRow(id, actor))
		asked = l
		return errors.Join(err, l.waitsFor(by, ask), ctx.Err())
	})
	return asked, err
}

// waitsFor refuses somebody who cannot agree to a look, or read another.
func (l Look) waitsFor(by string, ask int64) error {
	switch {
	case l.Actor == "" || l.By != "" || by == l.Actor:
		return personError(l.Person, ErrNotFound)
	case ask != l.Ask:
		return personError(l.Person, ErrAskedAnew)
	}
	return nil
}

// Looks returns the looks that wait for another person.
func (r *Registry) Looks(ctx context.Context) (list []Look, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	err = r.view(func(txn *badger.Txn) error {
		o := badger.DefaultIteratorOptions
		o.Prefix = []byte(lookPrefix)
		it := txn.NewIterator(o)
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			l, err := r.readLook(txn, string(it.Item().KeyCopy(nil)))
			if err := errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			if l.By == "" {
				list = append(list, l)
			}
		}
		return nil
	})
	return list, err
}

func (r *Registry) changeLook(ctx context.Context, id, actor string, change func(*Look) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.ready(ctx); err != nil {
		return err
	}
	return r.write(func(txn *badger.Txn) error {
		row := lookRow(id, actor)
		l, err := r.readLook(txn, row)
		if err != nil {
			return err
		}
		if err := change(&l); err != nil {
			return err
		}
		value, err := json.Marshal(l)
		if err != nil {
			return err
		}
		return txn.Set([]byte(row), seal(r.secrets.rows, row, value))
	})
}

// readLook reads a look; none is the zero Look.
func (r *Registry) readLook(txn *badger.Txn, row string) (l Look, err error) {
	sealed, err := read(txn, row)
	if err != nil || sealed == nil {
		return l, err
	}
	value, err := unseal(r.secrets.rows, row, sealed)
	if err == nil {
		err = json.Unmarshal(value, &l)
	}
	if err != nil {
		return l, fmt.Errorf("look %s: %w", strings.TrimPrefix(row, lookPrefix), err)
	}
	l.Ask = max(l.Ask, 1) // it was kept before they were counted
	return l, nil
}

// Follow erases those of ids that are not erased yet: what the journal says was erased is, after a crash or in an older copy too. It
// returns how many there were.
func (r *Registry) Follow(ctx context.Context, ids iter.Seq[string]) (int, error) {
	r.mu.RLock()
	var left []string
	for id := range ids {
		if wrapped, known := r.keys.wrapped[id]; known && wrapped != nil {
			left = append(left, id)
		}
	}
	r.mu.RUnlock()
	if left == nil {
		return 0, nil
	}
	return len(left), r.Erase(ctx, slices.Compact(left)...)
}
