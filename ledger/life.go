package ledger

import "slices"

// This family says what becomes of a volunteer in the course of a life: they are somebody's relative or child, agree to be named,
// turn out to have two numbers, or leave. Merging and leaving stand in files of their own.

// The kinds of what is known of a volunteer beside their standing.
const (
	KinDeclared Kind = "kin_declared"
	GuardianSet Kind = "guardian_set"
	ConsentSet  Kind = "consent_set"
)

// GuardianOnly says that somebody too young was to be served without their guardian.
const GuardianOnly RejectReason = "guardian_only"

// MaxKin bounds the near relatives of one number: more than a family has.
const MaxKin = 50

type (
	// Life is what is known of a volunteer beside their standing. All of it is zero for most people.
	Life struct {
		FrozenUntil   Date          // the last day of a freeze that ends by itself, through the run
		Kin           []VolunteerID // near relatives, as declared; the other side has this number
		Into          VolunteerID   // the number that goes on for this person, where this one was merged away
		Merged        []VolunteerID // numbers that were merged into this one
		Leaving       Reason        // why the person leaves, once that is known
		LeaveBy       Date          // the last day to settle before the run closes the account
		Guardian      VolunteerID   // who alone is served for this person
		GuardianUntil Date          // the last day of that; none where it does not end
		Publish       bool          // consents to be named in public, as on an honour list
		Card          Hash          // of the card in use
		Memberships   []Membership  // of units beside that of the enrolment, also those that ended
		Erased        bool          // what was known of the person is destroyed

		Units      []Stay[UnitID]      // the unit from each day on, beginning with that of the enrolment; none of who never moved
		Households []Stay[HouseholdID] // the same of the household
	}

	// DeclareKin says that two are near relatives, or no more: nobody serves or approves their own, as with a household. How
	// they are related is nobody's business. By a steward; what concerns the steward themself only another one ends.
	DeclareKin struct {
		Of        string // a staff or volunteer number
		Volunteer VolunteerID
		Ended     bool
	}

	// SetGuardian names who alone is served for a volunteer who is too young, or nobody any more. By a steward who is neither.
	// The day of birth stays in the registry: the last day is given as the end of a month.
	SetGuardian struct {
		Volunteer VolunteerID
		Guardian  VolunteerID // optional: none where they are served themself from now on
		Until     Date        // optional
	}

	// SetConsent keeps whether a volunteer agrees to be named in public, as on an honour list. By a leader, publisher or steward, who
	// asked, or by themself; a child's guardian says it for them.
	SetConsent struct {
		Volunteer VolunteerID
		Publish   bool
	}
)

// lifeBody returns an empty body of one of the kinds of this family, or nil.
func lifeBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case KinDeclared:
		return &DeclareKin{}
	case GuardianSet:
		return &SetGuardian{}
	case ConsentSet:
		return &SetConsent{}
	case Merged:
		return &Merger{}
	case LeaveDeclared:
		return &LeaveNotice{}
	case Left:
		return &Leaving{}
	case CardIssued:
		return &IssueCard{}
	case CardVoided:
		return &VoidCard{}
	case Certified:
		return &Certificate{}
	case Erased:
		return &Erase{}
	}
	return nil
}

func (l *Life) fields(c *codec) {
	c.date("frozen_until", &l.FrozenUntil)
	texts(c, "kin", &l.Kin)
	text(c, "into", &l.Into)
	texts(c, "merged", &l.Merged)
	text(c, "leaving", &l.Leaving)
	c.date("leave_by", &l.LeaveBy)
	text(c, "guardian", &l.Guardian)
	c.date("guardian_until", &l.GuardianUntil)
	c.flag("publish", &l.Publish)
	c.hash("card", &l.Card)
	memberships(c, &l.Memberships)
	c.flag("erased", &l.Erased)
	stays(c, "units", &l.Units)
	stays(c, "households", &l.Households)
}

// wantWho asks for a volunteer, and for the number that goes on for them.
func (b *Book) wantWho(w *Wants, id VolunteerID) (*Volunteer, bool) {
	b.volunteers.want(w, id)
	v, ok := b.volunteers.peek(id)
	if v.Into != "" {
		b.volunteers.want(w, v.Into)
	}
	return v, ok
}

// survivor returns the number that goes on for a person: mostly the same.
func (b *Book) survivor(v *Volunteer) *Volunteer {
	if v.Into == "" {
		return v
	}
	on, _ := b.who(v.Into)
	return on
}

// among reports whether a list of relatives has a person under any of their numbers.
func (v *Volunteer) among(kin []VolunteerID) bool {
	return slices.ContainsFunc(kin, func(k VolunteerID) bool { return k == v.Volunteer || slices.Contains(v.Merged, k) })
}

func (a *DeclareKin) fields(c *codec) {
	text(c, "of", &a.Of)
	text(c, "volunteer", &a.Volunteer)
	c.flag("ended", &a.Ended)
}

func (a *DeclareKin) kind() Kind { return KinDeclared }

func (a *DeclareKin) roles() anyOf { return anyOf{Steward} }

func (a *DeclareKin) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *DeclareKin) check(f *faults) {
	f.want(StaffID(a.Of).Valid() || VolunteerID(a.Of).Valid(), "of", "person_id")
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Of != string(a.Volunteer), "volunteer", "twice")
}

func (a *DeclareKin) needs(b *Book, _ Command, w *Wants) {
	b.wantWho(w, a.Volunteer)
	if StaffID(a.Of).Valid() {
		b.staff.want(w, StaffID(a.Of))
		return
	}
	b.wantWho(w, VolunteerID(a.Of))
}

func (a *DeclareKin) decide(b *Book, c Command, d *draft) *Rejection {
	if r := a.known(b); r != nil {
		return r
	}
	v, _ := b.who(a.Volunteer)
	if a.Ended && (a.Of == string(c.Actor) || b.self(c.Actor, v) || a.concerns(b, c.Actor)) {
		return &Rejection{Reason: SelfService, Subject: string(a.Volunteer)}
	}
	kin := a.kin(b)
	switch is := v.among(kin); {
	case is && !a.Ended:
		return &Rejection{Reason: AlreadyExists, Subject: string(a.Volunteer)}
	case !is && a.Ended:
		return notFound(string(a.Volunteer))
	case !a.Ended && max(len(kin), len(v.Kin)) >= MaxKin:
		return &Rejection{Reason: TooLarge, Subject: a.Of, Have: MaxKin, Want: MaxKin}
	}
	return d.itself(a, nil)
}

// known refuses a number that does not exist, or is another number's by now.
func (a *DeclareKin) known(b *Book) *Rejection {
	if StaffID(a.Of).Valid() {
		return firstOf(missing(&b.staff, StaffID(a.Of)), b.current(a.Volunteer))
	}
	return firstOf(b.current(VolunteerID(a.Of)), b.current(a.Volunteer))
}

// current refuses a volunteer number that does not exist or was merged away.
func (b *Book) current(id VolunteerID) *Rejection {
	v, ok := b.who(id)
	switch {
	case !ok:
		return notFound(string(id))
	case v.Into != "":
		return &Rejection{Reason: AccountClosed, Subject: string(id)}
	}
	return nil
}

// concerns reports whether the other side is the actor's own.
func (a *DeclareKin) concerns(b *Book, actor StaffID) bool {
	if StaffID(a.Of).Valid() {
		return false // it is the actor, or another staff number
	}
	of, _ := b.who(VolunteerID(a.Of))
	return b.self(actor, of)
}

// kin returns the relatives of the first side.
func (a *DeclareKin) kin(b *Book) []VolunteerID {
	if StaffID(a.Of).Valid() {
		s, _ := b.staff.get(StaffID(a.Of))
		return s.Kin
	}
	of, _ := b.who(VolunteerID(a.Of))
	return of.Kin
}

func (a *DeclareKin) asked() (Action, Index) { return a, 0 }

func (a *DeclareKin) holds(b *Book, _ Entry) ([]Posting, error) { return states(a.known(b)) }

func (a *DeclareKin) fold(b *Book, _ Entry) {
	v := b.volunteers.edit(a.Volunteer)
	if StaffID(a.Of).Valid() {
		s := b.staff.edit(StaffID(a.Of))
		s.Kin = a.change(b, s.Kin, v)
		return
	}
	of := b.volunteers.edit(VolunteerID(a.Of))
	of.Kin, v.Kin = a.change(b, of.Kin, v), a.change(b, v.Kin, of)
}

// change puts a person on a list of relatives, or takes them off it under any of their numbers.
func (a *DeclareKin) change(b *Book, list []VolunteerID, v *Volunteer) []VolunteerID {
	list = slices.DeleteFunc(slices.Clone(list), func(k VolunteerID) bool { return v.among([]VolunteerID{k}) })
	if !a.Ended {
		list = append(list, kept(b, v.Volunteer))
	}
	return list
}

func (a *SetGuardian) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "guardian", &a.Guardian)
	c.date("until", &a.Until)
}

func (a *SetGuardian) kind() Kind { return GuardianSet }

func (a *SetGuardian) roles() anyOf { return anyOf{Steward} }

func (a *SetGuardian) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *SetGuardian) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Guardian == "" || a.Guardian.Valid(), "guardian", "volunteer_number")
	f.want(a.Guardian != a.Volunteer, "guardian", "twice")
	f.want(a.Until == 0 || (a.Until.valid() && a.Until.AddDays(1).Time().Day() == 1 && a.Guardian != ""), "until", "month_end")
}

func (a *SetGuardian) needs(b *Book, _ Command, w *Wants) {
	b.wantWho(w, a.Volunteer)
	if a.Guardian != "" {
		b.wantWho(w, a.Guardian)
	}
}

func (a *SetGuardian) decide(b *Book, c Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	if r != nil {
		return r
	}
	if a.Guardian != "" {
		g, r := b.open(a.Guardian)
		switch {
		case r != nil:
			return r
		case b.self(c.Actor, g):
			return &Rejection{Reason: SelfService, Subject: string(a.Guardian)}
		}
	}
	switch {
	case b.self(c.Actor, v):
		return &Rejection{Reason: SelfService, Subject: string(a.Volunteer)}
	case v.Guardian == a.Guardian && v.GuardianUntil == a.Until:
		return &Rejection{Reason: StatusUnchanged, Subject: string(a.Guardian)}
	case a.Until != 0 && a.Until < d.On:
		return &Rejection{Reason: DateInPast, Subject: a.Until.String()}
	}
	return d.itself(a, nil)
}

func (a *SetGuardian) asked() (Action, Index) { return a, 0 }

func (a *SetGuardian) holds(b *Book, _ Entry) ([]Posting, error) {
	if a.Guardian != "" {
		if r := missing(&b.volunteers, a.Guardian); r != nil {
			return states(r)
		}
	}
	return states(missing(&b.volunteers, a.Volunteer))
}

func (a *SetGuardian) fold(b *Book, _ Entry) {
	v := b.volunteers.edit(a.Volunteer)
	v.Guardian, v.GuardianUntil = kept(b, a.Guardian), a.Until
}

// guardian returns who alone is served for somebody on a day; none where they are served themself.
func (v *Volunteer) guardian(on Date) VolunteerID {
	if v.GuardianUntil != 0 && v.GuardianUntil < on {
		return ""
	}
	return v.Guardian
}

// guardedBy reports whether somebody is the guardian of a volunteer on a day.
func (v *Volunteer) guardedBy(who VolunteerID, on Date) bool {
	return who != "" && v.guardian(on) == who
}

// guarded refuses to serve somebody too young to anybody but their guardian, who is named as the one who came in their place.
func (v *Volunteer) guarded(proxy VolunteerID, on Date) *Rejection {
	if guardian := v.guardian(on); guardian != "" && guardian != proxy {
		return &Rejection{Reason: GuardianOnly, Subject: string(guardian)}
	}
	return nil
}

func (a *SetConsent) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	c.flag("publish", &a.Publish)
}

func (a *SetConsent) kind() Kind { return ConsentSet }

func (a *SetConsent) roles() anyOf { return anyOf{Steward, Leader, Publisher, Oneself} }

func (a *SetConsent) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *SetConsent) check(f *faults) { f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number") }

func (a *SetConsent) needs(b *Book, _ Command, w *Wants) { b.wantWho(w, a.Volunteer) }

func (a *SetConsent) decide(b *Book, _ Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	switch {
	case r != nil && (a.Publish || r.Reason == NotFound): // who left may still take their consent back
		return r
	case v.Publish == a.Publish:
		return &Rejection{Reason: StatusUnchanged, Subject: string(a.Volunteer)}
	}
	return d.itself(a, nil)
}

func (a *SetConsent) asked() (Action, Index) { return a, 0 }

func (a *SetConsent) holds(b *Book, _ Entry) ([]Posting, error) {
	return states(missing(&b.volunteers, a.Volunteer))
}

func (a *SetConsent) fold(b *Book, _ Entry) { b.volunteers.edit(a.Volunteer).Publish = a.Publish }
