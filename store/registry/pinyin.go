package registry

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// surnames is the table of surnames that are read otherwise than the same characters in a word, one a line.
//
//go:embed pinyin.txt
var surnames string

// reader knows how names are read. It is used by one goroutine at a time.
type reader struct {
	args     pinyin.Args
	surnames map[string][]string // the syllables of a surname
	read     map[rune][]string   // the readings of a character, once they were looked up
}

func newReader() *reader {
	r := &reader{args: pinyin.NewArgs(), surnames: map[string][]string{}, read: map[rune][]string{}}
	r.args.Heteronym = true
	for line := range strings.Lines(surnames) {
		name, syllables, _ := strings.Cut(strings.TrimSpace(line), " ")
		r.surnames[name] = strings.Fields(syllables)
	}
	return r
}

// readings returns the ways to read each character of a name.
func (r *reader) readings(name string) [][]string {
	runes := []rune(name)
	out := make([][]string, 0, len(runes))
	for n := min(2, len(runes)); n > 0; n-- {
		if s, ok := r.surnames[string(runes[:n])]; ok {
			for _, one := range s {
				out = append(out, []string{one})
			}
			runes = runes[n:]
			break
		}
	}
	for _, c := range runes {
		if one := r.character(c); one != nil {
			out = append(out, one)
		}
	}
	return out
}

// character returns the readings of a character; a letter is read as itself, and what is neither not at all.
func (r *reader) character(c rune) []string {
	if one, ok := r.read[c]; ok {
		return one
	}
	var one []string
	if unicode.Is(unicode.Han, c) {
		for _, s := range pinyin.SinglePinyin(c, r.args) {
			one = append(one, strings.ReplaceAll(s, "ü", "v"))
		}
		slices.Sort(one)
		one = slices.Compact(one)
	} else if unicode.IsLetter(c) {
		one = []string{strings.ToLower(string(c))}
	}
	r.read[c] = one
	return one
}

// spells reports whether letters spell a name: whole syllables, initials, or both mixed, from its first character or a later one on. The
// last syllable may be begun only.
func spells(readings [][]string, letters string) (from int, ok bool) {
	for i := range readings {
		if spellsFrom(readings[i:], letters) {
			return i, true
		}
	}
	return 0, false
}

func spellsFrom(readings [][]string, letters string) bool {
	if letters == "" {
		return true
	}
	if len(readings) == 0 {
		return false
	}
	for _, s := range readings[0] {
		if strings.HasPrefix(s, letters) {
			return true
		}
		for _, part := range []string{s, initial(s), s[:1]} {
			if rest, ok := strings.CutPrefix(letters, part); ok && spellsFrom(readings[1:], rest) {
				return true
			}
		}
	}
	return false
}

// initial returns the sound that a syllable begins with.
func initial(syllable string) string {
	for _, two := range []string{"zh", "ch", "sh"} {
		if strings.HasPrefix(syllable, two) {
			return two
		}
	}
	return syllable[:1]
}
