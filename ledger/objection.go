package ledger

import (
	"fmt"
	"slices"
)

// The kinds of what is said against a line of a notice.
const (
	Objected Kind = "objected"
	Answered Kind = "objection_answered"
)

// ObjectionClosed refuses a second answer.
const ObjectionClosed RejectReason = "objection_closed"

// The actions and bodies. Fields of actions that are not marked optional are required.
type (
	// Object says that a line of a notice is wrong. Anybody may: a volunteer by themself; who has no number of their own
	// says it to a publisher or steward, who write it down.
	Object struct {
		Record    Index
		Volunteer VolunteerID // optional: who objects
		Reason    Reason
	}

	// ObjectionRecord is the body of objected.
	ObjectionRecord struct {
		Object
		Notice Index // that the record is on
		Reply  Date  // the last day of the term for the answer; none where the rule sets none
	}

	// AnswerObjection upholds an objection, which sends the record back, or dismisses it, which lets the record go on. By a
	// publisher, steward or supervisor who neither declared nor approved the record, and does not benefit.
	AnswerObjection struct {
		Objection Index
		Upheld    bool
		Reason    Reason
	}

	// ObjectionAnswer is the body of objection_answered.
	ObjectionAnswer struct {
		AnswerObjection
		Record    Index
		Volunteer VolunteerID // whose record it is
	}

	// Objection is an objection and what was answered.
	Objection struct {
		Index     Index
		Record    Index
		Notice    Index
		Volunteer VolunteerID // who objects, where that is known
		Reason    Reason
		On        Date
		Reply     Date
		Answer    Index // the entry that answers
		Answered  Date
		Upheld    bool
		Because   Reason // of the answer
	}
)

func (f *Objection) fields(c *codec) {
	number(c, "index", &f.Index)
	number(c, "record", &f.Record)
	number(c, "notice", &f.Notice)
	text(c, "volunteer", &f.Volunteer)
	text(c, "reason", &f.Reason)
	c.date("on", &f.On)
	c.date("reply", &f.Reply)
	number(c, "answer", &f.Answer)
	c.date("answered", &f.Answered)
	c.flag("upheld", &f.Upheld)
	text(c, "because", &f.Because)
}

func (a *Object) fields(c *codec) {
	number(c, "record", &a.Record)
	text(c, "volunteer", &a.Volunteer)
	text(c, "reason", &a.Reason)
}

func (r *ObjectionRecord) fields(c *codec) {
	r.Object.fields(c)
	number(c, "notice", &r.Notice)
	c.date("reply", &r.Reply)
}

func (a *Object) kind() Kind { return Objected }

func (a *Object) roles() anyOf { return anyOf{Publisher, Steward, Oneself} }

func (a *Object) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Object) check(f *faults) {
	f.want(a.Record > 0, "record", "index")
	f.want(a.Volunteer == "" || a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Reason.valid(), "reason", "reason")
}

func (a *Object) needs(b *Book, _ Command, w *Wants) {
	b.records.want(w, a.Record)
	b.rules.want(w, single{})
	if a.Volunteer != "" {
		b.wantWho(w, a.Volunteer)
	}
}

func (a *Object) decide(b *Book, _ Command, d *draft) *Rejection {
	body, r := b.object(*a, d.On)
	return d.itself(body, r)
}

// object refuses an objection to what is not on notice now, or returns its body.
func (b *Book) object(a Object, on Date) (*ObjectionRecord, *Rejection) {
	rec, ok := b.records.get(a.Record)
	if !ok {
		return nil, notFound(writeIndexPlain(a.Record))
	}
	if a.Volunteer != "" {
		if r := missing(&b.volunteers, a.Volunteer); r != nil {
			return nil, r
		}
	}
	switch {
	case rec.State == Disputed:
		return nil, &Rejection{Reason: DisputeOpen, Subject: writeIndexPlain(rec.Objection)}
	case rec.State != OnNotice:
		return nil, &Rejection{Reason: NotOnNotice, Subject: writeIndexPlain(a.Record)}
	case on > rec.Ends:
		return nil, &Rejection{Reason: NoticeOver, Subject: rec.Ends.String()}
	}
	body := &ObjectionRecord{Object: a, Notice: rec.Posted}
	rules, _ := b.rules.get(single{})
	if rule, _ := rules.Named(rec.Rule); rule.Notice.Reply > 0 {
		body.Reply = on.AddDays(int(rule.Notice.Reply))
	}
	return body, nil
}

func (r *ObjectionRecord) asked() (Action, Index) { return &r.Object, 0 }

func (r *ObjectionRecord) holds(b *Book, e Entry) ([]Posting, error) {
	want, no := b.object(r.Object, e.On)
	if no == nil && *want != *r {
		return nil, fmt.Errorf("I8: the objection is not to record %d as it stands", r.Record)
	}
	return states(no)
}

func (r *ObjectionRecord) fold(b *Book, e Entry) {
	rec := b.records.edit(r.Record)
	rec.State, rec.Objection = Disputed, e.Index
	b.objections.put(e.Index, Objection{
		Index: e.Index, Record: r.Record, Notice: r.Notice, Volunteer: kept(b, r.Volunteer), Reason: kept(b, r.Reason), On: e.On, Reply: r.Reply,
	})
}

func (a *AnswerObjection) fields(c *codec) {
	number(c, "objection", &a.Objection)
	c.flag("upheld", &a.Upheld)
	text(c, "reason", &a.Reason)
}

func (r *ObjectionAnswer) fields(c *codec) {
	r.AnswerObjection.fields(c)
	number(c, "record", &r.Record)
	text(c, "volunteer", &r.Volunteer)
}

func (a *AnswerObjection) kind() Kind { return Answered }

func (a *AnswerObjection) roles() anyOf { return anyOf{Publisher, Steward, Supervisor} }

func (a *AnswerObjection) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *AnswerObjection) check(f *faults) {
	f.want(a.Objection > 0, "objection", "index")
	f.want(a.Reason.valid(), "reason", "reason")
}

func (a *AnswerObjection) needs(b *Book, _ Command, w *Wants) {
	b.objections.want(w, a.Objection)
	o, ok := b.objections.peek(a.Objection)
	if !ok {
		return
	}
	b.wantUndeclared(w, o.Record)
	if rec, ok := b.records.peek(o.Record); ok && rec.Ends != 0 {
		b.dues.want(w, rec.Ends)
	}
}

func (a *AnswerObjection) decide(b *Book, c Command, d *draft) *Rejection {
	rec, r := b.answerable(a.Objection, c.Actor)
	return d.itself(&ObjectionAnswer{AnswerObjection: *a, Record: rec.Index, Volunteer: rec.Volunteer}, r)
}

// answerable returns the record that an objection is about, or refuses who has a part in it, and a second answer.
func (b *Book) answerable(i Index, actor StaffID) (rec *Record, r *Rejection) {
	o, ok := b.objections.get(i)
	if !ok {
		return &Record{}, notFound(writeIndexPlain(i))
	}
	rec, _ = b.records.get(o.Record)
	v, _ := b.who(rec.Volunteer)
	switch {
	case b.self(actor, v):
		return rec, &Rejection{Reason: SelfService, Subject: string(rec.Volunteer)}
	case rec.Declarer == actor || rec.Approver == actor || slices.Contains(rec.Approvers, actor):
		return rec, &Rejection{Reason: SamePerson, Subject: string(actor)}
	case o.Answer != 0:
		return rec, &Rejection{Reason: ObjectionClosed, Subject: writeIndexPlain(o.Answer)}
	}
	return rec, nil
}

func (r *ObjectionAnswer) asked() (Action, Index) { return &r.AnswerObjection, 0 }

// holds that an objection is answered once, by somebody who has no part in it (I13).
func (r *ObjectionAnswer) holds(b *Book, e Entry) ([]Posting, error) {
	rec, no := b.answerable(r.Objection, e.Actor)
	switch {
	case no != nil && (no.Reason == SelfService || no.Reason == SamePerson):
		return nil, fmt.Errorf("I13: %s has a part in record %d", e.Actor, rec.Index)
	case no == nil && (r.Record != rec.Index || r.Volunteer != rec.Volunteer):
		return nil, fmt.Errorf("I8: objection %d is to record %d", r.Objection, rec.Index)
	}
	return states(no)
}

func (r *ObjectionAnswer) fold(b *Book, e Entry) {
	o := b.objections.edit(r.Objection)
	o.Answer, o.Answered, o.Upheld, o.Because = e.Index, e.On, r.Upheld, kept(b, r.Reason)
	rec := b.records.edit(r.Record)
	if !r.Upheld {
		rec.State, rec.Waits = OnNotice, e.On
		return
	}
	b.pend(rec, -1)
	b.dealt(rec.Ends, rec.Posted, 1)
	b.undeclare(rec, SentBack)
}
