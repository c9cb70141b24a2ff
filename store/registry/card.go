package registry

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base32"
	"strings"

	"github.com/dgraph-io/badger/v4"
	"golang.org/x/text/width"
)

// cardMark begins the text of every card, so that a scanner's input is told from an item's code. The text is upper-case
// letters and digits only, the densest that a QR code has a mode for.
const cardMark = "AX"

const cardTokenSize = 16

func cardEncoding() *base32.Encoding { return base32.StdEncoding.WithPadding(base32.NoPadding) }

// NewCard returns the text of a new card for a person: AX and a random token. Their earlier card is worth nothing from now
// on. The text is not stored and cannot be had again; only a keyed hash of it is.
func (r *Registry) NewCard(ctx context.Context, id string) (string, error) {
	text := NewCardText()
	if err := r.SetCard(ctx, id, text); err != nil {
		return "", err
	}
	return text, nil
}

// NewCardText returns a text that nobody can guess, for a card that is nobody's yet.
func NewCardText() string {
	token := make([]byte, cardTokenSize)
	rand.Read(token)
	return cardMark + cardEncoding().EncodeToString(token)
}

// SetCard makes a text the card of a person, and their earlier card worth nothing.
func (r *Registry) SetCard(ctx context.Context, id, text string) error {
	return r.change(ctx, id, func(rec *record) { rec.Card = r.secrets.mac(byCard, text) })
}

// FindByCard returns the number of the person whose card in use has this text, or ErrNotFound.
func (r *Registry) FindByCard(ctx context.Context, text string) (string, error) {
	text = strings.ToUpper(strings.TrimSpace(width.Narrow.String(text)))
	if !IsCard(text) {
		return "", ErrNotFound
	}
	hash := r.secrets.mac(byCard, text)
	ids, err := r.find(ctx, byCard, text, func(rec record) bool { return hmac.Equal(rec.Card, hash) })
	switch {
	case err != nil:
		return "", err
	case len(ids) != 1:
		return "", ErrNotFound
	}
	return ids[0], nil
}

// IsCard reports whether a scanned text has the form of a card's.
func IsCard(text string) bool {
	token, ok := strings.CutPrefix(text, cardMark)
	if !ok {
		return false
	}
	b, err := cardEncoding().DecodeString(token)
	return err == nil && len(b) == cardTokenSize
}

// change rewrites one person's record.
func (r *Registry) change(ctx context.Context, id string, f func(*record)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.ready(ctx); err != nil {
		return err
	}
	return r.write(func(txn *badger.Txn) error {
		rec, err := r.record(txn, id)
		if err != nil {
			return err
		}
		f(&rec)
		return r.set(txn, rec)
	})
}
