package sheet

import "aixin/ledger"

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
