package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"aixin/ledger"
)

// BenchmarkDecide decides, appends and posts one credit after another in a complete book: the cost of the law without the
// keeping of the book, by a rule that says nothing but a price, and by one with every term that a record is held against.
func BenchmarkDecide(b *testing.B) {
	price := ledger.Rule{
		ID: "hours", Version: 1, From: ledger.NewDate(2020, 1, 1),
		Rates: []ledger.HourRate{{Code: "VH01", Points: 100}}, Earns: []ledger.Capture{ledger.Scan},
	}
	scheme := price
	scheme.Step, scheme.HalfUp, scheme.Least = 15, true, 30
	scheme.SessionCap, scheme.DayCap, scheme.DayLimit, scheme.Sessions = 240, 480, 720, 3
	scheme.Expires, scheme.ExpiresIn = ledger.ExpiresYearEnd, 1
	scheme.Overlap, scheme.LongDay = "hold", ledger.LongDay{Minutes: 480}
	scheme.Caps = []ledger.Cap{
		{Code: "VH01", Per: ledger.Monthly, Points: 10_000, Over: ledger.OverClipped},
		{Of: ledger.EachUnit, Per: ledger.Yearly, Points: 1 << 40, Over: ledger.OverClipped},
	}
	scheme.Boosts = []ledger.Boost{{Code: "VH01", Percent: 200, From: ledger.NewDate(2020, 1, 1), Until: ledger.NewDate(2030, 1, 1), Cap: 50}}
	b.Run("core", func(b *testing.B) { benchmarkDecide(b, price) })
	b.Run("scheme", func(b *testing.B) { benchmarkDecide(b, scheme) })
}

func benchmarkDecide(b *testing.B, rule ledger.Rule) {
	b.Helper()
	book := ledger.NewBook(shanghai(b))
	at := time.Date(2026, 6, 1, 2, 0, 0, 0, time.UTC)
	do := func(n int, actor ledger.StaffID, a ledger.Action) ledger.Entry {
		c := ledger.Command{Key: ledger.Key(fmt.Sprintf("b/%d", n)), Actor: actor, Do: a}
		if w := book.Needs(c); len(w) > 0 {
			b.Fatalf("wants %v", w)
		}
		if _, answered, err := book.Answered(c); err != nil || answered {
			b.Fatalf("answered: %v, %v", answered, err)
		}
		e, err := book.Decide(c, at)
		if err != nil {
			b.Fatal(err)
		}
		if err := book.Post(e); err != nil {
			b.Fatal(err)
		}
		return e
	}
	for i, a := range []ledger.Action{
		&ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.test/bench", Zone: "Asia/Shanghai"},
		&ledger.Appoint{Staff: "U000001", Roles: []ledger.Role{ledger.Admin}},
		&ledger.Appoint{Staff: "U000003", Roles: []ledger.Role{ledger.Steward, ledger.Leader}},
		&ledger.Appoint{Staff: "U000002", Roles: []ledger.Role{ledger.Reviewer}},
		&ledger.SetRule{Rule: rule},
		&ledger.AddUnit{Unit: "C01", Kind: ledger.Community, Name: "unit"},
		&ledger.AddActivity{Activity: "A001", Unit: "C01", Code: "VH01", Name: "patrol"},
	} {
		actor := ledger.StaffID("U000001")
		switch {
		case i == 0:
			actor = ""
		case i > 3:
			actor = "U000003"
		}
		do(-1-i, actor, a)
	}
	for i := range 1000 {
		do(-100-i, "U000003", &ledger.Enroll{Volunteer: ledger.NewVolunteerID(i + 1), Unit: "C01"})
	}
	var line []byte
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		day := ledger.NewDate(2020, 1, 1).AddDays(n / 1000 % 2000)
		e := do(2*n, "U000003", &ledger.DeclareHours{
			Volunteer: ledger.NewVolunteerID(n%1000 + 1), Activity: "A001", Minutes: 60, Capture: ledger.Scan,
			Start: ledger.NewStart(day, 480+n/2_000_000*60),
		})
		line = e.AppendLine(line[:0])
		ledger.LeafHash(line)
		e = do(2*n+1, "U000002", &ledger.Approve{Record: e.Index})
		line = e.AppendLine(line[:0])
		ledger.LeafHash(line)
		book.Forget(book.Next())
		n++
	}
	b.ReportMetric(float64(2*n)/b.Elapsed().Seconds(), "entries/s")
}
