package sheet

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// header finds the row that names the columns, below titles and instructions, and returns its place among the lines.
func (f *File) header(m Mapping) (int, error) {
	best, bestColumns := -1, []Column(nil)
	for i, l := range f.grid.lines[:min(len(f.grid.lines), headerRows)] {
		if m.HeaderRow > 0 && l.number != m.HeaderRow {
			continue
		}
		columns := f.columns(l, m)
		if len(columns) > len(bestColumns) {
			best, bestColumns = i, columns
		}
		if m.HeaderRow == 0 && len(f.lacks(columns)) == 0 {
			break
		}
	}
	known := strings.Join(vocabulary().known(f.Form), ", ")
	if best < 0 {
		return 0, &FileError{Code: "no_header", Data: map[string]any{"Known": known}}
	}
	f.Columns, f.HeaderRow = bestColumns, f.grid.lines[best].number
	unknown := f.unknown(f.grid.lines[best])
	if lacking := f.lacks(bestColumns); len(lacking) > 0 {
		return 0, &FileError{Code: "missing_column", Data: map[string]any{
			"Missing": strings.Join(lacking, "; "), "Line": f.HeaderRow, "Found": headers(bestColumns), "Unknown": strings.Join(unknown, ", "),
		}}
	}
	if m.Strict && len(unknown) > 0 {
		return 0, &FileError{Code: "unknown_column", Data: map[string]any{"Unknown": strings.Join(unknown, ", "), "Known": known}}
	}
	f.Ignored = unknown
	return best, f.repeated()
}

// headerBottom is the last row of the header: one whose cells are merged downwards has a second row, with parts of columns.
func (f *File) headerBottom() int {
	bottom := f.HeaderRow
	for _, a := range f.grid.blocks(f.HeaderRow) {
		bottom = max(bottom, a.bottom)
	}
	return bottom
}

// columns looks the cells of a row up as headers: those of the mapping first, then the known ones.
func (f *File) columns(l line, m Mapping) []Column {
	var columns []Column
	for i, cell := range l.cells {
		if strings.TrimSpace(cell) == "" {
			continue
		}
		c := Column{Header: headerText(cell), index: i, mins: m.Minutes}
		for name, header := range m.Columns {
			if tidyHeader(header) == tidyHeader(cell) {
				c.at = field(name)
			}
		}
		if c.at == "" {
			at, minutes := vocabulary().field(f.Form, cell)
			if _, mapped := m.Columns[string(at)]; mapped || !forms[f.Form].has(at) {
				continue // the mapping says where that field is
			}
			c.at, c.mins = at, c.mins || minutes
		}
		columns = append(columns, c)
	}
	return columns
}

// lacks names the columns that the form cannot do without and that are not there; a group is joined by slashes.
func (f *File) lacks(columns []Column) []string {
	var missing []string
	for _, group := range forms[f.Form].needs {
		there := slices.ContainsFunc(columns, func(c Column) bool { return slices.Contains(group, c.at) })
		if there {
			continue
		}
		names := make([]string, len(group))
		for i, at := range group {
			names[i] = vocabulary().first(f.Form, at)
		}
		missing = append(missing, strings.Join(names, "/"))
	}
	return missing
}

// unknown lists the headers that neither the form nor the list of harmless columns knows.
func (f *File) unknown(l line) []string {
	var list []string
	for i, cell := range l.cells {
		used := slices.ContainsFunc(f.Columns, func(c Column) bool { return c.index == i })
		if used || strings.TrimSpace(cell) == "" || vocabulary().ignores(cell) {
			continue
		}
		list = append(list, headerText(cell))
	}
	return list
}

// repeated refuses two columns that mean the same: which of the two holds, only a mapping can say.
func (f *File) repeated() error {
	seen := map[field]string{}
	for _, c := range f.Columns {
		if other, ok := seen[c.at]; ok {
			return &FileError{Code: "repeated_column", Data: map[string]any{"First": other, "Second": c.Header}}
		}
		seen[c.at] = c.Header
	}
	return nil
}

func headers(columns []Column) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.Header
	}
	return strings.Join(list, ", ")
}

// headerText is a header as it is shown in messages: on one line and not longer than a header is. A number in it is no header's:
// a file without a header has somebody's ID number there.
func headerText(s string) string {
	s = tidy(s)
	if strings.IndexFunc(s, unicode.IsDigit) >= 0 && len(strings.TrimFunc(s, func(r rune) bool { return !unicode.IsDigit(r) })) > 5 {
		return "…"
	}
	if utf8.RuneCountInString(s) > 20 {
		s = string([]rune(s)[:20]) + "…"
	}
	return s
}
