package ledger

import (
	"fmt"
	"slices"
)

// This family sets points and goods aside. A hold moves nothing: it is a fact that makes less available, until it is collected,
// released, or past its last day.

// The kinds of what becomes of holds.
const (
	Held      Kind = "held"
	Settled   Kind = "settled"
	Released  Kind = "released"
	HoldEnded Kind = "hold_ended"
)

// Why a hold is refused, or something because of one.
const (
	HoldClosed  RejectReason = "hold_closed"   // collected, released, ended, or past its last day
	HoldTooLong RejectReason = "hold_too_long" // more days than the rule allows
	StillHeld   RejectReason = "still_held"    // what would be taken is held in part; Subject is a lot or an item
	NotHeld     RejectReason = "not_held"      // more pieces than the hold has
	ShelfEmpty  RejectReason = "shelf_empty"   // fewer free pieces than a hold asks for
)

// The actions and bodies. Fields of actions that are not marked optional are required.
type (
	// Hold sets goods of a shelf aside for a volunteer, at the price of the day, and the points for them. By a clerk who serves
	// neither themself nor their household, or by the volunteer.
	Hold struct {
		Volunteer VolunteerID
		Shop      ShopID
		Lines     []ItemLine
		Until     Date // optional: the last day; the longest that the rule allows where it is none
	}

	// Reservation is the body of held. Ends is the last day: never later than that of a lot which the hold names.
	Reservation struct {
		Volunteer VolunteerID
		Shop      ShopID
		Lines     []PricedLine
		Until     Date
		Ends      Date
		Lots      []HeldLot
	}

	// HeldLot is what a hold sets aside of a lot: of the volunteer where it holds points, of the shop where it holds goods.
	HeldLot struct {
		Commodity Commodity
		Lot       LotID
		Amount    Amount
		Pool      PoolID // of the household, where it holds points out of that
	}

	// Release gives a hold up. By a clerk or steward who is neither that volunteer nor of their household, or by the
	// volunteer.
	Release struct {
		Hold   Index
		Reason Reason
	}

	// HoldRelease is the body of released.
	HoldRelease struct {
		Release
		Volunteer VolunteerID
	}

	// EndHold closes a hold whose last day is over. By a steward, through the run.
	EndHold struct {
		Hold Index
	}

	// HoldEnd is the body of hold_ended.
	HoldEnd struct {
		EndHold
		Volunteer VolunteerID
	}

	// HoldFact is a hold and what became of it.
	HoldFact struct {
		Index     Index
		State     HoldState
		Volunteer VolunteerID
		Shop      ShopID
		On        Date
		Ends      Date
		Lines     []PricedLine
		Lots      []HeldLot
		Closed    Index // the entry that settled, released or ended it
	}
)

// HoldState is what became of a hold.
type HoldState string

// The states of a hold.
const (
	HoldOpen      HoldState = "open"
	HoldCollected HoldState = "settled"
	HoldReleased  HoldState = "released"
	HoldTimedOut  HoldState = "ended"
)

// holdBody returns an empty body of one of the kinds above, or nil.
func holdBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case Held:
		return &Reservation{}
	case Settled:
		return &Settlement{}
	case Released:
		return &HoldRelease{}
	case HoldEnded:
		return &HoldEnd{}
	}
	return nil
}

// hold sets a part of a lot aside, or gives it free where the amount is negative.
func (a *Account) hold(id LotID, amount Amount) {
	if i := lotOf(a.Lots, id); i >= 0 {
		a.Lots[i].Held += amount
	}
}

// account names the account whose lot is held.
func (h HeldLot) account(v VolunteerID, s ShopID) AccountKey {
	if h.Commodity.Points() {
		return AccountKey{holderOf(v, h.Pool), h.Commodity}
	}
	return AccountKey{StockOf(s), h.Commodity}
}

func heldLots(c *codec, v *[]HeldLot) {
	list(c, "lots", v, func(c *codec, h *HeldLot) {
		text(c, "commodity", &h.Commodity)
		c.lot("lot", &h.Lot)
		number(c, "amount", &h.Amount)
		text(c, "pool", &h.Pool)
	})
}

func (a *Hold) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "shop", &a.Shop)
	itemLines(c, &a.Lines)
	c.date("until", &a.Until)
}

func (r *Reservation) fields(c *codec) {
	text(c, "volunteer", &r.Volunteer)
	text(c, "shop", &r.Shop)
	pricedLines(c, &r.Lines)
	c.date("until", &r.Until)
	c.date("ends", &r.Ends)
	heldLots(c, &r.Lots)
}

func (f *HoldFact) fields(c *codec) {
	number(c, "index", &f.Index)
	text(c, "state", &f.State)
	text(c, "volunteer", &f.Volunteer)
	text(c, "shop", &f.Shop)
	c.date("on", &f.On)
	c.date("ends", &f.Ends)
	pricedLines(c, &f.Lines)
	heldLots(c, &f.Lots)
	number(c, "closed", &f.Closed)
}

func (a *Hold) kind() Kind { return Held }

func (a *Hold) roles() anyOf { return anyOf{Clerk, Oneself} }

func (a *Hold) keeps() (*VolunteerID, *ShopID) { return &a.Volunteer, &a.Shop }

func (a *Hold) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Shop.Valid(), "shop", "shop_code")
	checkLines(f, a.Lines, 1)
	f.want(a.Until == 0 || a.Until.valid(), "until", "date")
}

func (a *Hold) needs(b *Book, c Command, w *Wants) {
	if v, ok := b.wantVolunteer(w, a.Volunteer); ok {
		b.wantRules(w, v)
	}
	b.shops.want(w, a.Shop)
	b.wantShared(w, a.Volunteer)
	(&Redeem{Volunteer: a.Volunteer, Shop: a.Shop}).wantWho(b, c, w)
	for _, l := range a.Lines {
		b.items.want(w, l.Item)
		b.accounts.want(w, AccountKey{StockOf(a.Shop), l.Item})
	}
}

func (a *Hold) decide(b *Book, c Command, d *draft) *Rejection {
	redeem := &Redeem{Volunteer: a.Volunteer, Shop: a.Shop, Lines: a.Lines}
	v, r := redeem.who(b, c)
	if r != nil {
		return r
	}
	ends, r := a.allowed(b, d, v)
	if r != nil {
		return r
	}
	counter, _ := b.counterRule(a.Shop, d.On)
	if r := redeem.enough(b, v, d.On, &counter); r != nil {
		return r
	}
	lines, total, r := b.priced(a.Lines, d.On)
	if r != nil {
		return r
	}
	if r := firstOf(b.limited(v, lines, d.On, &counter), redeem.shelf(b, d.On), a.shelf(b, d.On), b.tooFew(v, total, InsufficientPoint, d.On)); r != nil {
		return r
	}
	body := &Reservation{Volunteer: a.Volunteer, Shop: a.Shop, Lines: lines, Until: a.Until}
	if body.Lots, body.Ends, r = b.setAside(body, b.shared(v, d.On), d.On, ends); r != nil {
		return r
	}
	d.Body = body
	return nil
}

// allowed refuses what the rule does not allow, and returns the last day of the hold.
func (a *Hold) allowed(b *Book, d *draft, v *Volunteer) (Date, *Rejection) {
	rule, ok := b.ruleOf(v.Unit, d.On)
	if !ok {
		return 0, &Rejection{Reason: NoRule, Subject: d.On.String()}
	}
	latest := d.On.AddDays(int(rule.Hold.Days))
	switch most := rule.Hold.open(); {
	case rule.Hold.Days == 0:
		return 0, &Rejection{Reason: RuleOff, Subject: rule.Name()}
	case a.Until != 0 && a.Until < d.On:
		return 0, &Rejection{Reason: DateInPast, Subject: a.Until.String()}
	case a.Until > latest:
		return 0, &Rejection{Reason: HoldTooLong, Subject: latest.String(), Have: Amount(a.Until - d.On), Want: Amount(rule.Hold.Days)}
	case len(v.Holds) >= most:
		return 0, &Rejection{Reason: LimitReached, Subject: string(a.Volunteer), Have: Amount(len(v.Holds)), Want: Amount(most)}
	}
	d.Rule = rule.Name()
	if a.Until != 0 {
		return a.Until, nil
	}
	return latest, nil
}

// shelf refuses more than the shelf has free. At the counter an empty shelf stops nobody, since the goods are in the hand; what
// is to be there tomorrow must be there now.
func (a *Hold) shelf(b *Book, on Date) *Rejection {
	v, _ := b.who(a.Volunteer)
	for _, l := range a.Lines {
		stock, _ := b.accounts.get(AccountKey{StockOf(a.Shop), l.Item})
		if have := stock.free(usableBy(on, v.Unit, v.Classes)); have < l.Pieces {
			return &Rejection{Reason: ShelfEmpty, Subject: string(l.Item), Have: have, Want: l.Pieces}
		}
	}
	return nil
}

// setAside picks the lots that a hold names, first expiring first of those that the volunteer may have, and cuts its last day to
// theirs: a hold that outlived its lot would keep what has lapsed.
func (b *Book) setAside(r *Reservation, pool PoolID, on, ends Date) (held []HeldLot, last Date, no *Rejection) {
	take := func(k AccountKey, pool PoolID, w draw) {
		acct, _ := b.accounts.get(k)
		held = append(held, HeldLot{k.Commodity, w.Lot, w.Amount, pool})
		if day := acct.Lots[lotOf(acct.Lots, w.Lot)].Expires; day != 0 {
			ends = min(ends, day)
		}
	}
	points, _ := b.spend(r.Volunteer, pool, sumOf(r.Lines), on)
	for _, w := range points {
		of := PoolID("")
		if w.Account != PointsOf(r.Volunteer) {
			of = pool
		}
		take(AccountKey{w.Account, Point}, of, w.draw)
	}
	v, _ := b.who(r.Volunteer)
	for _, l := range r.Lines {
		stock, _ := b.accounts.get(AccountKey{StockOf(r.Shop), l.Item})
		draws, _ := pick(stock.Lots, l.Pieces, usableBy(on, v.Unit, v.Classes))
		for _, w := range draws {
			take(AccountKey{StockOf(r.Shop), l.Item}, "", w)
		}
	}
	if most := MaxPostings - 2*MaxLines - 1; len(held) > most { // whoever collects it moves all of them in one entry
		return nil, 0, &Rejection{Reason: TooLarge, Have: Amount(len(held)), Want: Amount(most)}
	}
	return held, ends, nil
}

// sumOf adds up the points of lines.
func sumOf(lines []PricedLine) (points Amount) {
	for _, l := range lines {
		points += l.Points
	}
	return points
}

func (r *Reservation) asked() (Action, Index) {
	return &Hold{r.Volunteer, r.Shop, itemsOf(r.Lines), r.Until}, 0
}

// holds I12 and I13, and that what is set aside is free and is what the lines say.
func (r *Reservation) holds(b *Book, e Entry) ([]Posting, error) {
	if err := b.checkEnrolled(r.Volunteer); err != nil {
		return nil, err
	}
	if err := b.checkOther(e, r.Volunteer); err != nil {
		return nil, err
	}
	if v, _ := b.who(r.Volunteer); len(v.Holds) >= MaxHolds {
		return nil, fmt.Errorf("I8: %s has %d open holds", r.Volunteer, len(v.Holds))
	}
	pool := sharedBy(r.Lots)
	if err := b.checkShared(r.Volunteer, pool, sumOf(r.Lines), e.On); err != nil {
		return nil, err
	}
	want, last, no := b.setAside(r, pool, e.On, r.Ends)
	if no != nil || !slices.Equal(want, r.Lots) {
		return nil, fmt.Errorf("I12: the hold names %v, first expiring are %v", r.Lots, want)
	}
	if last != r.Ends || r.Ends < e.On || r.Ends > e.On.AddDays(MaxHoldDays) {
		return nil, fmt.Errorf("I8: a hold that ends on %s", r.Ends)
	}
	return nil, r.covered(want)
}

// sharedBy returns the pool of which lots are held, if there is one.
func sharedBy(held []HeldLot) PoolID {
	if i := slices.IndexFunc(held, func(h HeldLot) bool { return h.Pool != "" }); i >= 0 {
		return held[i].Pool
	}
	return ""
}

// covered holds that enough is set aside for every line (I3).
func (r *Reservation) covered(held []HeldLot) error {
	sums := map[Commodity]Amount{}
	for _, h := range held {
		sums[h.Commodity] += h.Amount
	}
	lacks := sums[Point] != sumOf(r.Lines)
	for _, l := range r.Lines {
		lacks = lacks || l.Points <= 0 || sums[l.Item] != l.Pieces
	}
	if lacks {
		return fmt.Errorf("I3: less is free for %s than the hold says", r.Volunteer)
	}
	return nil
}

func (r *Reservation) fold(b *Book, e Entry) {
	b.holds.put(e.Index, HoldFact{
		Index: e.Index, State: HoldOpen, Volunteer: r.Volunteer, Shop: r.Shop, On: e.On, Ends: r.Ends, Lines: r.Lines, Lots: r.Lots,
	})
	v := b.volunteers.edit(r.Volunteer)
	v.Holds = append(slices.Clone(v.Holds), e.Index)
	for _, h := range r.Lots {
		b.amend(h.account(r.Volunteer, r.Shop)).hold(h.Lot, h.Amount)
	}
}

// wantHold asks for a hold and for what closing it touches.
func (b *Book) wantHold(w *Wants, i Index) (HoldFact, bool) {
	b.holds.want(w, i)
	h, ok := b.holds.peek(i)
	if ok {
		b.wantVolunteer(w, h.Volunteer)
		for _, l := range h.Lots {
			b.accounts.want(w, l.account(h.Volunteer, h.Shop))
		}
	}
	return *h, ok
}

// openHold refuses a hold that there is not, or that was closed.
func (b *Book) openHold(i Index) (HoldFact, *Rejection) {
	h, ok := b.holds.get(i)
	switch {
	case !ok:
		return *h, notFound(writeIndexPlain(i))
	case h.State != HoldOpen:
		return *h, &Rejection{Reason: HoldClosed, Subject: writeIndexPlain(i)}
	}
	return *h, nil
}

// checkHold holds that a hold is closed once (I10), and is of whom the entry says.
func (b *Book) checkHold(i Index, of VolunteerID) (HoldFact, error) {
	h, no := b.openHold(i)
	switch {
	case no != nil:
		return h, fmt.Errorf("I10: hold %d: %s", i, no.Error())
	case h.Volunteer != of:
		return h, fmt.Errorf("I8: hold %d is another volunteer's", i)
	}
	return h, nil
}

// closeHold folds the end of a hold: all that it had set aside and that was not drawn is free again.
func (b *Book) closeHold(i, by Index, state HoldState) {
	h := b.holds.edit(i)
	h.State, h.Closed = state, by
	v := b.volunteers.edit(h.Volunteer)
	v.Holds = slices.DeleteFunc(slices.Clone(v.Holds), func(k Index) bool { return k == i })
	for _, l := range h.Lots {
		b.amend(l.account(h.Volunteer, h.Shop)).hold(l.Lot, -l.Amount)
	}
}

// reserved refuses to take back lots that an entry opened as long as a hold names one of them.
func (b *Book) reserved(orig Entry) *Rejection {
	for _, p := range orig.Postings {
		if p.Lot == 0 || p.Lot.Entry() != orig.Index {
			continue
		}
		acct, _ := b.accounts.get(p.key())
		if i := lotOf(acct.Lots, p.Lot); i >= 0 && acct.Lots[i].Held > 0 {
			return &Rejection{Reason: StillHeld, Subject: p.Lot.String()}
		}
	}
	return nil
}

func (a *Release) fields(c *codec) {
	number(c, "hold", &a.Hold)
	text(c, "reason", &a.Reason)
}

func (r *HoldRelease) fields(c *codec) {
	r.Release.fields(c)
	text(c, "volunteer", &r.Volunteer)
}

func (a *Release) kind() Kind { return Released }

func (a *Release) roles() anyOf { return anyOf{Clerk, Steward, Oneself} }

func (a *Release) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Release) check(f *faults) {
	f.want(a.Hold > 0, "hold", "index")
	f.want(a.Reason.valid(), "reason", "reason")
}

func (a *Release) needs(b *Book, _ Command, w *Wants) { b.wantHold(w, a.Hold) }

func (a *Release) decide(b *Book, c Command, d *draft) *Rejection {
	h, r := b.openHold(a.Hold)
	if r != nil {
		return r
	}
	if v, _ := b.who(h.Volunteer); b.self(c.Actor, v) {
		return &Rejection{Reason: SelfService, Subject: string(h.Volunteer)}
	}
	return d.itself(&HoldRelease{*a, h.Volunteer}, nil)
}

func (r *HoldRelease) asked() (Action, Index) { return &r.Release, 0 }

func (r *HoldRelease) holds(b *Book, e Entry) ([]Posting, error) {
	if _, err := b.checkHold(r.Hold, r.Volunteer); err != nil {
		return nil, err
	}
	return nil, b.checkOther(e, r.Volunteer)
}

func (r *HoldRelease) fold(b *Book, e Entry) { b.closeHold(r.Hold, e.Index, HoldReleased) }

func (a *EndHold) fields(c *codec) { number(c, "hold", &a.Hold) }

func (r *HoldEnd) fields(c *codec) {
	r.EndHold.fields(c)
	text(c, "volunteer", &r.Volunteer)
}

func (a *EndHold) kind() Kind { return HoldEnded }

func (a *EndHold) roles() anyOf { return anyOf{Steward} }

func (a *EndHold) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *EndHold) check(f *faults) { f.want(a.Hold > 0, "hold", "index") }

func (a *EndHold) needs(b *Book, _ Command, w *Wants) { b.wantHold(w, a.Hold) }

func (a *EndHold) decide(b *Book, _ Command, d *draft) *Rejection {
	h, r := b.openHold(a.Hold)
	if r == nil && d.On <= h.Ends {
		r = &Rejection{Reason: DateInFuture, Subject: h.Ends.AddDays(1).String()}
	}
	return d.itself(&HoldEnd{*a, h.Volunteer}, r)
}

func (r *HoldEnd) asked() (Action, Index) { return &r.EndHold, 0 }

// holds that no hold ends before its last day is over.
func (r *HoldEnd) holds(b *Book, e Entry) ([]Posting, error) {
	h, err := b.checkHold(r.Hold, r.Volunteer)
	if err == nil && e.On <= h.Ends {
		err = fmt.Errorf("I8: hold %d lasts until %s", r.Hold, h.Ends)
	}
	return nil, err
}

func (r *HoldEnd) fold(b *Book, e Entry) { b.closeHold(r.Hold, e.Index, HoldTimedOut) }

// keptHeld returns what of a lot an entry may not draw: what is held, unless the entry collects it.
func (b *Book) keptHeld(e Entry, k AccountKey, l Lot) Amount {
	if l.Held == 0 {
		return 0
	}
	if body, ok := e.Body.(interface {
		frees(b *Book, k AccountKey, lot LotID) Amount
	}); ok {
		return l.Held - body.frees(b, k, l.ID)
	}
	return l.Held
}
