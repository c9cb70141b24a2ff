package registry

import (
	"context"
	"strings"

	"github.com/dgraph-io/badger/v4"
)

// intendPrefix begins the rows of those whose details are about to be destroyed. The book says first that they were, and who asked may
// never learn what became of that, or end in between: the row stays until somebody has looked into the book.
const intendPrefix = "e/"

func intendRow(id string) string { return intendPrefix + id + "/" }

// Intend notes that the details of somebody are about to be destroyed, before the book is asked. Erase takes the note away.
func (r *Registry) Intend(ctx context.Context, id string) error {
	return r.note(ctx, func(txn *badger.Txn) error {
		row := intendRow(id)
		return txn.Set([]byte(row), r.tag(row))
	})
}

// Withdraw takes the note away where the book refused.
func (r *Registry) Withdraw(ctx context.Context, id string) error {
	return r.note(ctx, func(txn *badger.Txn) error { return txn.Delete([]byte(intendRow(id))) })
}

func (r *Registry) note(ctx context.Context, f func(*badger.Txn) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.ready(ctx); err != nil {
		return err
	}
	return r.write(f)
}

// Intended lists whose details were about to be destroyed, and nobody has looked into the book since.
func (r *Registry) Intended(ctx context.Context) (ids []string, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	err = r.view(func(txn *badger.Txn) error {
		o := badger.DefaultIteratorOptions
		o.Prefix, o.PrefetchValues = []byte(intendPrefix), false
		it := txn.NewIterator(o)
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			ids = append(ids, strings.Trim(strings.TrimPrefix(string(it.Item().Key()), intendPrefix), "/"))
		}
		return ctx.Err()
	})
	return ids, err
}
