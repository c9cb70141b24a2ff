package ledger

import (
	"fmt"
	"slices"
)

// This file draws from lots and puts back into them, whatever they hold.

// LotExpiry states the last usable day of a lot.
type LotExpiry struct {
	Lot     LotID
	Expires Date
}

func lotExpiries(c *codec, v *[]LotExpiry) {
	list(c, "lots", v, func(c *codec, l *LotExpiry) {
		c.lot("lot", &l.Lot)
		c.date("expires", &l.Expires)
	})
}

// expiryOf returns the day that a list states for a lot.
func expiryOf(lots []LotExpiry, id LotID) Date {
	for _, l := range lots {
		if l.Lot == id {
			return l.Expires
		}
	}
	return 0
}

// lasting is a body whose entry opens lots or puts something back into them. Post refuses an entry of any other body that does.
type lasting interface {
	// lasts returns the last usable day of such a lot, 0 where it never lapses.
	lasts(id LotID) Date
}

// lasts returns the last usable day that an entry gives a lot.
func lasts(e Entry, id LotID) Date {
	if body, ok := e.Body.(lasting); ok {
		return body.lasts(id)
	}
	return 0
}

// LotExpires returns the last usable day that the entry gives a lot which it opens or puts something back into, 0 where the lot
// never lapses.
func (e Entry) LotExpires(id LotID) Date { return lasts(e, id) }

// checkLasting holds that an entry which adds to lots says how long they last (I8).
func checkLasting(e Entry) error {
	for _, p := range e.Postings {
		if _, ok := e.Body.(lasting); !ok && p.Lot != 0 && p.Amount*normal(p.Account) > 0 {
			return fmt.Errorf("I8: a %s entry opens no lots", e.Kind)
		}
	}
	return nil
}

// normal is the sign of a posting that adds to a guarded account: points are owed (credit), goods are held (debit).
func normal(a AccountID) Amount {
	if c := a.Class(); c == ClassPoints || c.dated() {
		return -1
	}
	return 1
}

func lotOf(lots []Lot, id LotID) int {
	return slices.IndexFunc(lots, func(l Lot) bool { return l.ID == id })
}

// left returns what is left of a lot: nothing where it is not open.
func (a Account) left(id LotID) Amount {
	if i := lotOf(a.Lots, id); i >= 0 {
		return a.Lots[i].Left
	}
	return 0
}

// move adds to or takes from a lot, opening or closing it. A restored lot takes the date that the entry states.
func (a *Account) move(id LotID, amount Amount, expires Date) {
	if i := lotOf(a.Lots, id); i >= 0 {
		l := a.Lots[i]
		a.Lots = slices.Delete(a.Lots, i, i+1)
		l.Left += amount
		if amount > 0 {
			l.Expires = expires
		}
		if l.Left > 0 {
			a.open(l)
		}
		return
	}
	a.open(Lot{ID: id, Left: amount, Expires: expires})
}

// open puts a lot in its place in the drawing order.
func (a *Account) open(l Lot) {
	i, _ := slices.BinarySearchFunc(a.Lots, l, func(x, y Lot) int {
		if x.Before(y) {
			return -1
		}
		return 1
	})
	a.Lots = slices.Insert(a.Lots, i, l)
}

// draw is how much of a lot is taken.
type draw struct {
	Lot    LotID
	Amount Amount
}

// usable says which lots may be drawn on a day.
func usable(on Date) func(Lot) bool { return func(l Lot) bool { return !l.Lapsed(on) } }

// pick draws an amount from what is free of the lots that fit, in their order, and returns what they lack.
func pick(lots []Lot, amount Amount, fits func(Lot) bool) (draws []draw, lack Amount) {
	for _, l := range lots {
		if amount == 0 {
			break
		}
		n := min(amount, l.Free())
		if n <= 0 || !fits(l) {
			continue
		}
		draws = append(draws, draw{l.ID, n})
		amount -= n
	}
	return draws, amount
}

// checkDraws holds I12: what left the accounts left the lots that fit, first expiring first.
func (b *Book) checkDraws(e Entry, fits func(Lot) bool, ids ...AccountID) error {
	for i, p := range e.Postings {
		if !slices.Contains(ids, p.Account) || p.Lot.Entry() == e.Index {
			continue
		}
		k := p.key()
		if slices.ContainsFunc(e.Postings[:i], func(q Posting) bool { return q.key() == k }) {
			continue
		}
		var got []draw
		var sum Amount
		for _, q := range e.Postings {
			if q.key() == k {
				n := -q.Amount * normal(q.Account)
				got = append(got, draw{q.Lot, n})
				sum += n
			}
		}
		acct, _ := b.accounts.get(k)
		want, _ := pick(acct.Lots, sum, fits)
		if !slices.Equal(got, want) {
			return fmt.Errorf("I12: %s drew %v, first expiring are %v", k, got, want)
		}
	}
	return nil
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
		if p.Lot == 0 { // gift points that never lapse
			d.post(k.ID, k.Commodity, n*normal(k.ID), 0)
			continue
		}
		lot := b.lot(*acct, p.Lot)
		if k.Commodity.Points() && lot.Lapsed(d.On) {
			d.post(k.ID, k.Commodity, lot.Free(), p.Lot)
			swept += lot.Free()
			lot.Expires = d.On.AddDays(b.grace(b.unitOf(k.ID), d))
		}
		d.post(k.ID, k.Commodity, n*normal(k.ID), p.Lot)
		lots = append(lots, LotExpiry{p.Lot, lot.Expires})
	}
	if swept > 0 {
		d.post(NewAccountID(ClassBreakage, b.unitOf(k.ID)), k.Commodity, -swept, 0)
	}
	return lots
}

// mayRevive refuses to give back into a lapsed lot of which a hold still names a part: the grace would revive that part too. A hold
// ends no later than its lots, so that it can only be released or ended.
func (b *Book) mayRevive(d *draft) *Rejection {
	for _, p := range d.Postings {
		if p.Account.Class() != ClassPoints || p.Amount > 0 {
			continue
		}
		acct, _ := b.accounts.get(p.key())
		if i := lotOf(acct.Lots, p.Lot); i >= 0 && acct.Lots[i].Lapsed(d.On) && acct.Lots[i].Held > 0 {
			return &Rejection{Reason: StillHeld, Subject: p.Lot.String()}
		}
	}
	return nil
}

// takeBack takes what is left of the lots of points that an entry opened. What was spent of them is owed: it goes to recoverable.
// What had expired comes back from breakage, since it was never owed to anybody.
func (b *Book) takeBack(d *draft, orig Entry) {
	after, _ := b.afters.get(orig.Index)
	for i, p := range orig.Postings {
		if p.Account.Class() != ClassPoints || p.Lot.Entry() != orig.Index {
			continue
		}
		acct, _ := b.accounts.get(p.key())
		left, expired := acct.left(p.Lot), after.undone(i)
		d.post(p.Account, p.Commodity, left, p.Lot)
		if owed := p.Amount.Abs() - left - expired; owed != 0 { // never of a gift to a pool: see PoolGift.spent
			id := VolunteerID(p.Account.Owner())
			if !id.Valid() {
				id = peopleOf(orig)[0] // whoever earned it into the pool
			}
			v, _ := b.who(id)
			d.post(RecoverableOf(b.survivor(v).Volunteer), p.Commodity, owed, 0)
		}
		d.post(NewAccountID(ClassBreakage, b.unitOf(p.Account)), p.Commodity, expired, 0)
	}
}

// unitOf returns the unit of whoever owns an account of points.
func (b *Book) unitOf(a AccountID) UnitID {
	if p := PoolID(a.Owner()); p.Valid() {
		return b.unitOfPool(p)
	}
	v, _ := b.who(VolunteerID(a.Owner()))
	return v.Unit
}

// lot returns a lot of an account, also one that is used up.
func (b *Book) lot(a Account, id LotID) Lot {
	if i := lotOf(a.Lots, id); i >= 0 {
		return a.Lots[i]
	}
	opener, _ := b.entry(id.Entry())
	return Lot{ID: id, Expires: lasts(opener, id)}
}

// defaultGrace is used where no rule is in force.
const defaultGrace = 7

// grace returns how many days points have at least that come back to somebody of the unit, and names the rule that says so.
func (b *Book) grace(u UnitID, d *draft) int {
	rule, ok := b.ruleOf(u, d.On)
	if !ok {
		return defaultGrace
	}
	d.Rule = rule.Name()
	return int(rule.ReturnGrace)
}

// wantExpired asks for the entry that opened a lot, and for what of it was undone.
func (b *Book) wantExpired(w *Wants, l LotID) {
	b.wantEntry(w, l.Entry())
	b.afters.want(w, l.Entry())
}

func (b *Book) expireLot(id LotID, amount Amount) {
	opener, _ := b.entry(id.Entry())
	for i, q := range opener.Postings {
		if q.Lot == id && q.byLot() {
			b.afters.edit(id.Entry()).undo(i, amount)
			return
		}
	}
}

// expireBeside notes what a reversal expired: what had lapsed in a lot beside the points that came back into it.
func (b *Book) expireBeside(e, orig Entry) {
	for _, p := range e.Postings {
		if p.byLot() && p.Amount > 0 && p.Lot.Entry() != orig.Index {
			b.expireLot(p.Lot, p.Amount)
		}
	}
}
