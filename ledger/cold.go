package ledger

import (
	"encoding/binary"
	"hash/maphash"
	"iter"
)

// This file keeps what a complete book has of millions: keys, records and days. A fact that was not changed lately is packed
// into a few dozen bytes without pointers, so that verifying a long journal takes little memory and gives the garbage
// collector nothing to follow.

// maxWarm is how many facts of one family a complete book keeps as they are, before it packs them.
const maxWarm = 4096

// coldStore keeps the packed facts of one family. Only facts that exist are in it.
type coldStore[K comparable, V any] interface {
	get(k K) (V, bool)
	put(k K, v V)
	len() int
	keys() iter.Seq[K]
}

// packed is a coldStore of facts that are walked by a pack function, the same for writing and for reading.
type packed[K comparable, V any] struct {
	at    map[K]int64 // page and offset of the newest form
	pages [][]byte
	walk  func(*packing, *V)
	p     packing // of the walk that is under way
}

// pageSize is how much memory packed facts take at a time.
const pageSize = 1 << 18

func newPacked[K comparable, V any](names *symbols, walk func(*packing, *V)) *packed[K, V] {
	return &packed[K, V]{at: map[K]int64{}, walk: walk, p: packing{names: names}}
}

func (c *packed[K, V]) get(k K) (v V, ok bool) {
	at, ok := c.at[k]
	if ok {
		c.p.in, c.p.reading = c.pages[at/pageSize][at%pageSize:], true
		c.walk(&c.p, &v)
	}
	return v, ok
}

// put adds the newest form of a fact. An older one is left where it is: few facts are packed more than twice.
func (c *packed[K, V]) put(k K, v V) {
	c.p.out, c.p.reading = c.p.out[:0], false
	c.walk(&c.p, &v)
	last := len(c.pages) - 1
	if last < 0 || len(c.pages[last])+len(c.p.out) > pageSize {
		c.pages = append(c.pages, make([]byte, 0, max(pageSize, len(c.p.out))))
		last++
	}
	c.at[k] = int64(last)*pageSize + int64(len(c.pages[last]))
	c.pages[last] = append(c.pages[last], c.p.out...)
}

func (c *packed[K, V]) len() int { return len(c.at) }

func (c *packed[K, V]) keys() iter.Seq[K] {
	return func(yield func(K) bool) {
		for k := range c.at {
			if !yield(k) {
				return
			}
		}
	}
}

// packing walks the members of a fact and either writes or reads them, as a codec does, in as few bytes as possible.
type packing struct {
	out     []byte
	in      []byte
	reading bool
	names   *symbols
}

func packNumber[T ~int32 | ~int64](p *packing, v *T) {
	if !p.reading {
		p.out = binary.AppendVarint(p.out, int64(*v))
		return
	}
	n, size := binary.Varint(p.in)
	*v, p.in = T(n), p.in[size:]
}

func packText[T ~string](p *packing, v *T) {
	var n int64
	if p.reading {
		packNumber(p, &n)
		*v = T(p.names.texts[n])
		return
	}
	n = p.names.number(string(*v))
	packNumber(p, &n)
}

func packList[T any](p *packing, v *[]T, walk func(*packing, *T)) {
	n := int64(len(*v))
	packNumber(p, &n)
	if p.reading && n > 0 {
		*v = make([]T, n)
	}
	for i := range *v {
		walk(p, &(*v)[i])
	}
}

// symbols numbers the texts that packed facts repeat.
type symbols struct {
	numbers map[string]int64
	texts   []string
}

func (s *symbols) number(text string) int64 {
	n, ok := s.numbers[text]
	if !ok {
		n = int64(len(s.texts))
		s.numbers[text] = n
		s.texts = append(s.texts, text)
	}
	return n
}

func (f *Record) pack(p *packing) {
	packNumber(p, &f.Index)
	packText(p, &f.Kind)
	packText(p, &f.State)
	packText(p, &f.Declarer)
	packText(p, &f.Volunteer)
	packText(p, &f.Unit)
	packText(p, &f.Rule)
	packText(p, &f.Activity)
	packNumber(p, &f.Start)
	packText(p, &f.Code)
	packNumber(p, &f.On)
	packNumber(p, &f.Quantity)
	packNumber(p, &f.Minutes)
	packNumber(p, &f.Counted)
	packNumber(p, &f.Points)
	packNumber(p, &f.Expires)
	packText(p, &f.Capture)
	packNumber(p, &f.Import)
	packNumber(p, &f.Credit)
	packText(p, &f.Ask)
	packText(p, &f.Approver)
	packNumber(p, &f.Notice)
	packNumber(p, &f.Posted)
	packNumber(p, &f.Ends)
	packNumber(p, &f.Objection)
	packNumber(p, &f.Waits)
	packText(p, &f.Standard)
	packText(p, &f.Household)
	packText(p, &f.About)
	packNumber(p, &f.Deduct)
	packList(p, &f.Queries, packText[Query])
	packList(p, &f.Chain, packText[Role])
	packList(p, &f.Approvers, packText[StaffID])
}

func (f *Day) pack(p *packing) {
	packList(p, &f.Sessions, func(p *packing, s *Session) {
		packText(p, &s.Activity)
		packNumber(p, &s.Start)
		packNumber(p, &s.Minutes)
		packNumber(p, &s.Counted)
	})
	packList(p, &f.Acts, packText[Code])
}

// keySet is the coldStore of keys: a hash table of numbers into the texts of the keys, which lie one behind the other.
type keySet struct {
	seed    maphash.Seed
	slots   []uint32 // 1 + the number of a key, 0 where there is none; a power of two of them
	text    []byte
	ends    []int64 // of each key in text
	entries []Index // that each key names
}

func newKeySet() *keySet { return &keySet{seed: maphash.MakeSeed(), slots: make([]uint32, 1<<10)} }

// slot returns where the key is, or where it would be put.
func (s *keySet) slot(k Key) int {
	mask := uint64(len(s.slots) - 1) //nolint:gosec // there is a slot at least
	for i := maphash.String(s.seed, string(k)) & mask; ; i = (i + 1) & mask {
		if n := s.slots[i]; n == 0 || string(s.bytes(int(n-1))) == string(k) {
			return int(i) //nolint:gosec // below the number of slots
		}
	}
}

// bytes returns the n-th key.
func (s *keySet) bytes(n int) []byte {
	if n == 0 {
		return s.text[:s.ends[0]]
	}
	return s.text[s.ends[n-1]:s.ends[n]]
}

func (s *keySet) get(k Key) (KeyFact, bool) {
	n := s.slots[s.slot(k)]
	if n == 0 {
		return KeyFact{}, false
	}
	return KeyFact{s.entries[n-1]}, true
}

func (s *keySet) put(k Key, f KeyFact) {
	i := s.slot(k)
	if n := s.slots[i]; n > 0 {
		s.entries[n-1] = f.Index
		return
	}
	s.text = append(s.text, k...)
	s.ends = append(s.ends, int64(len(s.text)))
	s.entries = append(s.entries, f.Index)
	s.slots[i] = uint32(len(s.entries)) //nolint:gosec // four thousand million keys are a journal of terabytes
	if len(s.entries) > len(s.slots)/4*3 {
		s.grow()
	}
}

// grow doubles the table.
func (s *keySet) grow() {
	s.slots = make([]uint32, 2*len(s.slots))
	for n := range s.entries {
		s.slots[s.slot(Key(s.bytes(n)))] = uint32(n + 1)
	}
}

func (s *keySet) len() int { return len(s.entries) }

func (s *keySet) keys() iter.Seq[Key] {
	return func(yield func(Key) bool) {
		for n := range s.entries {
			if !yield(Key(s.bytes(n))) {
				return
			}
		}
	}
}
