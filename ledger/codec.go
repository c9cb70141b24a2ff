package ledger

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// codec walks the members of objects in a fixed order and either writes or reads them, so that one description of a body or a
// fact serves both ways. It knows two forms.
//
// Lines are JSON. What it writes is canonical: no spaces, members in the order of the walk, zero members left out, strings and
// integers as RFC 8785 writes them. What it reads must be exactly that, which makes every accepted line re-append to its own
// bytes without appending it again.
//
// Facts are packed, since they are written several for each entry and are never shown: see pack.go.
type codec struct {
	out     []byte // written so far
	in      string // left to read
	reading bool
	first   bool // no member of the current object has been met
	later   int  // the format that the members walked next came with; 0 for the first
	format  int  // the latest of those that were met
	err     error

	packs bool     // the packed form
	gap   int      // packed: how many members were left out since the last one that is there
	names *symbols // packed: numbers stand for texts; nil where they are written out
}

func (c *codec) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// lit writes s, or consumes it. The packed form has none of it.
func (c *codec) lit(s string) {
	if c.packs {
		return
	}
	if !c.reading {
		c.out = append(c.out, s...)
		return
	}
	rest, ok := strings.CutPrefix(c.in, s)
	if !ok {
		c.fail("want %s at %.20q", s, c.in)
		return
	}
	c.in = rest
}

// open and close bound an object.
func (c *codec) open() { c.lit("{"); c.first, c.gap = true, 0 }

func (c *codec) close() {
	c.lit("}")
	if c.packs {
		c.end()
	}
	c.first, c.gap = false, 0
}

// walk walks an object that stands by itself.
func (c *codec) walk(v walked) {
	c.open()
	v.fields(c)
	c.close()
}

// member starts the member name: it reports whether a value is to follow, which always is where one is written. A member that has its zero
// value is left out, and counted in gap, before it comes here.
func (c *codec) member(name string) bool {
	if c.packs {
		return c.tag()
	}
	if !c.reading {
		out := c.out // the slice is stored once
		if !c.first {
			out = append(out, ',')
		}
		c.first, c.format = false, max(c.format, c.later)
		c.out = append(append(append(out, '"'), name...), '"', ':')
		return true
	}
	if c.err != nil {
		return false
	}
	p := c.in
	if !c.first {
		if p == "" || p[0] != ',' {
			return false
		}
		p = p[1:]
	}
	n := len(name)
	if len(p) < n+3 || p[0] != '"' || p[1:n+1] != name || p[n+1] != '"' || p[n+2] != ':' {
		return false
	}
	c.in, c.first, c.format = p[n+3:], false, max(c.format, c.later)
	return true
}

// object walks a member that is itself an object and always present.
func (c *codec) object(name string, walk func(*codec)) {
	if !c.member(name) {
		c.fail("want member %s at %.20q", name, c.in)
		return
	}
	c.open()
	walk(c)
	c.close()
}

// Most members of most facts are zero. The walks below are in two parts, of which the first is small enough that the compiler puts it where
// it is called, and leaves out what is zero.

// text walks a string member.
func text[T ~string](c *codec, name string, v *T) {
	if *v == "" && !c.reading {
		c.gap++
		return
	}
	someText(c, name, v)
}

func someText[T ~string](c *codec, name string, v *T) {
	if !c.member(name) {
		return
	}
	if !c.reading {
		c.putText(string(*v))
		return
	}
	*v = T(c.text())
	if *v == "" {
		c.fail("member %s: empty", name)
	}
}

// account walks an account, which only lines have.
func (c *codec) account(name string, v *AccountID) {
	if *v == (AccountID{}) && !c.reading {
		c.gap++
		return
	}
	switch {
	case !c.member(name):
	case c.reading:
		if *v = ParseAccountID(c.text()); *v == (AccountID{}) {
			c.fail("member %s: empty", name)
		}
	default:
		c.out = append(c.out, '"')
		if v.class != "" {
			c.out = append(appendEscaped(c.out, string(v.class)), ':')
		}
		c.out = append(appendEscaped(c.out, v.owner), '"')
	}
}

// number walks an integer member.
func number[T ~int | ~int64](c *codec, name string, v *T) {
	if *v == 0 && !c.reading {
		c.gap++
		return
	}
	someNumber(c, name, v)
}

func someNumber[T ~int | ~int64](c *codec, name string, v *T) {
	if !c.member(name) {
		return
	}
	if !c.reading {
		c.putInt(int64(*v))
		return
	}
	if *v = T(c.int()); *v == 0 {
		c.fail("member %s: zero is left out", name)
	}
}

// putInt writes an integer.
func (c *codec) putInt(v int64) {
	if c.packs {
		if u := uint64(v)<<1 ^ uint64(v>>63); u < 0x80 { //nolint:gosec // as binary.AppendVarint, whose call costs more than most numbers
			c.out = append(c.out, byte(u))
			return
		}
		c.out = binary.AppendVarint(c.out, v)
		return
	}
	c.out = strconv.AppendInt(c.out, v, 10)
}

// int reads an integer as putInt writes it, which is RFC 8785: no plus, no leading zeros, no minus zero.
func (c *codec) int() int64 {
	if c.packs {
		return c.varint()
	}
	n := 0
	for n < len(c.in) && (c.in[n] == '-' || (c.in[n] >= '0' && c.in[n] <= '9')) {
		n++
	}
	s := c.in[:n]
	digits := strings.TrimPrefix(s, "-")
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || (digits[0] == '0' && len(s) > 1) || v > int64(MaxAmount) || v < -int64(MaxAmount) {
		c.fail("want an integer at %.20q", c.in)
		return 0
	}
	c.in = c.in[n:]
	return v
}

// flag walks a boolean member.
func (c *codec) flag(name string, v *bool) {
	if !*v && !c.reading {
		c.gap++
		return
	}
	c.someFlag(name, v)
}

func (c *codec) someFlag(name string, v *bool) {
	if c.member(name) {
		c.lit("true")
		if c.reading { // an entry that is written may be read by several at once
			*v = c.err == nil
		}
	}
}

// textual is what stands in a line as a string of its own grammar.
type textual interface {
	comparable
	appendTo(b []byte) []byte
}

// parsed walks a member whose text form is read by parse. Only canonical text is accepted.
func parsed[T textual](c *codec, name string, v *T, parse func(string) (T, error)) {
	var zero T
	if *v == zero && !c.reading {
		c.gap++
		return
	}
	if !c.member(name) {
		return
	}
	if !c.reading {
		put(c, *v)
		return
	}
	s := c.text()
	if c.err != nil {
		return
	}
	got, err := parse(s)
	if err == nil {
		c.out = got.appendTo(c.out[:0]) // nothing else is written while a line is read
	}
	if err != nil || got == zero || string(c.out) != s {
		c.fail("member %s: not canonical: %.40q", name, s)
		return
	}
	*v = got
}

// counted walks a member that has a text form in a line and is the number that it is when packed.
func counted[T interface {
	~int64
	textual
}](c *codec, name string, v *T, parse func(string) (T, error),
) {
	if c.packs {
		number(c, name, v)
		return
	}
	parsed(c, name, v, parse)
}

func (c *codec) date(name string, v *Date)   { counted(c, name, v, ParseDate) }
func (c *codec) start(name string, v *Start) { counted(c, name, v, ParseStart) }
func (c *codec) lot(name string, v *LotID)   { counted(c, name, v, ParseLotID) }
func (c *codec) hash(name string, v *Hash)   { parsed(c, name, v, ParseHash) }

// list walks a member that is an array of objects; an empty one is left out.
func list[T any](c *codec, name string, v *[]T, walk func(*codec, *T)) {
	array(c, name, v, func(c *codec, item *T) {
		c.open()
		walk(c, item)
		c.close()
	})
}

// texts walks a member that is an array of strings; an empty one is left out.
func texts[T ~string](c *codec, name string, v *[]T) {
	array(c, name, v, func(c *codec, item *T) {
		if c.reading {
			*item = T(c.text())
			return
		}
		c.putText(string(*item))
	})
}

// numbers walks a member that is an array of integers; an empty one is left out.
func numbers[T ~int64](c *codec, name string, v *[]T) {
	array(c, name, v, func(c *codec, item *T) {
		if c.reading {
			*item = T(c.int())
			return
		}
		c.putInt(int64(*item))
	})
}

func array[T any](c *codec, name string, v *[]T, walk func(*codec, *T)) {
	if len(*v) == 0 && !c.reading {
		c.gap++
		return
	}
	if !c.member(name) {
		return
	}
	if c.packs {
		items(c, v, walk)
		return
	}
	c.lit("[")
	if c.reading {
		for c.err == nil {
			var item T
			*v = append(*v, item)
			walk(c, &(*v)[len(*v)-1])
			if !strings.HasPrefix(c.in, ",") {
				break
			}
			c.in = c.in[1:]
		}
	} else {
		for i := range *v {
			if i > 0 {
				c.out = append(c.out, ',')
			}
			walk(c, &(*v)[i])
		}
	}
	c.lit("]")
	c.first = false
}

// putText writes a string.
func (c *codec) putText(s string) {
	if c.packs {
		c.packText(s)
		return
	}
	c.out = appendString(c.out, s)
}

// put writes what has a text form of its own, which needs no escapes.
func put[T textual](c *codec, v T) {
	if c.packs {
		c.packText(string(v.appendTo(nil)))
		return
	}
	c.out = append(v.appendTo(append(c.out, '"')), '"')
}

// text reads a string as putText writes it.
func (c *codec) text() string {
	if c.packs {
		return c.packedText()
	}
	return c.quoted()
}

// quoted reads a string in its canonical form.
func (c *codec) quoted() string {
	if c.err != nil {
		return ""
	}
	if c.in == "" || c.in[0] != '"' {
		c.fail("want a string at %.20q", c.in)
		return ""
	}
	plain := true
	for i := 1; i < len(c.in); i++ {
		switch b := c.in[i]; {
		case b == '"':
			raw := c.in[1:i]
			c.in = c.in[i+1:]
			if plain {
				return raw
			}
			return c.unescaped(raw)
		case b == '\\':
			plain = false
			i++
		case b < 0x20 || b >= utf8.RuneSelf:
			plain = false
		}
	}
	c.fail("unfinished string")
	return ""
}

// unescaped decodes the inside of a string that is not plain ASCII, and refuses it unless it is canonical.
func (c *codec) unescaped(raw string) string {
	s, err := unescape(raw)
	if err != nil || !utf8.ValidString(s) {
		c.fail("string %.20q: not valid", raw)
		return ""
	}
	if again := appendString(nil, s); string(again[1:len(again)-1]) != raw {
		c.fail("string %.20q: not canonical", raw)
		return ""
	}
	return s
}

const hexDigits = "0123456789abcdef"

// appendString appends s quoted as RFC 8785 writes it: the two-character escapes, \u00xx for the other control characters,
// and everything else as it is. Callers have checked that s is valid UTF-8.
func appendString(b []byte, s string) []byte {
	return append(appendEscaped(append(b, '"'), s), '"')
}

// appendEscaped is appendString without the quotes.
func appendEscaped(b []byte, s string) []byte {
	plain := 0 // from here on nothing was escaped, nor written yet
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[plain:i]...)
		plain = i + 1
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case strings.IndexByte(escaped, c) >= 0:
			b = append(b, '\\', escapes[strings.IndexByte(escaped, c)])
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(b, s[plain:]...)
}

// The control characters that have an escape of two characters, and the second of the two.
const (
	escaped = "\b\t\n\f\r"
	escapes = "btnfr"
)

func unescape(s string) (string, error) {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b = append(b, s[i])
			continue
		}
		i++
		if i == len(s) {
			return "", errors.New("unfinished escape")
		}
		switch k := strings.IndexByte(escapes, s[i]); {
		case s[i] == '"' || s[i] == '\\':
			b = append(b, s[i])
		case k >= 0:
			b = append(b, escaped[k])
		case s[i] == 'u' && i+4 < len(s):
			n, err := strconv.ParseUint(s[i+1:i+5], 16, 16)
			if err != nil || n >= 0x20 {
				return "", errors.New("escape of a character that needs none")
			}
			b = append(b, byte(n))
			i += 4
		default:
			return "", errors.New("unknown escape")
		}
	}
	return string(b), nil
}

// instantLayout has three decimals and is always UTC.
const instantLayout = "2006-01-02T15:04:05.000Z"

// instant walks the member of a line that holds a time.
func (c *codec) instant(name string, v *time.Time) {
	if !c.member(name) {
		c.fail("want member %s at %.20q", name, c.in)
		return
	}
	if !c.reading {
		c.out = append(c.out, '"')
		c.out = appendInstant(c.out, *v)
		c.out = append(c.out, '"')
		return
	}
	s := c.quoted()
	if c.err != nil {
		return
	}
	t, err := parseInstant(s)
	if err != nil {
		c.fail("member %s: %w", name, err)
		return
	}
	*v = t
}

// Hash is a SHA-256 hash: of a leaf, of a tree, of a command.
type Hash [32]byte

// Digest is the hash of what a command asked.
type Digest = Hash

// String writes base64 with padding (RFC 4648 §4), as checkpoints do.
func (h Hash) String() string { return string(h.appendTo(nil)) }

func (h Hash) appendTo(b []byte) []byte { return base64.StdEncoding.AppendEncode(b, h[:]) }

// ParseHash reads what String writes.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if len(s) != 44 {
		return h, fmt.Errorf("hash %.44q: want 44 characters of base64", s)
	}
	var b [33]byte
	n, err := base64.StdEncoding.Strict().Decode(b[:], []byte(s))
	if err != nil || n != len(h) {
		return h, fmt.Errorf("hash %.44q: want base64 of 32 bytes", s)
	}
	copy(h[:], b[:])
	return h, nil
}

// MarshalText lets a Hash stand in JSON.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (h *Hash) UnmarshalText(b []byte) error {
	v, err := ParseHash(string(b))
	*h = v
	return err
}
