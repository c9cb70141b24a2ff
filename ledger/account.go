package ledger

import (
	"cmp"
	"strings"
)

// Commodity is what an amount counts.
type Commodity string

const (
	// Point is the local reward, in hundredths.
	Point Commodity = "POINT"
	// Minute is volunteer service, in minutes: a legal record that no redemption touches.
	Minute Commodity = "MIN"
	// BasePoint counts base points, in hundredths: what everybody begins with, to lose and not to spend.
	BasePoint Commodity = "BASE"
)

// Points reports whether the commodity is a class of points.
func (c Commodity) Points() bool { return c == Point || c == BasePoint || c == GiftPoint }

// Goods reports whether the commodity is an item code: SKU- and four digits, counted in pieces.
func (c Commodity) Goods() bool { return numbered(string(c), "SKU-", 4, 4) }

// Class says what an account is for, and so how its balance may behave.
type Class string

// The chart of accounts. A debit is positive: what volunteers are owed stands as a negative sum on their points account,
// and the goods on a shelf as a positive sum on its stock account.
const (
	ClassPoints      Class = "points"      // points:V… points:H… points:C… what the market owes a volunteer, or a pool; guarded, by lot
	ClassStock       Class = "stock"       // stock:S…   goods on a shelf; guarded, by lot
	ClassHours       Class = "hours"       // hours:V…   minutes that a volunteer served
	ClassServed      Class = "served"      // served:C…  the other side of hours
	ClassIssued      Class = "issued"      // issued:C…  points that a unit issued
	ClassRedeemed    Class = "redeemed"    // redeemed:S… points taken in exchange
	ClassGiven       Class = "given"       // given:S…   goods handed out
	ClassReceived    Class = "received"    // received:D… goods that a donor brought
	ClassShort       Class = "short"       // short:S…   goods handed out beyond the book, until the next count
	ClassRecoverable Class = "recoverable" // recoverable:V… points spent from a credit that was reversed later
	ClassBreakage    Class = "breakage"    // breakage:C… points that expired unspent
	ClassBase        Class = "base"        // base:V…    base points that a volunteer or household has left
	ClassGranted     Class = "granted"     // granted:C… base points that a unit granted
	ClassDeducted    Class = "deducted"    // deducted:C… points that acts took away
) // goods that leave otherwise than at the counter, and gift points, have accounts of their own: see shelf.go and gift.go

// Guarded reports whether accounts of the class never pass zero and hold their balance by lot.
func (c Class) Guarded() bool { return c == ClassPoints || c == ClassStock }

// AccountID is a class and an owner, and is written "points:V0000018". The zero AccountID names no account. What is no account, such
// as a line may name that was not written by this program, keeps its text, so that it can be told.
type AccountID struct {
	class Class  // none where the text has no part before a colon
	owner string // then all of the text
}

// NewAccountID names the account of a class that there is and an owner. Owners are valid identifiers, so no text is checked again here.
func NewAccountID[T ~string](c Class, owner T) AccountID { return AccountID{c, string(owner)} }

// ParseAccountID reads what String writes, be it an account or not: see Holds.
func ParseAccountID(s string) AccountID {
	if class, owner, _ := strings.Cut(s, ":"); class != "" && len(class) < len(s) {
		return AccountID{Class(class), owner}
	}
	return AccountID{"", s}
}

// String writes "points:V0000018".
func (a AccountID) String() string {
	if a.class == "" {
		return a.owner
	}
	return string(a.class) + ":" + a.owner
}

// AppendTo appends what String writes.
func (a AccountID) AppendTo(b []byte) []byte {
	if a.class != "" {
		b = append(append(b, a.class...), ':')
	}
	return append(b, a.owner...)
}

// MarshalText is String.
func (a AccountID) MarshalText() ([]byte, error) { return a.AppendTo(nil), nil }

// UnmarshalText is ParseAccountID.
func (a *AccountID) UnmarshalText(b []byte) error {
	*a = ParseAccountID(string(b))
	return nil
}

// Equal is ==, for whoever compares without seeing the fields.
func (a AccountID) Equal(b AccountID) bool { return a == b }

// Compare orders accounts by their text.
func (a AccountID) Compare(b AccountID) int {
	if a.class == b.class {
		return strings.Compare(a.owner, b.owner)
	}
	return strings.Compare(a.String(), b.String())
}

// PointsOf names the account of a volunteer's points.
func PointsOf(v VolunteerID) AccountID { return NewAccountID(ClassPoints, v) }

// HoursOf names the account of a volunteer's minutes.
func HoursOf(v VolunteerID) AccountID { return NewAccountID(ClassHours, v) }

// BaseOf names the account of the base points of a volunteer or household.
func BaseOf(sharer string) AccountID { return NewAccountID(ClassBase, sharer) }

// RecoverableOf names the account of what a volunteer spent from credits that were reversed.
func RecoverableOf(v VolunteerID) AccountID { return NewAccountID(ClassRecoverable, v) }

// StockOf names the account of a shop's shelf.
func StockOf(s ShopID) AccountID { return NewAccountID(ClassStock, s) }

// Class returns the part before the colon, or all where there is none.
func (a AccountID) Class() Class {
	if a.class != "" {
		return a.class
	}
	class, _, _ := strings.Cut(a.owner, ":")
	return Class(class)
}

// Owner returns the part after the colon: a volunteer, shop, unit or donor.
func (a AccountID) Owner() string {
	if a.class != "" {
		return a.owner
	}
	_, owner, _ := strings.Cut(a.owner, ":")
	return owner
}

// Holds reports whether the account is well formed and may hold the commodity: points accounts hold points, hours
// accounts minutes, shelves goods.
func (a AccountID) Holds(c Commodity) bool {
	owner := a.Owner()
	switch a.Class() {
	case ClassPoints:
		return c == Point && (VolunteerID(owner).Valid() || PoolID(owner).Valid())
	case ClassRecoverable:
		return c == Point && VolunteerID(owner).Valid()
	case ClassHours:
		return c == Minute && VolunteerID(owner).Valid()
	case ClassServed:
		return c == Minute && UnitID(owner).Valid()
	case ClassIssued:
		return c == Point && UnitID(owner).Valid()
	case ClassBreakage:
		return c.Points() && UnitID(owner).Valid()
	case ClassRedeemed:
		return (c == Point || c == GiftPoint) && ShopID(owner).Valid()
	case ClassGift:
		return c == GiftPoint && VolunteerID(owner).Valid()
	case ClassGifted:
		return c == GiftPoint && UnitID(owner).Valid()
	case ClassStock, ClassGiven, ClassShort:
		return c.Goods() && ShopID(owner).Valid()
	case ClassReceived:
		return c.Goods() && DonorID(owner).Valid()
	case ClassLost, ClassFound, ClassScrapped, ClassRelieved:
		return c.Goods() && ShopID(owner).Valid()
	case ClassBase:
		return c == BasePoint && (VolunteerID(owner).Valid() || HouseholdID(owner).Valid())
	case ClassGranted:
		return c == BasePoint && UnitID(owner).Valid()
	case ClassDeducted:
		return (c == Point || c == BasePoint) && UnitID(owner).Valid()
	}
	return false
}

// AccountKey names one balance: an account in one commodity.
type AccountKey struct {
	ID        AccountID
	Commodity Commodity
}

// String writes "points:V0000018/POINT".
func (k AccountKey) String() string { return k.ID.String() + "/" + string(k.Commodity) }

// Compare orders balances by account, then commodity.
func (k AccountKey) Compare(o AccountKey) int {
	return cmp.Or(k.ID.Compare(o.ID), cmp.Compare(k.Commodity, o.Commodity))
}

// Size is how many bytes String writes.
func (k AccountKey) Size() int {
	n := len(k.ID.owner) + 1 + len(k.Commodity)
	if k.ID.class != "" {
		n += len(k.ID.class) + 1
	}
	return n
}

// ParseAccountKey reads what String writes; ok is false where the account cannot hold the commodity.
func ParseAccountKey(s string) (k AccountKey, ok bool) {
	id, commodity, found := strings.Cut(s, "/")
	k = AccountKey{ParseAccountID(id), Commodity(commodity)}
	return k, found && k.ID.Holds(k.Commodity)
}

// Account is the state of one balance. The zero Account is one that nothing was ever posted to.
type Account struct {
	Balance Amount // the sum of all postings, debits positive
	Pending Amount // points declared and not yet credited; not part of Balance; points accounts only
	Waiting int64  // records that wait for their outcome, also those that earn nothing or take points away; likewise
	Times   int64  // records of service that were credited and not taken back; hours accounts only
	Lots    []Lot  // open lots in drawing order, guarded accounts only: expiry (none last), then id
}

// Lot is the open part of a credit or a delivery.
type Lot struct {
	ID      LotID
	Left    Amount // always positive: a lot that is used up is not open
	Expires Date   // the last usable day; none where it never lapses
	Only    Restriction
	Held    Amount // what of Left is set aside by holds
}

// Lapsed reports whether the lot may no longer be drawn on that day, whether or not an expiry run has posted it.
func (l Lot) Lapsed(on Date) bool { return l.Expires != 0 && l.Expires < on }

// Free is what of the lot is not held.
func (l Lot) Free() Amount { return l.Left - l.Held }

// Before reports the drawing order: first expiring first, lots without an expiry last, then by id.
func (l Lot) Before(other Lot) bool {
	if l.Expires != other.Expires {
		return other.Expires == 0 || (l.Expires != 0 && l.Expires < other.Expires)
	}
	return l.ID < other.ID
}

// Usable sums the lots that have not lapsed on that day, held or not.
func (a Account) Usable(on Date) Amount { return a.free(usable(on)) + a.held(usable(on)) }

// Available sums what may be drawn on that day: of the lots that have not lapsed, what is not held.
func (a Account) Available(on Date) Amount { return a.free(usable(on)) }
