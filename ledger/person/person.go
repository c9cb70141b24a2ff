package person

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"aixin/ledger"
)

// Kind is what a person is in the scheme; it is the first letter of their number.
type Kind string

// The kinds of people whose details the registry keeps.
const (
	Volunteer Kind = "V"
	Staff     Kind = "U"
	Donor     Kind = "D"
	Requester Kind = "Q" // who asked for help: a number for each request, since it is erased with it
)

// KindOf returns the kind of a valid volunteer, staff, donor or request number, and false for anything else.
func KindOf(id string) (Kind, bool) {
	switch {
	case ledger.VolunteerID(id).Valid():
		return Volunteer, true
	case ledger.StaffID(id).Valid():
		return Staff, true
	case ledger.DonorID(id).Valid():
		return Donor, true
	case ledger.RequestID(id).Valid():
		return Requester, true
	}
	return "", false
}

// MaxSerial is the last serial of each kind: all have six digits at most.
const MaxSerial = 999_999

// ID returns the number of serial n, 1 to MaxSerial, such as V0000018, U000001 or D001.
func (k Kind) ID(n int) string {
	switch k {
	case Volunteer:
		return string(ledger.NewVolunteerID(n))
	case Staff, Requester:
		return fmt.Sprintf("%s%06d", string(k), n)
	default:
		return fmt.Sprintf("%s%03d", string(k), n)
	}
}

// Serial returns the serial of a valid number, and 0 for anything else.
func Serial(id string) int {
	switch k, _ := KindOf(id); k {
	case Volunteer:
		return ledger.VolunteerID(id).Serial()
	case Staff, Donor, Requester:
		n, err := strconv.Atoi(id[1:])
		if err != nil {
			return 0
		}
		return n
	}
	return 0
}

// Person is one person's details, or an organisation's that gives goods. It stays in the registry: neither the journal nor a
// log may carry it, so it prints as its number only.
type Person struct {
	ID           string `json:"id"` // the opaque number that the details belong to; empty before the registry gave one
	Name         string `json:"name"`
	Phone        string `json:"phone,omitempty"`        // optional: digits only
	IDNumber     string `json:"id_number,omitempty"`    // optional: 18 characters (GB 11643)
	Organization bool   `json:"organization,omitempty"` // not a natural person: its name is not masked
	Address      string `json:"address,omitempty"`      // optional, of a requester: where to go
	Need         string `json:"need,omitempty"`         // optional, of a requester: what is asked for, in words
}

// String returns the number, so that formatting a person by mistake tells nothing about them.
func (p Person) String() string { return "person " + p.ID }

// GoString is String.
func (p Person) GoString() string { return p.String() }

// LogValue is String.
func (p Person) LogValue() slog.Value { return slog.StringValue(p.String()) }

// Masked is what a list may show of a person.
type Masked struct {
	ID    string `json:"id"`
	Name  string `json:"name"`            // such as the first and last character with stars between
	Phone string `json:"phone,omitempty"` // the last four digits
}

// Masked returns what a list may show. Lists that need a name of an organisation, such as the goods notice, get it in full.
func (p Person) Masked() Masked {
	m := Masked{ID: p.ID, Name: MaskName(p.Name), Phone: MaskPhone(p.Phone)}
	if p.Organization {
		m.Name = p.Name
	}
	return m
}

// MaxName bounds a name, in runes: the longest names of ethnic groups and of partner units fit.
const MaxName = 60

// The codes of the faults that Check and CheckPIN find.
const (
	BadID            = "person_id"          // not a volunteer, staff or donor number
	BadName          = "person_name"        // empty, too long, or with characters that no name has
	BadPhone         = "phone"              // neither a mobile number nor a landline with its area code
	BadIDNumber      = "id_number"          // 18 characters with a right date and check character wanted
	DamagedIDNumber  = "id_number_excel"    // a spreadsheet rounded the number: format the column as text and type it again
	NoPhoneNorNumber = "phone_or_id_number" // a volunteer can be told from a namesake only by one of the two
	BadText          = "text"               // too long, or with control characters
	NoPhoneNorPlace  = "phone_or_address"   // a requester cannot be found without one of the two
	BadPIN           = "pin_six_digits"     // not six digits
	TrivialPIN       = "pin_trivial"        // a PIN that anybody would try first
	BadTOTP          = "one_time_code"      // not the code of the moment
)

// Check lists what is wrong with the details, which are normalised already. The number may be empty: the registry gives one.
func (p Person) Check() []ledger.Fault {
	var faults []ledger.Fault
	want := func(ok bool, field, code string) {
		if !ok {
			faults = append(faults, ledger.Fault{Field: field, Code: code})
		}
	}
	kind, known := KindOf(p.ID)
	want(known || p.ID == "", "id", BadID)
	want(validName(p.Name), "name", BadName)
	want(p.Phone == "" || Mobile(p.Phone) || landline(p.Phone), "phone", BadPhone)
	switch {
	case p.IDNumber == "" || ledger.IDNumber(p.IDNumber):
	case Damaged(p.IDNumber):
		want(false, "id_number", DamagedIDNumber)
	default:
		want(false, "id_number", BadIDNumber)
	}
	want(kind != Volunteer || p.Phone != "" || p.IDNumber != "", "phone", NoPhoneNorNumber)
	want(validText(p.Address), "address", BadText)
	want(validText(p.Need), "need", BadText)
	want(kind != Requester || p.Phone != "" || p.Address != "", "phone", NoPhoneNorPlace)
	return faults
}

// MaxText bounds an address and a need, in runes: a few lines.
const MaxText = 300

// validText reports whether s is short enough and has no control characters.
func validText(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= MaxText && !strings.ContainsFunc(s, unicode.IsControl)
}
