package web

import (
	"strconv"

	"aixin/api/catalog"
	"aixin/ledger"
)

// Board is the public board: what hangs today.
type Board struct {
	Notices []Posted
	AsOf    ledger.Index // of goods and donors
	Given   []*Grid      // the goods that came and went, and who gave them
	Kinds   []string     // of what is hung out, in the order of the page; each begins where web.board.kind.KIND stands
}

// maxBoardRows bounds each table of the board: it is read standing. What is taken away has all rows.
const maxBoardRows = 60

// BoardTables are the goods that came and went, and who gave them, those who gave most first; by what each is taken away.
func (t Teller) BoardTables(sums Sums, name func(ledger.DonorID) string) map[string]*Grid {
	goods := t.boardTable("goods", "web.audit.item", "web.board.in", "web.board.out", "web.board.left")
	for _, s := range sums.Commodities {
		if s.Commodity.Goods() {
			g := s.goods() // what came in is a credit of the donor's account
			goods.add(g.Name, -g.Received, g.Given, g.Shelf)
		}
	}
	donors := t.boardTable("donors", "work.field.donor", "web.board.pieces")
	for _, d := range sums.Donors {
		donors.add(name(d.Donor), d.Pieces)
	}
	return map[string]*Grid{"goods": goods, "donors": donors}
}

// boardTable is a table of the board: its first column names the rows, the others count pieces.
func (t Teller) boardTable(name string, heads ...string) *Grid {
	g := &Grid{Caption: t.Say.T("web.board." + name), Titled: true, Export: "/notices?csv=" + name}
	for i, h := range heads {
		g.Heads, g.Numbers = append(g.Heads, t.Say.T(h)), append(g.Numbers, i > 0)
	}
	return g
}

func (t *Grid) add(name string, pieces ...ledger.Amount) {
	cells := []string{name}
	for _, n := range pieces {
		cells = append(cells, strconv.FormatInt(int64(n), 10))
	}
	t.Rows = append(t.Rows, GridRow{Cells: cells})
}

// Hang puts those of the tables on the board that have rows, no more of them than somebody reads.
func (b *Board) Hang(tables map[string]*Grid) {
	for _, name := range []string{"goods", "donors"} {
		if t := tables[name]; len(t.Rows) > 0 {
			t.All, t.Rows = len(t.Rows), t.Rows[:min(len(t.Rows), maxBoardRows)]
			b.Given = append(b.Given, t)
		}
	}
}

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
	Legend string // what the codes of its acts stand for
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
