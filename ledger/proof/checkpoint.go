package proof

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
)

// ErrCheckpoint is wrapped where a note is signed by a known key and is not a checkpoint of the book that was asked for.
var ErrCheckpoint = errors.New("not a checkpoint of this book")

// ErrUnsigned is wrapped where a note does not carry a valid signature of the book: it was changed, or signed by a key that
// the book does not name.
var ErrUnsigned = errors.New("not signed by this book")

// The reasons for ErrUnsigned, beside a note that is none: each asks for something else.
var (
	// ErrOtherBook means that the checkpoint names another book than the key: ask for the key of that book.
	ErrOtherBook = errors.New("it is of another book")

	// ErrOtherKey means that no key that is known signed it: ask for the key that did, and who vouches for it.
	ErrOtherKey = errors.New("it is signed by another key")

	// ErrAltered means that it was changed after it was signed.
	ErrAltered = errors.New("it was changed after it was signed")
)

// ErrOtherHead is wrapped where a proof begins at another size than the checkpoint that was kept: ask for one that begins there.
var ErrOtherHead = errors.New("the proof begins at another size")

const (
	timePrefix = "at "
	timeLayout = "2006-01-02T15:04:05.000Z"
)

// SignCheckpoint returns the signed note of a head. The signer's name is the origin. Two sign where one gives its place to the other.
func SignCheckpoint(origin string, head ledger.Head, signers ...note.Signer) ([]byte, error) {
	for _, s := range signers {
		if s.Name() != origin {
			return nil, fmt.Errorf("checkpoint of %s: the key is named %s", origin, s.Name())
		}
	}
	if head.Size < 0 {
		return nil, fmt.Errorf("checkpoint of %s: size %d", origin, head.Size)
	}
	signed, err := note.Sign(&note.Note{Text: checkpointText(origin, head)}, signers...)
	if err != nil {
		return nil, fmt.Errorf("checkpoint of %s: %w", origin, err)
	}
	return signed, nil
}

func checkpointText(origin string, head ledger.Head) string {
	text := fmt.Sprintf("%s\n%d\n%v\n", origin, head.Size, head.Root)
	if !head.At.IsZero() {
		text += timePrefix + head.At.UTC().Format(timeLayout) + "\n"
	}
	return text
}

// OpenCheckpoint returns the head in a note that the book of that name signed with one of the known keys. Signatures by
// others, such as witnesses, are welcome and do not replace the book's own; one that Keys ask for must be there too. Extension lines of
// later versions are passed over.
func OpenCheckpoint(msg []byte, origin string, known note.Verifiers) (ledger.Head, error) {
	opened, err := note.Open(msg, known)
	if err != nil {
		return ledger.Head{}, fmt.Errorf("checkpoint of %s: %w: %w", origin, ErrUnsigned, whyUnsigned(msg, origin, err))
	}
	if !signedBy(opened, origin) {
		return ledger.Head{}, fmt.Errorf("checkpoint of %s: %w", origin, ErrUnsigned)
	}
	if err := SignedToo(msg, known); err != nil {
		return ledger.Head{}, fmt.Errorf("checkpoint of %s: %w: %w", origin, ErrUnsigned, err)
	}
	head, err := parseCheckpoint(opened.Text, origin)
	if err != nil {
		return ledger.Head{}, fmt.Errorf("checkpoint of %s: %w: %w", origin, ErrCheckpoint, err)
	}
	if err := retired(opened, known, head.Size); err != nil {
		return ledger.Head{}, fmt.Errorf("checkpoint of %s: %w: %w", origin, ErrUnsigned, err)
	}
	return head, nil
}

// OriginOf returns the book that a checkpoint names, whoever signed it.
func OriginOf(msg []byte) (string, error) {
	origin, _, ok := strings.Cut(string(msg), "\n")
	if !ok || origin == "" {
		return "", fmt.Errorf("%w: it names no book", ErrCheckpoint)
	}
	return origin, nil
}

// whyUnsigned says more exactly why a note does not open.
func whyUnsigned(msg []byte, origin string, err error) error {
	if _, ok := errors.AsType[*note.InvalidSignatureError](err); ok {
		return fmt.Errorf("%w: %w", ErrAltered, err)
	}
	if _, ok := errors.AsType[*note.UnverifiedNoteError](err); !ok {
		return err // it is no note
	}
	if named, _, _ := strings.Cut(string(msg), "\n"); named != origin {
		return fmt.Errorf("%w: %.80q", ErrOtherBook, named)
	}
	return fmt.Errorf("%w: %w", ErrOtherKey, err)
}

// signedBy reports whether a verified signature is the book's own, and is written in the one way that base64 has for it:
// package note passes over the bits that pad the last character.
func signedBy(n *note.Note, name string) bool {
	return slices.ContainsFunc(n.Sigs, func(s note.Signature) bool {
		_, err := base64.StdEncoding.Strict().DecodeString(s.Base64)
		return s.Name == name && err == nil
	})
}

// parseCheckpoint reads what checkpointText writes, and extension lines that it does not.
func parseCheckpoint(text, origin string) (ledger.Head, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	switch {
	case len(lines) < 3:
		return ledger.Head{}, fmt.Errorf("%d lines", len(lines))
	case lines[0] != origin:
		return ledger.Head{}, fmt.Errorf("it names %.80q", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return ledger.Head{}, fmt.Errorf("size %.40q", lines[1])
	}
	root, err := ledger.ParseHash(lines[2])
	if err != nil {
		return ledger.Head{}, fmt.Errorf("root: %w", err)
	}
	head := ledger.Head{Size: ledger.Index(size), Root: root}
	for _, line := range lines[3:] {
		switch at, isTime := strings.CutPrefix(line, timePrefix); {
		case line == "":
			return ledger.Head{}, errors.New("an extension line is empty")
		case isTime && !head.At.IsZero():
			return ledger.Head{}, errors.New("it has two times")
		case isTime:
			if head.At, err = parseTime(at); err != nil {
				return ledger.Head{}, err
			}
		}
	}
	return head, nil
}

// parseTime accepts only what checkpointText writes.
func parseTime(s string) (time.Time, error) {
	at, err := time.Parse(timeLayout, s)
	if err != nil || at.Format(timeLayout) != s {
		return time.Time{}, fmt.Errorf("time %.40q", s)
	}
	return at, nil
}
