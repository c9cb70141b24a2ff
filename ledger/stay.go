package ledger

import (
	"fmt"
	"iter"
	"slices"
)

// This family says since when a volunteer belongs to a unit and lives in a household (rules B01 and B47). Both change from a day on
// and keep what was before: whoever asks, says of which day. A record stays with the unit and the pool of its day.

// The kinds of what becomes of a volunteer's unit and household.
const (
	VolunteerMoved Kind = "volunteer_moved"
	HouseholdSet   Kind = "household_set"
)

// DayBegun refuses what may begin tomorrow at the earliest: what was done on a day counts for the unit and the household of its morning.
// Subject is the day.
const DayBegun RejectReason = "day_begun"

type (
	// MoveVolunteer gives a volunteer another unit from a day on. By a steward of both units, who is not that volunteer, neither today
	// nor from that day on. From tomorrow on at the earliest, since what was done today counts for the unit of today; a later word
	// replaces what was said from that day on.
	MoveVolunteer struct {
		Volunteer VolunteerID
		Unit      UnitID
		From      Date
	}

	// SetHousehold lets a volunteer live in another household from a day on, or in none. By a steward of the volunteer's unit and of
	// the household's, who lives in neither household today or from that day on. From tomorrow on at the earliest, since what was exchanged today counts for where they live today. What they earned for the pool of the old one
	// stays there.
	SetHousehold struct {
		Volunteer VolunteerID
		Household HouseholdID // optional: none where they live in none from that day on
		From      Date
		Head      bool // they are its head from that day on, in place of whoever was before
	}

	// Stay is where somebody is from a day on.
	Stay[T ~string] struct {
		From Date
		At   T
	}
)

// stayBody returns an empty body of one of the kinds above, or nil.
func stayBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case VolunteerMoved:
		return &MoveVolunteer{}
	case HouseholdSet:
		return &SetHousehold{}
	}
	return nil
}

func stays[T ~string](c *codec, name string, v *[]Stay[T]) {
	list(c, name, v, func(c *codec, s *Stay[T]) {
		c.date("from", &s.From)
		text(c, "at", &s.At)
	})
}

// stayOn returns where somebody is on a day.
func stayOn[T ~string](first T, list []Stay[T], day Date) T {
	for _, s := range list {
		if s.From <= day {
			first = s.At
		}
	}
	return first
}

// stay adds where somebody is from a day on. The list begins with where they were first, so that it says everything.
func stay[T ~string](first T, list []Stay[T], s Stay[T]) []Stay[T] {
	if len(list) == 0 {
		list = []Stay[T]{{At: first}}
	}
	return append(slices.DeleteFunc(slices.Clone(list), func(x Stay[T]) bool { return x.From >= s.From }), s)
}

// later yields where somebody comes to after a day.
func later[T ~string](list []Stay[T], day Date) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, s := range list {
			if s.From > day && !yield(s.At) {
				return
			}
		}
	}
}

// UnitOn returns the unit of a volunteer on a day.
func (v *Volunteer) UnitOn(day Date) UnitID { return stayOn(v.Unit, v.Units, day) }

// HouseholdOn returns where a volunteer lives on a day; none where they live in no household.
func (v *Volunteer) HouseholdOn(day Date) HouseholdID { return stayOn(v.Household, v.Households, day) }

// Then returns the volunteer with the unit and the household of a day: mostly the same, else a copy.
func (v *Volunteer) Then(day Date) *Volunteer {
	unit, home := v.UnitOn(day), v.HouseholdOn(day)
	if unit == v.Unit && home == v.Household {
		return v
	}
	then := *v
	then.Unit, then.Household = unit, home
	return &then
}

// units yields every unit that a volunteer has on some day: who asks for facts does not know of which day a command will be.
func (v *Volunteer) units() iter.Seq[UnitID] {
	return func(yield func(UnitID) bool) {
		if len(v.Units) == 0 {
			if v.Unit != "" {
				yield(v.Unit)
			}
			return
		}
		for _, s := range v.Units {
			if !yield(s.At) {
				return
			}
		}
	}
}

// households yields every household in which a volunteer lives on some day.
func (v *Volunteer) households() iter.Seq[HouseholdID] {
	return func(yield func(HouseholdID) bool) {
		if len(v.Households) == 0 && v.Household != "" {
			yield(v.Household)
			return
		}
		for _, s := range v.Households {
			if s.At != "" && !yield(s.At) {
				return
			}
		}
	}
}

// who returns a volunteer as they are on the day that the book decides or posts about.
func (b *Book) who(id VolunteerID) (*Volunteer, bool) {
	v, ok := b.volunteers.get(id)
	return v.Then(b.today), ok
}

// wantRules asks for the rules of every unit that a volunteer has on some day.
func (b *Book) wantRules(w *Wants, v *Volunteer) {
	for u := range v.units() {
		b.wantRule(w, u)
	}
}

// wantOfUnits asks for an account of every unit that a volunteer has on some day.
func (b *Book) wantOfUnits(w *Wants, v *Volunteer, class Class, c Commodity) {
	for u := range v.units() {
		b.accounts.want(w, AccountKey{NewAccountID(class, u), c})
	}
}

func (a *MoveVolunteer) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "unit", &a.Unit)
	c.date("from", &a.From)
}

func (a *MoveVolunteer) kind() Kind { return VolunteerMoved }

func (a *MoveVolunteer) roles() anyOf { return anyOf{Steward} }

func (a *MoveVolunteer) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *MoveVolunteer) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

// others are the unit that they would have been of, those that they would have come to later, and the one that they come to.
func (a *MoveVolunteer) others(b *Book) []UnitID {
	v, _ := b.volunteers.get(a.Volunteer)
	units := []UnitID{v.UnitOn(a.From), a.Unit}
	for u := range later(v.Units, a.From) {
		units = append(units, u)
	}
	return units
}

func (a *MoveVolunteer) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Unit.Valid(), "unit", "unit_code")
	f.want(a.From.valid(), "from", "date")
}

func (a *MoveVolunteer) needs(b *Book, _ Command, w *Wants) {
	b.wantWho(w, a.Volunteer)
	b.units.want(w, a.Unit)
}

func (a *MoveVolunteer) decide(b *Book, c Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	if r = firstOf(r, missing(&b.units, a.Unit)); r != nil {
		return r
	}
	switch {
	case b.selfSince(c.Actor, v, a.From):
		return &Rejection{Reason: SelfService, Subject: string(a.Volunteer)}
	}
	return d.itself(a, firstOf(begins(a.From, d.On), a.changes(v)))
}

// begins refuses a day that is past, or that has begun.
func begins(from, today Date) *Rejection {
	switch {
	case from < today:
		return &Rejection{Reason: DateInPast, Subject: from.String()}
	case from == today:
		return &Rejection{Reason: DayBegun, Subject: from.String()}
	}
	return nil
}

// changes refuses what is so already, and what is too much.
func (a *MoveVolunteer) changes(v *Volunteer) *Rejection {
	switch {
	case v.UnitOn(a.From) == a.Unit:
		return &Rejection{Reason: StatusUnchanged, Subject: string(a.Unit)}
	case len(v.Units) > MaxMoves:
		return &Rejection{Reason: TooLarge, Subject: string(a.Volunteer), Have: Amount(len(v.Units)), Want: MaxMoves}
	}
	return nil
}

func (a *MoveVolunteer) asked() (Action, Index) { return a, 0 }

func (a *MoveVolunteer) holds(b *Book, e Entry) ([]Posting, error) {
	v, r := b.open(a.Volunteer)
	if r = firstOf(r, missing(&b.units, a.Unit)); r != nil {
		return states(r)
	}
	if err := b.checkOther(e, a.Volunteer); err != nil {
		return nil, err
	}
	if a.From < e.On {
		return nil, fmt.Errorf("I8: %s was moved on a day that was past", a.Volunteer)
	}
	return states(a.changes(v))
}

func (a *MoveVolunteer) fold(b *Book, _ Entry) {
	v := b.volunteers.edit(a.Volunteer)
	v.Units = stay(v.Unit, v.Units, Stay[UnitID]{a.From, kept(b, a.Unit)})
}

func (a *SetHousehold) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "household", &a.Household)
	c.date("from", &a.From)
	c.flag("head", &a.Head)
}

func (a *SetHousehold) kind() Kind { return HouseholdSet }

func (a *SetHousehold) roles() anyOf { return anyOf{Steward} }

func (a *SetHousehold) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *SetHousehold) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

// others are the unit of that day, and those of the pools of the household and of those where they would have lived later; a household in
// which nobody has lived has none yet.
func (a *SetHousehold) others(b *Book) []UnitID {
	v, _ := b.volunteers.get(a.Volunteer)
	units := []UnitID{v.UnitOn(a.From)}
	for h := range a.touched(v) {
		if home, ok := b.households.get(h); ok {
			units = append(units, home.Unit)
		}
	}
	return units
}

// touched yields the household, and those where the volunteer would have lived later.
func (a *SetHousehold) touched(v *Volunteer) iter.Seq[HouseholdID] {
	return func(yield func(HouseholdID) bool) {
		if a.Household != "" && !yield(a.Household) {
			return
		}
		for h := range later(v.Households, a.From) {
			if h != "" && !yield(h) {
				return
			}
		}
	}
}

func (a *SetHousehold) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Household == "" && !a.Head || a.Household.Valid(), "household", "household_number")
	f.want(a.From.valid(), "from", "date")
}

func (a *SetHousehold) needs(b *Book, _ Command, w *Wants) {
	v, _ := b.wantWho(w, a.Volunteer)
	for h := range a.touched(v) {
		b.households.want(w, h)
	}
}

func (a *SetHousehold) decide(b *Book, c Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	switch {
	case r != nil:
		return r
	case b.selfSince(c.Actor, v, a.From):
		return &Rejection{Reason: SelfService, Subject: string(a.Volunteer)}
	case a.own(b, c.Actor):
		return &Rejection{Reason: SelfService, Subject: string(a.Household)}
	}
	return d.itself(a, firstOf(begins(a.From, d.On), a.changes(b, v)))
}

// own reports whether the actor lives in the household today, or on that day or later.
func (a *SetHousehold) own(b *Book, actor StaffID) bool {
	if a.Household == "" {
		return false
	}
	own := b.ownNumber(actor)
	return own.Household == a.Household || own.HouseholdOn(a.From) == a.Household ||
		slices.Contains(slices.Collect(later(own.Households, a.From)), a.Household)
}

// changes refuses what is so already, and what is too much.
func (a *SetHousehold) changes(b *Book, v *Volunteer) *Rejection {
	home := &Household{}
	if a.Head {
		home, _ = b.households.get(a.Household)
	}
	switch {
	case v.HouseholdOn(a.From) == a.Household && (!a.Head || v.Heads(*home, a.From)):
		return &Rejection{Reason: StatusUnchanged, Subject: string(a.Volunteer)}
	case a.Head && len(home.Heads) > MaxMoves:
		return &Rejection{Reason: TooLarge, Subject: string(a.Household), Have: Amount(len(home.Heads)), Want: MaxMoves}
	case len(v.Households) > MaxMoves:
		return &Rejection{Reason: TooLarge, Subject: string(a.Volunteer), Have: Amount(len(v.Households)), Want: MaxMoves}
	}
	return nil
}

func (a *SetHousehold) asked() (Action, Index) { return a, 0 }

func (a *SetHousehold) holds(b *Book, e Entry) ([]Posting, error) {
	v, r := b.open(a.Volunteer)
	if r != nil {
		return states(r)
	}
	if err := b.checkOther(e, a.Volunteer); err != nil {
		return nil, err
	}
	switch {
	case a.Household != "" && b.home(e.Actor) == a.Household:
		return nil, fmt.Errorf("I13: %s has a say about who lives in their own household %s", e.Actor, a.Household)
	case a.From <= e.On:
		return nil, fmt.Errorf("I8: %s entered a household on a day that had begun", a.Volunteer)
	}
	return states(a.changes(b, v))
}

func (a *SetHousehold) fold(b *Book, _ Entry) {
	v := b.volunteers.edit(a.Volunteer)
	v.Households = stay(v.Household, v.Households, Stay[HouseholdID]{a.From, kept(b, a.Household)})
	b.housed(a.Household, v.UnitOn(a.From))
	if a.Head {
		home := b.households.edit(a.Household)
		home.Heads = stay("", home.Heads, Stay[VolunteerID]{a.From, kept(b, a.Volunteer)})
	}
}
