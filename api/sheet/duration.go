package sheet

import (
	"fmt"
	"strconv"
	"strings"

	"aixin/ledger"
)

// FormatDuration writes minutes as hours and minutes: 150 is "2:30".
func FormatDuration(minutes ledger.Amount) string {
	return fmt.Sprintf("%d:%02d", minutes/60, minutes%60)
}

// ParseDuration reads a duration as people write one: 2.5 or .5 (hours), 2:30, 150m, and the same with words (2 hours 30
// minutes, in the languages of words.toml). The code is empty or says what is wrong. Durations are whole minutes: a third of
// an hour has to be written as 20 minutes, since nobody should have to guess how 0.33 was meant.
func ParseDuration(s string) (minutes ledger.Amount, code string) {
	t := compact(s)
	if t == "" {
		return 0, "required"
	}
	if exponent(t) {
		return 0, "exponent"
	}
	if strings.HasPrefix(t, "-") {
		return 0, "negative"
	}
	tenThousandths, ok := durationOf(strings.ReplaceAll(vocabulary().duration.Replace(t), " ", ""))
	switch {
	case !ok:
		return 0, "duration"
	case tenThousandths == 0:
		return 0, "not_zero"
	case tenThousandths%fixed != 0:
		return 0, "duration_fraction"
	case tenThousandths/fixed > ledger.MaxMinutes:
		return 0, "duration_long"
	}
	return ledger.Amount(tenThousandths / fixed), ""
}

// fixed is the scale of the decimals that a duration may have.
const fixed = 10_000

// durationOf reads the plain grammar into ten-thousandths of a minute: H, H.d, H:MM, H:MM:00, Hh, HhMm, Mm.
func durationOf(s string) (int64, bool) {
	if h, m, ok := strings.Cut(s, ":"); ok {
		m = strings.TrimSuffix(m, ":00")
		hours, ok1 := decimals(h)
		mins, ok2 := decimals(m)
		return hours*60 + mins, ok1 && ok2 && hours%fixed == 0 && len(m) == 2 && mins < 60*fixed
	}
	if h, m, ok := strings.Cut(s, "h"); ok {
		hours, okHours := decimals(h)
		if m == "" {
			return hours * 60, okHours
		}
		m = strings.TrimSuffix(m, "m")
		mins, okMins := decimals(m)
		return hours*60 + mins, okHours && okMins && hours%fixed == 0 && mins < 60*fixed
	}
	if m, ok := strings.CutSuffix(s, "m"); ok {
		return decimals(m)
	}
	hours, ok := decimals(s)
	return hours * 60, ok
}

// decimals reads D, D.d or .d into ten-thousandths; at most nine digits before the point and four that count after it.
func decimals(s string) (int64, bool) {
	whole, frac, dotted := strings.Cut(s, ".")
	frac = strings.TrimRight(frac, "0")
	if (whole == "" && !dotted) || s == "." || len(whole) > 9 || len(frac) > 4 {
		return 0, false
	}
	for _, part := range []string{whole, frac} {
		if strings.Trim(part, "0123456789") != "" {
			return 0, false
		}
	}
	n, err := strconv.ParseInt("0"+whole+frac+strings.Repeat("0", 4-len(frac)), 10, 64)
	return n, err == nil
}

// exponent reports whether s is a number in scientific notation, which a spreadsheet makes of long numbers.
func exponent(s string) bool {
	mantissa, power, ok := strings.Cut(strings.ToLower(s), "e")
	return ok && mantissa != "" && power != "" && strings.Trim(mantissa, "+-.0123456789") == "" && strings.Trim(power, "+-0123456789") == ""
}
