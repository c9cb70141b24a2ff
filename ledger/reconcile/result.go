package reconcile

// Class says what became of a row.
type Class string

// The classes, in the order of the passes and of the report.
const (
	Decided        Class = "decided"
	Exact          Class = "exact"
	Near           Class = "near"
	Sum            Class = "sum"
	InTransit      Class = "in_transit"
	Waiting        Class = "waiting" // the book has it declared, and not credited yet
	Duplicate      Class = "duplicate"
	OtherParty     Class = "other_party"
	OtherAmount    Class = "other_amount"
	OtherDate      Class = "other_date"
	Ambiguous      Class = "ambiguous"
	UnknownParty   Class = "unknown_party"
	OutOfPeriod    Class = "out_of_period"
	Reversed       Class = "reversed"
	MissingInside  Class = "missing_inside"  // outside has it, the book does not
	MissingOutside Class = "missing_outside" // the book has it, outside does not
)

// Classes lists every class: those that match, timing, and the exceptions.
func Classes() []Class {
	return []Class{
		Decided, Exact, Near, Sum, InTransit, Waiting, Duplicate, OtherParty, OtherAmount, OtherDate, Ambiguous, UnknownParty,
		OutOfPeriod, Reversed, MissingInside, MissingOutside,
	}
}

// Matched reports whether rows of the class need no more looking at.
func (c Class) Matched() bool { return c == Decided || c == Exact || c == Near || c == Sum }

// Timing reports whether rows of the class settle by themselves: the other side has them in its next list, or the book will have
// them once they are credited.
func (c Class) Timing() bool { return c == InTransit || c == Waiting }

// Open reports whether rows of the class are exceptions. Timing is neither.
func (c Class) Open() bool { return !c.Matched() && !c.Timing() }

// Finding is rows of both sides that belong together, or one that is alone.
type Finding struct {
	Class   Class
	Outside []int32 // into Result.Outside
	Inside  []int32 // into Result.Inside
	Reason  string  // of a decision, also of one about what waits

	// Candidates are rows of the other side that came closest, the best first: all that are as good where the class is
	// ambiguous, else one at most.
	Candidates []Candidate
}

// Candidate is a row that was not taken, and why.
type Candidate struct {
	Row    int32
	Failed []Failure
}

// Failure is why a candidate was not taken.
type Failure string

// The failures.
const (
	FailedKey    Failure = "key"    // it has another key, or there is none to compare
	FailedParty  Failure = "party"  // it is about somebody else
	FailedDate   Failure = "date"   // its day is outside the window
	FailedAmount Failure = "amount" // its amount is another
	FailedUsed   Failure = "used"   // it belongs to another row
	FailedUnique Failure = "unique" // others fit as well
)

// Count is a number of rows and the sum of their amounts.
type Count struct {
	Rows   int64 `json:"rows"`
	Amount int64 `json:"amount"`
}

func (c *Count) add(r Row) {
	c.Rows++
	c.Amount += r.Amount
}

func (c Count) plus(d Count) Count { return Count{c.Rows + d.Rows, c.Amount + d.Amount} }

// Proof shows that no row of a side was left out: Total is counted from the rows, the rest from the findings.
type Proof struct {
	Total, Matched, Timing, Exceptions Count

	ByClass map[Class]Count
}

// Holds reports whether total = matched + timing + exceptions, in rows and in amounts.
func (p Proof) Holds() bool { return p.LeftOut() == Count{} }

// LeftOut is what total is more than matched + timing + exceptions: nothing, unless a row was left out.
func (p Proof) LeftOut() Count {
	sum := p.Matched.plus(p.Timing).plus(p.Exceptions)
	return Count{p.Total.Rows - sum.Rows, p.Total.Amount - sum.Amount}
}

// Open is an item that the next run begins with.
type Open struct {
	Side   Side   `json:"side"`
	Mark   string `json:"mark"`
	Amount int64  `json:"amount"`
}

// RollForward follows the open items of both sides: opening + new - closed = closing.
type RollForward struct {
	Opening, New, Closed, Closing Count
}

// Holds reports whether the roll-forward adds up.
func (r RollForward) Holds() bool { return r.Opening.plus(r.New) == r.Closing.plus(r.Closed) }

// Result is a reconciliation. Its rows are in the order of their content.
type Result struct {
	Outside, Inside []Row
	Findings        []Finding
	OutsideProof    Proof
	InsideProof     Proof
	RollForward     RollForward
	Open            []Open   // timing and exceptions
	Stale           []string // marks of decisions that no row has
	marks           map[Side][]string
}

// Mark returns the mark of a row that is open or was decided on.
func (r *Result) Mark(s Side, row int32) string { return r.marks[s][row] }

// Differs reports whether exceptions are left.
func (r *Result) Differs() bool {
	return r.OutsideProof.Exceptions.Rows+r.InsideProof.Exceptions.Rows > 0
}

// Decision is what a person decided about rows that stay as they are: that they belong together, or that one stands alone.
type Decision struct {
	Outside []string // marks
	Inside  []string
	Reason  string
}
