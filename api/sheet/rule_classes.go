package sheet

import (
	"github.com/pelletier/go-toml/v2"

	"aixin/ledger"
)

// classExpiryFile says how points lapse that are not earned; a class that has no such section never does:
//
//	[[expiry]]
//	class = "gift"      # or base, whose rest is filled up each period where it does not lapse
//	expires = "months"  # never, months, month-end, quarter-end, year-end or day, each as for the rule itself
//	expires_in = 6
type classExpiryFile struct {
	Class     string          `toml:"class"`
	Expires   string          `toml:"expires"`
	ExpiresIn int64           `toml:"expires_in,omitempty"`
	ExpiresOn *toml.LocalDate `toml:"expires_on,omitempty"`
}

// readClasses returns what the ledger calls the expiry of classes.
func readClasses(list []classExpiryFile) (classes []ledger.ClassExpiry) {
	for _, f := range list {
		classes = append(classes, ledger.ClassExpiry{Class: ledger.Class(f.Class), Expires: f.Expires, ExpiresIn: f.ExpiresIn, ExpiresOn: dayOf(f.ExpiresOn)})
	}
	return classes
}

// writeClasses returns the expiry of classes as a file has it.
func writeClasses(classes []ledger.ClassExpiry) (list []classExpiryFile) {
	for _, x := range classes {
		list = append(list, classExpiryFile{string(x.Class), x.Expires, x.ExpiresIn, dayFile(x.ExpiresOn)})
	}
	return list
}
