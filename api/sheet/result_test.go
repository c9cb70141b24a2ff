package sheet_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
)

func english(t *testing.T) *catalog.Localizer {
	t.Helper()
	l, err := catalog.New(catalog.English)
	must(t, err)
	return l
}

// submitted notes an outcome of every kind on the rows of the roster.
func submitted(t *testing.T, f *sheet.File) {
	t.Helper()
	plan(t, f, everybody(t), rosterParams(t))
	outcomes := []*sheet.Outcome{
		{Entry: 41},
		{Entry: 12, Replayed: true},
		{Err: &ledger.Rejection{Reason: ledger.AccountFrozen, Subject: "V0000067"}},
		nil,
	}
	for _, r := range f.Rows {
		if r.Command != nil && len(outcomes) > 0 {
			r.Outcome, outcomes = outcomes[0], outcomes[1:]
		}
	}
}

var rosterResults = []string{
	"Result",
	"recorded as entry 41",
	"already recorded as entry 12",
	"not recorded: The account V0000067 is frozen. Ask a steward why, and to reopen it.",
	"skipped: a subtotal",
	"can be recorded (not done yet)",
	"can be recorded (not done yet)",
	"can be recorded (not done yet)",
	"skipped: a subtotal",
}

// The result of a workbook is the workbook, with its title, merged cells and formats, and one column more.
func TestResultWorkbook(t *testing.T) {
	t.Parallel()
	f := read(t, "roster.xlsx", sheet.Hours, sheet.Mapping{})
	submitted(t, f)
	var b bytes.Buffer
	must(t, f.WriteResult(&b, english(t)))
	before, after := cells(t, testFile(t, "roster.xlsx")), cells(t, b.Bytes())
	var results []string
	for i, row := range after[:10] {
		if len(row) == 6 {
			results = append(results, row[5])
			row = row[:5]
		}
		for len(row) > 0 && row[len(row)-1] == "" {
			row = row[:len(row)-1]
		}
		if diff := cmp.Diff(before[i], row); diff != "" {
			t.Errorf("row %d changed (-before +after):\n%s", i+1, diff)
		}
	}
	if diff := cmp.Diff(rosterResults, results); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before[10:], after[10:]); diff != "" {
		t.Errorf("merged cells (-before +after):\n%s", diff)
	}
	want := sheet.Summary{Recorded: 1, Already: 1, Refused: 1, Skipped: 2, Ready: 3}
	if got := f.Summary(); got != want {
		t.Errorf("summary: got %+v, want %+v", got, want)
	}
	if got := f.ResultPath("in/roster.xlsx"); got != "in/roster-result.xlsx" {
		t.Errorf("path: got %s", got)
	}
}

// The result of a text file is UTF-8 with a byte order mark, whatever the file was, and can be brought again: its own result
// column is overwritten and not repeated.
func TestResultText(t *testing.T) {
	t.Parallel()
	f := read(t, "roster-resaved-gbk.csv", sheet.Hours, sheet.Mapping{})
	plan(t, f, everybody(t), rosterParams(t))
	f.Rows[0].Outcome = &sheet.Outcome{Entry: 41}
	var first bytes.Buffer
	must(t, f.WriteResult(&first, english(t)))
	if !bytes.HasPrefix(first.Bytes(), []byte("\xef\xbb\xbf")) || !bytes.Contains(first.Bytes(), []byte("\r\n")) {
		t.Error("no byte order mark, or no CRLF")
	}
	again, err := sheet.Read(bytes.NewReader(first.Bytes()), sheet.Hours, sheet.Mapping{})
	must(t, err)
	plan(t, again, everybody(t), rosterParams(t))
	if diff := cmp.Diff(commands(f), commands(again)); diff != "" {
		t.Errorf("commands of the result (-first +again):\n%s", diff)
	}
	again.Rows[0].Outcome = &sheet.Outcome{Entry: 41}
	var second bytes.Buffer
	must(t, again.WriteResult(&second, english(t)))
	if diff := cmp.Diff(first.String(), second.String()); diff != "" {
		t.Errorf("result of the result (-first +second):\n%s", diff)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	f := read(t, "bad/unknown-column.csv", sheet.Hours, sheet.Mapping{})
	plan(t, f, everybody(t), rosterParams(t))
	got := f.Report(english(t))
	want := []string{
		"1 rows; encoding UTF-8; SHA-256 " + f.SHA256,
		"columns without use: 心情",
		"recorded 0, already recorded 0, refused 0, at fault 0, skipped 0, not done 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}

// Cells that a spreadsheet would run as a formula are written so that it does not.
func TestFormulaInjection(t *testing.T) {
	t.Parallel()
	tests := []struct{ cell, want string }{
		{"=1+1", "'=1+1"},
		{"+86 170", "'+86 170"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"},
		{"\t=1", "'\t=1"},
		{"＝1+1", "'＝1+1"},
		{"-12.50", "-12.50"},
		{"-", "'-"},
		{"王秀英", "王秀英"},
		{"", ""},
	}
	for _, tt := range tests {
		var b bytes.Buffer
		out, err := sheet.NewTable(&b, sheet.TableOptions{Format: "csv"})
		must(t, err)
		must(t, out.Row(tt.cell, "x"))
		must(t, out.Close())
		record, err := csv.NewReader(&b).Read()
		must(t, err)
		if got := record[0]; got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.cell, got, tt.want)
		}
	}
}

// In a workbook text is stored as text, and never as a formula.
func TestFormulaInjectionWorkbook(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	out, err := sheet.NewTable(&b, sheet.TableOptions{Format: "xlsx", Name: "积分"})
	must(t, err)
	must(t, out.Header("item", "points", "pieces"))
	must(t, out.Row("=1+1", sheet.Points(1250), ledger.Amount(3)))
	must(t, out.Close())
	f, err := excelize.OpenReader(&b)
	must(t, err)
	formula, err := f.GetCellFormula("积分", "A2")
	must(t, err)
	if formula != "" {
		t.Errorf("A2 runs %q", formula)
	}
	rows, err := f.GetRows("积分")
	must(t, err)
	if diff := cmp.Diff([][]string{{"item", "points", "pieces"}, {"=1+1", "12.50", "3"}}, rows); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	must(t, f.Close())
}

func TestTables(t *testing.T) {
	t.Parallel()
	tests := []struct {
		options sheet.TableOptions
		want    string
	}{
		{sheet.TableOptions{Format: "csv", BOM: true}, "\xef\xbb\xbfname,points\r\n\"a,\"\"b\"\"\",12.50\r\n\"two\r\nlines\",-0.05\r\n"},
		{sheet.TableOptions{Format: "csv"}, "name,points\r\n\"a,\"\"b\"\"\",12.50\r\n\"two\r\nlines\",-0.05\r\n"},
		{sheet.TableOptions{Format: "tsv"}, "name\tpoints\na,\"b\"\t12.50\ntwo lines\t-0.05\n"},
	}
	for _, tt := range tests {
		var b strings.Builder
		out, err := sheet.NewTable(&b, tt.options)
		must(t, err)
		must(t, out.Header("name", "points"))
		must(t, out.Row(`a,"b"`, sheet.Points(1250)))
		must(t, out.Row("two\nlines", sheet.Points(-5)))
		must(t, out.Close())
		if diff := cmp.Diff(tt.want, b.String()); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", tt.options, diff)
		}
	}
	if _, err := sheet.NewTable(&strings.Builder{}, sheet.TableOptions{Format: "pdf"}); err == nil {
		t.Error("format pdf: got no error")
	}
}

// A table that has more rows than a worksheet holds goes on in another under the same head, no row is lost or twice, and totals are of
// what stands above them on all of these.
func TestTableGoesOn(t *testing.T) {
	t.Parallel()
	const most = 4
	for _, rows := range []int{0, 2, 3, 4, 6, 7} {
		var b bytes.Buffer
		out, err := sheet.NewTable(&b, sheet.TableOptions{Format: "xlsx", Name: "Rows", Rows: most})
		must(t, err)
		must(t, out.Header("of", "n"))
		total := map[string]int{}
		for n := range rows {
			of := string("ab"[n%2])
			total[of] += n
			must(t, out.Row(of, n))
		}
		must(t, out.Row("a", sheet.Sum{Value: total["a"], By: 1}))
		must(t, out.Row("all", sheet.Sum{Value: total["a"] + total["b"]}))
		must(t, out.Next("Other"))
		must(t, out.Row("other"))
		must(t, out.Close())

		f, err := excelize.OpenReader(&b)
		must(t, err)
		next, sums := 0, 0
		for i, name := range f.GetSheetList()[:len(f.GetSheetList())-1] {
			if want := sheet.PartName("Rows", i); name != want {
				t.Errorf("%d rows: got a worksheet %s, want %s", rows, name, want)
			}
			lines, err := f.GetRows(name)
			must(t, err)
			if len(lines) > most || lines[0][0] != "of" {
				t.Errorf("%d rows: %s begins with %v and has %d lines", rows, name, lines[0], len(lines))
			}
			for y, line := range lines[1:] {
				cell := fmt.Sprintf("B%d", y+2)
				formula, err := f.GetCellFormula(name, cell)
				must(t, err)
				if formula == "" && next < rows {
					if line[1] != strconv.Itoa(next) {
						t.Errorf("%d rows: got row %v, want %d", rows, line, next)
					}
					next++
					continue
				}
				sums++
				if got, err := f.CalcCellValue(name, cell); rows > 0 && (err != nil || got != line[1]) {
					t.Errorf("%d rows: %s!%s: %s gives %s, %v; want %s", rows, name, cell, formula, got, err, line[1])
				}
			}
		}
		if next != rows || sums != 2 {
			t.Errorf("%d rows: got %d and %d totals", rows, next, sums)
		}
	}
}

// TestRunningBalance goes on over worksheets: the first row of each adds to the last of the one before.
func TestRunningBalance(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w, err := sheet.NewTable(&out, sheet.TableOptions{Format: "xlsx", Name: "card", Rows: 3})
	must(t, err)
	must(t, w.Header("in", "balance"))
	for n := range 5 {
		cell := any(int64(7))
		if n > 0 {
			cell = sheet.Formula{Value: int64(7 + n), Text: "SUM({above:B},A{row})"}
		}
		must(t, w.Row(int64(1), cell))
	}
	must(t, w.Close())
	f, err := excelize.OpenReader(&out)
	must(t, err)
	for at, want := range map[[2]string]string{
		{"card", "B3"}: "SUM(B2,A3)", {"card 2", "B2"}: "SUM('card'!B3,A2)", {"card 3", "B2"}: "SUM('card 2'!B3,A2)",
	} {
		got, err := f.GetCellFormula(at[0], at[1])
		value, errValue := f.CalcCellValue(at[0], at[1])
		stored, errStored := f.GetCellValue(at[0], at[1])
		must(t, errors.Join(err, errValue, errStored))
		if got != want || value != stored {
			t.Errorf("%v: got %q, which gives %q where %q stands; want %q", at, got, value, stored, want)
		}
	}
	must(t, f.Close())
}
