package ledger

import (
	"fmt"
	"strings"
	"time"
)

// Date is a civil day, as days since 1970-01-01. The zero Date is no date: nothing in the scheme happened in 1970.
type Date int64

const secondsPerDay = 24 * 60 * 60

// lastDate is 9999-12-31: what comes after it does not fit the form in which dates are written.
const lastDate Date = 2_932_896

// valid reports whether d is a day that can be written.
func (d Date) valid() bool { return 0 < d && d <= lastDate }

// DateOf returns the day of t in t's own location.
func DateOf(t time.Time) Date {
	_, offset := t.Zone()
	return Date((t.Unix() + int64(offset)) / secondsPerDay)
}

// NewDate returns the day; values outside their range are normalised as by time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// ParseDate reads YYYY-MM-DD, from 1970-01-02 to 9999-12-31.
func ParseDate(s string) (Date, error) {
	t, ok := parseCivil(s, dateForm)
	if !ok {
		return 0, fmt.Errorf("date %.20q: want YYYY-MM-DD", s)
	}
	d := DateOf(t)
	if d == 0 {
		return 0, fmt.Errorf("date %s: before the first day that the ledger knows", s)
	}
	return d, nil
}

// String writes YYYY-MM-DD, and nothing for no date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return string(d.appendTo(nil))
}

func (d Date) appendTo(b []byte) []byte { return appendDate(b, d.Time()) }

// Time returns midnight UTC of the day.
func (d Date) Time() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// AddDays returns the day n days later.
func (d Date) AddDays(n int) Date { return d + Date(n) }

// AddMonths returns the same day n months later, or the last day of that month where it is shorter: one month after
// 31 January is 28 or 29 February, and a year after 29 February is 28 February.
func (d Date) AddMonths(n int) Date {
	y, m, day := d.Time().Date()
	last := time.Date(y, m+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return NewDate(y, m+time.Month(n), min(day, last))
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }

func (d Date) year() int { return d.Time().Year() }

// YearEnd returns 31 December of the year that is n years after d's.
func (d Date) YearEnd(n int) Date { return NewDate(d.year()+n, time.December, 31) }

// MarshalText and UnmarshalText let a Date stand in JSON and TOML as YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	v, err := ParseDate(string(b))
	*d = v
	return err
}

// Start is the civil minute at which a service began, as minutes since 1970-01-01T00:00 in the book's zone. Civil time and
// not an instant, because that is what a roster says.
type Start int64

// ParseStart reads YYYY-MM-DDTHH:MM.
func ParseStart(s string) (Start, error) {
	t, ok := parseCivil(s, startForm)
	if !ok || t.Year() < 1971 {
		return 0, fmt.Errorf("start %.20q: want YYYY-MM-DDTHH:MM", s)
	}
	return Start(t.Unix() / 60), nil
}

// NewStart returns the minute of day d, counted from midnight.
func NewStart(d Date, minute int) Start { return Start(int64(d)*MaxMinutes + int64(minute)) }

// On returns the day on which the service began; all of it counts as served on that day.
func (s Start) On() Date { return Date(s / MaxMinutes) }

// String writes YYYY-MM-DDTHH:MM.
func (s Start) String() string { return string(s.appendTo(nil)) }

// Spaced writes YYYY-MM-DD HH:MM, as people read it; nothing of none.
func (s Start) Spaced() string {
	if s == 0 {
		return ""
	}
	return strings.Replace(s.String(), "T", " ", 1)
}

func (s Start) appendTo(b []byte) []byte {
	return appendMinute(b, time.Unix(int64(s)*60, 0).UTC())
}

// MarshalText lets a Start stand in JSON.
func (s Start) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Start) UnmarshalText(b []byte) error {
	v, err := ParseStart(string(b))
	*s = v
	return err
}
