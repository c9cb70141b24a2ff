package sheet

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"aixin/ledger"
	"aixin/ledger/person"
)

// Format is the kind of a file.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// File is a file that was read: what it is, which columns were found, and its rows.
type File struct {
	Form      Form
	Format    Format
	Encoding  Encoding // of a text file
	SHA256    string   // of the file's bytes
	Worksheet string   // of a workbook
	Others    int      // visible worksheets that were not read
	HeaderRow int      // number of the row that names the columns
	Columns   []Column // that were found, in the order of the file
	Ignored   []string // headers that nobody knows
	Rows      []*Row   // every row below the header that is not blank

	bytes  []byte
	grid   *grid
	params Params
}

// Column is a column that the form knows.
type Column struct {
	Header string
	at     field
	index  int
	mins   bool // bare durations are minutes
}

// Row is one row of a file and what became of it.
type Row struct {
	Number    int    // in the file, from 1, as a spreadsheet shows it
	Subtotal  bool   // a row of sums, skipped
	Record    Record // nil for a row of sums
	Faults    []Fault
	Volunteer ledger.VolunteerID // set by Plan, or by Enroll for somebody new
	Same      int                // number of an earlier row that says the same; this one is skipped
	Command   *ledger.Command    // set by Plan where nothing is wrong
	Outcome   *Outcome           // set by the caller once the command was submitted

	line line
}

// Read reads a file of a form. The error is a *FileError where the file as a whole cannot be taken.
func Read(r io.Reader, f Form, m Mapping) (*File, error) {
	if _, ok := forms[f]; !ok {
		return nil, &FileError{Code: "form", Data: map[string]any{"Form": string(f), "Known": join(Forms())}}
	}
	if err := m.check(f); err != nil {
		return nil, err
	}
	b, err := sent().read(r)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	file := &File{Form: f, SHA256: hex.EncodeToString(sum[:]), bytes: b}
	if err := file.decode(m, &grid{bounds: sent()}); err != nil {
		return nil, err
	}
	file.Worksheet, file.Others = file.grid.worksheet, file.grid.others
	start, err := file.header(m)
	if err != nil {
		return nil, err
	}
	below := file.headerBottom()
	for _, l := range file.grid.lines[start+1:] {
		if l.number <= below {
			continue
		}
		row, err := file.row(l, m)
		if err != nil {
			return nil, err
		}
		file.Rows = append(file.Rows, row)
	}
	if len(file.Rows) == 0 {
		return nil, &FileError{Code: "no_rows", Data: map[string]any{"Line": file.HeaderRow}}
	}
	return file, nil
}

// decode finds out what the bytes are, whatever the file is called, and reads them into a grid.
func (f *File) decode(m Mapping, g *grid) error {
	f.grid = g
	kind, err := fileKind(f.bytes, g.unzipped)
	if err != nil {
		return err
	}
	switch kind {
	case "text":
		var text string
		if text, f.Encoding, err = decodeText(f.bytes); err != nil {
			return err
		}
		f.Format = CSV
		if g.take != nil {
			f.bytes = nil // nobody asks for them again
		}
		err = readCSV(text, g)
	case "xlsx":
		f.Format = XLSX
		err = readXLSX(f.bytes, m.Worksheet, g)
	default:
		return &FileError{Code: "wrong_kind", Data: map[string]any{"Kind": kind}}
	}
	if err == nil && g.count == 0 {
		err = &FileError{Code: "empty"}
	}
	return err
}

// fileKind says what the bytes are by how they begin.
func fileKind(b []byte, unzipped int64) (string, error) {
	switch {
	case len(bytes.TrimSpace(bytes.TrimPrefix(b, bomUTF8))) == 0:
		return "", &FileError{Code: "empty"}
	case bytes.HasPrefix(b, []byte("PK\x03\x04")), bytes.HasPrefix(b, []byte("PK\x05\x06")):
		return workbookKind(b, unzipped)
	case bytes.HasPrefix(b, []byte("\xD0\xCF\x11\xE0")):
		return "xls", nil
	case bytes.HasPrefix(b, []byte("%PDF")):
		return "pdf", nil
	case bytes.HasPrefix(b, []byte("\x89PNG")), bytes.HasPrefix(b, []byte("\xFF\xD8\xFF")), bytes.HasPrefix(b, []byte("GIF8")):
		return "picture", nil
	case bytes.HasPrefix(bytes.TrimSpace(bytes.ToLower(b[:min(len(b), 64)])), []byte("<")):
		return "html", nil // also what some platforms call .xls
	}
	return "text", nil
}

// row reads the cells of one line into a record.
func (f *File) row(l line, m Mapping) (*Row, error) {
	row := &Row{Number: l.number, line: l}
	if f.subtotal(l) {
		row.Subtotal = true
		return row, nil
	}
	row.Record = forms[f.Form].blank()
	cells, blocks := row.Record.cells(), f.grid.blocks(l.number)
	for _, c := range f.Columns {
		text := l.cell(c.index)
		if merged, ok := covering(blocks, c.index); ok {
			if !c.at.repeats() {
				row.Faults = append(row.Faults, Fault{Column: c.Header, Code: "merged"})
				continue
			}
			text = merged
		}
		if into := cells[c.into()]; into != nil && *into == "" {
			*into = f.tidyCell(c, text, m)
		}
	}
	if acts, ok := row.Record.(*ActsRow); ok {
		acts.split(f.column(fieldQuantity) != "")
	}
	wrong, err := misshapen(row.Record)
	if err != nil {
		return nil, err
	}
	for _, w := range wrong {
		row.blame(f, w)
	}
	return row, nil
}

// into returns the field that the column fills: minutes are a way to write a duration.
func (c Column) into() field {
	if c.at == fieldMinutes {
		return fieldDuration
	}
	return c.at
}

// tidyCell makes the text of a cell what its field's grammar reads.
func (f *File) tidyCell(c Column, text string, m Mapping) string {
	switch c.at {
	case fieldName:
		return person.NormalizeName(tidy(text))
	case fieldItemName, fieldLabel:
		return tidy(text)
	case fieldPhone:
		return person.NormalizePhone(tidy(text))
	case fieldDuration, fieldMinutes:
		text = compact(text)
		if bare := strings.Trim(text, ".0123456789") == ""; text != "" && bare && (c.mins || c.at == fieldMinutes) {
			return text + "m"
		}
		return text
	case fieldStart, fieldEnd, fieldDate, fieldFrom, fieldExpires:
		if f.grid.date1904 {
			return from1904(text)
		}
		return tidy(text)
	case fieldActivity:
		if number, ok := m.Activities[tidy(text)]; ok {
			return number
		}
		return tidyCode(text)
	case fieldPoints, fieldQuantity, fieldValue:
		return compact(text)
	case fieldVolunteer, fieldIDNumber, fieldUnit, fieldHousehold, fieldItem, fieldCode, fieldSheet, fieldDonor, fieldNote:
		return tidyCode(text)
	}
	return tidy(text)
}

// subtotal reports whether a line is a sum: its first filled cell says so, and it names nobody by number.
func (f *File) subtotal(l line) bool {
	for _, c := range f.Columns {
		if slices.Contains(whose, c.at) && len(compact(l.cell(c.index))) > 6 {
			return false
		}
	}
	for _, c := range l.cells {
		if strings.TrimSpace(c) != "" {
			return vocabulary().subtotal(c)
		}
	}
	return false
}

// column returns the header of a field, or nothing where the file has no such column.
func (f *File) column(at field) string {
	for _, c := range f.Columns {
		if c.into() == at {
			return c.Header
		}
	}
	return ""
}

// blame adds a fault of a cell, unless the cell is already at fault.
func (r *Row) blame(f *File, w cellFault) {
	header := f.column(w.at)
	if header == "" && w.at != "" {
		header = vocabulary().first(f.Form, w.at)
	}
	if w.at != "" && slices.ContainsFunc(r.Faults, func(known Fault) bool { return known.Column == header }) {
		return
	}
	r.Faults = append(r.Faults, Fault{Column: header, Code: w.code})
}

// ResultPath names the file that says what became of each row: NAME-result.EXT beside the original.
func (f *File) ResultPath(original string) string {
	ext := filepath.Ext(original)
	return strings.TrimSuffix(original, ext) + "-result." + string(f.Format)
}

func join[T ~string](list []T) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = string(v)
	}
	return strings.Join(parts, ", ")
}

func joinKey(parts []string) string { return strings.Join(parts, ".") }

func newReader(b []byte) io.Reader { return bytes.NewReader(b) }
