package report

import "aixin/ledger"

// whereabouts says from the entries alone to which unit somebody belonged on a day, and to which the pool of a household belongs.
type whereabouts struct {
	enrolled map[ledger.VolunteerID]ledger.UnitID
	moved    map[ledger.VolunteerID][]*ledger.MoveVolunteer // in the order in which it was said
	founded  map[ledger.HouseholdID]ledger.UnitID
}

func newWhereabouts() whereabouts {
	return whereabouts{map[ledger.VolunteerID]ledger.UnitID{}, map[ledger.VolunteerID][]*ledger.MoveVolunteer{}, map[ledger.HouseholdID]ledger.UnitID{}}
}

// see takes in an entry.
func (w whereabouts) see(e ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.Enroll:
		w.enrolled[body.Volunteer] = body.Unit
		w.found(body.Household, body.Unit)
	case *ledger.MoveVolunteer:
		w.moved[body.Volunteer] = append(w.moved[body.Volunteer], body)
	case *ledger.SetHousehold:
		w.found(body.Household, w.unitOf(string(body.Volunteer), body.From))
	}
}

func (w whereabouts) found(h ledger.HouseholdID, unit ledger.UnitID) {
	if _, known := w.founded[h]; h != "" && !known {
		w.founded[h] = unit
	}
}

// unitOf returns the unit of whoever owns points on a day: a volunteer, a household, or a unit itself.
func (w whereabouts) unitOf(owner string, day ledger.Date) ledger.UnitID {
	if h := ledger.HouseholdID(owner); h.Valid() {
		return w.founded[h]
	}
	if u := ledger.UnitID(owner); u.Valid() {
		return u
	}
	unit := w.enrolled[ledger.VolunteerID(owner)]
	for _, m := range w.moved[ledger.VolunteerID(owner)] {
		if m.From <= day {
			unit = m.Unit
		}
	}
	return unit
}
