package person

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"aixin/ledger"
)

// middleDot is the one dot that names are kept with; keyboards and old files offer others that look alike.
const middleDot = '\u00b7'

// Normalize brings the details to the form that is stored and compared: full-width letters and digits become ASCII, spaces
// around go, and x ends an ID number as X.
func (p Person) Normalize() Person {
	p.ID = strings.ToUpper(squeeze(p.ID, ""))
	p.Name = NormalizeName(p.Name)
	p.Phone = NormalizePhone(p.Phone)
	p.IDNumber = NormalizeIDNumber(p.IDNumber)
	p.Address = strings.TrimSpace(p.Address)
	p.Need = strings.TrimSpace(p.Need)
	return p
}

// NormalizeName narrows full-width letters, gives every kind of middle dot one form, drops invisible characters, and makes
// any run of spaces one. Chinese names have no spaces: between Chinese characters they are typesetting and go. Characters that
// Unicode encodes twice (the old code pages did) take their one canonical form.
func NormalizeName(s string) string {
	var b strings.Builder
	pending := false // a space was seen and nothing after it yet
	last := rune(0)
	for _, r := range width.Fold.String(strings.ToValidUTF8(s, string(unicode.ReplacementChar))) {
		switch {
		case unicode.IsSpace(r):
			pending = last != 0
			continue
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector):
			continue
		case dotLike(r):
			r = middleDot
		}
		if pending && spaced(last) && spaced(r) {
			b.WriteByte(' ')
		}
		pending = false
		b.WriteRune(r)
		last = r
	}
	return norm.NFC.String(strings.Trim(b.String(), string(middleDot)+" "))
}

// dotLike reports whether r is written for the middle dot: bullet, hyphenation point, dot operator, katakana dots, and the
// dots of the Greek and Yi blocks.
func dotLike(r rune) bool {
	switch r {
	case '\u00b7', '\u2022', '\u2027', '\u2219', '\u22c5', '\u30fb', '\uff65', '\u0387':
		return true
	}
	return false
}

// spaced reports whether a space beside r can be part of a name.
func spaced(r rune) bool { return r != middleDot && !unicode.Is(unicode.Han, r) }

// NormalizePhone leaves the digits of a phone number, without separators and, before a mobile number, the country's code.
func NormalizePhone(s string) string {
	s = squeeze(s, "-()\u2013\u2014")
	for _, code := range []string{"+86", "0086", "86"} {
		if rest, ok := strings.CutPrefix(s, code); ok && Mobile(rest) {
			return rest
		}
	}
	return s
}

// NormalizeIDNumber narrows the digits, and writes the check character X as a capital.
func NormalizeIDNumber(s string) string { return strings.ToUpper(squeeze(s, "")) }

// squeeze narrows full-width characters and drops spaces, invisible characters, the apostrophe by which spreadsheets mark
// text, and the separators.
func squeeze(s, separators string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf) || r == '\'' || strings.ContainsRune(separators, r) {
			return -1
		}
		return r
	}, width.Fold.String(s))
}

// validName reports whether s could be a name: some letter, nothing that a name never has, no phone or ID number that
// slipped into its column, and not too long. A digit is
// allowed after the first character, because partner units are numbered.
func validName(s string) bool {
	n := utf8.RuneCountInString(s)
	if n == 0 || n > MaxName || ledger.Personal(s) {
		return false
	}
	letters := 0
	for i, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.Is(unicode.Co, r):
			// Private-use characters stand for rare ones in files that old systems wrote.
			letters++
		case unicode.IsDigit(r) && i > 0, unicode.IsMark(r):
		case r == middleDot, r == ' ', strings.ContainsRune("-'.()&,\u3001", r):
		default:
			return false
		}
	}
	return letters > 0
}
