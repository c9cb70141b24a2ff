package store

import (
	"fmt"
	"log/slog"

	"github.com/dgraph-io/badger/v4"
)

// Bare is the index's Badger with nothing above it, for measuring what that costs.
type Bare struct {
	index *index
}

// OpenBare makes a Badger in dir with the options of the index; with synced, every transaction is on stable storage when Write
// returns.
func OpenBare(dir string, synced bool) (*Bare, error) {
	x, err := openBadger(badger.Open, indexOptions(dir, slog.New(slog.DiscardHandler)).WithSyncWrites(synced))
	if err != nil {
		return nil, err
	}
	return &Bare{x}, nil
}

// Row is one row of an index.
type Row struct {
	Key, Value []byte
}

// Write writes rows in one transaction. Their bytes must stay as they are until it returns.
func (b *Bare) Write(rows []Row) (err error) {
	defer recovered(&err)
	txn := b.index.db.NewTransaction(true)
	defer txn.Discard()
	entries := make([]badger.Entry, len(rows))
	for i, r := range rows {
		entries[i] = badger.Entry{Key: r.Key, Value: r.Value}
		if err := txn.SetEntry(&entries[i]); err != nil {
			return fmt.Errorf("write rows: %w", err)
		}
	}
	if err := txn.Commit(); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	return nil
}

// Close closes it.
func (b *Bare) Close() error { return b.index.close() }
