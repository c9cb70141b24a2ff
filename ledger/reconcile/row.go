package reconcile

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"aixin/ledger"
)

// Row is one line of a list: of a file from outside, or of the book.
type Row struct {
	Ref    int64  // the line of the file, or the entry of the book
	Key    string // what names the event on both sides; empty where the list has no such number
	Party  string // whom it is about, by number
	On     ledger.Date
	Amount int64 // in the smallest unit; below zero where it takes back
	Waits  bool  // the book has it declared, and has not credited it yet
}

// Rules say what may be taken for the same. The zero Rules accept nothing but equal rows.
type Rules struct {
	From, To  ledger.Date // the period, both days included; no date is no bound
	Window    int         // days by which rows without a key may differ
	Timing    int         // days before the end of the period within which a row may be in transit
	Tolerance int64       // by which amounts under one key may differ
	Parties   []string    // who is known, in order; none asks nobody
}

// The bounds of the search for sums.
const (
	MaxPool  = 12 // rows of one party within the window: twice a day for the usual window of three days either way
	MaxParts = 4  // rows that may make up one
)

// Side is where a row comes from.
type Side string

// The sides.
const (
	Outside Side = "outside"
	Inside  Side = "inside"
)

// compareRows orders rows by what they say; the reference only tells equal ones apart.
func compareRows(a, b Row) int {
	if c := compareContent(a, b); c != 0 {
		return c
	}
	switch { // of two that say the same, the one that counts is matched first
	case b.Waits && !a.Waits:
		return -1
	case a.Waits && !b.Waits:
		return 1
	}
	return cmp.Compare(a.Ref, b.Ref)
}

func compareContent(a, b Row) int {
	if c := cmp.Compare(a.Key, b.Key); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Party, b.Party); c != 0 {
		return c
	}
	if c := cmp.Compare(a.On, b.On); c != 0 {
		return c
	}
	return cmp.Compare(a.Amount, b.Amount)
}

// sorted copies rows into the order of their content, so that the order in which they came cannot matter.
func sorted(rows []Row) []Row {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, compareRows)
	return rows
}

// Mark names a row by what it says, whatever line it stands on: a decision still finds it in a file that was sorted or saved again.
// The copy counts rows that say the same, from 0.
func Mark(s Side, r Row, copyOf int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%q\n%q\n%d\n%d\n%d\n", s, r.Key, r.Party, r.On, r.Amount, copyOf))
	return hex.EncodeToString(sum[:8])
}

// marks returns the mark of every row that is asked for, from rows in order.
func (b *bench) marks(s Side, rows []Row, wanted func(int32) bool) []string {
	out := make([]string, len(rows))
	n := 0
	for i := range rows {
		if n++; i == 0 || compareContent(rows[i-1], rows[i]) != 0 {
			n = 0
		}
		if wanted(int32(i)) {
			out[i] = Mark(s, rows[i], n)
		}
	}
	return out
}
