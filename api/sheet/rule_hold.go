package sheet

import (
	"time"

	"github.com/pelletier/go-toml/v2"

	"aixin/ledger"
)

// holdSection is the section of a rule about holds.
type holdSection struct {
	Days int64 `toml:"days"`
	Open int64 `toml:"open,omitempty"`
}

// rule returns the section as the ledger has it; one that is left out allows nothing.
func (s *holdSection) rule() ledger.HoldRule {
	if s == nil {
		return ledger.HoldRule{}
	}
	return ledger.HoldRule{Days: s.Days, Open: s.Open}
}

func newHoldSection(h ledger.HoldRule) *holdSection {
	if h == (ledger.HoldRule{}) {
		return nil
	}
	return &holdSection{Days: h.Days, Open: h.Open}
}

// dateOf returns the day that a member names, none where it is left out.
func dateOf(d *toml.LocalDate) ledger.Date {
	if d == nil {
		return 0
	}
	return ledger.NewDate(d.Year, time.Month(d.Month), d.Day)
}

func localDate(d ledger.Date) *toml.LocalDate {
	if d == 0 {
		return nil
	}
	y, m, day := d.Time().Date()
	return &toml.LocalDate{Year: y, Month: int(m), Day: day}
}
