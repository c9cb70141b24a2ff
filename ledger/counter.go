package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// This family is what happens at the counter: goods leave for points at the price of the day, and come back into the lots that
// they left.

// The kinds of what happens at the counter.
const (
	Redeemed Kind = "redeemed"
	Returned Kind = "returned"
)

// The actions and bodies. Fields of actions that are not marked optional are required.
type (
	// Redeem exchanges points for goods. By a clerk who serves neither themself nor their household.
	Redeem struct {
		Volunteer VolunteerID
		Shop      ShopID
		Lines     []ItemLine
		Presence  Presence
		Proxy     VolunteerID // optional: who came, where it was not the volunteer
		PIN       bool        // optional: the volunteer's PIN was checked, outside the book
		Slip      string      // optional: the number of a slip that they signed
		Voucher   int64       // optional: the number of the paper voucher on which the goods went out
		Happened  Date        // when they did, of a voucher
		Checked   []Check     // optional: what the clerk checked of who came for the volunteer
	}

	// Exchange is the body of redeemed.
	Exchange struct {
		Volunteer VolunteerID
		Shop      ShopID
		Presence  Presence
		Lines     []PricedLine
		Proxy     VolunteerID
		PIN       bool
		Slip      string
		Voucher   int64
		Happened  Date
		Gift      Amount // of the points, those that were gift points
		Pool      PoolID // of the household, where some of the points were drawn out of it
		Checked   []Check
	}

	// Return takes goods of a redemption back; no lines take back all that is left of it. By a clerk or steward who is not
	// that volunteer or of their household.
	Return struct {
		Redemption Index
		Lines      []ItemLine // optional
		Reason     Reason
	}

	// GoodsReturn is the body of returned. Lots states the expiry of every lot of points that got something back: its own,
	// or the grace where it had lapsed.
	GoodsReturn struct {
		Redemption Index
		Volunteer  VolunteerID
		Shop       ShopID
		Lines      []PricedLine
		Reason     Reason
		Lots       []LotExpiry
	}

	// PricedLine is a line of a basket at the price of the day.
	PricedLine struct {
		Item   Commodity
		Pieces Amount
		Points Amount // for all pieces of the line
	}
)

// counterBody returns an empty body of one of the kinds above, or nil.
func counterBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case Redeemed:
		return &Exchange{}
	case Returned:
		return &GoodsReturn{}
	}
	return nil
}

func (a *Redeem) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "shop", &a.Shop)
	itemLines(c, &a.Lines)
	presence(c, &a.Presence)
	c.since(2, func(c *codec) {
		text(c, "proxy", &a.Proxy)
		c.flag("pin", &a.PIN)
		text(c, "slip", &a.Slip)
		number(c, "voucher", &a.Voucher)
		c.date("happened", &a.Happened)
		texts(c, "checked", &a.Checked)
	})
}

func (r *Exchange) fields(c *codec) {
	text(c, "volunteer", &r.Volunteer)
	text(c, "shop", &r.Shop)
	presence(c, &r.Presence)
	pricedLines(c, &r.Lines)
	c.since(2, func(c *codec) {
		text(c, "proxy", &r.Proxy)
		c.flag("pin", &r.PIN)
		text(c, "slip", &r.Slip)
		number(c, "voucher", &r.Voucher)
		c.date("happened", &r.Happened)
		number(c, "gift", &r.Gift)
		text(c, "pool", &r.Pool)
		texts(c, "checked", &r.Checked)
	})
}

// presence walks how a volunteer was present. A phone call and a proxy came with the second format.
func presence(c *codec, v *Presence) {
	text(c, "presence", v)
	if *v == ByCall || *v == ByProxy {
		c.format = max(c.format, 2)
	}
}

func pricedLines(c *codec, v *[]PricedLine) {
	list(c, "lines", v, func(c *codec, l *PricedLine) {
		text(c, "item", &l.Item)
		number(c, "pieces", &l.Pieces)
		number(c, "points", &l.Points)
	})
}

// itemsOf returns the lines without their points.
func itemsOf(lines []PricedLine) []ItemLine {
	items := make([]ItemLine, 0, len(lines))
	for _, l := range lines {
		items = append(items, ItemLine{l.Item, l.Pieces})
	}
	return items
}

func (a *Redeem) kind() Kind { return Redeemed }

func (a *Redeem) roles() anyOf { return anyOf{Clerk} }

func (a *Redeem) keeps() (*VolunteerID, *ShopID) { return &a.Volunteer, &a.Shop }

func (a *Redeem) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Shop.Valid(), "shop", "shop_code")
	checkLines(f, a.Lines, 1)
	a.checkPresent(f)
}

// checkPresent lists what is malformed about who came.
func (a *Redeem) checkPresent(f *faults) {
	f.want(a.Presence.valid() && (a.Presence == ByProxy) == (a.Proxy != ""), "presence", "presence")
	f.want(a.Proxy == "" || (a.Proxy.Valid() && a.Proxy != a.Volunteer), "proxy", "volunteer_number")
	f.want(len(a.Checked) == 0 || a.Proxy != "", "checked", "proxy_check")
	checkChecks(f, "checked", a.Checked)
	f.want(slipNumber(a.Slip), "slip", "sheet")
	f.want(a.Voucher >= 0 && a.Voucher <= MaxVoucherNumber, "voucher", "voucher")
	f.want((a.Voucher == 0) == (a.Happened == 0) && (a.Happened == 0 || a.Happened.valid()), "happened", "date")
}

func (a *Redeem) needs(b *Book, c Command, w *Wants) {
	b.wantVolunteer(w, a.Volunteer)
	b.shops.want(w, a.Shop)
	b.accounts.want(w, AccountKey{NewAccountID(ClassRedeemed, a.Shop), Point})
	b.counters.want(w, a.Shop)
	a.wantWho(b, c, w)
	a.wantVoucher(b, w)
	b.wantGifts(w, a.Volunteer, a.Shop)
	b.wantShared(w, a.Volunteer)
	for _, l := range a.Lines {
		b.items.want(w, l.Item)
		for _, class := range []Class{ClassStock, ClassGiven, ClassShort} {
			b.accounts.want(w, AccountKey{NewAccountID(class, a.Shop), l.Item})
		}
	}
}

func (a *Redeem) decide(b *Book, c Command, d *draft) *Rejection {
	v, r := a.who(b, c)
	if r != nil {
		return r
	}
	x := &Exchange{
		Volunteer: a.Volunteer, Shop: a.Shop, Presence: a.Presence, Proxy: a.Proxy, PIN: a.PIN, Slip: a.Slip,
		Voucher: a.Voucher, Happened: a.Happened, Checked: a.Checked,
	}
	if r := a.late(b, d.On); r != nil {
		return r
	}
	day := x.day(d.On)
	rule, name := b.counterRule(a.Shop, day)
	if r := firstOf(a.present(b, c, d, v, &rule, name), a.enough(b, v, d.On, &rule)); r != nil {
		return r
	}
	lines, total, r := b.priced(a.Lines, day)
	if r != nil {
		return r
	}
	whole, _ := b.ruleOfShop(a.Shop, day)
	if x.Gift = b.paired(whole, v, total, d.On); x.Gift > 0 {
		d.Rule = whole.Name()
	}
	if r := firstOf(b.limited(v, lines, day, &rule), a.shelf(b, d.On), b.tooFew(v, total-x.Gift, InsufficientPoint, d.On)); r != nil {
		return r
	}

	// Past this line the redemption succeeds.
	x.Lines = lines
	if own, _ := b.available(a.Volunteer, "", d.On); own < total-x.Gift {
		x.Pool = b.shared(v, d.On)
	}
	b.exchange(d, x)
	d.Body = x
	return nil
}

// who refuses a volunteer, a shop or an item that does not exist, and whoever may not be served, or not by this actor.
func (a *Redeem) who(b *Book, c Command) (*Volunteer, *Rejection) {
	v, ok := b.who(a.Volunteer)
	if !ok {
		return v, notFound(string(a.Volunteer))
	}
	if r := firstOf(missing(&b.shops, a.Shop), b.missingItem(a.Lines)); r != nil {
		return v, r
	}
	return v, b.drawable(c, v)
}

// priced puts the price of the day on each line.
func (b *Book) priced(lines []ItemLine, on Date) (out []PricedLine, total Amount, r *Rejection) {
	for _, l := range lines {
		item, _ := b.items.get(l.Item)
		each, ok := item.PriceOn(on)
		if !ok {
			return nil, 0, &Rejection{Reason: NoPrice, Subject: string(l.Item)}
		}
		points, ok := share(each, int64(l.Pieces), 1)
		if !ok || !(total + points).within() {
			return nil, 0, &Rejection{Reason: TooLarge, Subject: string(l.Item)}
		}
		out = append(out, PricedLine{l.Item, l.Pieces, points})
		total += points
	}
	return out, total, nil
}

// shelf refuses an item of which only pieces past their date are left. An empty shelf refuses nothing: the goods are already
// in the hand, and the next count will tell.
func (a *Redeem) shelf(b *Book, on Date) *Rejection {
	v, _ := b.who(a.Volunteer)
	for _, l := range a.Lines {
		stock, _ := b.accounts.get(AccountKey{StockOf(a.Shop), l.Item})
		if len(stock.Lots) > 0 && !slices.ContainsFunc(stock.Lots, usable(on)) {
			return &Rejection{Reason: PastDateOnly, Subject: string(l.Item)}
		}
		if r := directed(*stock, l, on, v); r != nil {
			return r
		}
	}
	return nil
}

// exchange posts a redemption: points and goods leave their available lots, first expiring first.
func (b *Book) exchange(d *draft, x *Exchange) {
	b.drawPoints(d, x)
	b.drawGoods(d, x)
}

func (b *Book) drawPoints(d *draft, x *Exchange) {
	total := sumOf(x.Lines) - x.Gift
	draws, _ := b.spend(x.Volunteer, x.Pool, total, d.On)
	for _, w := range draws {
		d.post(w.Account, Point, w.Amount, w.Lot)
	}
	d.post(NewAccountID(ClassRedeemed, x.Shop), Point, -total, 0)
	if x.Gift == 0 {
		return
	}
	gifts, _ := b.accounts.get(AccountKey{GiftsOf(x.Volunteer), GiftPoint})
	for _, w := range gifts.takeOwned(x.Gift, d.On) {
		d.post(GiftsOf(x.Volunteer), GiftPoint, w.Amount, w.Lot)
	}
	d.post(NewAccountID(ClassRedeemed, x.Shop), GiftPoint, -x.Gift, 0)
}

// drawGoods takes the goods off the shelf. What the shelf lacks is in the volunteer's hand all the same, and stands as short
// until the next count.
func (b *Book) drawGoods(d *draft, x *Exchange) {
	v, _ := b.who(x.Volunteer)
	for _, l := range x.Lines {
		stock, _ := b.accounts.get(AccountKey{StockOf(x.Shop), l.Item})
		draws, short := pick(stock.Lots, l.Pieces, usableBy(d.On, v.Unit, v.Classes))
		for _, w := range draws {
			d.post(StockOf(x.Shop), l.Item, -w.Amount, w.Lot)
		}
		d.post(NewAccountID(ClassShort, x.Shop), l.Item, -short, 0)
		d.post(NewAccountID(ClassGiven, x.Shop), l.Item, l.Pieces, 0)
	}
}

func (r *Exchange) asked() (Action, Index) {
	return &Redeem{
		Volunteer: r.Volunteer, Shop: r.Shop, Lines: itemsOf(r.Lines), Presence: r.Presence, Proxy: r.Proxy, PIN: r.PIN, Slip: r.Slip,
		Voucher: r.Voucher, Happened: r.Happened, Checked: r.Checked,
	}, 0
}

// holds I12 and I13, and that what moves is what the lines say.
func (r *Exchange) holds(b *Book, e Entry) ([]Posting, error) {
	if err := r.checkServed(b, e); err != nil {
		return nil, err
	}
	if err := cmp.Or(r.checkVoucher(b, e), r.checkPaired(b, e), b.checkShared(r.Volunteer, r.Pool, sumOf(r.Lines)-r.Gift, e.On)); err != nil {
		return nil, err
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	b.exchange(&d, r)
	if !slices.Equal(d.Postings, e.Postings) {
		v, _ := b.who(r.Volunteer)
		points := b.checkDraws(e, usable(e.On), PointsOf(r.Volunteer), holderOf(r.Volunteer, r.Pool))
		goods := b.checkDraws(e, usableBy(e.On, v.Unit, v.Classes), StockOf(r.Shop))
		if err := cmp.Or(points, goods); err != nil {
			return nil, err
		}
	}
	return d.Postings, nil
}

// checkServed holds I13: neither the volunteer nor who came for them is served by themself or their household.
func (r *Exchange) checkServed(b *Book, e Entry) error {
	if err := b.checkOther(e, r.Volunteer); err != nil || r.Proxy == "" {
		return err
	}
	return errors.Join(b.checkEnrolled(r.Proxy), b.checkOther(e, r.Proxy))
}

func (r *Exchange) fold(b *Book, e Entry) {
	b.volunteers.edit(r.Volunteer).Last = e.Index
	if r.Voucher != 0 {
		b.vouchers.edit(r.Shop).take(r.Voucher)
	} else {
		b.presences.edit(e.Actor).count(e.On, r.Presence)
	}
	b.wentOut(r, e)
	b.visit(r, r.day(e.On))
}

func (r *Exchange) people() []VolunteerID { return []VolunteerID{r.Volunteer} }

func (r *Exchange) needsUndone(b *Book, w *Wants) {
	b.counters.want(w, r.Shop)
	b.wantRuleOfShop(w, r.Shop)
	b.wantVisits(w, r.Volunteer)
}

// undo takes back a redemption of which nothing came back before.
func (r *Exchange) undo(b *Book, d *draft, orig Entry) ([]LotExpiry, *Rejection) {
	if after, _ := b.afters.get(orig.Index); len(after.Undone) > 0 {
		return nil, &Rejection{Reason: HasReturns, Subject: writeIndexPlain(orig.Index)}
	}
	return b.restore(d, orig, r, After{}, r.Lines), nil
}

func (r *Exchange) undone(b *Book, e, orig Entry) {
	b.expireBeside(e, orig)
	b.cameBack(r, r.Lines, e).Returns++
	b.unvisit(orig, r)
}

func (a *Return) fields(c *codec) {
	number(c, "redemption", &a.Redemption)
	itemLines(c, &a.Lines)
	text(c, "reason", &a.Reason)
}

func (r *GoodsReturn) fields(c *codec) {
	number(c, "redemption", &r.Redemption)
	text(c, "volunteer", &r.Volunteer)
	text(c, "shop", &r.Shop)
	pricedLines(c, &r.Lines)
	text(c, "reason", &r.Reason)
	lotExpiries(c, &r.Lots)
}

func (a *Return) kind() Kind { return Returned }

func (a *Return) roles() anyOf { return anyOf{Clerk, Steward} }

func (a *Return) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Return) check(f *faults) {
	f.want(a.Redemption > 0, "redemption", "index")
	checkLines(f, a.Lines, 0)
	f.want(a.Reason.valid(), "reason", "reason")
}

func (a *Return) needs(b *Book, _ Command, w *Wants) { b.wantUndone(w, a.Redemption) }

func (a *Return) decide(b *Book, c Command, d *draft) *Rejection {
	sold, _ := b.entry(a.Redemption)
	x, ok := sold.Sold()
	if !ok {
		return notFound(writeIndexPlain(a.Redemption))
	}
	v, r := b.open(x.Volunteer)
	if r != nil {
		return r
	}
	if b.self(c.Actor, v) {
		return &Rejection{Reason: SelfService, Subject: string(x.Volunteer)}
	}
	if r := firstOf(b.stewardOnly(c, d, x.Shop, sold), b.takenBack(d.On, x.Shop, sold, a.Reason)); r != nil {
		return r
	}
	after, _ := b.afters.get(a.Redemption)
	if after.Reversed != 0 {
		return &Rejection{Reason: AlreadyReversed, Subject: writeIndexPlain(after.Reversed)}
	}
	lines, r := returnLines(sold, x, *after, a.Lines)
	if r != nil {
		return r
	}
	body := &GoodsReturn{Redemption: a.Redemption, Volunteer: x.Volunteer, Shop: x.Shop, Lines: lines, Reason: a.Reason}
	body.Lots = b.restore(d, sold, x, *after, lines)
	return d.itself(body, b.mayRevive(d))
}

// returnLines prices what comes back as it was priced then; asked for nothing, it is all that did not come back before.
func returnLines(sold Entry, x *Exchange, after After, asked []ItemLine) ([]PricedLine, *Rejection) {
	if len(asked) == 0 {
		for _, l := range x.Lines {
			if n := l.Pieces - returned(sold, after, l.Item); n > 0 {
				asked = append(asked, ItemLine{l.Item, n})
			}
		}
	}
	var out []PricedLine
	for _, l := range asked {
		i := slices.IndexFunc(x.Lines, func(m PricedLine) bool { return m.Item == l.Item })
		if i < 0 {
			return nil, &Rejection{Reason: NothingToReturn, Subject: string(l.Item), Want: l.Pieces}
		}
		if left := x.Lines[i].Pieces - returned(sold, after, l.Item); l.Pieces > left {
			return nil, &Rejection{Reason: NothingToReturn, Subject: string(l.Item), Have: left, Want: l.Pieces}
		}
		out = append(out, PricedLine{l.Item, l.Pieces, x.Lines[i].Points / x.Lines[i].Pieces * l.Pieces})
	}
	if len(out) == 0 {
		return nil, &Rejection{Reason: NothingToReturn, Subject: writeIndexPlain(sold.Index)}
	}
	return out, nil
}

// returned counts the pieces of an item that came back from a redemption.
func returned(sold Entry, after After, item Commodity) Amount {
	var n Amount
	for i, p := range sold.Postings {
		if c := p.Account.Class(); p.Commodity == item && (c == ClassStock || c == ClassShort) {
			n += after.undone(i)
		}
	}
	return n
}

// restore posts the return of lines of a redemption: points and goods go back into the lots that they were drawn from, the last
// drawn first. It returns the last usable day of every lot that got something back.
func (b *Book) restore(d *draft, sold Entry, x *Exchange, after After, lines []PricedLine) (lots []LotExpiry) {
	points := sumOf(lines)
	gift := x.giftBack(sold, after, points)
	points -= gift
	lots = b.unspend(d, sold, after, x.Volunteer, x.Pool, points)
	d.post(NewAccountID(ClassRedeemed, x.Shop), Point, points, 0)
	if gift > 0 {
		lots = append(lots, b.giveBack(d, sold, after, AccountKey{GiftsOf(x.Volunteer), GiftPoint}, gift)...)
	}
	d.post(NewAccountID(ClassRedeemed, x.Shop), GiftPoint, gift, 0)
	for _, l := range lines {
		back := l.Pieces
		for i, p := range slices.Backward(sold.Postings) {
			if p.Account.Class() == ClassShort && p.Commodity == l.Item {
				n := min(back, p.Amount.Abs()-after.undone(i))
				d.post(p.Account, l.Item, n, 0)
				back -= n
			}
		}
		if back > 0 {
			lots = append(lots, b.giveBack(d, sold, after, AccountKey{StockOf(x.Shop), l.Item}, back)...)
		}
		d.post(NewAccountID(ClassGiven, x.Shop), l.Item, -l.Pieces, 0)
	}
	return lots
}

// checkSold holds that what an entry takes back was exchanged by that volunteer in that shop (I10), and by nobody's own clerk (I13).
func (b *Book) checkSold(e Entry, i Index, v VolunteerID, s ShopID) (sold Entry, x *Exchange, err error) {
	sold, _ = b.entry(i)
	x, ok := sold.Sold()
	if !ok || x.Volunteer != v || x.Shop != s {
		return sold, nil, fmt.Errorf("I10: entry %d is no redemption of that volunteer and shop", i)
	}
	return sold, x, b.checkOther(e, v)
}

func (r *GoodsReturn) asked() (Action, Index) {
	return &Return{r.Redemption, itemsOf(r.Lines), r.Reason}, 0
}

// holds I10 for a return: it gives back no more than the redemption drew, at the price of then, into the same lots.
func (r *GoodsReturn) holds(b *Book, e Entry) ([]Posting, error) {
	sold, x, err := b.checkSold(e, r.Redemption, r.Volunteer, r.Shop)
	if err != nil {
		return nil, err
	}
	after, _ := b.afters.get(r.Redemption)
	if after.Reversed != 0 {
		return nil, fmt.Errorf("I10: redemption %d was reversed by entry %d", r.Redemption, after.Reversed)
	}
	lines, no := returnLines(sold, x, *after, itemsOf(r.Lines))
	if no != nil || !slices.Equal(lines, r.Lines) {
		return nil, fmt.Errorf("I10: the lines are not what is left to return of redemption %d", r.Redemption)
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	lots := b.restore(&d, sold, x, *after, lines)
	if !slices.Equal(lots, r.Lots) || !slices.Equal(d.Postings, e.Postings) {
		return nil, fmt.Errorf("I10: not the lots that redemption %d drew are restored", r.Redemption)
	}
	return d.Postings, nil
}

func (r *GoodsReturn) looksBack() {}

func (r *GoodsReturn) lasts(id LotID) Date { return expiryOf(r.Lots, id) }

// fold notes which postings of the redemption the entry gave back.
func (r *GoodsReturn) fold(b *Book, e Entry) {
	sold, _ := b.entry(r.Redemption)
	after := b.afters.edit(r.Redemption)
	for _, p := range e.Postings {
		if p.byLot() && p.Amount > 0 { // what had lapsed beside the returned points
			b.expireLot(p.Lot, p.Amount)
			continue
		}
		for i, q := range sold.Postings {
			if q.key() == p.key() && q.Lot == p.Lot && (q.Amount > 0) != (p.Amount > 0) && undoable(sold, q.Account.Class()) {
				after.undo(i, p.Amount.Abs())
				break
			}
		}
	}
	if x, ok := sold.Sold(); ok {
		b.cameBack(x, r.Lines, e).Returns++
		b.takeVisit(sold, x, r.Lines, 0)
	}
}

// undoable reports whether what a return gives back is counted on postings of the class. Of gift points only where some of them were drawn
// by lot: else there is one posting, and giftBack says how much of it is left.
func undoable(sold Entry, c Class) bool {
	byLot := func(p Posting) bool { return p.Account.Class() == ClassGift && p.Lot != 0 }
	return c == ClassPoints || c == ClassStock || c == ClassShort || c == ClassGift && slices.ContainsFunc(sold.Postings, byLot)
}
