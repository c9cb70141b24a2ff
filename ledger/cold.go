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
	put(k K, v *V)
	len() int
	keys() iter.Seq[K]
}

// packed is a coldStore of facts in their packed form, each behind its length.
type packed[K comparable, V any, P value[V]] struct {
	at    map[K]int64 // page and offset of the newest form
	pages [][]byte
	c     codec // of the walk that is under way
	names *symbols
}

// pageSize is how much memory packed facts take at a time.
const pageSize = 1 << 18

func newPacked[K comparable, V any, P value[V]](names *symbols) *packed[K, V, P] {
	return &packed[K, V, P]{at: map[K]int64{}, names: names}
}

func (p *packed[K, V, P]) get(k K) (v V, ok bool) {
	at, ok := p.at[k]
	if !ok {
		return v, false
	}
	fact := p.pages[at/pageSize][at%pageSize:]
	n, size := binary.Uvarint(fact)
	p.c = codec{in: string(fact[size:][:n]), out: p.c.out, reading: true, packs: true, names: p.names}
	p.c.walk(P(&v))
	return v, p.c.err == nil
}

// put adds the newest form of a fact. An older one is left where it is: few facts are packed more than twice.
func (p *packed[K, V, P]) put(k K, v *V) {
	p.c = codec{out: p.c.out[:0], packs: true, names: p.names}
	p.c.walk(P(v))
	need := binary.MaxVarintLen64 + len(p.c.out)
	last := len(p.pages) - 1
	if last < 0 || len(p.pages[last])+need > pageSize {
		p.pages = append(p.pages, make([]byte, 0, max(pageSize, need)))
		last++
	}
	p.at[k] = int64(last)*pageSize + int64(len(p.pages[last]))
	p.pages[last] = append(binary.AppendUvarint(p.pages[last], uint64(len(p.c.out))), p.c.out...)
}

func (p *packed[K, V, P]) len() int { return len(p.at) }

func (p *packed[K, V, P]) keys() iter.Seq[K] {
	return func(yield func(K) bool) {
		for k := range p.at {
			if !yield(k) {
				return
			}
		}
	}
}

// symbols numbers the texts that packed facts repeat.
type symbols struct {
	numbers map[string]uint64
	texts   []string
}

func (s *symbols) number(text string) uint64 {
	n, ok := s.numbers[text]
	if !ok {
		n = uint64(len(s.texts))
		s.numbers[text] = n
		s.texts = append(s.texts, text)
	}
	return n
}

// paged is a list that grows page by page: what is in it is never moved, and no more memory is touched than it needs. A slice would be
// copied to a new place at every fourth of its growth.
type paged[T any] struct {
	pages [][]T
	n     int
}

// pageItems is how many items a page of a paged list has: a power of two.
const pageItems = 1 << 13

func (p *paged[T]) add(v T) {
	if p.n%pageItems == 0 {
		p.pages = append(p.pages, make([]T, 0, pageItems))
	}
	last := &p.pages[len(p.pages)-1]
	*last = append(*last, v)
	p.n++
}

func (p *paged[T]) at(i int) *T { return &p.pages[i/pageItems][i%pageItems] }

// keySet is the coldStore of keys: a hash table of numbers into the texts of the keys, which lie one behind the other in pages.
type keySet struct {
	seed  maphash.Seed
	slots []uint32 // 1 + the number of a key, 0 where there is none; a power of two of them
	text  [][]byte
	list  paged[keyAt]
}

// keyAt says where the text of a key lies, and what the key names.
type keyAt struct {
	entry      Index
	page       uint32
	start, end uint32
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
	at := s.list.at(n)
	return s.text[at.page][at.start:at.end]
}

func (s *keySet) get(k Key) (KeyFact, bool) {
	n := s.slots[s.slot(k)]
	if n == 0 {
		return KeyFact{}, false
	}
	return KeyFact{s.list.at(int(n - 1)).entry}, true
}

func (s *keySet) put(k Key, f *KeyFact) {
	i := s.slot(k)
	if n := s.slots[i]; n > 0 {
		s.list.at(int(n - 1)).entry = f.Index
		return
	}
	last := len(s.text) - 1
	if last < 0 || len(s.text[last])+len(k) > pageSize {
		s.text = append(s.text, make([]byte, 0, pageSize)) // a key is far shorter
		last++
	}
	start := len(s.text[last])
	s.text[last] = append(s.text[last], k...)
	s.list.add(keyAt{f.Index, uint32(last), uint32(start), uint32(start + len(k))}) //nolint:gosec // within pageSize
	s.slots[i] = uint32(s.list.n)                                                   //nolint:gosec // four thousand million keys are a journal of terabytes
	if s.list.n > len(s.slots)/4*3 {
		s.grow()
	}
}

// grow doubles the table.
func (s *keySet) grow() {
	s.slots = make([]uint32, 2*len(s.slots))
	for n := range s.list.n {
		s.slots[s.slot(Key(s.bytes(n)))] = uint32(n + 1)
	}
}

func (s *keySet) len() int { return s.list.n }

func (s *keySet) keys() iter.Seq[Key] {
	return func(yield func(Key) bool) {
		for n := range s.list.n {
			if !yield(Key(s.bytes(n))) {
				return
			}
		}
	}
}
