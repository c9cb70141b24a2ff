package registry

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"aixin/ledger"
)

// askedPrefix begins the rows of idempotency keys under which something was asked for that the book does not keep under them: keys of
// systems, looks that were agreed to, one-time codes, lists whose rows are entries of their own.
const askedPrefix = "q/"

// byAsked is what the keys are kept by, as people are by theirs: who reads the rows learns none.
const byAsked = 'q'

// asked is what is kept of one of them.
type asked struct {
	Actor  string          `json:"actor"`
	Digest []byte          `json:"digest"`
	Done   bool            `json:"done,omitempty"`
	Answer json.RawMessage `json:"answer,omitempty"`
	Made   string          `json:"made,omitempty"` // the key of a system that was made under it, even where nobody noted yet that all was done
}

// Ask notes that somebody asks for something under a key, before it is done. Where it was done before it reports so, with what Answered
// kept of the answer. The same key with other content, or of somebody else, is a conflict.
func (r *Registry) Ask(ctx context.Context, key ledger.Key, actor string, digest []byte) (done bool, answer []byte, err error) {
	err = r.changeAsked(ctx, key, func(at *asked) error {
		if at.Actor == "" {
			*at = asked{Actor: actor, Digest: digest}
		}
		if at.Actor != actor || !hmac.Equal(at.Digest, digest) {
			return &ledger.Rejection{Reason: ledger.KeyConflict, Subject: string(key)}
		}
		done, answer = at.Done, at.Answer
		return nil
	})
	return done, answer, err
}

// Answered notes that what was asked for under a key was done, and what is to be answered to whoever asks again: nothing that is shown once.
func (r *Registry) Answered(ctx context.Context, key ledger.Key, answer []byte) error {
	return r.changeAsked(ctx, key, func(at *asked) error {
		at.Done, at.Answer = true, answer
		return nil
	})
}

// Unask frees a key whose request was refused: nothing was done under it.
func (r *Registry) Unask(ctx context.Context, key ledger.Key) error {
	return r.note(ctx, func(txn *badger.Txn) error { return txn.Delete([]byte(r.askedRow(key))) })
}

func (r *Registry) askedRow(key ledger.Key) string {
	return askedPrefix + string(r.secrets.mac(byAsked, string(key)))
}

func (r *Registry) changeAsked(ctx context.Context, key ledger.Key, change func(*asked) error) error {
	return r.note(ctx, func(txn *badger.Txn) error {
		at, err := r.readAsked(txn, key)
		if err == nil {
			err = change(&at)
		}
		if err != nil {
			return err
		}
		return r.writeAsked(txn, key, at)
	})
}

// readAsked reads what is kept of a key; nothing is the zero asked.
func (r *Registry) readAsked(txn *badger.Txn, key ledger.Key) (at asked, err error) {
	row := r.askedRow(key)
	sealed, err := read(txn, row)
	if err == nil && sealed != nil {
		var value []byte
		if value, err = unseal(r.secrets.rows, row, sealed); err == nil {
			err = json.Unmarshal(value, &at)
		}
	}
	if err != nil {
		return at, fmt.Errorf("idempotency key: %w", err)
	}
	return at, nil
}

func (r *Registry) writeAsked(txn *badger.Txn, key ledger.Key, at asked) error {
	value, err := json.Marshal(at)
	if err != nil {
		return err
	}
	row := r.askedRow(key)
	return txn.Set([]byte(row), seal(r.secrets.rows, row, value))
}
