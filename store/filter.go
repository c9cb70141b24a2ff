package store

import (
	"hash/maphash"

	"aixin/ledger"
)

// filter remembers which facts the index has: asked about one that it lacks, it almost always knows, so that a command with a
// new key on a new day asks Badger nothing. It never forgets one that it was told (a Bloom filter in layers, each twice as
// large as the one before, all bits of a fact within one word).
type filter struct {
	seed   maphash.Seed
	layers []filterLayer
}

// filterLayer holds up to room facts.
type filterLayer struct {
	words []uint64
	room  int
}

const (
	// filterRoom is how many facts the first layer of a filter holds: a small book needs no other.
	filterRoom = 1 << 16

	// filterBits is how many bits of a layer there are for each fact: about one answer in fifty is needlessly "perhaps".
	filterBits = 12
)

func newFilter() *filter { return &filter{seed: maphash.MakeSeed()} }

// add remembers a fact.
func (f *filter) add(id ledger.FactID) {
	h := maphash.String(f.seed, string(id))
	for _, l := range f.layers {
		if l.has(h) {
			return
		}
	}
	if n := len(f.layers); n == 0 || f.layers[n-1].room == 0 {
		room := filterRoom << n
		f.layers = append(f.layers, filterLayer{make([]uint64, room*filterBits/64), room})
	}
	last := &f.layers[len(f.layers)-1]
	*last.word(h) |= mask(h)
	last.room--
}

// has reports whether the fact may be one that was added; false is certain.
func (f *filter) has(id ledger.FactID) bool {
	h := maphash.String(f.seed, string(id))
	for _, l := range f.layers {
		if l.has(h) {
			return true
		}
	}
	return false
}

func (l *filterLayer) has(h uint64) bool { return *l.word(h)&mask(h) == mask(h) }

// word returns the word that the high half of a hash chooses.
func (l *filterLayer) word(h uint64) *uint64 {
	return &l.words[(h>>32)*uint64(len(l.words))>>32]
}

// mask returns the four bits that the low half of a hash chooses.
func mask(h uint64) uint64 {
	return 1<<(h&63) | 1<<(h>>6&63) | 1<<(h>>12&63) | 1<<(h>>18&63)
}
