package ledger

import (
	"fmt"
	"slices"
	"strings"
)

// This file says for whom goods are: a donor may give them for one class of people, or for those of one unit.

// ClassesSet says to which classes of beneficiaries a volunteer belongs.
const ClassesSet Kind = "classes_set"

// Beneficiary is a class of people that goods may be given for, such as hardship: two to 20 small letters or hyphens.
type Beneficiary string

// Valid reports whether the class has its grammar.
func (c Beneficiary) Valid() bool {
	return len(c) >= 2 && len(c) <= 20 && strings.Trim(string(c), "abcdefghijklmnopqrstuvwxyz-") == "" && c[0] != '-' && c[len(c)-1] != '-'
}

// Restriction is a class of beneficiaries or a unit that a lot may go to; none where anybody may have it.
type Restriction string

// Valid reports whether it is a class or a unit.
func (r Restriction) Valid() bool { return Beneficiary(r).Valid() || UnitID(r).Valid() }

// Admits reports whether somebody of the unit and the classes may have what is restricted so.
func (r Restriction) Admits(unit UnitID, classes []Beneficiary) bool {
	return r == "" || UnitID(r) == unit || slices.Contains(classes, Beneficiary(r))
}

// usableBy says which lots somebody may have on a day.
func usableBy(on Date, unit UnitID, classes []Beneficiary) func(Lot) bool {
	return func(l Lot) bool { return !l.Lapsed(on) && l.Only.Admits(unit, classes) }
}

// directed refuses a piece of an item beyond those that a volunteer may have, as long as others of it stand there: it would be one
// that was given for somebody else.
func directed(stock Account, l ItemLine, on Date, v *Volunteer) *Rejection {
	have := stock.free(usableBy(on, v.Unit, v.Classes))
	if have < l.Pieces && have < stock.Available(on) {
		return &Rejection{Reason: Restricted, Subject: string(l.Item), Have: have, Want: l.Pieces}
	}
	return nil
}

// free adds up what is not held of the lots that fit.
func (a Account) free(fits func(Lot) bool) (sum Amount) {
	for _, l := range a.Lots {
		if fits(l) {
			sum += l.Free()
		}
	}
	return sum
}

// held adds up what holds set aside of the lots that fit.
func (a Account) held(fits func(Lot) bool) (sum Amount) {
	for _, l := range a.Lots {
		if fits(l) {
			sum += l.Held
		}
	}
	return sum
}

// SetClasses says to which classes of beneficiaries a volunteer belongs, instead of those before. By a steward, who is not that
// volunteer or of their household.
type SetClasses struct {
	Volunteer VolunteerID
	Classes   []Beneficiary // none takes all away
}

func (a *SetClasses) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	texts(c, "classes", &a.Classes)
}

func (a *SetClasses) kind() Kind { return ClassesSet }

func (a *SetClasses) roles() anyOf { return anyOf{Steward} }

func (a *SetClasses) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *SetClasses) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(len(a.Classes) <= MaxClasses, "classes", "too_many")
	for i, c := range a.Classes {
		f.want(c.Valid() && !slices.Contains(a.Classes[:i], c), fmt.Sprintf("classes[%d]", i), "beneficiary")
	}
}

func (a *SetClasses) needs(b *Book, _ Command, w *Wants) { b.wantWho(w, a.Volunteer) }

func (a *SetClasses) decide(b *Book, c Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	if r == nil && b.self(c.Actor, v) {
		r = &Rejection{Reason: SelfService, Subject: string(a.Volunteer)}
	}
	return d.itself(a, r)
}

func (a *SetClasses) asked() (Action, Index) { return a, 0 }

// holds I13: nobody makes themself somebody that goods were given for.
func (a *SetClasses) holds(b *Book, e Entry) ([]Posting, error) {
	if _, no := b.open(a.Volunteer); no != nil {
		return states(no)
	}
	return nil, b.checkOther(e, a.Volunteer)
}

func (a *SetClasses) fold(b *Book, _ Entry) { b.volunteers.edit(a.Volunteer).Classes = a.Classes }
