package proof

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
)

// Keys give their place to others. That one did is an entry, key_rotated, and shown by an inclusion proof of it under a checkpoint that
// both keys signed: the old one, so that whoever trusts it knows the new one, and the new one, so that somebody has it. From then on the
// old key signs no larger head, and the new one none that lacks the entry.

// ErrRetired means that a checkpoint is signed by a key that had given its place to another one: ask for the keys of the book, and who
// vouches for the note.
var ErrRetired = errors.New("its key had given its place to another")

const keysTitle = "aixin/keys@v1"

// Chain is the keys of a book, one after another. Its text is a title, the keys that the book began with, and, behind an empty line, for every
// rotation the tlog-proof of its entry as a file of its own would have it.
type Chain struct {
	First     []string    // verifier keys of package note
	Rotations []Inclusion // the oldest first
}

// AppendText appends the chain as text.
func (c Chain) AppendText(b []byte) []byte {
	b = append(b, keysTitle+"\n"+strings.Join(c.First, "\n")+"\n"...)
	for i, r := range c.Rotations {
		if i == 0 {
			b = append(b, '\n')
		}
		b = r.AppendText(b)
	}
	return b
}

// ParseChain reads what AppendText writes. It checks the form and proves nothing.
func ParseChain(text []byte) (Chain, error) {
	var c Chain
	rest, ok := bytes.CutPrefix(text, []byte(keysTitle+"\n"))
	first, rest, found := bytes.Cut(rest, []byte("\n\n"))
	if !found {
		first, found = bytes.CutSuffix(first, newline())
	}
	if !ok || !found || len(text) > MaxStatement {
		return c, fmt.Errorf("keys of a book: %w", ErrMalformed)
	}
	c.First = strings.Split(string(first), "\n")
	var err error
	if c.Rotations, err = parseInclusions(rest); err != nil {
		return Chain{}, fmt.Errorf("keys of a book: %w: %w", ErrMalformed, err)
	}
	return c, nil
}

// Keys returns the keys of a chain of which the first are trusted.
func (c Chain) Keys() (Keys, error) {
	k, err := ParseKeys(strings.Join(c.First, "\n"))
	if err != nil {
		return k, err
	}
	return k.Follow(c)
}

// Follow returns the keys that a chain leads to from those that are trusted, each for the heads that it may sign. A chain may begin
// before them. One that leads from none of them wraps ErrUnsigned, and one that contradicts itself ErrFalse.
func (k Keys) Follow(c Chain) (Keys, error) {
	var before error
	followed := false
	for _, r := range c.Rotations {
		next, err := k.rotate(r)
		switch {
		case err == nil:
			k, followed = next, true
		case followed || !errors.Is(err, ErrUnsigned):
			return k, fmt.Errorf("entry %d lets another key sign: %w", r.Index, err)
		default:
			before = err // of keys that nobody vouches for here
		}
	}
	if followed {
		return k, nil
	}
	return k, before
}

// rotate takes the key that an entry lets sign, if the key that signs now and the new one signed a head above it. A key that has given its
// place lets no other in: whoever stole it could show a history that was never kept. What was followed before changes nothing.
func (k Keys) rotate(r Inclusion) (Keys, error) {
	head, err := OpenCheckpoint(r.Checkpoint, k.Origin, k.Verifiers) // which may be older than an SM2 key
	if err != nil {
		return k, err
	}
	e, err := r.under(head)
	if err != nil {
		return k, err
	}
	body, ok := e.Body.(*ledger.RotateKey)
	if !ok {
		return k, fmt.Errorf("%w: it is %s", ErrFalse, e.Kind)
	}
	next, err := note.NewVerifier(body.PublicKey)
	if err != nil {
		return k, fmt.Errorf("%w: %w", ErrFalse, err)
	}
	if _, err := OpenCheckpoint(r.Checkpoint, k.Origin, note.VerifierList(next)); err != nil {
		return k, fmt.Errorf("%w: the new key did not sign: %w", ErrFalse, err)
	}
	from := r.Index + 1
	i := slices.IndexFunc(k.list, func(t termed) bool { return same(t, next) })
	switch {
	case i >= 0 && k.list[i].letIn && k.list[i].from == from:
		return k, nil // it was followed before
	case i >= 0 && k.list[i].letIn:
		return k, fmt.Errorf("%w: entry %d let the key in", ErrFalse, k.list[i].from-1)
	case i < 0 && !k.current(r.Checkpoint, from):
		return k, fmt.Errorf("%w: no key that signs now did", ErrRetired)
	}
	return k.with(body.PublicKey, next, from, head.Size), nil
}

// current reports whether a key signed that may sign every head from a size on.
func (k Keys) current(checkpoint []byte, from ledger.Index) bool {
	n, err := note.Open(checkpoint, k)
	return err == nil && slices.ContainsFunc(n.Sigs, func(s note.Signature) bool {
		v, err := k.Verifier(s.Name, s.Hash)
		t, ok := v.(termed)
		return err == nil && ok && t.until == math.MaxInt64 && t.from < from
	})
}

// with adds a key that signs heads from a size on; those before it sign up to another one.
func (k Keys) with(text string, next note.Verifier, from, until ledger.Index) Keys {
	list := slices.Clone(k.list)
	for i := range list {
		switch {
		case same(list[i], next):
			list[i].from = from
		case list[i].until == math.MaxInt64:
			list[i].until = until
		}
	}
	if !slices.ContainsFunc(list, func(t termed) bool { return same(t, next) }) {
		list = append(list, termed{next, text, true, from, math.MaxInt64})
	}
	return newKeys(k.Origin, list, k.also)
}

func same(a, b note.Verifier) bool { return a.Name() == b.Name() && a.KeyHash() == b.KeyHash() }

// termed is a key for heads of some sizes.
type termed struct {
	note.Verifier
	text        string // of the key
	letIn       bool   // by another one
	from, until ledger.Index
}

// retired returns why no key may have signed a head of that size; nil where one may.
func retired(n *note.Note, known note.Verifiers, size ledger.Index) error {
	for _, s := range n.Sigs {
		v, err := known.Verifier(s.Name, s.Hash)
		if err != nil {
			return err
		}
		if t, ok := v.(termed); ok && (size < t.from || size > t.until) {
			return fmt.Errorf("%w: it may sign from %d to %d entries", ErrRetired, t.from, t.until)
		}
	}
	return nil
}
