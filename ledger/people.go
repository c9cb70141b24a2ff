package ledger

// This family says who the volunteers are and how they stand. The bodies are the actions themselves, and they move nothing.

// The kinds of what becomes of a volunteer number.
const (
	Enrolled  Kind = "enrolled"
	StatusSet Kind = "status_set"
)

// The actions and bodies. Fields of actions that are not marked optional are required.
type (
	// Enroll opens a volunteer's accounts. By a steward. The person's details are in the registry before.
	Enroll struct {
		Volunteer VolunteerID
		Unit      UnitID
		Household HouseholdID // optional
	}

	// SetStatus freezes, reopens or closes a volunteer. By a steward, who is not that volunteer. Closed is for ever.
	SetStatus struct {
		Volunteer VolunteerID
		Status    Status
		Reason    Reason
		Until     Date // optional: the last day of a freeze, which the run then ends
	}
)

// peopleBody returns an empty body of one of the kinds above, or nil.
func peopleBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case Enrolled:
		return &Enroll{}
	case StatusSet:
		return &SetStatus{}
	}
	return nil
}

func (a *Enroll) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "unit", &a.Unit)
	text(c, "household", &a.Household)
}

func (a *Enroll) kind() Kind { return Enrolled }

func (a *Enroll) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Unit.Valid(), "unit", "unit_code")
	f.want(a.Household == "" || a.Household.Valid(), "household", "household_number")
}

func (a *Enroll) needs(b *Book, _ Command, w *Wants) {
	b.volunteers.want(w, a.Volunteer)
	b.units.want(w, a.Unit)
	if a.Household != "" {
		b.households.want(w, a.Household)
	}
}

func (a *Enroll) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, firstOf(missing(&b.units, a.Unit), exists(&b.volunteers, a.Volunteer)))
}

func (a *Enroll) roles() anyOf { return anyOf{Steward} }

func (a *Enroll) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Enroll) asked() (Action, Index) { return a, 0 }

func (a *Enroll) holds(b *Book, _ Entry) ([]Posting, error) {
	return states(exists(&b.volunteers, a.Volunteer))
}

func (a *Enroll) fold(b *Book, e Entry) {
	b.volunteers.put(a.Volunteer, Volunteer{
		Volunteer: a.Volunteer, Unit: a.Unit, Household: a.Household, Status: Active, Since: e.On,
	})
	b.housed(a.Household, a.Unit)
	if book, _ := b.book.get(single{}); !book.Peopled {
		b.book.edit(single{}).Peopled = true
	}
}

func (a *SetStatus) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "status", &a.Status)
	text(c, "reason", &a.Reason)
	c.since(2, func(c *codec) { c.date("until", &a.Until) })
}

func (a *SetStatus) kind() Kind { return StatusSet }

func (a *SetStatus) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Status == Active || a.Status == Frozen || a.Status == Closed, "status", "status")
	f.want(a.Reason.valid(), "reason", "reason")
	f.want(a.Until == 0 || (a.Until.valid() && a.Status == Frozen), "until", "freeze_end")
}

func (a *SetStatus) needs(b *Book, _ Command, w *Wants) { b.wantWho(w, a.Volunteer) }

func (a *SetStatus) decide(b *Book, c Command, d *draft) *Rejection {
	v, ok := b.who(a.Volunteer)
	switch {
	case !ok:
		return notFound(string(a.Volunteer))
	case v.Status == Closed:
		return &Rejection{Reason: AccountClosed, Subject: string(a.Volunteer)}
	case b.self(c.Actor, v):
		return &Rejection{Reason: SelfService, Subject: string(a.Volunteer)}
	case v.Status == a.Status && v.FrozenUntil == a.Until:
		return &Rejection{Reason: StatusUnchanged, Subject: string(a.Status)}
	case a.Until != 0 && a.Until < d.On:
		return &Rejection{Reason: DateInPast, Subject: a.Until.String()}
	}
	return d.itself(a, nil)
}

func (a *SetStatus) roles() anyOf { return anyOf{Steward} }

func (a *SetStatus) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *SetStatus) asked() (Action, Index) { return a, 0 }

func (a *SetStatus) holds(b *Book, _ Entry) ([]Posting, error) {
	return states(missing(&b.volunteers, a.Volunteer))
}

func (a *SetStatus) fold(b *Book, _ Entry) {
	v := b.volunteers.edit(a.Volunteer)
	v.Status, v.FrozenUntil = a.Status, a.Until
}
