package ledger

import (
	"errors"
	"fmt"
	"slices"
)

// This file joins two numbers of one person. Both histories stay where they are. Points go over lot by lot and keep their expiry, and
// so does what the person owes; minutes stay, since hours are changed by nothing but service records, and are added up by whoever
// reads them.

// Merged joins two numbers of one person.
const Merged Kind = "merged"

// NotSettled says that records of a number still wait, whatever they are worth, or a hold is open, so that it cannot be closed.
const NotSettled RejectReason = "not_settled"

// MaxMerged bounds how many numbers become one: somebody who had more was not enrolled twice by mistake.
const MaxMerged = 20

type (
	// Merge closes a number of somebody who has another one, which goes on. By a steward who is neither.
	Merge struct {
		From VolunteerID // is closed
		Into VolunteerID // goes on
	}

	// Merger is the body of merged. Lots states the expiry of every lot that it opens.
	Merger struct {
		From, Into VolunteerID
		Points     Amount // what went over: the one has as much less as the other has more
		Lots       []LotExpiry
	}
)

func (a *Merge) fields(c *codec) {
	text(c, "from", &a.From)
	text(c, "into", &a.Into)
}

func (r *Merger) fields(c *codec) {
	text(c, "from", &r.From)
	text(c, "into", &r.Into)
	number(c, "points", &r.Points)
	lotExpiries(c, &r.Lots)
}

func (a *Merge) kind() Kind { return Merged }

func (a *Merge) roles() anyOf { return anyOf{Steward} }

func (a *Merge) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Merge) check(f *faults) {
	f.want(a.From.Valid(), "from", "volunteer_number")
	f.want(a.Into.Valid(), "into", "volunteer_number")
	f.want(a.From != a.Into, "into", "twice")
}

func (a *Merge) needs(b *Book, _ Command, w *Wants) {
	b.wantVolunteer(w, a.Into)
	from, _ := b.wantVolunteer(w, a.From)
	for _, other := range slices.Concat(from.Merged, from.Kin) {
		b.volunteers.want(w, other)
	}
	b.tallies.want(w, always(string(a.Into)))
	for _, of := range from.bases() {
		b.tallies.want(w, always(of))
	}
	b.wantVisits(w, a.From)
	b.wantVisits(w, a.Into)
	b.accounts.want(w, AccountKey{RecoverableOf(a.From), Point})
	b.accounts.want(w, AccountKey{RecoverableOf(a.Into), Point})
	b.accounts.want(w, AccountKey{GiftsOf(a.From), GiftPoint})
	b.accounts.want(w, AccountKey{GiftsOf(a.Into), GiftPoint})
}

func (a *Merge) decide(b *Book, c Command, d *draft) *Rejection {
	from, ok := b.who(a.From)
	if !ok {
		return notFound(string(a.From))
	}
	into, r := b.open(a.Into)
	if r == nil {
		r = b.drawable(c, from)
	}
	switch {
	case r != nil:
		return r
	case b.self(c.Actor, into):
		return &Rejection{Reason: SelfService, Subject: string(a.Into)}
	case len(into.Merged)+len(from.Merged) >= MaxMerged:
		return &Rejection{Reason: TooLarge, Subject: string(a.Into), Have: Amount(len(into.Merged) + len(from.Merged) + 1), Want: MaxMerged}
	}
	if r := b.settled(from); r != nil {
		return r
	}

	// Past this line the merger succeeds.
	d.Body = b.merge(d, a.From, a.Into)
	return nil
}

// settled refuses a number with records that wait for their outcome, or with a hold that is open: they would be lost with it, such as
// minutes that earn no points, and a deduction.
func (b *Book) settled(v *Volunteer) *Rejection {
	acct, _ := b.accounts.get(AccountKey{PointsOf(v.Volunteer), Point})
	if acct.Waiting != 0 || len(v.Holds) > 0 {
		return &Rejection{Reason: NotSettled, Subject: string(v.Volunteer), Have: acct.Pending}
	}
	return nil
}

// merge posts what goes over: every open lot, also one that has lapsed and waits for the run, what is owed, and
// gift points.
func (b *Book) merge(d *draft, from, into VolunteerID) *Merger {
	acct, _ := b.accounts.get(AccountKey{PointsOf(from), Point})
	r := &Merger{From: from, Into: into}
	for _, l := range acct.Lots {
		d.post(PointsOf(from), Point, l.Left, l.ID)
		r.Points += l.Left
	}
	for _, l := range acct.Lots {
		lot := d.newLot()
		d.post(PointsOf(into), Point, -l.Left, lot)
		r.Lots = append(r.Lots, LotExpiry{lot, l.Expires})
	}
	owed, _ := b.accounts.get(AccountKey{RecoverableOf(from), Point})
	d.post(RecoverableOf(from), Point, -owed.Balance, 0)
	d.post(RecoverableOf(into), Point, owed.Balance, 0)
	gifts, _ := b.accounts.get(AccountKey{GiftsOf(from), GiftPoint})
	for _, l := range gifts.Lots {
		d.post(GiftsOf(from), GiftPoint, l.Left, l.ID)
	}
	for _, l := range gifts.Lots {
		lot := d.newLot()
		d.post(GiftsOf(into), GiftPoint, -l.Left, lot)
		r.Lots = append(r.Lots, LotExpiry{lot, l.Expires})
	}
	d.post(GiftsOf(from), GiftPoint, gifts.Loose(), 0)
	d.post(GiftsOf(into), GiftPoint, -gifts.Loose(), 0)
	return r
}

func (r *Merger) asked() (Action, Index) { return &Merge{r.From, r.Into}, 0 }

// holds I10 and I13: a number is merged once, into one that goes on, by neither, and all that it has goes over with its dates.
func (r *Merger) holds(b *Book, e Entry) ([]Posting, error) {
	for _, id := range []VolunteerID{r.From, r.Into} {
		v, ok := b.who(id)
		switch {
		case !ok:
			return nil, fmt.Errorf("I8: volunteer %s was not enrolled", id)
		case v.Into != "":
			return nil, fmt.Errorf("I10: %s was merged into %s already", id, v.Into)
		}
		if err := b.checkOther(e, id); err != nil {
			return nil, err
		}
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	want := b.merge(&d, r.From, r.Into)
	if want.Points != r.Points || !slices.Equal(want.Lots, r.Lots) {
		return nil, errors.New("I10: the merged lots are not those of the number, or do not keep their expiry")
	}
	return d.Postings, nil
}

func (r *Merger) lasts(id LotID) Date { return expiryOf(r.Lots, id) }

// fold closes the number and names its survivor, also for those that were merged into it before and for its relatives.
func (r *Merger) fold(b *Book, _ Entry) {
	from, into := b.volunteers.edit(r.From), b.volunteers.edit(r.Into)
	for _, earlier := range from.Merged {
		b.volunteers.edit(earlier).Into = kept(b, r.Into)
	}
	into.Merged = append(append(slices.Clone(into.Merged), from.Merged...), kept(b, r.From))
	b.joinVisits(from, into)
	b.joinBases(from, into)
	if into.Guardian == "" && from.Guardian != into.Volunteer {
		into.Guardian, into.GuardianUntil = from.Guardian, from.GuardianUntil
	}
	for _, c := range from.Classes {
		if !slices.Contains(into.Classes, c) {
			into.Classes = append(slices.Clone(into.Classes), c)
		}
	}
	into.Memberships = slices.Concat(into.Memberships, from.Memberships)
	into.Since, into.Last = min(into.Since, from.Since), max(into.Last, from.Last)
	for _, k := range from.Kin {
		other := b.volunteers.edit(k)
		other.Kin = slices.DeleteFunc(slices.Clone(other.Kin), func(id VolunteerID) bool { return id == r.From })
		if k != r.Into && !slices.Contains(other.Kin, r.Into) {
			other.Kin = append(other.Kin, kept(b, r.Into))
			into.Kin = append(slices.Clone(into.Kin), k)
		}
	}
	from.Kin = nil
	from.Status, from.Into, from.FrozenUntil, from.Leaving, from.LeaveBy = Closed, kept(b, r.Into), 0, "", 0
}

// joinVisits counts what was exchanged under a number among the exchanges of the one that goes on, so that nobody passes a limit by a
// merger, and lets a number without a household enter that of the other, with all that it
// exchanged, unless somebody said since when it has none.
func (b *Book) joinVisits(from, into *Volunteer) {
	gone, own := b.visitsOf(string(from.Volunteer)), b.visitsOf(string(into.Volunteer))
	b.visits.edit(string(into.Volunteer)).join(gone)
	if other := from.HouseholdOn(b.today); other != "" && into.Household == "" && len(into.Households) == 0 {
		into.Household = other
		b.visits.edit(string(other)).join(own)
	}
	for _, d := range gone.Days {
		if h := into.HouseholdOn(d.On); h != "" && from.HouseholdOn(d.On) == "" {
			b.visits.edit(string(h)).join(Visits{[]VisitDay{d}})
		}
	}
}

// mergedAway refuses to undo what touched the points of a number that was merged away: its lots are another number's now. A credit
// can be undone: what it gave is owed by the number that goes on.
func (b *Book) mergedAway(orig Entry) *Rejection {
	switch orig.Body.(type) {
	case *Credit, *RecordCredit, *GoodsRelieved: // the last gave no points
		return nil
	}
	for _, id := range peopleOf(orig) {
		if v, _ := b.who(id); v.Into != "" {
			return &Rejection{Reason: AccountClosed, Subject: string(id)}
		}
	}
	return nil
}
