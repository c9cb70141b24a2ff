package registry

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/dgraph-io/badger/v4"

	"aixin/ledger"
	"aixin/ledger/person"
)

// chunk is how many people one transaction writes: one sync for all of them, and far below what a transaction may hold.
const chunk = 500

// Put writes the details of people whose numbers are known, new or changed; PINs and cards stay. Many people cost one sync
// for each few hundred. It writes nobody where any of them is malformed (*ledger.Invalid) or erased (ErrErased).
func (r *Registry) Put(ctx context.Context, people ...person.Person) error {
	people = slices.Clone(people)
	for i := range people {
		people[i] = people[i].Normalize()
		faults := people[i].Check()
		if people[i].ID == "" { // Check lets a row without a number pass; here it names the person
			faults = append(faults, ledger.Fault{Field: "id", Code: person.BadID})
		}
		if faults != nil {
			return fmt.Errorf("person %d of %d: %w", i+1, len(people), &ledger.Invalid{Fields: faults})
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.put(ctx, people)
}

// put reserves the numbers that are new, and then writes the records. The caller holds mu.
func (r *Registry) put(ctx context.Context, people []person.Person) error {
	if err := r.ready(ctx); err != nil {
		return err
	}
	var fresh []string
	seen := map[string]bool{}
	for _, p := range people {
		wrapped, known := r.keys.wrapped[p.ID]
		if known && wrapped == nil {
			return personError(p.ID, ErrErased)
		}
		if !known && !seen[p.ID] {
			fresh = append(fresh, p.ID)
		}
		seen[p.ID] = true
	}
	if fresh != nil {
		if err := r.keys.add(fresh); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(people, chunk) {
		err := r.write(func(txn *badger.Txn) error {
			for _, p := range part {
				rec, err := r.record(txn, p.ID)
				if err != nil && !errors.Is(err, ErrNotFound) {
					return err
				}
				rec.Person = p
				if err := r.set(txn, rec); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Get returns the full data of people, in the order of ids. It writes the look-up to the access log first and returns nothing
// if that fails. A number without a person is ErrNotFound or ErrErased.
func (r *Registry) Get(ctx context.Context, why Purpose, ids ...string) ([]person.Person, error) {
	if err := r.logLooks(ctx, why, ids); err != nil {
		return nil, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	people := make([]person.Person, 0, len(ids))
	err := r.view(func(txn *badger.Txn) error {
		for _, id := range ids {
			rec, err := r.record(txn, id)
			if err != nil {
				return err
			}
			people = append(people, rec.Person)
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	return people, nil
}

// Masked returns what lists may show, by number; numbers without a person are left out. It is not logged.
func (r *Registry) Masked(ctx context.Context, ids ...string) (map[string]person.Masked, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	masked := make(map[string]person.Masked, len(ids))
	err := r.view(func(txn *badger.Txn) error {
		for _, id := range ids {
			rec, err := r.record(txn, id)
			switch {
			case errors.Is(err, ErrNotFound), errors.Is(err, ErrErased):
				continue
			case err != nil:
				return err
			}
			masked[id] = rec.Person.Masked()
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	return masked, nil
}

// Missing returns those of ids that have neither a record nor an erasure, in their order. At open every journaled volunteer
// must have one of the two; the rest are shown to a person.
func (r *Registry) Missing(ctx context.Context, ids iter.Seq[string]) ([]string, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var missing []string
	err := r.view(func(txn *badger.Txn) error {
		for id := range ids {
			if err := ctx.Err(); err != nil {
				return err
			}
			wrapped, known := r.keys.wrapped[id]
			if known && wrapped == nil {
				continue
			}
			sealed, err := read(txn, recordRow(id))
			if err != nil {
				return personError(id, err)
			}
			if !known || sealed == nil {
				missing = append(missing, id)
			}
		}
		return nil
	})
	return missing, err
}

// Reserve makes every serial of a kind up to n taken until Close, so that a registry that was lost and made anew gives no
// number that the journal knows already.
func (r *Registry) Reserve(kind person.Kind, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys.last[kind] = max(r.keys.last[kind], n)
}

// Check opens everything that is stored and reports what does not open or is not found again. A number whose details never
// came, because a process ended in between, is no fault here; Missing finds it if the journal knows it.
func (r *Registry) Check(ctx context.Context) error {
	_, err := r.Accesses(ctx, AccessQuery{})
	return errors.Join(err, r.checkPeople(ctx))
}

func (r *Registry) checkPeople(ctx context.Context) error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.view(func(txn *badger.Txn) error {
		var faults []error
		for id, wrapped := range r.keys.wrapped {
			if err := ctx.Err(); err != nil {
				return err
			}
			if wrapped != nil {
				faults = append(faults, r.checkPerson(txn, id))
			}
		}
		return errors.Join(faults...)
	})
}

// checkPerson opens one person's rows and looks for each index row.
func (r *Registry) checkPerson(txn *badger.Txn, id string) error {
	rec, err := r.record(txn, id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := r.failures(txn, id); err != nil {
		return err
	}
	found, err := r.found(txn, id)
	if err != nil {
		return err
	}
	for _, row := range r.indexRows(rec) {
		tag, err := read(txn, row)
		if err != nil || string(tag) != string(r.tag(row)) || !slices.Contains(found, row) {
			return personError(id, fmt.Errorf("%w: an index row is missing", ErrDamaged))
		}
	}
	return nil
}
