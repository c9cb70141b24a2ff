package sheet

import "strings"

// grid is the text of a table as it stands in the file, before anybody asks what it means.
type grid struct {
	lines     []line
	worksheet string // of a workbook
	others    int    // visible worksheets that were not read
	merged    []area // cells merged over several rows
	date1904  bool
}

// line is one row that has something in it.
type line struct {
	number int // in the file, from 1, as a spreadsheet shows it
	cells  []string
}

// area is a block of merged cells: rows as numbered in the file, columns from 0.
type area struct {
	top, bottom, left, right int
	text                     string
}

// cell returns the text of a column, empty where the row is shorter.
func (l line) cell(i int) string {
	if i < 0 || i >= len(l.cells) {
		return ""
	}
	return l.cells[i]
}

// add takes a row in, or leaves a blank one out, and holds the limits.
func (g *grid) add(number int, cells []string) error {
	end := len(cells)
	for end > 0 && strings.TrimSpace(cells[end-1]) == "" {
		end--
	}
	if end == 0 {
		return nil
	}
	if end > MaxColumns {
		return &FileError{Code: "too_many_columns", Data: map[string]any{"Line": number, "Most": MaxColumns}}
	}
	if len(g.lines) == MaxRows {
		return &FileError{Code: "too_many_rows", Data: map[string]any{"Most": MaxRows}}
	}
	for _, c := range cells[:end] {
		if len(c) > MaxCell {
			return &FileError{Code: "cell_large", Data: map[string]any{"Line": number, "Most": MaxCell}}
		}
	}
	g.lines = append(g.lines, line{number, cells[:end:end]})
	return nil
}

// covers reports whether a cell belongs to a block that is merged over several rows, and the text of the block.
func (g *grid) covers(number, column int) (string, bool) {
	for _, a := range g.merged {
		if a.top <= number && number <= a.bottom && a.left <= column && column <= a.right {
			return a.text, true
		}
	}
	return "", false
}
