// Package ledger is the law of Aixin: pure accounting for a community's volunteer points. It knows no disk, clock, network,
// randomness or goroutine; what it needs arrives as an argument, and what it decides leaves as a value.
//
// # The model
//
// Everything that happens is an [Entry] in a journal. An entry has postings: each moves an amount of a [Commodity] into or out
// of an account, debits positive, and each commodity of an entry sums to zero by itself. There are three kinds of commodity:
// points (hundredths), minutes of service, and goods (pieces of an item). Hours and points are two books that never mix:
// minutes are a legal record of service, points a local reward.
//
// Points that the market owes a volunteer stand as a negative sum on points:V…; goods on a shelf as a positive sum on
// stock:S…. Both are held by lot: a lot is opened by a credit or a delivery, has a last usable day or none, and is drawn first
// expiring first. A redemption moves points and goods in one entry, so that "points taken" and "goods handed out" cannot
// disagree:
//
//	points:V0000018    POINT      +200  lot 29     the volunteer is owed 2.00 less
//	redeemed:S01       POINT      -200             the shop took 2.00
//	stock:S01          SKU-0001     -2  lot 9      two pieces leave the shelf
//	given:S01          SKU-0001     +2             two pieces were given
//
// An amount is never edited. A mistake is undone by another entry, once, and both stay.
//
// # How a command becomes an entry
//
// A [Command] says who asks, under which idempotency key, and what. [Book.Needs] lists the facts that must be known,
// [Book.Load] takes them, [Book.Answered] finds the answer of a key that was used before, [Book.Decide] returns the entry or
// a [Rejection], and [Book.Post] folds the entry into the state. Post is the only way in which a balance changes: serving,
// replay, verification, reports and tests all use it.
//
// Service needs two persons. One declares it, which prices it by the [Rule] in force on the day of service and moves nothing;
// another approves it, which posts exactly what was declared. Whoever gains by a record has no say in it.
//
// # What holds
//
// The invariants are numbered, and messages name them by number:
//
//	I1   each commodity of each entry sums to zero
//	I2   all accounts of a commodity sum to zero
//	I3   a guarded account or lot is never negative
//	I4   indexes are dense from 0
//	I5   time never goes back
//	I6   a key names at most one outcome, and a repeat gets the same answer
//	I7   a line never changes: it is under every later root
//	I8   balances, lots, limits and prices are the fold of the journal
//	I9   every checkpoint extends the one before
//	I10  an entry is reversed at most once, and a return restores the same lots
//	I11  hours are changed only by service records and their reversals
//	I12  whatever left lots left those that fit first-expiring first
//	I13  whoever declared did not approve, no keeper counts alone, and nobody serves or approves themself
//
// Post checks all of those that one entry can break, and that what moved is what the entry says. Whether the price, the limit
// and the role were right is another question, whose answer may change from version to version: [Book.Rederive] asks it. I2
// follows from I1 and is summed once more by a verification; I7 and I9 are properties of the journal's heads.
//
// # Lines
//
// [Entry.AppendLine] writes an entry as one line of JSON with its members in a fixed order; [ParseLine] refuses every line
// that AppendLine would not have written. The bytes of the line are a leaf of an RFC 6962 Merkle tree, whose root a [Head]
// states. Nothing is ever encoded again to be hashed.
package ledger
