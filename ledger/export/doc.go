// Package export writes a book down in the languages of other programs, so that an auditor can add it up again with software
// that Aixin's authors did not write: a journal for hledger and ledger, ledgers with lots for beancount, and tables.
//
// What the three have in common:
//
//   - An export is a function of the entries up to a head. It asks for no clock and no name of a person, and the same entries give
//     the same bytes. A month is a file of its own; a month that was over keeps its bytes in every later export.
//   - An account is named alike everywhere, in ASCII: points:V0000018 is Liabilities:Points:V0000018. Points stand with two
//     decimals, minutes and pieces as whole numbers.
//   - Entries that move nothing stand in the tables only.
//   - At the end of each day every balance that the day changed is asserted, so that a difference is found on its day.
//   - What stands at the end comes from the view (balances.csv, lots.csv) and is held against what the entries add up to;
//     where the two differ nothing counts as exported, and the error wraps ledger.ErrCorrupt.
//   - A manifest names the head and gives the SHA-256 of each file, in the form that sha256sum -c reads.
//
// # Lots
//
// In the journal a posting carries its lot as a tag, so that a report by that tag is the list of open lots. In beancount a
// lot is a position held at cost, one unit for one unit, with the last usable day as its date (9999-12-31 where it never
// lapses). There are two forms of it:
//
//	explicit   each posting names its lot, by date and by number
//	derive     lots are told apart by date alone, and a draw says only how much: FIFO by date is first-expiring-first-out, so
//	           that beancount finds by itself what was drawn, and refuses to draw what is not there
//
// A draw that did not take the first-expiring of all open lots (a lapsed lot is passed over, a directed one is for somebody else,
// a reversal takes back what it gave) names its dates in the second form too. [Manifest] counts both.
package export
