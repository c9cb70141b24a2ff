package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"
)

// Plain is a table whose columns mean what a rule says: the lists that are held against the book.
type Plain struct {
	Encoding Encoding // of a text file
	SHA256   string
	Header   []string // tidied
	Lines    []PlainLine
	Sums     int // rows of sums, left out
}

// PlainLine is one row below the header.
type PlainLine struct {
	Number int // in the file, from 1
	Cells  []string
}

// Cell returns the text of a column, empty where the row is shorter.
func (l PlainLine) Cell(i int) string {
	if i < 0 || i >= len(l.Cells) {
		return ""
	}
	return tidy(l.Cells[i])
}

// ReadPlain reads a table. The header is the first row that has all the wanted columns; the first row where none is wanted.
func ReadPlain(r io.Reader, wanted ...string) (*Plain, error) {
	var lines []PlainLine
	p, err := readPlain(r, &grid{bounds: sent()}, wanted, func(_ *Plain, l PlainLine) error {
		lines = append(lines, l)
		return nil
	})
	if err != nil {
		return nil, err
	}
	p.Lines = lines
	return p, nil
}

// readPlain reads a table and hands on each row below the header, as the grid comes to it.
func readPlain(r io.Reader, g *grid, wanted []string, below func(*Plain, PlainLine) error) (*Plain, error) {
	var f File
	var err error
	if f.bytes, err = g.read(r); err != nil { // decode lets go of them where the grid streams
		return nil, err
	}
	sum := sha256.Sum256(f.bytes)
	p := &Plain{SHA256: hex.EncodeToString(sum[:])}
	looked, found := 0, false
	take := func(l line) error {
		if found {
			return p.under(l, below)
		}
		if looked++; looked <= headerRows {
			found = p.headed(l, wanted)
		}
		return nil
	}
	streams := g.take != nil
	if streams {
		g.take = take
	}
	if err := f.decode(Mapping{}, g); err != nil {
		return nil, err
	}
	if p.Encoding = f.Encoding; !streams {
		for _, l := range g.lines {
			if err := take(l); err != nil {
				return nil, err
			}
		}
	}
	if !found {
		return nil, &FileError{Code: "no_header", Data: map[string]any{"Known": strings.Join(wanted, ", ")}}
	}
	return p, nil
}

// headed takes a row for the header if it has all the wanted columns.
func (p *Plain) headed(l line, wanted []string) bool {
	p.Header = make([]string, len(l.cells))
	for j, c := range l.cells {
		p.Header[j] = headerText(c)
	}
	return !slices.ContainsFunc(wanted, func(w string) bool { return p.Column(w) < 0 })
}

// under hands on a row below the header, unless it is one of sums.
func (p *Plain) under(l line, below func(*Plain, PlainLine) error) error {
	first := slices.IndexFunc(l.cells, func(c string) bool { return strings.TrimSpace(c) != "" })
	if first >= 0 && vocabulary().subtotal(l.cells[first]) {
		p.Sums++
		return nil
	}
	return below(p, PlainLine{l.number, l.cells})
}

// Column finds a column by its header, or -1.
func (p *Plain) Column(header string) int {
	return slices.IndexFunc(p.Header, func(h string) bool { return h != "" && tidyHeader(h) == tidyHeader(header) })
}

// PersonalColumns are the columns of a table that say who somebody is; -1 where there is none.
type PersonalColumns struct{ Name, Phone, IDNumber int }

// Personal finds the columns that say who somebody is, by the headers that the imports know.
func (p *Plain) Personal() PersonalColumns {
	c := PersonalColumns{-1, -1, -1}
	for i, h := range p.Header {
		at, _ := vocabulary().field(Volunteers, h)
		switch at { //nolint:exhaustive // the rest says nothing of who somebody is
		case fieldName:
			c.Name = i
		case fieldPhone:
			c.Phone = i
		case fieldIDNumber:
			c.IDNumber = i
		}
	}
	return c
}

// ReadPersonal reads a table with columns that say who people are: its header is the first row that has one.
func ReadPersonal(r io.Reader) (*Plain, PersonalColumns, error) {
	p, err := ReadPlain(r)
	if err != nil {
		return nil, PersonalColumns{}, err
	}
	for i, l := range append([]PlainLine{{Cells: p.Header}}, p.Lines...) {
		header := make([]string, len(l.Cells))
		for c, text := range l.Cells {
			header[c] = headerText(text)
		}
		below := &Plain{Encoding: p.Encoding, SHA256: p.SHA256, Header: header, Lines: p.Lines[min(i, len(p.Lines)):], Sums: p.Sums}
		if c := below.Personal(); c.Any() {
			return below, c, nil
		}
		if i >= headerRows {
			break
		}
	}
	return nil, PersonalColumns{}, &FileError{Code: "no_personal"}
}

// Impersonal reports whether a column is one that the imports know, and that does not say who somebody is.
func (p *Plain) Impersonal(i int) bool {
	known := false
	for _, form := range Forms() {
		switch at, _ := vocabulary().field(form, p.Header[i]); at {
		case fieldName, fieldPhone, fieldIDNumber:
			return false
		case "":
		default:
			known = true
		}
	}
	return known
}

// Any reports whether there is such a column.
func (c PersonalColumns) Any() bool { return c.Name >= 0 || c.Phone >= 0 || c.IDNumber >= 0 }

// Headers names them as they stand in a table.
func (c PersonalColumns) Headers(p *Plain) string {
	var list []string
	for _, i := range []int{c.Name, c.Phone, c.IDNumber} {
		if i >= 0 {
			list = append(list, p.Header[i])
		}
	}
	return strings.Join(list, ", ")
}
