package ledger

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Identifiers are opaque: none carries a name, a phone or an ID number. Each has one grammar, checked where text enters.
type (
	// Index is the position of an entry in the journal, from 0 without gaps.
	Index int64
	// Key is an idempotency key chosen by the caller, [A-Za-z0-9._:/-]{1,64}, global in the book and never expiring.
	Key string
	// VolunteerID is V, six digits and a Luhn digit: V0000018.
	VolunteerID string
	// HouseholdID is H and six digits.
	HouseholdID string
	// StaffID is U and six digits.
	StaffID string
	// ShopID is S and two to four digits.
	ShopID string
	// UnitID is C and two to eight digits: a county, town, community, grid, building, branch, partner or team.
	UnitID string
	// DonorID is D and three to six digits.
	DonorID string
	// ActivityID is A and three to six digits.
	ActivityID string
	// Code names a point standard of a rule, such as VH01 or RC03: two to four capitals and two or three digits.
	Code string
)

// NewVolunteerID returns the volunteer number of serial n, 1 to 999999, with its check digit.
func NewVolunteerID(n int) VolunteerID {
	s := fmt.Sprintf("%06d", n)
	return VolunteerID("V" + s + strconv.Itoa(luhn(s)))
}

// luhn returns the check digit of a string of digits (ISO/IEC 7812-1, annex B).
func luhn(s string) int {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return (10 - sum%10) % 10
}

// Serial returns the six digits of a valid volunteer number as a number.
func (v VolunteerID) Serial() int { return serial(string(v)[1:7]) }

// Serial returns the digits of a valid staff number as a number.
func (s StaffID) Serial() int { return serial(string(s)[1:]) }

func serial(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// numbered reports whether s is prefix followed by least to most digits.
func numbered(s, prefix string, least, most int) bool {
	rest, ok := strings.CutPrefix(s, prefix)
	return ok && digits(rest, least, most)
}

// Valid reports whether the number has the grammar and the right check digit.
func (v VolunteerID) Valid() bool {
	return numbered(string(v), "V", 7, 7) && luhn(string(v)[1:7]) == int(v[7]-'0')
}

// Valid reports whether the id has its grammar.
func (h HouseholdID) Valid() bool { return numbered(string(h), "H", 6, 6) }

// Valid reports whether the id has its grammar.
func (s StaffID) Valid() bool { return numbered(string(s), "U", 6, 6) }

// Valid reports whether the id has its grammar.
func (s ShopID) Valid() bool { return numbered(string(s), "S", 2, 4) }

// Valid reports whether the id has its grammar.
func (u UnitID) Valid() bool { return numbered(string(u), "C", 2, 8) }

// Valid reports whether the id has its grammar.
func (d DonorID) Valid() bool { return numbered(string(d), "D", 3, 6) }

// Valid reports whether the id has its grammar.
func (a ActivityID) Valid() bool { return numbered(string(a), "A", 3, 6) }

// Valid reports whether the code has its grammar.
func (c Code) Valid() bool {
	letters := strings.TrimRight(string(c), "0123456789")
	if len(letters) < 2 || len(letters) > 4 || !digits(string(c)[len(letters):], 2, 3) {
		return false
	}
	for i := range len(letters) {
		if letters[i] < 'A' || letters[i] > 'Z' {
			return false
		}
	}
	return true
}

// Valid reports whether the key has its grammar and carries no ID or mobile number: keys stand in the journal for ever.
func (k Key) Valid() bool {
	if len(k) == 0 || len(k) > MaxKey {
		return false
	}
	for i := range len(k) {
		c := k[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '.', c == '_', c == ':', c == '/', c == '-':
		default:
			return false
		}
	}
	return !Personal(string(k))
}

// Personal reports whether s contains a run of digits that is a valid mainland ID number (GB 11643) or mobile number. It is
// the last fence before the journal: text with either is refused.
func Personal(s string) bool {
	for i := 0; i < len(s); {
		n := 0
		for i+n < len(s) && s[i+n] >= '0' && s[i+n] <= '9' {
			n++
		}
		run := s[i : i+n]
		if n == 17 && i+n < len(s) && (s[i+n] == 'x' || s[i+n] == 'X') {
			run = s[i : i+n+1]
		}
		if IDNumber(run) || mobile(run) {
			return true
		}
		i += n + 1
	}
	return false
}

// mobile reports whether s is eleven digits that begin as mainland mobile numbers do, with or without the country's 86.
func mobile(s string) bool {
	if len(s) > 11 {
		s = strings.TrimPrefix(strings.TrimPrefix(s, "00"), "86")
	}
	return len(s) == 11 && s[0] == '1' && s[1] >= '3' && digits(s, 11, 11)
}

// IDNumber reports whether s is an 18-character ID number with a right date and check character (GB 11643-1999, which takes
// the check of ISO 7064:1983 MOD 11-2).
func IDNumber(s string) bool {
	if len(s) != 18 || !digits(s[:17], 17, 17) {
		return false
	}
	if born, err := time.Parse("20060102", s[6:14]); err != nil || born.Year() < 1880 {
		return false
	}
	sum := 0
	for i := range 17 {
		sum = (sum + int(s[i]-'0')) * 2 % 11
	}
	want := "10X98765432"[sum%11]
	got := s[17]
	if got == 'x' {
		got = 'X'
	}
	return got == want
}

// LotID names a lot: the index of the entry that opened it, and a number from 1 where the entry opened several. It is
// written "17", then "17.2", "17.3"; lots compare in the order in which they were opened. The zero LotID is no lot: entry 0
// opens none.
type LotID int64

// NewLotID returns the id of the n-th lot (from 1) that entry i opened.
func NewLotID(i Index, n int) LotID { return LotID(int64(i)*MaxLots + int64(n-1)) }

// Entry returns the index of the entry that opened the lot.
func (l LotID) Entry() Index { return Index(l / MaxLots) }

// String writes the id as it stands in the journal; no lot is empty.
func (l LotID) String() string {
	if l == 0 {
		return ""
	}
	return string(l.appendTo(nil))
}

func (l LotID) appendTo(b []byte) []byte {
	b = strconv.AppendInt(b, int64(l/MaxLots), 10)
	if n := l % MaxLots; n > 0 {
		b = strconv.AppendInt(append(b, '.'), int64(n)+1, 10)
	}
	return b
}

// ParseLotID reads what String writes.
func ParseLotID(s string) (LotID, error) {
	whole, part, dotted := strings.Cut(s, ".")
	entry, err := strconv.ParseInt(whole, 10, 64)
	n := int64(1)
	if err == nil && dotted {
		n, err = strconv.ParseInt(part, 10, 64)
	}
	if err != nil || entry < 1 || entry > int64(MaxAmount)/MaxLots || n < 1 || n > MaxLots {
		return 0, fmt.Errorf("lot %.20q: want an entry index, such as 17 or 17.2", s)
	}
	id := NewLotID(Index(entry), int(n))
	var again [24]byte
	if string(id.appendTo(again[:0])) != s {
		return 0, fmt.Errorf("lot %.20q: not canonical, want %s", s, id)
	}
	return id, nil
}

// MarshalText lets a LotID stand in JSON as text.
func (l LotID) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (l *LotID) UnmarshalText(b []byte) error {
	v, err := ParseLotID(string(b))
	*l = v
	return err
}
