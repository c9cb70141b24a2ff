package ledger

import "time"

// FormatVersion is the version of the journal that this package writes; entry 0 states it. Books of every earlier one are read
// and go on as they are, until they are raised: see format.go.
const FormatVersion = 2

// Kind names what an entry did, in the past tense. The kinds stand with their families.
type Kind string

// Posting moves an amount of a commodity into (debit, positive) or out of (credit, negative) an account.
type Posting struct {
	Account   AccountID
	Commodity Commodity
	Amount    Amount
	Lot       LotID // which lot is opened or drawn; none where the account has no lots
}

// key names the balance that the posting changes.
func (p Posting) key() AccountKey { return AccountKey{p.Account, p.Commodity} }

// Entry is one line of the journal: what happened, by whom, under which rule, and what moved.
type Entry struct {
	Index    Index
	At       time.Time // UTC, whole milliseconds, never before the entry before it
	On       Date      // the day of At in the book's zone
	Kind     Kind
	Key      Key
	Digest   Digest
	Actor    StaffID // or a volunteer who acted for themself; none in entry 0
	Rule     string  // id@version of the rule that priced it, where one did
	Proposal Index   // the proposed entry that a second person approved by it, where there was one
	Body     Body
	Postings []Posting
}

// walked has members that stand in a line.
type walked interface {
	// fields walks the members in the order in which they stand in the line, for writing and for reading. A member that is
	// zero is left out. DESIGN.md prints these walks as tables.
	fields(c *codec)
}

// Body is the part of an entry that its kind defines. Bodies of the kinds that only state a fact are the actions themselves.
// The kinds, actions and bodies stand with their families: setup, people, goods, counter, service, points, correct and refused.
// What a body may do beyond this, it says by a further interface, and what it does not say is refused: see lasting and
// reversible.
type Body interface {
	walked
	// asked returns what was asked and the import that it came from; no action where the entry does not keep it.
	asked() (Action, Index)
	// holds checks the invariants that depend on the kind, and returns the postings that the entry must have: none where it
	// moves nothing.
	holds(b *Book, e Entry) ([]Posting, error)
	// fold changes the facts that are no balances, by an entry that was checked.
	fold(b *Book, e Entry)
}

// Receipt is the answer to a command that reached an outcome.
type Receipt struct {
	Entry    Entry  // of kind refused where the outcome is a journaled refusal
	Line     string // of the entry, as it stands in the journal; empty where nobody has it at hand
	Leaf     Hash   // of that line
	Replayed bool   // the key was answered before; Entry is the one of then
	Balances []BalanceAfter
}

// BalanceAfter is a balance that an entry changed, as it stood right after that entry.
type BalanceAfter struct {
	Account AccountKey
	Balance Amount
}

// Rejection returns the refusal that a refused entry states, or nil.
func (e Entry) Rejection() *Rejection {
	r, ok := e.Body.(*Refusal)
	if !ok {
		return nil
	}
	return &Rejection{Reason: r.Reason, Subject: r.Subject, Have: r.Have, Want: r.Want}
}

// newBody returns an empty body of the kind, or nil where the kind is unknown.
func newBody(k Kind) Body {
	for _, family := range [...]func(Kind) Body{
		setupBody, peopleBody, goodsBody, counterBody, serviceBody, pointsBody, correctBody, refusedBody,
		formatBody, organisationBody, secondBody,
		shelfBody,
		noticeBody,
		expressBody, budgetBody,
		counterDayBody, proxyBody, voucherBody,
		calendarBody, deductBody, baseBody, attendanceBody,
		holdBody,
		lifeBody, grantsBody,
		poolBody, giftBody,
		membershipBody, stayBody,
		rotateBody,
	} {
		if b := family(k); b != nil {
			return b
		}
	}
	return nil
}
