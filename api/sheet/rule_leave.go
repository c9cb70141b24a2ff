package sheet

import "aixin/ledger"

// leaveFile is the section [leave] of a rule set.
type leaveFile struct {
	Days int64 `toml:"days"`
}

func (f *leaveFile) rule() ledger.LeaveRule {
	if f == nil {
		return ledger.LeaveRule{}
	}
	return ledger.LeaveRule(*f)
}

func newLeaveFile(r ledger.LeaveRule) *leaveFile {
	if r == (ledger.LeaveRule{}) {
		return nil
	}
	f := leaveFile(r)
	return &f
}
