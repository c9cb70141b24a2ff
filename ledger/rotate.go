package ledger

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
)

// This family gives the key that signs the book's heads its place to another one. That it happened stands in the journal itself, so that
// whoever trusts the old key and sees the entry under a head which that key signed knows the new one: see ledger/proof.

// KeyRotated names the key that signs the heads of the book from now on.
const KeyRotated Kind = "key_rotated"

// RotateKey lets another key sign the heads of the book. By an admin, and always by two persons, both of them admins: whoever could do
// it alone could sign another history.
type RotateKey struct {
	PublicKey string // a verifier key as signed notes have it: name+hash+key
}

// rotateBody returns an empty body of the kind above, or nil.
func rotateBody(k Kind) Body {
	if k == KeyRotated {
		return &RotateKey{}
	}
	return nil
}

// ValidPublicKey reports whether a text is an Ed25519 verifier key of signed notes, written in the one way that there is for it.
func ValidPublicKey(s string) bool {
	name, rest, _ := strings.Cut(s, "+")
	id, key, _ := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(key)
	if err != nil || !ValidOrigin(name) || len(raw) != 1+ed25519Size || raw[0] != ed25519Algorithm {
		return false
	}
	sum := sha256.Sum256(append([]byte(name+"\n"), raw...))
	return id == fmt.Sprintf("%08x", binary.BigEndian.Uint32(sum[:])) && base64.StdEncoding.EncodeToString(raw) == key
}

const (
	ed25519Algorithm = 1
	ed25519Size      = 32
)

func (a *RotateKey) fields(c *codec) { text(c, "public_key", &a.PublicKey) }

func (a *RotateKey) kind() Kind { return KeyRotated }

func (a *RotateKey) roles() anyOf { return anyOf{Admin} }

func (a *RotateKey) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *RotateKey) check(f *faults) { f.want(ValidPublicKey(a.PublicKey), "public_key", "public_key") }

func (a *RotateKey) needs(*Book, Command, *Wants) {}

func (a *RotateKey) decide(b *Book, _ Command, d *draft) *Rejection { return d.itself(a, a.rotates(b)) }

// rotates refuses where the key signs already.
func (a *RotateKey) rotates(b *Book) *Rejection {
	if book, _ := b.book.get(single{}); book.Signer == a.PublicKey {
		return &Rejection{Reason: StatusUnchanged, Subject: a.PublicKey}
	}
	return nil
}

func (a *RotateKey) asked() (Action, Index) { return a, 0 }

func (a *RotateKey) holds(b *Book, e Entry) ([]Posting, error) {
	if e.Proposal == 0 {
		return nil, fmt.Errorf("I13: two persons let another key sign")
	}
	return states(a.rotates(b))
}

func (a *RotateKey) fold(b *Book, e Entry) {
	book := b.book.edit(single{})
	book.Signer, book.Rotated = kept(b, a.PublicKey), e.Index
}

// under is no rule: it takes two whatever the rules say.
func (a *RotateKey) under(*Book, Date) (*Rule, bool) { return &Rule{}, false }

func (a *RotateKey) wantUnder(*Book, *Wants) {}
