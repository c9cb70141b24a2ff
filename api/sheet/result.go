package sheet

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"aixin/api/catalog"
	"aixin/ledger"
)

// Outcome is what became of the command of a row.
type Outcome struct {
	Entry    ledger.Index
	Replayed bool  // the same row was brought before; Entry is the one of then
	Err      error // a *ledger.Rejection, a *ledger.Invalid, or a fault of the store
	Earlier  *Earlier
}

// Earlier is what the book has under the key of a row that says something else. Its record is pending or credited: one that was
// sent back or reversed stands in nobody's way.
type Earlier struct {
	Entry  ledger.Index
	State  ledger.RecordState // none where the entry is no record of service
	Credit ledger.Index       // the entry that credited it
}

// sentence names the entry, and what to do before the row can come again.
func (e *Earlier) sentence(l *catalog.Localizer) string {
	id := "sheet.result.earlier"
	if e.State != "" {
		id += "_" + string(e.State)
	}
	return l.T(id, catalog.Data{"Entry": int64(e.Entry), "Credit": int64(e.Credit)})
}

// Summary counts the rows of a file by what became of them.
type Summary struct {
	Recorded int // a new entry each
	Already  int // brought before
	Refused  int // understood and refused by the ledger
	Faulty   int // at fault themselves
	Skipped  int // sums, and rows that repeat another
	Ready    int // planned and not submitted: a dry run, or an import that stopped
}

// Summary counts the rows.
func (f *File) Summary() Summary {
	var s Summary
	for _, r := range f.Rows {
		switch {
		case r.Subtotal || r.Same != 0:
			s.Skipped++
		case len(r.Faults) > 0:
			s.Faulty++
		case r.Outcome == nil:
			s.Ready++
		case r.Outcome.Err != nil:
			s.Refused++
		case r.Outcome.Replayed:
			s.Already++
		default:
			s.Recorded++
		}
	}
	return s
}

// Result says what became of the row, in one sentence.
func (r *Row) Result(l *catalog.Localizer) string {
	switch {
	case r.Subtotal:
		return l.T("sheet.result.subtotal")
	case r.Same != 0:
		return l.T("sheet.result.same", catalog.Data{"Row": r.Same})
	case len(r.Faults) > 0:
		said := make([]string, len(r.Faults))
		for i, f := range r.Faults {
			said[i] = f.Sentence(l)
		}
		return l.T("sheet.result.faulty", catalog.Data{"Said": strings.Join(said, " ")})
	case r.Outcome == nil && r.New():
		return l.T("sheet.result.new")
	case r.Outcome == nil:
		return l.T("sheet.result.ready")
	case r.Outcome.Err != nil:
		return l.T("sheet.result.refused", catalog.Data{"Said": r.Outcome.why(l)})
	case r.Outcome.Replayed:
		return l.T("sheet.result.already", catalog.Data{"Entry": int64(r.Outcome.Entry)})
	}
	return l.T("sheet.result.recorded", catalog.Data{"Entry": int64(r.Outcome.Entry)})
}

// why says a refusal with its hint. Other errors are not said in a file that is passed on: they go to whoever ran the import.
func (o *Outcome) why(l *catalog.Localizer) string {
	if o.Earlier != nil {
		return o.Earlier.sentence(l)
	}
	if no, ok := errors.AsType[*ledger.Rejection](o.Err); ok {
		return l.Rejection(no) + " " + l.Hint(no)
	}
	if wrong, ok := errors.AsType[*ledger.Invalid](o.Err); ok {
		return sayInvalid(l, wrong)
	}
	return l.T("sheet.result.failed")
}

// Settled reports whether nothing is left to do about the row: it came in now or before, or says nothing of its own.
func (r *Row) Settled() bool {
	return r.Subtotal || r.Same != 0 || (len(r.Faults) == 0 && r.Outcome != nil && r.Outcome.Err == nil)
}

// WriteLeft writes the header and the rows that are not settled as CSV, which Read takes again once they are corrected.
func (f *File) WriteLeft(w io.Writer) error {
	left := map[int]bool{f.HeaderRow: true}
	for _, r := range f.Rows {
		left[r.Number] = !r.Settled()
	}
	out, err := NewTable(w, TableOptions{Format: "csv"})
	if err != nil {
		return err
	}
	for _, line := range f.grid.lines {
		if !left[line.number] {
			continue
		}
		cells := make([]any, len(line.cells))
		for i := range cells {
			cells[i] = line.cell(i)
		}
		if err := out.Row(cells...); err != nil {
			return err
		}
	}
	return out.Close()
}

// WriteResult writes the file again with one column more at the right, which says what became of each row. A workbook keeps its
// sheets and formats; text becomes UTF-8 with a byte order mark, whatever it was. The result has the personal data of the
// original: create it readable by its owner alone.
func (f *File) WriteResult(w io.Writer, l *catalog.Localizer) error {
	if f.Format == XLSX {
		return f.resultWorkbook(w, l)
	}
	return f.resultText(w, l)
}

// resultColumn is the place of the result: where an earlier result stands, else right of every cell.
func (f *File) resultColumn() int {
	widest := 0
	for _, line := range f.grid.lines {
		widest = max(widest, len(line.cells))
		if line.number != f.HeaderRow {
			continue
		}
		for i, c := range line.cells {
			if slices.Contains(vocabulary().Results, tidyHeader(c)) {
				return i
			}
		}
	}
	return widest
}

// results are the sentences by row number, the header's among them.
func (f *File) results(l *catalog.Localizer) map[int]string {
	said := map[int]string{f.HeaderRow: l.T("sheet.result.header")}
	for _, r := range f.Rows {
		said[r.Number] = r.Result(l)
	}
	return said
}

func (f *File) resultText(w io.Writer, l *catalog.Localizer) error {
	out, err := NewTable(w, TableOptions{Format: "csv", BOM: true})
	if err != nil {
		return err
	}
	at, said := f.resultColumn(), f.results(l)
	for _, line := range f.grid.lines {
		cells := make([]any, max(at+1, len(line.cells)))
		for i := range cells {
			cells[i] = line.cell(i)
		}
		if s, ok := said[line.number]; ok {
			cells[at] = s
		}
		if err := out.Row(cells...); err != nil {
			return err
		}
	}
	return out.Close()
}

func (f *File) resultWorkbook(w io.Writer, l *catalog.Localizer) (err error) {
	book, err := openWorkbook(f.bytes, MaxUnzipped)
	if err != nil {
		return err
	}
	defer damaged(&err)
	defer func() { err = errors.Join(err, book.Close()) }()
	at := f.resultColumn() + 1
	column, err := excelize.ColumnNumberToName(at)
	if err != nil {
		return fmt.Errorf("result column: %w", err)
	}
	for number, s := range f.results(l) {
		if err := book.SetCellStr(f.Worksheet, fmt.Sprintf("%s%d", column, number), s); err != nil {
			return fmt.Errorf("result of row %d: %w", number, err)
		}
	}
	if err := book.SetColWidth(f.Worksheet, column, column, resultWidth); err != nil {
		return fmt.Errorf("result column: %w", err)
	}
	return writeWorkbook(book, w)
}

// resultWidth is wide enough for most results, in characters.
const resultWidth = 48
