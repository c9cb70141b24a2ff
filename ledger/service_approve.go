package ledger

import (
	"fmt"
	"slices"
)

// The outcome of a record: another person credits it or sends it back.

func (a *Approve) fields(c *codec) {
	number(c, "record", &a.Record)
	c.since(2, func(c *codec) { c.flag("seen", &a.Seen) })
}

func (r *Credit) fields(c *codec) {
	number(c, "record", &r.Record)
	text(c, "volunteer", &r.Volunteer)
	c.date("expires", &r.Expires)
	c.since(2, func(c *codec) {
		number(c, "notice", &r.Notice)
		c.flag("seen", &r.Seen)
		c.date("from", &r.From)
		number(c, "step", &r.Step)
	})
}

func (a *Approve) kind() Kind { return Approved }

func (a *Approve) roles() anyOf { return anyOf{Reviewer} }

func (a *Approve) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Approve) check(f *faults) { f.want(a.Record > 0, "record", "index") }

func (a *Approve) needs(b *Book, c Command, w *Wants) {
	b.wantRecord(w, a.Record)
	b.rules.want(w, single{})
	r, ok := b.records.peek(a.Record)
	if ok && r.Kind == Proposed {
		b.wantProposal(c, w)
		return
	}
	if !ok || b.complete {
		return
	}
	for _, p := range creditPostings(r, 0) {
		b.accounts.want(w, p.key())
	}
	if r.Deduct > 0 {
		b.wantDeduction(w, r)
	}
}

func (a *Approve) decide(b *Book, c Command, d *draft) *Rejection {
	if rec, ask := b.proposal(a); ask != nil {
		if a.Seen {
			return notFound("query") // a proposal has none, and its entry could not say so
		}
		return b.agree(c, rec, ask, d)
	}
	rec, r := b.pending(c, a.Record, Closed)
	if r != nil {
		return r
	}
	expires := rec.Expires
	if rec.Kind == OpeningDeclared {
		d.Kind = OpeningPosted
	} else {
		rules, _ := b.rules.get(single{})
		rule, _ := rules.Named(rec.Rule)
		d.Rule, expires = rec.Rule, rule.Expiry(d.On)
		if r := firstOf(b.mayStep(c, d.On, rec, ""), b.mayApprove(c, d.On, rec, rule, a.Seen)); r != nil {
			return r
		}
		if step := rec.next(); step > 0 {
			return d.itself(&Credit{Record: a.Record, Volunteer: rec.Volunteer, Seen: a.Seen, Step: step}, nil)
		}
		if credit := (&Credit{Record: a.Record, Volunteer: rec.Volunteer, Seen: a.Seen}); credit.awaits(rule, d.On) {
			return d.itself(credit, nil)
		}
	}
	if rec.Deduct > 0 {
		loss := b.deduct(d, rec)
		loss.Seen = a.Seen
		return d.itself(loss, nil)
	}
	credit := &Credit{Record: a.Record, Volunteer: rec.Volunteer, Seen: a.Seen}
	d.Postings = creditPostings(rec, NewLotID(d.Index, 1))
	if rec.Points > 0 {
		credit.Expires = expires
	}
	d.Body = credit
	return nil
}

// creditPostings are the postings that credit a record.
func creditPostings(r *Record, lot LotID) []Posting {
	d := draft{Entry: Entry{Postings: make([]Posting, 0, 4)}}
	d.post(r.holder(), Point, -r.Points, lot)
	d.post(NewAccountID(ClassIssued, r.Unit), Point, r.Points, 0)
	d.post(HoursOf(r.Volunteer), Minute, r.Minutes, 0)
	d.post(NewAccountID(ClassServed, r.Unit), Minute, -r.Minutes, 0)
	return d.Postings
}

func (r *Credit) asked() (Action, Index) { return &Approve{r.Record, r.Seen}, 0 }

// holds that exactly what was declared is credited, by somebody else (I8, I13).
func (r *Credit) holds(b *Book, e Entry) ([]Posting, error) {
	if err := b.checkRecord(e, r.Record, r.Volunteer); err != nil {
		return nil, err
	}
	rec, _ := b.records.get(r.Record)
	opening := rec.Kind == OpeningDeclared
	wrong := rec.Kind == Proposed || (e.Kind == OpeningPosted) != opening || (rec.Deduct > 0 && r.now())
	if wrong || e.Rule != rec.Rule || (opening && r.Expires != rec.Expires) {
		return nil, fmt.Errorf("I8: record %d says otherwise", r.Record)
	}
	if err := rec.checkStep(r.Step); err != nil {
		return nil, err
	}
	if awaits, err := b.awaits(rec, r, e.On); awaits || err != nil {
		return nil, err
	}
	return creditPostings(rec, NewLotID(e.Index, 1)), nil
}

func (r *Credit) fold(b *Book, e Entry) {
	rec := b.records.edit(r.Record)
	b.stepped(rec, e.Actor)
	if r.Step > 0 {
		return
	}
	rec.Approver = kept(b, e.Actor)
	switch {
	case r.Notice > 0:
		rec.State, rec.Notice = AwaitingNotice, r.Notice
		return
	case r.From != 0:
		rec.State, rec.Posted, rec.Ends = AwaitingPeriod, e.Index, r.From-1
		v := b.volunteers.edit(rec.Volunteer)
		v.Later = append(slices.Clone(v.Later), rec.Index)
		return
	}
	rec.State, rec.Credit = Credited, e.Index
	b.pend(rec, -1)
}

func (r *Credit) lasts(LotID) Date { return r.Expires }

func (r *Credit) people() []VolunteerID { return []VolunteerID{r.Volunteer} }

func (r *Credit) needsUndone(b *Book, w *Wants) { b.wantUndeclared(w, r.Record) }

// undo takes back what is left of the credit, and all of the minutes.
func (r *Credit) undo(b *Book, d *draft, orig Entry) ([]LotExpiry, *Rejection) {
	if !r.now() {
		return nil, &Rejection{Reason: NotReversible, Subject: string(orig.Kind)} // it credited nothing
	}
	if r := b.reserved(orig); r != nil {
		return nil, r
	}
	b.takeBack(d, orig)
	for _, p := range orig.Postings {
		if p.Account.Class() != ClassPoints {
			d.post(p.Account, p.Commodity, -p.Amount, 0)
		}
	}
	return nil, nil
}

func (r *Credit) undone(b *Book, _, _ Entry) { b.undeclare(b.records.edit(r.Record), ReversedBack) }

func (a *ReturnRecord) fields(c *codec) {
	number(c, "record", &a.Record)
	text(c, "reason", &a.Reason)
}

func (r *RecordReturn) fields(c *codec) {
	r.ReturnRecord.fields(c)
	text(c, "volunteer", &r.Volunteer)
}

func (a *ReturnRecord) kind() Kind { return RecordReturned }

func (a *ReturnRecord) roles() anyOf { return anyOf{Reviewer} }

func (a *ReturnRecord) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *ReturnRecord) check(f *faults) {
	f.want(a.Record > 0, "record", "index")
	f.want(a.Reason.valid(), "reason", "reason")
}

func (a *ReturnRecord) needs(b *Book, _ Command, w *Wants) { b.wantUndeclared(w, a.Record) }

func (a *ReturnRecord) decide(b *Book, c Command, d *draft) *Rejection {
	if rec, ask := b.proposal(a); ask != nil {
		return d.itself(&RecordReturn{ReturnRecord: *a}, rec.outcome(c.Actor))
	}
	rec, r := b.pending(c, a.Record, "")
	if r = firstOf(r, b.mayStep(c, d.On, rec, Reviewer)); r != nil {
		return r
	}
	d.Body = &RecordReturn{ReturnRecord: *a, Volunteer: rec.Volunteer}
	return nil
}

func (r *RecordReturn) asked() (Action, Index) { return &r.ReturnRecord, 0 }

func (r *RecordReturn) holds(b *Book, e Entry) ([]Posting, error) {
	return nil, b.checkRecord(e, r.Record, r.Volunteer)
}

func (r *RecordReturn) fold(b *Book, _ Entry) {
	rec := b.records.edit(r.Record)
	if rec.Kind == Proposed {
		rec.State = SentBack
		return
	}
	b.pend(rec, -1)
	b.undeclare(rec, SentBack)
}
