package web

import (
	"aixin/api/catalog"
	"aixin/ledger"
)

// Board is the public board: what hangs today.
type Board struct {
	Notices []Posted
	AsOf    ledger.Index // of goods and donors
	Goods   []Goods
	Donors  []DonorRow
	Kinds   []string // of what is hung out, in the order of the page; each begins where web.board.kind.KIND stands
}

// DonorRow is a donor as the board names them, and how much they gave.
type DonorRow struct {
	Name   string
	Pieces ledger.Amount
}

// maxBoardRows bounds each table of the board: it is read standing.
const maxBoardRows = 60

// Tell fills in the goods that came and went, and who gave them, with the names that the board may say.
func (b *Board) Tell(sums Sums, name func(ledger.DonorID) string) {
	b.AsOf = sums.Head.Size
	for _, s := range sums.Commodities {
		if s.Commodity.Goods() && len(b.Goods) < maxBoardRows {
			g := s.goods()
			g.Received = -g.Received // what came in is a credit of the donor's account
			b.Goods = append(b.Goods, g)
		}
	}
	for _, d := range BoardDonors(sums) {
		b.Donors = append(b.Donors, DonorRow{name(d.Donor), d.Pieces})
	}
}

// BoardDonors are the donors that the board names: those who gave most first.
func BoardDonors(sums Sums) []DonorSum { return sums.Donors[:min(len(sums.Donors), maxBoardRows)] }

// BoardKinds lists what hangs on the board: records before they are credited, a month's points, a quarter's goods with who gave them, and
// who is honoured and agreed to be named.
func BoardKinds() []string {
	return []string{"credits", ledger.PublishPoints, ledger.PublishGoods, ledger.PublishHonours}
}

// Of returns the notices of one kind.
func (b Board) Of(kind string) (list []Posted) {
	for _, n := range b.Notices {
		if n.Kind == kind {
			list = append(list, n)
		}
	}
	return list
}

// Posted is one notice as it hangs.
type Posted struct {
	Index  ledger.Index
	Kind   string
	Period string
	Paper  string
	Unit   string
	Term   string
	Text   string // word for word; empty where it cannot be made again
	SHA256 string
	Apart  bool // the text is a page of its own: what hangs here is long enough
}

func (Board) template() string                    { return "board" }
func (Board) title(say *catalog.Localizer) string { return say.T("web.door.notices") }

// Posted reads what is to be said of a notice beside its text.
func (t Teller) Posted(v ledger.View, n ledger.Notice, text string) (Posted, error) {
	unit, err := v.Unit(n.Unit)
	if err != nil {
		return Posted{}, err
	}
	kind := n.What
	if kind == "" {
		kind = "credits"
	}
	return Posted{
		Index: n.Index, Kind: kind, Period: n.Period, Paper: n.Paper(), Unit: unit.Name, Text: text, SHA256: n.SHA256,
		Term: t.Say.T("web.board.term", catalog.Data{"From": t.date(n.From), "Until": t.date(n.Until)}),
	}, nil
}
