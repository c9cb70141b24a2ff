package ledger

import "slices"

// Command asks for one entry. Key, Actor and Import say who asks and with which request; Do is what is asked, and only Do is
// under the digest: the same key with another Do is a conflict.
type Command struct {
	Key    Key
	Actor  StaffID // from format 2 on also a volunteer who acts for themself: see StaffID.Oneself
	Import Index   // the imported entry that this row came from; 0 where it came from no file
	Do     Action
}

// Action is the sealed set of things that may be asked. A caller gives ledger fields only: ids, dates, amounts.
type Action interface {
	walked
	// kind names the entry that the action becomes, and stands in the digest.
	kind() Kind
	// roles says who may ask for it (DESIGN §3).
	roles() anyOf
	// keeps points to whom and what a refusal names that is kept under the action's key, since another moment's state could
	// turn it into a yes (DESIGN §4). No volunteer: no refusal of the action is kept. The shop is none where it has none.
	keeps() (*VolunteerID, *ShopID)
	// check lists every malformed field.
	check(f *faults)
	// needs adds what must be loaded before decide can answer, as far as is known from what is loaded already.
	needs(b *Book, c Command, w *Wants)
	// decide climbs the ladder of refusals and returns the body and postings of the entry.
	decide(b *Book, c Command, d *draft) *Rejection
}

// Role is what a staff number may do (DESIGN §3).
type Role string

// The roles. Supervisor and auditor write nothing in this version.
const (
	Admin      Role = "admin"
	Leader     Role = "leader"
	Reviewer   Role = "reviewer"
	Publisher  Role = "publisher"
	Clerk      Role = "clerk"
	Keeper     Role = "keeper"
	Steward    Role = "steward"
	Supervisor Role = "supervisor"
	Auditor    Role = "auditor"
)

// Roles lists every role, in the order of their work.
func Roles() []Role {
	return []Role{Leader, Reviewer, Publisher, Clerk, Keeper, Steward, Supervisor, Auditor, Admin}
}

// Capture is how an hour was captured; it is part of the record for ever.
type Capture string

// The ways to capture an hour.
const (
	Scan     Capture = "scan"     // check-in and check-out by the volunteer's own card
	Roster   Capture = "roster"   // a paper sheet signed by two
	Backfill Capture = "backfill" // typed in later; earns no points unless the rule says so
)

// Presence is how a volunteer was present at a redemption.
type Presence string

// The ways to be present at a redemption.
const (
	ByCard  Presence = "card"  // the card's random token was scanned
	ByTyped Presence = "typed" // the number was typed
)

// Status is the standing of a volunteer.
type Status string

// The standings. A frozen account earns and is not drawn from; a closed one does neither.
const (
	Active Status = "active"
	Frozen Status = "frozen"
	Closed Status = "closed"
)

// UnitKind is the level of a unit in the organisation.
type UnitKind string

// The levels (rule B47, DESIGN §3), from the county down, and the units that stand beside the grid.
const (
	County    UnitKind = "county"
	Town      UnitKind = "town"
	Community UnitKind = "community"
	Grid      UnitKind = "grid"
	GridUnit  UnitKind = "grid-unit"
	Building  UnitKind = "building"
	Branch    UnitKind = "branch"
	Partner   UnitKind = "partner"
	Team      UnitKind = "team"
)

// under reports whether a unit may stand under one of another kind: those with a level under a higher one, the others under any.
func (k UnitKind) under(parent UnitKind) bool {
	levels := []UnitKind{County, Town, Community, Grid, GridUnit, Building}
	i := slices.Index(levels, k)
	return i < 0 || slices.Contains(levels[:i], parent)
}

// Reason says why something was corrected, from a closed list: free text could carry a name.
type Reason string

// The reasons for a return, a reversal, a returned record or a change of status.
const (
	ClerkError    Reason = "clerk-error"
	WrongItem     Reason = "wrong-item"
	DefectiveItem Reason = "defective"
	WrongPerson   Reason = "wrong-person"
	WrongQuantity Reason = "wrong-quantity"
	DoubleEntry   Reason = "double-entry"
	Unproven      Reason = "unproven"
	Complaint     Reason = "complaint"
	LostCard      Reason = "lost-card"
	Moved         Reason = "moved"
	Died          Reason = "died"
	OwnRequest    Reason = "own-request"
	Cleared       Reason = "cleared"
)

// ItemLine is a quantity of one item.
type ItemLine struct {
	Item   Commodity
	Pieces Amount
}

func (r Reason) valid() bool { return slices.Contains(Reasons(), r) }

// Reasons lists every reason.
func Reasons() []Reason {
	return []Reason{
		ClerkError, WrongItem, DefectiveItem, WrongPerson, WrongQuantity, DoubleEntry, Unproven, Complaint, LostCard, Moved,
		Died, OwnRequest, Cleared,
	}
}
