package sheet

import (
	"time"

	"github.com/pelletier/go-toml/v2"

	"aixin/ledger"
)

// This file has the sections of a rule as a file has them. A section is a table that may be left out.

// termsFile says for whom a rule is, how long, and on whose word.
type termsFile struct {
	Unit       string          `toml:"unit,omitempty"`
	Shop       string          `toml:"shop,omitempty"`
	Until      *toml.LocalDate `toml:"until,omitempty"`
	ApprovedBy string          `toml:"approved_by,omitempty"`
	Published  *toml.LocalDate `toml:"published,omitempty"`
}

func (f *termsFile) into(rule *ledger.Rule) {
	if f == nil {
		return
	}
	rule.Terms = ledger.Terms{
		Unit: ledger.UnitID(f.Unit), Shop: ledger.ShopID(f.Shop), Until: dayOf(f.Until), ApprovedBy: f.ApprovedBy, Published: dayOf(f.Published),
	}
}

func newTermsFile(t ledger.Terms) *termsFile {
	if t == (ledger.Terms{}) {
		return nil
	}
	return &termsFile{string(t.Unit), string(t.Shop), dayFile(t.Until), t.ApprovedBy, dayFile(t.Published)}
}

// secondFile says which kinds of entries take two persons.
type secondFile struct {
	Kinds []string `toml:"kinds"`
}

func (f *secondFile) into(rule *ledger.Rule) {
	if f == nil {
		return
	}
	for _, k := range f.Kinds {
		rule.Second.Kinds = append(rule.Second.Kinds, ledger.Kind(k))
	}
}

func newSecondFile(s ledger.Second) *secondFile {
	if len(s.Kinds) == 0 {
		return nil
	}
	f := &secondFile{}
	for _, k := range s.Kinds {
		f.Kinds = append(f.Kinds, string(k))
	}
	return f
}

// dayOf returns the day of a file, or none.
func dayOf(d *toml.LocalDate) ledger.Date {
	if d == nil || *d == (toml.LocalDate{}) {
		return 0
	}
	return ledger.NewDate(d.Year, time.Month(d.Month), d.Day)
}

// dayFile writes a day, or none.
func dayFile(d ledger.Date) *toml.LocalDate {
	if d == 0 {
		return nil
	}
	y, m, day := d.Time().Date()
	return &toml.LocalDate{Year: y, Month: int(m), Day: day}
}
