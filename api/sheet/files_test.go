package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

var update = flag.Bool("update", false, "write testdata/import anew from files.toml")

const importDir = "../../testdata/import"

// sources is files.toml: what every file of testdata/import says.
type sources struct {
	Text []struct {
		File, Content, Encoding, Hex string
		BOM                          bool
	}
	Book []struct {
		File, Worksheet string
		Rows            [][]any
		Merge           []string
		Formats         map[string]int // cell → number format of the file format's own list
	}
	Archive []struct {
		File  string
		Parts []string
	}
}

func readSources(t *testing.T) sources {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(importDir, "files.toml"))
	if err != nil {
		t.Fatal(err)
	}
	var s sources
	if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(&s); err != nil {
		t.Fatalf("files.toml: %v", err)
	}
	return s
}

// Text files are compared byte by byte. Workbooks are compared by their cells, since packing is not the same everywhere.
func TestFilesAreFresh(t *testing.T) {
	t.Parallel()
	s := readSources(t)
	for _, f := range s.Text {
		fresh(t, f.File, textFile(t, f.Content, f.Encoding, f.Hex, f.BOM), bytes.Equal)
	}
	for _, f := range s.Archive {
		fresh(t, f.File, archive(t, f.Parts), bytes.Equal)
	}
	for _, f := range s.Book {
		fresh(t, f.File, workbook(t, f.Worksheet, f.Rows, f.Merge, f.Formats), func(a, b []byte) bool {
			return cmp.Equal(cells(t, a), cells(t, b))
		})
	}
}

func fresh(t *testing.T, name string, want []byte, same func(a, b []byte) bool) {
	t.Helper()
	path := filepath.Join(importDir, name)
	got, err := os.ReadFile(path)
	if err == nil && same(got, want) {
		return
	}
	if !*update {
		t.Errorf("%s differs from files.toml (%v); run go test ./api/sheet -run TestFilesAreFresh -update", name, err)
		return
	}
	if err := os.WriteFile(path, want, 0o600); err != nil {
		t.Fatal(err)
	}
}

func textFile(t *testing.T, content, encoding, hexadecimal string, bom bool) []byte {
	t.Helper()
	b := []byte(content)
	var err error
	switch {
	case hexadecimal != "":
		b, err = hex.DecodeString(hexadecimal)
	case encoding == "gb18030":
		b, err = simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(strings.ReplaceAll(content, "\n", "\r\n")))
	case bom:
		b = append([]byte("\xef\xbb\xbf"), strings.ReplaceAll(content, "\n", "\r\n")...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func archive(t *testing.T, parts []string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		if _, err := z.Create(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func workbook(t *testing.T, worksheet string, rows [][]any, merge []string, formats map[string]int) []byte {
	t.Helper()
	f := excelize.NewFile()
	must(t, f.SetSheetName("Sheet1", worksheet))
	for i, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		must(t, err)
		must(t, f.SetSheetRow(worksheet, at, &row))
	}
	for _, m := range merge {
		from, to, _ := strings.Cut(m, ":")
		must(t, f.MergeCell(worksheet, from, to))
	}
	for cell, format := range formats {
		style, err := f.NewStyle(&excelize.Style{NumFmt: format})
		must(t, err)
		must(t, f.SetCellStyle(worksheet, cell, cell, style))
	}
	var b bytes.Buffer
	must(t, f.Write(&b))
	must(t, f.Close())
	return b.Bytes()
}

// cells returns what a workbook shows on its first sheet, and its merged cells.
func cells(t *testing.T, b []byte) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b))
	must(t, err)
	name := f.GetSheetName(0)
	rows, err := f.GetRows(name)
	must(t, err)
	merged, err := f.GetMergeCells(name)
	must(t, err)
	for _, m := range merged {
		rows = append(rows, []string{m.GetStartAxis(), m.GetEndAxis(), m.GetCellValue()})
	}
	must(t, f.Close())
	return rows
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func testFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := readFile(name)
	must(t, err)
	return b
}

func readFile(name string) ([]byte, error) { return os.ReadFile(filepath.Join(importDir, name)) }
