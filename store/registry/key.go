package registry

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/dgraph-io/badger/v4"

	"aixin/ledger"
	"aixin/ledger/person"
)

const keyPrefix = "k/"

// sealedKey is a key of a system as it is kept. The secret has 256 random bits: a plain hash of it tells nobody anything.
type sealedKey struct {
	person.SystemKey
	Hash []byte `json:"hash"`
}

// NewSystemKey makes a key of a system and returns its text, which is shown once and cannot be had again. Under the idempotency key for which
// somebody asked, where that is not empty, one is made: asked again it is returned without its text. That one was made is noted with it, at once.
func (r *Registry) NewSystemKey(ctx context.Context, k person.SystemKey, under ledger.Key) (made person.SystemKey, text string, err error) {
	k.ID, k.At = strings.ToLower(rand.Text()[:8]), r.opts.Clock().UTC()
	secret := rand.Text() + rand.Text()
	hash := sha256.Sum256([]byte(secret))
	err = r.note(ctx, func(txn *badger.Txn) error {
		made, text = k, person.KeyMark+k.ID+"_"+secret
		if under != "" {
			at, err := r.readAsked(txn, under)
			if err != nil {
				return err
			}
			if at.Made != "" {
				text = ""
				before, err := r.readKey(txn, keyPrefix+at.Made)
				made = before.SystemKey
				return err
			}
			at.Made = k.ID
			if err := r.writeAsked(txn, under, at); err != nil {
				return err
			}
		}
		return r.changeKey(txn, k.ID, func(at *sealedKey) error {
			if at.ID != "" {
				return ErrExists
			}
			*at = sealedKey{k, hash[:]}
			return nil
		})
	})
	if err != nil {
		text = ""
	}
	return made, text, err
}

// RevokeSystemKey ends a key. One that is ended already stays as it is.
func (r *Registry) RevokeSystemKey(ctx context.Context, id string) (k person.SystemKey, err error) {
	err = r.note(ctx, func(txn *badger.Txn) error {
		return r.changeKey(txn, id, func(at *sealedKey) error {
			if at.ID == "" {
				return ErrNotFound
			}
			if at.Revoked.IsZero() {
				at.Revoked = r.opts.Clock().UTC()
			}
			k = at.SystemKey
			return nil
		})
	})
	return k, err
}

// FindBySystemKey returns what the text of a key opens, or ErrNotFound where it opens nothing, or nothing any more.
func (r *Registry) FindBySystemKey(ctx context.Context, text string) (person.SystemKey, error) {
	rest, _ := strings.CutPrefix(text, person.KeyMark)
	id, secret, ok := strings.Cut(rest, "_")
	hash := sha256.Sum256([]byte(secret))
	var k sealedKey
	r.mu.RLock()
	defer r.mu.RUnlock()
	err := r.view(func(txn *badger.Txn) (err error) {
		k, err = r.readKey(txn, keyPrefix+id)
		return errors.Join(err, ctx.Err())
	})
	if err != nil {
		return person.SystemKey{}, err
	}
	if subtle.ConstantTimeCompare(hash[:], k.Hash) != 1 || !ok || k.Ended(r.opts.Clock()) {
		return person.SystemKey{}, ErrNotFound
	}
	return k.SystemKey, nil
}

// SystemKeys returns every key that was made, those that are ended too, in the order of their ids.
func (r *Registry) SystemKeys(ctx context.Context) (list []person.SystemKey, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	err = r.view(func(txn *badger.Txn) error {
		o := badger.DefaultIteratorOptions
		o.Prefix = []byte(keyPrefix)
		it := txn.NewIterator(o)
		defer it.Close()
		for it.Rewind(); it.Valid(); it.Next() {
			k, err := r.readKey(txn, string(it.Item().KeyCopy(nil)))
			if err := errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			list = append(list, k.SystemKey)
		}
		return nil
	})
	return list, err
}

func (r *Registry) changeKey(txn *badger.Txn, id string, change func(*sealedKey) error) error {
	row := keyPrefix + id
	k, err := r.readKey(txn, row)
	if err == nil {
		err = change(&k)
	}
	if err != nil {
		return err
	}
	value, err := json.Marshal(k)
	if err != nil {
		return err
	}
	return txn.Set([]byte(row), seal(r.secrets.rows, row, value))
}

// readKey reads a key; none is the zero key.
func (r *Registry) readKey(txn *badger.Txn, row string) (k sealedKey, err error) {
	sealed, err := read(txn, row)
	if err != nil || sealed == nil {
		return k, err
	}
	value, err := unseal(r.secrets.rows, row, sealed)
	if err == nil {
		err = json.Unmarshal(value, &k)
	}
	if err != nil {
		return k, fmt.Errorf("key of a system: %w", err)
	}
	return k, nil
}
