package proof

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
)

const (
	statementTitle = "aixin/statement@v1"
	accountPrefix  = "account "

	// MaxStatement bounds the text of a statement with its proofs: some ten thousand lines of ordinary length.
	MaxStatement = 32 << 20
)

// Statement is lines of one account, each with its proof, under one checkpoint. Its text is a title, the account, and the
// tlog-proof of each line as a file of its own would have it, and the note of the account's own chain where there is one. It shows that its
// lines are in the book. That no line was left out the book signs in the chain; that this is true shows only where somebody has the whole
// journal under that checkpoint: see Omits.
type Statement struct {
	Account ledger.AccountKey
	Lines   []Inclusion // the oldest first
	Chain   []byte      // the signed note of the account's own chain; nil where whoever proved it does not have the key
}

// Proved is a line of a statement that is in the book.
type Proved struct {
	Entry   ledger.Entry
	Amount  ledger.Amount // by which the entry changed the account
	Balance ledger.Amount // the sum up to here of the lines that are shown
}

// AppendText appends the statement as text.
func (s Statement) AppendText(b []byte) []byte {
	b = append(b, statementTitle+"\n"+accountPrefix+s.Account.String()+"\n\n"...)
	for _, p := range s.Lines {
		b = p.AppendText(b)
	}
	if s.Chain != nil {
		b = append(b, '\n')
		b = append(b, s.Chain...)
	}
	return b
}

// ParseStatement reads what AppendText writes. It checks the form and proves nothing.
func ParseStatement(text []byte) (Statement, error) {
	s, err := parseStatement(text)
	if err != nil {
		return Statement{}, fmt.Errorf("statement with proofs: %w: %w", ErrMalformed, err)
	}
	return s, nil
}

func parseStatement(text []byte) (s Statement, err error) {
	if len(text) > MaxStatement {
		return s, fmt.Errorf("%d bytes: at most %d are allowed", len(text), MaxStatement)
	}
	rest, ok := bytes.CutPrefix(text, []byte(statementTitle+"\n"+accountPrefix))
	account, rest, found := bytes.Cut(rest, []byte("\n\n"))
	if !ok || !found {
		return s, errors.New("its account is missing")
	}
	if s.Account, ok = ledger.ParseAccountKey(string(account)); !ok {
		return s, fmt.Errorf("account %.60q", account)
	}
	if at := bytes.Index(rest, []byte("\n"+chainTitle+"\n")); at >= 0 {
		rest, s.Chain = rest[:at], rest[at+1:]
	}
	if s.Lines, err = parseInclusions(rest); err == nil && len(s.Lines) == 0 {
		err = errors.New("it has no lines")
	}
	return s, err
}

// parseInclusions reads proofs that stand one behind another. No line of a checkpoint is the title of a proof: a checkpoint names the book
// and numbers, and its signatures begin with a dash.
func parseInclusions(text []byte) (list []Inclusion, err error) {
	for len(text) > 0 {
		end := len(text)
		if at := bytes.Index(text, []byte("\n"+inclusionTitle+"\n")); at >= 0 {
			end = at + 1
		}
		p, err := parseInclusion(text[:end])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", len(list)+1, err)
		}
		list, text = append(list, p), text[end:]
	}
	return list, nil
}

// Check returns the lines, and the head of the checkpoint that all of them are under. Each must be in the book, behind the one
// before it, and change the account.
func (s Statement) Check(origin string, known note.Verifiers) ([]Proved, ledger.Head, error) {
	if len(s.Lines) == 0 {
		return nil, ledger.Head{}, fmt.Errorf("statement with proofs: %w: it has no lines", ErrMalformed)
	}
	checkpoint := s.Lines[0].Checkpoint
	head, err := OpenCheckpoint(checkpoint, origin, known)
	if err != nil {
		return nil, head, err
	}
	var proved []Proved
	var balance ledger.Amount
	for i, p := range s.Lines {
		if !bytes.Equal(p.Checkpoint, checkpoint) {
			return nil, head, fmt.Errorf("entry %d: %w: its checkpoint is not the one of the line before", p.Index, ErrMalformed)
		}
		if i > 0 && p.Index <= s.Lines[i-1].Index {
			return nil, head, fmt.Errorf("entry %d: %w: it stands behind entry %d", p.Index, ErrMalformed, s.Lines[i-1].Index)
		}
		e, err := p.under(head)
		if err != nil {
			return nil, head, err
		}
		amount, touched := moved(e, s.Account)
		if !touched {
			return nil, head, fmt.Errorf("entry %d: %w: it does not change %s", p.Index, ErrFalse, s.Account)
		}
		balance += amount
		proved = append(proved, Proved{e, amount, balance})
	}
	return proved, head, nil
}

// ErrOmitted is wrapped where a statement leaves out a line that the book has under the same checkpoint. Its lines are true, and it
// is not whole: its sum is no balance. Show it to an auditor.
var ErrOmitted = errors.New("the statement leaves out a line")

// Omits holds a statement against every entry that changes its account, in order, as a journal has them up to the checkpoint of the
// statement. It wraps ErrOmitted where one of them is no line, and ErrFalse where a line is none of them.
func (s Statement) Omits(all []ledger.Index) error {
	for n, i := range all {
		if n >= len(s.Lines) || s.Lines[n].Index > i {
			return fmt.Errorf("entry %d: %w", i, ErrOmitted)
		}
		if s.Lines[n].Index < i {
			return fmt.Errorf("entry %d: %w: the journal does not have it", s.Lines[n].Index, ErrFalse)
		}
	}
	if len(s.Lines) > len(all) {
		return fmt.Errorf("entry %d: %w: the journal does not have it", s.Lines[len(all)].Index, ErrFalse)
	}
	return nil
}

// Touches reports whether an entry belongs on the statement of an account.
func Touches(e ledger.Entry, k ledger.AccountKey) bool {
	_, touched := moved(e, k)
	return touched
}

// moved sums what an entry posts to an account.
func moved(e ledger.Entry, k ledger.AccountKey) (sum ledger.Amount, touched bool) {
	for _, p := range e.Postings {
		if p.Account == k.ID && p.Commodity == k.Commodity {
			sum, touched = sum+p.Amount, true
		}
	}
	return sum, touched
}

// Kind says what a text claims to be, by its first line.
type Kind int

// The kinds of proofs.
const (
	NoProof Kind = iota
	OfEntry
	OfExtension
	OfStatement
	OfKeys
	AsCode // of an entry, as a QR code carries it
)

// KindOf looks at the beginning of a text.
func KindOf(text []byte) Kind {
	switch s := string(text[:min(len(text), 64)]); {
	case strings.HasPrefix(s, inclusionTitle):
		return OfEntry
	case strings.HasPrefix(s, oldPrefix):
		return OfExtension
	case strings.HasPrefix(s, statementTitle):
		return OfStatement
	case strings.HasPrefix(s, keysTitle):
		return OfKeys
	case strings.HasPrefix(s, codePrefix):
		return AsCode
	}
	return NoProof
}
