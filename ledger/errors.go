package ledger

import (
	"errors"
	"fmt"
	"strings"
)

// ErrCorrupt is wrapped by every error that says a book is not what the ledger wrote: a line that does not parse, a root that
// does not match, an entry that breaks an invariant. Stop and show it to a person.
var ErrCorrupt = errors.New("the book is damaged")

// ErrNewer is wrapped where a line hashes rightly and has a format or kind that this program does not know: use a newer one.
var ErrNewer = errors.New("a newer aixin is needed")

// CorruptError names the first entry at fault.
type CorruptError struct {
	Index Index
	Err   error
}

func (e *CorruptError) Error() string { return fmt.Sprintf("entry %d: %v", e.Index, e.Err) }

// Unwrap makes errors.Is(err, ErrCorrupt) true, and keeps the cause.
func (e *CorruptError) Unwrap() []error { return []error{ErrCorrupt, e.Err} }

// Invalid lists every malformed field of a command: the caller mends them and asks again; nothing was decided.
type Invalid struct {
	Fields []Fault
}

// Fault is one malformed field. Code is stable and finds the sentence in the catalogs; no value is kept, because a wrong
// value may be an ID number in the wrong column.
type Fault struct {
	Field string // such as "volunteer" or "lines[2].pieces"
	Code  string // such as "volunteer_number"; see the faults that check methods name
}

func (e *Invalid) Error() string {
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = f.Field + ": " + f.Code
	}
	return "malformed: " + strings.Join(parts, ", ")
}

// faults collects the malformed fields of one command.
type faults struct {
	list []Fault
}

// want notes a fault where ok is false.
func (f *faults) want(ok bool, field, code string) {
	if !ok {
		f.list = append(f.list, Fault{field, code})
	}
}

// wantAt is want of an item of a list, whose name is put together only where there is a fault.
func (f *faults) wantAt(ok bool, list string, i int, field, code string) {
	if !ok {
		f.want(false, fmt.Sprintf("%s[%d]%s", list, i, field), code)
	}
}
