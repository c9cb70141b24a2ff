package sheet

import "aixin/ledger"

// accountFile is the section [account] of a rule set.
type accountFile struct {
	Holder string `toml:"holder,omitempty"`
	Head   bool   `toml:"head,omitempty"` // the head of a household alone exchanges out of its pool
}

func (f *accountFile) rule() ledger.AccountRule {
	if f == nil {
		return ledger.AccountRule{}
	}
	return ledger.AccountRule(*f)
}

func newAccountFile(r ledger.AccountRule) *accountFile {
	if r == (ledger.AccountRule{}) {
		return nil
	}
	f := accountFile(r)
	return &f
}
