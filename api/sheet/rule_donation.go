package sheet

import (
	"fmt"

	"aixin/ledger"
)

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

// honourFile is an honour for whoever gave so many points for welfare:
//
//	[[honours]]
//	name = "爱心之星"
//	points = "50.00"
type honourFile struct {
	Name   string `toml:"name"`
	Points string `toml:"points"`
}

func readHonours(list []honourFile) (tiers []ledger.HonourTier, err error) {
	for i, f := range list {
		points, err := rulePoints(f.Points, fmt.Sprintf("honours[%d].points", i))
		if err != nil {
			return nil, err
		}
		tiers = append(tiers, ledger.HonourTier{Name: f.Name, Points: points})
	}
	return tiers, nil
}

func writeHonours(tiers []ledger.HonourTier) (list []honourFile) {
	for _, x := range tiers {
		list = append(list, honourFile{x.Name, ledger.FormatPoints(x.Points)})
	}
	return list
}
