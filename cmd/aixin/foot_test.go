package main

import (
	"path/filepath"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"

	"aixin/ledger"
)

// Every total in a workbook is a formula, and comes to the figure that stands beside it.
func TestWorkbooksFoot(t *testing.T) {
	t.Parallel()
	book := filepath.Join(t.TempDir(), "demo")
	a, _ := newTestApp(t, "en")
	a.opts.book = book
	if _, err := a.create(t.Context(), initFlags{demo: true, today: ledger.NewDate(2026, 11, 23), zone: "Asia/Shanghai"}); err != nil {
		t.Fatal(err)
	}
	for name, least := range map[string]int{"trial-balance": 2, "activity": 10} {
		foots(t, book, least, "report", name)
	}
	foots(t, book, 100, "report", "trial-balance", "--month", "2026-11")
	foots(t, book, 9, "report", "stock", "--month", "2026-11")
	foots(t, book, 50, "report", "stock", "--month", "2026-11", "--shop", "S01", "--item", "SKU-0001")
}

// foots holds that a report's workbook has so many formulas at least, and that each gives the figure in its cell.
func foots(t *testing.T, book string, least int, args ...string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.xlsx")
	a, _ := newTestApp(t, "en")
	if err := a.execute(t.Context(), append(args, "--book", book, "-o", path)); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Sheet1", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for y, row := range rows {
		for x, stored := range row {
			cell, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err != nil {
				t.Fatal(err)
			}
			formula, err := f.GetCellFormula("Sheet1", cell)
			if err != nil || formula == "" {
				continue
			}
			n++
			got, err := f.CalcCellValue("Sheet1", cell, excelize.Options{RawCellValue: true})
			if err != nil || number(t, got) != number(t, stored) {
				t.Errorf("%v: %s: %s gives %s, %v; it says %s", args, cell, formula, got, err, stored)
			}
		}
	}
	if n < least {
		t.Errorf("%v: %d formulas, want %d at least", args, n, least)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

// number reads hundredths, as a workbook's floating number has them.
func number(t *testing.T, s string) int64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	if v < 0 {
		return int64(v*100 - 0.5)
	}
	return int64(v*100 + 0.5)
}
