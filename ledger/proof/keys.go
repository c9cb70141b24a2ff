package proof

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Keys are the public keys of one book, which is all that a proof is checked with. They are note.Verifiers.
type Keys struct {
	Origin string // the name of the book, and of each key
	note.Verifiers
}

// ParseKeys reads verifier keys of package note, one on each line, all of one book.
func ParseKeys(text string) (Keys, error) {
	var k Keys
	var list []note.Verifier
	for field := range strings.FieldsSeq(text) {
		v, err := note.NewVerifier(field)
		switch {
		case err != nil:
			return k, fmt.Errorf("public key %.80q: %w", field, err)
		case len(list) > 0 && v.Name() != k.Origin:
			return k, fmt.Errorf("public keys of %s and of %s", k.Origin, v.Name())
		}
		k.Origin, list = v.Name(), append(list, v)
	}
	if len(list) == 0 {
		return k, errors.New("no public key")
	}
	k.Verifiers = note.VerifierList(list...)
	return k, nil
}
