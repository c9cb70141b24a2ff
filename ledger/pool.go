package ledger

import (
	"errors"
	"fmt"
	"iter"
	"slices"
)

// This family keeps points that are nobody's alone (rule B25): the pool of a household, from which each of its members may be given
// something, and the welfare pool of a unit, which gives to whoever has need of it. A pool holds lots like a volunteer: what goes in
// and what comes out keeps its expiry, and what lapses is expired by the run.

// Donated moves points between a volunteer and a pool.
const Donated Kind = "donated"

type (
	// PoolID names whose pool it is: a household's, or a unit's for welfare.
	PoolID string

	// Household is a household as a pool's owner. Who lives in it stands with the volunteers.
	Household struct {
		Household HouseholdID
		Unit      UnitID // of whoever was enrolled in it first
		Heads     []Stay[VolunteerID]
	}

	// Donate gives points of a volunteer to a pool, where the rule allows it, or of a pool to a volunteer. Into a pool by a clerk or
	// steward, out of one by a steward; by none who is that volunteer or of that household. A household's pool gives to its members.
	Donate struct {
		Volunteer VolunteerID
		Pool      PoolID
		Points    Amount
		Back      bool // from the pool to the volunteer
	}

	// PoolGift is the body of donated. Lots states the expiry of every lot that it opens.
	PoolGift struct {
		Donate
		Lots []LotExpiry
	}

	// DonationRule is the section [donation] of a rule: which pools there are.
	DonationRule struct {
		Household bool // those of households
		Welfare   bool // those of units
	}
)

var (
	_ seconded   = (*Donate)(nil)
	_ reversible = (*PoolGift)(nil)
	_ explained  = (*PoolGift)(nil)
)

// Valid reports whether the id has the grammar of a household's or a unit's.
func (p PoolID) Valid() bool { return HouseholdID(p).Valid() || UnitID(p).Valid() }

// PoolOf names the account of a pool's points.
func PoolOf(p PoolID) AccountID { return NewAccountID(ClassPoints, p) }

// poolBody returns an empty body of the kind above, or nil.
func poolBody(k Kind) Body {
	if k == Donated {
		return &PoolGift{}
	}
	return nil
}

func (r *DonationRule) fields(c *codec) {
	c.flag("household", &r.Household)
	c.flag("welfare", &r.Welfare)
}

// has reports whether the rule knows pools of that sort.
func (r DonationRule) has(p PoolID) bool {
	if HouseholdID(p).Valid() {
		return r.Household
	}
	return r.Welfare
}

func (f *Household) fields(c *codec) {
	text(c, "household", &f.Household)
	text(c, "unit", &f.Unit)
	stays(c, "heads", &f.Heads)
}

// housed notes the first who is enrolled in a household.
func (b *Book) housed(h HouseholdID, u UnitID) {
	if h == "" {
		return
	}
	if _, ok := b.households.get(h); !ok {
		b.households.put(h, Household{Household: kept(b, h), Unit: kept(b, u)})
	}
}

// wantPool asks for a pool with its points, and for what says whose it is.
func (b *Book) wantPool(w *Wants, p PoolID) {
	b.accounts.want(w, AccountKey{PoolOf(p), Point})
	if h := HouseholdID(p); h.Valid() {
		b.households.want(w, h)
		return
	}
	b.units.want(w, UnitID(p))
}

// wantPoolUndone asks for a pool and for what a correction of it may touch.
func (b *Book) wantPoolUndone(w *Wants, p PoolID) {
	b.wantPool(w, p)
	u := UnitID(p)
	if h := HouseholdID(p); h.Valid() {
		home, ok := b.households.peek(h)
		if !ok {
			return
		}
		u = home.Unit
	}
	b.wantRule(w, u)
	b.accounts.want(w, AccountKey{NewAccountID(ClassBreakage, u), Point})
}

// pool refuses a pool that there is not, and one of the actor's own household.
func (b *Book) pool(actor StaffID, p PoolID) *Rejection {
	h := HouseholdID(p)
	if !h.Valid() {
		return missing(&b.units, UnitID(p))
	}
	if b.home(actor) == h {
		return &Rejection{Reason: SelfService, Subject: string(p)}
	}
	return missing(&b.households, h)
}

// home returns the household of a staff number's own volunteer number.
func (b *Book) home(actor StaffID) HouseholdID { return b.ownNumber(actor).Household }

// ownNumber returns the volunteer that a staff number is, as they are today; nobody where it has no volunteer number.
func (b *Book) ownNumber(actor StaffID) *Volunteer {
	s, _ := b.staff.get(actor)
	if s.Volunteer == "" {
		return &Volunteer{}
	}
	own, _ := b.who(s.Volunteer)
	return b.survivor(own)
}

// homeOfPool yields the unit of a pool, as far as it was loaded.
func (b *Book) homeOfPool(p PoolID) iter.Seq[UnitID] {
	return func(yield func(UnitID) bool) {
		u := UnitID(p)
		if h := HouseholdID(p); h.Valid() {
			home, _ := b.households.peek(h)
			u = home.Unit
		}
		if u != "" {
			yield(u)
		}
	}
}

// unitOfPool returns the unit of a pool; none where there is no such pool.
func (b *Book) unitOfPool(p PoolID) UnitID {
	if h := HouseholdID(p); h.Valid() {
		home, _ := b.households.get(h)
		return home.Unit
	}
	if _, ok := b.units.get(UnitID(p)); !ok {
		return ""
	}
	return UnitID(p)
}

func (a *Donate) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "pool", &a.Pool)
	number(c, "points", &a.Points)
	c.flag("back", &a.Back)
}

func (r *PoolGift) fields(c *codec) {
	r.Donate.fields(c)
	lotExpiries(c, &r.Lots)
}

func (a *Donate) kind() Kind { return Donated }

func (a *Donate) roles() anyOf {
	if a.Back {
		return anyOf{Steward}
	}
	return anyOf{Clerk, Steward}
}

func (a *Donate) keeps() (*VolunteerID, *ShopID) { return &a.Volunteer, nil }

func (a *Donate) where(b *Book, w *Wants) place {
	if u := UnitID(a.Pool); a.Back && u.Valid() {
		return place{unit: u}
	}
	return b.wherePerson(w, a.Volunteer)
}

func (a *Donate) under(b *Book, on Date) (*Rule, bool) { return b.ruleOfPerson(a.Volunteer, on) }

func (a *Donate) wantUnder(b *Book, w *Wants) { b.wantRuleOfPerson(w, a.Volunteer) }

func (a *Donate) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Pool.Valid(), "pool", "pool")
	f.want(a.Points > 0 && a.Points.within(), "points", "points")
}

func (a *Donate) needs(b *Book, _ Command, w *Wants) {
	b.wantPool(w, a.Pool)
	if v, ok := b.wantVolunteer(w, a.Volunteer); ok {
		b.wantRules(w, v)
	}
}

// ends returns from which account the points go, and to which.
func (a *Donate) ends() (from, to AccountID) {
	if a.Back {
		return PoolOf(a.Pool), PointsOf(a.Volunteer)
	}
	return PointsOf(a.Volunteer), PoolOf(a.Pool)
}

func (a *Donate) decide(b *Book, c Command, d *draft) *Rejection {
	v, ok := b.who(a.Volunteer)
	if !ok {
		return notFound(string(a.Volunteer))
	}
	if r := firstOf(b.pool(c.Actor, a.Pool), a.standing(b, c, v)); r != nil {
		return r
	}
	rule, ok := b.ruleOf(v.Unit, d.On)
	from, _ := a.ends()
	acct, _ := b.accounts.get(AccountKey{from, Point})
	have := acct.Available(d.On)
	switch {
	case !ok:
		return &Rejection{Reason: NoRule, Subject: d.On.String()}
	case !rule.Donation.has(a.Pool):
		return &Rejection{Reason: RuleOff, Subject: rule.Name()}
	case a.stranger(v):
		return &Rejection{Reason: NotKin, Subject: string(a.Volunteer)}
	case have < a.Points:
		return &Rejection{Reason: InsufficientPoint, Subject: from.Owner(), Have: have, Want: a.Points}
	}

	// Past this line the donation succeeds.
	d.Rule = rule.Name()
	d.Body = &PoolGift{*a, a.give(d, *acct)}
	return nil
}

// standing refuses a volunteer who may not give, or who may not be given to.
func (a *Donate) standing(b *Book, c Command, v *Volunteer) *Rejection {
	if !a.Back {
		return b.drawable(c, v)
	}
	switch {
	case v.Status == Closed:
		return &Rejection{Reason: AccountClosed, Subject: string(v.Volunteer)}
	case b.self(c.Actor, v):
		return &Rejection{Reason: SelfService, Subject: string(v.Volunteer)}
	}
	return nil
}

// stranger reports whether a household's pool would give to somebody who is not of the household.
func (a *Donate) stranger(v *Volunteer) bool {
	h := HouseholdID(a.Pool)
	return a.Back && h.Valid() && v.Household != h
}

func (a *Donate) give(d *draft, acct Account) []LotExpiry {
	from, to := a.ends()
	return d.give(acct, from, to, a.Points)
}

func (r *PoolGift) asked() (Action, Index) { return &r.Donate, 0 }

// holds I3, I12 and I13 for a donation, that there is such a pool, and that every lot keeps its date.
func (r *PoolGift) holds(b *Book, e Entry) ([]Posting, error) {
	if err := b.checkEnrolled(r.Volunteer); err != nil {
		return nil, err
	}
	if err := b.checkOther(e, r.Volunteer); err != nil {
		return nil, err
	}
	if no := b.pool(e.Actor, r.Pool); no != nil {
		return nil, fmt.Errorf("I8, I13: the pool: %s", no.Error())
	}
	if v, _ := b.who(r.Volunteer); r.stranger(v) {
		return nil, fmt.Errorf("I8: %s is not of household %s", r.Volunteer, r.Pool)
	}
	from, _ := r.ends()
	acct, _ := b.accounts.get(AccountKey{from, Point})
	if have := acct.Available(e.On); have < r.Points {
		return nil, fmt.Errorf("I3: %s has %d available and gives %d", from, have, r.Points)
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	lots := r.give(&d, *acct)
	if !slices.Equal(d.Postings, e.Postings) {
		if err := b.checkDraws(e, usable(e.On), from); err != nil {
			return nil, err
		}
	}
	if !slices.Equal(lots, r.Lots) {
		return nil, errors.New("I10: the donated lots do not keep their expiry")
	}
	return d.Postings, nil
}

func (r *PoolGift) fold(*Book, Entry) {}

func (r *PoolGift) lasts(id LotID) Date { return expiryOf(r.Lots, id) }

func (r *PoolGift) people() []VolunteerID { return []VolunteerID{r.Volunteer} }

func (r *PoolGift) needsUndone(b *Book, w *Wants) { b.wantPoolUndone(w, r.Pool) }

// undo gives everything back to the giver. A volunteer owes what they spent of it; a pool owes nothing to anybody, so that what it
// gave away is not undone.
func (r *PoolGift) undo(b *Book, d *draft, orig Entry) ([]LotExpiry, *Rejection) {
	if no := firstOf(b.reserved(orig), r.spent(b, orig)); no != nil {
		return nil, no
	}
	b.takeBack(d, orig)
	from, _ := r.ends()
	return b.giveBack(d, orig, After{}, AccountKey{from, Point}, r.Points), nil
}

// spent refuses to take out of a pool what it has not any more, be it given away or given up when somebody left.
func (r *PoolGift) spent(b *Book, orig Entry) *Rejection {
	if r.Back {
		return nil
	}
	acct, _ := b.accounts.get(AccountKey{PoolOf(r.Pool), Point})
	after, _ := b.afters.get(orig.Index)
	var left Amount
	for i, p := range orig.Postings {
		if p.Lot.Entry() == orig.Index {
			left += acct.left(p.Lot) + after.undone(i)
		}
	}
	if left < r.Points {
		return &Rejection{Reason: InsufficientPoint, Subject: string(r.Pool), Have: left, Want: r.Points}
	}
	return nil
}

func (r *PoolGift) undone(b *Book, e, orig Entry) { b.expireBeside(e, orig) }

func (r *PoolGift) explain(_ View, e Entry) ([]Term, Amount, error) {
	from, to := r.ends()
	return []Term{{What: TermGiven, Subject: to.Owner(), Of: r.Points, Gives: r.Points}}, e.drawn(from), nil
}

// Pool is what a pool has. Amounts are positive where the market owes them.
type Pool struct {
	Pool      PoolID
	Unit      UnitID
	Head      VolunteerID // of the household, as it was said; none where nobody is
	Available Amount      // may be given out today
	Lapsed    Amount      // in lots past their date that no run has expired yet
	Lots      []Lot       // all open ones, in the order in which they are drawn
}

// Households returns every household in which somebody was enrolled.
func (v View) Households() iter.Seq2[Household, error] { return all[Household](v, "household") }

// Pool returns what a pool has, today or as the view's head and day say.
func (v View) Pool(p PoolID) (Pool, error) {
	out := Pool{Pool: p, Unit: UnitID(p)}
	if HouseholdID(p).Valid() {
		home, err := find[Household](v, "household", string(p))
		if err != nil {
			return out, err
		}
		out.Unit, out.Head = home.Unit, home.HeadOn(v.on)
	} else if _, err := v.Unit(UnitID(p)); err != nil {
		return out, err
	}
	acct, err := v.Account(AccountKey{PoolOf(p), Point})
	if err != nil {
		return out, err
	}
	out.Lots, out.Available = acct.Lots, acct.Available(v.on)
	for _, l := range acct.Lots {
		if l.Lapsed(v.on) {
			out.Lapsed += l.Free()
		}
	}
	return out, nil
}

// Pools returns the pools that have something, households before units.
func (v View) Pools() iter.Seq2[Pool, error] {
	return func(yield func(Pool, error) bool) {
		for p, err := range v.PoolIDs() {
			var pool Pool
			if err == nil {
				pool, err = v.Pool(p)
			}
			if err == nil && len(pool.Lots) == 0 {
				continue
			}
			if !yield(pool, err) || err != nil {
				return
			}
		}
	}
}

// PoolIDs returns every pool that there may be, households before units.
func (v View) PoolIDs() iter.Seq2[PoolID, error] {
	return func(yield func(PoolID, error) bool) {
		for h, err := range v.Households() {
			if !yield(PoolID(h.Household), err) || err != nil {
				return
			}
		}
		for u, err := range v.Units() {
			if !yield(PoolID(u.Unit), err) || err != nil {
				return
			}
		}
	}
}
