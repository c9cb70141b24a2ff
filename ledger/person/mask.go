package person

import (
	_ "embed"
	"strings"
)

// surnames is the table of compound surnames, one a line.
//
//go:embed surnames.txt
var surnames string

// MaskName returns the name as lists show it; see the package comment for the rule.
func MaskName(name string) string {
	runes := []rune(NormalizeName(name))
	n := len(runes)
	switch {
	case n == 0:
		return ""
	case n == 1:
		return "*"
	case n > 2 && compound(string(runes[:2])):
		return string(runes[:2]) + stars(runes[2:])
	}
	if between := stars(runes[1 : n-1]); strings.Contains(between, "*") {
		return string(runes[:1]) + between + string(runes[n-1:])
	}
	// Nothing stands between the first and the last: showing both would show all.
	return string(runes[:1]) + stars(runes[1:])
}

// compound reports whether s is a surname of two characters.
func compound(s string) bool { return strings.Contains("\n"+surnames, "\n"+s+"\n") }

// stars writes a star for each rune, except that dots and spaces stay: they tell which kind of name it is and nothing else.
func stars(runes []rune) string {
	var b strings.Builder
	for _, r := range runes {
		if r != middleDot && r != ' ' {
			r = '*'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// shownDigits of a phone number tell two relatives apart on a list, and cannot be called.
const shownDigits = 4

// MaskPhone returns the last four digits, or nothing where these would be most of the number.
func MaskPhone(phone string) string {
	phone = NormalizePhone(phone)
	if len(phone) <= 2*shownDigits || !digits(phone) {
		return ""
	}
	return phone[len(phone)-shownDigits:]
}
