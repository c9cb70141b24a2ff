package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
)

// ChangedNone returns the name of a table whose stand-in for facts that do not exist is not empty any more.
func ChangedNone(b *Book) string {
	all, tables := reflect.ValueOf(b).Elem(), 0
	for i := range all.NumField() {
		f := all.Field(i)
		if f.Kind() != reflect.Struct || !f.FieldByName("none").IsValid() {
			continue
		}
		if tables++; !f.FieldByName("none").IsZero() {
			return all.Type().Field(i).Name
		}
	}
	if tables != len(b.families) {
		return fmt.Sprintf("table among %d of %d", tables, len(b.families))
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

// RoundTrip writes a body or a fact as a line and packed, reads each into an empty one, and writes that. It returns both forms.
func RoundTrip(w, empty Walked) (forms [2]string, err error) {
	for i, packs := range []bool{false, true} {
		reflect.ValueOf(empty).Elem().SetZero()
		wrote := codec{packs: packs}
		wrote.walk(w)
		read := codec{in: string(wrote.out), reading: true, packs: packs}
		read.walk(empty)
		again := codec{packs: packs}
		again.walk(empty)
		if err := errors.Join(wrote.err, read.err); err != nil {
			return forms, fmt.Errorf("%q: %w", wrote.out, err)
		}
		if read.in != "" || !bytes.Equal(again.out, wrote.out) {
			return forms, fmt.Errorf("%q is read as %q, %q is left", wrote.out, again.out, read.in)
		}
		forms[i] = string(wrote.out)
	}
	return forms, nil
}
