package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"aixin/ledger"
)

// workbookKind looks at the parts of a zip archive and says what it is; it also holds the limits on what a workbook may unpack
// to, before anything is unpacked. A part that lies about its size is stopped by the zip reader.
func workbookKind(b []byte, most int64) (string, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return "", &FileError{Code: "damaged_workbook", Err: err}
	}
	if len(z.File) > MaxParts {
		return "", &FileError{Code: "unzip_limit", Data: map[string]any{"Most": most >> 20}}
	}
	var size int64
	kind := "zip"
	for _, f := range z.File {
		if size += int64(min(f.UncompressedSize64, 1<<40)); size > most {
			return "", &FileError{Code: "unzip_limit", Data: map[string]any{"Most": most >> 20}}
		}
		switch {
		case f.Name == "xl/workbook.xml":
			kind = "xlsx"
		case f.Name == "word/document.xml":
			kind = "docx"
		case f.Name == "ppt/presentation.xml":
			kind = "pptx"
		case f.Name == "content.xml" && kind == "zip":
			kind = "ods"
		}
	}
	return kind, nil
}

// openWorkbook opens the bytes of a workbook with every limit set.
func openWorkbook(b []byte, most int64) (f *excelize.File, err error) {
	defer damaged(&err)
	f, err = excelize.OpenReader(bytes.NewReader(b), excelize.Options{
		RawCellValue:      true, // dates by number and amounts unrounded, whatever the cell shows
		UnzipSizeLimit:    most,
		UnzipXMLSizeLimit: inMemory,
	})
	if err != nil {
		return nil, &FileError{Code: "damaged_workbook", Err: err}
	}
	return f, nil
}

// damaged turns a panic of the workbook library over a malformed file into the refusal of that file.
func damaged(err *error) {
	if p := recover(); p != nil {
		*err = &FileError{Code: "damaged_workbook", Err: fmt.Errorf("workbook library: %v", p)}
	}
}

// readXLSX reads one worksheet: the named one, or the first visible one.
func readXLSX(b []byte, worksheet string, g *grid) (err error) {
	f, err := openWorkbook(b, g.unzipped)
	if err != nil {
		return err
	}
	defer damaged(&err)
	defer func() {
		if cerr := f.Close(); cerr != nil && err == nil {
			err = fmt.Errorf("close workbook: %w", cerr)
		}
	}()
	if g.worksheet, g.others, err = chooseWorksheet(f, worksheet); err != nil {
		return err
	}
	props, err := f.GetWorkbookProps()
	if err != nil {
		return &FileError{Code: "damaged_workbook", Err: err}
	}
	g.date1904 = props.Date1904 != nil && *props.Date1904
	if err := g.rows(f); err != nil {
		return err
	}
	return g.merges(f)
}

func chooseWorksheet(f *excelize.File, wanted string) (name string, others int, err error) {
	var visible []string
	for _, s := range f.GetSheetList() {
		shown, err := f.GetSheetVisible(s)
		if err != nil {
			return "", 0, &FileError{Code: "damaged_workbook", Err: err}
		}
		if shown {
			visible = append(visible, s)
		}
	}
	if wanted != "" {
		if !slices.Contains(f.GetSheetList(), wanted) {
			return "", 0, &FileError{Code: "no_worksheet", Data: map[string]any{"Worksheet": wanted}}
		}
		return wanted, 0, nil
	}
	if len(visible) == 0 {
		return "", 0, &FileError{Code: "empty"}
	}
	return visible[0], len(visible) - 1, nil
}

// rows streams the worksheet twice in step: once as stored, and once as shown, since only what is shown tells a duration of 2:30
// (stored as a fraction of a day) from a number of hours.
func (g *grid) rows(f *excelize.File) error {
	stored, err := f.Rows(g.worksheet)
	if err != nil {
		return &FileError{Code: "damaged_workbook", Err: err}
	}
	shown, err := f.Rows(g.worksheet)
	if err != nil {
		return &FileError{Code: "damaged_workbook", Err: err}
	}
	for n := 1; stored.Next() && shown.Next(); n++ {
		raw, err := stored.Columns()
		if err != nil {
			return &FileError{Code: "damaged_workbook", Err: err}
		}
		seen, err := shown.Columns(excelize.Options{RawCellValue: false})
		if err != nil {
			return &FileError{Code: "damaged_workbook", Err: err}
		}
		for i, c := range raw {
			raw[i] = storedNumber(c)
			if i < len(seen) && strings.Contains(seen[i], ":") && !strings.Contains(c, ":") {
				raw[i] = dayFraction(c, raw[i])
			}
		}
		if err := g.add(n, raw); err != nil {
			return err
		}
	}
	for _, r := range []*excelize.Rows{stored, shown} {
		if err := r.Error(); err != nil {
			return &FileError{Code: "damaged_workbook", Err: err}
		}
		if err := r.Close(); err != nil {
			return fmt.Errorf("close worksheet: %w", err)
		}
	}
	return nil
}

// significant is how many digits of a stored number a spreadsheet shows; the two more that it stores are binary dust, such as
// the last digits of 2.2999999999999998.
const significant = 15

// storedNumber rounds a number that is stored with dust to what the person typed. Other text stays as it is.
func storedNumber(s string) string {
	whole, frac, dotted := strings.Cut(s, ".")
	unsigned := strings.TrimPrefix(whole, "-")
	digits := len(strings.TrimLeft(unsigned+frac, "0"))
	if !dotted || digits <= significant || len(s) > 40 || !onlyDigits(unsigned) || !onlyDigits(frac) {
		return s
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return s
	}
	dust := digits - significant
	return d.Round(int32(max(0, len(frac)-dust))).String() //nolint:gosec // the text is at most 40 bytes
}

// dayFraction turns a stored fraction of a day, which the sheet shows with a colon, into hours and minutes. A number of one or
// more is a day with a time and stays as it is. Seconds are kept where there are some, so that no grammar takes them.
func dayFraction(s, otherwise string) string {
	whole, frac, dotted := strings.Cut(s, ".")
	if !dotted || strings.Trim(whole, "0") != "" || !onlyDigits(frac) || len(frac) > 20 {
		return otherwise
	}
	d, err := decimal.NewFromString("0." + frac)
	if err != nil {
		return otherwise
	}
	seconds := d.Mul(decimal.NewFromInt(ledger.MaxMinutes * 60)).Round(0).IntPart()
	if seconds%60 != 0 {
		return fmt.Sprintf("%d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60)
	}
	return FormatDuration(ledger.Amount(seconds / 60))
}

// merges notes the blocks that are merged over several rows.
func (g *grid) merges(f *excelize.File) error {
	cells, err := f.GetMergeCells(g.worksheet)
	if err != nil {
		return &FileError{Code: "damaged_workbook", Err: err}
	}
	if len(cells) > MaxMerged {
		return &FileError{Code: "too_many_merged", Data: map[string]any{"Most": MaxMerged}}
	}
	for _, c := range cells {
		left, top, err := excelize.CellNameToCoordinates(c.GetStartAxis())
		if err != nil {
			return &FileError{Code: "damaged_workbook", Err: err}
		}
		right, bottom, err := excelize.CellNameToCoordinates(c.GetEndAxis())
		if err != nil {
			return &FileError{Code: "damaged_workbook", Err: err}
		}
		if bottom == top {
			continue
		}
		a := area{top: top, bottom: bottom, left: left - 1, right: right - 1}
		at, found := slices.BinarySearchFunc(g.lines, top, func(l line, n int) int { return l.number - n })
		if found {
			a.text = g.lines[at].cell(a.left)
		}
		g.merged = append(g.merged, a)
	}
	return nil
}

// writeWorkbook copies a workbook out.
func writeWorkbook(f *excelize.File, w io.Writer) error {
	if err := f.Write(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}
