package ledger

import (
	"fmt"
	"iter"
	"slices"
)

// This file lets points of the other classes lapse (B22): gift points and base points, where the rule says how long they last. Those
// that a rule says nothing about never lapse and stand in no lot: gift points stay, and what of base points is left when a period ends
// stays and is filled up (B13). Those that lapse stand in lots beside them, and are drawn before them.

// ClassExpiry says how the points of a class lapse that is not earned. Those that are earned lapse as the rule itself says.
type ClassExpiry struct {
	Class     Class  // ClassGift or ClassBase
	Expires   string // a way to expire, or ExpiresNever
	ExpiresIn int64
	ExpiresOn Date
}

func classExpiries(c *codec, v *[]ClassExpiry) {
	list(c, "expiry", v, func(c *codec, x *ClassExpiry) {
		text(c, "class", &x.Class)
		text(c, "expires", &x.Expires)
		number(c, "expires_in", &x.ExpiresIn)
		c.date("expires_on", &x.ExpiresOn)
	})
}

// checkClasses lists what is malformed about the expiry of each class: a class that the rule does not have would never lapse.
func (r *Rule) checkClasses(f *faults) {
	for i, x := range r.Classes {
		name := fmt.Sprintf("expiry[%d].", i)
		same := func(y ClassExpiry) bool { return y.Class == x.Class }
		has := x.Class == ClassGift && len(r.Pairing) > 0 || x.Class == ClassBase && r.Base.Points > 0
		f.want(has, name+"class", "point_class")
		f.want(!slices.ContainsFunc(r.Classes[:i], same), name+"class", "twice")
		way, known := x.Expires, x.Expires != "" && slices.Contains(ways(), x.Expires)
		if way == ExpiresNever {
			way, known = "", true
		}
		f.want(known, name+"expires", "class_expires")
		if known {
			checkWay(f, name, way, x.ExpiresIn, x.ExpiresOn)
		}
	}
}

// ClassExpiry returns the last usable day of gift or base points given on that day; none where they never lapse.
func (r *Rule) ClassExpiry(class Class, on Date) Date {
	for _, x := range r.Classes {
		if x.Class == class {
			return lastDay(x.Expires, x.ExpiresIn, x.ExpiresOn, on)
		}
	}
	return 0
}

// Lots reports whether accounts of the class may hold lots.
func (c Class) Lots() bool { return c.Guarded() || c.dated() }

// dated reports whether accounts of the class may hold lots beside a part of the balance that stands in none.
func (c Class) dated() bool { return c == ClassGift || c == ClassBase }

// byLot reports whether a posting goes to a lot of points, be they earned, given or granted.
func (p Posting) byLot() bool { return p.Lot != 0 && p.Commodity.Points() }

// Loose is what of the balance of gift or base points stands in no lot, and so never lapses.
func (a Account) Loose() Amount {
	sum := -a.Balance
	for _, l := range a.Lots {
		sum -= l.Left
	}
	return sum
}

// Owned sums the gift or base points that somebody has on a day: those that never lapse, and those that have not lapsed.
func (a Account) Owned(on Date) Amount { return a.Loose() + a.Usable(on) }

// takeOwned draws gift or base points, no more than there are: first those that lapse first, then those that never do.
func (a Account) takeOwned(amount Amount, on Date) []draw {
	draws, lack := pick(a.Lots, amount, usable(on))
	if n := min(lack, a.Loose()); n > 0 {
		draws = append(draws, draw{0, n})
	}
	return draws
}

// add posts points of an account that is owed them: into a lot of their own where they lapse.
func (d *draft) add(id AccountID, c Commodity, points Amount, expires Date) {
	var lot LotID
	if expires != 0 && points != 0 {
		lot = d.newLot()
	}
	d.post(id, c, -points, lot)
}

// datedOf yields the accounts of an owner that may hold lots beside that of earned points: whoever has a household's base has it alone.
func datedOf(owner string) iter.Seq[AccountKey] {
	return func(yield func(AccountKey) bool) {
		v := VolunteerID(owner)
		if v.Valid() && !yield(AccountKey{GiftsOf(v), GiftPoint}) {
			return
		}
		if v.Valid() || HouseholdID(owner).Valid() {
			yield(AccountKey{BaseOf(owner), BasePoint})
		}
	}
}

// lapsedOf returns what has lapsed of an account, in the order in which it is posted, and no more draws than there is room for.
func (a Account) lapsedOf(on Date, room int) (draws []draw, total Amount) {
	for _, l := range a.Lots {
		if l.Lapsed(on) && len(draws) < room {
			draws = append(draws, draw{l.ID, l.Left})
			total += l.Left
		}
	}
	return draws, total
}

// expireDated posts what has lapsed of somebody's gift and base points.
func (b *Book) expireDated(d *draft, owner string, unit UnitID) {
	for k := range datedOf(owner) {
		acct, _ := b.accounts.get(k)
		draws, total := acct.lapsedOf(d.On, MaxPostings-1-len(d.Postings))
		for _, w := range draws {
			d.post(k.ID, k.Commodity, w.Amount, w.Lot)
		}
		d.post(NewAccountID(ClassBreakage, unit), k.Commodity, -total, 0)
	}
}

// wantDated asks for what may lapse of an owner beside earned points, and for the accounts that it lapses into.
func (b *Book) wantDated(w *Wants, owner string, units iter.Seq[UnitID]) {
	for k := range datedOf(owner) {
		b.accounts.want(w, k)
		acct, _ := b.accounts.peek(k)
		for _, l := range acct.Lots {
			b.wantExpired(w, l.ID)
			for u := range units {
				b.accounts.want(w, AccountKey{NewAccountID(ClassBreakage, u), k.Commodity})
			}
		}
	}
}

// Dated reports whether any version of a rule lets points lapse that are not earned.
func (r *Rules) Dated() bool {
	lapses := func(x ClassExpiry) bool { return x.Expires != ExpiresNever }
	return r.any(func(v *Rule) bool { return slices.ContainsFunc(v.Classes, lapses) })
}

// Lapsing returns the lots of an owner that one entry expires once they have lapsed: earned points and, where some rule lets them lapse,
// gift and base points.
func (v View) Lapsing(owner string, rules *Rules) (lots []Lot, err error) {
	points, err := v.Account(AccountKey{NewAccountID(ClassPoints, owner), Point})
	if err != nil || !rules.Dated() {
		return points.Lots, err
	}
	lots = slices.Clone(points.Lots)
	for k := range datedOf(owner) {
		acct, err := v.Account(k)
		if err != nil {
			return nil, err
		}
		lots = append(lots, acct.Lots...)
	}
	return lots, nil
}
