package proof

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"aixin/ledger"
)

// ErrMalformed is wrapped where a text is no proof: another file, or one that was cut short or changed on its way.
var ErrMalformed = errors.New("not a proof")

// ErrFalse is wrapped where a checkpoint that the book signed contradicts what was to be proved: the line was changed, or
// another history was signed.
var ErrFalse = errors.New("the proof does not hold")

const (
	inclusionTitle = "c2sp.org/tlog-proof@v1"
	extraPrefix    = "extra "
	indexPrefix    = "index "
	hashLength     = 44 // of base64
	maxPath        = 63 // hashes; no tree is higher

	// MaxText bounds the text of one proof: the longest line in base64, a path, and a checkpoint that many witnesses signed.
	MaxText = 2 * ledger.MaxLine
)

// Inclusion proves that a book holds a line. Its text is a C2SP tlog-proof whose extra data are the bytes of the line, so that
// whoever has the file and the public key needs nothing else.
type Inclusion struct {
	Index      ledger.Index
	Line       []byte
	Path       []ledger.Hash // from the sibling of the leaf to a child of the root
	Checkpoint []byte        // the signed note
}

// AppendText appends the proof as tlog-proof text.
func (p Inclusion) AppendText(b []byte) []byte {
	b = append(b, inclusionTitle+"\n"...)
	if len(p.Line) > 0 {
		b = append(b, extraPrefix...)
		b = base64.StdEncoding.AppendEncode(b, p.Line)
		b = append(b, '\n')
	}
	b = append(b, indexPrefix...)
	b = strconv.AppendInt(b, int64(p.Index), 10)
	b = append(b, '\n')
	return appendPath(b, p.Path, p.Checkpoint)
}

// ParseInclusion reads what AppendText writes. It checks the form and proves nothing.
func ParseInclusion(text []byte) (Inclusion, error) {
	p, err := parseInclusion(text)
	if err != nil {
		return Inclusion{}, fmt.Errorf("proof of an entry: %w: %w", ErrMalformed, err)
	}
	return p, nil
}

func parseInclusion(text []byte) (p Inclusion, err error) {
	if len(text) > MaxText {
		return p, fmt.Errorf("%d bytes: at most %d are allowed", len(text), MaxText)
	}
	rest, ok := bytes.CutPrefix(text, []byte(inclusionTitle+"\n"))
	if !ok {
		return p, fmt.Errorf("it does not begin with %s", inclusionTitle)
	}
	line, after, _ := bytes.Cut(rest, newline())
	if extra, ok := bytes.CutPrefix(line, []byte(extraPrefix)); ok {
		p.Line, err = base64.StdEncoding.Strict().DecodeString(string(extra))
		if err != nil || len(p.Line) == 0 || bytes.ContainsAny(p.Line, "\r\n") || bytes.ContainsAny(extra, "\r\n") {
			return p, errors.New("the line of the entry is not one line in base64")
		}
		line, after, _ = bytes.Cut(after, newline())
	}
	if p.Index, err = parseCount(string(line), indexPrefix); err != nil {
		return p, err
	}
	p.Path, p.Checkpoint, err = parsePath(after)
	return p, err
}

// Check returns the entry and the head of the checkpoint that it is under. The book of that origin must have signed the
// checkpoint with one of the known keys, and the bytes of the line must lead to its root. An entry of a later format is
// proved all the same, and the error wraps ledger.ErrNewer.
func (p Inclusion) Check(origin string, known note.Verifiers) (ledger.Entry, ledger.Head, error) {
	head, err := OpenCheckpoint(p.Checkpoint, origin, known)
	if err != nil {
		return ledger.Entry{}, head, err
	}
	e, err := p.under(head)
	return e, head, err
}

// under proves the line under a head that was signed.
func (p Inclusion) under(head ledger.Head) (ledger.Entry, error) {
	if len(p.Line) == 0 {
		return ledger.Entry{}, fmt.Errorf("entry %d: %w: it comes without its line", p.Index, ErrMalformed)
	}
	leaf := tlog.Hash(ledger.LeafHash(p.Line))
	if p.Index >= head.Size {
		return ledger.Entry{}, fmt.Errorf("entry %d: %w: the checkpoint is of %d entries", p.Index, ErrFalse, head.Size)
	}
	if err := tlog.CheckRecord(theirs(p.Path), int64(head.Size), tlog.Hash(head.Root), int64(p.Index), leaf); err != nil {
		return ledger.Entry{}, fmt.Errorf("entry %d: %w: %w", p.Index, ErrFalse, err)
	}
	e, err := ledger.ParseLine(p.Line)
	switch {
	case errors.Is(err, ledger.ErrNewer):
		return e, fmt.Errorf("entry %d: %w", p.Index, err)
	case err != nil:
		return e, fmt.Errorf("entry %d: %w: %w", p.Index, ErrFalse, err)
	case e.Index != p.Index:
		return e, fmt.Errorf("entry %d: %w: its line says that it is entry %d", p.Index, ErrFalse, e.Index)
	}
	return e, nil
}

// appendPath appends the hashes of a proof and the checkpoint that they lead to.
func appendPath(b []byte, path []ledger.Hash, checkpoint []byte) []byte {
	for _, h := range path {
		b = append(b, h.String()...)
		b = append(b, '\n')
	}
	b = append(b, '\n')
	return append(b, checkpoint...)
}

// parsePath reads what appendPath writes.
func parsePath(text []byte) (path []ledger.Hash, checkpoint []byte, err error) {
	for {
		line, rest, ok := bytes.Cut(text, newline())
		switch {
		case !ok:
			return nil, nil, errors.New("it ends before its checkpoint")
		case len(line) == 0 && len(rest) == 0:
			return nil, nil, errors.New("it has no checkpoint")
		case len(line) == 0:
			return path, bytes.Clone(rest), nil
		case len(path) == maxPath:
			return nil, nil, fmt.Errorf("it has more than %d hashes", maxPath)
		}
		h, err := ledger.ParseHash(string(line[:min(len(line), hashLength+1)]))
		if err != nil {
			return nil, nil, err
		}
		path, text = append(path, h), rest
	}
}

// parseCount reads a line of a word and a number as AppendText writes it.
func parseCount(line, prefix string) (ledger.Index, error) {
	s, ok := strings.CutPrefix(line, prefix)
	n, err := strconv.ParseInt(s, 10, 64)
	if !ok || err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("want %sN at %.40q", prefix, line)
	}
	return ledger.Index(n), nil
}

func newline() []byte { return []byte{'\n'} }
