package sheet

import (
	"fmt"
	"io"
	"strings"
)

// bounds are how large a file may be, and how many rows it may have.
type bounds struct{ file, rows, unzipped int64 }

// sent bounds what is sent to a server; held what is read where the book is.
func sent() bounds { return bounds{MaxFile, MaxRows, MaxUnzipped} }
func held() bounds { return bounds{MaxListFile, MaxListRows, MaxListUnzipped} }

// read returns the bytes of a file.
func (b bounds) read(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, b.file+1))
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	if int64(len(text)) > b.file {
		return nil, &FileError{Code: "file_large", Data: map[string]any{"Most": b.file >> 20}}
	}
	return text, nil
}

// grid is the text of a table as it stands in the file, before anybody asks what it means.
type grid struct {
	bounds
	lines     []line
	take      func(line) error // takes each line instead of lines where it is set; it must keep none of the cells
	count     int64
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
	if g.count == g.bounds.rows {
		return &FileError{Code: "too_many_rows", Data: map[string]any{"Most": g.bounds.rows}}
	}
	for _, c := range cells[:end] {
		if len(c) > MaxCell {
			return &FileError{Code: "cell_large", Data: map[string]any{"Line": number, "Most": MaxCell}}
		}
	}
	g.count++
	l := line{number, cells[:end:end]}
	if g.take != nil {
		return g.take(l)
	}
	g.lines = append(g.lines, l)
	return nil
}

// blocks returns the merged blocks that a row is part of.
func (g *grid) blocks(number int) []area {
	var list []area
	for _, a := range g.merged {
		if a.top <= number && number <= a.bottom {
			list = append(list, a)
		}
	}
	return list
}

// covering returns the text of the block that a column is part of.
func covering(blocks []area, column int) (text string, merged bool) {
	for _, a := range blocks {
		if a.left <= column && column <= a.right {
			return a.text, true
		}
	}
	return "", false
}
