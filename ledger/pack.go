package ledger

import (
	"encoding/binary"
	"strings"
)

// This file is the packed form of the codec, in which facts are kept: in the index, where a transaction writes several for each
// entry, and in the memory of a complete book, which has millions. It has neither names nor punctuation:
//
//	object   its members that are not zero, each behind a tag, then 0
//	tag      how many places the member is behind the one before it that is there
//	integer  as encoding/binary writes a varint; dates, starts and lots are integers too
//	text     its length, then its bytes; with symbols, a number instead
//	array    how many, then each
//
// It is canonical, as lines are: whatever reads is written again as the same bytes.
//
// A new member goes behind the others of its object, or the layout of the index is raised.

// maxGap bounds how many members in a row an object may leave out: a tag is one byte.
const maxGap = 255

// tag is member in the packed form.
func (c *codec) tag() bool {
	c.gap++
	switch {
	case c.gap > maxGap:
		c.fail("more than %d members left out", maxGap)
		return false
	case c.reading && (c.err != nil || c.in == "" || int(c.in[0]) != c.gap):
		return false
	case c.reading:
		c.in = c.in[1:]
	default:
		c.out = append(c.out, byte(c.gap)) //nolint:gosec // at most maxGap
	}
	c.gap, c.first, c.format = 0, false, max(c.format, c.later)
	return true
}

// end ends an object.
func (c *codec) end() {
	if !c.reading {
		c.out = append(c.out, 0)
		return
	}
	rest, ok := strings.CutPrefix(c.in, "\x00")
	if !ok {
		c.fail("want the end of an object at %.20q", c.in)
		return
	}
	c.in = rest
}

// items is array in the packed form.
func items[T any](c *codec, v *[]T, walk func(*codec, *T)) {
	if !c.reading {
		c.out = binary.AppendUvarint(c.out, uint64(len(*v)))
		for i := range *v {
			walk(c, &(*v)[i])
		}
		return
	}
	n := c.uvarint()
	if n == 0 || n > uint64(len(c.in)) { // each takes a byte at least
		c.fail("an array of %d at %.20q", n, c.in)
		return
	}
	*v = make([]T, n)
	for i := range *v {
		walk(c, &(*v)[i])
	}
}

func (c *codec) packText(s string) {
	if c.names != nil {
		c.out = binary.AppendUvarint(c.out, c.names.number(s))
		return
	}
	c.out = append(binary.AppendUvarint(c.out, uint64(len(s))), s...)
}

func (c *codec) packedText() string {
	n := c.uvarint()
	switch {
	case c.err != nil:
		return ""
	case c.names != nil && n < uint64(len(c.names.texts)):
		return c.names.texts[n]
	case c.names != nil || n > uint64(len(c.in)):
		c.fail("a text of %d at %.20q", n, c.in)
		return ""
	}
	s := c.in[:n]
	c.in = c.in[n:]
	return s
}

// varint reads what binary.AppendVarint writes.
func (c *codec) varint() int64 {
	u := c.uvarint()
	v := int64(u >> 1)
	if u&1 != 0 {
		v = ^v
	}
	if v > int64(MaxAmount) || v < -int64(MaxAmount) {
		c.fail("%d is beyond what an amount may be", v)
		return 0
	}
	return v
}

// uvarint reads what binary.AppendUvarint writes.
func (c *codec) uvarint() uint64 {
	var v uint64
	for i := 0; i < len(c.in) && i < binary.MaxVarintLen64-1; i++ {
		b := c.in[i]
		v |= uint64(b&0x7f) << (7 * i)
		if b == 0 && i > 0 {
			break // a longer form of a shorter number
		}
		if b < 0x80 {
			c.in = c.in[i+1:]
			return v
		}
	}
	c.fail("want a number at %.20q", c.in)
	return 0
}
