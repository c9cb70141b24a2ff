package ledger

import "slices"

// This file says who may ask for what. Whoever has a role may still not deal with themself: see self.

// permit refuses an actor who is unknown or has none of the roles that the action asks for on that day.
func (b *Book) permit(c Command, on Date) *Rejection {
	if v, ok := c.Actor.Oneself(); ok {
		return b.permitOneself(c, v)
	}
	if _, ok := c.Do.(*OpenBook); ok || b.founding(c) {
		return nil
	}
	s, ok := b.staff.get(c.Actor)
	if !ok || len(s.Roles)+len(s.Grants) == 0 {
		return &Rejection{Reason: UnknownActor, Subject: string(c.Actor)}
	}
	if len(s.Grants) > 0 {
		return b.authority(s, c, b.placeOf(c), on)
	}
	for _, role := range s.Roles {
		if b.allows(c.Do, role) {
			return nil
		}
	}
	return &Rejection{Reason: NotPermitted, Subject: string(b.asks(c.Do)[0])}
}

// asks returns the roles of which an action takes one. Another key is an admin's from end to end: a reviewer, who sees declarations every
// day, neither lets one sign nor sends it back.
func (b *Book) asks(do Action) anyOf {
	if _, ask := b.proposal(do); ask != nil && ask.kind() == KeyRotated {
		return ask.roles()
	}
	return do.roles()
}

// allows reports whether whoever has the role may ask for the action. The proposal that approving or sending back is about may be
// ended, beside a reviewer, by whoever may ask for the same; a record that is approved in steps is dealt with by those whose steps they
// are.
func (b *Book) allows(do Action, role Role) bool {
	allowed := b.asks(do)
	if role == "" || slices.Contains(allowed[:], role) {
		return role != ""
	}
	rec, ask := b.proposal(do)
	return slices.Contains(rec.Chain, role) || (ask != nil && b.allows(ask, role))
}

// wantPermit asks for what permit looks at beside the actor.
func (b *Book) wantPermit(c Command, w *Wants) {
	switch a := c.Do.(type) {
	case *Approve:
		b.records.want(w, a.Record)
	case *ReturnRecord:
		b.records.want(w, a.Record)
	case *Release:
		b.holds.want(w, a.Hold)
	case *SetConsent:
		b.volunteers.want(w, a.Volunteer)
	}
}

// anyOf are roles of which one is enough; a refusal names the first. What is left of it is empty, and nobody's role. It is no
// slice, so that asking for it takes no memory.
type anyOf [4]Role

// founding reports whether the command makes a book usable: the first staff number appoints itself as an admin, and an admin
// sets the first rule. Asked again, it is what it was.
func (b *Book) founding(c Command) bool {
	if k, used := b.keyed.get(c.Key); used {
		e, ok := b.held(k.Index)
		return ok && e.Index < foundingEntries && e.Actor == c.Actor && e.Kind == c.Do.kind()
	}
	switch do := c.Do.(type) {
	case *Appoint:
		book, _ := b.book.get(single{})
		return book.Staff == 0 && do.Staff == c.Actor && slices.Contains(do.Roles, Admin)
	case *SetRule:
		s, _ := b.staff.get(c.Actor)
		rules, _ := b.rules.get(single{})
		return len(rules.List) == 0 && slices.Contains(s.Roles, Admin)
	}
	return false
}

// foundingEntries bounds where founding entries stand: the opening, the first admin, the first rule.
const foundingEntries = 3

// alone reports whether whoever has the role has no other: those who watch the others do nothing that is watched, and an admin
// touches neither points nor goods.
func (r Role) alone() bool { return r == Supervisor || r == Auditor || r == Admin }

// wantActor asks for a staff number and, for self-dealing, the volunteer number that it belongs to; or for the volunteer who acts.
func (b *Book) wantActor(w *Wants, actor StaffID) {
	if v, ok := actor.Oneself(); ok {
		b.volunteers.want(w, v)
		return
	}
	b.staff.want(w, actor)
	if s, ok := b.staff.peek(actor); ok && s.Volunteer != "" {
		b.wantWho(w, s.Volunteer)
	}
}

// self reports whether the actor is that volunteer, of their household or a near relative, under any of their numbers. Of a volunteer who
// acts, permit asks the contrary: that it is about themself.
func (b *Book) self(actor StaffID, v *Volunteer) bool { return b.selfOn(actor, v, b.today) }

// selfSince asks the same of today, and of every day from another on: a household may be entered, and left, from a day on.
func (b *Book) selfSince(actor StaffID, v *Volunteer, from Date) bool {
	days := []Date{b.today, from}
	for _, p := range []*Volunteer{b.survivor(v), b.ownNumber(actor)} {
		for _, s := range p.Households {
			days = append(days, max(s.From, from))
		}
	}
	return slices.ContainsFunc(days, func(day Date) bool { return b.selfOn(actor, v, day) })
}

// selfOn asks the same of one day.
func (b *Book) selfOn(actor StaffID, v *Volunteer, day Date) bool {
	if _, ok := actor.Oneself(); ok {
		return false
	}
	s, _ := b.staff.get(actor)
	if s.Volunteer == "" && len(s.Kin) == 0 {
		return false
	}
	v = b.survivor(v).Then(day)
	if v.among(s.Kin) {
		return true
	}
	if s.Volunteer == "" {
		return false
	}
	own := b.ownNumber(actor).Then(day)
	return own.Volunteer == v.Volunteer || own.family(v)
}
