package sheet

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"aixin/ledger"
)

// Moment is a day, a time of day, or both, as a cell gives them.
type Moment struct {
	Date   ledger.Date // none where the cell has only a time of day
	Minute int         // of the day; meaningful where Clock is set
	Clock  bool        // the cell has a time of day
}

// serialFirst and serialLast bound the numbers that are read as a spreadsheet's days (1970 to 2119): no other cell of a date
// column is five digits.
const (
	serialFirst = 25570
	serialLast  = 80000

	// serialEpoch is the spreadsheet's number of 1970-01-01, in the calendar that most workbooks use.
	serialEpoch = 25569
	// serial1904 is how many days the calendar of old Macintosh workbooks is behind.
	serial1904 = 1462
)

// ParseMoment reads a day and a time of day as people write them: 2024-3-5, 2024.3.5, 2024/3/5, 20240305, with words, with a
// time such as 8:00 or 08:00:00 after it, a time alone, or a spreadsheet's serial number. The code is empty or says what is wrong.
func ParseMoment(s string) (m Moment, code string) {
	t := strings.ToLower(tidy(s))
	if t == "" {
		return Moment{}, "required"
	}
	if serial, ok := fromSerial(t); ok {
		return serial, ""
	}
	parts := strings.Fields(vocabulary().moment.Replace(t))
	if len(parts) == 0 || len(parts) > 2 {
		return Moment{}, "date"
	}
	if strings.Contains(parts[0], ":") {
		m.Minute, m.Clock = clock(parts[0])
		if !m.Clock || len(parts) > 1 {
			return Moment{}, "date"
		}
		return m, ""
	}
	date, ok := civil(strings.TrimSuffix(parts[0], "-"))
	if !ok {
		return Moment{}, "date"
	}
	m.Date = date
	if len(parts) == 2 {
		if m.Minute, m.Clock = clock(parts[1]); !m.Clock {
			return Moment{}, "date"
		}
	}
	return m, ""
}

// civil reads Y-M-D, or eight digits.
func civil(s string) (ledger.Date, bool) {
	if len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	parts := strings.Split(s, "-")
	if len(parts) != 3 || len(parts[0]) != 4 {
		return 0, false
	}
	for i, p := range parts[1:] {
		if len(p) == 1 {
			parts[i+1] = "0" + p
		}
	}
	d, err := ledger.ParseDate(strings.Join(parts, "-"))
	return d, err == nil
}

// clock reads H:MM, H:MM:SS (seconds are dropped: a record begins at a minute) or "H:".
func clock(s string) (minute int, ok bool) {
	if strings.HasSuffix(s, ":") {
		s += "00"
	}
	for _, layout := range []string{"15:04", "15:04:05", "15:4"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Hour()*60 + t.Minute(), true
		}
	}
	return 0, false
}

// fromSerial reads a spreadsheet's number of days, with the time of day as its fraction.
func fromSerial(s string) (Moment, bool) {
	whole, frac, dotted := strings.Cut(s, ".")
	days, err := strconv.Atoi(whole)
	if err != nil || len(whole) != 5 || days < serialFirst || days > serialLast {
		return Moment{}, false
	}
	m := Moment{Date: ledger.Date(days - serialEpoch)}
	if !dotted {
		return m, true
	}
	minute, ok := minuteOf(frac)
	if !ok {
		return Moment{}, false
	}
	if minute == ledger.MaxMinutes { // the last half minute of a day is the next midnight
		return Moment{Date: m.Date.AddDays(1), Clock: true}, true
	}
	m.Minute, m.Clock = minute, true
	return m, true
}

// minuteOf turns the decimals of a day into minutes, rounded to the nearest: 0.333333333 is 480.
func minuteOf(frac string) (int, bool) {
	if frac == "" || len(frac) > 20 || strings.Trim(frac, "0123456789") != "" {
		return 0, false
	}
	d, err := decimal.NewFromString("0." + frac)
	if err != nil {
		return 0, false
	}
	return int(d.Mul(decimal.NewFromInt(ledger.MaxMinutes)).Round(0).IntPart()), true
}

// from1904 moves a serial number of the 1904 calendar to the usual one; other text stays as it is.
func from1904(s string) string {
	whole, frac, dotted := strings.Cut(tidy(s), ".")
	days, err := strconv.Atoi(whole)
	if err != nil || days < serialFirst-serial1904 || days > serialLast {
		return s
	}
	whole = strconv.Itoa(days + serial1904)
	if dotted {
		return whole + "." + frac
	}
	return whole
}
