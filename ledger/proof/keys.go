package proof

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
)

// Keys are the public keys of one book, which is all that a proof is checked with. They are note.Verifiers.
type Keys struct {
	Origin string // the name of the book, and of each key
	note.Verifiers

	list []termed
	also []SM2 // that must have signed too
}

// SM2 reports whether the keys ask for an SM2 signature beside that of the book: SignedToo.
func (k Keys) SM2() bool { return len(k.also) > 0 }

// Trusted lists the keys that others were not let in by: those that whoever checks a proof has to know. They are text.
func (k Keys) Trusted() (list []string) {
	for _, t := range k.list {
		if !t.letIn {
			list = append(list, t.text)
		}
	}
	for _, v := range k.also {
		list = append(list, v.text)
	}
	return list
}

func newKeys(origin string, list []termed, also []SM2) Keys {
	known := make([]note.Verifier, 0, len(list))
	for _, t := range list {
		known = append(known, t)
	}
	return Keys{origin, note.VerifierList(known...), list, also}
}

// ParseKeys reads verifier keys of package note, one on each line, all of one book; or a Chain, whose first keys are trusted. A note must
// be signed by one of them, and by each SM2 key that stands beside them.
func ParseKeys(text string) (Keys, error) {
	var k Keys
	var list []termed
	var also []SM2
	if strings.HasPrefix(text, keysTitle) {
		c, err := ParseChain([]byte(text))
		if err != nil {
			return k, err
		}
		return c.Keys()
	}
	for field := range strings.FieldsSeq(text) {
		if second, err := ParseSM2(field); err == nil {
			also = append(also, second)
			continue
		}
		v, err := note.NewVerifier(field)
		switch {
		case err != nil:
			return k, fmt.Errorf("public key %.80q: %w", field, err)
		case len(list) > 0 && v.Name() != k.Origin:
			return k, fmt.Errorf("public keys of %s and of %s", k.Origin, v.Name())
		}
		k.Origin, list = v.Name(), append(list, termed{Verifier: v, text: field, until: math.MaxInt64})
	}
	if len(list) == 0 {
		return k, errors.New("no public key")
	}
	for _, second := range also {
		if second.name != k.Origin {
			return k, fmt.Errorf("public keys of %s and of %s", k.Origin, second.name)
		}
	}
	return newKeys(k.Origin, list, also), nil
}

// Term says which heads a key may sign.
type Term struct {
	Key         string       // as text
	LetIn       bool         // by the one before it, with the entry before From
	From, Until ledger.Index // entries in the heads; without an end, math.MaxInt64
}

// Terms lists the keys in the order in which they signed.
func (k Keys) Terms() []Term {
	list := make([]Term, 0, len(k.list))
	for _, t := range k.list {
		list = append(list, Term{t.text, t.letIn, t.from, t.until})
	}
	return list
}
