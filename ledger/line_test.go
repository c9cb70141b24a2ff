package ledger_test

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// FuzzParseLine holds that every accepted line is the one that its entry writes.
func FuzzParseLine(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := ledger.ParseLine(line)
		if err != nil {
			return
		}
		if again := e.AppendLine(nil); !bytes.Equal(again, line) {
			t.Errorf("read\n%s\nwrote\n%s", line, again)
		}
		for _, whole := range []bool{false, true} {
			moved, err := new(ledger.LineReader).Moved(line, func(ledger.Kind) bool { return whole })
			if err != nil || moved.Index != e.Index || !moved.At.Equal(e.At) || moved.On != e.On || moved.Kind != e.Kind ||
				!slices.Equal(moved.Postings, e.Postings) || whole && moved.Body == nil {
				t.Errorf("of %s\nmoved %v, %v\nwant %v", line, moved, err, e)
			}
		}
	})
}

// seeds adds the lines of the frozen journals: one of every kind at least.
func seeds(f *testing.F) {
	f.Helper()
	for line := range bytes.Lines([]byte(frozenText(f))) {
		f.Add(bytes.TrimSuffix(line, []byte("\n")))
	}
}

// TestFrozenLines holds that lines of the first format read, and write themselves, for ever.
func TestFrozenLines(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../testdata/formats/v1/lines.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[ledger.Kind]bool{}
	book := ledger.NewBook(shanghai(t))
	var lines [][]byte
	for line := range bytes.Lines(b) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		e, err := ledger.ParseLine(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if again := e.AppendLine(nil); !bytes.Equal(again, line) {
			t.Errorf("read\n%s\nwrote\n%s", line, again)
		}
		kinds[e.Kind] = true
		lines = append(lines, line)
		if err := ledgertest.Replay(book, line, lines); err != nil {
			t.Fatal(err)
		}
	}
	if len(kinds) != 25 {
		t.Errorf("the frozen journal has %d kinds, want all 25", len(kinds))
	}
}

// TestParseLineRefuses holds that a line which AppendLine would not have written does not parse, however little it differs.
func TestParseLineRefuses(t *testing.T) {
	t.Parallel()
	const good = `{"index":1,"at":"2026-11-23T00:00:00.000Z","on":"2026-11-23","kind":"unit_added","key":"k","digest":"LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=","actor":"U000001","body":{"unit":"C01","kind":"grid","name":"a\nb"}}`
	if _, err := ledger.ParseLine([]byte(good)); err != nil {
		t.Fatalf("the good line: %v", err)
	}
	for _, c := range []struct{ name, old, new string }{
		{"a space", `"index":1`, `"index": 1`},
		{"a leading zero", `"index":1`, `"index":01`},
		{"a plus", `"index":1`, `"index":+1`},
		{"a fraction", `"index":1`, `"index":1.0`},
		{"a negative index", `"index":1`, `"index":-1`},
		{"another order", `"key":"k","digest":"LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="`, `"digest":"LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=","key":"k"`},
		{"an unknown member", `"body":{`, `"body":{"x":1,`},
		{"an empty member", `"name":"a\nb"`, `"name":""`},
		{"a zero member", `"actor"`, `"rule":"","actor"`},
		{"another escape of a newline", `\n`, `\u000a`},
		{"an escape that is not needed", `"C01"`, `"C\u00301"`},
		{"a raw control character", `\n`, "\n"},
		{"a hash with hidden bits", `mCQ=`, `mCR=`},
		{"a day that does not exist", `"2026-11-23T`, `"2026-11-31T`},
		{"another zone", `.000Z`, `+00:00`},
		{"four decimals", `.000Z`, `.0000Z`},
		{"something behind it", `"}}`, `"}} `},
		{"invalid UTF-8", `a\nb`, "a\xffb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			line := bytes.Replace([]byte(good), []byte(c.old), []byte(c.new), 1)
			if bytes.Equal(line, []byte(good)) {
				t.Fatal("nothing was changed")
			}
			if e, err := ledger.ParseLine(line); err == nil {
				t.Errorf("%s reads as %v", line, e)
			}
		})
	}
	unknown := bytes.Replace([]byte(good), []byte("unit_added"), []byte("unit_sunk"), 1)
	if _, err := ledger.ParseLine(unknown); !errors.Is(err, ledger.ErrNewer) {
		t.Errorf("an unknown kind: got %v, want ErrNewer", err)
	}
}

// FuzzParseHead holds the same for head lines.
func FuzzParseHead(f *testing.F) {
	f.Add(ledger.Head{Size: 42, At: time.Date(2026, 11, 23, 8, 15, 30, 123e6, time.UTC)}.AppendLine(nil))
	f.Fuzz(func(t *testing.T, line []byte) {
		h, err := ledger.ParseHead(line)
		if err != nil {
			return
		}
		if again := h.AppendLine(nil); !bytes.Equal(again, line) {
			t.Errorf("read %s, wrote %s", line, again)
		}
	})
}

// FuzzParsePoints holds that an amount of points writes itself, and that nothing else reads.
func FuzzParsePoints(f *testing.F) {
	for _, s := range []string{"0.00", "12.50", "-3.2", "1e9", "１２", "00.1", "90071992547409.91", "90071992547409.92", "9999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ledger.ParsePoints(s)
		if err != nil {
			return
		}
		if back, err := ledger.ParsePoints(ledger.FormatPoints(p)); err != nil || back != p {
			t.Errorf("%q is %d, written %s, read %d, %v", s, p, ledger.FormatPoints(p), back, err)
		}
		if len(s) > 20 {
			t.Errorf("%q: too long for an amount", s)
		}
	})
}

func TestParsePoints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want ledger.Amount
		ok   bool
	}{
		{"0", 0, true},
		{"12.5", 1250, true},
		{"12.50", 1250, true},
		{"-0.01", -1, true},
		{"90071992547409.91", 1<<53 - 1, true},
		{"90071992547409.92", 0, false},
		{"999999999999999", 0, false},
		{"1e9", 0, false},
		{"1E3", 0, false},
		{"+1", 0, false},
		{"1.234", 0, false},
		{".5", 0, false},
		{"5.", 0, false},
		{"01", 0, false},
		{"1,000", 0, false},
		{"NaN", 0, false},
		{" 1", 0, false},
		{"", 0, false},
		{"-", 0, false},
	} {
		got, err := ledger.ParsePoints(c.in)
		if got != c.want || (err == nil) != c.ok {
			t.Errorf("ParsePoints(%q): got %d, %v", c.in, got, err)
		}
	}
}

// TestDates holds the edges that rules stand on.
func TestDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from   ledger.Date
		months int
		want   string
	}{
		{ledger.NewDate(2028, 2, 29), 12, "2029-02-28"},
		{ledger.NewDate(2026, 1, 31), 1, "2026-02-28"},
		{ledger.NewDate(2027, 12, 31), 2, "2028-02-29"},
		{ledger.NewDate(2026, 11, 30), 3, "2027-02-28"},
	} {
		if got := c.from.AddMonths(c.months); got.String() != c.want {
			t.Errorf("%s + %d months: got %s, want %s", c.from, c.months, got, c.want)
		}
	}
	zone := shanghai(t)
	midnight := time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC)
	if got := ledger.DateOf(midnight.In(zone)); got.String() != "2026-03-01" {
		t.Errorf("midnight in Shanghai: got %s, want 2026-03-01", got)
	}
	if got := ledger.DateOf(midnight.Add(-time.Millisecond).In(zone)); got.String() != "2026-02-28" {
		t.Errorf("a moment before midnight: got %s, want 2026-02-28", got)
	}
}

func TestIdentifiers(t *testing.T) {
	t.Parallel()
	if got := ledger.NewVolunteerID(1); got != "V0000018" {
		t.Errorf("the first volunteer number: got %s, want V0000018", got)
	}
	for s, want := range map[string]bool{
		"11010519491231002X": true, "11010519491231002x": true, "110105194912310021": false, "110105194902310023": false,
		"340000199001012000": false, "": false,
	} {
		if got := ledger.IDNumber(s); got != want {
			t.Errorf("IDNumber(%q): got %v", s, got)
		}
	}
	for _, s := range []ledger.Key{"a", "till/2026-11-23/17", "0190c6f0-7d0e-7cc0-8000-000000000000", "h/V0000018/A001/2026-11-22T08:00"} {
		if !s.Valid() {
			t.Errorf("key %s: want valid", s)
		}
	}
	for _, s := range []string{"17", "17.2", "17.3", "17.4096"} {
		if id, err := ledger.ParseLotID(s); err != nil || id.String() != s {
			t.Errorf("lot %s: got %s, %v", s, id, err)
		}
	}
	for _, s := range []string{"0", "17.1", "17.0", "017", "17.", "17.4097", "-1", "+1", "1.02"} {
		if id, err := ledger.ParseLotID(s); err == nil {
			t.Errorf("lot %s: got %s", s, id)
		}
	}
}
