// Package sheet reads the files that people bring and writes the ones they take: spreadsheets and text tables of
// volunteers, items, hours, acts and opening balances, rule sets as TOML, and tables of reports.
//
// A file passes four steps, each of which reports by row and column and none of which touches the book:
//
//	Read     bytes   → a grid of text, its encoding and hash; a wrong kind of file is refused here
//	         grid    → records: columns found by their headers, cells tidied, shapes checked
//	Plan     records → commands: persons resolved, keys made, repeated rows found
//	(submit) the caller submits each row's command and notes its outcome
//	Result   the file again, with one column more that says what became of each row
//
// A row's key is made of what it says (person, activity and start), never of its place in the file, so that the same row in a
// file that was sorted, re-saved or extended is the same request and is credited once.
//
// Nothing here echoes a cell: faults name the row, the column and what is wanted, because a value in the wrong column may be
// an ID number.
package sheet
