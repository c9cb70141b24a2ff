package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"aixin/ledger"
)

// formCase is a report, and which amounts of its JSON add up to which columns of its table.
type formCase struct {
	args string
	sums map[string]int // "rows.points": what each row of the list has, by the column of the table, counted from 1
	last int            // rows at the end of the table that are no part of the sums, and that no formula draws up
}

// formCases lists every report.
func formCases() []formCase {
	return []formCase{
		{args: "activity", sums: map[string]int{
			"rows.declared": 5, "rows.credited": 6, "rows.pending": 7, "rows.returned": 8, "rows.reversed": 9, "rows.minutes": 11, "rows.points": 14,
		}},
		{args: "stock", sums: map[string]int{
			"rows.received": 4, "rows.given": 5, "rows.returned": 6, "rows.short": 7, "rows.on_hand": 8, "rows.past_date": 9, "rows.value": 11,
		}},
		{args: "stock --lots", sums: map[string]int{"rows.lots.left": 7, "rows.lots.value": 8}},
		{args: "stock --past", sums: map[string]int{"rows.lots.left": 7}},
		{args: "stock --month 2026-10", sums: map[string]int{
			"rows.opening": 4, "rows.received": 5, "rows.returned": 6, "rows.found": 7, "rows.given": 8, "rows.short": 9, "rows.relieved": 10,
			"rows.written_off": 11, "rows.lost": 12, "rows.closing": 13,
		}},
		{args: "stock --shop S01 --item SKU-0001", sums: map[string]int{"moves.in": 4, "moves.out": 5}},
		{args: "aging", sums: map[string]int{"points.points": 3, "goods.pieces": 4, "goods.value": 7}},
		{args: "liability", sums: map[string]int{
			"units.outstanding": 3, "units.lapsed": 4, "units.pending": 5, "units.goods": 6, "units.unpriced_pieces": 7, "units.outstanding_yuan": 10,
		}, last: 1},
		{args: "stars", sums: map[string]int{"rows.minutes": 4, "rows.minutes_to_next": 6}},
		{args: "trial-balance", sums: map[string]int{"commodities.debit": 3, "commodities.credit": 4}},
		{args: "trial-balance --classes", sums: map[string]int{"rows.debit": 5, "rows.credit": 6, "totals.debit": 5}},
		{args: "trial-balance --month 2026-10", sums: map[string]int{"rows.debit": 5, "rows.credit": 6, "totals.credit": 6}},
		{args: "deliveries", sums: map[string]int{"delivered": 6, "noted": 7}},
		{args: "donor D001", sums: map[string]int{"given.pieces": 5, "given.points": 6}},
		{args: "close S01", sums: map[string]int{"items.pieces": 6, "clerks.exchanges": 5, "items.back_points": 9}},
		{args: "expiring", sums: map[string]int{"rows.points": 4, "rows.days": 7}},
		{args: "exceptions", sums: map[string]int{"rows.entry": 2}},
		{args: "gaps --all", sums: map[string]int{"used": 6, "void": 7, "unused": 8, "lacking": 9}},
		{args: "clerks", sums: map[string]int{
			"rows.entries": 2, "rows.exchanges": 6, "rows.points": 7, "rows.pieces": 8, "rows.back": 9, "rows.declared": 13, "rows.approved": 14,
			"rows.refused": 17, "rows.off_hours": 18,
		}},
		{args: "settlement", sums: map[string]int{"rows.slips": 3, "rows.points": 4, "rows.back": 5, "rows.points_back": 6, "rows.owed": 7}},
		{args: "sample --seed x --size 40", sums: map[string]int{"chosen.entries": 0, "rows.points": 6, "chosen.points": 6}},
	}
}

// Every report that the program has stands in formCases, but for the pack, which only draws up the others again.
func TestReportCasesAreWhole(t *testing.T) {
	t.Parallel()
	a, _ := newTestApp(t, "en")
	tried := map[string]bool{"year-pack": true}
	for _, c := range formCases() {
		tried[strings.Fields(c.args)[0]] = true
	}
	for _, cmd := range a.reportCmd().Commands() {
		if !tried[cmd.Name()] {
			t.Errorf("report %s is not tried in every form", cmd.Name())
		}
	}
}

// Every report says the same in every form, and the same again: today, as of another day, and as it was known then.
func TestReportsAgreeInEveryForm(t *testing.T) {
	t.Parallel()
	book := auditorsCopy(t)
	for _, c := range formCases() {
		t.Run(c.args, func(t *testing.T) {
			t.Parallel()
			now := c.agree(t, book)
			for _, then := range [][]string{{"--as-of", "2026-10-15"}, {"--known-at", "500"}} {
				if bytes.Equal(c.agree(t, book, then...), now) {
					t.Errorf("%v says what is said of today", then)
				}
			}
		})
	}
}

// A report of what the book does not have yet is refused, and a pack, which names its own days, takes no other.
func TestReportsRefuseMoments(t *testing.T) {
	t.Parallel()
	book := auditorsCopy(t)
	for _, c := range formCases() {
		a := formApp(t)
		err := a.execute(t.Context(), append(strings.Fields("report "+c.args), "--book", book, "--known-at", "99999"))
		if exitOf(err) != exitNotFound {
			t.Errorf("%s: got %v, want that it is not there", c.args, err)
		}
	}
	for _, flag := range []string{"--as-of=2026-10-15", "--known-at=500"} {
		err := formApp(t).execute(t.Context(), []string{"report", "year-pack", "--year", "2026", "-o", t.TempDir(), "--book", book, flag})
		if exitOf(err) != exitMalformed {
			t.Errorf("year-pack %s: got %v, want a usage error", flag, err)
		}
	}
}

// auditorsCopy makes a demo book without its keys: it is read from the journal alone.
func auditorsCopy(t *testing.T) string {
	t.Helper()
	book := filepath.Join(t.TempDir(), "demo")
	a, _ := newTestApp(t, "en")
	a.opts.book = book
	if _, err := a.create(t.Context(), initFlags{demo: true, today: ledger.NewDate(2026, 11, 23), zone: "Asia/Shanghai"}); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(keysDir(book)); err != nil {
		t.Fatal(err)
	}
	return book
}

// formApp is a program on the day of the demo.
func formApp(t *testing.T) *app {
	t.Helper()
	a, _ := newTestApp(t, "en")
	a.clock = func() time.Time { return time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC) }
	return a
}

// agree draws up a report in every form, twice, holds the forms against one another, and returns its JSON.
func (c formCase) agree(t *testing.T, book string, flags ...string) []byte {
	t.Helper()
	forms, dir := map[string][]byte{}, t.TempDir()
	for _, form := range []string{"txt", "csv", "json", "xlsx", "html"} {
		for range 2 {
			path := filepath.Join(dir, "report."+form)
			args := append(strings.Fields("report "+c.args), "--book", book, "-o", path)
			if form == "txt" {
				args = append(args, "-O", "text")
			}
			if err := formApp(t).execute(t.Context(), append(args, flags...)); err != nil {
				t.Fatalf("%s %v: %v", form, flags, err)
			}
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if before, ok := forms[form]; ok && !bytes.Equal(before, content) {
				t.Errorf("%s %v: two runs differ", form, flags)
			}
			forms[form] = content
		}
	}
	table := csvCells(t, forms["csv"])
	if diff := cmp.Diff(table, htmlCells(t, forms["html"])); diff != "" {
		t.Errorf("%v: (-csv +html):\n%s", flags, diff)
	}
	totals := c.workbook(t, forms["xlsx"], table)
	c.add(t, forms["json"], table, totals)
	if text := string(forms["txt"]); len(table) > 1 && strings.Count(text, "\n") < 2 {
		t.Errorf("%v: the text leaves out the table: %s", flags, text)
	}
	return forms["json"]
}

// csvCells reads a table with a head.
func csvCells(t *testing.T, content []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// htmlCells reads the cells of the only table of a page.
func htmlCells(t *testing.T, content []byte) (rows [][]string) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(content))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	cell := -1 // outside any
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			switch x.Name.Local {
			case "tr":
				rows = append(rows, []string{})
			case "td", "th":
				cell = len(rows) - 1
				rows[cell] = append(rows[cell], "")
			}
		case xml.EndElement:
			if x.Name.Local == "td" || x.Name.Local == "th" {
				cell = -1
			}
		case xml.CharData:
			if cell >= 0 {
				rows[cell][len(rows[cell])-1] += string(x)
			}
		}
	}
}

// workbook holds a workbook against the table and computes its formulas again. It returns which rows are totals.
func (c formCase) workbook(t *testing.T, content []byte, table [][]string) map[int]bool {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name, totals := f.GetSheetName(0), map[int]bool{}
	raw := excelize.Options{RawCellValue: true}
	for y, row := range table {
		for x, want := range row {
			cell, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.GetCellValue(name, cell, raw)
			if err != nil || !sameCell(got, want) {
				t.Errorf("%s says %q, %v; the table says %q", cell, got, err, want)
			}
			formula, err := f.GetCellFormula(name, cell)
			if err != nil || formula == "" {
				continue
			}
			totals[y] = totals[y] || strings.Contains(formula, ":") // of rows; what is worked out within its row is none
			if got, err := f.CalcCellValue(name, cell, raw); err != nil || !sameCell(got, want) {
				t.Errorf("%s: %s gives %q, %v; want %q", cell, formula, got, err, want)
			}
		}
	}
	return totals
}

// sameCell compares text, or numbers that are written in two ways.
func sameCell(a, b string) bool {
	if a == b {
		return true
	}
	x, errA := strconv.ParseFloat(a, 64)
	y, errB := strconv.ParseFloat(b, 64)
	return errA == nil && errB == nil && math.Round(x*100) == math.Round(y*100)
}

// add holds the sums of the JSON against those of the columns.
func (c formCase) add(t *testing.T, content []byte, table [][]string, totals map[int]bool) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(content))
	d.UseNumber()
	var whole any
	if err := d.Decode(&whole); err != nil {
		t.Fatal(err)
	}
	for path, column := range c.sums {
		want := sumJSON(t, whole, strings.Split(path, "."))
		if column == 0 { // of the rows themselves
			if rows := int64(len(table)-1) * 100; rows != want {
				t.Errorf("%s: the table has %d rows, JSON says %d", path, rows/100, want/100)
			}
			continue
		}
		got := int64(0)
		for y := 1; y < len(table)-c.last; y++ {
			if cell := table[y][column-1]; !totals[y] && cell != "" {
				got += number(t, cell)
			}
		}
		if got != want {
			t.Errorf("%s: column %d adds up to %d hundredths, JSON to %d", path, column, got, want)
		}
	}
}

// sumJSON adds up, in hundredths, what a path leads to; a list leads to each of its elements.
func sumJSON(t *testing.T, v any, path []string) (sum int64) {
	t.Helper()
	switch x := v.(type) {
	case nil:
		return 0
	case []any:
		for _, e := range x {
			sum += sumJSON(t, e, path)
		}
		return sum
	case map[string]any:
		return sumJSON(t, x[path[0]], path[1:])
	}
	return number(t, fmt.Sprint(v))
}
