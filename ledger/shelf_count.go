package ledger

import (
	"fmt"
	"slices"
)

// A count has four steps, so that no keeper counts alone: it is opened, the keeper enters what stands on the shelf without being
// shown what the book expects, a second person enters or confirms the same, and the differences are posted. The shop stays open:
// a difference is what was counted less what the book had when it was entered, and whatever moved since then stays as it moved.

// The actions and bodies. Fields of actions that are not marked optional are required.
type (
	// OpenCount begins a count of a shop's shelf. By a keeper or steward, one at a time.
	OpenCount struct {
		Shop  ShopID
		Items []Commodity // optional: only these
	}

	// EnterCount enters what was counted; it may be entered again until the differences are posted. Items that it does not name
	// are not counted. By a keeper.
	EnterCount struct {
		Count Index
		Lines []ItemLine // none of a piece is a line too
	}

	// CountSheet is the body of counted.
	CountSheet struct {
		Count Index
		Lines []CountLine
	}

	// CountLine is what was counted of an item, and what the book had at that moment.
	CountLine struct {
		Item   Commodity
		Pieces Amount
		Book   Amount // on the shelf
		Short  Amount // handed out beyond the book, as on its account: not above zero, but for returns since the last count
	}

	// ConfirmCount is the second person's: the same lines, entered blind, or none where they stood by. By a keeper, clerk,
	// steward or supervisor who did not enter the count.
	ConfirmCount struct {
		Count Index
		Lines []ItemLine // optional
	}

	// FinaliseCount posts the differences of a confirmed count. By a steward or supervisor who did not enter it, and where a difference
	// is beyond what the rule tolerates, did not confirm it either.
	FinaliseCount struct {
		Count  Index
		Reason ShelfReason // optional where there is no difference
	}

	// CountResult is the body of count_finalised; it embeds the action. Lines are those that differ.
	CountResult struct {
		FinaliseCount
		Shop  ShopID
		Lines []CountLine
	}

	// CountFact is a count and how far it has come.
	CountFact struct {
		Index     Index
		Shop      ShopID
		State     ShelfState
		Items     []Commodity
		Counter   StaffID // who entered it
		Confirmer StaffID
		Lines     []CountLine
	}
)

func countLines(c *codec, v *[]CountLine) {
	list(c, "lines", v, func(c *codec, l *CountLine) {
		text(c, "item", &l.Item)
		number(c, "pieces", &l.Pieces)
		number(c, "book", &l.Book)
		number(c, "short", &l.Short)
	})
}

func (f *CountFact) fields(c *codec) {
	number(c, "index", &f.Index)
	text(c, "shop", &f.Shop)
	text(c, "state", &f.State)
	texts(c, "items", &f.Items)
	text(c, "counter", &f.Counter)
	text(c, "confirmer", &f.Confirmer)
	countLines(c, &f.Lines)
}

func (a *OpenCount) fields(c *codec) {
	text(c, "shop", &a.Shop)
	texts(c, "items", &a.Items)
}

func (a *OpenCount) kind() Kind { return CountOpened }

func (a *OpenCount) roles() anyOf { return anyOf{Keeper, Steward} }

func (a *OpenCount) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *OpenCount) check(f *faults) {
	f.want(a.Shop.Valid(), "shop", "shop_code")
	f.want(len(a.Items) <= MaxCountLines, "items", "too_many")
	for i, item := range a.Items {
		f.want(item.Goods(), fmt.Sprintf("items[%d]", i), "item_code")
		f.want(!slices.Contains(a.Items[:i], item), fmt.Sprintf("items[%d]", i), "twice")
	}
}

func (a *OpenCount) needs(b *Book, _ Command, w *Wants) {
	b.shops.want(w, a.Shop)
	b.shelves.want(w, a.Shop)
	for _, item := range a.Items {
		b.items.want(w, item)
	}
}

func (a *OpenCount) decide(b *Book, _ Command, d *draft) *Rejection {
	r := missing(&b.shops, a.Shop)
	for _, item := range a.Items {
		r = firstOf(r, missing(&b.items, item))
	}
	return d.itself(a, firstOf(r, a.alone(b)))
}

// alone refuses a second count of the shelf: each would post the differences of both.
func (a *OpenCount) alone(b *Book) *Rejection {
	if s, _ := b.shelves.get(a.Shop); s.Count != 0 {
		return &Rejection{Reason: CountOpen, Subject: writeIndexPlain(s.Count)}
	}
	return nil
}

func (a *OpenCount) asked() (Action, Index) { return a, 0 }

func (a *OpenCount) holds(b *Book, _ Entry) ([]Posting, error) { return states(a.alone(b)) }

func (a *OpenCount) fold(b *Book, e Entry) {
	b.counts.put(e.Index, CountFact{Index: e.Index, Shop: a.Shop, State: ShelfOpen, Items: a.Items})
	b.shelves.edit(a.Shop).Count = e.Index
}

// open returns a count that is not over.
func (b *Book) openCount(i Index) (CountFact, *Rejection) {
	n, ok := b.counts.get(i)
	switch {
	case !ok:
		return *n, notFound(writeIndexPlain(i))
	case n.State.over():
		return *n, &Rejection{Reason: RecordClosed, Subject: string(n.State)}
	}
	return *n, nil
}

func (a *EnterCount) fields(c *codec) {
	number(c, "count", &a.Count)
	itemLines(c, &a.Lines)
}

func (r *CountSheet) fields(c *codec) {
	number(c, "count", &r.Count)
	countLines(c, &r.Lines)
}

func (a *EnterCount) kind() Kind { return Counted }

func (a *EnterCount) roles() anyOf { return anyOf{Keeper} }

func (a *EnterCount) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *EnterCount) check(f *faults) {
	f.want(a.Count > 0, "count", "index")
	f.want(len(a.Lines) > 0, "lines", "required")
	checkCounted(f, a.Lines)
}

// checkCounted lists what is malformed in what was counted: as a basket, but nothing of an item is a finding.
func checkCounted(f *faults, lines []ItemLine) {
	f.want(len(lines) <= MaxCountLines, "lines", "too_many")
	for i, l := range lines {
		f.want(l.Item.Goods(), fmt.Sprintf("lines[%d].item", i), "item_code")
		f.want(l.Pieces >= 0 && l.Pieces <= MaxCounted, fmt.Sprintf("lines[%d].pieces", i), "counted")
		twice := slices.ContainsFunc(lines[:i], func(m ItemLine) bool { return m.Item == l.Item })
		f.want(!twice, fmt.Sprintf("lines[%d].item", i), "twice")
	}
}

func (a *EnterCount) needs(b *Book, _ Command, w *Wants) {
	b.counts.want(w, a.Count)
	n, ok := b.counts.peek(a.Count)
	for _, l := range a.Lines {
		b.items.want(w, l.Item)
		if ok {
			b.accounts.want(w, AccountKey{StockOf(n.Shop), l.Item})
			b.accounts.want(w, AccountKey{NewAccountID(ClassShort, n.Shop), l.Item})
		}
	}
}

func (a *EnterCount) decide(b *Book, _ Command, d *draft) *Rejection {
	n, r := b.openCount(a.Count)
	if r = firstOf(r, b.missingItem(a.Lines)); r != nil {
		return r
	}
	for _, l := range a.Lines {
		if len(n.Items) > 0 && !slices.Contains(n.Items, l.Item) {
			return &Rejection{Reason: NotInCount, Subject: string(l.Item)}
		}
	}
	return d.itself(&CountSheet{a.Count, b.beside(n.Shop, a.Lines)}, nil)
}

// beside puts what the book has beside what was counted.
func (b *Book) beside(s ShopID, lines []ItemLine) []CountLine {
	out := make([]CountLine, 0, len(lines))
	for _, l := range lines {
		stock, _ := b.accounts.get(AccountKey{StockOf(s), l.Item})
		short, _ := b.accounts.get(AccountKey{NewAccountID(ClassShort, s), l.Item})
		out = append(out, CountLine{l.Item, l.Pieces, stock.Balance, short.Balance})
	}
	return out
}

// countedOf returns the lines without what the book had.
func countedOf(lines []CountLine) []ItemLine {
	out := make([]ItemLine, 0, len(lines))
	for _, l := range lines {
		out = append(out, ItemLine{l.Item, l.Pieces})
	}
	return out
}

func (r *CountSheet) asked() (Action, Index) { return &EnterCount{r.Count, countedOf(r.Lines)}, 0 }

// holds that the count is open and that what stands beside it is what the book has (I8).
func (r *CountSheet) holds(b *Book, _ Entry) ([]Posting, error) {
	n, no := b.openCount(r.Count)
	if no == nil && !slices.Equal(r.Lines, b.beside(n.Shop, countedOf(r.Lines))) {
		return nil, fmt.Errorf("I8: the book has other quantities than the lines of count %d say", r.Count)
	}
	return states(no)
}

// fold keeps the draft. Whoever confirmed another one before has confirmed nothing.
func (r *CountSheet) fold(b *Book, e Entry) {
	n := b.counts.edit(r.Count)
	n.State, n.Counter, n.Confirmer, n.Lines = ShelfCounted, e.Actor, "", r.Lines
}

func (a *ConfirmCount) fields(c *codec) {
	number(c, "count", &a.Count)
	itemLines(c, &a.Lines)
}

func (a *ConfirmCount) kind() Kind { return CountConfirmed }

func (a *ConfirmCount) roles() anyOf { return anyOf{Keeper, Clerk, Steward, Supervisor} }

func (a *ConfirmCount) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *ConfirmCount) check(f *faults) {
	f.want(a.Count > 0, "count", "index")
	checkCounted(f, a.Lines)
}

func (a *ConfirmCount) needs(b *Book, _ Command, w *Wants) { b.counts.want(w, a.Count) }

func (a *ConfirmCount) decide(b *Book, c Command, d *draft) *Rejection {
	n, r := b.openCount(a.Count)
	switch {
	case r != nil:
		return r
	case n.Counter == "":
		return &Rejection{Reason: NotCounted, Subject: writeIndexPlain(a.Count)}
	case n.Counter == c.Actor:
		return &Rejection{Reason: SamePerson, Subject: writeIndexPlain(a.Count)}
	case len(a.Lines) > 0 && !sameCount(a.Lines, n.Lines):
		return &Rejection{Reason: CountDiffers, Subject: writeIndexPlain(a.Count)}
	}
	return d.itself(a, nil)
}

// sameCount reports whether two people counted the same, in whichever order.
func sameCount(second []ItemLine, first []CountLine) bool {
	if len(second) != len(first) {
		return false
	}
	for _, l := range first {
		if !slices.Contains(second, ItemLine{l.Item, l.Pieces}) {
			return false
		}
	}
	return true
}

func (a *ConfirmCount) asked() (Action, Index) { return a, 0 }

// holds I13: a keeper does not count alone.
func (a *ConfirmCount) holds(b *Book, e Entry) ([]Posting, error) {
	n, no := b.openCount(a.Count)
	switch {
	case no != nil:
		return states(no)
	case n.Counter == "":
		return nil, fmt.Errorf("I8: nobody entered count %d", a.Count)
	case n.Counter == e.Actor:
		return nil, fmt.Errorf("I13: %s confirms their own count %d", e.Actor, a.Count)
	case len(a.Lines) > 0 && !sameCount(a.Lines, n.Lines):
		return nil, fmt.Errorf("I8: the lines are not those that were entered of count %d", a.Count)
	}
	return nil, nil
}

func (a *ConfirmCount) fold(b *Book, e Entry) {
	n := b.counts.edit(a.Count)
	n.State, n.Confirmer = ShelfConfirmed, e.Actor
}

func (a *FinaliseCount) fields(c *codec) {
	number(c, "count", &a.Count)
	text(c, "reason", &a.Reason)
}

func (r *CountResult) fields(c *codec) {
	r.FinaliseCount.fields(c)
	text(c, "shop", &r.Shop)
	countLines(c, &r.Lines)
}

func (a *FinaliseCount) kind() Kind { return CountFinalised }

func (a *FinaliseCount) roles() anyOf { return anyOf{Steward, Supervisor} }

func (a *FinaliseCount) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *FinaliseCount) check(f *faults) {
	f.want(a.Count > 0, "count", "index")
	f.want(a.Reason == "" || a.Reason.valid(), "reason", "shelf_reason")
}

func (a *FinaliseCount) needs(b *Book, _ Command, w *Wants) {
	b.counts.want(w, a.Count)
	n, ok := b.counts.peek(a.Count)
	if !ok {
		return
	}
	b.wantRuleOfShop(w, n.Shop)
	b.shelves.want(w, n.Shop)
	b.counters.want(w, n.Shop)
	for _, l := range differing(n.Lines) {
		for _, class := range []Class{ClassStock, ClassShort, ClassLost, ClassFound} {
			b.accounts.want(w, AccountKey{NewAccountID(class, n.Shop), l.Item})
		}
	}
}

func (a *FinaliseCount) decide(b *Book, c Command, d *draft) *Rejection {
	n, r := b.openCount(a.Count)
	switch {
	case r != nil:
		return r
	case n.State != ShelfConfirmed:
		return &Rejection{Reason: NotCounted, Subject: writeIndexPlain(a.Count)}
	case n.Counter == c.Actor:
		return &Rejection{Reason: SamePerson, Subject: writeIndexPlain(a.Count)}
	}
	body := &CountResult{*a, n.Shop, differing(n.Lines)}
	if len(body.Lines) > 0 && a.Reason == "" {
		return &Rejection{Reason: ReasonMissing, Subject: writeIndexPlain(a.Count)}
	}
	if r := b.findable(body); r != nil {
		return r
	}
	if rule, _ := b.ruleOfShop(n.Shop, d.On); rule.Count.Tolerance > 0 {
		if item, beyond := rule.Count.beyond(body.Lines); beyond && n.Confirmer == c.Actor {
			return &Rejection{Reason: SamePerson, Subject: string(item)}
		}
		d.Rule = rule.Name()
	}
	b.settle(d, body)
	return d.itself(body, nil)
}

// findable refuses to post that goods are lost which are set aside for somebody: what is held is given up first, so that whoever
// waits for it is told.
func (b *Book) findable(r *CountResult) *Rejection {
	for _, l := range r.Lines {
		stock, _ := b.accounts.get(AccountKey{StockOf(r.Shop), l.Item})
		have, lacks := stock.free(anyLot), l.Book-l.Pieces
		if have < lacks && stock.held(anyLot) > 0 {
			return &Rejection{Reason: StillHeld, Subject: string(l.Item), Have: have, Want: lacks}
		}
	}
	return nil
}

// differing returns the lines of which something is to be posted. Goods that were handed out beyond the book are cleared by a
// count, whatever it found.
func differing(lines []CountLine) (out []CountLine) {
	for _, l := range lines {
		if l.Pieces != l.Book || l.Short != 0 {
			out = append(out, l)
		}
	}
	return out
}

// settle posts the differences of a count: what is lacking leaves the lots first expiring first, lapsed ones too, since they were
// counted as well, and what is beyond the book opens a lot. What was sold since the count from a shelf that had less than the
// book stands as short until the next one.
func (b *Book) settle(d *draft, r *CountResult) {
	for _, l := range r.Lines {
		more := l.Pieces - l.Book
		stock, _ := b.accounts.get(AccountKey{StockOf(r.Shop), l.Item})
		draws, lack := pick(stock.Lots, max(0, -more), anyLot)
		for _, w := range draws {
			d.post(StockOf(r.Shop), l.Item, -w.Amount, w.Lot)
		}
		if more > 0 {
			d.post(StockOf(r.Shop), l.Item, more, d.newLot())
		}
		d.post(NewAccountID(ClassShort, r.Shop), l.Item, -l.Short-lack, 0)
		if lost := l.Short - more; lost > 0 {
			d.post(NewAccountID(ClassLost, r.Shop), l.Item, lost, 0)
		} else {
			d.post(NewAccountID(ClassFound, r.Shop), l.Item, lost, 0)
		}
	}
}

func anyLot(Lot) bool { return true }

func (r *CountResult) asked() (Action, Index) { return &r.FinaliseCount, 0 }

// holds I13, that the count was confirmed, and that what moves is what two people found (I8).
func (r *CountResult) holds(b *Book, e Entry) ([]Posting, error) {
	n, no := b.openCount(r.Count)
	switch {
	case no != nil:
		return states(no)
	case n.State != ShelfConfirmed:
		return nil, fmt.Errorf("I13: count %d was not confirmed", r.Count)
	case n.Counter == e.Actor:
		return nil, fmt.Errorf("I13: %s posts their own count %d", e.Actor, r.Count)
	case r.Shop != n.Shop || !slices.Equal(r.Lines, differing(n.Lines)) || len(r.Lines) > 0 && r.Reason == "":
		return nil, fmt.Errorf("I8: the lines are not the differences of count %d", r.Count)
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	b.settle(&d, r)
	if !slices.Equal(d.Postings, e.Postings) {
		return d.Postings, b.checkDraws(e, anyLot, StockOf(r.Shop))
	}
	return d.Postings, nil
}

// lasts returns no date: nobody knows when goods that were found are past it.
func (r *CountResult) lasts(LotID) Date { return 0 }

func (r *CountResult) fold(b *Book, e Entry) {
	b.counts.edit(r.Count).State = ShelfPosted
	s := b.shelves.edit(r.Shop)
	s.Count, s.Counted = 0, e.On
	b.dayOf(r.Shop, e).moved(e)
}
