package sheet

import "aixin/ledger"

// donationFile is the section [donation] of a rule set.
type donationFile struct {
	Household bool `toml:"household,omitempty"`
	Welfare   bool `toml:"welfare,omitempty"`
}

func (f *donationFile) rule() ledger.DonationRule {
	if f == nil {
		return ledger.DonationRule{}
	}
	return ledger.DonationRule(*f)
}

func newDonationFile(r ledger.DonationRule) *donationFile {
	if r == (ledger.DonationRule{}) {
		return nil
	}
	f := donationFile(r)
	return &f
}
