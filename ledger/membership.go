package ledger

import (
	"fmt"
	"slices"
)

// This family says to which units a volunteer belongs beside the one of their enrolment, such as a residential branch or a team, and
// for how long. In whose books their service and points stand does not change with it.

// MembershipSet says that a volunteer is a member of one more unit, or is it no more.
const MembershipSet Kind = "membership_set"

// MaxMemberships bounds what one number was a member of, now or before.
const MaxMemberships = 50

type (
	// SetMembership makes a volunteer a member of a unit from a day on, beside the unit of their enrolment, or ends that. A later word
	// about the same unit replaces what was said of it from that day on; what was before stays. By a leader or steward.
	SetMembership struct {
		Volunteer VolunteerID
		Unit      UnitID
		From      Date // the first day, or where it ends the first day on which they are no member; not before today
		Until     Date // optional: the last day
		Ended     bool
	}

	// Membership is one of them.
	Membership struct {
		Unit  UnitID
		From  Date
		Until Date // the last day; none where it does not end
	}
)

// membershipBody returns an empty body of the kind above, or nil.
func membershipBody(k Kind) Body {
	if k == MembershipSet {
		return &SetMembership{}
	}
	return nil
}

func memberships(c *codec, v *[]Membership) {
	list(c, "memberships", v, func(c *codec, m *Membership) {
		text(c, "unit", &m.Unit)
		c.date("from", &m.From)
		c.date("until", &m.Until)
	})
}

// On reports whether somebody is a member on a day.
func (m Membership) On(day Date) bool { return m.From <= day && (m.Until == 0 || day <= m.Until) }

// UnitsOn lists the units to which a volunteer belongs on a day: their own first.
func (v *Volunteer) UnitsOn(day Date) []UnitID {
	units := []UnitID{v.UnitOn(day)}
	for _, m := range v.Memberships {
		if m.On(day) && !slices.Contains(units, m.Unit) {
			units = append(units, m.Unit)
		}
	}
	return units
}

func (a *SetMembership) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "unit", &a.Unit)
	c.date("from", &a.From)
	c.date("until", &a.Until)
	c.flag("ended", &a.Ended)
}

func (a *SetMembership) kind() Kind { return MembershipSet }

func (a *SetMembership) roles() anyOf { return anyOf{Leader, Steward} }

func (a *SetMembership) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *SetMembership) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Unit.Valid(), "unit", "unit_code")
	f.want(a.From.valid(), "from", "date")
	f.want(a.Until == 0 || (a.Until.valid() && a.Until >= a.From && !a.Ended), "until", "date")
}

func (a *SetMembership) needs(b *Book, _ Command, w *Wants) {
	b.volunteers.want(w, a.Volunteer)
	b.units.want(w, a.Unit)
}

func (a *SetMembership) decide(b *Book, _ Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	if r = firstOf(r, missing(&b.units, a.Unit)); r != nil {
		return r
	}
	if a.From < d.On {
		return &Rejection{Reason: DateInPast, Subject: a.From.String()}
	}
	return d.itself(a, a.changes(v))
}

// changes refuses what is so already, and what is too much.
func (a *SetMembership) changes(v *Volunteer) *Rejection {
	lasts := slices.ContainsFunc(v.Memberships, func(m Membership) bool { return m.Unit == a.Unit && (m.Until == 0 || m.Until >= a.From) })
	switch {
	case a.Ended && !lasts:
		return notFound(string(a.Unit))
	case !a.Ended && v.UnitOn(a.From) == a.Unit:
		return &Rejection{Reason: AlreadyExists, Subject: string(a.Unit)}
	case !a.Ended && len(v.Memberships) >= MaxMemberships:
		return &Rejection{Reason: TooLarge, Subject: string(v.Volunteer), Have: Amount(len(v.Memberships)), Want: MaxMemberships}
	}
	return nil
}

func (a *SetMembership) asked() (Action, Index) { return a, 0 }

func (a *SetMembership) holds(b *Book, e Entry) ([]Posting, error) {
	v, r := b.open(a.Volunteer)
	if r = firstOf(r, missing(&b.units, a.Unit)); r != nil {
		return states(r)
	}
	if a.From < e.On {
		return nil, fmt.Errorf("I8: %s became a member of %s on a day that was past", a.Volunteer, a.Unit)
	}
	return states(a.changes(v))
}

func (a *SetMembership) fold(b *Book, _ Entry) {
	v := b.volunteers.edit(a.Volunteer)
	var list []Membership
	for _, m := range v.Memberships {
		if m.Unit == a.Unit && m.From >= a.From {
			continue
		}
		if m.Unit == a.Unit && (m.Until == 0 || m.Until >= a.From) {
			m.Until = a.From.AddDays(-1)
		}
		list = append(list, m)
	}
	if !a.Ended {
		list = append(list, Membership{kept(b, a.Unit), a.From, a.Until})
	}
	v.Memberships = list
}
