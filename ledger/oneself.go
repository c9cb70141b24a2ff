package ledger

import (
	"errors"
	"fmt"
	"slices"
)

// This file lets volunteers act for themselves: they set goods aside and let them go, object, come and go, ask for a statement of
// their hours, and say whether they may be named in public. Who may ask for what stands where it does for the staff, in the roles of each action. The actor of an entry may be a
// volunteer's number, and then the entry is about that volunteer, or a child in
// their care, and nobody else. Every kind that has Oneself among its roles came
// with format 2, so that no book of format 1 has such an entry.

// Oneself is the role of a volunteer in what concerns them alone. Nobody is appointed to it, and nobody is granted it.
const Oneself Role = "oneself"

// personal is an action that volunteers may ask for themselves.
type personal interface {
	// owner is the volunteer whose it is to ask: whom it is about, or their guardian; nobody where only the staff can say that.
	owner(b *Book) VolunteerID
}

// Oneself returns the volunteer who acts for themself, where the actor is none of the staff.
func (s StaffID) Oneself() (VolunteerID, bool) {
	v := VolunteerID(s)
	return v, v.Valid()
}

// acts reports whether the number is of somebody who may ask: of the staff, or a volunteer.
func (s StaffID) acts() bool { return s.Valid() || VolunteerID(s).Valid() }

// permitOneself refuses a volunteer what is not theirs to ask.
func (b *Book) permitOneself(c Command, v VolunteerID) *Rejection {
	allowed := c.Do.roles()
	do, ok := c.Do.(personal)
	switch {
	case missing(&b.volunteers, v) != nil:
		return &Rejection{Reason: UnknownActor, Subject: string(v)}
	case !ok || !slices.Contains(allowed[:], Oneself):
		return &Rejection{Reason: NotPermitted, Subject: string(allowed[0])}
	}
	owner := do.owner(b)
	if a, ok := do.(*SetConsent); ok && a.Volunteer == v && owner != v {
		return &Rejection{Reason: GuardianOnly, Subject: string(owner)}
	}
	if owner != v {
		return &Rejection{Reason: NotPermitted, Subject: string(allowed[0])}
	}
	return nil
}

// checkOneself holds that a volunteer who acts is enrolled (I8), and acts for themself and nobody else (I13).
func (b *Book) checkOneself(e Entry) error {
	v, ok := e.Actor.Oneself()
	if !ok {
		return nil
	}
	about, do := VolunteerID(""), Action(nil)
	if body, refused := e.Body.(*Refusal); refused {
		about = body.Volunteer
		do, _ = newBody(body.Asked).asked() // checkRefusal found it
	} else {
		c, _ := asked(e)
		do = c.Do
		if own, ok := do.(personal); ok {
			about = own.owner(b)
		}
	}
	if allowed := do.roles(); !slices.Contains(allowed[:], Oneself) || about != v {
		return fmt.Errorf("I13: %s acts in what is not their own", v)
	}
	if _, ok := b.volunteers.get(v); !ok {
		return errors.New("I8: a volunteer acts who was not enrolled")
	}
	return nil
}

func (a *Hold) owner(*Book) VolunteerID { return a.Volunteer }

func (a *Release) owner(b *Book) VolunteerID {
	h, _ := b.holds.get(a.Hold)
	return h.Volunteer
}

func (a *Object) owner(*Book) VolunteerID { return a.Volunteer }

func (a *CheckOut) owner(*Book) VolunteerID { return a.Volunteer }

func (a *Certify) owner(*Book) VolunteerID { return a.Volunteer }

// owner is the guardian of somebody who is under their care that day: the child's own word is not enough.
func (a *SetConsent) owner(b *Book) VolunteerID {
	who, _ := b.volunteers.get(a.Volunteer)
	if guardian := who.guardian(b.today); guardian != "" {
		return guardian
	}
	return a.Volunteer
}

// owner is nobody where it is a leader who saw that they came.
func (a *CheckIn) owner(*Book) VolunteerID {
	if a.By == CheckedByLeader || a.By == CheckedByWalkUp {
		return ""
	}
	return a.Volunteer
}
