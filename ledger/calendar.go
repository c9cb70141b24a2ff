package ledger

import (
	"slices"
	"time"
)

// This family says which days are working days, where a year's holidays and shifted days differ from its weeks.

// CalendarSet states the holidays of a year, replacing what was said of it before.
const CalendarSet Kind = "calendar_set"

// SetCalendar says which working days of a year are holidays, and which days of its weekends are worked. By a steward or admin.
type SetCalendar struct {
	Year     int
	Holidays []Date // in order
	Workdays []Date // in order
}

// Calendar is the fact: what was said of each year, in order of years.
type Calendar struct {
	Years []SetCalendar
}

// calendarBody returns an empty body of the kind above, or nil.
func calendarBody(k Kind) Body {
	if k == CalendarSet {
		return &SetCalendar{}
	}
	return nil
}

func (a *SetCalendar) fields(c *codec) {
	number(c, "year", &a.Year)
	dates(c, "holidays", &a.Holidays)
	dates(c, "workdays", &a.Workdays)
}

func (f *Calendar) fields(c *codec) {
	list(c, "years", &f.Years, func(c *codec, y *SetCalendar) { y.fields(c) })
}

// dates walks a member that is an array of days; an empty one is left out.
func dates(c *codec, name string, v *[]Date) {
	array(c, name, v, func(c *codec, d *Date) {
		if !c.reading {
			put(c, *d)
			return
		}
		s := c.text()
		got, err := ParseDate(s)
		if err != nil || got.String() != s {
			c.fail("member %s: not a day: %.20q", name, s)
		}
		*d = got
	})
}

func (a *SetCalendar) kind() Kind { return CalendarSet }

func (a *SetCalendar) roles() anyOf { return anyOf{Steward, Admin} }

func (a *SetCalendar) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *SetCalendar) check(f *faults) {
	f.want(a.Year > 1970 && a.Year <= 9999, "year", "year")
	f.want(a.orderly(a.Holidays), "holidays", "calendar_days")
	twice := slices.ContainsFunc(a.Workdays, func(d Date) bool { return slices.Contains(a.Holidays, d) })
	f.want(a.orderly(a.Workdays) && !twice, "workdays", "calendar_days")
}

// orderly reports whether the days are days of the year, each once and in order.
func (a *SetCalendar) orderly(days []Date) bool {
	for i, d := range days {
		if !d.valid() || d.year() != a.Year || (i > 0 && d <= days[i-1]) {
			return false
		}
	}
	return true
}

func (a *SetCalendar) needs(b *Book, _ Command, w *Wants) { b.calendar.want(w, single{}) }

func (a *SetCalendar) decide(_ *Book, _ Command, d *draft) *Rejection { return d.itself(a, nil) }

func (a *SetCalendar) asked() (Action, Index) { return a, 0 }

func (a *SetCalendar) holds(*Book, Entry) ([]Posting, error) { return nil, nil }

func (a *SetCalendar) fold(b *Book, _ Entry) {
	f := b.calendar.edit(single{})
	i, found := slices.BinarySearchFunc(f.Years, a.Year, func(y SetCalendar, year int) int { return y.Year - year })
	if found {
		f.Years = slices.Delete(slices.Clone(f.Years), i, i+1)
	}
	f.Years = slices.Insert(f.Years, i, *a)
}

// Works reports whether a day is a working day. A year that nothing was said of has its weeks and no holidays.
func (f Calendar) Works(d Date) bool {
	i := slices.IndexFunc(f.Years, func(y SetCalendar) bool { return y.Year == d.year() })
	if i >= 0 && slices.Contains(f.Years[i].Holidays, d) {
		return false
	}
	week := d.Weekday()
	return (week != time.Saturday && week != time.Sunday) || (i >= 0 && slices.Contains(f.Years[i].Workdays, d))
}

// WorkingDays returns the n-th working day after a day.
func (f Calendar) WorkingDays(from Date, n int) Date {
	for d := from; ; {
		if n <= 0 || d >= lastDate {
			return d
		}
		if d++; f.Works(d) {
			n--
		}
	}
}
