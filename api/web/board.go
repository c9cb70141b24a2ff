package web

import (
	"aixin/api/catalog"
	"aixin/ledger"
)

// Board is the public board: what hangs today.
type Board struct {
	Notices []Posted
}

// Posted is one notice as it hangs.
type Posted struct {
	Index  ledger.Index
	Paper  string
	Unit   string
	Term   string
	Text   string // word for word; empty where it cannot be made again
	SHA256 string
}

func (Board) template() string                    { return "board" }
func (Board) title(say *catalog.Localizer) string { return say.T("web.door.notices") }

// Posted reads what is to be said of a notice beside its text.
func (t Teller) Posted(v ledger.View, n ledger.Notice, text string) (Posted, error) {
	unit, err := v.Unit(n.Unit)
	if err != nil {
		return Posted{}, err
	}
	return Posted{
		Index: n.Index, Paper: n.Paper(), Unit: unit.Name, Text: text, SHA256: n.SHA256,
		Term: t.Say.T("web.board.term", catalog.Data{"From": t.date(n.From), "Until": t.date(n.Until)}),
	}, nil
}
