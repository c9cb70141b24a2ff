package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// A reconciliation that is filed says which book, files and rules it speaks of, and its sums are formulas over its rows that come out
// as what stands there: of minutes, and of points.
func TestReconciliationIsFiled(t *testing.T) {
	t.Parallel()
	book, dir, cases := auditorsCopy(t), t.TempDir(), filepath.Join("..", "..", "testdata", "reconcile")
	vouchers := filepath.Join(dir, "vouchers.csv")
	if err := os.WriteFile(vouchers, []byte("凭单号,志愿者编号,日期,积分\n17,V0000018,2026-10-05,12.50\n18,V0000018,2026-11-05,0.05\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for rules, list := range map[string]string{"hours.toml": filepath.Join(cases, "hours-gbk.csv"), "vouchers.toml": vouchers} {
		filed := map[string][]byte{}
		for _, form := range []string{"html", "xlsx"} {
			path := filepath.Join(dir, "filed."+form)
			args := []string{"reconcile", "--with", list, "--rules", filepath.Join(cases, rules), "--book", book, "-o", path}
			if err := formApp(t).execute(t.Context(), args); exitOf(err) != exitDifferences {
				t.Fatalf("%s: %v", rules, err)
			}
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			filed[form] = content
		}
		for _, want := range []string{"aixin.example/demo", filepath.Base(list), rules, "root", "SHA-256", "left out", "<h2>Rows</h2>"} {
			if !strings.Contains(string(filed["html"]), want) {
				t.Errorf("%s: the page lacks %q", rules, want)
			}
		}
		if n := footed(t, filed["xlsx"]); n < 80 {
			t.Errorf("%s: %d formulas in the workbook", rules, n)
		}
		narrow := formApp(t)
		narrow.sheetRows = 4
		path := filepath.Join(dir, "split.xlsx")
		if err := narrow.execute(t.Context(), []string{"reconcile", "--with", list, "--rules", filepath.Join(cases, rules), "--book", book, "-o", path}); exitOf(err) != exitDifferences {
			t.Fatalf("%s: %v", rules, err)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if n := footed(t, content); n < 80 {
			t.Errorf("%s: %d formulas in the workbook of short sheets", rules, n)
		}
	}
}

// What does not fit into a worksheet goes on in another, and nothing is lost or twice.
func TestSplit(t *testing.T) {
	t.Parallel()
	for rows, want := range map[int]string{0: "[0]", 2: "[2]", 3: "[3]", 4: "[3 1]", 6: "[3 3]", 7: "[3 3 1]"} {
		full := &table{head: []string{"n"}}
		for n := range rows {
			full.add(n)
		}
		var sizes []int
		next := 0
		for _, part := range split("Rows", full, 4) {
			sizes = append(sizes, len(part.table.rows))
			for _, row := range part.table.rows {
				if row[0] != next {
					t.Errorf("%d rows: got row %v, want %d", rows, row[0], next)
				}
				next++
			}
		}
		if got := fmt.Sprint(sizes); got != want {
			t.Errorf("%d rows: got parts of %s, want %s", rows, got, want)
		}
	}
}

// footed computes every formula of a workbook again and returns how many there are.
func footed(t *testing.T, content []byte) (formulas int) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	raw := excelize.Options{RawCellValue: true}
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name, raw)
		if err != nil {
			t.Fatal(err)
		}
		for y, row := range rows {
			for x, want := range row {
				cell, err := excelize.CoordinatesToCellName(x+1, y+1)
				if err != nil {
					t.Fatal(err)
				}
				formula, err := f.GetCellFormula(name, cell)
				if err != nil || formula == "" {
					continue
				}
				formulas++
				if got, err := f.CalcCellValue(name, cell, raw); err != nil || !sameCell(got, want) {
					t.Errorf("%s!%s: %s gives %q, %v; want %q", name, cell, formula, got, err, want)
				}
			}
		}
	}
	return formulas
}
