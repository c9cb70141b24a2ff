package notice_test

import (
	"bytes"
	"image"
	"image/png"
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

// A picture opens anywhere, and has the characters of its text, each its own, in lines that fit.
func TestPicture(t *testing.T) {
	t.Parallel()
	draw := func(text string) (image.Image, map[int]int) {
		content, err := notice.Picture(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		inked := map[int]int{} // dots of ink by line
		size := got.Bounds().Max
		for y := range size.Y {
			for x := range size.X {
				if got.At(x, y) != got.At(0, 0) {
					inked[y/40]++
					if x < 36 || x > size.X-36 {
						t.Fatalf("%.20q: ink at %d, %d, beside the lines", text, x, y)
					}
				}
			}
		}
		return got, inked
	}
	long, inked := draw(strings.Repeat("\u516c\u793a", 50) + "\nshort\n")
	if want := image.Pt(1080, 40*(4+2)); long.Bounds().Max != want {
		t.Errorf("got a picture of %v, want %v: a line of 100 Chinese characters takes three", long.Bounds().Max, want)
	}
	for line := 1; line <= 4; line++ {
		if inked[line] == 0 {
			t.Errorf("nothing is drawn in line %d", line)
		}
	}
	seen := map[string]string{}
	for _, text := range []string{"\u516c", "\u793a", "\u6b27", "\u9633", "\u5206", "\uff0c", "<", "&", "7", "Z", "\U00020BB7"} {
		_, inked := draw(text)
		content, err := notice.Picture(text)
		if other, ok := seen[string(content)]; inked[1] == 0 || ok || err != nil {
			t.Errorf("%s is drawn as %q, %v", text, other, err)
		}
		seen[string(content)] = text
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
