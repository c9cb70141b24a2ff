package sheet

import "aixin/ledger"

// carryFile is the section of a rule about what is left at the end of the year; without it all of that expires:
//
//	[carry]
//	percent = 50    # of what lapses on the day of the year that the rule names
//	cap = "500"     # most points of a volunteer in a year; left out, no cap
type carryFile struct {
	Percent int64  `toml:"percent"`
	Cap     string `toml:"cap,omitempty"`
}

// read returns what the ledger calls the section; none is the zero one.
func (f *carryFile) read() (x ledger.CarryRule, err error) {
	if f == nil {
		return x, nil
	}
	x.Percent = f.Percent
	if f.Cap != "" {
		x.Cap, err = rulePoints(f.Cap, "carry.cap")
	}
	return x, err
}

// writeCarry returns the section as a file has it; none where the rule says nothing of it.
func writeCarry(x ledger.CarryRule) *carryFile {
	if x == (ledger.CarryRule{}) {
		return nil
	}
	f := &carryFile{Percent: x.Percent}
	if x.Cap != 0 {
		f.Cap = ledger.FormatPoints(x.Cap)
	}
	return f
}
