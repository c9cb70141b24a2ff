package ledger

import (
	"fmt"
	"slices"
)

// RejectReason is a stable code for why a command was refused.
type RejectReason string

// The reasons, in the order in which a ladder of refusals meets them: who asks, the key, what is named, its standing, the
// two persons, the record, the limits, the amounts. A command with several faults is refused for the first.
const (
	UnknownActor      RejectReason = "unknown_actor"
	NotPermitted      RejectReason = "not_permitted" // want: the role, in Subject
	KeyConflict       RejectReason = "key_conflict"  // the same key with other content
	TooManyRefusals   RejectReason = "too_many_refusals"
	FormatOld         RejectReason = "format_old" // the book is of an older format
	NotFound          RejectReason = "not_found"  // Subject names what
	AlreadyExists     RejectReason = "already_exists"
	AccountClosed     RejectReason = "account_closed"
	AccountFrozen     RejectReason = "account_frozen"
	UnitCycle         RejectReason = "unit_cycle"   // a unit would stand above itself
	UnitLevel         RejectReason = "unit_level"   // a unit would stand under one of its own level or of a lower one
	SelfService       RejectReason = "self_service" // own number, or the household's
	SamePerson        RejectReason = "same_person"  // whoever declared may not approve
	LastAdmin         RejectReason = "last_admin"
	RolesConflict     RejectReason = "roles_conflict" // roles that one person may not hold together
	StatusUnchanged   RejectReason = "status_unchanged"
	RecordClosed      RejectReason = "record_closed" // approved or returned before
	NotReversible     RejectReason = "not_reversible"
	AlreadyReversed   RejectReason = "already_reversed"
	HasReturns        RejectReason = "has_returns"
	NoRule            RejectReason = "no_rule"     // none in force on that day
	NoStandard        RejectReason = "no_standard" // the rule has no such code, or not for this form
	RuleOff           RejectReason = "rule_off"    // the rule does not allow this at all
	DateInFuture      RejectReason = "date_in_future"
	DateInPast        RejectReason = "date_in_past"
	RuleOutOfOrder    RejectReason = "rule_out_of_order"
	Duplicate         RejectReason = "duplicate" // same person, activity and start
	Overlap           RejectReason = "overlap"
	DayLimit          RejectReason = "day_limit"      // minutes of a day
	SessionLimit      RejectReason = "session_limit"  // records of a day
	NoPrice           RejectReason = "no_price"       // none on that day
	PastDateOnly      RejectReason = "past_date_only" // only goods past their date are left
	NothingToReturn   RejectReason = "nothing_to_return"
	NothingLapsed     RejectReason = "nothing_lapsed"
	StockGone         RejectReason = "stock_gone" // the lot of a delivery was partly handed out
	TooLarge          RejectReason = "too_large"
	InsufficientPoint RejectReason = "insufficient_points"
)

// Rejection is the ledger working: a command was understood and refused. It is an answer, not a fault.
type Rejection struct {
	Reason  RejectReason
	Subject string // the id, role or lot that the reason is about
	Have    Amount
	Want    Amount
}

// OfActor reports whether it is about who asks, and not about what is asked.
func (r *Rejection) OfActor() bool {
	return r.Reason == UnknownActor || r.Reason == NotPermitted || r.Reason == SelfService
}

// InPoints reports whether Have and Want are amounts of points.
func (r *Rejection) InPoints() bool {
	switch r.Reason { //nolint:exhaustive // the others count something else, or nothing
	case InsufficientPoint, HeadOnly, LeastPoints, PointsLimit:
		return true
	case CapReached:
		return r.Subject == string(OfPoints)
	}
	return false
}

// Error says the reason and its subject; people read it from a catalog by Reason.
func (r *Rejection) Error() string {
	s := "refused: " + string(r.Reason)
	if r.Subject != "" {
		s += " " + r.Subject
	}
	if r.Have != 0 || r.Want != 0 {
		s += fmt.Sprintf(" (have %d, want %d)", r.Have, r.Want)
	}
	return s
}

// Journaled reports whether the refusal of this action is journaled under its key, so that a late duplicate can never succeed
// after the person was told no (DESIGN §4): refusals of a redemption, hold or transfer that another moment's
// state could turn into a yes.
func (r *Rejection) Journaled(do Action) bool {
	who, _ := do.keeps()
	return who != nil && slices.Contains([]RejectReason{
		AccountClosed, AccountFrozen, PastDateOnly, NoPrice, InsufficientPoint, HeadOnly, Restricted,
		WindowClosed, LeastPoints, LeastMinutes, LeastTimes, LimitReached, PointsLimit, ShelfEmpty,
	}, r.Reason)
}
