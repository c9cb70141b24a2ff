package sheet

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"aixin/ledger"
	"aixin/ledger/reconcile"
)

// Comparison says how a list from outside is held against the book; testdata/reconcile has one of each profile.
type Comparison struct {
	Profile   reconcile.Profile
	From, To  ledger.Date
	Key       []reconcile.Field
	Columns   map[reconcile.Field]string // field → header as it stands in the file
	Only      map[reconcile.Field]string // what every row of the list is about, such as one shop: of the book, no other rows are compared
	Minutes   bool                       // bare durations are minutes
	Window    int
	Timing    int
	Tolerance int64
}

// comparisonFile is a Comparison as a file has it.
type comparisonFile struct {
	Profile   string            `toml:"profile"`
	From      *toml.LocalDate   `toml:"from"`
	To        *toml.LocalDate   `toml:"to"`
	Key       []string          `toml:"key"`       // fields; else those of the profile
	Window    int               `toml:"window"`    // days, for rows without a key
	Timing    int               `toml:"timing"`    // days before the end that may be in transit
	Tolerance int64             `toml:"tolerance"` // in minutes, hundredths of a point, or pieces
	Minutes   bool              `toml:"minutes"`
	Columns   map[string]string `toml:"columns"`
	Only      map[string]string `toml:"only"`
}

// The most days that a window and a timing may have: a quarter.
const maxWindow = 92

// ReadComparison reads the rules of a reconciliation. What is unknown or makes no sense is refused with its line.
func ReadComparison(r io.Reader) (Comparison, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxConfig+1))
	if err != nil {
		return Comparison{}, fmt.Errorf("rules: read: %w", err)
	}
	var f comparisonFile
	if err := decodeTOML(bytes.NewReader(b), &f); err != nil {
		return Comparison{}, fmt.Errorf("rules: %w", err)
	}
	wrong := func(key, known string) (Comparison, error) {
		return Comparison{}, &FileError{Code: "comparison", Data: map[string]any{"Line": lineOf(string(b), key), "Key": key, "Known": known}}
	}
	c := Comparison{
		Profile: reconcile.Profile(f.Profile), From: dayOf(f.From), To: dayOf(f.To), Minutes: f.Minutes, Window: f.Window, Timing: f.Timing,
		Tolerance: f.Tolerance, Columns: map[reconcile.Field]string{}, Only: map[reconcile.Field]string{},
	}
	fields := c.Profile.Fields()
	switch {
	case fields == nil:
		return wrong("profile", join(reconcile.Profiles()))
	case c.From == 0:
		return wrong("from", "YYYY-MM-DD")
	case c.To < c.From:
		return wrong("to", "YYYY-MM-DD >= from")
	case f.Window < 0 || f.Window > maxWindow:
		return wrong("window", fmt.Sprintf("0..%d", maxWindow))
	case f.Timing < 0 || f.Timing > maxWindow:
		return wrong("timing", fmt.Sprintf("0..%d", maxWindow))
	case f.Tolerance < 0:
		return wrong("tolerance", ">= 0")
	}
	for _, k := range f.Key {
		c.Key = append(c.Key, reconcile.Field(k))
		if k == string(reconcile.FieldAmount) || !slices.Contains(fields, reconcile.Field(k)) {
			return wrong("key", join(fields))
		}
	}
	if c.Key == nil {
		c.Key = c.Profile.Key()
	}
	for _, at := range slices.Sorted(maps.Keys(f.Columns)) {
		if !slices.Contains(fields, reconcile.Field(at)) {
			return wrong("columns."+at, join(fields))
		}
		c.Columns[reconcile.Field(at)] = f.Columns[at]
	}
	for _, at := range slices.Sorted(maps.Keys(f.Only)) {
		field, value := reconcile.Field(at), numbered(reconcile.Field(at), f.Only[at])
		if !slices.Contains(fields, field) || value == "" || field == reconcile.FieldAmount || field == reconcile.FieldDate || field == reconcile.FieldStart {
			return wrong("only."+at, join(fields))
		}
		c.Only[field] = value
	}
	if _, ok := c.Columns[reconcile.FieldAmount]; !ok {
		return wrong("columns", string(reconcile.FieldAmount))
	}
	return c, nil
}

// ReadDecisions reads what was decided about rows that stay as they are.
func ReadDecisions(r io.Reader) ([]reconcile.Decision, error) {
	var f struct {
		Decision []struct {
			Outside []string `toml:"outside"`
			Inside  []string `toml:"inside"`
			Reason  string   `toml:"reason"`
		} `toml:"decision"`
	}
	if err := decodeTOML(r, &f); err != nil {
		return nil, fmt.Errorf("decisions: %w", err)
	}
	list := make([]reconcile.Decision, len(f.Decision))
	for i, d := range f.Decision {
		if d.Reason == "" || len(d.Outside)+len(d.Inside) == 0 {
			return nil, &FileError{Code: "decision", Data: map[string]any{"Number": i + 1}}
		}
		list[i] = reconcile.Decision{Outside: d.Outside, Inside: d.Inside, Reason: d.Reason}
	}
	return list, nil
}

// Wanted lists the headers that the file must have.
func (c Comparison) Wanted() (list []string) {
	for _, f := range c.Profile.Fields() {
		if h, ok := c.Columns[f]; ok {
			list = append(list, h)
		}
	}
	return list
}

// ReadList reads the rows of a list as they come, with the bounds of one that is read where the book is; the table that it returns has no
// lines. A cell that cannot be read refuses the file: a row that was left out could not be reconciled. So does a column that says who
// people are: a report of the list would say so too.
func (c Comparison) ReadList(r io.Reader) (*Plain, []reconcile.Row, error) {
	var rows *rowReader
	g := &grid{bounds: held(), take: func(line) error { return nil }}
	p, err := readPlain(r, g, c.Wanted(), func(p *Plain, l PlainLine) error {
		if rows == nil {
			if who := p.Personal(); who.Any() {
				return &FileError{Code: "personal", Data: map[string]any{"Columns": who.Headers(p)}}
			}
			rows = c.rowReader(p)
		}
		return rows.add(l)
	})
	if err != nil {
		return nil, nil, err
	}
	if who := p.Personal(); who.Any() { // of a list without rows
		return nil, nil, &FileError{Code: "personal", Data: map[string]any{"Columns": who.Headers(p)}}
	}
	if rows == nil {
		return p, nil, nil
	}
	return p, rows.list, nil
}

// rowReader makes rows of the lines of a list, of which it keeps nothing else.
type rowReader struct {
	Comparison
	fields  []reconcile.Field // that have a column
	columns []int
	record  reconcile.Record  // one for all: a list may have a million rows
	parties map[string]string // one copy of each: many rows are about the same
	list    []reconcile.Row
}

func (c Comparison) rowReader(p *Plain) *rowReader {
	r := &rowReader{Comparison: c, record: reconcile.Record{Fields: map[reconcile.Field]string{}}, parties: map[string]string{}}
	for _, f := range c.Profile.Fields() {
		if header, ok := c.Columns[f]; ok {
			r.fields, r.columns = append(r.fields, f), append(r.columns, p.Column(header))
		}
	}
	return r
}

func (r *rowReader) add(l PlainLine) error {
	rec := &r.record
	clear(rec.Fields)
	rec.Ref, rec.On, rec.Amount = int64(l.Number), 0, 0
	for i, f := range r.fields {
		if code := r.cell(rec, f, l.Cell(r.columns[i])); code != "" {
			return &FileError{Code: "comparison_cell", Data: map[string]any{"Line": l.Number, "Column": r.Columns[f], "Want": code}}
		}
	}
	if rec.On == 0 {
		rec.On = r.To // a list without days, such as a count, is of the last
		rec.Fields[reconcile.FieldDate] = rec.On.String()
	}
	for f, value := range r.Only { // what no column says, or a cell leaves open
		rec.Fields[f] = cmp.Or(rec.Fields[f], value)
	}
	row := rec.Row(r.Profile, r.Key)
	party, known := r.parties[row.Party]
	if !known {
		party = strings.Clone(row.Party)
		r.parties[party] = party
	}
	row.Party, row.Key = party, strings.Clone(row.Key) // which may be cut from the line
	r.list = append(r.list, row)
	return nil
}

// cell reads one cell into a record.
func (c Comparison) cell(r *reconcile.Record, f reconcile.Field, text string) (code string) {
	switch f { //nolint:exhaustive // the rest is numbers of the book, as they are
	case reconcile.FieldAmount:
		r.Amount, code = c.amount(compact(text))
		return code
	case reconcile.FieldStart, reconcile.FieldDate:
		m, code := ParseMoment(text)
		if code != "" || m.Date == 0 {
			return "day"
		}
		r.On, r.Fields[reconcile.FieldDate] = m.Date, m.Date.String()
		if f == reconcile.FieldStart && m.Clock {
			r.Fields[f] = ledger.Start(int64(m.Date)*ledger.MaxMinutes + int64(m.Minute)).String()
		}
		return ""
	}
	r.Fields[f] = numbered(f, text)
	return ""
}

// numbered is a number as the book writes it: receipts and vouchers are counted, and R000041 and 0041 are the same.
func numbered(f reconcile.Field, text string) string {
	text = tidyCode(text)
	if f == reconcile.FieldReceipt {
		text = strings.TrimPrefix(text, "R")
	}
	if f == reconcile.FieldReceipt || f == reconcile.FieldVoucher {
		text = strings.TrimLeft(text, "0")
	}
	return text
}

// Within reports whether a record of the book is one of those that the list is about.
func (c Comparison) Within(r reconcile.Record) bool {
	for f, value := range c.Only {
		if r.Fields[f] != value {
			return false
		}
	}
	return true
}

func (c Comparison) amount(text string) (int64, string) {
	switch c.Profile {
	case reconcile.ProfileHours:
		if c.Minutes {
			text += "m"
		}
		a, code := ParseDuration(text)
		return int64(a), code
	case reconcile.ProfileVouchers, reconcile.ProfileSettlement:
		a, code := ParsePoints(text)
		return int64(a), code
	case reconcile.ProfileCounts, reconcile.ProfileDonations:
	}
	if text == "0" {
		return 0, "" // an empty shelf
	}
	return ParseQuantity(text)
}
