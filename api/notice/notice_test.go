package notice_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/api/catalog"
	"aixin/api/notice"
	"aixin/ledger"
)

// A notice says whose it is, how long it hangs and what is on it, the same whenever it is made again.
func TestCredits(t *testing.T) {
	t.Parallel()
	say, err := catalog.New(catalog.English)
	if err != nil {
		t.Fatal(err)
	}
	day := ledger.NewDate(2026, 9, 12)
	paper := notice.Paper{Name: "Willow", Notice: ledger.Notice{Unit: "C77", Number: 3, From: day.AddDays(2), Until: day.AddDays(5)}}
	got := notice.Credits(say, paper, []notice.Line{
		{ledger.Record{Index: 41, Kind: ledger.HoursDeclared, Start: ledger.NewStart(day, 8*60), Minutes: 150, Points: 250}, "Z*g", "Patrol"},
		{ledger.Record{Index: 42, Kind: ledger.ActsDeclared, On: day, Code: "RC03", Quantity: 60, Points: 200}, "V0000026", ""},
	})
	want := `Points on notice, C77/3
Willow (C77)
On notice from 2026-09-14 to 2026-09-17
These records were approved. They are credited once the notice has ended. Whoever knows better says so by then, with the number of the line.

41. Z*g: Patrol, 2026-09-12, 150 minutes, 2.50 points
42. V0000026: RC03 ×60, 2026-09-12, 2.00 points

2 records, 4.50 points
Made by the program from the book. Points thank volunteers; they are never bought, sold or paid out.
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if a, b := notice.Hash(got), notice.Hash(got+" "); len(a) != 64 || a == b {
		t.Errorf("hashes %s and %s", a, b)
	}
}

// A picture has every character of its text, in lines that fit.
func TestPicture(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("\u516c\u793a", 50) + " <&>\nshort\n"
	got := notice.Picture(long)
	if n := strings.Count(got, "<text "); n != 4 {
		t.Errorf("got %d lines, want 4: a line of 100 Chinese characters takes three", n)
	}
	if strings.Contains(got, "<&>") || !strings.Contains(got, "&lt;&amp;&gt;") {
		t.Error("what XML gives a meaning to is not escaped")
	}
}

// One is one, in English too.
func TestCountsOfOne(t *testing.T) {
	t.Parallel()
	say, err := catalog.New(catalog.English)
	if err != nil {
		t.Fatal(err)
	}
	paper := notice.Paper{Name: "Willow", Notice: ledger.Notice{Unit: "C77", Number: 3, Period: "2026-09"}}
	got := notice.Honours(say, paper, []notice.Honour{{Who: "Z*g", Minutes: 61}}, 1) + notice.Honours(say, paper, nil, 2)
	for _, want := range []string{"Z*g: 1 hour 1 minute\n", "1 volunteer agreed to be named; 1 other served.", "0 volunteers agreed to be named; 2 others served."} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q", got, want)
		}
	}
}
