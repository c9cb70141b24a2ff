package ledger

import (
	"slices"
	"strings"
)

// This file decides what becomes of service: it is declared by one person, priced by the rule of the day of service, and
// credited or sent back by another.

// ruleOf returns the rule that prices what a unit's volunteers did on a day.
func (b *Book) ruleOf(u UnitID, day Date) (Rule, bool) {
	rules, _ := b.rules.get(single{})
	unit, _ := b.units.get(u)
	return rules.InForce(unit.Rule, day)
}

// wantRule asks for what ruleOf looks at.
func (b *Book) wantRule(w *Wants, u UnitID) {
	b.rules.want(w, single{})
	b.units.want(w, u)
}

// wantVolunteer asks for a volunteer with their points, and reports whether there is one.
func (b *Book) wantVolunteer(w *Wants, v VolunteerID) (Volunteer, bool) {
	b.volunteers.want(w, v)
	b.accounts.want(w, AccountKey{PointsOf(v), Point})
	return b.volunteers.peek(v)
}

// open refuses a volunteer who does not exist or whose account is closed.
func (b *Book) open(v VolunteerID) (Volunteer, *Rejection) {
	got, ok := b.volunteers.get(v)
	switch {
	case !ok:
		return got, notFound(string(v))
	case got.Status == Closed:
		return got, &Rejection{Reason: AccountClosed, Subject: string(v)}
	}
	return got, nil
}

// sheetNumber reports whether s may number a paper sheet: [A-Za-z0-9-]{1,20} without a phone or ID number.
func sheetNumber(s string) bool {
	return s == "" || (len(s) <= 20 && Key(s).Valid() && !strings.ContainsAny(s, "._:/"))
}

func (a *DeclareHours) kind() Kind { return HoursDeclared }
func (a *DeclareHours) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Activity.Valid(), "activity", "activity_code")
	f.want(a.Start.On() > 365 && a.Start.On().valid(), "start", "start")
	f.want(a.Minutes > 0 && a.Minutes <= MaxMinutes, "minutes", "minutes")
	f.want(a.Minutes <= 0 || a.Start%MaxMinutes+Start(a.Minutes) <= MaxMinutes, "minutes", "crosses_midnight")
	f.want(a.Capture.valid(), "capture", "capture")
	f.want(sheetNumber(a.Sheet), "sheet", "sheet")
}

func (a *DeclareHours) needs(b *Book, _ Command, w *Wants) {
	b.wantVolunteer(w, a.Volunteer)
	b.activities.want(w, a.Activity)
	b.days.want(w, dayKey{a.Volunteer, a.Start.On()})
	if act, ok := b.activities.peek(a.Activity); ok {
		b.wantRule(w, act.Unit)
	}
}

func (a *DeclareHours) decide(b *Book, c Command, d *draft) *Rejection {
	_, closed := b.open(a.Volunteer)
	if closed != nil && closed.Reason == NotFound {
		return closed
	}
	act, ok := b.activities.get(a.Activity)
	if !ok {
		return notFound(string(a.Activity))
	}
	if closed != nil {
		return closed
	}
	rule, ok := b.ruleOf(act.Unit, a.Start.On())
	if !ok {
		return &Rejection{Reason: NoRule, Subject: a.Start.On().String()}
	}
	rate, ok := rule.Rate(act.Code)
	if !ok {
		return &Rejection{Reason: NoStandard, Subject: string(act.Code)}
	}
	if a.Start+Start(a.Minutes) > d.minute {
		return &Rejection{Reason: DateInFuture, Subject: a.Start.String()}
	}
	day, _ := b.days.get(dayKey{a.Volunteer, a.Start.On()})
	if r := a.fits(day, rule); r != nil {
		return r
	}
	var counted Amount
	for _, s := range day.Sessions {
		counted += s.Counted
	}
	counted = rule.Counted(a.Minutes, a.Capture, counted)
	points, ok := share(rate, int64(counted), 60)
	if !ok {
		return &Rejection{Reason: TooLarge, Subject: string(act.Code)}
	}
	if r := b.mayPend(a.Volunteer, points); r != nil {
		return r
	}
	d.Rule = rule.Name()
	d.Body = &HoursRecord{DeclareHours: *a, Import: c.Import, Unit: act.Unit, Counted: counted, Points: points}
	return nil
}

// fits refuses a record that repeats or overlaps another of the person's day, or is too much for one day.
func (a *DeclareHours) fits(day Day, rule Rule) *Rejection {
	total := a.Minutes
	for _, s := range day.Sessions {
		if s.Activity == a.Activity && s.Start == a.Start {
			return &Rejection{Reason: Duplicate, Subject: s.Start.String()}
		}
		total += s.Minutes
	}
	for _, s := range day.Sessions {
		if s.Start < a.Start+Start(a.Minutes) && a.Start < s.Start+Start(s.Minutes) {
			return &Rejection{Reason: Overlap, Subject: string(s.Activity)}
		}
	}
	switch {
	case total > rule.dayLimit():
		return &Rejection{Reason: DayLimit, Subject: a.Start.On().String(), Have: total, Want: rule.dayLimit()}
	case len(day.Sessions) >= rule.sessions():
		return &Rejection{Reason: SessionLimit, Subject: a.Start.On().String(), Have: Amount(len(day.Sessions)), Want: Amount(rule.sessions())}
	}
	return nil
}

// mayPend refuses a record whose points would not fit beside those that wait already.
func (b *Book) mayPend(v VolunteerID, points Amount) *Rejection {
	acct, _ := b.accounts.get(AccountKey{PointsOf(v), Point})
	if sum := acct.Pending + points; !sum.within() {
		return &Rejection{Reason: TooLarge, Subject: string(v), Have: sum, Want: MaxAmount}
	}
	return nil
}

func (a *DeclareActs) kind() Kind { return ActsDeclared }
func (a *DeclareActs) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Code.Valid(), "code", "code")
	f.want(a.Quantity > 0 && a.Quantity <= MaxQuantity, "quantity", "quantity")
	f.want(a.On.valid(), "on", "date")
	f.want(sheetNumber(a.Sheet), "sheet", "sheet")
}

func (a *DeclareActs) needs(b *Book, _ Command, w *Wants) {
	b.days.want(w, dayKey{a.Volunteer, a.On})
	if v, ok := b.wantVolunteer(w, a.Volunteer); ok {
		b.wantRule(w, v.Unit)
	}
}

func (a *DeclareActs) decide(b *Book, c Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	if r != nil {
		return r
	}
	rule, ok := b.ruleOf(v.Unit, a.On)
	if !ok {
		return &Rejection{Reason: NoRule, Subject: a.On.String()}
	}
	act, ok := rule.Act(a.Code)
	if !ok {
		return &Rejection{Reason: NoStandard, Subject: string(a.Code)}
	}
	if a.On > d.On {
		return &Rejection{Reason: DateInFuture, Subject: a.On.String()}
	}
	day, _ := b.days.get(dayKey{a.Volunteer, a.On})
	switch {
	case slices.Contains(day.Acts, a.Code):
		return &Rejection{Reason: Duplicate, Subject: string(a.Code)}
	case len(day.Acts) >= MaxSessions:
		return &Rejection{Reason: SessionLimit, Subject: a.On.String(), Have: Amount(len(day.Acts)), Want: MaxSessions}
	}
	points, ok := share(act.Points, a.Quantity, act.Per)
	if !ok {
		return &Rejection{Reason: TooLarge, Subject: string(a.Code)}
	}
	if r := b.mayPend(a.Volunteer, points); r != nil {
		return r
	}
	d.Rule = rule.Name()
	d.Body = &ActsRecord{DeclareActs: *a, Import: c.Import, Unit: v.Unit, Points: points}
	return nil
}

func (a *DeclareOpening) kind() Kind { return OpeningDeclared }
func (a *DeclareOpening) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Points > 0 && a.Points.within(), "points", "points")
	f.want(a.Expires == 0 || a.Expires.valid(), "expires", "date")
}

func (a *DeclareOpening) needs(b *Book, _ Command, w *Wants) { b.wantVolunteer(w, a.Volunteer) }

func (a *DeclareOpening) decide(b *Book, c Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	switch {
	case r != nil:
		return r
	case a.Expires != 0 && a.Expires < d.On:
		return &Rejection{Reason: DateInPast, Subject: a.Expires.String()}
	case v.Opening != 0:
		return &Rejection{Reason: Duplicate, Subject: string(a.Volunteer)}
	}
	if r := b.mayPend(a.Volunteer, a.Points); r != nil {
		return r
	}
	d.Body = &OpeningRecord{DeclareOpening: *a, Import: c.Import, Unit: v.Unit}
	return nil
}

func (a *Approve) kind() Kind      { return Approved }
func (a *Approve) check(f *faults) { f.want(a.Record > 0, "record", "index") }
func (a *Approve) needs(b *Book, c Command, w *Wants) {
	b.wantRecord(w, a.Record)
	b.rules.want(w, single{})
	r, ok := b.records.peek(a.Record)
	if !ok || b.complete {
		return
	}
	for _, p := range creditPostings(r, 0) {
		b.accounts.want(w, p.key())
	}
}

func (a *Approve) decide(b *Book, c Command, d *draft) *Rejection {
	rec, r := b.pending(c, a.Record, Closed)
	if r != nil {
		return r
	}
	if rec.Kind == OpeningDeclared {
		d.Kind = OpeningPosted
	} else {
		rules, _ := b.rules.get(single{})
		rule, _ := rules.Named(rec.Rule)
		d.Rule, rec.Expires = rec.Rule, rule.Expiry(d.On)
	}
	credit := &Credit{Record: a.Record, Volunteer: rec.Volunteer}
	d.Postings = creditPostings(rec, NewLotID(d.Index, 1))
	if rec.Points > 0 {
		credit.Expires = rec.Expires
	}
	d.Body = credit
	return nil
}

// pending returns a record that waits for its outcome, or refuses: whoever declared it, or gains by it, has no say, and nothing
// is credited to a volunteer of the status that bars it.
func (b *Book) pending(c Command, i Index, barred Status) (Record, *Rejection) {
	rec, ok := b.records.get(i)
	if !ok {
		return rec, notFound(writeIndexPlain(i))
	}
	v, _ := b.volunteers.get(rec.Volunteer)
	switch {
	case v.Status == barred:
		return rec, &Rejection{Reason: AccountClosed, Subject: string(rec.Volunteer)}
	case b.self(c.Actor, v):
		return rec, &Rejection{Reason: SelfService, Subject: string(rec.Volunteer)}
	case rec.Declarer == c.Actor:
		return rec, &Rejection{Reason: SamePerson, Subject: string(c.Actor)}
	case rec.State != Pending:
		return rec, &Rejection{Reason: RecordClosed, Subject: string(rec.State)}
	}
	return rec, nil
}

func (a *ReturnRecord) kind() Kind { return RecordReturned }
func (a *ReturnRecord) check(f *faults) {
	f.want(a.Record > 0, "record", "index")
	f.want(a.Reason.valid(), "reason", "reason")
}
func (a *ReturnRecord) needs(b *Book, _ Command, w *Wants) { b.wantRecord(w, a.Record) }
func (a *ReturnRecord) decide(b *Book, c Command, d *draft) *Rejection {
	rec, r := b.pending(c, a.Record, "")
	if r != nil {
		return r
	}
	d.Body = &RecordReturn{ReturnRecord: *a, Volunteer: rec.Volunteer}
	return nil
}

// creditPostings are the postings that credit a record.
func creditPostings(r Record, lot LotID) []Posting {
	d := draft{Entry: Entry{Postings: make([]Posting, 0, 4)}}
	d.post(PointsOf(r.Volunteer), Point, -r.Points, lot)
	d.post(account(ClassIssued, r.Unit), Point, r.Points, 0)
	d.post(HoursOf(r.Volunteer), Minute, r.Minutes, 0)
	d.post(account(ClassServed, r.Unit), Minute, -r.Minutes, 0)
	return d.Postings
}
