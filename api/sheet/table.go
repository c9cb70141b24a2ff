package sheet

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"aixin/ledger"
)

// Points is an amount of points in a table: text with two decimals, or a number in a workbook.
type Points ledger.Amount

// Sum is the cell of a total: of what stands above it in its column, or, where By names a column (from 1), of the rows that have the same
// in that column as the total. A workbook has the formula beside the figure, so that it foots again in the hands of whoever opens it.
type Sum struct {
	Value any // an integer, or Points
	By    int
}

// Formula is a cell of a workbook that its formula computes again; elsewhere it is its value. In the text {row} is the row of the cell, and
// {above:F} the cell above it in column F, which may stand on the worksheet before.
type Formula struct {
	Value any // an integer, or Points
	Text  string
}

// at returns the text of a formula in a row (from 1), below worksheets that are full.
func (f Formula) at(row int, full []span) string {
	text := strings.ReplaceAll(f.Text, "{row}", strconv.Itoa(row))
	for {
		before, rest, found := strings.Cut(text, "{above:")
		column, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return text
		}
		cell := column + strconv.Itoa(row-1)
		if row == 2 && len(full) > 0 { // above it is the head
			last := full[len(full)-1]
			cell = fmt.Sprintf("'%s'!%s%d", last.sheet, column, last.last)
		}
		text = before + cell + after
	}
}

// formula returns the formula of a total in that column (from 1) and row over what stands above it.
func (s Sum) formula(column, row int, above []span) (string, error) {
	col, err := excelize.ColumnNumberToName(column)
	if err != nil || len(above) == 0 {
		return "", err
	}
	terms := make([]string, len(above))
	if s.By == 0 {
		for i, on := range above {
			terms[i] = on.of(col)
		}
		return "SUM(" + strings.Join(terms, ",") + ")", nil
	}
	by, err := excelize.ColumnNumberToName(s.By)
	for i, on := range above {
		terms[i] = fmt.Sprintf("SUMIF(%s,%s%d,%s)", on.of(by), by, row, on.of(col))
	}
	return strings.Join(terms, "+"), err
}

// span is the rows 2 to last of a worksheet, which is named by those of another.
type span struct {
	sheet string
	last  int
}

func (s span) of(col string) string {
	cells := fmt.Sprintf("%s2:%s%d", col, col, s.last)
	if s.sheet == "" {
		return cells
	}
	return "'" + s.sheet + "'!" + cells
}

// TableOptions say how a table is written.
type TableOptions struct {
	Format string // csv, tsv or xlsx
	BOM    bool   // begin csv with a byte order mark, without which spreadsheets take Chinese for another encoding
	Name   string // of the worksheet; else Sheet1
	Rows   int    // of a worksheet, at most; else as many as one holds
}

// Table writes rows of text and numbers. Cells that a spreadsheet would run as a formula are made safe: a name that begins with
// an equals sign must not run on the computer of whoever opens the file.
type Table struct {
	row    func(cells []any) error
	header func(cells []any)       // nil where it stands once
	next   func(name string) error // nil where there is one table only
	close  func() error
}

// NewTable begins a table. Close must be called for anything to be complete.
func NewTable(w io.Writer, o TableOptions) (*Table, error) {
	switch o.Format {
	case "csv":
		if o.BOM {
			if _, err := w.Write(bomUTF8); err != nil {
				return nil, fmt.Errorf("write table: %w", err)
			}
		}
		return csvTable(w), nil
	case "tsv":
		return tsvTable(w), nil
	case "xlsx":
		return xlsxTable(w, o)
	}
	return nil, fmt.Errorf("table format %q: want csv, tsv or xlsx", o.Format)
}

// Row writes one row. Cells are strings, integers, Points or a Sum of either; other values are written as fmt writes them.
func (t *Table) Row(cells ...any) error { return t.row(cells) }

// Header writes the names of the columns.
func (t *Table) Header(names ...string) error {
	cells := make([]any, len(names))
	for i, n := range names {
		cells[i] = n
	}
	if t.header != nil {
		t.header(cells)
	}
	return t.row(cells)
}

// Next begins another worksheet of a workbook.
func (t *Table) Next(name string) error {
	if t.next == nil {
		return errors.New("write table: only a workbook has several")
	}
	return t.next(name)
}

// Close completes the table. It does not close the writer.
func (t *Table) Close() error { return t.close() }

func csvTable(w io.Writer) *Table {
	out := csv.NewWriter(w)
	out.UseCRLF = true // RFC 4180
	return &Table{
		row: func(cells []any) error {
			record := make([]string, len(cells))
			for i, c := range cells {
				record[i] = safe(text(c))
			}
			if err := out.Write(record); err != nil {
				return fmt.Errorf("write table: %w", err)
			}
			return nil
		},
		close: func() error {
			out.Flush()
			if err := out.Error(); err != nil {
				return fmt.Errorf("write table: %w", err)
			}
			return nil
		},
	}
}

// tsvTable has no quotes: tabs and line breaks inside cells become spaces.
func tsvTable(w io.Writer) *Table {
	blank := strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")
	return &Table{
		row: func(cells []any) error {
			record := make([]string, len(cells))
			for i, c := range cells {
				record[i] = safe(blank.Replace(text(c)))
			}
			if _, err := io.WriteString(w, strings.Join(record, "\t")+"\n"); err != nil {
				return fmt.Errorf("write table: %w", err)
			}
			return nil
		},
		close: func() error { return nil },
	}
}

func xlsxTable(w io.Writer, o TableOptions) (*Table, error) {
	f := excelize.NewFile()
	b := &workbook{file: f, most: cmp.Or(o.Rows, SheetRows)}
	var err error
	if b.points, err = f.NewStyle(&excelize.Style{NumFmt: 2}); err != nil { // 0.00
		return nil, fmt.Errorf("write table: %w", err)
	}
	b.name = cmp.Or(o.Name, "Sheet1")
	if err := f.SetSheetName("Sheet1", b.name); err != nil {
		return nil, fmt.Errorf("worksheet %q: %w", b.name, err)
	}
	if err := b.begin(b.name); err != nil {
		return nil, err
	}
	return &Table{row: b.row, header: func(cells []any) { b.head = cells }, next: b.next, close: func() error {
		if err := errors.Join(b.out.Flush(), f.Write(w), f.Close()); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
		return nil
	}}, nil
}

// workbook writes one worksheet after the other. A table that has more rows than one holds goes on in another, under the same head.
type workbook struct {
	file   *excelize.File
	out    *excelize.StreamWriter
	points int    // the style
	most   int    // rows of a worksheet
	name   string // of the table, and of its first worksheet
	head   []any  // of the table
	full   []span // its worksheets before this one
	n      int    // rows of the worksheet so far
	last   int    // of them the last that is no total
}

func (b *workbook) begin(sheet string) (err error) {
	b.n, b.last = 0, 0
	if b.out, err = b.file.NewStreamWriter(sheet); err != nil {
		return fmt.Errorf("worksheet %q: %w", sheet, err)
	}
	return nil
}

// next begins another table.
func (b *workbook) next(name string) error {
	b.name, b.head, b.full = name, nil, nil
	return b.further(name)
}

// goOn begins another worksheet for the same table.
func (b *workbook) goOn() error {
	b.full = append(b.full, span{PartName(b.name, len(b.full)), b.last})
	if err := b.further(PartName(b.name, len(b.full))); err != nil || b.head == nil {
		return err
	}
	return b.row(b.head)
}

// PartName is the name of the worksheet on which a table goes on after so many others.
func PartName(table string, after int) string {
	if after == 0 {
		return table
	}
	return fmt.Sprintf("%s %d", table, after+1)
}

// further begins another worksheet.
func (b *workbook) further(name string) error {
	if err := b.out.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	if _, err := b.file.NewSheet(name); err != nil {
		return fmt.Errorf("worksheet %q: %w", name, err)
	}
	return b.begin(name)
}

func (b *workbook) row(cells []any) (err error) {
	if b.n == b.most {
		if err := b.goOn(); err != nil {
			return err
		}
	}
	b.n++
	above := b.full
	if !slices.ContainsFunc(cells, isSum) {
		b.last = b.n
	} else if b.last > 1 {
		above = append(slices.Clone(above), span{"", b.last})
	}
	values := make([]any, len(cells))
	for i, c := range cells {
		if f, ok := c.(Formula); ok {
			c = Formula{f.Value, f.at(b.n, b.full)}
		}
		if values[i], err = storedAt(c, b.points, i+1, b.n, above); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	if err := b.out.SetRow(fmt.Sprintf("A%d", b.n), values); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func isSum(c any) bool {
	_, ok := c.(Sum)
	return ok
}

// storedAt is the value of the cell in that column and row, below those above.
func storedAt(c any, points, column, row int, above []span) (any, error) {
	var err error
	computed, ok := c.(Formula)
	if sum, total := c.(Sum); total {
		computed.Value, ok = sum.Value, true
		computed.Text, err = sum.formula(column, row, above)
	}
	if !ok {
		return stored(c, points), nil
	}
	if cell, ok := stored(computed.Value, points).(excelize.Cell); ok {
		cell.Formula = computed.Text
		return cell, err
	}
	return excelize.Cell{Formula: computed.Text, Value: stored(computed.Value, points)}, err
}

// stored is the value of a cell of a workbook. Text is stored as text there and never runs. A workbook knows no numbers but
// floating ones; fifteen digits of hundredths print exactly.
func stored(c any, points int) any {
	switch c := c.(type) {
	case Points:
		return excelize.Cell{StyleID: points, Value: float64(c) / 100}
	case ledger.Amount:
		return int64(c)
	case ledger.Index:
		return int64(c)
	case int, int64:
		return c
	}
	return text(c)
}

func text(c any) string {
	switch c := c.(type) {
	case string:
		return c
	case Points:
		return ledger.FormatPoints(ledger.Amount(c))
	case Sum:
		return text(c.Value)
	case Formula:
		return text(c.Value)
	}
	return fmt.Sprint(c)
}

// safe puts an apostrophe before text that a spreadsheet would run as a formula. A plain negative number is left alone.
func safe(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20", []rune(s)[0]) {
		return s
	}
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		if whole, frac, _ := strings.Cut(rest, "."); onlyDigits(whole) && strings.Trim(frac, "0123456789") == "" {
			return s
		}
	}
	return "'" + s
}
