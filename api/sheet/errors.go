package sheet

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aixin/api/catalog"
	"aixin/ledger"
)

// FileError says why a whole file was refused: nothing of it was planned. Code finds the sentence in the catalogs.
type FileError struct {
	Code string       // such as "wrong_kind"
	Data catalog.Data // what the sentence names: line, columns, kind; never a cell
	Err  error        // the cause, where a library gave one
}

func (e *FileError) Error() string {
	parts := []string{"file: " + e.Code}
	for _, k := range slices.Sorted(maps.Keys(e.Data)) {
		parts = append(parts, fmt.Sprintf("%s=%v", strings.ToLower(k), e.Data[k]))
	}
	return strings.Join(parts, " ")
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// Sentence says the error to a person.
func (e *FileError) Sentence(l *catalog.Localizer) string {
	data := maps.Clone(e.Data)
	if kind, ok := data["Kind"].(string); ok {
		data["Kind"] = l.T("sheet.kind." + kind)
	}
	return l.T("sheet.file."+e.Code, data)
}

// Hint says what to do about it.
func (e *FileError) Hint(l *catalog.Localizer) string { return l.T("sheet.file_hint."+e.Code, e.Data) }

// Fault is one thing wrong with one cell or row. It carries no value.
type Fault struct {
	Column string // the header as it stands in the file; empty where the whole row is meant
	Code   string // such as "id_damaged"
	Row    int    // another row that the fault is about, where there is one
}

// Sentence says the fault to a person.
func (f Fault) Sentence(l *catalog.Localizer) string {
	said := l.T("sheet.fault."+f.Code, catalog.Data{"Row": f.Row})
	if f.Column == "" {
		return said
	}
	return l.T("sheet.at_column", catalog.Data{"Column": f.Column, "Said": said})
}

// sayInvalid says the malformed fields of a command that the ledger would not take.
func sayInvalid(l *catalog.Localizer, invalid *ledger.Invalid) string {
	said := make([]string, len(invalid.Fields))
	for i, f := range invalid.Fields {
		said[i] = l.Fault(f)
	}
	return strings.Join(said, " ")
}

// Report says what the file is and what became of its rows, a line each.
func (f *File) Report(l *catalog.Localizer) []string {
	about := catalog.Data{"Rows": len(f.Rows), "Encoding": string(f.Encoding), "Worksheet": f.Worksheet, "SHA256": f.SHA256}
	lines := []string{l.T("sheet.report.file", about)}
	if f.Format == XLSX {
		lines[0] = l.T("sheet.report.workbook", about)
	}
	if f.Others > 0 {
		lines = append(lines, l.T("sheet.report.others", catalog.Data{"Others": f.Others}))
	}
	if len(f.Ignored) > 0 {
		lines = append(lines, l.T("sheet.report.ignored", catalog.Data{"Ignored": strings.Join(f.Ignored, ", ")}))
	}
	s := f.Summary()
	return append(lines, l.T("sheet.report.summary", catalog.Data{
		"Recorded": s.Recorded, "Already": s.Already, "Refused": s.Refused, "Faulty": s.Faulty, "Skipped": s.Skipped, "Ready": s.Ready,
	}))
}

// IsFileError reports whether a file was refused as a whole, and returns why.
func IsFileError(err error) (*FileError, bool) { return errors.AsType[*FileError](err) }
