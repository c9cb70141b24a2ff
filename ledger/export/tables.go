package export

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"aixin/ledger"
)

// table is a file of comma-separated values (RFC 4180).
type table struct {
	file *file
	rows *csv.Writer
}

// newTable begins a table. One that may hold Chinese begins with a byte order mark, without which spreadsheets take it for
// another encoding.
func (o *files) newTable(name string, mark bool, head ...string) (*table, error) {
	f, err := o.begin(name)
	if err != nil {
		return nil, err
	}
	if mark {
		f.text("\ufeff")
	}
	t := &table{f, csv.NewWriter(f)}
	t.rows.UseCRLF = true
	t.row(head...)
	return t, nil
}

// row writes a row. An error stays in the writer until the table is closed.
func (t *table) row(cells ...string) {
	if err := t.rows.Write(cells); err != nil {
		return
	}
}

func (t *table) close() error {
	if t == nil {
		return nil
	}
	t.rows.Flush()
	return errors.Join(t.rows.Error(), t.file.close())
}

// tables writes every entry and every posting as rows.
type tables struct {
	out               *files
	entries, postings *table
	err               error
}

func newTables(out *files) *tables { return &tables{out: out} }

func (t *tables) begin(month string) (err error) {
	if err := t.finish(); err != nil {
		return err
	}
	t.entries, err = t.out.newTable("csv/entries-"+month+".csv", true, "entry", "at", "on", "kind", "key", "actor", "rule", "proposal", "leaf", "body")
	if err != nil {
		return err
	}
	t.postings, err = t.out.newTable("csv/postings-"+month+".csv", false, "entry", "on", "account", "commodity", "amount", "lot", "expires")
	return err
}

func (t *tables) entry(e ledger.Entry, moves []move) {
	line := e.AppendLine(nil)
	var parts struct {
		Body json.RawMessage `json:"body"`
	}
	if err := json.Unmarshal(line, &parts); err != nil {
		t.err = errors.Join(t.err, fmt.Errorf("entry %d: %w", e.Index, err))
	}
	proposal := ""
	if e.Proposal != 0 {
		proposal = formatIndex(e.Proposal)
	}
	t.entries.row(formatIndex(e.Index), formatAt(e.At), e.On.String(), string(e.Kind), string(e.Key), string(e.Actor), e.Rule, proposal,
		formatHash(ledger.LeafHash(line)), string(parts.Body))
	for _, m := range moves {
		t.postings.row(formatIndex(e.Index), e.On.String(), m.Account.String(), string(m.Commodity), number(m.Amount, m.Commodity),
			m.Lot.String(), m.Expires.String())
	}
}

// endDay has nothing to say: tables assert nothing.
func (t *tables) endDay(ledger.Date, holdings, []ledger.AccountKey) {}

func (t *tables) finish() error { return errors.Join(t.err, t.entries.close(), t.postings.close()) }

// writeCodes says what units, shops, items and activities are called. Their names stand in the journal; those of people do not.
func writeCodes(out *files, v ledger.View) error {
	t, err := out.newTable("csv/codes.csv", true, "code", "name", "belongs to")
	if err != nil {
		return err
	}
	for u, err := range v.Units() {
		if err != nil {
			return err
		}
		t.row(string(u.Unit), plain(u.Name), string(u.Parent))
	}
	for s, err := range v.Shops() {
		if err != nil {
			return err
		}
		t.row(string(s.Shop), plain(s.Name), string(s.Unit))
	}
	for i, err := range v.Items() {
		if err != nil {
			return err
		}
		t.row(string(i.Item), plain(i.Name), i.Label)
	}
	for a, err := range v.Activities() {
		if err != nil {
			return err
		}
		t.row(string(a.Activity), plain(a.Name), string(a.Unit))
	}
	return t.close()
}

// plain keeps a spreadsheet from running a name as a formula.
func plain(name string) string {
	if first, _ := utf8.DecodeRuneInString(name); name != "" && strings.ContainsRune("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20", first) {
		return "'" + name
	}
	return name
}
