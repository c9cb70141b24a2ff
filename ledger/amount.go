package ledger

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Amount is a quantity in a commodity's minor unit: hundredths of a point, minutes, pieces. A debit is positive, a credit
// negative. Its magnitude never passes MaxAmount, so that every amount is exact in JSON numbers and sums cannot overflow.
type Amount int64

// Abs returns the magnitude of a.
func (a Amount) Abs() Amount {
	if a < 0 {
		return -a
	}
	return a
}

// within reports whether a is representable in a posting.
func (a Amount) within() bool { return -MaxAmount <= a && a <= MaxAmount }

// pointPlaces is the number of decimals of a point: a tenth is needed, a hundredth is kept.
const pointPlaces = 2

// FormatPoints writes a in points with two decimals: 1250 is "12.50", 0 is "0.00".
func FormatPoints(a Amount) string {
	b := make([]byte, 0, 24)
	if a < 0 {
		b = append(b, '-')
	}
	n := a.Abs()
	b = strconv.AppendInt(b, int64(n/100), 10)
	return string(append(b, '.', byte('0'+n/10%10), byte('0'+n%10)))
}

// FormatQuantity writes how many of what an act was: 60 in bags is "60 bags".
func FormatQuantity(n int64, countedIn string) string {
	return strings.TrimSpace(strconv.FormatInt(n, 10) + " " + countedIn)
}

// ParsePoints reads a plain decimal amount of points: an optional minus, digits, and at most two decimals. It is the
// inverse of FormatPoints. Exponents, signs other than minus, grouping and full-width digits are refused; a file reader
// that accepts those turns them into this grammar first.
func ParsePoints(s string) (Amount, error) {
	if !plainAmount(s) {
		return 0, fmt.Errorf("amount %.20q: want digits with at most two decimals, such as 12.50", s)
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return 0, fmt.Errorf("amount %.20q: %w", s, err)
	}
	a := Amount(d.Shift(pointPlaces).IntPart())
	if !a.within() {
		return 0, fmt.Errorf("amount %.20q: larger than %s", s, FormatPoints(MaxAmount))
	}
	return a, nil
}

// plainAmount reports whether s is [-]digits[.d[d]] and short enough that it cannot overflow. "1e9999" is six bytes and ten
// thousand digits, so decimal never sees text that does not already look like an amount.
func plainAmount(s string) bool {
	whole, frac, dotted := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if !digits(whole, 1, 15) || (len(whole) > 1 && whole[0] == '0') {
		return false
	}
	return !dotted || digits(frac, 1, 2)
}

// digits reports whether s is between least and most ASCII digits.
func digits(s string, least, most int) bool {
	if len(s) < least || len(s) > most {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// share returns a × num / den, rounded towards zero. It reports false where the product leaves the range of an amount.
// num and den are small positive quantities; den is never zero.
func share(a Amount, num, den int64) (Amount, bool) {
	if a != 0 && num > int64(MaxAmount)/int64(a.Abs()) {
		return 0, false
	}
	return Amount(int64(a) * num / den), true
}
