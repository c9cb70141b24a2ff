package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
)

// ChangedNone returns the name of a table whose stand-in for facts that do not exist is not empty any more.
func ChangedNone(b *Book) string {
	all := reflect.ValueOf(b).Elem()
	for i := range all.NumField() {
		if f := all.Field(i); f.Kind() == reflect.Struct && f.FieldByName("none").IsValid() && !f.FieldByName("none").IsZero() {
			return all.Type().Field(i).Name
		}
	}
	return ""
}

// Walked is a body or a fact.
type Walked = walked

// Walks returns a maker of the body of each of the kinds but a proposal, which has an action of any kind within it, and of every fact, by what
// it is called.
func Walks(kinds []string) map[string]func() Walked {
	all := map[string]func() Walked{}
	for _, k := range kinds {
		if _, proposal := newBody(Kind(k)).(*Proposal); !proposal {
			all["body "+k] = func() Walked { return newBody(Kind(k)) }
		}
	}
	for f := range reflect.TypeFor[Book]().Fields() {
		if f.Type.Kind() != reflect.Struct {
			continue
		}
		if none, ok := f.Type.FieldByName("none"); ok {
			all["fact "+f.Name] = func() Walked {
				w, _ := reflect.TypeAssert[Walked](reflect.New(none.Type))
				return w
			}
		}
	}
	return all
}

// RoundTrip writes a body or a fact as a line and packed, reads each into an empty one, and writes that.
func RoundTrip(w, empty Walked) error {
	for _, packs := range []bool{false, true} {
		reflect.ValueOf(empty).Elem().SetZero()
		wrote := codec{packs: packs}
		wrote.walk(w)
		read := codec{in: string(wrote.out), reading: true, packs: packs}
		read.walk(empty)
		again := codec{packs: packs}
		again.walk(empty)
		if err := errors.Join(wrote.err, read.err); err != nil {
			return fmt.Errorf("%q: %w", wrote.out, err)
		}
		if read.in != "" || !bytes.Equal(again.out, wrote.out) {
			return fmt.Errorf("%q is read as %q, %q is left", wrote.out, again.out, read.in)
		}
	}
	return nil
}
