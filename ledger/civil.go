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

// appendTwo appends the last two digits of a number.
func appendTwo(b []byte, n int) []byte { return append(b, byte('0'+n/10%10), byte('0'+n%10)) }

func appendDate(b []byte, t time.Time) []byte {
	y, m, d := t.Date()
	b = append(appendTwo(appendTwo(b, y/100), y), '-')
	b = append(appendTwo(b, int(m)), '-')
	return appendTwo(b, d)
}

func appendMinute(b []byte, t time.Time) []byte {
	h, m, _ := t.Clock()
	b = append(appendDate(b, t), 'T')
	return appendTwo(append(appendTwo(b, h), ':'), m)
}

func appendInstant(b []byte, t time.Time) []byte {
	b = append(appendMinute(b, t), ':')
	b = append(appendTwo(b, t.Second()), '.')
	milli := t.Nanosecond() / 1e6
	return append(appendTwo(append(b, byte('0'+milli/100%10)), milli), 'Z')
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
