package sheet

import "aixin/ledger"

// worthFile is the section of a rule about what points are worth beside goods and budgets, for the report of liability:
//
//	[worth]
//	yuan = "1.00"   # for one point
//	warn = 80       # percent of cover below which it warns
//	tolerance = 20  # percent by which a price may differ from the value of a piece, for the report of deliveries
type worthFile struct {
	Yuan string `toml:"yuan,omitempty"`
	Warn int64  `toml:"warn,omitempty"`

	Tolerance int64 `toml:"tolerance,omitempty"`
}

// read returns what the ledger calls the section; none is the zero one.
func (f *worthFile) read() (ledger.Worth, error) {
	if f == nil {
		return ledger.Worth{}, nil
	}
	x := ledger.Worth{Warn: ledger.Amount(f.Warn), Tolerance: ledger.Amount(f.Tolerance)}
	if f.Yuan == "" {
		return x, nil
	}
	var err error
	x.Fen, err = rulePoints(f.Yuan, "worth.yuan")
	return x, err
}

// writeWorth returns the section as a file has it; none where the rule says nothing of it.
func writeWorth(x ledger.Worth) *worthFile {
	if x == (ledger.Worth{}) {
		return nil
	}
	f := &worthFile{Warn: int64(x.Warn), Tolerance: int64(x.Tolerance)}
	if x.Fen != 0 {
		f.Yuan = ledger.FormatPoints(x.Fen)
	}
	return f
}
