package ledger

import (
	"slices"
)

// This family is attendance: a leader opens a session of an activity, volunteers check in and out, and who forgot to check out counts
// nothing until the leader confirms. What was scanned is then declared as hours that name the session.

// The kinds of attendance.
const (
	SessionOpened       Kind = "session_opened"
	CheckedIn           Kind = "checked_in"
	CheckedOut          Kind = "checked_out"
	AttendanceConfirmed Kind = "attendance_confirmed"
	SessionClosed       Kind = "session_closed"
)

// AttendanceBars refuses what the attendance does not allow; the subject says how it stands.
const AttendanceBars RejectReason = "attendance"

// Standing is how a session stands, or somebody in it.
type Standing string

// The standings that bar something.
const (
	SessionOpen   Standing = "open"
	SessionShut   Standing = "closed"
	SessionFull   Standing = "full"
	NotIn         Standing = "not-in"
	AlreadyIn     Standing = "in"
	AlreadyOut    Standing = "out"
	NoCheckOut    Standing = "no-check-out"
	OtherwiseSeen Standing = "otherwise" // what is declared is not what was scanned
)

func bars(s Standing) *Rejection { return &Rejection{Reason: AttendanceBars, Subject: string(s)} }

// CheckedBy is how somebody was checked in.
type CheckedBy string

// The ways to be checked in.
const (
	CheckedByCard   CheckedBy = "card"    // the card's random token was scanned
	CheckedByTyped  CheckedBy = "typed"   // the number was typed
	CheckedByLeader CheckedBy = "leader"  // ticked by the leader: no phone, no card
	CheckedByWalkUp CheckedBy = "walk-up" // came without being expected
)

// Signer is who signed a sheet: a staff or volunteer number.
type Signer string

func (s Signer) valid() bool { return StaffID(s).Valid() || VolunteerID(s).Valid() }

// The actions and bodies. Bodies are the actions themselves: when it was, the entry says.
type (
	// OpenSession opens the attendance of an activity. By a leader.
	OpenSession struct {
		Activity ActivityID
	}

	// CheckIn notes that a volunteer came. By a leader, or by the volunteer, whose card was scanned or number typed.
	CheckIn struct {
		Session   Index
		Volunteer VolunteerID
		By        CheckedBy
	}

	// CheckOut notes that a volunteer went, on the day of the session. By a leader, or by the volunteer.
	CheckOut struct {
		Session   Index
		Volunteer VolunteerID
	}

	// ConfirmAttendance says when a volunteer went who forgot to check out. By a leader who is not that volunteer.
	ConfirmAttendance struct {
		Session   Index
		Volunteer VolunteerID
		Out       Start
	}

	// CloseSession ends a session: nobody comes or goes any more, and what was scanned may be declared. By a leader.
	CloseSession struct {
		Session Index
	}
)

// Attended is the fact of a session.
type Attended struct {
	Activity ActivityID
	Opened   Start
	Closed   bool
	People   []Attendee // in the order in which they came
}

// Attendee is somebody who came.
type Attendee struct {
	Volunteer VolunteerID
	By        CheckedBy
	In        Start
	Out       Start // none where they did not check out and nobody confirmed when they went
}

// Minutes returns how long they were there.
func (p Attendee) Minutes() Amount {
	if p.Out == 0 {
		return 0
	}
	return Amount(p.Out - p.In)
}

// attendanceBody returns an empty body of one of the kinds above, or nil.
func attendanceBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case SessionOpened:
		return &OpenSession{}
	case CheckedIn:
		return &CheckIn{}
	case CheckedOut:
		return &CheckOut{}
	case AttendanceConfirmed:
		return &ConfirmAttendance{}
	case SessionClosed:
		return &CloseSession{}
	}
	return nil
}

func (f *Attended) fields(c *codec) {
	text(c, "activity", &f.Activity)
	c.start("opened", &f.Opened)
	c.flag("closed", &f.Closed)
	list(c, "people", &f.People, func(c *codec, p *Attendee) {
		text(c, "volunteer", &p.Volunteer)
		text(c, "by", &p.By)
		c.start("in", &p.In)
		c.start("out", &p.Out)
	})
}

// find returns where somebody stands in the list, -1 where they did not come.
func (f *Attended) find(v VolunteerID) int {
	return slices.IndexFunc(f.People, func(p Attendee) bool { return p.Volunteer == v })
}

func (a *OpenSession) fields(c *codec) { text(c, "activity", &a.Activity) }

func (a *OpenSession) kind() Kind { return SessionOpened }

func (a *OpenSession) roles() anyOf { return anyOf{Leader} }

func (a *OpenSession) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *OpenSession) check(f *faults) { f.want(a.Activity.Valid(), "activity", "activity_code") }

func (a *OpenSession) needs(b *Book, _ Command, w *Wants) { b.activities.want(w, a.Activity) }

func (a *OpenSession) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, missing(&b.activities, a.Activity))
}

func (a *OpenSession) asked() (Action, Index) { return a, 0 }

func (a *OpenSession) holds(b *Book, _ Entry) ([]Posting, error) {
	return states(missing(&b.activities, a.Activity))
}

func (a *OpenSession) fold(b *Book, e Entry) {
	b.sessions.put(e.Index, Attended{Activity: kept(b, a.Activity), Opened: b.minute(e)})
}

func (a *CheckIn) fields(c *codec) {
	number(c, "session", &a.Session)
	text(c, "volunteer", &a.Volunteer)
	text(c, "by", &a.By)
}

func (a *CheckIn) kind() Kind { return CheckedIn }

func (a *CheckIn) roles() anyOf { return anyOf{Leader, Oneself} }

func (a *CheckIn) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *CheckIn) check(f *faults) {
	f.want(a.Session > 0, "session", "index")
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(slices.Contains([]CheckedBy{CheckedByCard, CheckedByTyped, CheckedByLeader, CheckedByWalkUp}, a.By), "by", "checked_by")
}

func (a *CheckIn) needs(b *Book, _ Command, w *Wants) {
	b.sessions.want(w, a.Session)
	b.wantWho(w, a.Volunteer)
}

func (a *CheckIn) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, a.bars(b, d.minute))
}

// bars refuses to check somebody in who may not come, or came before.
func (a *CheckIn) bars(b *Book, at Start) *Rejection {
	s, r := b.attended(a.Session)
	if r != nil {
		return r
	}
	if _, r := b.open(a.Volunteer); r != nil {
		return r
	}
	i := s.find(a.Volunteer)
	switch {
	case s.Closed:
		return bars(SessionShut)
	case at.On() != s.Opened.On():
		return &Rejection{Reason: DateInPast, Subject: s.Opened.On().String()}
	case i >= 0 && s.People[i].Out == 0:
		return bars(AlreadyIn)
	case i >= 0:
		return bars(AlreadyOut)
	case len(s.People) >= MaxAttending:
		return bars(SessionFull)
	}
	return nil
}

// attended returns a session, or refuses where an entry is none.
func (b *Book) attended(i Index) (Attended, *Rejection) {
	s, ok := b.sessions.get(i)
	if !ok {
		return *s, notFound(writeIndexPlain(i))
	}
	return *s, nil
}

func (a *CheckIn) asked() (Action, Index) { return a, 0 }

func (a *CheckIn) holds(b *Book, e Entry) ([]Posting, error) { return states(a.bars(b, b.minute(e))) }

func (a *CheckIn) fold(b *Book, e Entry) {
	s := b.sessions.edit(a.Session)
	s.People = append(slices.Clip(s.People), Attendee{Volunteer: kept(b, a.Volunteer), By: kept(b, a.By), In: b.minute(e)})
}

func (a *CheckOut) fields(c *codec) {
	number(c, "session", &a.Session)
	text(c, "volunteer", &a.Volunteer)
}

func (a *CheckOut) kind() Kind { return CheckedOut }

func (a *CheckOut) roles() anyOf { return anyOf{Leader, Oneself} }

func (a *CheckOut) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *CheckOut) check(f *faults) {
	f.want(a.Session > 0, "session", "index")
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
}

func (a *CheckOut) needs(b *Book, _ Command, w *Wants) { b.sessions.want(w, a.Session) }

func (a *CheckOut) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, a.bars(b, d.minute))
}

// bars refuses to check somebody out who did not come, or went before.
func (a *CheckOut) bars(b *Book, at Start) *Rejection {
	s, r := b.attended(a.Session)
	if r != nil {
		return r
	}
	i := s.find(a.Volunteer)
	switch {
	case s.Closed:
		return bars(SessionShut)
	case i < 0:
		return bars(NotIn)
	case s.People[i].Out != 0:
		return bars(AlreadyOut)
	case at.On() != s.Opened.On():
		return &Rejection{Reason: DateInPast, Subject: s.Opened.On().String()}
	}
	return nil
}

func (a *CheckOut) asked() (Action, Index) { return a, 0 }

func (a *CheckOut) holds(b *Book, e Entry) ([]Posting, error) { return states(a.bars(b, b.minute(e))) }

func (a *CheckOut) fold(b *Book, e Entry) { b.leave(a.Session, a.Volunteer, b.minute(e)) }

// leave notes when somebody went.
func (b *Book) leave(i Index, v VolunteerID, at Start) {
	s := b.sessions.edit(i)
	s.People = slices.Clone(s.People) // who looks at the session as it was shares its list
	if k := s.find(v); k >= 0 {
		s.People[k].Out = at
	}
}

func (a *ConfirmAttendance) fields(c *codec) {
	number(c, "session", &a.Session)
	text(c, "volunteer", &a.Volunteer)
	c.start("out", &a.Out)
}

func (a *ConfirmAttendance) kind() Kind { return AttendanceConfirmed }

func (a *ConfirmAttendance) roles() anyOf { return anyOf{Leader} }

func (a *ConfirmAttendance) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *ConfirmAttendance) check(f *faults) {
	f.want(a.Session > 0, "session", "index")
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Out.On() > 365 && a.Out.On().valid(), "out", "start")
}

func (a *ConfirmAttendance) needs(b *Book, _ Command, w *Wants) {
	b.sessions.want(w, a.Session)
	b.wantWho(w, a.Volunteer)
}

func (a *ConfirmAttendance) decide(b *Book, c Command, d *draft) *Rejection {
	v, _ := b.who(a.Volunteer)
	if b.self(c.Actor, v) {
		return &Rejection{Reason: SelfService, Subject: string(a.Volunteer)}
	}
	return d.itself(a, a.bars(b, d.minute))
}

// bars refuses to say when somebody went who did not come, or of whom it is known, or a time at which they cannot have gone.
func (a *ConfirmAttendance) bars(b *Book, at Start) *Rejection {
	s, r := b.attended(a.Session)
	if r != nil {
		return r
	}
	i := s.find(a.Volunteer)
	switch {
	case i < 0:
		return bars(NotIn)
	case s.People[i].Out != 0:
		return bars(AlreadyOut)
	case a.Out > at:
		return &Rejection{Reason: DateInFuture, Subject: a.Out.String()}
	case a.Out <= s.People[i].In || a.Out > NewStart(s.People[i].In.On()+1, 0):
		return bars(OtherwiseSeen)
	}
	return nil
}

func (a *ConfirmAttendance) asked() (Action, Index) { return a, 0 }

func (a *ConfirmAttendance) holds(b *Book, e Entry) ([]Posting, error) {
	if err := b.checkOther(e, a.Volunteer); err != nil {
		return nil, err
	}
	return states(a.bars(b, b.minute(e)))
}

func (a *ConfirmAttendance) fold(b *Book, _ Entry) { b.leave(a.Session, a.Volunteer, a.Out) }

func (a *CloseSession) fields(c *codec) { number(c, "session", &a.Session) }

func (a *CloseSession) kind() Kind { return SessionClosed }

func (a *CloseSession) roles() anyOf { return anyOf{Leader} }

func (a *CloseSession) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *CloseSession) check(f *faults) { f.want(a.Session > 0, "session", "index") }

func (a *CloseSession) needs(b *Book, _ Command, w *Wants) { b.sessions.want(w, a.Session) }

func (a *CloseSession) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, a.bars(b))
}

func (a *CloseSession) bars(b *Book) *Rejection {
	s, r := b.attended(a.Session)
	if r == nil && s.Closed {
		return bars(SessionShut)
	}
	return r
}

func (a *CloseSession) asked() (Action, Index) { return a, 0 }

func (a *CloseSession) holds(b *Book, _ Entry) ([]Posting, error) { return states(a.bars(b)) }

func (a *CloseSession) fold(b *Book, _ Entry) { b.sessions.edit(a.Session).Closed = true }

// proven refuses hours without what the rule wants beside them, and hours that are not what was scanned.
func (a *DeclareHours) proven(b *Book, rule *Rule) *Rejection {
	switch {
	case a.Capture == Roster && int64(len(a.Signers)) < rule.Attendance.Signatures:
		return incomplete(MissingSignatures)
	case a.Session != 0:
		return a.scanned(b)
	case a.Capture == Scan && rule.Attendance.Session:
		return incomplete(MissingSession)
	}
	return nil
}

// scanned holds hours against the session that they name.
func (a *DeclareHours) scanned(b *Book) *Rejection {
	s, r := b.attended(a.Session)
	if r != nil {
		return r
	}
	i := s.find(a.Volunteer)
	switch {
	case !s.Closed:
		return bars(SessionOpen)
	case i < 0:
		return bars(NotIn)
	case s.People[i].Out == 0:
		return bars(NoCheckOut)
	case a.Activity != s.Activity || a.Capture != Scan || a.Start != s.People[i].In || a.Minutes != s.People[i].Minutes():
		return bars(OtherwiseSeen)
	}
	return nil
}

func (a *DeclareHours) checkSigners(f *faults) {
	f.want(len(a.Signers) <= MaxSigners, "signers", "signers")
	for i, s := range a.Signers {
		f.wantAt(s.valid() && !slices.Contains(a.Signers[:i], s) && string(s) != string(a.Volunteer), "signers", i, "", "signer")
	}
}
