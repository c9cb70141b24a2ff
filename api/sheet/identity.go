package sheet

import (
	"slices"
	"strings"

	"aixin/ledger"
	"aixin/ledger/person"
)

func onlyDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// checkIDNumber is the shape of an 18-character mainland ID number with its check character. It tells the common ways to be
// wrong apart, since each is mended differently.
func checkIDNumber(s string) string {
	switch {
	case ledger.IDNumber(s):
		return ""
	case person.Damaged(s), exponent(s):
		return "id_damaged"
	case len(s) == 15 && onlyDigits(s):
		return "id_fifteen"
	case len(s) == 18:
		return "id_check"
	}
	return "id_number"
}

// checkPhone is the shape of a phone number, as the registry takes one.
func checkPhone(s string) string {
	return faultOf(person.Person{Phone: s}, "phone")
}

// checkPersonName is the shape of a person's name, as the registry takes one.
func checkPersonName(s string) string {
	return faultOf(person.Person{Name: s}, "name")
}

// faultOf asks the registry's own rules about one of the details.
func faultOf(p person.Person, at string) string {
	faults := p.Check()
	i := slices.IndexFunc(faults, func(f ledger.Fault) bool { return f.Field == at })
	if i < 0 {
		return ""
	}
	return faults[i].Code
}
