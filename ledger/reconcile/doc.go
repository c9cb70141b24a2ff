// Package reconcile compares a list of rows from outside with what the book has, and proves that it left none out (DESIGN §8).
//
// It is arithmetic over two lists: no clock, no file, no map order. The passes run in a fixed order, and each takes only what the
// ones before it left, so that every row is in exactly one class:
//
//	decided       a decision of a person, replayed on each run
//	duplicate     the outside file says the same row twice under one key
//	exact         same key, party, date and amount
//	other_party   same key, alone on both sides, but somebody else
//	other_amount  same key, alone on both sides, but another amount
//	other_date    same key, alone on both sides, but another day
//	near          no key on one side at least; party and amount alike, days within the window, and unique both ways
//	sum           one row against several that add up to it exactly, in one way only
//	ambiguous     several candidates; they are ranked and none is chosen
//	in_transit    timing: within so many days of the end of the period, the other side may have it in the next
//	waiting       timing: the book has it declared and not credited yet, whether or not the other side has it,
//	              and whatever was decided about it
//	unknown_party, out_of_period, reversed, missing_inside, missing_outside
//
// Sums are looked for among at most MaxPool rows of one party within the window, at most MaxParts of them at a time; more is not
// tried. Everything else is a sort and a merge, so that the work grows as n log n.
package reconcile
