package ledger

import (
	"cmp"
	"fmt"
	"slices"
)

// This file says whose points are (rule B01). Under a rule that says the household or the team, what its members earn goes into its
// pool, and each of them exchanges out of it what they lack themself.

// Who holds the points of its members.
const (
	HeldByHousehold = "household"
	HeldByTeam      = "team" // the first of kind team among their units
)

// HeadOnly says that the points lack because the head of the household alone exchanges out of its pool.
const HeadOnly RejectReason = "head_only" // Subject: the household; have: what is their own

// AccountRule is the section [account] of a rule.
type AccountRule struct {
	Holder string // "" for the person, or one of the above; who is of none holds their own
	Head   bool   // the head of a household alone exchanges out of its pool; otherwise each of its members
}

func (x *AccountRule) fields(c *codec) {
	text(c, "holder", &x.Holder)
	c.flag("head", &x.Head)
}

func (x *AccountRule) check(f *faults) {
	f.want(slices.Contains([]string{"", HeldByHousehold, HeldByTeam}, x.Holder), "account.holder", "holder")
	f.want(!x.Head || x.Holder == HeldByHousehold, "account.head", "head")
}

// pool returns the pool that holds what somebody earns on a day; none where they hold it themself. Whoever asks says of what kind a
// unit is.
func (x *AccountRule) pool(v *Volunteer, day Date, kind func(UnitID) UnitKind) PoolID {
	switch x.Holder {
	case HeldByHousehold:
		return PoolID(v.HouseholdOn(day))
	case HeldByTeam:
		for _, u := range v.UnitsOn(day) {
			if kind(u) == Team {
				return PoolID(u)
			}
		}
	}
	return ""
}

// belongs reports whether a pool is of the household or of a unit of somebody on a day.
func (v *Volunteer) belongs(pool PoolID, day Date) bool {
	return PoolID(v.HouseholdOn(day)) == pool || slices.Contains(v.UnitsOn(day), UnitID(pool))
}

// shared reports whether any version of a rule lets anybody but the person hold points.
func (r *Rules) shared() bool {
	return r.any(func(v *Rule) bool { return v.Account.Holder != "" })
}

// teamed reports whether any version of a rule lets teams hold points.
func (r *Rules) teamed() bool {
	return r.any(func(v *Rule) bool { return v.Account.Holder == HeldByTeam })
}

// headed reports whether any version of a rule lets the heads of households alone exchange out of their pools.
func (r *Rules) headed() bool {
	return r.any(func(v *Rule) bool { return v.Account.Head })
}

// HeadOn returns the number of whoever is the head of the household on a day, as it was said; none where nobody is.
func (f Household) HeadOn(day Date) VolunteerID { return stayOn("", f.Heads, day) }

// Heads reports whether a volunteer is the head of a household on a day: by that number, or by one that was merged into it.
func (v *Volunteer) Heads(f Household, day Date) bool {
	head := f.HeadOn(day)
	return head != "" && (head == v.Volunteer || slices.Contains(v.Merged, head))
}

// holder is the account that the points of a record go into.
func (r *Record) holder() AccountID { return holderOf(r.Volunteer, r.Pool) }

// holderOf is the account of a pool, or without one that of a volunteer.
func holderOf(v VolunteerID, pool PoolID) AccountID {
	if pool != "" {
		return PoolOf(pool)
	}
	return PointsOf(v)
}

// wantShared asks for the pool out of which a volunteer may exchange, and for the rule that says so.
func (b *Book) wantShared(w *Wants, id VolunteerID) {
	b.rules.want(w, single{})
	v, _ := b.volunteers.peek(id)
	rules, _ := b.rules.peek(single{})
	if !rules.shared() {
		return
	}
	b.wantRules(w, v)
	for h := range v.households() {
		b.accounts.want(w, AccountKey{PoolOf(PoolID(h)), Point})
		if rules.headed() {
			b.households.want(w, h)
		}
	}
	if !rules.teamed() {
		return
	}
	for u := range v.units() {
		b.accounts.want(w, AccountKey{PoolOf(PoolID(u)), Point})
	}
	for _, m := range v.Memberships {
		b.units.want(w, m.Unit)
		b.accounts.want(w, AccountKey{PoolOf(PoolID(m.Unit)), Point})
	}
}

// earnsInto returns the pool that holds what a volunteer earns on a day; none where they hold it themself.
func (b *Book) earnsInto(v *Volunteer, on Date) PoolID {
	pool, _ := b.poolOf(v, on)
	return pool
}

// shared returns the pool out of which a volunteer may exchange on a day what they lack themself; none where the rule of their unit knows
// none, or knows the head of the household alone and they are not that.
func (b *Book) shared(v *Volunteer, on Date) PoolID {
	pool, head := b.poolOf(v, on)
	if head && pool != "" {
		if home, _ := b.households.get(HouseholdID(pool)); !v.Heads(*home, on) {
			return ""
		}
	}
	return pool
}

// poolOf returns the pool that a volunteer has a part in on a day, and whether its head alone exchanges out of it.
func (b *Book) poolOf(v *Volunteer, on Date) (pool PoolID, head bool) {
	if rules, _ := b.rules.get(single{}); !rules.shared() {
		return "", false
	}
	rule, _ := b.ruleOf(v.UnitOn(on), on)
	pool = rule.Account.pool(v, on, func(u UnitID) UnitKind {
		unit, _ := b.units.get(u)
		return unit.Kind
	})
	return pool, rule.Account.Head
}

// available is what a volunteer may draw of their own, and with the pool that they share.
func (b *Book) available(v VolunteerID, pool PoolID, on Date) (own, all Amount) {
	acct, _ := b.accounts.get(AccountKey{PointsOf(v), Point})
	own = acct.Available(on)
	if pool == "" {
		return own, own
	}
	acct, _ = b.accounts.get(AccountKey{PoolOf(pool), Point})
	return own, own + acct.Available(on)
}

// tooFew refuses for a reason whoever has fewer points than are wanted, with what they share; and where the rest is in the pool of their
// household, whose head alone exchanges out of it, for that.
func (b *Book) tooFew(v *Volunteer, want Amount, reason RejectReason, on Date) *Rejection {
	pool, _ := b.poolOf(v, on)
	shared := b.shared(v, on)
	_, have := b.available(v.Volunteer, shared, on)
	_, all := b.available(v.Volunteer, pool, on)
	switch {
	case have >= want:
		return nil
	case shared == "" && all >= want:
		return &Rejection{Reason: HeadOnly, Subject: string(pool), Have: have, Want: want}
	}
	return &Rejection{Reason: reason, Subject: string(v.Volunteer), Have: have, Want: want}
}

// drawn is what is drawn of a lot of an account.
type drawn struct {
	Account AccountID
	draw
}

// spend draws an amount of what a volunteer has, then out of the pool.
func (b *Book) spend(v VolunteerID, pool PoolID, amount Amount, on Date) (out []drawn, lack Amount) {
	accounts := []AccountID{PointsOf(v)}
	if pool != "" {
		accounts = append(accounts, PoolOf(pool))
	}
	for _, id := range accounts {
		acct, _ := b.accounts.get(AccountKey{id, Point})
		var draws []draw
		draws, amount = pick(acct.Lots, amount, usable(on))
		for _, w := range draws {
			out = append(out, drawn{id, w})
		}
	}
	return out, amount
}

// unspend gives points back that spend drew, the last drawn first.
func (b *Book) unspend(d *draft, orig Entry, after After, v VolunteerID, pool PoolID, amount Amount) (lots []LotExpiry) {
	if pool != "" {
		k := AccountKey{PoolOf(pool), Point}
		var left Amount
		for i, p := range orig.Postings {
			if p.key() == k {
				left += p.Amount.Abs() - after.undone(i)
			}
		}
		back := min(amount, left)
		amount -= back
		if back > 0 { // else the entry need not have drawn from the pool, which nobody loaded
			lots = b.giveBack(d, orig, after, k, back)
		}
	}
	return append(lots, b.giveBack(d, orig, after, AccountKey{PointsOf(v), Point}, amount)...)
}

// checkMember holds that a record is somebody's, and that no other pool than that of their household or of a unit of
// theirs on its day holds its points (I8).
func (b *Book) checkMember(id VolunteerID, pool PoolID, day Date) error {
	if v, _ := b.who(id); pool != "" && !v.belongs(pool, day) {
		return fmt.Errorf("I8: %s does not belong to %s", id, pool)
	}
	return b.checkEnrolled(id)
}

// checkShared holds that somebody draws out of no pool but that of their household or of a unit of theirs, and only what they lack themself (I8).
func (b *Book) checkShared(id VolunteerID, pool PoolID, amount Amount, on Date) error {
	if pool == "" {
		return nil
	}
	v, _ := b.who(id)
	if own, _ := b.available(id, pool, on); !v.belongs(pool, on) || own >= amount {
		return fmt.Errorf("I8: %s does not exchange out of the pool %s", id, pool)
	}
	return nil
}

// SharedPool returns the pool out of which a volunteer may exchange what they lack themself, today or on the view's day; none where the
// rule of their unit knows none, or knows the head of the household alone and they are not that.
func (v View) SharedPool(who Volunteer) (PoolID, error) {
	pool, head, err := v.poolOf(who)
	if err != nil || !head || pool == "" {
		return pool, err
	}
	home, err := find[Household](v, "household", string(pool))
	if err != nil || !who.Heads(home, v.on) {
		return "", err
	}
	return pool, nil
}

// EarnsInto returns the pool that holds what a volunteer earns today or on the view's day; none where they hold it themself.
func (v View) EarnsInto(who Volunteer) (PoolID, error) {
	pool, _, err := v.poolOf(who)
	return pool, err
}

// poolOf returns the pool that a volunteer has a part in, and whether its head alone exchanges out of it.
func (v View) poolOf(who Volunteer) (pool PoolID, head bool, err error) {
	rules, err := v.Rules()
	if err != nil || !rules.shared() {
		return "", false, err
	}
	rule, err := v.ruleOf(&rules, who.Unit, v.on)
	if err != nil {
		return "", false, err
	}
	pool = rule.Account.pool(&who, v.on, func(u UnitID) UnitKind {
		unit, no := v.Unit(u)
		err = cmp.Or(err, no)
		return unit.Kind
	})
	return pool, rule.Account.Head, err
}
