package ledger

import (
	"slices"
	"time"
)

// Ways to expire at the end of a period, and on a day (B22). Points that are worth nothing after the month or quarter of their
// credit expire at its end.
const (
	ExpiresMonthEnd   = "month-end"
	ExpiresQuarterEnd = "quarter-end"
	ExpiresDay        = "day"
	ExpiresNever      = "never" // of a class that says so; of earned points, and of a class that says nothing, "" is never
)

// periodEnd returns the last day of the period that is n periods after the day's own; a year is a whole number of periods.
func periodEnd(on Date, months, n int) Date {
	y, m, _ := on.Time().Date()
	first := (int(m)-1)/months*months + 1
	return NewDate(y, time.Month(first+(n+1)*months), 0)
}

// nextDay returns the day itself, or once it is past, its first return in a later year that is not before on.
func nextDay(day, on Date) Date {
	years := max(0, on.Time().Year()-day.Time().Year())
	if next := day.AddMonths(12 * years); next >= on {
		return next
	}
	return day.AddMonths(12 * (years + 1))
}

// way walks the way to expire. Those that end with a period or on a day came with format 2, though the member did not.
func (r *Rule) way(c *codec) {
	text(c, "expires", &r.Expires)
	if !slices.Contains([]string{"", ExpiresMonths, ExpiresYearEnd}, r.Expires) {
		c.format = max(c.format, 2)
	}
}

// lastDay returns the last usable day of points given on a day, by a way to expire; none where they never lapse.
func lastDay(way string, in int64, day, on Date) Date {
	switch way {
	case ExpiresMonths:
		return on.AddMonths(int(in))
	case ExpiresYearEnd:
		return on.YearEnd(int(in))
	case ExpiresMonthEnd:
		return periodEnd(on, 1, int(in))
	case ExpiresQuarterEnd:
		return periodEnd(on, 3, int(in))
	case ExpiresDay:
		return nextDay(day, on)
	}
	return 0
}

func ways() []string {
	return []string{"", ExpiresMonths, ExpiresYearEnd, ExpiresMonthEnd, ExpiresQuarterEnd, ExpiresDay}
}

// checkWay lists what is malformed about a way to expire, whose members have a prefix.
func checkWay(f *faults, prefix, way string, in int64, day Date) {
	f.want(slices.Contains(ways(), way), prefix+"expires", "expires")
	switch way {
	case ExpiresYearEnd, ExpiresMonthEnd, ExpiresQuarterEnd:
	case "", ExpiresDay:
		f.want(in == 0, prefix+"expires_in", "expires_in")
	default:
		f.want(in != 0, prefix+"expires_in", "expires_in")
	}
	f.want(in >= 0 && in <= 120, prefix+"expires_in", "expires_in")
	f.want((way == ExpiresDay) == (day != 0) && (day == 0 || day.valid()), prefix+"expires_on", "expires_on")
}
