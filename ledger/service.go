package ledger

// This family says what becomes of service: it is declared by one person, priced by the rule of the day of service, and credited
// or sent back by another.

// The kinds of what becomes of service.
const (
	HoursDeclared   Kind = "hours_declared"
	ActsDeclared    Kind = "acts_declared"
	OpeningDeclared Kind = "opening_declared"
	Approved        Kind = "approved" // a service record or acts: the credit
	OpeningPosted   Kind = "opening"  // an approved opening balance
	RecordReturned  Kind = "record_returned"
)

// The actions and bodies. Fields of actions that are not marked optional are required.
type (
	// DeclareHours claims a service record for a volunteer. By a leader.
	DeclareHours struct {
		Volunteer VolunteerID
		Activity  ActivityID
		Start     Start
		Minutes   Amount
		Capture   Capture
		Sheet     string // optional: number of the paper sheet, [A-Za-z0-9-]{1,20}

		Request  RequestID // optional: the request for help that was served, and called back about
		Session  Index     // optional: the attendance that it was scanned in
		Evidence Evidence  // optional
		Signers  []Signer  // optional: who signed the sheet
	}

	// HoursRecord is the body of hours_declared: what was claimed and what it is worth under the rule.
	HoursRecord struct {
		DeclareHours
		Import  Index
		Unit    UnitID // of the activity: whose books the credit stands in
		Counted Amount // minutes that earn, after rounding and caps
		Points  Amount

		Honorary bool    // it was late: minutes and no points
		Clipped  Amount  // points that caps took off
		Queries  []Query // what a reviewer must look at
		Pool     PoolID  // of the household that holds the points; none where the volunteer does
	}

	// DeclareActs claims acts that are no volunteer service: they give points and no minutes. By a leader.
	DeclareActs struct {
		Volunteer VolunteerID
		Code      Code
		Quantity  int64
		On        Date // the day of the act
		Sheet     string

		Evidence Evidence    // optional
		About    VolunteerID // optional: whom it is about, such as a volunteer brought along
	}

	// ActsRecord is the body of acts_declared.
	ActsRecord struct {
		DeclareActs
		Import Index
		Unit   UnitID // of the volunteer
		Points Amount

		Deduct  Amount // points that it takes away, where it is a deduction
		Clipped Amount
		Queries []Query
		Pool    PoolID

		CountedIn string // what the rule says that the quantity counts
	}

	// DeclareOpening claims the balance of a paper booklet, once per volunteer. By a steward.
	DeclareOpening struct {
		Volunteer VolunteerID
		Points    Amount
		Expires   Date // optional
	}

	// OpeningRecord is the body of opening_declared.
	OpeningRecord struct {
		DeclareOpening
		Import Index
		Unit   UnitID // of the volunteer
		Pool   PoolID
	}

	// Approve posts a declared record. By a reviewer who did not declare it and does not benefit.
	Approve struct {
		Record Index // of the declaring entry
		Seen   bool  // whether the reviewer looked at what the record is queried for
	}

	// Credit is the body of approved and opening. The postings carry the amounts.
	Credit struct {
		Record    Index
		Volunteer VolunteerID
		Expires   Date  // of the lot that it opens
		Notice    int64 // days that it is to be on notice before it is credited; then there are no postings
		Seen      bool  // the reviewer looked at what the record is queried for
		From      Date  // the beginning of the period at which it is to be credited; then there are no postings
		Step      int64 // of an approval in several steps, from 1; none of the last. Then there are no postings
	}

	// ReturnRecord sends a declared record back; nothing is posted. By a reviewer who did not declare it.
	ReturnRecord struct {
		Record Index
		Reason Reason
	}

	// RecordReturn is the body of record_returned.
	RecordReturn struct {
		ReturnRecord
		Volunteer VolunteerID
	}
)

// serviceBody returns an empty body of one of the kinds above, or nil.
func serviceBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case HoursDeclared:
		return &HoursRecord{}
	case ActsDeclared:
		return &ActsRecord{}
	case OpeningDeclared:
		return &OpeningRecord{}
	case Approved, OpeningPosted:
		return &Credit{}
	case RecordReturned:
		return &RecordReturn{}
	}
	return nil
}
