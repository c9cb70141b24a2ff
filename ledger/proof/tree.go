package proof

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"aixin/ledger"
)

// Tree is every hash of a Merkle tree, two for each leaf, from which anything about it is proved. The zero Tree is empty.
type Tree struct {
	size   ledger.Index
	stored []tlog.Hash // in the order of tlog.StoredHashIndex
}

// Size returns the number of leaves.
func (t *Tree) Size() ledger.Index { return t.size }

// Append adds a leaf.
func (t *Tree) Append(leaf ledger.Hash) error {
	more, err := tlog.StoredHashesForRecordHash(int64(t.size), tlog.Hash(leaf), t)
	if err != nil {
		return fmt.Errorf("leaf %d: %w", t.size, err)
	}
	t.stored = append(t.stored, more...)
	t.size++
	return nil
}

// ReadHashes gives package tlog the hashes that it asks for.
func (t *Tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(t.stored)) {
			return nil, fmt.Errorf("hash %d of a tree of %d leaves", x, t.size)
		}
		hashes[i] = t.stored[x]
	}
	return hashes, nil
}

// Leaf returns the hash of a leaf; ok is false where the tree is smaller.
func (t *Tree) Leaf(i ledger.Index) (leaf ledger.Hash, ok bool) {
	if i < 0 || i >= t.size {
		return ledger.Hash{}, false
	}
	return ledger.Hash(t.stored[tlog.StoredHashIndex(0, int64(i))]), true
}

// Root returns the root of the tree.
func (t *Tree) Root() (ledger.Hash, error) {
	root, err := tlog.TreeHash(int64(t.size), t)
	if err != nil {
		return ledger.Hash{}, fmt.Errorf("root of %d leaves: %w", t.size, err)
	}
	return ledger.Hash(root), nil
}

// ProveInclusion returns the hashes that lead from leaf i to the root, the leaf's sibling first (RFC 6962 §2.1.1).
func (t *Tree) ProveInclusion(i ledger.Index) ([]ledger.Hash, error) {
	return t.ProveWithin(i, t.size)
}

// ProveWithin is ProveInclusion up to the root of the first size leaves.
func (t *Tree) ProveWithin(i, size ledger.Index) ([]ledger.Hash, error) {
	if i < 0 || i >= size || size > t.size {
		return nil, fmt.Errorf("entry %d of %d: the tree has %d", i, size, t.size)
	}
	path, err := tlog.ProveRecord(int64(size), int64(i), t)
	if err != nil {
		return nil, fmt.Errorf("entry %d of %d: %w", i, size, err)
	}
	return ours(path), nil
}

// ProveConsistency returns the hashes that lead from the root of the first old leaves to the root of all (RFC 6962 §2.1.2).
// Every tree extends the empty one, and no hash is needed to show it.
func (t *Tree) ProveConsistency(old ledger.Index) ([]ledger.Hash, error) {
	return t.ProveGrowth(old, t.size)
}

// ProveGrowth is ProveConsistency up to the root of the first size leaves.
func (t *Tree) ProveGrowth(old, size ledger.Index) ([]ledger.Hash, error) {
	if old < 0 || old > size || size > t.size {
		return nil, fmt.Errorf("from %d entries to %d: the tree has %d", old, size, t.size)
	}
	if old == 0 {
		return nil, nil
	}
	path, err := tlog.ProveTree(int64(size), int64(old), t)
	if err != nil {
		return nil, fmt.Errorf("from %d entries to %d: %w", old, size, err)
	}
	return ours(path), nil
}

func ours(hashes []tlog.Hash) []ledger.Hash {
	var out []ledger.Hash
	for _, h := range hashes {
		out = append(out, ledger.Hash(h))
	}
	return out
}

func theirs(hashes []ledger.Hash) []tlog.Hash {
	out := make([]tlog.Hash, len(hashes))
	for i, h := range hashes {
		out[i] = tlog.Hash(h)
	}
	return out
}
