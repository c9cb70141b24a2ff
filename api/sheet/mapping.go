package sheet

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/pelletier/go-toml/v2"
)

// Mapping says where the columns of an unusual file are; testdata/import/mapping.toml is one. The zero Mapping finds them by
// their known headers.
type Mapping struct {
	Form       string            `toml:"form"`       // optional: refuses the mapping for another form
	Worksheet  string            `toml:"worksheet"`  // optional: else the first visible one
	HeaderRow  int               `toml:"header_row"` // optional, from 1: else the first row that has the needed headers
	Strict     bool              `toml:"strict"`     // refuse a file with a column that nobody knows
	Minutes    bool              `toml:"minutes"`    // bare durations are minutes
	Columns    map[string]string `toml:"columns"`    // field → header as it stands in the file
	Activities map[string]string `toml:"activities"` // what the activity column says → activity number
}

// ReadMapping reads a mapping file. Unknown members are refused by name and line.
func ReadMapping(r io.Reader) (Mapping, error) {
	var m Mapping
	if err := decodeTOML(r, &m); err != nil {
		return Mapping{}, fmt.Errorf("mapping: %w", err)
	}
	return m, nil
}

// check reports a mapping that does not fit the form.
func (m Mapping) check(f Form) error {
	if m.Form != "" && Form(m.Form) != f {
		return &FileError{Code: "mapping_form", Data: map[string]any{"Form": m.Form, "Want": string(f)}}
	}
	for name := range m.Columns {
		if !forms[f].has(field(name)) {
			return &FileError{Code: "mapping_field", Data: map[string]any{"Field": name, "Known": join(forms[f].fields)}}
		}
	}
	return nil
}

func (f form) has(at field) bool { return slices.Contains(f.fields, at) }

// decodeTOML reads a whole document strictly and names the line of what is wrong.
func decodeTOML(r io.Reader, into any) error {
	b, err := io.ReadAll(io.LimitReader(r, MaxConfig+1))
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if len(b) > MaxConfig {
		return &FileError{Code: "toml_large"}
	}
	d := toml.NewDecoder(newReader(b)).DisallowUnknownFields()
	err = d.Decode(into)
	if strict, ok := errors.AsType[*toml.StrictMissingError](err); ok && len(strict.Errors) > 0 {
		first := strict.Errors[0]
		line, _ := first.Position()
		return &FileError{Code: "toml_unknown", Data: map[string]any{"Line": line, "Key": joinKey(first.Key())}, Err: err}
	}
	if wrong, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, column := wrong.Position()
		return &FileError{Code: "toml_syntax", Data: map[string]any{"Line": line, "Column": column}, Err: err}
	}
	if err != nil {
		return &FileError{Code: "toml_value", Err: err}
	}
	return nil
}
