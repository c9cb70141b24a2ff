package sheet

import "aixin/ledger"

// countFile is the section of a rule about counting the shelves; without it nobody is reminded:
//
//	[count]
//	per = "month"    # a shelf is counted once in each
//	tolerance = 5    # percent of an item; a greater difference is posted by somebody who neither counted nor confirmed
type countFile struct {
	Per       string `toml:"per,omitempty"`
	Tolerance int64  `toml:"tolerance,omitempty"`
}

func (f *countFile) rule() ledger.CountRule {
	if f == nil {
		return ledger.CountRule{}
	}
	return ledger.CountRule{Per: ledger.Period(f.Per), Tolerance: ledger.Amount(f.Tolerance)}
}

func newCountFile(x ledger.CountRule) *countFile {
	if x == (ledger.CountRule{}) {
		return nil
	}
	return &countFile{string(x.Per), int64(x.Tolerance)}
}
