package audit

import (
	"cmp"
	"slices"

	"aixin/ledger"
)

// This file folds who is who, where they live, and who is near to whom.

// found keeps the unit of whoever lived in a household first: that of its pool.
func (w *world) found(h ledger.HouseholdID, unit ledger.UnitID) {
	if _, known := w.homes[h]; h != "" && !known {
		w.homes[h] = unit
	}
}

// in returns the unit of a volunteer on a day: the last word about that day.
func (p *person) in(day ledger.Date) ledger.UnitID {
	unit := p.unit
	for _, m := range p.moved {
		if m.From <= day {
			unit = m.Unit
		}
	}
	return unit
}

// home returns the household of a volunteer on a day.
func (p *person) home(day ledger.Date) ledger.HouseholdID {
	home := p.household
	for _, l := range p.lived {
		if l.From <= day {
			home = l.Household
		}
	}
	return home
}

// joins takes in a word about one more unit, which replaces what was said of it from that day on.
func (p *person) joins(a *ledger.SetMembership) {
	p.joined = slices.DeleteFunc(slices.Clone(p.joined), func(m ledger.Membership) bool { return m.Unit == a.Unit && m.From >= a.From })
	for i, m := range p.joined {
		if m.Unit == a.Unit && (m.Until == 0 || m.Until >= a.From) {
			p.joined[i].Until = a.From.AddDays(-1)
		}
	}
	if !a.Ended {
		p.joined = append(p.joined, ledger.Membership{Unit: a.Unit, From: a.From, Until: a.Until})
	}
}

// units lists the units to which a volunteer belongs on a day: their own first.
func (p *person) units(day ledger.Date) []ledger.UnitID {
	list := []ledger.UnitID{p.in(day)}
	for _, m := range p.joined {
		if m.On(day) {
			list = append(list, m.Unit)
		}
	}
	return list
}

// homeOn returns the household of a volunteer number on a day, which a forged book may never have enrolled.
func (w *world) homeOn(id ledger.VolunteerID, day ledger.Date) ledger.HouseholdID {
	if p := w.people[id]; p != nil {
		return p.home(day)
	}
	return ""
}

// inherits returns the household that a number has from the start, once another was merged into it: its own, or where nothing was ever
// said of it, that of the other.
func (p *person) inherits(other *person, on ledger.Date) ledger.HouseholdID {
	if len(p.lived) > 0 {
		return p.household
	}
	return cmp.Or(p.household, other.home(on))
}

// foldPeople takes in who is who and near to whom.
func (w *world) foldPeople(e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.Appoint:
		s := w.member(body.Staff)
		s.volunteer, s.roles = body.Volunteer, body.Roles
	case *ledger.GrantRole:
		s := w.member(body.Staff)
		s.grants = append(s.grants, ledger.RoleGrant{Role: body.Role, Scope: body.Scope, From: body.From, Until: body.Until})
	case *ledger.EndRole:
		s := w.member(body.Staff)
		for i, g := range s.grants {
			if g.Role == body.Role && g.Scope == body.Scope && (g.Until == 0 || g.Until > body.Until) {
				s.grants[i].Until = body.Until
			}
		}
	case *ledger.Enroll:
		w.people[body.Volunteer] = &person{unit: body.Unit, household: body.Household, status: ledger.Active, enrolled: e.Index}
		w.found(body.Household, body.Unit)
	case *ledger.MoveVolunteer:
		p := w.person(body.Volunteer)
		p.moved = append(p.moved, body)
	case *ledger.SetHousehold:
		p := w.person(body.Volunteer)
		p.lived = append(p.lived, body)
		w.found(body.Household, p.in(body.From))
	case *ledger.SetMembership:
		w.person(body.Volunteer).joins(body)
	case *ledger.SetStatus:
		p := w.person(body.Volunteer)
		if p.status = body.Status; body.Status == ledger.Closed {
			p.gone = e.Index
		}
	case *ledger.LeaveNotice:
		p := w.person(body.Volunteer)
		if p.leaves, p.leaveBy = e.Index, body.By; body.By == 0 {
			p.leaves = 0
		}
	case *ledger.SetClasses:
		w.person(body.Volunteer).classes = body.Classes
	case *ledger.SetGuardian:
		p := w.person(body.Volunteer)
		p.guardian, p.until = body.Guardian, body.Until
	case *ledger.DeclareKin:
		w.foldKin(body)
	case *ledger.Merger:
		p := w.person(body.From)
		p.into, p.gone, p.status = body.Into, e.Index, ledger.Closed
		for _, earlier := range p.merged {
			w.person(earlier).into = body.Into
		}
		into := w.person(body.Into)
		into.merged = slices.Concat(into.merged, p.merged, []ledger.VolunteerID{body.From})
		into.household = into.inherits(p, e.On)
		into.kin = append(slices.Clone(into.kin), p.kin...)
		into.classes = append(slices.Clone(into.classes), p.classes...)
		into.joined = slices.Concat(into.joined, p.joined)
	case *ledger.Leaving:
		p := w.person(body.Volunteer)
		p.gone, p.status = e.Index, ledger.Closed
	}
}

func (w *world) foldKin(a *ledger.DeclareKin) {
	change := func(list []ledger.VolunteerID, v ledger.VolunteerID) []ledger.VolunteerID {
		list = slices.DeleteFunc(slices.Clone(list), func(k ledger.VolunteerID) bool { return k == v })
		if !a.Ended {
			list = append(list, v)
		}
		return list
	}
	if of := ledger.StaffID(a.Of); of.Valid() {
		s := w.member(of)
		s.kin = change(s.kin, a.Volunteer)
		return
	}
	p := w.person(ledger.VolunteerID(a.Of))
	p.kin = change(p.kin, a.Volunteer)
}

// member returns a staff number, which a forged book may never have appointed.
func (w *world) member(id ledger.StaffID) *staff {
	if w.staff[id] == nil {
		w.staff[id] = &staff{}
	}
	return w.staff[id]
}

// person returns a volunteer number, which a forged book may never have enrolled.
func (w *world) person(id ledger.VolunteerID) *person {
	if w.people[id] == nil {
		w.people[id] = &person{}
	}
	return w.people[id]
}

// goesOn returns the number under which a person goes on.
func (w *world) goesOn(id ledger.VolunteerID) ledger.VolunteerID {
	if p := w.people[id]; p != nil && p.into != "" {
		return p.into
	}
	return id
}

// numbers lists a number and those that were merged into it.
func (w *world) numbers(id ledger.VolunteerID) []ledger.VolunteerID {
	list := []ledger.VolunteerID{id}
	if p := w.people[id]; p != nil {
		list = append(list, p.merged...)
	}
	return list
}

// near reports whether a volunteer is an actor, of their household, or near to them by what was declared so far or by a list from
// outside.
func (r *run) near(actor ledger.StaffID, id ledger.VolunteerID) bool {
	if actor == "" || id == "" {
		return false
	}
	for _, pair := range r.options.Relatives {
		a, b := pair[0], pair[1]
		if a == string(id) {
			a, b = b, a
		}
		if b == string(id) && (a == string(actor) || r.staff[actor] != nil && a == string(r.staff[actor].volunteer)) {
			return true
		}
	}
	s, who := r.staff[actor], r.people[r.goesOn(id)]
	if s == nil {
		return false
	}
	if s.volunteer == id || slices.Contains(s.kin, id) {
		return true
	}
	own := r.people[r.goesOn(s.volunteer)] // where a number was merged, the household is that of the one that goes on
	if own == nil || who == nil {
		return false
	}
	return own == who || (own.home(r.now) != "" && own.home(r.now) == who.home(r.now)) ||
		slices.Contains(own.kin, id) || slices.Contains(who.kin, s.volunteer) ||
		slices.Contains(own.kin, r.goesOn(id)) || slices.Contains(who.kin, r.goesOn(s.volunteer))
}
