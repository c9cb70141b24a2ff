package ledger

import (
	"fmt"
	"time"
)

// This file writes and reads civil time in the fixed forms of the journal. Package time does the calendar; its layouts are
// left aside, since a line has up to five dates and a verification reads millions of lines.

// The forms: "2026-11-23", "2026-11-23T08:15" and "2026-11-23T08:15:30.123Z".
const (
	dateForm    = "0000-00-00"
	startForm   = "0000-00-00T00:00"
	instantForm = "0000-00-00T00:00:00.000Z"
)

// appendNumber appends n with at least width digits.
func appendNumber(b []byte, n, width int) []byte {
	var buf [4]byte
	for i := width - 1; i >= 0; i-- {
		buf[i] = byte('0' + n%10)
		n /= 10
	}
	return append(b, buf[:width]...)
}

func appendDate(b []byte, t time.Time) []byte {
	y, m, d := t.Date()
	b = append(appendNumber(b, y, 4), '-')
	b = append(appendNumber(b, int(m), 2), '-')
	return appendNumber(b, d, 2)
}

func appendMinute(b []byte, t time.Time) []byte {
	h, m, _ := t.Clock()
	b = append(appendDate(b, t), 'T')
	b = append(appendNumber(b, h, 2), ':')
	return appendNumber(b, m, 2)
}

func appendInstant(b []byte, t time.Time) []byte {
	b = append(appendMinute(b, t), ':')
	b = append(appendNumber(b, t.Second(), 2), '.')
	return append(appendNumber(b, t.Nanosecond()/1e6, 3), 'Z')
}

// parseCivil reads text of one of the forms as a time in UTC; ok is false where a digit is none or the calendar has no such
// time.
func parseCivil(s, form string) (t time.Time, ok bool) {
	if len(s) != len(form) {
		return t, false
	}
	var part [7]int // year, month, day, hour, minute, second, millisecond
	n := 0
	for i := range len(form) {
		switch {
		case form[i] != '0' && s[i] != form[i]:
			return t, false
		case form[i] != '0':
			n++
		case s[i] < '0' || s[i] > '9':
			return t, false
		default:
			part[min(n, 6)] = part[min(n, 6)]*10 + int(s[i]-'0')
		}
	}
	y, mo, d, h, mi, sec, ms := part[0], part[1], part[2], part[3], part[4], part[5], part[6]
	if y < 1970 || mo < 1 || mo > 12 || d < 1 || h > 23 || mi > 59 || sec > 59 {
		return t, false
	}
	t = time.Date(y, time.Month(mo), d, h, mi, sec, ms*1e6, time.UTC)
	return t, t.Day() == d
}

func parseInstant(s string) (time.Time, error) {
	t, ok := parseCivil(s, instantForm)
	if !ok {
		return t, fmt.Errorf("time %.30q: want %s", s, instantLayout)
	}
	return t, nil
}
