package report

import (
	"fmt"
	"slices"

	"aixin/ledger"
)

// nearness knows who is near to whom, as the book knows it at a view: whoever acted may have said so later.
type nearness struct {
	staff  map[ledger.StaffID]ledger.Staff
	people map[ledger.VolunteerID]ledger.Volunteer
	into   map[ledger.VolunteerID]ledger.VolunteerID // a number that became another
}

func nearnessOf(v ledger.View) (nearness, error) {
	n := nearness{map[ledger.StaffID]ledger.Staff{}, map[ledger.VolunteerID]ledger.Volunteer{}, map[ledger.VolunteerID]ledger.VolunteerID{}}
	for s, err := range v.AllStaff() {
		if err != nil {
			return n, fmt.Errorf("who is near: %w", err)
		}
		n.staff[s.Staff] = s
	}
	for p, err := range v.Volunteers() {
		if err != nil {
			return n, fmt.Errorf("who is near: %w", err)
		}
		n.people[p.Volunteer] = p
		for _, from := range p.Merged {
			n.into[from] = p.Volunteer
		}
	}
	return n, nil
}

// person returns the number under which somebody goes on.
func (n nearness) person(id ledger.VolunteerID) ledger.VolunteerID {
	if into, ok := n.into[id]; ok {
		return into
	}
	return id
}

// self reports whether a volunteer is the actor, of their household, or a near relative of theirs.
func (n nearness) self(actor ledger.StaffID, id ledger.VolunteerID) bool {
	s, who := n.staff[actor], n.people[n.person(id)]
	if n.among(s.Kin, who.Volunteer) {
		return true
	}
	if s.Volunteer == "" {
		return false
	}
	own := n.people[n.person(s.Volunteer)]
	return own.Volunteer == who.Volunteer || (own.Household != "" && own.Household == who.Household) ||
		n.among(own.Kin, who.Volunteer) || n.among(who.Kin, own.Volunteer)
}

// among reports whether somebody is on a list, under any of their numbers.
func (n nearness) among(list []ledger.VolunteerID, who ledger.VolunteerID) bool {
	return slices.ContainsFunc(list, func(k ledger.VolunteerID) bool { return n.person(k) == who })
}
