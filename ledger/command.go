package ledger

// Command asks for one entry. Key, Actor and Import say who asks and with which request; Do is what is asked, and only Do is
// under the digest: the same key with another Do is a conflict.
type Command struct {
	Key    Key
	Actor  StaffID
	Import Index // the imported entry that this row came from; 0 where it came from no file
	Do     Action
}

// Action is the sealed set of things that may be asked. A caller gives ledger fields only: ids, dates, amounts.
type Action interface {
	Body
	// kind names the entry that the action becomes, and stands in the digest.
	kind() Kind
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

// The actions. Fields that are not marked optional are required.
type (
	// OpenBook is entry 0. Anybody who holds the directory may do it, once; its Actor is empty.
	OpenBook struct {
		Format int    // of the journal: FormatVersion
		Origin string // names the log in its checkpoints (C2SP tlog-checkpoint), such as "aixin.example/B"
		Zone   string // IANA zone of every date in the book
		Demo   bool
	}

	// Appoint gives a staff number its roles, replacing those it had; none takes all away. By an admin, who may not drop the
	// last admin, nor change which volunteer number is their own; the first one of a book is appointed by themself.
	Appoint struct {
		Staff     StaffID
		Roles     []Role
		Volunteer VolunteerID // optional: the staff member's own volunteer number, so that they do not serve themself
	}

	// AddUnit adds a unit of the organisation. By an admin or steward.
	AddUnit struct {
		Unit   UnitID
		Kind   UnitKind
		Parent UnitID // optional
		Name   string
		Rule   string // optional: id of the rule set that its activities follow; else the book's first one
	}

	// AddShop adds a counter and its shelf. By an admin or steward.
	AddShop struct {
		Shop ShopID
		Unit UnitID
		Name string
	}

	// AddDonor adds a donor, whose name is in the registry. By a keeper or steward.
	AddDonor struct {
		Donor DonorID
	}

	// AddItem adds an item with its first price. By a steward.
	AddItem struct {
		Item   Commodity
		Name   string
		Label  string // optional: what stands on the shelf, such as the item's EAN-13 or a short label
		Points Amount // for one piece
		From   Date   // the first day of the price
	}

	// PriceItem sets the price of one piece from a day on. By a steward. Not before today, so that no price changes under
	// what was posted.
	PriceItem struct {
		Item   Commodity
		Points Amount
		From   Date
	}

	// SetRule adds a version of a rule set. By a steward.
	SetRule struct {
		Rule Rule
	}

	// AddActivity adds something that volunteers serve at. By a leader or steward.
	AddActivity struct {
		Activity ActivityID
		Unit     UnitID
		Code     Code // the point standard of the rule, such as VH01
		Name     string
	}

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
	}

	// ImportFile says that the rows of a file follow. By a leader or steward. The name of the file is not kept: it may
	// carry a person's.
	ImportFile struct {
		Form   string // volunteers, items, hours, acts, balances
		SHA256 string // of the file's bytes, 64 hexadecimal digits
		Rows   int64
	}

	// DeclareHours claims a service record for a volunteer. By a leader.
	DeclareHours struct {
		Volunteer VolunteerID
		Activity  ActivityID
		Start     Start
		Minutes   Amount
		Capture   Capture
		Sheet     string // optional: number of the paper sheet, [A-Za-z0-9-]{1,20}
	}

	// DeclareActs claims acts that are no volunteer service: they give points and no minutes. By a leader.
	DeclareActs struct {
		Volunteer VolunteerID
		Code      Code
		Quantity  int64
		On        Date // the day of the act
		Sheet     string
	}

	// DeclareOpening claims the balance of a paper booklet, once per volunteer. By a steward.
	DeclareOpening struct {
		Volunteer VolunteerID
		Points    Amount
		Expires   Date // optional
	}

	// Approve posts a declared record. By a reviewer who did not declare it and does not benefit.
	Approve struct {
		Record Index // of the declaring entry
	}

	// ReturnRecord sends a declared record back; nothing is posted. By a reviewer who did not declare it.
	ReturnRecord struct {
		Record Index
		Reason Reason
	}

	// Receive takes donated goods onto a shelf; each line becomes a lot. By a keeper.
	Receive struct {
		Shop       ShopID
		Donor      DonorID
		Lines      []ItemLine
		BestBefore Date // optional: the last usable day
	}

	// Redeem exchanges points for goods. By a clerk who serves neither themself nor their household.
	Redeem struct {
		Volunteer VolunteerID
		Shop      ShopID
		Lines     []ItemLine
		Presence  Presence
	}

	// Return takes goods of a redemption back; no lines take back all that is left of it. By a clerk or steward who is not
	// that volunteer or of their household.
	Return struct {
		Redemption Index
		Lines      []ItemLine // optional
		Reason     Reason
	}

	// Reverse undoes an entry, once. By a steward who does not benefit.
	Reverse struct {
		Entry  Index
		Reason Reason
	}

	// Expire posts the unspent remainder of a volunteer's lapsed lots. By a steward, through the run.
	Expire struct {
		Volunteer VolunteerID
	}

	// Transfer gives points to another volunteer, where the rule allows; they keep their expiry. By a clerk or steward who
	// is neither of the two.
	Transfer struct {
		From   VolunteerID
		To     VolunteerID
		Points Amount
	}
)
