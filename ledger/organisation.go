package ledger

import (
	"fmt"
	"slices"
	"strings"
)

// This family keeps the organisation: which unit stands under which, from which day on. A unit that moves keeps its history, since
// whoever asks says of which day.

// UnitMoved puts a unit under another one.
const UnitMoved Kind = "unit_moved"

type (
	// MoveUnit puts a unit, and all that stands under it, under another unit from a day on. By an admin or steward. Not before
	// today, so that nothing changes under what was posted; a later word about the same day replaces the earlier.
	MoveUnit struct {
		Unit   UnitID
		Parent UnitID
		From   Date
	}

	// Org is the organisation as a tree with dates: one fact, because whoever asks what stands above a unit asks all the way up.
	Org struct {
		Units []Place // in the order of their codes
	}

	// Place is where a unit stands.
	Place struct {
		Unit   UnitID
		Parent UnitID     // as it was added; none at the top
		Moves  []UnitMove // in order of date
	}

	// UnitMove is another parent from a day on.
	UnitMove struct {
		From   Date
		Parent UnitID
	}
)

// organisationBody returns an empty body of the kind above, or nil.
func organisationBody(k Kind) Body {
	if k == UnitMoved {
		return &MoveUnit{}
	}
	return nil
}

func (o *Org) fields(c *codec) {
	list(c, "units", &o.Units, func(c *codec, p *Place) {
		text(c, "unit", &p.Unit)
		text(c, "parent", &p.Parent)
		list(c, "moves", &p.Moves, func(c *codec, m *UnitMove) {
			c.date("from", &m.From)
			text(c, "parent", &m.Parent)
		})
	})
}

// find returns the position of a unit, or where it would stand.
func (o Org) find(u UnitID) (int, bool) {
	return slices.BinarySearchFunc(o.Units, u, func(p Place, u UnitID) int { return strings.Compare(string(p.Unit), string(u)) })
}

// ParentOn returns the unit that stood right above another on a day; none at the top.
func (o Org) ParentOn(u UnitID, day Date) UnitID {
	i, ok := o.find(u)
	if !ok {
		return ""
	}
	parent := o.Units[i].Parent
	for _, m := range o.Units[i].Moves {
		if m.From <= day {
			parent = m.Parent
		}
	}
	return parent
}

// Above lists a unit and those that stood above it on a day, the nearest first. No chain is longer than there are units, so that a
// damaged index holds nobody for ever.
func (o Org) Above(u UnitID, day Date) []UnitID {
	var chain []UnitID
	for u != "" && len(chain) <= len(o.Units) {
		chain = append(chain, u)
		u = o.ParentOn(u, day)
	}
	return chain
}

// place puts a new unit into the tree.
func (o *Org) place(u, parent UnitID) {
	i, _ := o.find(u)
	o.Units = slices.Insert(slices.Clone(o.Units), i, Place{Unit: u, Parent: parent})
}

// move gives a unit another parent from a day on.
func (o *Org) move(u UnitID, m UnitMove) {
	i, ok := o.find(u)
	if !ok {
		return
	}
	o.Units = slices.Clone(o.Units)
	moves := slices.DeleteFunc(slices.Clone(o.Units[i].Moves), func(n UnitMove) bool { return n.From == m.From })
	moves = append(moves, m)
	slices.SortFunc(moves, func(x, y UnitMove) int { return int(x.From - y.From) })
	o.Units[i].Moves = moves
}

// cycle reports whether a unit would stand above itself on some day from the first on, and names the other unit.
func (o Org) cycle(u, parent UnitID, from Date) bool {
	moved := Org{o.Units}
	moved.move(u, UnitMove{from, parent})
	days := []Date{from}
	for _, p := range moved.Units {
		for _, m := range p.Moves {
			if m.From > from {
				days = append(days, m.From)
			}
		}
	}
	return slices.ContainsFunc(days, func(day Date) bool {
		return slices.Contains(moved.Above(moved.ParentOn(u, day), day), u)
	})
}

func (a *MoveUnit) fields(c *codec) {
	text(c, "unit", &a.Unit)
	text(c, "parent", &a.Parent)
	c.date("from", &a.From)
}

func (a *MoveUnit) kind() Kind { return UnitMoved }

func (a *MoveUnit) roles() anyOf { return anyOf{Steward, Admin} }

func (a *MoveUnit) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *MoveUnit) check(f *faults) {
	f.want(a.Unit.Valid(), "unit", "unit_code")
	f.want(a.Parent.Valid(), "parent", "unit_code")
	f.want(a.From.valid(), "from", "date")
}

func (a *MoveUnit) needs(b *Book, _ Command, w *Wants) {
	b.units.want(w, a.Unit)
	b.units.want(w, a.Parent)
	b.org.want(w, single{})
}

func (a *MoveUnit) decide(b *Book, _ Command, d *draft) *Rejection {
	if r := firstOf(missing(&b.units, a.Unit), missing(&b.units, a.Parent), a.circular(b)); r != nil {
		return r
	}
	unit, _ := b.units.get(a.Unit)
	if r := b.level(unit.Kind, a.Parent); r != nil {
		return r
	}
	org, _ := b.org.get(single{})
	i, _ := org.find(a.Unit)
	switch {
	case a.From < d.On:
		return &Rejection{Reason: DateInPast, Subject: a.From.String()}
	case len(org.Units[i].Moves) >= MaxMoves:
		return &Rejection{Reason: TooLarge, Subject: string(a.Unit), Have: Amount(len(org.Units[i].Moves)), Want: MaxMoves}
	}
	return d.itself(a, nil)
}

// level refuses to put a unit of a kind under one that is of no higher level. Books from before this was asked have such units.
func (b *Book) level(k UnitKind, parent UnitID) *Rejection {
	if above, _ := b.units.get(parent); !k.under(above.Kind) {
		return &Rejection{Reason: UnitLevel, Subject: string(parent)}
	}
	return nil
}

// circular refuses a move that puts a unit above itself.
func (a *MoveUnit) circular(b *Book) *Rejection {
	org, _ := b.org.get(single{})
	if org.cycle(a.Unit, a.Parent, a.From) {
		return &Rejection{Reason: UnitCycle, Subject: string(a.Parent)}
	}
	return nil
}

func (a *MoveUnit) asked() (Action, Index) { return a, 0 }

func (a *MoveUnit) holds(b *Book, e Entry) ([]Posting, error) {
	if a.From < e.On {
		return nil, fmt.Errorf("I8: %s was moved on a day that was past", a.Unit)
	}
	return states(firstOf(missing(&b.units, a.Unit), missing(&b.units, a.Parent), a.circular(b)))
}

func (a *MoveUnit) fold(b *Book, _ Entry) {
	b.org.edit(single{}).move(kept(b, a.Unit), UnitMove{a.From, kept(b, a.Parent)})
}
