package sheet

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// readCSV reads text with commas, tabs or semicolons between the cells (RFC 4180).
func readCSV(text string, g *grid) error {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = delimiter(text)
	r.FieldsPerRecord = -1 // title rows are shorter
	r.ReuseRecord = g.take != nil
	inside := 0 // line breaks inside cells so far: a spreadsheet does not count them as rows
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
			return &FileError{Code: "csv_syntax", Data: map[string]any{"Line": wrong.StartLine}, Err: err}
		}
		if err != nil {
			return &FileError{Code: "csv_syntax", Data: map[string]any{"Line": g.count + 1}, Err: err}
		}
		first, _ := r.FieldPos(0)
		if err := g.add(first-inside, cells); err != nil {
			return err
		}
		for _, c := range cells {
			inside += strings.Count(c, "\n")
		}
	}
}

// delimiter returns the separator that the first lines use most; a comma where they use none.
func delimiter(text string) rune {
	head := text[:min(len(text), 4<<10)]
	best, most := ',', strings.Count(head, ",")
	for _, r := range []rune{'\t', ';'} {
		if n := strings.Count(head, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}
