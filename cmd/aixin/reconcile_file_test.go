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
	text := "凭单号,志愿者编号,日期,积分\n"
	for n := range 90 {
		text += fmt.Sprintf("%d,V0000018,2026-10-05,%d.05\n", 17+n, n)
	}
	if err := os.WriteFile(vouchers, []byte(text), 0o600); err != nil {
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
		narrow.sheetRows = 40
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
