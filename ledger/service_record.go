package ledger

import (
	"fmt"
	"slices"
)

// A record from its declaration to its outcome, whatever it is of.

// mayPend refuses a record whose points would not fit beside those that wait already.
func (b *Book) mayPend(v VolunteerID, points Amount) *Rejection {
	acct, _ := b.accounts.get(AccountKey{PointsOf(v), Point})
	if sum := acct.Pending + points; !sum.within() {
		return &Rejection{Reason: TooLarge, Subject: string(v), Have: sum, Want: MaxAmount}
	}
	return nil
}

// declare keeps a record that waits for approval.
func (b *Book) declare(e Entry, r Record) {
	r.Index, r.Kind, r.State, r.Declarer, r.Rule = e.Index, kept(b, e.Kind), Pending, kept(b, e.Actor), kept(b, e.Rule)
	r.Volunteer, r.Unit, r.Activity = kept(b, r.Volunteer), kept(b, r.Unit), kept(b, r.Activity)
	r.Code, r.Capture = kept(b, r.Code), kept(b, r.Capture)
	if r.Kind != OpeningDeclared {
		v, _ := b.who(r.Volunteer)
		rules, _ := b.rules.get(single{})
		r.Chain = rules.chain(r.Rule)
		r.Household, r.Standard, r.About = v.HouseholdOn(r.day().on), r.Code, kept(b, r.About)
		if r.Kind == HoursDeclared {
			act, _ := b.activities.get(r.Activity)
			r.Standard = act.Code
		}
		for i, q := range r.Queries {
			r.Queries[i] = kept(b, q)
		}
		b.tally(&r, 1)
	}
	b.records.put(e.Index, r)
	b.pend(&r, 1)
}

// pend counts a record among those that wait for their outcome, or takes it out of them.
func (b *Book) pend(r *Record, sign int64) {
	acct := b.amend(AccountKey{PointsOf(r.Volunteer), Point})
	acct.Pending += Amount(sign) * r.Points
	acct.Waiting += sign
}

// Worth returns what a record comes to: points that it earns, or, below zero, takes away.
func (r *Record) Worth() Amount { return r.Points - r.Deduct }

// day names the day that a record of service or acts belongs to.
func (r *Record) day() dayKey {
	if r.Kind == HoursDeclared {
		return dayKey{r.Volunteer, r.Start.On()}
	}
	return dayKey{r.Volunteer, r.On}
}

// undeclare takes a record out of its day, so that the same may be declared again.
func (b *Book) undeclare(r *Record, state RecordState) {
	r.State = state
	if r.Kind == OpeningDeclared {
		b.volunteers.edit(r.Volunteer).Opening = 0
		return
	}
	b.tally(r, -1)
	day := b.days.edit(r.day())
	day.Sessions = slices.DeleteFunc(slices.Clone(day.Sessions), func(s Session) bool {
		return s.Activity == r.Activity && s.Start == r.Start
	})
	day.Acts = slices.DeleteFunc(slices.Clone(day.Acts), func(c Code) bool { return c == r.Code })
}

// wantRecord asks for a record and what its outcome changes.
func (b *Book) wantRecord(w *Wants, i Index) {
	b.records.want(w, i)
	r, ok := b.records.peek(i)
	if !ok || r.Kind == Proposed {
		return
	}
	b.wantVolunteer(w, r.Volunteer)
	if r.Kind != OpeningDeclared {
		b.days.want(w, r.day())
	}
}

// wantUndeclared asks for a record and everything that taking it back changes.
func (b *Book) wantUndeclared(w *Wants, i Index) {
	b.wantRecord(w, i)
	if r, ok := b.records.peek(i); ok && r.Kind != Proposed {
		b.wantTallies(w, r)
	}
}

// pending returns a record that waits for its outcome, or refuses: whoever declared it, or gains by it, has no say, and nothing
// is credited to a volunteer of the status that bars it.
func (b *Book) pending(c Command, i Index, barred Status) (*Record, *Rejection) {
	rec, ok := b.records.get(i)
	if !ok {
		return rec, notFound(writeIndexPlain(i))
	}
	v, _ := b.who(rec.Volunteer)
	switch {
	case v.Status == barred:
		return rec, &Rejection{Reason: AccountClosed, Subject: string(rec.Volunteer)}
	case b.self(c.Actor, v):
		return rec, &Rejection{Reason: SelfService, Subject: string(rec.Volunteer)}
	case rec.Declarer == c.Actor || slices.Contains(rec.Approvers, c.Actor):
		return rec, &Rejection{Reason: SamePerson, Subject: string(c.Actor)}
	case rec.State != Pending:
		return rec, &Rejection{Reason: RecordClosed, Subject: string(rec.State)}
	}
	return rec, nil
}

// checkRecord holds that a record has one outcome (I10), and that whoever declared it does not decide it (I13).
func (b *Book) checkRecord(e Entry, i Index, of VolunteerID) error {
	r, ok := b.records.get(i)
	switch {
	case !ok:
		return fmt.Errorf("I8: entry %d declares no record", i)
	case r.Volunteer != of:
		return fmt.Errorf("I8: record %d is another volunteer's", i)
	case r.State != Pending:
		return fmt.Errorf("I10: record %d is %s already", i, r.State)
	case r.Declarer == e.Actor:
		return fmt.Errorf("I13: %s declared record %d and approves it", e.Actor, i)
	case slices.Contains(r.Approvers, e.Actor):
		return fmt.Errorf("I13: %s approved record %d before", e.Actor, i)
	}
	if r.Kind == Proposed {
		return nil
	}
	return b.checkOther(e, of)
}
