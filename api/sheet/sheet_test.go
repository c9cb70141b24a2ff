package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/text/encoding/simplifiedchinese"

	"aixin/api/catalog"
	"aixin/api/sheet"
	"aixin/ledger"
)

// register is a registry of people as the command line has one: numbers by name, ID number and phone.
type register []sheet.Person

func (r register) Find(_ context.Context, by sheet.Person) ([]sheet.Known, error) {
	if set := len(strings.Fields(by.Volunteer + " " + by.IDNumber + " " + by.Phone)); set != 1 || by.Name != "" {
		return nil, errors.New("asked for a person by other than one number")
	}
	var found []sheet.Known
	for _, p := range r {
		fits := func(have, want string) bool { return want == "" || have == want }
		if fits(p.Volunteer, by.Volunteer) && fits(p.IDNumber, by.IDNumber) && fits(p.Phone, by.Phone) {
			found = append(found, sheet.Known{Volunteer: ledger.VolunteerID(p.Volunteer), Name: p.Name})
		}
	}
	return found, nil
}

// everybody registers the people of volunteers-gbk.csv in the order of the file.
func everybody(t *testing.T) register {
	t.Helper()
	f := read(t, "volunteers-gbk.csv", sheet.Volunteers, sheet.Mapping{})
	var r register
	for i, row := range f.Rows {
		v, ok := row.Record.(*sheet.VolunteerRow)
		if !ok || len(row.Faults) > 0 {
			t.Fatalf("row %d: %v", row.Number, row.Faults)
		}
		r = append(r, sheet.Person{
			Volunteer: string(ledger.NewVolunteerID(i + 1)), Name: v.Name, IDNumber: v.IDNumber, Phone: v.Phone,
		})
	}
	return r
}

func read(t *testing.T, name string, form sheet.Form, m sheet.Mapping) *sheet.File {
	t.Helper()
	f, err := sheet.Read(bytes.NewReader(testFile(t, name)), form, m)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f
}

// rosterParams are what the import of a roster says beside the file.
func rosterParams(t *testing.T) sheet.Params {
	t.Helper()
	start, err := ledger.ParseStart("2026-11-22T08:00")
	must(t, err)
	return sheet.Params{Activity: "A001", Start: start, Capture: ledger.Roster, Sheet: "0001"}
}

func plan(t *testing.T, f *sheet.File, people sheet.People, p sheet.Params) {
	t.Helper()
	if err := f.Plan(t.Context(), people, p); err != nil {
		t.Fatalf("plan: %v", err)
	}
}

// commands returns the planned commands by key.
func commands(f *sheet.File) map[ledger.Key]ledger.Action {
	m := map[ledger.Key]ledger.Action{}
	for _, r := range f.Rows {
		if r.Command != nil {
			m[r.Command.Key] = r.Command.Do
		}
	}
	return m
}

// outcomes says in one word a row what became of it.
func outcomes(f *sheet.File) []string {
	list := make([]string, len(f.Rows))
	for i, r := range f.Rows {
		switch {
		case r.Subtotal:
			list[i] = fmt.Sprintf("%d subtotal", r.Number)
		case r.Same != 0:
			list[i] = fmt.Sprintf("%d same %d", r.Number, r.Same)
		case len(r.Faults) > 0:
			codes := make([]string, len(r.Faults))
			for i, fault := range r.Faults {
				codes[i] = fault.Code
			}
			list[i] = fmt.Sprintf("%d %s", r.Number, strings.Join(codes, ","))
		case r.Command != nil:
			list[i] = fmt.Sprintf("%d %s", r.Number, r.Command.Key)
		default:
			list[i] = fmt.Sprintf("%d new", r.Number)
		}
	}
	return list
}

func TestRoster(t *testing.T) {
	t.Parallel()
	f := read(t, "roster.xlsx", sheet.Hours, sheet.Mapping{})
	plan(t, f, everybody(t), rosterParams(t))
	want := []string{
		"3 h/V0000018/A001/2026-11-22T08:00", "4 h/V0000026/A001/2026-11-22T08:00", "5 h/V0000067/A001/2026-11-22T08:00",
		"6 subtotal",
		"7 h/V0000034/A001/2026-11-22T08:00", "8 h/V0000109/A001/2026-11-22T08:00", "9 h/V0000083/A001/2026-11-22T08:00",
		"10 subtotal",
	}
	if diff := cmp.Diff(want, outcomes(f)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	first := f.Rows[0].Command
	wantDo := &ledger.DeclareHours{
		Volunteer: "V0000018", Activity: "A001", Start: rosterParams(t).Start, Minutes: 150, Capture: ledger.Roster, Sheet: "0001",
	}
	if diff := cmp.Diff(ledger.Action(wantDo), first.Do); diff != "" {
		t.Errorf("first row (-want +got):\n%s", diff)
	}
	for _, r := range f.Rows {
		if r.Command != nil && !r.Command.Key.Valid() {
			t.Errorf("row %d: key %s is not valid", r.Number, r.Command.Key)
		}
	}
	if f.HeaderRow != 2 || f.Format != sheet.XLSX || len(f.Ignored) != 0 {
		t.Errorf("got header row %d, format %s, ignored %v; want 2, xlsx, none", f.HeaderRow, f.Format, f.Ignored)
	}
}

// The same people in a file that was sorted and saved again by another program ask for the same things, and one thing more.
func TestRosterSavedAgain(t *testing.T) {
	t.Parallel()
	people := everybody(t)
	first := read(t, "roster.xlsx", sheet.Hours, sheet.Mapping{})
	plan(t, first, people, rosterParams(t))
	again := read(t, "roster-resaved-gbk.csv", sheet.Hours, sheet.Mapping{})
	plan(t, again, people, rosterParams(t))
	if again.Encoding != sheet.GB18030 {
		t.Errorf("encoding: got %s, want GB18030", again.Encoding)
	}
	more := commands(again)
	for key, do := range commands(first) {
		if diff := cmp.Diff(do, more[key]); diff != "" {
			t.Errorf("%s (-first +again):\n%s", key, diff)
		}
		delete(more, key)
	}
	if len(more) != 1 || more["h/V0000091/A001/2026-11-22T08:00"] == nil {
		t.Errorf("got %d commands more (%v), want the one of V0000091", len(more), more)
	}
	if first.SHA256 == again.SHA256 || first.Import().Key == again.Import().Key {
		t.Error("two files have one hash or one key")
	}
	if k := first.Import().Key; !k.Valid() || strings.ContainsAny(string(k), "0123456789") {
		t.Errorf("key of the file: %s is not valid, or has digits that could be somebody's number", k)
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file   string
		form   sheet.Form
		params sheet.Params
		want   []string
	}{
		{"items.csv", sheet.Items, sheet.Params{}, []string{
			"2 i/SKU-0001", "3 i/SKU-0002", "4 i/SKU-0003", "5 i/SKU-0004", "6 i/SKU-0005", "7 i/SKU-0006", "8 i/SKU-0007",
			"9 i/SKU-0008", "10 i/SKU-0009", "11 i/SKU-0010", "12 i/SKU-0011", "13 i/SKU-0012", "14 i/SKU-0013",
		}},
		{"template.xlsx", sheet.Hours, sheet.Params{Activity: "A001", Capture: ledger.Roster}, []string{
			"4 h/V0000018/A001/2026-03-05T08:00", "5 h/V0000042/A001/2026-03-05T08:30",
		}},
		{"platform.csv", sheet.Hours, sheet.Params{Capture: ledger.Scan}, []string{
			"2 h/V0000018/A001/2026-03-07T08:00", "3 h/V0000026/A001/2026-03-07T08:00", "4 h/V0000034/A001/2026-03-07T08:00", "5 same 2",
		}},
		{"acts.csv", sheet.Acts, sheet.Params{}, []string{
			"2 a/V0000018/RC03/2026-03-05", "3 a/V0000018/RC01/2026-03-05", "4 a/V0000026/RC02/2026-03-05", "5 a/V0000034/RC04/2026-03-05", "6 subtotal",
		}},
		{"balances.csv", sheet.Balances, sheet.Params{}, []string{"2 o/V0000034", "3 o/V0000042", "4 o/V0000067"}},
	}
	people := everybody(t)
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			f := read(t, tt.file, tt.form, sheet.Mapping{})
			plan(t, f, people, tt.params)
			if diff := cmp.Diff(tt.want, outcomes(f)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	people := everybody(t)
	hours := read(t, "template.xlsx", sheet.Hours, sheet.Mapping{})
	plan(t, hours, people, sheet.Params{Activity: "A001", Capture: ledger.Roster})
	acts := read(t, "acts.csv", sheet.Acts, sheet.Mapping{})
	plan(t, acts, people, sheet.Params{})
	balances := read(t, "balances.csv", sheet.Balances, sheet.Mapping{})
	plan(t, balances, people, sheet.Params{})
	items := read(t, "items.csv", sheet.Items, sheet.Mapping{})
	plan(t, items, people, sheet.Params{})
	got := []ledger.Action{
		hours.Rows[1].Command.Do, acts.Rows[2].Command.Do, acts.Rows[3].Command.Do,
		balances.Rows[1].Command.Do, balances.Rows[2].Command.Do, items.Rows[5].Command.Do, items.Rows[12].Command.Do,
	}
	day, end, from := ledger.NewDate(2026, 3, 5), ledger.NewDate(2027, 12, 31), ledger.NewDate(2026, 1, 1)
	start := ledger.NewStart(day, 8*60+30)
	want := []ledger.Action{
		&ledger.DeclareHours{Volunteer: "V0000042", Activity: "A001", Start: start, Minutes: 120, Capture: ledger.Roster},
		&ledger.DeclareActs{Volunteer: "V0000026", Code: "RC02", Quantity: 35, On: day},
		&ledger.DeclareActs{Volunteer: "V0000034", Code: "RC04", Quantity: 3, On: day},
		&ledger.DeclareOpening{Volunteer: "V0000042", Points: 120000, Expires: end},
		&ledger.DeclareOpening{Volunteer: "V0000067", Points: 80},
		&ledger.AddItem{Item: "SKU-0006", Name: "酱油", Points: 700, From: from},
		&ledger.AddItem{Item: "SKU-0013", Name: "图书", Points: 780, From: from},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("commands (-want +got):\n%s", diff)
	}
}

// Volunteers who are registered already get their command at once; the others when they have a number.
func TestVolunteers(t *testing.T) {
	t.Parallel()
	everyone := everybody(t)
	f := read(t, "volunteers-gbk.csv", sheet.Volunteers, sheet.Mapping{})
	plan(t, f, everyone[:2], sheet.Params{})
	if f.Rows[0].Command == nil || f.Rows[0].Command.Key != "v/V0000018" {
		t.Errorf("known volunteer: got %+v, want key v/V0000018", f.Rows[0].Command)
	}
	for i, r := range f.Rows[2:] {
		if !r.New() {
			t.Fatalf("row %d: not new: %v", r.Number, r.Faults)
		}
		f.Enroll(r, ledger.VolunteerID(everyone[i+2].Volunteer))
	}
	couple := f.Rows[8].Command
	want := &ledger.Enroll{Volunteer: "V0000091", Unit: "C01", Household: "H000001"}
	if diff := cmp.Diff(ledger.Action(want), couple.Do); diff != "" {
		t.Errorf("one of a couple (-want +got):\n%s", diff)
	}
	if got := f.Summary(); got != (sheet.Summary{Ready: len(everyone)}) {
		t.Errorf("summary: got %+v, want all %d ready", got, len(everyone))
	}
}

// One content in every encoding that arrives gives the same rows and keys, and says which encoding it was.
func TestEncodings(t *testing.T) {
	t.Parallel()
	people := everybody(t)
	gbk := testFile(t, "roster-resaved-gbk.csv")
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(gbk)
	must(t, err)
	utf16 := []byte{0xff, 0xfe}
	for _, r := range string(text) {
		utf16 = append(utf16, byte(r), byte(r>>8)) // the roster has no character beyond the basic plane
	}
	files := map[sheet.Encoding][]byte{
		sheet.GB18030: gbk, sheet.UTF8: text, sheet.UTF8BOM: append([]byte("\xef\xbb\xbf"), text...), sheet.UTF16: utf16,
	}
	var first *sheet.File
	for encoding, b := range files {
		for _, delimiter := range []string{",", "\t", ";"} {
			if encoding == sheet.UTF16 && delimiter != "," {
				continue
			}
			f, err := sheet.Read(bytes.NewReader(bytes.ReplaceAll(b, []byte(","), []byte(delimiter))), sheet.Hours, sheet.Mapping{})
			if err != nil {
				t.Fatalf("%s with %q: %v", encoding, delimiter, err)
			}
			plan(t, f, people, rosterParams(t))
			if f.Encoding != encoding {
				t.Errorf("got encoding %s, want %s", f.Encoding, encoding)
			}
			if first == nil {
				first = f
			}
			if diff := cmp.Diff(first.Rows, f.Rows, cmpopts.IgnoreUnexported(sheet.Row{})); diff != "" {
				t.Errorf("%s with %q differs:\n%s", encoding, delimiter, diff)
			}
		}
	}
}

func TestBadFiles(t *testing.T) {
	t.Parallel()
	tests := []struct{ file, code string }{
		{"pdf-as.xlsx", "wrong_kind"},
		{"page-as.xls", "wrong_kind"},
		{"old.xls", "wrong_kind"},
		{"letter.docx", "wrong_kind"},
		{"photos.zip", "wrong_kind"},
		{"truncated.xlsx", "damaged_workbook"},
		{"broken-encoding.csv", "encoding"},
		{"control-characters.csv", "control_characters"},
		{"empty.csv", "empty"},
		{"header-only.csv", "no_rows"},
		{"no-header.csv", "no_header"},
		{"missing-column.csv", "missing_column"},
		{"repeated-column.csv", "repeated_column"},
		{"unclosed-quote.csv", "csv_syntax"},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			b := testFile(t, "bad/"+tt.file)
			_, err := sheet.Read(bytes.NewReader(b), sheet.Hours, sheet.Mapping{})
			wrong, ok := errors.AsType[*sheet.FileError](err)
			if !ok || wrong.Code != tt.code {
				t.Fatalf("got %v, want %s", err, tt.code)
			}
			quiet(t, said(t, wrong.Sentence)+said(t, wrong.Hint))
		})
	}
}

func TestBadRows(t *testing.T) {
	t.Parallel()
	on := ledger.NewDate(2026, 3, 5)
	tests := []struct {
		file string
		form sheet.Form
		want []string
	}{
		{"id-damaged.csv", sheet.Hours, []string{"2 id_damaged", "3 id_damaged"}},
		{"id-check.csv", sheet.Hours, []string{"2 id_check"}},
		{"id-fifteen.csv", sheet.Hours, []string{"2 id_fifteen"}},
		{"exponent.csv", sheet.Hours, []string{"2 exponent"}},
		{"negative.csv", sheet.Hours, []string{"2 negative", "3 negative"}},
		{"overflow.csv", sheet.Hours, []string{"2 duration_long", "3 duration_long"}},
		{"duration.csv", sheet.Hours, []string{"2 duration", "3 duration_fraction", "4 not_zero", "5 required"}},
		{"names.csv", sheet.Hours, []string{"2 person_name"}},
		{"nobody.csv", sheet.Hours, []string{"2 person_required", "3 person_name_differs", "4 person_unknown"}},
		{"contradicts.csv", sheet.Hours, []string{"2 contradicts", "3 contradicts", "4 same 2"}},
		{"attendance.csv", sheet.Hours, []string{"2 longer_than_attendance", "3 end_before_start", "4 volunteer_number,activity_number,date"}},
		{"merged-hours.xlsx", sheet.Hours, []string{"2 merged", "3 merged"}},
		{"items.csv", sheet.Items, []string{
			"2 item_code", "3 exponent", "4 required", "5 negative", "6 not_zero", "7 decimals", "8 overflow", "9 number", "10 required",
		}},
		{"acts.csv", sheet.Acts, []string{"2 standard_code", "3 whole", "4 overflow", "5 date"}},
	}
	people := everybody(t)
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			p := rosterParams(t)
			p.From, p.On = on, on
			f := read(t, "bad/"+tt.file, tt.form, sheet.Mapping{})
			plan(t, f, people, p)
			if diff := cmp.Diff(tt.want, outcomes(f)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			for _, r := range f.Rows {
				quiet(t, said(t, r.Result))
				for _, fault := range r.Faults {
					if fault.Column == "" && fault.Code != "contradicts" {
						t.Errorf("row %d: fault %s names no column", r.Number, fault.Code)
					}
				}
			}
		})
	}
}

// said says something in both languages, and fails where a language has no sentence for it.
func said(t *testing.T, say func(*catalog.Localizer) string) string {
	t.Helper()
	c, err := catalog.Load()
	must(t, err)
	all := ""
	for _, lang := range []string{"zh", "en"} {
		s := say(c.In(lang))
		if strings.Contains(s, "sheet.") || strings.Contains(s, "no value") || s == "" {
			t.Errorf("%s: no sentence: %q", lang, s)
		}
		all += s
	}
	return all
}

// quiet fails where a message echoes the personal data of the test files.
func quiet(t *testing.T, message string) {
	t.Helper()
	for _, secret := range []string{"341799", "1700000", "王秀英", "李明", "何人"} {
		if strings.Contains(message, secret) {
			t.Errorf("message echoes personal data: %q", message)
		}
	}
}

func TestParams(t *testing.T) {
	t.Parallel()
	full := rosterParams(t)
	tests := []struct {
		file string
		form sheet.Form
		drop func(*sheet.Params)
		flag string
	}{
		{"roster.xlsx", sheet.Hours, func(p *sheet.Params) { p.Capture = "" }, "--capture"},
		{"roster.xlsx", sheet.Hours, func(p *sheet.Params) { p.Activity = "" }, "--activity"},
		{"roster.xlsx", sheet.Hours, func(p *sheet.Params) { p.Start = 0 }, "--start"},
		{"bad/items.csv", sheet.Items, func(*sheet.Params) {}, "--from"},
	}
	for _, tt := range tests {
		p := full
		tt.drop(&p)
		err := read(t, tt.file, tt.form, sheet.Mapping{}).Plan(t.Context(), everybody(t), p)
		wrong, ok := errors.AsType[*sheet.FileError](err)
		if !ok || wrong.Data["Flag"] != tt.flag {
			t.Fatalf("%s without %s: got %v", tt.file, tt.flag, err)
		}
		if all := said(t, wrong.Sentence) + said(t, wrong.Hint); !strings.Contains(all, tt.flag) || (tt.flag == "--from") != strings.Contains(all, "启用日期") {
			t.Errorf("%s without %s: said %q", tt.file, tt.flag, all)
		}
	}
}

func TestMapping(t *testing.T) {
	t.Parallel()
	mapping, err := sheet.ReadMapping(bytes.NewReader(testFile(t, "mapping.toml")))
	must(t, err)
	f := read(t, "unusual.csv", sheet.Hours, mapping)
	p := rosterParams(t)
	p.Activity = ""
	plan(t, f, everybody(t), p)
	want := []string{"2 h/V0000018/A001/2026-11-22T08:00", "3 h/V0000026/A002/2026-11-22T08:00"}
	if diff := cmp.Diff(want, outcomes(f)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if do, ok := f.Rows[0].Command.Do.(*ledger.DeclareHours); !ok || do.Minutes != 150 {
		t.Errorf("got %+v, want 150 minutes", f.Rows[0].Command.Do)
	}
}

func TestMappingRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		toml string
		form sheet.Form
		code string
		line any
	}{
		{"strict = true\ncolumn = 3\n", sheet.Hours, "toml_unknown", 2},
		{"strict = true\nform = [\n", sheet.Hours, "toml_syntax", nil},
		{"strict = 3\n", sheet.Hours, "toml_syntax", nil},
		{"form = \"acts\"\n", sheet.Hours, "mapping_form", nil},
		{"[columns]\nmood = \"心情\"\n", sheet.Hours, "mapping_field", nil},
		{"strict = true\n", sheet.Hours, "unknown_column", nil},
	}
	for _, tt := range tests {
		m, err := sheet.ReadMapping(strings.NewReader(tt.toml))
		if err == nil {
			_, err = sheet.Read(bytes.NewReader(testFile(t, "bad/unknown-column.csv")), tt.form, m)
		}
		wrong, ok := errors.AsType[*sheet.FileError](err)
		if !ok || wrong.Code != tt.code || (tt.line != nil && wrong.Data["Line"] != tt.line) {
			t.Errorf("%q: got %v, want %s at line %v", tt.toml, err, tt.code, tt.line)
		}
	}
	f := read(t, "bad/unknown-column.csv", sheet.Hours, sheet.Mapping{})
	if diff := cmp.Diff([]string{"心情"}, f.Ignored); diff != "" {
		t.Errorf("ignored columns (-want +got):\n%s", diff)
	}
}

// A header of two rows, and cells that are merged over several people's rows and say the same of each.
func TestMergedCells(t *testing.T) {
	t.Parallel()
	b := workbook(t, "时长", [][]any{
		{"姓名", "手机号", "服务日期", "服务", ""},
		{"", "", "", "时长", "评价"},
		{"王秀英", "17000000001", "2026-03-05", 2, "好"},
		{"李明", "17000000002", "", 1, "好"},
	}, []string{"A1:A2", "B1:B2", "C1:C2", "D1:E1", "C3:C4"}, nil)
	mapping := sheet.Mapping{Columns: map[string]string{"duration": "服务"}}
	f, err := sheet.Read(bytes.NewReader(b), sheet.Hours, mapping)
	must(t, err)
	p := rosterParams(t)
	plan(t, f, everybody(t), p)
	want := []string{"3 h/V0000018/A001/2026-03-05T08:00", "4 h/V0000026/A001/2026-03-05T08:00"}
	if diff := cmp.Diff(want, outcomes(f)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// A file that says that it unpacks to far more is refused before it is unpacked; one that lies about it is found out.
func TestZipBomb(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	must(t, err)
	_, err = w.Write(make([]byte, 1<<20))
	must(t, err)
	must(t, w.Close())
	tests := []struct {
		name  string
		parts int
		says  uint64 // how large each part says it is
		code  string
	}{
		{"one large part", 1, sheet.MaxUnzipped + 1, "unzip_limit"},
		{"many parts", 20, sheet.MaxUnzipped / 10, "unzip_limit"},
		{"sizes that overflow", 2, 1 << 63, "unzip_limit"},
		{"very many parts", sheet.MaxParts + 1, 1, "unzip_limit"},
		{"a part that lies", 1, 1, "damaged_workbook"},
	}
	for _, tt := range tests {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for i := range tt.parts {
			h := &zip.FileHeader{Name: fmt.Sprintf("xl/part%d.xml", i), Method: zip.Deflate, UncompressedSize64: tt.says, CompressedSize64: uint64(packed.Len())}
			if i == 0 {
				h.Name = "xl/workbook.xml"
			}
			part, err := z.CreateRaw(h)
			must(t, err)
			_, err = part.Write(packed.Bytes())
			must(t, err)
		}
		must(t, z.Close())
		_, err := sheet.Read(&b, sheet.Hours, sheet.Mapping{})
		if wrong, ok := errors.AsType[*sheet.FileError](err); !ok || wrong.Code != tt.code {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.code)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, code string }{
		{"rows", "姓名,手机,时长\n" + strings.Repeat("王,17000000001,1\n", sheet.MaxRows), "too_many_rows"},
		{"columns", "姓名,手机,时长\n" + strings.Repeat("a,", sheet.MaxColumns) + "a\n", "too_many_columns"},
		{"cell", "姓名,手机,时长\n" + strings.Repeat("a", sheet.MaxCell+1) + ",,\n", "cell_large"},
		{"file", strings.Repeat("a", sheet.MaxFile+1), "file_large"},
	}
	for _, tt := range tests {
		_, err := sheet.Read(strings.NewReader(tt.text), sheet.Hours, sheet.Mapping{})
		if wrong, ok := errors.AsType[*sheet.FileError](err); !ok || wrong.Code != tt.code {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.code)
		}
	}
}

// Row numbers are those that a spreadsheet shows: blank lines count, line breaks inside cells do not.
func TestRowNumbers(t *testing.T) {
	t.Parallel()
	const text = "姓名,手机,时长,备注\n\n王秀英,17000000001,1,\"上午\n下午\"\n李明,17000000002,x,\n"
	f, err := sheet.Read(strings.NewReader(text), sheet.Hours, sheet.Mapping{})
	must(t, err)
	got := []int{f.Rows[0].Number, f.Rows[1].Number}
	if !slices.Equal(got, []int{3, 4}) {
		t.Errorf("got rows %v, want 3 and 4", got)
	}
}

// Every code in the source of the package has a sentence in both languages.
func TestCodesAreSaid(t *testing.T) {
	t.Parallel()
	codes := map[string][]string{"sheet.file": nil, "sheet.fault": nil}
	paths, err := filepath.Glob("*.go")
	must(t, err)
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		must(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			name, ok := lit.Type.(*ast.Ident)
			if !ok {
				return true
			}
			for i, e := range lit.Elts {
				key, value := "", e
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					key, value = fmt.Sprint(kv.Key), kv.Value
				}
				code, ok := value.(*ast.BasicLit)
				if !ok || code.Kind != token.STRING {
					continue
				}
				s, err := strconv.Unquote(code.Value)
				must(t, err)
				switch {
				case name.Name == "FileError" && key == "Code":
					codes["sheet.file"] = append(codes["sheet.file"], s)
				case name.Name == "cellFault" && key == "" && i == 1, name.Name == "Fault" && key == "Code":
					codes["sheet.fault"] = append(codes["sheet.fault"], s)
				}
			}
			return true
		})
	}
	codes["sheet.file_hint"] = codes["sheet.file"]
	for table, list := range codes {
		if len(list) < 8 {
			t.Errorf("%s: found %d codes in the source only", table, len(list))
		}
		for _, code := range list {
			said(t, func(l *catalog.Localizer) string { return strings.ReplaceAll(l.T(table+"."+code), "<no value>", "") })
		}
	}
}
