package ledger

import (
	"errors"
	"fmt"
	"slices"
)

// This file ends a number (rule B43): somebody moves, dies or asks. There is time to use or settle what they have; then a steward
// passes it to a relative, or the run gives it up to the unit, and the number is closed.

// The kinds of the end of a number.
const (
	LeaveDeclared Kind = "leave_declared"
	Left          Kind = "left"
)

// The reasons that only the end of a number knows.
const (
	NotLeaving RejectReason = "not_leaving" // nobody said that they leave
	NotKin     RejectReason = "not_kin"     // neither of the household nor a declared relative
)

// defaultLeave is how many days there are to settle where the rule does not say.
const defaultLeave = 90

type (
	// DeclareLeave says that a volunteer leaves, or does not after all (cleared). Who died is frozen at once. By a steward who
	// is not concerned.
	DeclareLeave struct {
		Volunteer VolunteerID
		Reason    Reason // moved, died, own-request; cleared takes it back
	}

	// LeaveNotice is the body of leave_declared; it embeds the action.
	LeaveNotice struct {
		DeclareLeave
		By Date // the last day to settle; none where it was taken back
	}

	// Leave closes the account of somebody who leaves. What may still be drawn goes to a relative or to a pool that the rule knows;
	// without either, and with what lapsed, it is given up to the unit. By a steward who is neither, or through the run.
	Leave struct {
		Volunteer VolunteerID
		To        VolunteerID // optional: of the household, or a declared relative
		Pool      PoolID      // optional, in place of To: of their own household, or of a unit
	}

	// Leaving is the body of left. Lots states the expiry of every lot that it opens.
	Leaving struct {
		Volunteer VolunteerID
		To        VolunteerID
		Unit      UnitID // to which is given up what nobody takes over
		Points    Amount // what the relative takes over
		Lots      []LotExpiry
		Pool      PoolID
	}
)

func (a *DeclareLeave) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "reason", &a.Reason)
}

func (r *LeaveNotice) fields(c *codec) {
	r.DeclareLeave.fields(c)
	c.date("by", &r.By)
}

func (a *DeclareLeave) kind() Kind { return LeaveDeclared }

func (a *DeclareLeave) roles() anyOf { return anyOf{Steward} }

func (a *DeclareLeave) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *DeclareLeave) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(slices.Contains([]Reason{Moved, Died, OwnRequest, Cleared}, a.Reason), "reason", "leave_reason")
}

func (a *DeclareLeave) needs(b *Book, _ Command, w *Wants) {
	if v, ok := b.wantWho(w, a.Volunteer); ok {
		b.wantRules(w, v)
	}
}

func (a *DeclareLeave) decide(b *Book, c Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	said := v.Leaving
	if said == "" {
		said = Cleared
	}
	switch {
	case r != nil:
		return r
	case b.self(c.Actor, v):
		return &Rejection{Reason: SelfService, Subject: string(a.Volunteer)}
	case said == a.Reason:
		return &Rejection{Reason: StatusUnchanged, Subject: string(a.Volunteer)}
	}
	body := &LeaveNotice{DeclareLeave: *a}
	if a.Reason != Cleared {
		days := int64(defaultLeave)
		if rule, ok := b.ruleOf(v.Unit, d.On); ok {
			d.Rule = rule.Name()
			days = rule.Leave.days()
		}
		body.By = d.On.AddDays(int(days))
	}
	return d.itself(body, nil)
}

func (r *LeaveNotice) asked() (Action, Index) { return &r.DeclareLeave, 0 }

func (r *LeaveNotice) holds(b *Book, _ Entry) ([]Posting, error) {
	return nil, b.checkEnrolled(r.Volunteer)
}

func (r *LeaveNotice) fold(b *Book, _ Entry) {
	v := b.volunteers.edit(r.Volunteer)
	v.Leaving, v.LeaveBy = kept(b, r.Reason), r.By
	switch r.Reason { //nolint:exhaustive // the others change nothing else
	case Cleared:
		v.Leaving = ""
	case Died:
		v.Status, v.FrozenUntil = Frozen, 0
	}
}

func (a *Leave) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "to", &a.To)
	c.since(2, func(c *codec) { text(c, "pool", &a.Pool) })
}

func (r *Leaving) fields(c *codec) {
	text(c, "volunteer", &r.Volunteer)
	text(c, "to", &r.To)
	text(c, "unit", &r.Unit)
	number(c, "points", &r.Points)
	lotExpiries(c, &r.Lots)
	c.since(2, func(c *codec) { text(c, "pool", &r.Pool) })
}

func (a *Leave) kind() Kind { return Left }

func (a *Leave) roles() anyOf { return anyOf{Steward} }

func (a *Leave) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Leave) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.To == "" || a.To.Valid(), "to", "volunteer_number")
	f.want(a.To != a.Volunteer, "to", "twice")
	f.want(a.Pool == "" || (a.Pool.Valid() && a.To == ""), "pool", "pool")
}

func (a *Leave) needs(b *Book, _ Command, w *Wants) {
	if a.To != "" {
		b.wantVolunteer(w, a.To)
	}
	if v, ok := b.wantVolunteer(w, a.Volunteer); ok {
		b.wantOfUnits(w, v, ClassBreakage, Point)
		b.wantOfUnits(w, v, ClassBreakage, GiftPoint)
		b.accounts.want(w, AccountKey{GiftsOf(a.Volunteer), GiftPoint})
		b.wantDated(w, string(a.Volunteer), v.units())
		if a.Pool != "" {
			b.wantRules(w, v)
		}
	}
	if a.Pool != "" {
		b.wantPool(w, a.Pool)
	}
	acct, _ := b.accounts.peek(AccountKey{PointsOf(a.Volunteer), Point})
	for _, l := range acct.Lots {
		b.wantExpired(w, l.ID)
	}
}

func (a *Leave) decide(b *Book, c Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	if r == nil && a.To != "" {
		_, r = b.open(a.To)
	}
	if r == nil {
		r = a.concerned(b, c.Actor, v)
	}
	if r == nil && v.Leaving == "" {
		r = &Rejection{Reason: NotLeaving, Subject: string(a.Volunteer)}
	}
	if r == nil {
		r = firstOf(a.related(b, v), a.bequest(b, c.Actor, v, d))
	}
	if r != nil {
		return r
	}
	if r := b.settled(v); r != nil {
		return r
	}

	// Past this line the account is closed.
	d.Body = b.depart(d, v, *a)
	return nil
}

// concerned refuses a steward who is one of the two, or close to one.
func (a *Leave) concerned(b *Book, actor StaffID, v *Volunteer) *Rejection {
	if b.self(actor, v) {
		return &Rejection{Reason: SelfService, Subject: string(a.Volunteer)}
	}
	if a.To == "" {
		return nil
	}
	if to, _ := b.who(a.To); b.self(actor, to) {
		return &Rejection{Reason: SelfService, Subject: string(a.To)}
	}
	return nil
}

// related refuses somebody who is not of the family.
func (a *Leave) related(b *Book, v *Volunteer) *Rejection {
	if a.To == "" {
		return nil
	}
	if to, _ := b.who(a.To); !v.family(to) {
		return &Rejection{Reason: NotKin, Subject: string(a.To)}
	}
	return nil
}

// bequest refuses a pool that the rule does not know, that there is not, or that is another household's; and names the rule.
func (a *Leave) bequest(b *Book, actor StaffID, v *Volunteer, d *draft) *Rejection {
	if a.Pool == "" {
		return nil
	}
	if r := b.pool(actor, a.Pool); r != nil {
		return r
	}
	rule, ok := b.ruleOf(v.Unit, d.On)
	switch {
	case !ok:
		return &Rejection{Reason: NoRule, Subject: d.On.String()}
	case !rule.Donation.has(a.Pool):
		return &Rejection{Reason: RuleOff, Subject: rule.Name()}
	case a.stranger(v):
		return &Rejection{Reason: NotKin, Subject: string(a.Pool)}
	}
	d.Rule = rule.Name()
	return nil
}

// stranger reports whether the pool is of a household that is not the leaver's.
func (a *Leave) stranger(v *Volunteer) bool {
	h := HouseholdID(a.Pool)
	return h.Valid() && v.Household != h
}

// takes returns the account that takes over what may still be drawn, if any does.
func (a *Leave) takes() AccountID {
	switch {
	case a.Pool != "":
		return PoolOf(a.Pool)
	case a.To != "":
		return PointsOf(a.To)
	}
	return AccountID{}
}

// depart posts what becomes of the lots: first what the relative or the pool takes over, then what is given up.
func (b *Book) depart(d *draft, v *Volunteer, a Leave) *Leaving {
	acct, _ := b.accounts.get(AccountKey{PointsOf(v.Volunteer), Point})
	r := &Leaving{Volunteer: v.Volunteer, To: a.To, Unit: v.Unit, Pool: a.Pool}
	to := a.takes()
	if to != (AccountID{}) {
		r.Points = acct.Available(d.On)
		r.Lots = d.give(*acct, PointsOf(v.Volunteer), to, r.Points)
	}
	var givenUp Amount
	for _, l := range acct.Lots {
		if to == (AccountID{}) || l.Lapsed(d.On) {
			d.post(PointsOf(v.Volunteer), Point, l.Left, l.ID)
			givenUp += l.Left
		}
	}
	d.post(NewAccountID(ClassBreakage, v.Unit), Point, -givenUp, 0)
	gifts, _ := b.accounts.get(AccountKey{GiftsOf(v.Volunteer), GiftPoint}) // given to that person alone
	for _, l := range gifts.Lots {
		d.post(GiftsOf(v.Volunteer), GiftPoint, l.Left, l.ID)
	}
	d.post(GiftsOf(v.Volunteer), GiftPoint, gifts.Loose(), 0)
	d.post(NewAccountID(ClassBreakage, v.Unit), GiftPoint, gifts.Balance, 0)
	return r
}

func (r *Leaving) leave() *Leave { return &Leave{r.Volunteer, r.To, r.Pool} }

func (r *Leaving) asked() (Action, Index) { return r.leave(), 0 }

// holds I13, and that somebody leaves whose points go to a relative or are given up, all of them and with their dates.
func (r *Leaving) holds(b *Book, e Entry) ([]Posting, error) {
	v, ok := b.who(r.Volunteer)
	if !ok || v.Leaving == "" || v.Status == Closed {
		return nil, fmt.Errorf("I8: nobody said that %s leaves", r.Volunteer)
	}
	if err := b.checkOther(e, r.Volunteer); err != nil {
		return nil, err
	}
	if r.To != "" {
		if err := b.checkOther(e, r.To); err != nil {
			return nil, err
		}
		if to, _ := b.who(r.To); !v.family(to) {
			return nil, fmt.Errorf("I8: %s is no relative of %s", r.To, r.Volunteer)
		}
	}
	if r.Pool != "" {
		if no := b.pool(e.Actor, r.Pool); no != nil {
			return nil, fmt.Errorf("I8, I13: the pool: %s", no.Error())
		}
		if r.leave().stranger(v) {
			return nil, fmt.Errorf("I8: %s is not of household %s", r.Volunteer, r.Pool)
		}
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	want := b.depart(&d, v, *r.leave())
	if want.Unit != r.Unit || want.Points != r.Points || !slices.Equal(want.Lots, r.Lots) {
		return nil, errors.New("I10: the lots are not those of the number, or do not keep their expiry")
	}
	return d.Postings, nil
}

func (r *Leaving) looksBack() {}

func (r *Leaving) lasts(id LotID) Date { return expiryOf(r.Lots, id) }

// fold closes the number, and notes with the entry that opened each lot how much of it was given up.
func (r *Leaving) fold(b *Book, e Entry) {
	v := b.volunteers.edit(r.Volunteer)
	v.Status, v.FrozenUntil, v.LeaveBy = Closed, 0, 0
	for _, p := range e.Postings[2*len(r.Lots):] {
		if p.Lot != 0 {
			b.expireLot(p.Lot, p.Amount)
		}
	}
}

// family reports whether another volunteer is of the same household, or a declared relative.
func (v *Volunteer) family(other *Volunteer) bool {
	return other.Volunteer != "" && (other.among(v.Kin) || v.among(other.Kin) || (v.Household != "" && v.Household == other.Household))
}
