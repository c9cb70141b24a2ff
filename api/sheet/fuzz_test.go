package sheet_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"aixin/api/sheet"
	"aixin/ledger"
)

func TestDuration(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want ledger.Amount
		code string
	}{
		{"2小时30分", 150, ""},
		{"2 小时 30 分钟", 150, ""},
		{"2.5", 150, ""},
		{".5", 30, ""},
		{"２．５", 150, ""},
		{"2.5小时", 150, ""},
		{"2个半小时", 150, ""},
		{"2小时半", 150, ""},
		{"半小时", 30, ""},
		{"半个小时", 30, ""},
		{"150分钟", 150, ""},
		{"150分", 150, ""},
		{"90m", 90, ""},
		{"1h 5m", 65, ""},
		{"2 hours 30 minutes", 150, ""},
		{"2:30", 150, ""},
		{"2：30", 150, ""},
		{"2:30:00", 150, ""},
		{"0.1", 6, ""},
		{"24", 1440, ""},
		{"", 0, "required"},
		{"0", 0, "not_zero"},
		{"-1", 0, "negative"},
		{"－1", 0, "negative"},
		{"1e9", 0, "exponent"},
		{"1E+2", 0, "exponent"},
		{"0.33", 0, "duration_fraction"},
		{"24.5", 0, "duration_long"},
		{"24:01", 0, "duration_long"},
		{"2:60", 0, "duration"},
		{"2:5", 0, "duration"},
		{"2:30:15", 0, "duration"},
		{"2.5小时30分", 0, "duration"},
		{"半天", 0, "duration"},
		{"2小时30分30秒", 0, "duration"},
		{"99999999999999999999", 0, "duration"},
		{"0.00001", 0, "duration"},
		{"h", 0, "duration"},
		{":", 0, "duration"},
	}
	for _, tt := range tests {
		if got, code := sheet.ParseDuration(tt.text); got != tt.want || code != tt.code {
			t.Errorf("%q: got %d %q, want %d %q", tt.text, got, code, tt.want, tt.code)
		}
	}
}

func TestMoment(t *testing.T) {
	t.Parallel()
	day := ledger.NewDate(2024, 3, 5)
	tests := []struct {
		text string
		want sheet.Moment
	}{
		{"2024-03-05", sheet.Moment{Date: day}},
		{"2024.3.5", sheet.Moment{Date: day}},
		{"2024/3/5", sheet.Moment{Date: day}},
		{"2024年3月5日", sheet.Moment{Date: day}},
		{"2024 年 3 月 5 号", sheet.Moment{}}, // spaces inside a date are two cells in one; see below
		{"２０２４．３．５", sheet.Moment{Date: day}},
		{"20240305", sheet.Moment{Date: day}},
		{"45356", sheet.Moment{Date: day}},
		{"45356.3333333333", sheet.Moment{Date: day, Minute: 480, Clock: true}},
		{"45356.999999", sheet.Moment{Date: day.AddDays(1), Clock: true}},
		{"2024-03-05 08:00", sheet.Moment{Date: day, Minute: 480, Clock: true}},
		{"2024-03-05T08:00", sheet.Moment{Date: day, Minute: 480, Clock: true}},
		{"2024/3/5 8:00:59", sheet.Moment{Date: day, Minute: 480, Clock: true}},
		{"2024年3月5日8时30分", sheet.Moment{Date: day, Minute: 510, Clock: true}},
		{"2024年3月5日 8点", sheet.Moment{Date: day, Minute: 480, Clock: true}},
		{"8:30", sheet.Moment{Minute: 510, Clock: true}},
		{"8时", sheet.Moment{Minute: 480, Clock: true}},
	}
	for _, tt := range tests {
		got, code := sheet.ParseMoment(tt.text)
		if (code != "") != (tt.want == sheet.Moment{}) || got != tt.want {
			t.Errorf("%q: got %+v %q, want %+v", tt.text, got, code, tt.want)
		}
	}
	for _, bad := range []string{"3.5", "2024.3", "2024-13-01", "2023-02-29", "24-3-5", "2024-3-5 25:00", "2024-3-5 8:00 9:00", "3月5日", "1969-01-01", "明天", "1e5", "-45356", "8:30 2024-3-5"} {
		if got, code := sheet.ParseMoment(bad); code != "date" {
			t.Errorf("%q: got %+v %q, want date", bad, got, code)
		}
	}
}

func TestPoints(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want ledger.Amount
		code string
	}{
		{"12.50", 1250, ""},
		{"12.5", 1250, ""},
		{".5", 50, ""},
		{"5.", 500, ""},
		{"3.2000", 320, ""},
		{"1,234,567.8", 123456780, ""},
		{"１２", 1200, ""},
		{"007", 700, ""},
		{"", 0, "required"},
		{"0", 0, "not_zero"},
		{"0.00", 0, "not_zero"},
		{"-5", 0, "negative"},
		{"−5", 0, "negative"},
		{"1e9", 0, "exponent"},
		{"1.005", 0, "decimals"},
		{"1,5", 0, "number"},
		{"1,2345", 0, "number"},
		{"+5", 0, "number"},
		{"5分", 0, "number"},
		{".", 0, "number"},
		{"1.2.3", 0, "number"},
		{"90071992547409.92", 0, "overflow"},
		{"99999999999999999999", 0, "overflow"},
	}
	for _, tt := range tests {
		if got, code := sheet.ParsePoints(tt.text); got != tt.want || code != tt.code {
			t.Errorf("%q: got %d %q, want %d %q", tt.text, got, code, tt.want, tt.code)
		}
	}
}

func TestQuantity(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want int64
		code string
	}{
		{"60", 60, ""},
		{"６０", 60, ""},
		{"60.0", 60, ""},
		{"1,000", 1000, ""},
		{"", 0, "required"},
		{"0", 0, "not_zero"},
		{"-1", 0, "negative"},
		{"1.5", 0, "whole"},
		{"1e9", 0, "exponent"},
		{"100001", 0, "overflow"},
		{"99999999999999999999", 0, "overflow"},
		{"many", 0, "number"},
	}
	for _, tt := range tests {
		if got, code := sheet.ParseQuantity(tt.text); got != tt.want || code != tt.code {
			t.Errorf("%q: got %d %q, want %d %q", tt.text, got, code, tt.want, tt.code)
		}
	}
}

// What parses is in range, and reads the same when it is written and read again.
func FuzzDuration(f *testing.F) {
	for _, s := range []string{"2小时30分", "2.5", ".5", "150分钟", "2:30", "1e9", "-1", "２．５", "24:00", "半小时"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		minutes, code := sheet.ParseDuration(s)
		if (code == "") != (minutes > 0) || minutes > ledger.MaxMinutes {
			t.Fatalf("%q: got %d %q", s, minutes, code)
		}
		if code != "" {
			return
		}
		if again, code := sheet.ParseDuration(sheet.FormatDuration(minutes)); again != minutes || code != "" {
			t.Errorf("%q: %d minutes are read again as %d %q", s, minutes, again, code)
		}
	})
}

func FuzzMoment(f *testing.F) {
	for _, s := range []string{"2024.3.5", "2024年3月5日8时30分", "45356.333", "8:30", "20240305", "2024-03-05T08:00:00", "9999-12-31"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, code := sheet.ParseMoment(s)
		if code != "" {
			if m != (sheet.Moment{}) {
				t.Fatalf("%q: refused with %s, and a value %+v", s, code, m)
			}
			return
		}
		if (m.Date == 0 && !m.Clock) || m.Minute < 0 || m.Minute >= ledger.MaxMinutes || (!m.Clock && m.Minute != 0) {
			t.Fatalf("%q: got %+v", s, m)
		}
		if m.Date == 0 {
			return
		}
		if again, code := sheet.ParseMoment(m.Date.String()); again.Date != m.Date || code != "" {
			t.Errorf("%q: day %s is read again as %s %q", s, m.Date, again.Date, code)
		}
	})
}

func FuzzPoints(f *testing.F) {
	for _, s := range []string{"12.50", ".5", "1,234.5", "007", "1e9", "90071992547409.91", "1.005", "-5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, code := sheet.ParsePoints(s)
		if (code == "") != (a > 0) || a > ledger.MaxAmount {
			t.Fatalf("%q: got %d %q", s, a, code)
		}
		if code != "" {
			return
		}
		if again, code := sheet.ParsePoints(ledger.FormatPoints(a)); again != a || code != "" {
			t.Errorf("%q: %d is read again as %d %q", s, a, again, code)
		}
	})
}

// Any bytes are read or refused as a whole; rows are inside the limits, and every row of a file that was read is said to be
// something.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"roster-resaved-gbk.csv", "platform.csv", "bad/duration.csv", "bad/broken-encoding.csv", "bad/unclosed-quote.csv"} {
		f.Add(fuzzSeed(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if bytes.HasPrefix(b, []byte("PK")) {
			return // workbooks are a library's to fuzz
		}
		file, err := sheet.Read(bytes.NewReader(b), sheet.Hours, sheet.Mapping{})
		if err != nil {
			if wrong, ok := errors.AsType[*sheet.FileError](err); !ok || strings.Contains(wrong.Error(), "\n") {
				t.Fatalf("got %v, want a file error on one line", err)
			}
			return
		}
		last := file.HeaderRow
		for _, r := range file.Rows {
			if r.Number <= last || (!r.Subtotal && r.Record == nil) {
				t.Fatalf("row %d after row %d: %+v", r.Number, last, r)
			}
			last = r.Number
		}
	})
}

func fuzzSeed(f *testing.F, name string) []byte {
	f.Helper()
	b, err := readFile(name)
	if err != nil {
		f.Fatal(err)
	}
	return b
}

// Whatever is written as a table is read back as the same cells, up to the apostrophe that keeps a formula from running; and no
// cell begins as a formula does.
func FuzzTable(f *testing.F) {
	f.Add("=1+1", "plain")
	f.Add("-5", "\"quoted\"")
	f.Add("two\nlines", "@x")
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) || strings.Contains(a+b, "\r") {
			return
		}
		var out bytes.Buffer
		table, err := sheet.NewTable(&out, sheet.TableOptions{Format: "csv"})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(table.Row(a, b, "end"), table.Close()); err != nil {
			t.Fatal(err)
		}
		record, err := csv.NewReader(&out).Read()
		if err != nil && !errors.Is(err, io.EOF) {
			t.Fatalf("%q %q: %v", a, b, err)
		}
		for i, want := range []string{a, b} {
			got := record[i]
			if got != want && got != "'"+want {
				t.Errorf("got %q, want %q", got, want)
			}
			if got != "" && strings.ContainsAny(got[:1], "=+@\t") {
				t.Errorf("%q would run", got)
			}
		}
	})
}
