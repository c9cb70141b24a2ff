package person

import (
	"strings"

	"aixin/ledger"
)

// digits reports whether s is some ASCII digits and nothing else.
func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Mobile reports whether s is a mainland mobile number.
func Mobile(s string) bool {
	return len(s) == 11 && digits(s) && s[0] == '1' && s[1] >= '3'
}

// landline reports whether s is a landline with its area code: many old people have no other.
func landline(s string) bool {
	return len(s) >= 10 && len(s) <= 12 && digits(s) && s[0] == '0' && s[1] != '0'
}

// Damaged reports whether an ID number went through a spreadsheet's number format: fifteen digits are kept, the last three
// become 000, and the check character is wrong, or the cell reads 3.41723E+17. One damaged number in eleven has the right
// check character by chance and cannot be told from a true one here.
func Damaged(s string) bool {
	if mantissa, exponent, ok := strings.Cut(strings.ToUpper(s), "E+"); ok {
		return digits(strings.Replace(mantissa, ".", "", 1)) && exponent == "17"
	}
	return len(s) == 18 && digits(s) && strings.HasSuffix(s, "000") && !ledger.IDNumber(s)
}

// DemoPIN is every PIN of a demo book. It is the first of the PINs that a real book refuses.
const DemoPIN = "246810"

// CheckPIN lists what is wrong with a new PIN of p in a real book: six digits, not one that anybody would try first, and not
// taken from p's own numbers, which neighbours know.
func (p Person) CheckPIN(pin string) []ledger.Fault {
	switch {
	case !SixDigits(pin):
		return []ledger.Fault{{Field: "pin", Code: BadPIN}}
	case trivial(pin) || p.known(pin):
		return []ledger.Fault{{Field: "pin", Code: TrivialPIN}}
	}
	return nil
}

// NormalizePIN narrows full-width digits and drops spaces, so that a PIN does not depend on the keyboard's state.
func NormalizePIN(pin string) string { return squeeze(pin, "") }

// SixDigits reports whether pin has the form of a PIN.
func SixDigits(pin string) bool { return len(pin) == 6 && digits(pin) }

// trivial reports whether six digits are among those that are tried first: a constant step (111111, 123456, 864208), a
// repeated block (121212, 123123), a palindrome (123321), pairs or triples (112233, 111222), or the demo's PIN.
func trivial(pin string) bool {
	step := func(i int) int { return (int(pin[i+1]) - int(pin[i]) + 10) % 10 }
	constant := true
	for i := 1; i < 5; i++ {
		constant = constant && step(i) == step(0)
	}
	pairs := pin[0] == pin[1] && pin[2] == pin[3] && pin[4] == pin[5]
	triples := pin[0] == pin[1] && pin[1] == pin[2] && pin[3] == pin[4] && pin[4] == pin[5]
	palindrome := pin[0] == pin[5] && pin[1] == pin[4] && pin[2] == pin[3]
	return constant || pairs || triples || palindrome || pin == DemoPIN ||
		pin[:3] == pin[3:] || pin[:2] == pin[2:4] && pin[2:4] == pin[4:]
}

// known reports whether the PIN is a part of the person's phone or ID number, the birthday among them.
func (p Person) known(pin string) bool {
	return strings.Contains(p.Phone, pin) || strings.Contains(p.IDNumber, pin)
}
