package api

import (
	"errors"
	"slices"

	"aixin/ledger"
)

// Handled are the volunteers whom a member of the staff may find by a name, a phone or an ID number: those of the units in which they deal
// with people, and of the unit of a shop where they do. Whoever may look at anybody's details may find anybody.
type Handled struct {
	view     ledger.View
	everyone bool
	units    []ledger.UnitID
}

// HandledBy returns whom a member of the staff may find as the book stands.
func HandledBy(v ledger.View, id ledger.StaffID) (Handled, error) {
	h := Handled{view: v}
	staff, err := v.Staff(id)
	if err != nil {
		return h, err
	}
	deals := func(r ledger.Role) bool { return slices.Contains(PeopleReaders(), r) }
	looks := func(r ledger.Role) bool { return slices.Contains(DetailsReaders(), r) }
	if h.everyone = slices.ContainsFunc(staff.Roles, deals) || slices.ContainsFunc(staff.RolesOn(v.On()), looks); h.everyone {
		return h, nil
	}
	org, err := v.Org()
	if err != nil {
		return h, err
	}
	for _, g := range staff.Grants {
		switch {
		case !g.On(v.On()) || !deals(g.Role):
		case g.Scope == "":
			h.everyone = true
		case ledger.UnitID(g.Scope).Valid():
			h.units = append(h.units, org.Under(ledger.UnitID(g.Scope), v.On())...)
		case ledger.ShopID(g.Scope).Valid():
			shop, err := v.Shop(ledger.ShopID(g.Scope))
			if err != nil {
				return h, err
			}
			h.units = append(h.units, org.Under(shop.Unit, v.On())...)
		}
	}
	return h, nil
}

// only leaves those of a list who may be found.
func (h Handled) only(ids ...ledger.VolunteerID) (list []ledger.VolunteerID, err error) {
	for _, id := range ids {
		in, err := h.Has(id)
		if err != nil {
			return nil, err
		}
		if in {
			list = append(list, id)
		}
	}
	return list, nil
}

// Among is Has of a number of whatever kind, for searches.
func (h Handled) Among(id string) (bool, error) { return h.Has(ledger.VolunteerID(id)) }

// Has reports whether a volunteer is one of them. Nobody is told whether a number that the book does not have is anybody's.
func (h Handled) Has(id ledger.VolunteerID) (bool, error) {
	if h.everyone {
		return true, nil
	}
	who, err := h.view.Volunteer(id)
	if no, ok := errors.AsType[*ledger.Rejection](err); ok && no.Reason == ledger.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	belongs := func(u ledger.UnitID) bool { return slices.Contains(h.units, u) }
	return slices.ContainsFunc(who.UnitsOn(h.view.On()), belongs), nil
}
