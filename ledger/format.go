package ledger

import (
	"fmt"
	"slices"
	"strconv"
)

// This family says which format the lines of a book have, and raises it.
//
// A format is what its lines may say. Format 1 has the kinds of firstKinds with the members that they had then; format 2 has every
// later kind, and members at the end of the old ones. A book states its format in entry 0, and a format_raised entry raises it: an
// older program meets that kind before anything else that it does not know, and says that a newer one is needed, where a new
// member of a kind that it knows would look to it like damage.
//
// Whoever adds a kind need do nothing: it is of the latest format. Whoever adds a member to a kind or a rule of format 1 walks it
// last, inside since:
//
//	c.since(2, func(c *codec) {
//		text(c, "source", &a.Source)
//	})
//
// Then it is left out where it is zero, asking for it in an older book is refused with format_old, and a line of an older book that
// has it is damage. A member that the book itself fills in, beyond what was asked, is filled in only where b.writes(2), so that
// entries of older books are derived again as they are.

// FormatRaised lets a book say what later programs say.
const FormatRaised Kind = "format_raised"

// RaiseFormat raises the format of an older book, for ever. By an admin.
type RaiseFormat struct {
	Format int
}

// formatBody returns an empty body of the kind above, or nil.
func formatBody(k Kind) Body {
	if k == FormatRaised {
		return &RaiseFormat{}
	}
	return nil
}

// firstKinds are the kinds of format 1. The list never grows.
func firstKinds() []Kind {
	return []Kind{
		Opened, Appointed, UnitAdded, ShopAdded, RuleSet, ActivityAdded, Imported, Enrolled, StatusSet, DonorAdded, ItemAdded, ItemPriced,
		Received, Redeemed, Returned, HoursDeclared, ActsDeclared, OpeningDeclared, Approved, OpeningPosted, RecordReturned, Expired,
		Transferred, Reversed, Refused,
	}
}

// since walks members that came with a format, behind those of the formats before it.
func (c *codec) since(format int, walk func(*codec)) {
	before := c.later
	c.later = format
	walk(c)
	c.later = before
}

// section walks a group of members that came with a format as an object of its own, left out where every one of them is zero.
func (c *codec) section(format int, name string, zero bool, walk func(*codec)) {
	if zero && !c.reading {
		c.gap++
		return
	}
	c.since(format, func(c *codec) {
		if !c.member(name) {
			return
		}
		c.open()
		walk(c)
		if c.reading && c.first {
			c.fail("member %s: empty", name)
		}
		c.close()
	})
}

// formatOf returns the first format that has the kind and every member that is there.
func (b *Book) formatOf(k Kind, w walked) int {
	c := &b.digesting
	c.out, c.format = c.out[:0], 1
	c.walk(w)
	if !slices.Contains(firstKinds(), k) {
		c.format = max(c.format, 2)
	}
	return c.format
}

// format returns the format of the book; before its first entry, the latest.
func (b *Book) format() int {
	book, ok := b.book.get(single{})
	if !ok {
		return FormatVersion
	}
	return book.Format
}

// writes reports whether the book may say what came with the format.
func (b *Book) writes(format int) bool { return b.format() >= format }

// oldFormat refuses what a book of an older format cannot say.
func (b *Book) oldFormat(k Kind, w walked) *Rejection {
	have := b.format()
	if have == FormatVersion || k == FormatRaised {
		return nil
	}
	if want := b.formatOf(k, w); want > have {
		return &Rejection{Reason: FormatOld, Subject: string(k), Have: Amount(have), Want: Amount(want)}
	}
	return nil
}

// checkFormat holds that an entry has only what its book's format has (I8).
func (b *Book) checkFormat(e Entry) error {
	have := b.format()
	if have == FormatVersion || e.Kind == FormatRaised || e.Index == 0 {
		return nil
	}
	if body, ok := e.Body.(*Refusal); ok && !slices.Contains(firstKinds(), body.Asked) {
		return fmt.Errorf("I8: a book of format %d keeps no refusal of %s", have, body.Asked)
	}
	if want := b.formatOf(e.Kind, e.Body); want > have || e.Proposal != 0 {
		return fmt.Errorf("I8: a book of format %d has no such %s entry", have, e.Kind)
	}
	return nil
}

// statedFormat returns the format that the entry says its book has from now on; 0 where it says nothing of it.
func statedFormat(e Entry) int {
	switch body := e.Body.(type) {
	case *OpenBook:
		return body.Format
	case *RaiseFormat:
		return body.Format
	}
	return 0
}

func (a *RaiseFormat) fields(c *codec) { number(c, "format", &a.Format) }

func (a *RaiseFormat) kind() Kind { return FormatRaised }

func (a *RaiseFormat) roles() anyOf { return anyOf{Admin} }

func (a *RaiseFormat) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *RaiseFormat) check(f *faults) {
	f.want(a.Format >= 2 && a.Format <= FormatVersion, "format", "format")
}

func (a *RaiseFormat) needs(*Book, Command, *Wants) {}

func (a *RaiseFormat) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, a.raises(b))
}

// raises refuses where the book has the format already.
func (a *RaiseFormat) raises(b *Book) *Rejection {
	if b.writes(a.Format) {
		return &Rejection{Reason: StatusUnchanged, Subject: "format " + strconv.Itoa(a.Format)}
	}
	return nil
}

func (a *RaiseFormat) asked() (Action, Index) { return a, 0 }

func (a *RaiseFormat) holds(b *Book, _ Entry) ([]Posting, error) { return states(a.raises(b)) }

func (a *RaiseFormat) fold(b *Book, _ Entry) { b.book.edit(single{}).Format = a.Format }
