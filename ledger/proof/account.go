package proof

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"aixin/ledger"
)

// chainTitle begins the note of an account's chain, where a checkpoint has the origin: neither passes for the other.
const chainTitle = "aixin account chain v1"

// chainOf is the chain of an account: of nothing it is zeros, and each entry that changes the account, in order, makes it
// SHA-256(0x02 || the chain before || leaf hash of the entry). So it has one value for one list of entries.
func chainOf(lines []Inclusion) (link ledger.Hash) {
	for _, p := range lines {
		leaf := ledger.LeafHash(p.Line)
		link = sha256.Sum256(append(append([]byte{2}, link[:]...), leaf[:]...))
	}
	return link
}

// ChainText is what the book signs of a statement that has every entry of its account: the head, the account, how many entries there are, and
// their chain. Who signs it for fewer has signed a lie that anybody with the journal can show.
func (s Statement) ChainText(origin string, head ledger.Head) string {
	lines := []string{
		chainTitle, origin, strconv.FormatInt(int64(head.Size), 10), head.Root.String(), s.Account.String(), strconv.Itoa(len(s.Lines)), chainOf(s.Lines).String(),
	}
	return strings.Join(lines, "\n") + "\n"
}

// Whole reports whether the book signed that the lines are all that its account has up to the head; it did not where there is no chain. It
// wraps ErrOmitted where the book signed another list under that head, and ErrUnsigned or ErrAltered where nobody known signed the chain.
func (s Statement) Whole(origin string, head ledger.Head, known note.Verifiers) (bool, error) {
	if s.Chain == nil {
		return false, nil
	}
	opened, err := note.Open(s.Chain, known)
	if err != nil {
		return false, fmt.Errorf("chain of %s: %w: %w", s.Account, ErrUnsigned, whyUnsigned(s.Chain, origin, err))
	}
	if !signedBy(opened, origin) {
		return false, fmt.Errorf("chain of %s: %w", s.Account, ErrUnsigned)
	}
	if err := SignedToo(s.Chain, known); err != nil {
		return false, fmt.Errorf("chain of %s: %w: %w", s.Account, ErrUnsigned, err)
	}
	if err := retired(opened, known, head.Size); err != nil {
		return false, fmt.Errorf("chain of %s: %w: %w", s.Account, ErrUnsigned, err)
	}
	if want := s.ChainText(origin, head); opened.Text != want {
		return false, fmt.Errorf("chain of %s: %w", s.Account, ErrOmitted)
	}
	return true, nil
}
