package proof_test

import (
	"fmt"
	"testing"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"

	"aixin/ledger"
)

// The roots that heads and checkpoints carry are those of RFC 6962: two other implementations find the same for every size,
// from the bytes of the lines.
func TestRootsAreThoseOfOthers(t *testing.T) {
	t.Parallel()
	var ours ledger.Frontier
	factory := compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}
	theirs := factory.NewEmptyRange(0)
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			hashes[i] = stored[x]
		}
		return hashes, nil
	})
	if got, want := ours.Root(), ledger.Hash(rfc6962.DefaultHasher.EmptyRoot()); got != want {
		t.Errorf("empty: got %v, want %v", got, want)
	}
	for n := range int64(100) {
		line := fmt.Appendf(nil, `{"index":%d}`, n)
		ours.Append(ledger.LeafHash(line))
		if err := theirs.Append(rfc6962.DefaultHasher.HashLeaf(line), nil); err != nil {
			t.Fatal(err)
		}
		more, err := tlog.StoredHashes(n, line, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, more...)

		compactRoot, err := theirs.GetRootHash(nil)
		if err != nil {
			t.Fatal(err)
		}
		treeHash, err := tlog.TreeHash(n+1, reader)
		if err != nil {
			t.Fatal(err)
		}
		if got := ours.Root(); got != ledger.Hash(compactRoot) || got != ledger.Hash(treeHash) {
			t.Errorf("size %d: got %v, want %v (compact) and %v (tlog)", n+1, got, ledger.Hash(compactRoot), treeHash)
		}
		again, ok := ledger.NewFrontier(ours.Size(), ours.Roots())
		if !ok || again.Root() != ours.Root() {
			t.Errorf("size %d: the frontier from its roots has root %v, want %v", n+1, again.Root(), ours.Root())
		}
	}
}
