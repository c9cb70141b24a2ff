package sheet_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"aixin/api/sheet"
	"aixin/ledger"
)

// Numbers and days as workbooks store them: with binary dust, as fractions of a day, and in the calendar of 1904; on the first
// sheet that can be seen, or on the one that the mapping names.
func TestStoredCells(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	must(t, f.SetSheetName("Sheet1", "hidden"))
	for _, name := range []string{"list", "other"} {
		_, err := f.NewSheet(name)
		must(t, err)
	}
	f.SetActiveSheet(1)
	must(t, f.SetSheetVisible("hidden", false))
	yes := true
	must(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
	header := []any{"编号", "时长", "日期"}
	must(t, f.SetSheetRow("list", "A1", &header))
	must(t, f.SetSheetRow("other", "A1", &header))
	for cell, stored := range map[string]string{
		"A2": "V0000018", "B2": "2.2999999999999998", "C2": "43894", // 2024-03-05 in that calendar
		"A3": "V0000026", "B3": "0.10416666666666667", "C3": "43894",
		"A4": "V0000034", "B4": "2.5", "C4": "43894",
	} {
		must(t, f.SetCellDefault("list", cell, stored))
	}
	must(t, f.SetCellDefault("other", "A2", "V0000018"))
	must(t, f.SetCellDefault("other", "B2", "1"))
	clock, err := f.NewStyle(&excelize.Style{NumFmt: 20}) // h:mm
	must(t, err)
	must(t, f.SetCellStyle("list", "B3", "B3", clock))
	var b bytes.Buffer
	must(t, f.Write(&b))
	must(t, f.Close())

	got, err := sheet.Read(bytes.NewReader(b.Bytes()), sheet.Hours, sheet.Mapping{})
	must(t, err)
	plan(t, got, everybody(t), rosterParams(t))
	if got.Worksheet != "list" || got.Others != 1 {
		t.Errorf("got worksheet %q and %d others, want list and 1", got.Worksheet, got.Others)
	}
	start := ledger.NewStart(ledger.NewDate(2024, 3, 5), 8*60)
	var minutes []ledger.Amount
	for _, r := range got.Rows {
		do, ok := r.Command.Do.(*ledger.DeclareHours)
		if !ok || do.Start != start {
			t.Fatalf("row %d: got %+v, want a start at %s", r.Number, r.Command.Do, start)
		}
		minutes = append(minutes, do.Minutes)
	}
	if diff := cmp.Diff([]ledger.Amount{138, 150, 150}, minutes); diff != "" {
		t.Errorf("minutes (-want +got):\n%s", diff)
	}

	named, err := sheet.Read(bytes.NewReader(b.Bytes()), sheet.Hours, sheet.Mapping{Worksheet: "other"})
	must(t, err)
	if len(named.Rows) != 1 || named.Worksheet != "other" {
		t.Errorf("got %d rows of %q, want 1 of other", len(named.Rows), named.Worksheet)
	}
	_, err = sheet.Read(bytes.NewReader(b.Bytes()), sheet.Hours, sheet.Mapping{Worksheet: "none"})
	if wrong, ok := sheet.IsFileError(err); !ok || wrong.Code != "no_worksheet" {
		t.Errorf("worksheet none: got %v", err)
	}
}

// A workbook with any byte wrong is read or refused; the library below may not bring the program down.
func TestDamagedWorkbook(t *testing.T) {
	t.Parallel()
	whole := testFile(t, "roster.xlsx")
	const stride = 23 // coprime to what the archive is aligned by, and shorter than any of its parts
	for i := 0; i < len(whole); i += stride {
		b := bytes.Clone(whole)
		b[i] ^= 0x55
		f, err := sheet.Read(bytes.NewReader(b), sheet.Hours, sheet.Mapping{})
		if err != nil {
			if wrong, ok := sheet.IsFileError(err); !ok || wrong.Code == "" {
				t.Fatalf("byte %d: got %v, want a file error", i, err)
			}
			continue
		}
		if err := f.Plan(t.Context(), register{}, rosterParams(t)); err != nil {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
	for n := 0; n < len(whole); n += 197 {
		if _, err := sheet.Read(bytes.NewReader(whole[:n]), sheet.Hours, sheet.Mapping{}); err == nil {
			t.Errorf("the first %d bytes are taken for a workbook", n)
		}
	}
}
