package sheet

import (
	_ "embed" // words.toml
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
)

//go:embed words.toml
var wordsFile string

// words is how people name columns and write hours and days. It is read once and never changes.
type words struct {
	Subtotals []string
	Minutes   []string
	Ignored   []string
	Results   []string
	Durations map[string]string
	Moments   map[string]string
	Times     map[string]string
	Headers   map[string]map[field][]string

	duration, moment, times *strings.Replacer
}

// vocabulary returns the words of words.toml. The file is part of the program, so a mistake in it is a mistake in the program.
var vocabulary = sync.OnceValue(func() *words {
	w := &words{}
	if err := toml.NewDecoder(strings.NewReader(wordsFile)).DisallowUnknownFields().Decode(w); err != nil {
		panic(fmt.Sprintf("words.toml: %v", err))
	}
	w.duration, w.moment, w.times = replacer(w.Durations), replacer(w.Moments), replacer(w.Times)
	return w
})

// replacer replaces the longest words first, since at one place it takes the first that fits.
func replacer(pairs map[string]string) *strings.Replacer {
	keys := make([]string, 0, len(pairs))
	for k := range pairs {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if d := len(b) - len(a); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	args := make([]string, 0, 2*len(keys))
	for _, k := range keys {
		args = append(args, k, pairs[k])
	}
	return strings.NewReplacer(args...)
}

// field looks a header up: the form's own headers first, then those of every form. A header with a remark in brackets is
// looked up without it where it is not known with it; minutes reports a remark that says minutes.
func (w *words) field(f Form, header string) (found field, minutes bool) {
	h := tidyHeader(header)
	plain, remark := h, ""
	if i := strings.IndexByte(h, '('); i > 0 {
		plain, remark = h[:i], strings.Trim(h[i:], "()")
	}
	minutes = slices.Contains(w.Minutes, remark)
	for _, name := range []string{h, plain} {
		for _, table := range []string{string(f), "common"} {
			for at, headers := range w.Headers[table] {
				if slices.ContainsFunc(headers, func(known string) bool { return tidyHeader(known) == name }) {
					return at, minutes
				}
			}
		}
	}
	return "", minutes
}

// known lists the first header of each field of a form in both languages' order: what to tell somebody whose file has none.
func (w *words) known(f Form) []string {
	var list []string
	for _, at := range forms[f].fields {
		for _, table := range []string{string(f), "common"} {
			if headers := w.Headers[table][at]; len(headers) > 0 {
				list = append(list, headers[0])
				break
			}
		}
	}
	return list
}

// first returns the header that people know a field by.
func (w *words) first(f Form, at field) string {
	for _, table := range []string{string(f), "common"} {
		if headers := w.Headers[table][at]; len(headers) > 0 {
			return headers[0]
		}
	}
	return string(at)
}

// ignores reports whether a header is known to carry nothing for the book.
func (w *words) ignores(header string) bool {
	h := tidyHeader(header)
	plain, _, _ := strings.Cut(h, "(")
	return slices.ContainsFunc(w.Ignored, func(known string) bool { k := tidyHeader(known); return k == h || k == plain })
}

// subtotal reports whether a cell begins a row of sums.
func (w *words) subtotal(cell string) bool {
	c := tidyHeader(cell)
	return slices.ContainsFunc(w.Subtotals, func(word string) bool {
		rest, ok := strings.CutPrefix(c, word)
		return ok && strings.Trim(rest, ":;,.()0123456789") == ""
	})
}
