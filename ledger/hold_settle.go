package ledger

import (
	"fmt"
	"slices"
)

// The actions and bodies of collecting a hold. Fields of actions that are not marked optional are required.
type (
	// Settle hands out what was held; no lines hand out all of it, and what is not handed out is free again. By a clerk who
	// serves neither themself nor their household.
	Settle struct {
		Hold     Index
		Lines    []ItemLine // optional
		Presence Presence
		Proxy    VolunteerID // optional, as in Redeem
		PIN      bool        // optional, as in Redeem
		Slip     string      // optional, as in Redeem
		Checked  []Check     // optional, as in Redeem
	}

	// Settlement is the body of settled: a redemption at the price of the hold's day, out of the lots that it named.
	Settlement struct {
		Hold Index
		Exchange
		Whole bool // no lines were named
	}
)

// Sold returns what an entry exchanged, whether at once or out of a hold; ok is false where it exchanged nothing.
func (e Entry) Sold() (x *Exchange, ok bool) {
	switch body := e.Body.(type) {
	case *Exchange:
		return body, true
	case *Settlement:
		return &body.Exchange, true
	}
	return nil, false
}

func (a *Settle) fields(c *codec) {
	number(c, "hold", &a.Hold)
	itemLines(c, &a.Lines)
	presence(c, &a.Presence)
	text(c, "proxy", &a.Proxy)
	c.flag("pin", &a.PIN)
	text(c, "slip", &a.Slip)
	texts(c, "checked", &a.Checked)
}

func (r *Settlement) fields(c *codec) {
	number(c, "hold", &r.Hold)
	r.Exchange.fields(c)
	c.flag("whole", &r.Whole)
}

func (a *Settle) kind() Kind { return Settled }

func (a *Settle) roles() anyOf { return anyOf{Clerk} }

// keeps says that refusals are kept. Of whom they are, the hold says: see about.
func (a *Settle) keeps() (*VolunteerID, *ShopID) { return new(VolunteerID), new(ShopID) }

func (a *Settle) about(b *Book) (VolunteerID, ShopID) {
	h, _ := b.holds.get(a.Hold)
	return h.Volunteer, h.Shop
}

func (a *Settle) check(f *faults) {
	f.want(a.Hold > 0, "hold", "index")
	checkLines(f, a.Lines, 0)
	a.redeem(HoldFact{}).checkPresent(f)
}

// redeem is the redemption that collecting a hold comes to at the counter.
func (a *Settle) redeem(h HoldFact) *Redeem {
	return &Redeem{
		Volunteer: h.Volunteer, Shop: h.Shop, Lines: a.Lines, Presence: a.Presence, Proxy: a.Proxy, PIN: a.PIN, Slip: a.Slip, Checked: a.Checked,
	}
}

func (a *Settle) needs(b *Book, c Command, w *Wants) {
	h, ok := b.wantHold(w, a.Hold)
	if !ok {
		return
	}
	b.counters.want(w, h.Shop)
	a.redeem(h).wantWho(b, c, w)
	b.accounts.want(w, AccountKey{NewAccountID(ClassRedeemed, h.Shop), Point})
	for _, l := range h.Lines {
		b.accounts.want(w, AccountKey{NewAccountID(ClassGiven, h.Shop), l.Item})
	}
}

func (a *Settle) decide(b *Book, c Command, d *draft) *Rejection {
	h, r := b.openHold(a.Hold)
	if r != nil {
		return r
	}
	v, _ := b.who(h.Volunteer)
	if r := b.drawable(c, v); r != nil {
		return r
	}
	if d.On > h.Ends {
		return &Rejection{Reason: HoldClosed, Subject: writeIndexPlain(a.Hold)}
	}
	redeem := a.redeem(h)
	rule, name := b.counterRule(h.Shop, d.On)
	if r := redeem.present(b, c, d, v, &rule, name); r != nil {
		return r
	}
	lines, r := h.collected(a.Lines)
	if r != nil {
		return r
	}
	if r := b.limited(v, lines, d.On, &rule); r != nil {
		return r
	}

	// Past this line the goods are handed out.
	h.exchange(d, lines)
	d.Body = &Settlement{Hold: a.Hold, Exchange: Exchange{
		Volunteer: h.Volunteer, Shop: h.Shop, Presence: a.Presence, Lines: lines, Proxy: a.Proxy, PIN: a.PIN, Slip: a.Slip,
		Pool: h.sharedBy(d.Postings), Checked: a.Checked,
	}, Whole: len(a.Lines) == 0}
	return nil
}

// collected prices what is handed out as the hold did; asked for nothing, it is all of it.
func (h *HoldFact) collected(asked []ItemLine) ([]PricedLine, *Rejection) {
	if len(asked) == 0 {
		return h.Lines, nil
	}
	var out []PricedLine
	for _, l := range asked {
		i := slices.IndexFunc(h.Lines, func(m PricedLine) bool { return m.Item == l.Item })
		if i < 0 {
			return nil, &Rejection{Reason: NotHeld, Subject: string(l.Item), Want: l.Pieces}
		}
		held := h.Lines[i]
		if l.Pieces > held.Pieces {
			return nil, &Rejection{Reason: NotHeld, Subject: string(l.Item), Have: held.Pieces, Want: l.Pieces}
		}
		out = append(out, PricedLine{l.Item, l.Pieces, held.Points / held.Pieces * l.Pieces})
	}
	return out, nil
}

// exchange posts what is handed out: points and goods leave the lots that the hold named, in its order.
func (h *HoldFact) exchange(d *draft, lines []PricedLine) {
	take := func(c Commodity, amount Amount) {
		for _, l := range h.Lots {
			if l.Commodity == c {
				n, k := min(amount, l.Amount), l.account(h.Volunteer, h.Shop)
				d.post(k.ID, c, -n*normal(k.ID), l.Lot)
				amount -= n
			}
		}
	}
	total := sumOf(lines)
	take(Point, total)
	d.post(NewAccountID(ClassRedeemed, h.Shop), Point, -total, 0)
	for _, l := range lines {
		take(l.Item, l.Pieces)
		d.post(NewAccountID(ClassGiven, h.Shop), l.Item, l.Pieces, 0)
	}
}

// sharedBy returns the pool out of which postings draw, if they do.
func (h *HoldFact) sharedBy(postings []Posting) PoolID {
	pool := sharedBy(h.Lots)
	if slices.ContainsFunc(postings, func(p Posting) bool { return pool != "" && p.Account == PoolOf(pool) }) {
		return pool
	}
	return ""
}

func (r *Settlement) asked() (Action, Index) {
	return &Settle{
		Hold: r.Hold, Lines: r.named(), Presence: r.Presence, Proxy: r.Proxy, PIN: r.PIN, Slip: r.Slip, Checked: r.Checked,
	}, 0
}

// named returns the lines that were named when the hold was collected.
func (r *Settlement) named() []ItemLine {
	if r.Whole {
		return nil
	}
	return itemsOf(r.Lines)
}

// holds I10 and I13 for a hold that is collected: it is open, and what is handed out is what it set aside, at its price.
func (r *Settlement) holds(b *Book, e Entry) ([]Posting, error) {
	h, err := b.checkHold(r.Hold, r.Volunteer)
	if err != nil {
		return nil, err
	}
	if err := r.checkServed(b, e); err != nil {
		return nil, err
	}
	lines, no := h.collected(r.named())
	if no != nil || r.Gift != 0 || !slices.Equal(lines, r.Lines) || h.Shop != r.Shop || e.On > h.Ends {
		return nil, fmt.Errorf("I10: not what hold %d set aside is collected", r.Hold)
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	h.exchange(&d, lines)
	if h.sharedBy(d.Postings) != r.Pool {
		return nil, fmt.Errorf("I10: hold %d set nothing aside of the pool %q", r.Hold, r.Pool)
	}
	return d.Postings, nil
}

// frees returns what the entry may draw of a lot although it is held: it is held by what the entry collects.
func (r *Settlement) frees(b *Book, k AccountKey, lot LotID) (amount Amount) {
	h, _ := b.holds.get(r.Hold)
	for _, l := range h.Lots {
		if h.State == HoldOpen && l.Lot == lot && l.account(h.Volunteer, h.Shop) == k {
			amount += l.Amount
		}
	}
	return amount
}

func (r *Settlement) fold(b *Book, e Entry) {
	r.Exchange.fold(b, e)
	b.closeHold(r.Hold, e.Index, HoldCollected)
}
