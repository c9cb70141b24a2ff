package proof

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"aixin/ledger"
)

const oldPrefix = "old "

// Consistency proves that a book extends what it was when it had Old entries. Its text is what C2SP tlog-witness has a log
// send to a witness, so that a witness takes it as it is. Whoever checks it has kept the old checkpoint.
type Consistency struct {
	Old        ledger.Index
	Path       []ledger.Hash
	Checkpoint []byte // the signed note of the newer head
}

// AppendText appends the proof as the body of an add-checkpoint request.
func (p Consistency) AppendText(b []byte) []byte {
	b = append(b, oldPrefix...)
	b = strconv.AppendInt(b, int64(p.Old), 10)
	b = append(b, '\n')
	return appendPath(b, p.Path, p.Checkpoint)
}

// ParseConsistency reads what AppendText writes. It checks the form and proves nothing.
func ParseConsistency(text []byte) (Consistency, error) {
	p, err := parseConsistency(text)
	if err != nil {
		return Consistency{}, fmt.Errorf("proof between checkpoints: %w: %w", ErrMalformed, err)
	}
	return p, nil
}

func parseConsistency(text []byte) (p Consistency, err error) {
	if len(text) > MaxText {
		return p, fmt.Errorf("%d bytes: at most %d are allowed", len(text), MaxText)
	}
	line, rest, _ := bytes.Cut(text, newline())
	if p.Old, err = parseCount(string(line), oldPrefix); err != nil {
		return p, err
	}
	p.Path, p.Checkpoint, err = parsePath(rest)
	return p, err
}

// Check returns the old head, which is in a checkpoint that was kept, and the new one, which extends it. The book of that
// origin must have signed both with known keys. That it signed two heads of which neither extends the other gives an error
// that wraps ErrFalse: there are two histories.
func (p Consistency) Check(kept []byte, origin string, known note.Verifiers) (before, after ledger.Head, err error) {
	if before, err = OpenCheckpoint(kept, origin, known); err != nil {
		return before, after, fmt.Errorf("the checkpoint that was kept: %w", err)
	}
	if after, err = OpenCheckpoint(p.Checkpoint, origin, known); err != nil {
		return before, after, err
	}
	if before.Size != p.Old {
		return before, after, fmt.Errorf("proof from %d entries: %w: the checkpoint that was kept is of %d", p.Old, ErrOtherHead, before.Size)
	}
	if err := Extends(p.Path, before, after); err != nil {
		return before, after, fmt.Errorf("from %d entries to %d: %w: %w", before.Size, after.Size, ErrFalse, err)
	}
	return before, after, nil
}

// Extends follows a path from an old head to a new one, and returns why the new one does not extend it, or nil.
func Extends(path []ledger.Hash, before, after ledger.Head) error {
	var empty ledger.Frontier
	switch {
	case before.Size > after.Size:
		return errors.New("the newer checkpoint has fewer entries")
	case before.Size > 0:
		return tlog.CheckTree(theirs(path), int64(after.Size), tlog.Hash(after.Root), int64(before.Size), tlog.Hash(before.Root))
	case len(path) > 0:
		return errors.New("an empty book needs no hash")
	case before.Root != empty.Root(), after.Size == 0 && after.Root != before.Root:
		return errors.New("the root of an empty book is another")
	}
	return nil
}
