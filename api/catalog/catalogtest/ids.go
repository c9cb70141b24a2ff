// Package catalogtest is what tests of pages hold their sentences to.
package catalogtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var tableName = regexp.MustCompile(`(?m)^\[([a-z_]+)`)

// IDs is a pattern, of Go and of browsers, that the id of a sentence matches which nobody wrote: it begins with the name of a table of the catalog,
// whose files are in the directory.
func IDs(dir string) string {
	names, err := filepath.Glob(filepath.Join(dir, "*.zh.toml"))
	if err != nil || len(names) == 0 {
		panic("no catalog in " + dir)
	}
	var tables []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			panic(err)
		}
		for _, m := range tableName.FindAllStringSubmatch(string(text), -1) {
			tables = append(tables, m[1])
		}
	}
	slices.Sort(tables)
	return `\b(?:` + strings.Join(slices.Compact(tables), "|") + `)\.[a-z_]+[a-z_.-]*`
}
