package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"aixin/ledger"
)

// openExchange enters what must be there before anybody serves, and returns the first day of service that is priced.
func openExchange(do func(ledger.StaffID, ledger.Action) ledger.Index) (start ledger.Date) {
	start = ledger.NewDate(2020, 1, 1)
	do("", &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.test/bench", Zone: "Asia/Shanghai"})
	do("U000001", &ledger.Appoint{Staff: "U000001", Roles: []ledger.Role{ledger.Admin}})
	for n, role := range []ledger.Role{ledger.Leader, ledger.Reviewer, ledger.Keeper, ledger.Clerk, ledger.Steward} {
		do("U000001", &ledger.Appoint{Staff: ledger.StaffID(fmt.Sprintf("U%06d", n+2)), Roles: []ledger.Role{role}})
	}
	do("U000006", &ledger.SetRule{Rule: ledger.Rule{
		ID: "hours", Version: 1, From: start, Earns: []ledger.Capture{ledger.Scan}, Rates: []ledger.HourRate{{Code: "VH01", Points: 100}},
	}})
	do("U000001", &ledger.AddUnit{Unit: "C01", Kind: ledger.Community, Name: "unit"})
	do("U000001", &ledger.AddShop{Shop: "S01", Unit: "C01", Name: "shop"})
	do("U000004", &ledger.AddDonor{Donor: "D001"})
	do("U000006", &ledger.AddItem{Item: "SKU-0001", Name: "goods", Points: 400, From: start})
	do("U000002", &ledger.AddActivity{Activity: "A001", Unit: "C01", Code: "VH01", Name: "patrol"})
	do("U000004", &ledger.Receive{Shop: "S01", Donor: "D001", Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: ledger.MaxPieces}}})
	return start
}

// exchangeDay is a book's worth of entries in the proportion of the measured load: four credits to one redemption.
func exchangeDay(b *testing.B, visits int) []ledger.Entry {
	b.Helper()
	book := ledger.NewBook(shanghai(b))
	at := time.Date(2026, 6, 1, 2, 0, 0, 0, time.UTC)
	var list []ledger.Entry
	do := func(actor ledger.StaffID, a ledger.Action) ledger.Index {
		e, err := book.Decide(ledger.Command{Key: ledger.Key(fmt.Sprintf("b/%d", len(list))), Actor: actor, Do: a}, at)
		if err != nil {
			b.Fatal(err)
		}
		if err := book.Post(e); err != nil {
			b.Fatal(err)
		}
		list = append(list, e)
		return e.Index
	}
	start := openExchange(do)
	for i := range visits {
		v := ledger.NewVolunteerID(i + 1)
		do("U000006", &ledger.Enroll{Volunteer: v, Unit: "C01"})
		for n := range 4 {
			record := do("U000002", &ledger.DeclareHours{
				Volunteer: v, Activity: "A001", Start: ledger.NewStart(start.AddDays(n), 480), Minutes: 60, Capture: ledger.Scan,
			})
			do("U000003", &ledger.Approve{Record: record})
		}
		do("U000005", &ledger.Redeem{
			Volunteer: v, Shop: "S01", Presence: ledger.ByCard, Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 1}},
		})
	}
	return list
}

func BenchmarkAppendLine(b *testing.B) {
	list := exchangeDay(b, 100)
	var line []byte
	var size, n int64
	b.ReportAllocs()
	for b.Loop() {
		line = list[n%int64(len(list))].AppendLine(line[:0])
		size += int64(len(line))
		n++
	}
	b.SetBytes(size / n)
}

func BenchmarkParseLine(b *testing.B) {
	var lines [][]byte
	for _, e := range exchangeDay(b, 100) {
		lines = append(lines, e.AppendLine(nil))
	}
	var size, n int64
	b.ReportAllocs()
	for b.Loop() {
		line := lines[n%int64(len(lines))]
		if _, err := ledger.ParseLine(line); err != nil {
			b.Fatal(err)
		}
		size += int64(len(line))
		n++
	}
	b.SetBytes(size / n)
}

// BenchmarkPost folds a journal into a complete book, over and over: what verifying costs beside reading, hashing and parsing.
func BenchmarkPost(b *testing.B) {
	list := exchangeDay(b, 5000)
	zone := shanghai(b)
	var book *ledger.Book
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		if n%len(list) == 0 {
			book = ledger.NewBook(zone)
		}
		e := list[n%len(list)]
		if err := book.Post(e); err != nil {
			b.Fatal(err)
		}
		if n%1024 == 0 {
			book.Forget(book.Next())
		}
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "entries/s")
}
