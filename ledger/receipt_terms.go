package ledger

import (
	"slices"
)

// This file is what a delivery note says beside the goods: where they come from, what a piece is worth, how many were noted, and
// for whom they are.

// GoodsSource is how goods came to the market.
type GoodsSource string

// The sources. None is a donation too: entries of before said nothing.
const (
	Donation GoodsSource = "donation"
	Purchase GoodsSource = "purchase"
	Grant    GoodsSource = "grant"
	Opening  GoodsSource = "opening" // stood on the shelf when the book was opened
)

// ReceiptTerm is what the note says of an item.
type ReceiptTerm struct {
	Item  Commodity
	Fen   Amount // optional: the value of one piece, in hundredths of a yuan
	Noted Amount // optional: how many the note says, where that is not how many came
}

// ReceiptTerms are the members of Receive that came with the second format.
type ReceiptTerms struct {
	Note   string        // optional: number of the delivery note
	Source GoodsSource   // optional
	Only   Restriction   // optional: for whom these goods are
	Terms  []ReceiptTerm // optional; of an item that did not come at all, too
}

func (t *ReceiptTerms) fields(c *codec) {
	text(c, "note", &t.Note)
	text(c, "source", &t.Source)
	text(c, "only", &t.Only)
	list(c, "terms", &t.Terms, func(c *codec, l *ReceiptTerm) {
		text(c, "item", &l.Item)
		number(c, "fen", &l.Fen)
		number(c, "noted", &l.Noted)
	})
}

func (t *ReceiptTerms) check(f *faults) {
	f.want(sheetNumber(t.Note), "note", "sheet")
	f.want(t.Source == "" || slices.Contains([]GoodsSource{Donation, Purchase, Grant, Opening}, t.Source), "source", "source")
	f.want(t.Only == "" || t.Only.Valid(), "only", "restriction")
	f.want(len(t.Terms) <= MaxLines, "terms", "too_many")
	seen := map[Commodity]bool{}
	for i, l := range t.Terms {
		f.wantAt(l.Item.Goods(), "terms", i, ".item", "item_code")
		f.wantAt(!seen[l.Item], "terms", i, ".item", "twice")
		f.wantAt(l.Fen >= 0 && l.Fen <= MaxFen, "terms", i, ".fen", "fen")
		f.wantAt(l.Noted >= 0 && l.Noted <= MaxPieces, "terms", i, ".noted", "pieces")
		seen[l.Item] = true
	}
}

// missingTerm refuses a term of an item that does not exist.
func (b *Book) missingTerm(t ReceiptTerms) *Rejection {
	for _, l := range t.Terms {
		if r := missing(&b.items, l.Item); r != nil {
			return r
		}
	}
	return nil
}

func (t *ReceiptTerms) needs(b *Book, w *Wants) {
	for _, l := range t.Terms {
		b.items.want(w, l.Item)
	}
}

// restrict says for whom the goods are that an entry put into a lot. A lot that it opens, or that had been used up, has forgotten.
func (b *Book) restrict(acct *Account, e Entry, id LotID) {
	if id.Entry() != e.Index {
		e, _ = b.entry(id.Entry())
	}
	if body, ok := e.Body.(*Receive); ok && body.Only != "" {
		acct.Lots[lotOf(acct.Lots, id)].Only = body.Only
	}
}
