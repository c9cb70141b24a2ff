package ledger

import (
	"errors"
	"fmt"
	"slices"
)

// This family is what becomes of points without an exchange: they expire with time, and may be given to somebody else.

// The kinds of what becomes of points without an exchange.
const (
	Expired     Kind = "expired"
	Transferred Kind = "transferred"
)

// The actions and bodies. Fields of actions that are not marked optional are required.
type (
	// Expire posts the unspent remainder of the lapsed lots of a volunteer, or of a pool: points, and gift and base points that lapse. By a steward, through the run.
	Expire struct {
		Volunteer VolunteerID
		Pool      PoolID // optional, in place of the volunteer
	}

	// Expiry is the body of expired; the postings name the lots.
	Expiry struct {
		Volunteer VolunteerID
		Unit      UnitID
		Carried   Amount // of it, what goes on to the next year in a lot of its own
		Expires   Date   // the last usable day of that
		Pool      PoolID // in place of the volunteer
	}

	// Transfer gives points to another volunteer, where the rule allows; they keep their expiry. By a clerk or steward who
	// is neither of the two.
	Transfer struct {
		From   VolunteerID
		To     VolunteerID
		Points Amount
	}

	// Gift is the body of transferred. Lots states the expiry of every lot that it opens.
	Gift struct {
		From, To VolunteerID
		Points   Amount
		Lots     []LotExpiry
	}
)

// pointsBody returns an empty body of one of the kinds above, or nil.
func pointsBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case Expired:
		return &Expiry{}
	case Transferred:
		return &Gift{}
	}
	return nil
}

func (a *Expire) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	c.since(2, func(c *codec) { text(c, "pool", &a.Pool) })
}

func (r *Expiry) fields(c *codec) {
	text(c, "volunteer", &r.Volunteer)
	text(c, "unit", &r.Unit)
	c.since(2, func(c *codec) {
		number(c, "carried", &r.Carried)
		c.date("expires", &r.Expires)
		text(c, "pool", &r.Pool)
	})
}

func (a *Expire) kind() Kind { return Expired }

func (a *Expire) roles() anyOf { return anyOf{Steward} }

func (a *Expire) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Expire) check(f *faults) {
	f.want(a.Volunteer.Valid() || (a.Volunteer == "" && a.Pool != ""), "volunteer", "volunteer_number")
	f.want(a.Pool == "" || (a.Pool.Valid() && a.Volunteer == ""), "pool", "pool")
}

// account is whose lots lapse.
func (a *Expire) account() AccountID {
	if a.Pool != "" {
		return PoolOf(a.Pool)
	}
	return PointsOf(a.Volunteer)
}

func (a *Expire) needs(b *Book, _ Command, w *Wants) {
	if a.Pool != "" {
		b.wantPoolUndone(w, a.Pool)
		b.wantDated(w, string(a.Pool), b.homeOfPool(a.Pool))
	} else if v, ok := b.wantVolunteer(w, a.Volunteer); ok {
		b.wantOfUnits(w, v, ClassBreakage, Point)
		b.wantCarry(w, v)
		b.wantDated(w, string(a.Volunteer), v.units())
	}
	acct, _ := b.accounts.peek(AccountKey{a.account(), Point})
	for _, l := range acct.Lots {
		b.wantExpired(w, l.ID)
	}
}

func (a *Expire) decide(b *Book, _ Command, d *draft) *Rejection {
	owner := a.account()
	unit := b.unitOf(owner)
	if unit == "" {
		return notFound(owner.Owner())
	}
	if d.Body = b.expire(d, a); len(d.Postings) == 0 {
		return &Rejection{Reason: NothingLapsed, Subject: owner.Owner()}
	}
	return nil
}

func (r *Expiry) expire() *Expire { return &Expire{r.Volunteer, r.Pool} }

func (r *Expiry) asked() (Action, Index) { return r.expire(), 0 }

// holds that exactly the remainders of lapsed lots expire, but for what the rule lets go on.
func (r *Expiry) holds(b *Book, e Entry) ([]Posting, error) {
	again := r.expire()
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	want := b.expire(&d, again)
	switch owner := again.account().Owner(); {
	case len(d.Postings) == 0 || r.Unit != want.Unit:
		return nil, fmt.Errorf("I8: nothing of %s had lapsed in %s", owner, r.Unit)
	case *want != *r || d.Rule != e.Rule:
		return nil, fmt.Errorf("I8: %d of the points of %s go on", want.Carried, owner)
	}
	return d.Postings, nil
}

func (r *Expiry) lasts(LotID) Date { return r.Expires }

func (r *Expiry) looksBack() {}

// fold notes, with the entry that opened each lot, how much of it expired. What goes on comes out of the first lots.
func (r *Expiry) fold(b *Book, e Entry) {
	carried := r.Carried
	for _, p := range e.Postings {
		if p.Lot == 0 || p.Amount < 0 {
			continue
		}
		n := min(carried, p.Amount)
		if carried -= n; n < p.Amount {
			b.expireLot(p.Lot, p.Amount-n)
		}
	}
	if r.Carried > 0 {
		b.tallies.edit(always(string(r.Volunteer))).add(carriedOver, TallyDay{On: e.On, Count: 1, Points: r.Carried})
	}
}

func (a *Transfer) fields(c *codec) {
	text(c, "from", &a.From)
	text(c, "to", &a.To)
	number(c, "points", &a.Points)
}

func (r *Gift) fields(c *codec) {
	text(c, "from", &r.From)
	text(c, "to", &r.To)
	number(c, "points", &r.Points)
	lotExpiries(c, &r.Lots)
}

func (a *Transfer) kind() Kind { return Transferred }

func (a *Transfer) roles() anyOf { return anyOf{Clerk, Steward} }

func (a *Transfer) keeps() (*VolunteerID, *ShopID) { return &a.From, nil }

func (a *Transfer) check(f *faults) {
	f.want(a.From.Valid(), "from", "volunteer_number")
	f.want(a.To.Valid(), "to", "volunteer_number")
	f.want(a.From != a.To, "to", "twice")
	f.want(a.Points > 0 && a.Points.within(), "points", "points")
}

func (a *Transfer) needs(b *Book, _ Command, w *Wants) {
	b.wantVolunteer(w, a.To)
	if v, ok := b.wantVolunteer(w, a.From); ok {
		b.wantRules(w, v)
		b.wantGiven(w, v)
	}
}

func (a *Transfer) decide(b *Book, c Command, d *draft) *Rejection {
	from, ok := b.who(a.From)
	if !ok {
		return notFound(string(a.From))
	}
	to, r := b.open(a.To)
	if r != nil {
		return r
	}
	if r := b.drawable(c, from); r != nil {
		return r
	}
	if b.self(c.Actor, to) {
		return &Rejection{Reason: SelfService, Subject: string(a.To)}
	}
	rule, ok := b.ruleOf(from.Unit, d.On)
	if !ok {
		return &Rejection{Reason: NoRule, Subject: d.On.String()}
	}
	if r := b.mayGive(rule, from, to, a.Points, d.On); r != nil {
		return r
	}
	acct, _ := b.accounts.get(AccountKey{PointsOf(a.From), Point})
	if have := acct.Available(d.On); have < a.Points {
		return &Rejection{Reason: InsufficientPoint, Subject: string(a.From), Have: have, Want: a.Points}
	}

	// Past this line the transfer succeeds.
	lots := d.give(*acct, PointsOf(a.From), PointsOf(a.To), a.Points)
	d.Rule = rule.Name()
	d.Body = &Gift{a.From, a.To, a.Points, lots}
	return nil
}

// give posts a transfer: the draws of the giver, and a lot of the same expiry for each of them.
func (d *draft) give(a Account, from, to AccountID, points Amount) (lots []LotExpiry) {
	draws, _ := pick(a.Lots, points, usable(d.On))
	for _, w := range draws {
		d.post(from, Point, w.Amount, w.Lot)
	}
	for _, w := range draws {
		lot := d.newLot()
		d.post(to, Point, -w.Amount, lot)
		lots = append(lots, LotExpiry{lot, a.Lots[lotOf(a.Lots, w.Lot)].Expires})
	}
	return lots
}

func (r *Gift) asked() (Action, Index) { return &Transfer{r.From, r.To, r.Points}, 0 }

// holds I12 and I13 for a transfer, and that the receiver gets the same lots' dates.
func (r *Gift) holds(b *Book, e Entry) ([]Posting, error) {
	for _, id := range r.people() {
		if err := b.checkEnrolled(id); err != nil {
			return nil, err
		}
		if err := b.checkOther(e, id); err != nil {
			return nil, err
		}
	}
	acct, _ := b.accounts.get(AccountKey{PointsOf(r.From), Point})
	if have := acct.Available(e.On); have < r.Points {
		return nil, fmt.Errorf("I3: %s has %d available and gives %d", r.From, have, r.Points)
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	lots := d.give(*acct, PointsOf(r.From), PointsOf(r.To), r.Points)
	if !slices.Equal(d.Postings, e.Postings) {
		if err := b.checkDraws(e, usable(e.On), PointsOf(r.From)); err != nil {
			return nil, err
		}
	}
	if !slices.Equal(lots, r.Lots) {
		return nil, errors.New("I10: the transferred lots do not keep their expiry")
	}
	return d.Postings, nil
}

func (r *Gift) fold(b *Book, e Entry) {
	b.tallies.edit(always(string(r.From))).add(givenAway, TallyDay{On: e.On, Count: 1, Points: r.Points})
}

func (r *Gift) lasts(id LotID) Date { return expiryOf(r.Lots, id) }

func (r *Gift) people() []VolunteerID { return []VolunteerID{r.From, r.To} }

func (r *Gift) needsUndone(b *Book, w *Wants) { b.tallies.want(w, always(string(r.From))) }

// undo takes back what the receiver has left of the gift, and gives all of it back to the giver.
func (r *Gift) undo(b *Book, d *draft, orig Entry) ([]LotExpiry, *Rejection) {
	if r := b.reserved(orig); r != nil {
		return nil, r
	}
	b.takeBack(d, orig)
	return b.giveBack(d, orig, After{}, AccountKey{PointsOf(r.From), Point}, r.Points), nil
}

func (r *Gift) undone(b *Book, e, orig Entry) {
	b.tallies.edit(always(string(r.From))).add(givenAway, TallyDay{On: orig.On, Count: -1, Points: -r.Points})
	b.expireBeside(e, orig)
}
