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

// checkExpiry lists what is malformed about the way to expire.
func (r *Rule) checkExpiry(f *faults) {
	ways := []string{"", ExpiresMonths, ExpiresYearEnd, ExpiresMonthEnd, ExpiresQuarterEnd, ExpiresDay}
	f.want(slices.Contains(ways, r.Expires), "expires", "expires")
	switch r.Expires {
	case ExpiresYearEnd, ExpiresMonthEnd, ExpiresQuarterEnd:
	case "", ExpiresDay:
		f.want(r.ExpiresIn == 0, "expires_in", "expires_in")
	default:
		f.want(r.ExpiresIn != 0, "expires_in", "expires_in")
	}
	f.want(r.ExpiresIn >= 0 && r.ExpiresIn <= 120, "expires_in", "expires_in")
	f.want((r.Expires == ExpiresDay) == (r.ExpiresOn != 0) && (r.ExpiresOn == 0 || r.ExpiresOn.valid()), "expires_on", "expires_on")
}
