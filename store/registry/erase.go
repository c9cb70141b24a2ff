package registry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/dgraph-io/badger/v4"

	"aixin/ledger/person"
)

// Erase destroys the keys of people, and then drops their sealed rows from Badger's files. When it returns nil nothing of them
// can be read any more, here or by whoever takes the files; their numbers are never given again. Erasing somebody twice, or
// a number that never came here, is no error, so that a restore can replay the erasures that the journal tells of.
func (r *Registry) Erase(ctx context.Context, ids ...string) error {
	for _, id := range ids {
		if _, ok := person.KindOf(id); !ok {
			return personError("", ErrNotFound)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.ready(ctx); err != nil {
		return err
	}

	// From here on nobody stops half-way: once the keys are gone the rest only tidies up.
	r.phonebook.drop(ids)
	if err := r.keys.erase(ids); err != nil {
		return err
	}
	return r.drop(ids)
}

// sweep ends erasures that were interrupted after the keys were destroyed.
func (r *Registry) sweep() error {
	var left []string
	err := r.view(func(txn *badger.Txn) error {
		for id, wrapped := range r.keys.wrapped {
			if wrapped != nil {
				continue
			}
			list, err := read(txn, foundRow(id))
			if err != nil {
				return err
			}
			if list != nil {
				left = append(left, id)
			}
		}
		return nil
	})
	if err != nil || left == nil {
		return err
	}
	r.log.Warn("ending interrupted erasures", slog.Int("people", len(left)))
	return r.drop(left)
}

// drop removes the rows of people from Badger's files, and not only from its view as a deletion would. The list of a person's
// index rows goes last, so that an interrupted drop can be taken up again.
func (r *Registry) drop(ids []string) error {
	var rows, lists [][]byte
	err := r.view(func(txn *badger.Txn) error {
		for _, id := range ids {
			found, err := r.found(txn, id)
			if err != nil {
				return err
			}
			for _, row := range append(found, recordRow(id), failuresRow(id), intendRow(id)) {
				rows = append(rows, []byte(row))
			}
			lists = append(lists, []byte(foundRow(id)))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, prefixes := range [][][]byte{rows, lists} {
		if err := r.db.DropPrefix(prefixes...); err != nil {
			return fmt.Errorf("drop erased rows: %w", err)
		}
	}
	return r.dropped(append(rows, lists...))
}

// dropped makes sure that the rows are gone: Badger logs some failures to drop and returns nil.
func (r *Registry) dropped(rows [][]byte) error {
	return r.view(func(txn *badger.Txn) error {
		for _, row := range rows {
			if _, err := txn.Get(row); !errors.Is(err, badger.ErrKeyNotFound) {
				return errors.Join(errors.New("drop erased rows: some are still there"), err)
			}
		}
		return nil
	})
}
