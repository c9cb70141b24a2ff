package sheet

import (
	"strings"

	"aixin/ledger"
)

// ParsePoints reads an amount of points as spreadsheets show one: with a grouping comma, without a zero before the point, with
// zeros after the second decimal. The code is empty or says what is wrong; what is read is always above zero.
func ParsePoints(s string) (a ledger.Amount, code string) {
	t := compact(s)
	switch {
	case t == "":
		return 0, "required"
	case exponent(t):
		return 0, "exponent"
	case strings.HasPrefix(t, "-"):
		return 0, "negative"
	}
	plain, code := plainNumber(t)
	if code != "" {
		return 0, code
	}
	whole, frac, dotted := strings.Cut(plain, ".")
	if len(whole) > 15 {
		return 0, "overflow"
	}
	if dotted && len(frac) > 2 {
		return 0, "decimals"
	}
	a, err := ledger.ParsePoints(plain)
	switch {
	case err != nil:
		return 0, "overflow"
	case a == 0:
		return 0, "not_zero"
	}
	return a, ""
}

// plainNumber takes off grouping commas, leading zeros and needless trailing zeros, and refuses everything else that is no
// plain decimal.
func plainNumber(s string) (plain, code string) {
	whole, frac, dotted := strings.Cut(s, ".")
	whole, ok := ungroup(whole)
	if !ok || (whole == "" && frac == "") || strings.Trim(whole+frac, "0123456789") != "" {
		return "", "number"
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	frac = strings.TrimRight(frac, "0")
	if !dotted || frac == "" {
		return whole, ""
	}
	return whole + "." + frac, ""
}

// ungroup takes commas out of 1,234,567 and out of nothing else: 1,5 may be a decimal comma, so it is refused.
func ungroup(s string) (string, bool) {
	groups := strings.Split(s, ",")
	for i, g := range groups {
		if len(groups) > 1 && (len(g) > 3 || g == "" || (i > 0 && len(g) != 3)) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// ParseQuantity reads a whole number from 1 to ledger.MaxQuantity.
func ParseQuantity(s string) (n int64, code string) {
	t := compact(s)
	switch {
	case t == "":
		return 0, "required"
	case exponent(t):
		return 0, "exponent"
	case strings.HasPrefix(t, "-"):
		return 0, "negative"
	}
	plain, code := plainNumber(t)
	if code != "" {
		return 0, code
	}
	if strings.Contains(plain, ".") {
		return 0, "whole"
	}
	if len(plain) > 9 {
		return 0, "overflow"
	}
	for i := range len(plain) {
		n = n*10 + int64(plain[i]-'0')
	}
	switch {
	case n == 0:
		return 0, "not_zero"
	case n > ledger.MaxQuantity:
		return 0, "overflow"
	}
	return n, ""
}
