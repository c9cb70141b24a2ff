package ledger

import (
	"encoding/binary"
	"hash/maphash"
	"iter"
	"strings"
)

// This file keeps what a complete book has of millions: keys, records and days. A fact that was not changed lately is packed
// into a few dozen bytes without pointers, so that verifying a long journal takes little memory and gives the garbage
// collector nothing to follow.

// maxWarm is how many facts of one family a complete book keeps as they are, before it packs them: about what waits for its outcome in a
// county, so that few records are packed, unpacked and packed again.
const maxWarm = 1 << 14

// coldStore keeps the packed facts of one family. Only facts that exist are in it.
type coldStore[K comparable, V any] interface {
	// get returns a fact. It writes nothing to the store unless whoever asks is alone with it.
	get(k K, alone bool) (V, bool)
	put(k K, v V)
	len() int
	keys() iter.Seq[K]
}

// packed is a coldStore of facts in their packed form, each behind its length.
type packed[K comparable, V any, P value[V]] struct {
	at    positions[K]       // page and offset of the newest form
	pages []*strings.Builder // what is written is never changed, so that it can be read as a text without a copy
	names *symbols
	c     codec // of whoever is alone: of the walk that is under way
	v     V     // and what it walks
}

// pageSize is how much memory packed facts take at a time.
const pageSize = 1 << 18

func newPacked[K comparable, V any, P value[V]](names *symbols, at positions[K]) *packed[K, V, P] {
	return &packed[K, V, P]{at: at, names: names}
}

// positions say where facts stand.
type positions[K comparable] interface {
	at(k K) (int64, bool)
	set(k K, at int64)
	len() int
	keys() iter.Seq[K]
}

// mapped are positions in a map.
type mapped[K comparable] map[K]int64

func (m mapped[K]) at(k K) (int64, bool) {
	at, ok := m[k]
	return at, ok
}

func (m mapped[K]) set(k K, at int64) { m[k] = at }

func (m mapped[K]) len() int { return len(m) }

// keys come in no order: table.keys sorts them.
func (m mapped[K]) keys() iter.Seq[K] {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// numberedAt are positions of entries, so many of which have one that a list takes less memory than a map, and no hashing: 1 + each, 0 for none.
type numberedAt struct {
	list paged[int64]
	n    int
}

func (x *numberedAt) at(i Index) (int64, bool) {
	if i < 0 || int(i) >= x.list.n {
		return 0, false
	}
	at := *x.list.at(int(i))
	return at - 1, at > 0
}

func (x *numberedAt) set(i Index, at int64) {
	for int(i) >= x.list.n {
		x.list.add(0)
	}
	here := x.list.at(int(i))
	if *here == 0 {
		x.n++
	}
	*here = at + 1
}

func (x *numberedAt) len() int { return x.n }

func (x *numberedAt) keys() iter.Seq[Index] {
	return func(yield func(Index) bool) {
		for i := range x.list.n {
			if *x.list.at(i) > 0 && !yield(Index(i)) {
				return
			}
		}
	}
}

func (p *packed[K, V, P]) get(k K, alone bool) (v V, ok bool) {
	at, ok := p.at.at(k)
	if !ok {
		return v, false
	}
	w := p
	if !alone {
		w = &packed[K, V, P]{names: p.names}
	}
	w.c = codec{in: p.fact(at), out: w.c.out, reading: true, packs: true, names: p.names}
	w.v = v
	w.c.walk(P(&w.v))
	return w.v, w.c.err == nil
}

// fact returns the packed form that stands at a place.
func (p *packed[K, V, P]) fact(at int64) string {
	c := codec{in: p.pages[at/pageSize].String()[at%pageSize:]}
	n := c.uvarint()
	return c.in[:n]
}

// put adds the newest form of a fact. An older one is left where it is: few facts are packed more than twice.
func (p *packed[K, V, P]) put(k K, v V) {
	p.c = codec{out: p.c.out[:0], packs: true, names: p.names}
	p.v = v
	p.c.walk(P(&p.v))
	need := binary.MaxVarintLen64 + len(p.c.out)
	last := len(p.pages) - 1
	if last < 0 || p.pages[last].Len()+need > pageSize {
		page := new(strings.Builder)
		page.Grow(max(pageSize, need))
		p.pages = append(p.pages, page)
		last++
	}
	page := p.pages[last]
	p.at.set(k, int64(last)*pageSize+int64(page.Len()))
	var length [binary.MaxVarintLen64]byte
	page.Write(binary.AppendUvarint(length[:0], uint64(len(p.c.out)))) // a Builder never fails
	page.Write(p.c.out)
}

func (p *packed[K, V, P]) len() int { return p.at.len() }

func (p *packed[K, V, P]) keys() iter.Seq[K] { return p.at.keys() }

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
	slots []keySlot // a power of two of them
	text  [][]byte
	list  paged[keyAt]
}

// keyAt says where the text of a key lies, and what the key names.
type keyAt struct {
	entry      Index
	page       uint32
	start, end uint32
}

// keySlot is a place in the table. Half of the hash stands in it, so that few texts are looked at but that of the key itself.
type keySlot struct {
	half uint32
	key  uint32 // 1 + the number of a key, 0 where there is none
}

func newKeySet() *keySet { return &keySet{seed: maphash.MakeSeed(), slots: make([]keySlot, 1<<10)} }

// slot returns where the key is, or where it would be put, and the half of its hash that stands there.
func (s *keySet) slot(k Key) (at int, half uint32) {
	hash := maphash.String(s.seed, string(k))
	half = uint32(hash) //nolint:gosec // the lower half
	mask := len(s.slots) - 1
	for at = s.begin(half); ; at = (at + 1) & mask {
		if one := s.slots[at]; one.key == 0 || one.half == half && string(s.bytes(int(one.key-1))) == string(k) {
			return at, half
		}
	}
}

// begin returns the first place for a hash.
func (s *keySet) begin(half uint32) int { return int(half) & (len(s.slots) - 1) }

// bytes returns the n-th key.
func (s *keySet) bytes(n int) []byte {
	at := s.list.at(n)
	return s.text[at.page][at.start:at.end]
}

func (s *keySet) get(k Key, _ bool) (KeyFact, bool) {
	at, _ := s.slot(k)
	n := s.slots[at].key
	if n == 0 {
		return KeyFact{}, false
	}
	return KeyFact{s.list.at(int(n - 1)).entry}, true
}

func (s *keySet) put(k Key, f KeyFact) {
	i, half := s.slot(k)
	if n := s.slots[i].key; n > 0 {
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
	s.slots[i] = keySlot{half, uint32(s.list.n)}                                    //nolint:gosec // four thousand million keys are a journal of terabytes
	if s.list.n > len(s.slots)/4*3 {
		s.grow()
	}
}

// grow doubles the table. It reads no texts.
func (s *keySet) grow() {
	old := s.slots
	s.slots = make([]keySlot, 2*len(old))
	for _, one := range old {
		if one.key == 0 {
			continue
		}
		at := s.begin(one.half)
		for s.slots[at].key != 0 {
			at = (at + 1) & (len(s.slots) - 1)
		}
		s.slots[at] = one
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
