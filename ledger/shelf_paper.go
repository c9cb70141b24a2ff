package ledger

import (
	"fmt"
	"slices"
)

// A write-off and a relief are papers of two people: one declares what is to leave the shelf and why, another sees to it. Only then
// it leaves.

// The actions and bodies. Fields of actions that are not marked optional are required.
type (
	// DeclareWriteOff says what is past its date, damaged or otherwise not to be handed out. By a keeper or steward.
	DeclareWriteOff struct {
		Shop   ShopID
		Lines  []ItemLine
		Reason ShelfReason // expired takes nothing but lots past their date
	}

	// ConfirmWriteOff takes it off the shelf. By a keeper, steward or supervisor who did not declare it.
	ConfirmWriteOff struct {
		Paper Index
	}

	// GoodsScrapped is the body of written_off; it embeds the action.
	GoodsScrapped struct {
		ConfirmWriteOff
		Shop   ShopID
		Lines  []ItemLine
		Reason ShelfReason
	}

	// DeclareRelief says what somebody in need is to be given without points: a volunteer, or a case of whom the book knows
	// nothing but a number. By a keeper, clerk or steward, who is not that volunteer or of their household.
	DeclareRelief struct {
		Shop        ShopID
		Volunteer   VolunteerID // or a case
		Case        string
		Class       Beneficiary // optional: of a case, so that goods for that class may go to it
		Lines       []ItemLine
		Application string // number of the application
		Notice      string // number of the notice that it was on
	}

	// GiveRelief hands it over. By a keeper, clerk, steward or supervisor who did not declare it, nor is that volunteer.
	GiveRelief struct {
		Paper Index
	}

	// GoodsRelieved is the body of relief_given; it embeds the action.
	GoodsRelieved struct {
		GiveRelief
		Shop      ShopID
		Volunteer VolunteerID
		Case      string
		Lines     []ItemLine
	}
)

var (
	_ reversible = (*GoodsScrapped)(nil)
	_ reversible = (*GoodsRelieved)(nil)
)

// wantShelf asks for the goods of a shop, and for where they go.
func (b *Book) wantShelf(w *Wants, s ShopID, lines []ItemLine, to Class) {
	b.shops.want(w, s)
	for _, l := range lines {
		b.items.want(w, l.Item)
		b.accounts.want(w, AccountKey{StockOf(s), l.Item})
		b.accounts.want(w, AccountKey{NewAccountID(to, s), l.Item})
	}
}

// enough refuses what the lots that fit do not have, and what they have and holds set aside.
func (b *Book) enough(s ShopID, lines []ItemLine, fits func(Lot) bool, reason RejectReason) *Rejection {
	for _, l := range lines {
		acct, _ := b.accounts.get(AccountKey{StockOf(s), l.Item})
		have := acct.free(fits)
		switch {
		case have >= l.Pieces:
		case have+acct.held(fits) >= l.Pieces:
			return &Rejection{Reason: StillHeld, Subject: string(l.Item), Have: have, Want: l.Pieces}
		default:
			return &Rejection{Reason: reason, Subject: string(l.Item), Have: have, Want: l.Pieces}
		}
	}
	return nil
}

// clear moves goods from the lots that fit to where they end, first expiring first; short is what the lots lack.
func (b *Book) clear(d *draft, s ShopID, lines []ItemLine, to Class, fits func(Lot) bool) (short Amount) {
	for _, l := range lines {
		acct, _ := b.accounts.get(AccountKey{StockOf(s), l.Item})
		draws, lack := pick(acct.Lots, l.Pieces, fits)
		for _, w := range draws {
			d.post(StockOf(s), l.Item, -w.Amount, w.Lot)
		}
		d.post(NewAccountID(to, s), l.Item, l.Pieces-lack, 0)
		short += lack
	}
	return short
}

// cleared holds that a paper's goods left the lots that fit (I12), and all of them (I8).
func (b *Book) cleared(e Entry, p Paper, to Class, fits func(Lot) bool) ([]Posting, error) {
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	if short := b.clear(&d, p.Shop, p.Lines, to, fits); short > 0 {
		return nil, fmt.Errorf("I8: the shelf lacks %d pieces of paper %d", short, p.Index)
	}
	if !slices.Equal(d.Postings, e.Postings) {
		return d.Postings, b.checkDraws(e, fits, StockOf(p.Shop))
	}
	return d.Postings, nil
}

// takeUp returns a paper that waits for its second person.
func (b *Book) takeUp(i Index, kind Kind, actor StaffID) (Paper, *Rejection) {
	p, ok := b.papers.get(i)
	switch {
	case !ok || p.Kind != kind:
		return *p, notFound(writeIndexPlain(i))
	case p.State.over():
		return *p, &Rejection{Reason: RecordClosed, Subject: string(p.State)}
	case p.Declarer == actor:
		return *p, &Rejection{Reason: SamePerson, Subject: writeIndexPlain(i)}
	}
	return *p, nil
}

// checkPaper holds I13 and that the paper is one that waits (I8).
func (b *Book) checkPaper(e Entry, i Index, kind Kind) (Paper, error) {
	p, no := b.takeUp(i, kind, e.Actor)
	if no != nil && no.Reason == SamePerson {
		return p, fmt.Errorf("I13: %s declared paper %d and sees to it", e.Actor, i)
	}
	_, err := states(no)
	return p, err
}

// carriedOut notes that a paper's goods left the shelf, and counts them in the counter's day.
func (b *Book) carriedOut(paper Index, s ShopID, e Entry) {
	b.papers.edit(paper).State = ShelfPosted
	b.dayOf(s, e).moved(e)
}

// putBack posts the reversal of goods that left the shelf: they go back into their lots.
func (b *Book) putBack(d *draft, orig Entry, s ShopID, lines []ItemLine, from Class) (lots []LotExpiry) {
	for _, l := range lines {
		lots = append(lots, b.giveBack(d, orig, After{}, AccountKey{StockOf(s), l.Item}, l.Pieces)...)
		d.post(NewAccountID(from, s), l.Item, -l.Pieces, 0)
	}
	return lots
}

func (a *DeclareWriteOff) fields(c *codec) {
	text(c, "shop", &a.Shop)
	itemLines(c, &a.Lines)
	text(c, "reason", &a.Reason)
}

func (a *DeclareWriteOff) kind() Kind { return WriteOffDeclared }

func (a *DeclareWriteOff) roles() anyOf { return anyOf{Keeper, Steward} }

func (a *DeclareWriteOff) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *DeclareWriteOff) check(f *faults) {
	f.want(a.Shop.Valid(), "shop", "shop_code")
	checkLines(f, a.Lines, 1)
	f.want(a.Reason.valid(), "reason", "shelf_reason")
}

func (a *DeclareWriteOff) needs(b *Book, _ Command, w *Wants) {
	b.wantShelf(w, a.Shop, a.Lines, ClassScrapped)
}

func (a *DeclareWriteOff) decide(b *Book, _ Command, d *draft) *Rejection {
	r := firstOf(missing(&b.shops, a.Shop), b.missingItem(a.Lines))
	if r == nil {
		r = b.scrapable(a.Shop, a.Lines, a.Reason, d.On)
	}
	return d.itself(a, r)
}

// scrapable refuses to write off what is not there, or not past its date where that is the reason.
func (b *Book) scrapable(s ShopID, lines []ItemLine, reason ShelfReason, on Date) *Rejection {
	if reason == GoodsExpired {
		return b.enough(s, lines, reason.fits(on), NotPastDate)
	}
	return b.enough(s, lines, reason.fits(on), NotOnShelf)
}

// fits says which lots a write-off for the reason takes.
func (r ShelfReason) fits(on Date) func(Lot) bool {
	if r == GoodsExpired {
		return func(l Lot) bool { return l.Lapsed(on) }
	}
	return anyLot
}

func (a *DeclareWriteOff) asked() (Action, Index) { return a, 0 }

func (a *DeclareWriteOff) holds(b *Book, e Entry) ([]Posting, error) {
	return states(b.scrapable(a.Shop, a.Lines, a.Reason, e.On))
}

func (a *DeclareWriteOff) fold(b *Book, e Entry) {
	b.papers.put(e.Index, Paper{
		Index: e.Index, Kind: e.Kind, State: ShelfOpen, Declarer: e.Actor, Shop: a.Shop, Lines: a.Lines, Reason: a.Reason,
	})
}

func (a *ConfirmWriteOff) fields(c *codec) { number(c, "paper", &a.Paper) }

func (r *GoodsScrapped) fields(c *codec) {
	r.ConfirmWriteOff.fields(c)
	text(c, "shop", &r.Shop)
	itemLines(c, &r.Lines)
	text(c, "reason", &r.Reason)
}

func (a *ConfirmWriteOff) kind() Kind { return WrittenOff }

func (a *ConfirmWriteOff) roles() anyOf { return anyOf{Keeper, Steward, Supervisor} }

func (a *ConfirmWriteOff) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *ConfirmWriteOff) check(f *faults) { f.want(a.Paper > 0, "paper", "index") }

func (a *ConfirmWriteOff) needs(b *Book, _ Command, w *Wants) {
	b.papers.want(w, a.Paper)
	if p, ok := b.papers.peek(a.Paper); ok {
		b.wantShelf(w, p.Shop, p.Lines, ClassScrapped)
		b.counters.want(w, p.Shop)
	}
}

func (a *ConfirmWriteOff) decide(b *Book, c Command, d *draft) *Rejection {
	p, r := b.takeUp(a.Paper, WriteOffDeclared, c.Actor)
	if r == nil {
		r = b.scrapable(p.Shop, p.Lines, p.Reason, d.On)
	}
	if r != nil {
		return r
	}
	b.clear(d, p.Shop, p.Lines, ClassScrapped, p.Reason.fits(d.On))
	return d.itself(&GoodsScrapped{*a, p.Shop, p.Lines, p.Reason}, nil)
}

func (r *GoodsScrapped) asked() (Action, Index) { return &r.ConfirmWriteOff, 0 }

func (r *GoodsScrapped) holds(b *Book, e Entry) ([]Posting, error) {
	p, err := b.checkPaper(e, r.Paper, WriteOffDeclared)
	switch {
	case err != nil:
		return nil, err
	case r.Shop != p.Shop || r.Reason != p.Reason || !slices.Equal(r.Lines, p.Lines):
		return nil, fmt.Errorf("I8: paper %d says otherwise", r.Paper)
	}
	return b.cleared(e, p, ClassScrapped, p.Reason.fits(e.On))
}

func (r *GoodsScrapped) fold(b *Book, e Entry) { b.carriedOut(r.Paper, r.Shop, e) }

func (r *GoodsScrapped) people() []VolunteerID { return nil }

func (r *GoodsScrapped) needsUndone(b *Book, w *Wants) { b.counters.want(w, r.Shop) }

func (r *GoodsScrapped) undo(b *Book, d *draft, orig Entry) ([]LotExpiry, *Rejection) {
	return b.putBack(d, orig, r.Shop, r.Lines, ClassScrapped), nil
}

func (r *GoodsScrapped) undone(b *Book, e, _ Entry) { b.dayOf(r.Shop, e).moved(e) }

func (a *DeclareRelief) fields(c *codec) {
	text(c, "shop", &a.Shop)
	text(c, "volunteer", &a.Volunteer)
	text(c, "case", &a.Case)
	text(c, "class", &a.Class)
	itemLines(c, &a.Lines)
	text(c, "application", &a.Application)
	text(c, "notice", &a.Notice)
}

func (a *DeclareRelief) kind() Kind { return ReliefDeclared }

func (a *DeclareRelief) roles() anyOf { return anyOf{Keeper, Clerk, Steward} }

func (a *DeclareRelief) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *DeclareRelief) check(f *faults) {
	f.want(a.Shop.Valid(), "shop", "shop_code")
	f.want((a.Volunteer == "") != (a.Case == ""), "volunteer", "volunteer_or_case")
	f.want(a.Volunteer == "" || a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(sheetNumber(a.Case), "case", "sheet")
	f.want(a.Class == "" || a.Class.Valid() && a.Case != "", "class", "beneficiary")
	checkLines(f, a.Lines, 1)
	f.want(a.Application != "" && sheetNumber(a.Application), "application", "sheet")
	f.want(a.Notice != "" && sheetNumber(a.Notice), "notice", "sheet")
}

func (a *DeclareRelief) needs(b *Book, _ Command, w *Wants) {
	b.wantShelf(w, a.Shop, a.Lines, ClassRelieved)
	if a.Volunteer != "" {
		b.wantWho(w, a.Volunteer)
	}
}

func (a *DeclareRelief) decide(b *Book, c Command, d *draft) *Rejection {
	if r := firstOf(missing(&b.shops, a.Shop), b.missingItem(a.Lines)); r != nil {
		return r
	}
	return d.itself(a, b.relievable(c.Actor, a.paper(), d.On))
}

// paper is what the book keeps of the declaration.
func (a *DeclareRelief) paper() Paper {
	return Paper{Kind: ReliefDeclared, State: ShelfOpen, Shop: a.Shop, Lines: a.Lines, Volunteer: a.Volunteer, Case: a.Case, Class: a.Class}
}

// relievable refuses to give what the beneficiary may not have or the shelf does not, and whoever would gain.
func (b *Book) relievable(actor StaffID, p Paper, on Date) *Rejection {
	if p.Volunteer != "" {
		v, r := b.open(p.Volunteer)
		if r == nil && b.self(actor, v) {
			r = &Rejection{Reason: SelfService, Subject: string(p.Volunteer)}
		}
		if r != nil {
			return r
		}
	}
	r := b.enough(p.Shop, p.Lines, b.relieves(p, on), NotOnShelf)
	if r != nil && r.Reason == NotOnShelf && b.enough(p.Shop, p.Lines, usable(on), NotOnShelf) == nil {
		r.Reason = Restricted
	}
	return r
}

// relieves says which lots may go to whom the paper is for.
func (b *Book) relieves(p Paper, on Date) func(Lot) bool {
	if p.Volunteer == "" {
		return usableBy(on, "", []Beneficiary{p.Class})
	}
	v, _ := b.who(p.Volunteer)
	return usableBy(on, v.Unit, v.Classes)
}

func (a *DeclareRelief) asked() (Action, Index) { return a, 0 }

func (a *DeclareRelief) holds(b *Book, e Entry) ([]Posting, error) {
	if a.Volunteer == "" {
		return nil, nil
	}
	if err := b.checkEnrolled(a.Volunteer); err != nil {
		return nil, err
	}
	return nil, b.checkOther(e, a.Volunteer)
}

func (a *DeclareRelief) fold(b *Book, e Entry) {
	p := a.paper()
	p.Index, p.Declarer = e.Index, e.Actor
	b.papers.put(e.Index, p)
}

func (a *GiveRelief) fields(c *codec) { number(c, "paper", &a.Paper) }

func (r *GoodsRelieved) fields(c *codec) {
	r.GiveRelief.fields(c)
	text(c, "shop", &r.Shop)
	text(c, "volunteer", &r.Volunteer)
	text(c, "case", &r.Case)
	itemLines(c, &r.Lines)
}

func (a *GiveRelief) kind() Kind { return ReliefGiven }

func (a *GiveRelief) roles() anyOf { return anyOf{Keeper, Clerk, Steward, Supervisor} }

func (a *GiveRelief) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *GiveRelief) check(f *faults) { f.want(a.Paper > 0, "paper", "index") }

func (a *GiveRelief) needs(b *Book, _ Command, w *Wants) {
	b.papers.want(w, a.Paper)
	p, ok := b.papers.peek(a.Paper)
	if !ok {
		return
	}
	b.wantShelf(w, p.Shop, p.Lines, ClassRelieved)
	b.counters.want(w, p.Shop)
	if p.Volunteer != "" {
		b.wantWho(w, p.Volunteer)
	}
}

func (a *GiveRelief) decide(b *Book, c Command, d *draft) *Rejection {
	p, r := b.takeUp(a.Paper, ReliefDeclared, c.Actor)
	if r == nil {
		r = b.relievable(c.Actor, p, d.On)
	}
	if r != nil {
		return r
	}
	b.clear(d, p.Shop, p.Lines, ClassRelieved, b.relieves(p, d.On))
	return d.itself(&GoodsRelieved{*a, p.Shop, p.Volunteer, p.Case, p.Lines}, nil)
}

func (r *GoodsRelieved) asked() (Action, Index) { return &r.GiveRelief, 0 }

func (r *GoodsRelieved) holds(b *Book, e Entry) ([]Posting, error) {
	p, err := b.checkPaper(e, r.Paper, ReliefDeclared)
	switch {
	case err != nil:
		return nil, err
	case r.Shop != p.Shop || r.Volunteer != p.Volunteer || r.Case != p.Case || !slices.Equal(r.Lines, p.Lines):
		return nil, fmt.Errorf("I8: paper %d says otherwise", r.Paper)
	}
	if p.Volunteer != "" {
		if err := b.checkOther(e, p.Volunteer); err != nil {
			return nil, err
		}
	}
	return b.cleared(e, p, ClassRelieved, b.relieves(p, e.On))
}

func (r *GoodsRelieved) fold(b *Book, e Entry) { b.carriedOut(r.Paper, r.Shop, e) }

func (r *GoodsRelieved) people() []VolunteerID {
	if r.Volunteer == "" {
		return nil
	}
	return []VolunteerID{r.Volunteer}
}

func (r *GoodsRelieved) needsUndone(b *Book, w *Wants) { b.counters.want(w, r.Shop) }

func (r *GoodsRelieved) undo(b *Book, d *draft, orig Entry) ([]LotExpiry, *Rejection) {
	return b.putBack(d, orig, r.Shop, r.Lines, ClassRelieved), nil
}

func (r *GoodsRelieved) undone(b *Book, e, _ Entry) { b.dayOf(r.Shop, e).moved(e) }
