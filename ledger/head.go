package ledger

import (
	"crypto/sha256"
	"math/bits"
	"slices"
	"time"
)

// Head commits to a prefix of the journal: how many entries, the RFC 6962 root over the bytes of their lines, and when the
// last of them was made. The head of an empty journal has size 0 and the root of an empty tree.
type Head struct {
	Size Index
	Root Hash
	At   time.Time // of the last entry; zero in an empty book
}

// Same reports whether both heads commit to the same entries.
func (h Head) Same(other Head) bool { return h.Size == other.Size && h.Root == other.Root }

// LeafHash hashes the bytes of a line, without its newline (RFC 6962 §2.1).
func LeafHash(line []byte) Hash {
	h := sha256.New()
	h.Write([]byte{0})
	h.Write(line)
	var out Hash
	h.Sum(out[:0])
	return out
}

// nodeHash hashes two subtrees (RFC 6962 §2.1).
func nodeHash(left, right Hash) Hash {
	var b [65]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[33:], right[:])
	return sha256.Sum256(b[:])
}

// Frontier is what is needed of a Merkle tree to append to it and to know its root: the roots of its perfect subtrees, the
// largest first, one for each one-bit of its size. The zero Frontier is the empty tree.
type Frontier struct {
	size  Index
	roots []Hash
}

// NewFrontier returns the frontier of a tree of that size from its subtree roots, as Roots gave them; ok is false where their
// number does not fit the size.
func NewFrontier(size Index, roots []Hash) (f Frontier, ok bool) {
	return Frontier{size, slices.Clone(roots)}, size >= 0 && bits.OnesCount64(uint64(size)) == len(roots)
}

// Size returns the number of leaves.
func (f *Frontier) Size() Index { return f.size }

// Roots returns the roots of the perfect subtrees, the largest first.
func (f *Frontier) Roots() []Hash { return slices.Clone(f.roots) }

// Clone returns a copy that grows on its own.
func (f *Frontier) Clone() Frontier { return Frontier{f.size, slices.Clone(f.roots)} }

// Append adds a leaf.
func (f *Frontier) Append(leaf Hash) {
	for n := f.size; n&1 == 1; n >>= 1 {
		last := len(f.roots) - 1
		leaf = nodeHash(f.roots[last], leaf)
		f.roots = f.roots[:last]
	}
	f.roots = append(f.roots, leaf)
	f.size++
}

// Root returns the root of the tree.
func (f *Frontier) Root() Hash {
	if len(f.roots) == 0 {
		return sha256.Sum256(nil)
	}
	root := f.roots[len(f.roots)-1]
	for i := len(f.roots) - 2; i >= 0; i-- {
		root = nodeHash(f.roots[i], root)
	}
	return root
}
