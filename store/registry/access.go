package registry

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dgraph-io/badger/v4"

	"aixin/ledger"
	"aixin/ledger/person"
)

// The looks at full data are told by the types of package person.
type (
	Purpose     = person.Purpose     // who looks, and why
	Access      = person.Access      // one look-up of one person
	AccessQuery = person.AccessQuery // chooses look-ups
)

const accessPrefix = "a/"

// accessRow is the row of the n-th look-up since Open; rows sort by time.
func accessRow(at time.Time, n uint64) string {
	b := []byte(accessPrefix)
	b = binary.BigEndian.AppendUint64(b, uint64(at.UnixMicro()))
	return string(binary.BigEndian.AppendUint64(b, n))
}

// logLooks writes a look-up of each number to the access log.
func (r *Registry) logLooks(ctx context.Context, why Purpose, ids []string) error {
	if !why.Valid() {
		return ErrNoPurpose
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.ready(ctx); err != nil {
		return err
	}
	at := r.opts.Clock().UTC().Truncate(time.Microsecond)
	for part := range slices.Chunk(ids, chunk) {
		err := r.write(func(txn *badger.Txn) error {
			for _, id := range part {
				if err := r.logLook(txn, Access{At: at, Actor: why.Actor, Person: id, Reason: why.Reason}); err != nil {
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

func (r *Registry) logLook(txn *badger.Txn, a Access) error {
	if _, ok := person.KindOf(a.Person); !ok {
		return ErrNotFound // what is no number may be a name typed into the wrong field: it is not kept
	}
	value, err := json.Marshal(a)
	if err != nil {
		return err
	}
	// After a restart within one microsecond, or a clock set back, a row may be taken: none is ever overwritten.
	for {
		r.looks++
		row := accessRow(a.At, r.looks)
		taken, err := read(txn, row)
		if err != nil {
			return err
		}
		if taken == nil {
			return txn.Set([]byte(row), seal(r.secrets.rows, row, value))
		}
	}
}

// Accesses returns the look-ups that the query chooses, oldest first. The newest are found without reading those before them.
func (r *Registry) Accesses(ctx context.Context, q AccessQuery) ([]Access, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	after, err := hex.DecodeString(q.After)
	if err != nil {
		return nil, &ledger.Invalid{Fields: []ledger.Fault{{Field: "after", Code: "cursor"}}}
	}
	before, err := hex.DecodeString(q.Before)
	if err != nil {
		return nil, &ledger.Invalid{Fields: []ledger.Fault{{Field: "before", Code: "cursor"}}}
	}
	var chosen []Access
	err = r.view(func(txn *badger.Txn) error {
		o := badger.DefaultIteratorOptions
		o.Reverse = q.Newest
		it := txn.NewIterator(o)
		defer it.Close()
		first, end := accessPrefix, accessPrefix+"\xff"
		if !q.From.IsZero() {
			first = accessRow(q.From, 0)
		}
		if q.After != "" {
			first = max(first, accessPrefix+string(after)+"\x00") // the next row
		}
		if !q.Until.IsZero() {
			end = accessRow(q.Until, 0)
		}
		if q.Before != "" {
			end = min(end, accessPrefix+string(before))
		}
		start := first
		if q.Newest {
			start = end
		}
		for it.Seek([]byte(start)); it.Valid(); it.Next() {
			row := string(it.Item().Key())
			if row == end {
				continue // the one before which they are to be
			}
			if row < first || row > end {
				break
			}
			a, err := r.access(it.Item())
			if err := errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			if q.Chooses(a) {
				chosen = append(chosen, a)
			}
			if q.Limit > 0 && len(chosen) == q.Limit {
				break
			}
		}
		return nil
	})
	if q.Newest {
		slices.Reverse(chosen)
	}
	return chosen, err
}

// access opens one row of the log.
func (r *Registry) access(item *badger.Item) (Access, error) {
	var a Access
	sealed, err := item.ValueCopy(nil)
	if err != nil {
		return a, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	value, err := unseal(r.secrets.rows, string(item.Key()), sealed)
	if err != nil {
		return a, fmt.Errorf("access log: %w", err)
	}
	if err := json.Unmarshal(value, &a); err != nil {
		return a, fmt.Errorf("access log: %w: a row does not read", ErrDamaged)
	}
	a.ID = hex.EncodeToString(item.Key()[len(accessPrefix):])
	return a, nil
}
