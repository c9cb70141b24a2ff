package api

import (
	"errors"
	"slices"

	"aixin/ledger"
)

// Handled are the volunteers with whom a member of the staff deals in a role: those of the units in which they have it, and of the unit of
// a shop where they do. Nobody finds others by a name, a phone or an ID number, or looks at their details.
type Handled struct {
	view     ledger.View
	everyone bool
	units    []ledger.UnitID
}

// HandledBy returns with whom a member of the staff deals in one of the roles, as the book stands.
func HandledBy(v ledger.View, id ledger.StaffID, roles ...ledger.Role) (Handled, error) {
	h := Handled{view: v}
	staff, err := v.Staff(id)
	if err != nil {
		return h, err
	}
	deals := func(r ledger.Role) bool { return slices.Contains(roles, r) }
	if h.everyone = slices.ContainsFunc(staff.Roles, deals); h.everyone {
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

// Everyone reports whether they are all, of whatever kind: staff and donors too.
func (h Handled) Everyone() bool { return h.everyone }

// In reports whether the people of a unit are among them.
func (h Handled) In(u ledger.UnitID) bool { return h.everyone || slices.Contains(h.units, u) }

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
	return slices.ContainsFunc(who.UnitsOn(h.view.On()), h.In), nil
}

// MayLook refuses a look at the details of somebody with whom a member of the staff deals in no role that looks.
func MayLook(v ledger.View, staff ledger.StaffID, id string) error {
	handled, err := HandledBy(v, staff, DetailsReaders()...)
	if err != nil {
		return err
	}
	theirs, err := handled.Among(id)
	if err == nil && !theirs {
		err = &ledger.Rejection{Reason: ledger.NotPermitted, Subject: string(DetailsReaders()[0])}
	}
	return err
}
