package person_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// The table is looked up as text, so its form matters: one surname a line, each once, in order, and nothing else.
func TestSurnamesTable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("surnames.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if !slices.IsSorted(lines) || len(slices.Compact(slices.Clone(lines))) != len(lines) {
		t.Error("got an order that is not sorted, or a line twice")
	}
	for _, line := range lines {
		if utf8.RuneCountInString(line) != 2 || strings.ContainsFunc(line, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) {
			t.Errorf("got %q, want two Chinese characters", line)
		}
	}
}
