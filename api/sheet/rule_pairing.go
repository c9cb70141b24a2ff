package sheet

import "aixin/ledger"

// pairFile says how many gift points go with how many earned ones in a price; the first that is for a volunteer counts, and without any
// there are no gift points:
//
//	[[pairing]]
//	class = "hardship"  # a class of beneficiaries; left out, everybody
//	task = 1            # points that were earned
//	gift = 5            # gift points beside them
type pairFile struct {
	Class string `toml:"class,omitempty"`
	Task  int64  `toml:"task"`
	Gift  int64  `toml:"gift"`
}

// readPairing returns what the ledger calls the pairs.
func readPairing(list []pairFile) (pairs []ledger.GiftPair) {
	for _, f := range list {
		pairs = append(pairs, ledger.GiftPair{Class: ledger.Beneficiary(f.Class), Task: f.Task, Gift: f.Gift})
	}
	return pairs
}

// writePairing returns the pairs as a file has them.
func writePairing(pairs []ledger.GiftPair) (list []pairFile) {
	for _, p := range pairs {
		list = append(list, pairFile{Class: string(p.Class), Task: p.Task, Gift: p.Gift})
	}
	return list
}
