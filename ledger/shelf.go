package ledger

import "slices"

// This family corrects the shelves: they are counted, what is past its date or damaged is written off, and what somebody needs is
// given to them without points. Each of these takes two people, so that nobody makes goods disappear alone.

// The kinds of what corrects a shelf.
const (
	CountOpened    Kind = "count_opened"
	Counted        Kind = "counted"
	CountConfirmed Kind = "count_confirmed"
	CountFinalised Kind = "count_finalised"

	WriteOffDeclared Kind = "write_off_declared"
	WrittenOff       Kind = "written_off"
	ReliefDeclared   Kind = "relief_declared"
	ReliefGiven      Kind = "relief_given"

	Dropped Kind = "dropped"
)

// The accounts that say where goods went that nobody exchanged points for.
const (
	ClassLost     Class = "lost"     // lost:S…     goods that a count did not find
	ClassFound    Class = "found"    // found:S…    goods that a count found beyond the book
	ClassScrapped Class = "scrapped" // scrapped:S… goods written off
	ClassRelieved Class = "relieved" // relieved:S… goods given in need, without points
)

// The reasons of this family.
const (
	CountOpen     RejectReason = "count_open"     // one count of a shop at a time; Subject is the one that is open
	NotInCount    RejectReason = "not_in_count"   // the count was opened for other items
	NotCounted    RejectReason = "not_counted"    // entered or confirmed by nobody yet
	CountDiffers  RejectReason = "count_differs"  // the second person counted otherwise; nobody is told what
	ReasonMissing RejectReason = "reason_missing" // differences are posted with a reason
	NotOnShelf    RejectReason = "not_on_shelf"
	NotPastDate   RejectReason = "not_past_date"
	Restricted    RejectReason = "restricted" // the goods that are left were given for others
)

// ShelfReason says why goods left the shelf, or were found there, without an exchange.
type ShelfReason string

// The reasons for differences and write-offs. Expired is of goods that are past their date.
const (
	GoodsExpired    ShelfReason = "expired"
	GoodsDamaged    ShelfReason = "damaged"
	GoodsRecalled   ShelfReason = "recalled"
	GoodsMissing    ShelfReason = "missing"
	GoodsUnrecorded ShelfReason = "unrecorded"
	GoodsMiscounted ShelfReason = "miscounted"
)

// ShelfReasons lists every reason.
func ShelfReasons() []ShelfReason {
	return []ShelfReason{GoodsExpired, GoodsDamaged, GoodsRecalled, GoodsMissing, GoodsUnrecorded, GoodsMiscounted}
}

func (r ShelfReason) valid() bool { return slices.Contains(ShelfReasons(), r) }

// ShelfState is how far a count, a write-off or a relief has come.
type ShelfState string

// The states. A count is open, counted, confirmed and posted; a paper is open and posted.
const (
	ShelfOpen      ShelfState = "open"
	ShelfCounted   ShelfState = "counted"
	ShelfConfirmed ShelfState = "confirmed"
	ShelfPosted    ShelfState = "posted"
	ShelfDropped   ShelfState = "dropped"
)

// over reports whether nothing more can become of it.
func (s ShelfState) over() bool { return s == ShelfPosted || s == ShelfDropped }

// The facts.
type (
	// Shelf is what is under way at the shelf of a shop.
	Shelf struct {
		Count   Index // the count that is open; 0 where none is
		Counted Date  // the day of the last count that was finalised
	}

	// Paper is a write-off or a relief that somebody declared, and what became of it.
	Paper struct {
		Index     Index
		Kind      Kind // of the declaring entry
		State     ShelfState
		Declarer  StaffID
		Shop      ShopID
		Lines     []ItemLine
		Reason    ShelfReason // of a write-off
		Volunteer VolunteerID // of a relief
		Case      string      // of a relief to somebody without a number
		Class     Beneficiary // of a case
	}
)

func (f *Shelf) fields(c *codec) {
	number(c, "count", &f.Count)
	c.date("counted", &f.Counted)
}

func (f *Paper) fields(c *codec) {
	number(c, "index", &f.Index)
	text(c, "kind", &f.Kind)
	text(c, "state", &f.State)
	text(c, "declarer", &f.Declarer)
	text(c, "shop", &f.Shop)
	itemLines(c, &f.Lines)
	text(c, "reason", &f.Reason)
	text(c, "volunteer", &f.Volunteer)
	text(c, "case", &f.Case)
	text(c, "class", &f.Class)
}

// shelfBody returns an empty body of one of the kinds above, or nil.
func shelfBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case CountOpened:
		return &OpenCount{}
	case Counted:
		return &CountSheet{}
	case CountConfirmed:
		return &ConfirmCount{}
	case CountFinalised:
		return &CountResult{}
	case WriteOffDeclared:
		return &DeclareWriteOff{}
	case WrittenOff:
		return &GoodsScrapped{}
	case ReliefDeclared:
		return &DeclareRelief{}
	case ReliefGiven:
		return &GoodsRelieved{}
	case Dropped:
		return &Drop{}
	case ClassesSet:
		return &SetClasses{}
	}
	return nil
}

// Drop gives up a count, a write-off or a relief that was begun. By a keeper, steward or supervisor.
type Drop struct {
	Entry Index
}

func (a *Drop) fields(c *codec) { number(c, "entry", &a.Entry) }

func (a *Drop) kind() Kind { return Dropped }

func (a *Drop) roles() anyOf { return anyOf{Keeper, Steward, Supervisor} }

func (a *Drop) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Drop) check(f *faults) { f.want(a.Entry > 0, "entry", "index") }

func (a *Drop) needs(b *Book, _ Command, w *Wants) {
	b.papers.want(w, a.Entry)
	b.counts.want(w, a.Entry)
	if n, ok := b.counts.peek(a.Entry); ok {
		b.shelves.want(w, n.Shop)
	}
}

func (a *Drop) decide(b *Book, _ Command, d *draft) *Rejection { return d.itself(a, a.dropped(b)) }

// dropped refuses what nobody began, or what came to its end.
func (a *Drop) dropped(b *Book) *Rejection {
	state := ShelfState("")
	if p, ok := b.papers.get(a.Entry); ok {
		state = p.State
	} else if n, ok := b.counts.get(a.Entry); ok {
		state = n.State
	}
	switch {
	case state == "":
		return notFound(writeIndexPlain(a.Entry))
	case state.over():
		return &Rejection{Reason: RecordClosed, Subject: string(state)}
	}
	return nil
}

func (a *Drop) asked() (Action, Index) { return a, 0 }

func (a *Drop) holds(b *Book, _ Entry) ([]Posting, error) { return states(a.dropped(b)) }

func (a *Drop) fold(b *Book, _ Entry) {
	if _, ok := b.papers.get(a.Entry); ok {
		b.papers.edit(a.Entry).State = ShelfDropped
		return
	}
	n := b.counts.edit(a.Entry)
	n.State = ShelfDropped
	b.shelves.edit(n.Shop).Count = 0
}
