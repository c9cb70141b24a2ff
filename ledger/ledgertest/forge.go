package ledgertest

import (
	"slices"

	"aixin/ledger"
)

// Forge returns a journal in which one entry is another one, as somebody would leave it who can write the journal and hash it anew:
// nothing was asked of the book.
func Forge(journal [][]byte, i ledger.Index, change func(*ledger.Entry)) ([][]byte, error) {
	e, err := ledger.ParseLine(journal[i])
	if err != nil {
		return nil, err
	}
	change(&e)
	forged := slices.Clone(journal)
	forged[i] = e.AppendLine(nil)
	_, err = ledger.ParseLine(forged[i])
	return forged, err
}
