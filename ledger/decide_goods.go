package ledger

import (
	"fmt"
	"slices"
	"strconv"
)

// This file decides what happens at the shelf and the counter: goods come in by lot, leave for points at the price of the
// day, and come back into the lots that they left.

func writeIndexPlain(i Index) string { return strconv.FormatInt(int64(i), 10) }

// checkLines lists what is malformed in a basket; an item stands in it once.
func checkLines(f *faults, lines []ItemLine, least int) {
	f.want(len(lines) >= least, "lines", "required")
	f.want(len(lines) <= MaxLines, "lines", "too_many")
	for i, l := range lines {
		f.want(l.Item.Goods(), fmt.Sprintf("lines[%d].item", i), "item_code")
		f.want(l.Pieces > 0 && l.Pieces <= MaxPieces, fmt.Sprintf("lines[%d].pieces", i), "pieces")
		twice := slices.ContainsFunc(lines[:i], func(m ItemLine) bool { return m.Item == l.Item })
		f.want(!twice, fmt.Sprintf("lines[%d].item", i), "twice")
	}
}

func (a *Receive) kind() Kind { return Received }
func (a *Receive) check(f *faults) {
	f.want(a.Shop.Valid(), "shop", "shop_code")
	f.want(a.Donor.Valid(), "donor", "donor_code")
	checkLines(f, a.Lines, 1)
	f.want(a.BestBefore == 0 || a.BestBefore.valid(), "best_before", "date")
}

func (a *Receive) needs(b *Book, _ Command, w *Wants) {
	b.shops.want(w, a.Shop)
	b.donors.want(w, a.Donor)
	for _, l := range a.Lines {
		b.items.want(w, l.Item)
		b.accounts.want(w, AccountKey{StockOf(a.Shop), l.Item})
		b.accounts.want(w, AccountKey{account(ClassReceived, a.Donor), l.Item})
	}
}

func (a *Receive) decide(b *Book, _ Command, d *draft) *Rejection {
	if r := firstOf(missing(&b.shops, a.Shop), missing(&b.donors, a.Donor), b.missingItem(a.Lines)); r != nil {
		return r
	}
	if a.BestBefore != 0 && a.BestBefore < d.On {
		return &Rejection{Reason: DateInPast, Subject: a.BestBefore.String()}
	}
	d.receive(a)
	return d.itself(a, nil)
}

// receive posts a delivery: each line opens a lot.
func (d *draft) receive(a *Receive) {
	for _, l := range a.Lines {
		d.post(StockOf(a.Shop), l.Item, l.Pieces, d.newLot())
		d.post(account(ClassReceived, a.Donor), l.Item, -l.Pieces, 0)
	}
}

func (b *Book) missingItem(lines []ItemLine) *Rejection {
	for _, l := range lines {
		if r := missing(&b.items, l.Item); r != nil {
			return r
		}
	}
	return nil
}

func (a *Redeem) kind() Kind { return Redeemed }
func (a *Redeem) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Shop.Valid(), "shop", "shop_code")
	checkLines(f, a.Lines, 1)
	f.want(a.Presence == ByCard || a.Presence == ByTyped, "presence", "presence")
}

func (a *Redeem) needs(b *Book, c Command, w *Wants) {
	b.refusals.want(w, c.Actor)
	b.wantVolunteer(w, a.Volunteer)
	b.shops.want(w, a.Shop)
	b.accounts.want(w, AccountKey{account(ClassRedeemed, a.Shop), Point})
	for _, l := range a.Lines {
		b.items.want(w, l.Item)
		for _, class := range []Class{ClassStock, ClassGiven, ClassShort} {
			b.accounts.want(w, AccountKey{account(class, a.Shop), l.Item})
		}
	}
}

func (a *Redeem) decide(b *Book, c Command, d *draft) *Rejection {
	v, ok := b.volunteers.get(a.Volunteer)
	if !ok {
		return notFound(string(a.Volunteer))
	}
	if r := firstOf(missing(&b.shops, a.Shop), b.missingItem(a.Lines)); r != nil {
		return r
	}
	if r := b.drawable(c, v); r != nil {
		return r
	}
	lines, total, r := b.priced(a.Lines, d.On)
	if r != nil {
		return r
	}
	if r := b.shelf(a, d.On); r != nil {
		return r
	}
	acct, _ := b.accounts.get(AccountKey{PointsOf(a.Volunteer), Point})
	if have := acct.Available(d.On); have < total {
		return &Rejection{Reason: InsufficientPoint, Subject: string(a.Volunteer), Have: have, Want: total}
	}

	// Past this line the redemption succeeds.
	x := &Exchange{a.Volunteer, a.Shop, a.Presence, lines}
	b.exchange(d, x)
	d.Body = x
	return nil
}

// exchange posts a redemption: points and goods leave their available lots, first expiring first. What the shelf lacks is in
// the volunteer's hand all the same, and stands as short until the next count.
func (b *Book) exchange(d *draft, x *Exchange) {
	var total Amount
	for _, l := range x.Lines {
		total += l.Points
	}
	points := PointsOf(x.Volunteer)
	acct, _ := b.accounts.get(AccountKey{points, Point})
	draws, _ := pick(acct.Lots, total, d.On)
	for _, w := range draws {
		d.post(points, Point, w.Amount, w.Lot)
	}
	d.post(account(ClassRedeemed, x.Shop), Point, -total, 0)
	for _, l := range x.Lines {
		stock, _ := b.accounts.get(AccountKey{StockOf(x.Shop), l.Item})
		draws, short := pick(stock.Lots, l.Pieces, d.On)
		for _, w := range draws {
			d.post(StockOf(x.Shop), l.Item, -w.Amount, w.Lot)
		}
		d.post(account(ClassShort, x.Shop), l.Item, -short, 0)
		d.post(account(ClassGiven, x.Shop), l.Item, l.Pieces, 0)
	}
}

// drawable refuses to draw on an account that is closed or frozen, or that the actor gains by.
func (b *Book) drawable(c Command, v Volunteer) *Rejection {
	switch {
	case v.Status == Closed:
		return &Rejection{Reason: AccountClosed, Subject: string(v.Volunteer)}
	case v.Status == Frozen:
		return &Rejection{Reason: AccountFrozen, Subject: string(v.Volunteer)}
	case b.self(c.Actor, v):
		return &Rejection{Reason: SelfService, Subject: string(v.Volunteer)}
	}
	return nil
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
func (b *Book) shelf(a *Redeem, on Date) *Rejection {
	for _, l := range a.Lines {
		stock, _ := b.accounts.get(AccountKey{StockOf(a.Shop), l.Item})
		if len(stock.Lots) > 0 && stock.Available(on) == 0 {
			return &Rejection{Reason: PastDateOnly, Subject: string(l.Item)}
		}
	}
	return nil
}

func (a *Return) kind() Kind { return Returned }
func (a *Return) check(f *faults) {
	f.want(a.Redemption > 0, "redemption", "index")
	checkLines(f, a.Lines, 0)
	f.want(a.Reason.valid(), "reason", "reason")
}

func (a *Return) needs(b *Book, _ Command, w *Wants) { b.wantUndone(w, a.Redemption) }

func (a *Return) decide(b *Book, c Command, d *draft) *Rejection {
	sold, _ := b.entry(a.Redemption)
	x, ok := sold.Body.(*Exchange)
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
	after, _ := b.afters.get(a.Redemption)
	if after.Reversed != 0 {
		return &Rejection{Reason: AlreadyReversed, Subject: writeIndexPlain(after.Reversed)}
	}
	lines, r := returnLines(sold, x, after, a.Lines)
	if r != nil {
		return r
	}
	body := &GoodsReturn{Redemption: a.Redemption, Volunteer: x.Volunteer, Shop: x.Shop, Lines: lines, Reason: a.Reason}
	body.Lots = b.restore(d, sold, x, after, lines)
	d.Body = body
	return nil
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
	var points Amount
	for _, l := range lines {
		points += l.Points
	}
	lots = b.giveBack(d, sold, after, AccountKey{PointsOf(x.Volunteer), Point}, points)
	d.post(account(ClassRedeemed, x.Shop), Point, points, 0)
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
		d.post(account(ClassGiven, x.Shop), l.Item, -l.Pieces, 0)
	}
	return lots
}

// giveBack puts an amount back into the lots of one account that an entry drew, the last drawn first. Points that come back
// into a lapsed lot get the rule's grace; what else was left in that lot expires in the same entry, so that the grace revives
// only what came back.
func (b *Book) giveBack(d *draft, sold Entry, after After, k AccountKey, amount Amount) (lots []LotExpiry) {
	acct, _ := b.accounts.get(k)
	var swept Amount
	for i, p := range slices.Backward(sold.Postings) {
		if p.key() != k || p.Lot.Entry() == sold.Index {
			continue
		}
		n := min(amount, p.Amount.Abs()-after.undone(i))
		if n == 0 {
			continue
		}
		amount -= n
		lot := b.lot(acct, p.Lot)
		if k.Commodity == Point && lot.Lapsed(d.On) {
			d.post(k.ID, Point, lot.Left, p.Lot)
			swept += lot.Left
			lot.Expires = d.On.AddDays(b.grace(VolunteerID(k.ID.Owner()), d))
		}
		d.post(k.ID, k.Commodity, n*normal(k.ID), p.Lot)
		lots = append(lots, LotExpiry{p.Lot, lot.Expires})
	}
	if swept > 0 {
		v, _ := b.volunteers.get(VolunteerID(k.ID.Owner()))
		d.post(account(ClassBreakage, v.Unit), Point, -swept, 0)
	}
	return lots
}

// lot returns a lot of an account, also one that is used up.
func (b *Book) lot(a Account, id LotID) Lot {
	if i := lotOf(a.Lots, id); i >= 0 {
		return a.Lots[i]
	}
	opener, _ := b.entry(id.Entry())
	return Lot{ID: id, Expires: lotDates(opener)(id)}
}

// defaultGrace is used where no rule is in force.
const defaultGrace = 7

// grace returns how many days returned points have at least, and names the rule that says so.
func (b *Book) grace(v VolunteerID, d *draft) int {
	who, _ := b.volunteers.get(v)
	rule, ok := b.ruleOf(who.Unit, d.On)
	if !ok {
		return defaultGrace
	}
	d.Rule = rule.Name()
	return int(rule.ReturnGrace)
}

// itemsOf returns the lines without their points.
func itemsOf(lines []PricedLine) []ItemLine {
	items := make([]ItemLine, 0, len(lines))
	for _, l := range lines {
		items = append(items, ItemLine{l.Item, l.Pieces})
	}
	return items
}

// draw is how much of a lot is taken.
type draw struct {
	Lot    LotID
	Amount Amount
}

// pick draws an amount from the lots that are available on a day, in their order, and returns what they lack.
func pick(lots []Lot, amount Amount, on Date) (draws []draw, lack Amount) {
	for _, l := range lots {
		if amount == 0 {
			break
		}
		if l.Lapsed(on) {
			continue
		}
		n := min(amount, l.Left)
		draws = append(draws, draw{l.ID, n})
		amount -= n
	}
	return draws, amount
}
