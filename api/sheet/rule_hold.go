package sheet

import "aixin/ledger"

// holdFile is the section of a rule about holds; without it nothing is held:
//
//	[hold]
//	days = 7   # most days that one lasts
//	open = 2   # most open ones of a volunteer; left out, as many as a book keeps
type holdFile struct {
	Days int64 `toml:"days"`
	Open int64 `toml:"open,omitempty"`
}

// read returns what the ledger calls the section; none is the zero one.
func (f *holdFile) read() ledger.HoldRule {
	if f == nil {
		return ledger.HoldRule{}
	}
	return ledger.HoldRule{Days: f.Days, Open: f.Open}
}

// writeHold returns the section as a file has it; none where the rule says nothing of holds.
func writeHold(h ledger.HoldRule) *holdFile {
	if h == (ledger.HoldRule{}) {
		return nil
	}
	return &holdFile{Days: h.Days, Open: h.Open}
}
