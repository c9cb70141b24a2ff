package ledger

import "time"

// FormatVersion is the version of the journal that this package writes; entry 0 states it.
const FormatVersion = 1

// Kind names what an entry did, in the past tense.
type Kind string

// The kinds.
const (
	Opened          Kind = "opened"
	Appointed       Kind = "appointed"
	UnitAdded       Kind = "unit_added"
	ShopAdded       Kind = "shop_added"
	DonorAdded      Kind = "donor_added"
	ItemAdded       Kind = "item_added"
	ItemPriced      Kind = "item_priced"
	RuleSet         Kind = "rule_set"
	ActivityAdded   Kind = "activity_added"
	Enrolled        Kind = "enrolled"
	StatusSet       Kind = "status_set"
	Imported        Kind = "imported"
	HoursDeclared   Kind = "hours_declared"
	ActsDeclared    Kind = "acts_declared"
	OpeningDeclared Kind = "opening_declared"
	Approved        Kind = "approved" // a service record or acts: the credit
	OpeningPosted   Kind = "opening"  // an approved opening balance
	RecordReturned  Kind = "record_returned"
	Received        Kind = "received"
	Redeemed        Kind = "redeemed"
	Returned        Kind = "returned"
	Reversed        Kind = "reversed"
	Expired         Kind = "expired"
	Transferred     Kind = "transferred"
	Refused         Kind = "refused" // a refusal that depended on state: its key can never succeed later
)

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
	Actor    StaffID // none in entry 0
	Rule     string  // id@version of the rule that priced it, where one did
	Body     Body
	Postings []Posting
}

// Body is the part of an entry that its kind defines. Bodies of the kinds that only state a fact are the actions
// themselves; the others are below.
type Body interface {
	// fields walks the members in the order in which they stand in the line, for writing and for reading.
	fields(c *codec)
}

// The bodies that say more than the action did.
type (
	// HoursRecord is the body of hours_declared: what was claimed and what it is worth under the rule.
	HoursRecord struct {
		DeclareHours
		Import  Index
		Unit    UnitID // of the activity: whose books the credit stands in
		Counted Amount // minutes that earn, after rounding and caps
		Points  Amount
	}

	// ActsRecord is the body of acts_declared.
	ActsRecord struct {
		DeclareActs
		Import Index
		Unit   UnitID // of the volunteer
		Points Amount
	}

	// OpeningRecord is the body of opening_declared.
	OpeningRecord struct {
		DeclareOpening
		Import Index
		Unit   UnitID // of the volunteer
	}

	// Credit is the body of approved and opening. The postings carry the amounts.
	Credit struct {
		Record    Index
		Volunteer VolunteerID
		Expires   Date // of the lot that it opens
	}

	// RecordReturn is the body of record_returned.
	RecordReturn struct {
		ReturnRecord
		Volunteer VolunteerID
	}

	// Exchange is the body of redeemed.
	Exchange struct {
		Volunteer VolunteerID
		Shop      ShopID
		Presence  Presence
		Lines     []PricedLine
	}

	// GoodsReturn is the body of returned. Lots states the expiry of every lot of points that got something back: its own,
	// or the grace where it had lapsed.
	GoodsReturn struct {
		Redemption Index
		Volunteer  VolunteerID
		Shop       ShopID
		Lines      []PricedLine
		Reason     Reason
		Lots       []LotExpiry
	}

	// Reversal is the body of reversed; it embeds the action.
	Reversal struct {
		Reverse
		Of        Kind
		Volunteer VolunteerID // whose account it touches, where it touches one
		Lots      []LotExpiry // as in GoodsReturn, where points went back into lots
	}

	// Expiry is the body of expired; the postings name the lots.
	Expiry struct {
		Volunteer VolunteerID
		Unit      UnitID
	}

	// Gift is the body of transferred. Lots states the expiry of every lot that it opens.
	Gift struct {
		From, To VolunteerID
		Points   Amount
		Lots     []LotExpiry
	}

	// Refusal is the body of refused: what was asked, of whom, and why not.
	Refusal struct {
		Asked     Kind
		Volunteer VolunteerID
		Shop      ShopID
		Reason    RejectReason
		Subject   string
		Have      Amount
		Want      Amount
	}

	// PricedLine is a line of a basket at the price of the day.
	PricedLine struct {
		Item   Commodity
		Pieces Amount
		Points Amount // for all pieces of the line
	}

	// LotExpiry states the last usable day of a lot.
	LotExpiry struct {
		Lot     LotID
		Expires Date
	}
)

// Receipt is the answer to a command that reached an outcome.
type Receipt struct {
	Entry    Entry // of kind refused where the outcome is a journaled refusal
	Leaf     Hash  // of the entry's line
	Replayed bool  // the key was answered before; Entry is the one of then
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
