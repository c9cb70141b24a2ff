package ledger

import (
	"slices"
)

// This family fills the shelves: donors, items with their dated prices, and deliveries, each line of which opens a lot.

// The kinds of what becomes of goods before anybody takes them.
const (
	DonorAdded Kind = "donor_added"
	ItemAdded  Kind = "item_added"
	ItemPriced Kind = "item_priced"
	Received   Kind = "received"
)

// The actions and bodies. Fields of actions that are not marked optional are required.
type (
	// AddDonor adds a donor, whose name is in the registry. By a keeper or steward.
	AddDonor struct {
		Donor DonorID
	}

	// AddItem adds an item with its first price. By a steward.
	AddItem struct {
		Item   Commodity
		Name   string
		Label  string // optional: what stands on the shelf, such as the item's EAN-13 or a short label
		Points Amount // for one piece
		From   Date   // the first day of the price
	}

	// PriceItem sets the price of one piece from a day on. By a steward. Not before today, so that no price changes under
	// what was posted.
	PriceItem struct {
		Item   Commodity
		Points Amount
		From   Date
	}

	// Receive takes donated goods onto a shelf; each line becomes a lot. By a keeper.
	Receive struct {
		Shop       ShopID
		Donor      DonorID
		Lines      []ItemLine
		BestBefore Date // optional: the last usable day
		ReceiptTerms
	}
)

// goodsBody returns an empty body of one of the kinds above, or nil.
func goodsBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case DonorAdded:
		return &AddDonor{}
	case ItemAdded:
		return &AddItem{}
	case ItemPriced:
		return &PriceItem{}
	case Received:
		return &Receive{}
	}
	return nil
}

func (a *AddDonor) fields(c *codec) { text(c, "donor", &a.Donor) }

func (a *AddDonor) kind() Kind { return DonorAdded }

func (a *AddDonor) check(f *faults) { f.want(a.Donor.Valid(), "donor", "donor_code") }

func (a *AddDonor) needs(b *Book, _ Command, w *Wants) { b.donors.want(w, a.Donor) }

func (a *AddDonor) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, exists(&b.donors, a.Donor))
}

func (a *AddDonor) roles() anyOf { return anyOf{Keeper, Steward} }

func (a *AddDonor) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *AddDonor) asked() (Action, Index) { return a, 0 }

func (a *AddDonor) holds(b *Book, _ Entry) ([]Posting, error) {
	return states(exists(&b.donors, a.Donor))
}

func (a *AddDonor) fold(b *Book, _ Entry) { b.donors.put(a.Donor, *a) }

func (a *AddItem) fields(c *codec) {
	text(c, "item", &a.Item)
	text(c, "name", &a.Name)
	text(c, "label", &a.Label)
	number(c, "points", &a.Points)
	c.date("from", &a.From)
}

func (a *AddItem) kind() Kind { return ItemAdded }

func (a *AddItem) check(f *faults) {
	f.want(a.Item.Goods(), "item", "item_code")
	f.want(plainName(a.Name), "name", "name")
	f.want(a.Label == "" || plainName(a.Label), "label", "name")
	price(f, a.Points, a.From)
}

func (a *AddItem) needs(b *Book, _ Command, w *Wants) { b.items.want(w, a.Item) }

func (a *AddItem) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, exists(&b.items, a.Item))
}

func (a *AddItem) roles() anyOf { return anyOf{Steward} }

func (a *AddItem) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *AddItem) asked() (Action, Index) { return a, 0 }

func (a *AddItem) holds(b *Book, _ Entry) ([]Posting, error) { return states(exists(&b.items, a.Item)) }

func (a *AddItem) fold(b *Book, _ Entry) {
	b.items.put(a.Item, Item{a.Item, a.Name, a.Label, []Price{{a.From, a.Points}}})
}

func price(f *faults, points Amount, from Date) {
	f.want(points > 0 && points <= MaxAmount/MaxPieces/MaxLines, "points", "points")
	f.want(from.valid(), "from", "date")
}

func (a *PriceItem) fields(c *codec) {
	text(c, "item", &a.Item)
	number(c, "points", &a.Points)
	c.date("from", &a.From)
}

func (a *PriceItem) kind() Kind { return ItemPriced }

func (a *PriceItem) check(f *faults) {
	f.want(a.Item.Goods(), "item", "item_code")
	price(f, a.Points, a.From)
}

func (a *PriceItem) needs(b *Book, _ Command, w *Wants) { b.items.want(w, a.Item) }

func (a *PriceItem) decide(b *Book, _ Command, d *draft) *Rejection {
	item, ok := b.items.get(a.Item)
	switch {
	case !ok:
		return notFound(string(a.Item))
	case a.From < d.On:
		return &Rejection{Reason: DateInPast, Subject: a.From.String()}
	case len(item.Prices) >= MaxPrices:
		return &Rejection{Reason: TooLarge, Subject: string(a.Item), Have: Amount(len(item.Prices)), Want: MaxPrices}
	}
	return d.itself(a, nil)
}

func (a *PriceItem) roles() anyOf { return anyOf{Steward} }

func (a *PriceItem) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *PriceItem) asked() (Action, Index) { return a, 0 }

func (a *PriceItem) holds(b *Book, _ Entry) ([]Posting, error) {
	return states(missing(&b.items, a.Item))
}

func (a *PriceItem) fold(b *Book, _ Entry) { b.items.edit(a.Item).price(Price{a.From, a.Points}) }

// price puts a dated price in its place; a later word about the same day replaces the earlier.
func (i *Item) price(p Price) {
	i.Prices = slices.DeleteFunc(slices.Clone(i.Prices), func(q Price) bool { return q.From == p.From })
	i.Prices = append(i.Prices, p)
	slices.SortFunc(i.Prices, func(x, y Price) int { return int(x.From - y.From) })
}

// checkLines lists what is malformed in a basket; an item stands in it once.
func checkLines(f *faults, lines []ItemLine, least int) {
	f.want(len(lines) >= least, "lines", "required")
	f.want(len(lines) <= MaxLines, "lines", "too_many")
	for i, l := range lines {
		f.wantAt(l.Item.Goods(), "lines", i, ".item", "item_code")
		f.wantAt(l.Pieces > 0 && l.Pieces <= MaxPieces, "lines", i, ".pieces", "pieces")
		twice := slices.ContainsFunc(lines[:i], func(m ItemLine) bool { return m.Item == l.Item })
		f.wantAt(!twice, "lines", i, ".item", "twice")
	}
}

func itemLines(c *codec, v *[]ItemLine) {
	list(c, "lines", v, func(c *codec, l *ItemLine) {
		text(c, "item", &l.Item)
		number(c, "pieces", &l.Pieces)
	})
}

func (b *Book) missingItem(lines []ItemLine) *Rejection {
	for _, l := range lines {
		if r := missing(&b.items, l.Item); r != nil {
			return r
		}
	}
	return nil
}

func (a *Receive) fields(c *codec) {
	text(c, "shop", &a.Shop)
	text(c, "donor", &a.Donor)
	itemLines(c, &a.Lines)
	c.date("best_before", &a.BestBefore)
	c.since(2, a.ReceiptTerms.fields)
}

func (a *Receive) kind() Kind { return Received }

func (a *Receive) roles() anyOf { return anyOf{Keeper} }

func (a *Receive) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Receive) check(f *faults) {
	f.want(a.Shop.Valid(), "shop", "shop_code")
	f.want(a.Donor.Valid(), "donor", "donor_code")
	checkLines(f, a.Lines, 1)
	f.want(a.BestBefore == 0 || a.BestBefore.valid(), "best_before", "date")
	a.ReceiptTerms.check(f)
}

func (a *Receive) needs(b *Book, _ Command, w *Wants) {
	b.wantRuleOfShop(w, a.Shop)
	b.donors.want(w, a.Donor)
	for _, l := range a.Lines {
		b.items.want(w, l.Item)
		b.accounts.want(w, AccountKey{StockOf(a.Shop), l.Item})
		b.accounts.want(w, AccountKey{NewAccountID(ClassReceived, a.Donor), l.Item})
	}
	a.ReceiptTerms.needs(b, w)
}

func (a *Receive) decide(b *Book, _ Command, d *draft) *Rejection {
	if r := firstOf(missing(&b.shops, a.Shop), missing(&b.donors, a.Donor), b.missingItem(a.Lines), b.missingTerm(a.ReceiptTerms)); r != nil {
		return r
	}
	if a.BestBefore != 0 && a.BestBefore < d.On {
		return &Rejection{Reason: DateInPast, Subject: a.BestBefore.String()}
	}
	rule, _ := b.ruleOfShop(a.Shop, d.On)
	if r := rule.Delivery.lacks(a); r != nil {
		return r
	}
	d.receive(a)
	return d.itself(a, nil)
}

// receive posts a delivery: each line opens a lot.
func (d *draft) receive(a *Receive) {
	for _, l := range a.Lines {
		d.post(StockOf(a.Shop), l.Item, l.Pieces, d.newLot())
		d.post(NewAccountID(ClassReceived, a.Donor), l.Item, -l.Pieces, 0)
	}
}

func (a *Receive) asked() (Action, Index) { return a, 0 }

func (a *Receive) holds(_ *Book, e Entry) ([]Posting, error) {
	var d draft
	d.Index = e.Index
	d.receive(a)
	return d.Postings, nil
}

func (a *Receive) fold(*Book, Entry) {}

func (a *Receive) lasts(LotID) Date { return a.BestBefore }

func (a *Receive) people() []VolunteerID { return nil }

func (a *Receive) needsUndone(*Book, *Wants) {}

// undo takes a delivery off the shelf again, as long as nothing of it was handed out.
func (a *Receive) undo(b *Book, d *draft, orig Entry) ([]LotExpiry, *Rejection) {
	if r := b.reserved(orig); r != nil {
		return nil, r
	}
	for _, p := range orig.Postings {
		acct, _ := b.accounts.get(p.key())
		if p.Lot == 0 {
			continue
		}
		if left := acct.left(p.Lot); left != p.Amount {
			return nil, &Rejection{Reason: StockGone, Subject: p.Lot.String(), Have: left, Want: p.Amount}
		}
	}
	for _, p := range orig.Postings {
		d.post(p.Account, p.Commodity, -p.Amount, p.Lot)
	}
	return nil, nil
}

func (a *Receive) undone(*Book, Entry, Entry) {}
