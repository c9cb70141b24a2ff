package sheet

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// tidy makes full-width letters, digits and punctuation plain, drops characters that nobody sees, and trims spaces. It also
// takes off the marks with which people keep a spreadsheet from changing a number: a leading apostrophe, or ="…" around it.
func tidy(s string) string {
	if !plain(s) {
		s = folded(s)
	}
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, `="`); ok && strings.HasSuffix(inner, `"`) {
		s = strings.TrimSuffix(inner, `"`)
	}
	return strings.TrimSpace(strings.TrimPrefix(s, "'"))
}

// plain reports whether nothing of a cell is to be folded, which is so of most of them: a list may have millions.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// folded returns a cell with the narrow form of every character, one kind of dash and of space, and nothing invisible.
func folded(s string) string {
	s = width.Fold.String(s)
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u2212' || r == '\u2013' || r == '\u2014' || r == '\uff0d': // minus, en dash, em dash, full-width minus
			return '-'
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}

// compact is tidy without any spaces, in lower case: for what is read by a grammar.
func compact(s string) string {
	return strings.ToLower(strings.ReplaceAll(tidy(s), " ", ""))
}

// tidyHeader makes headers comparable: "* 身份证号 （必填）" names the same column as "身份证号(必填)".
func tidyHeader(s string) string {
	return strings.Trim(strings.ReplaceAll(compact(s), "_", ""), "*:")
}

// tidyCode is for identifiers, which are written in capitals.
func tidyCode(s string) string { return strings.ToUpper(compact(s)) }
