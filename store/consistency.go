package store

import (
	"context"
	"fmt"
	"sync"

	"aixin/ledger"
	"aixin/ledger/proof"
	"aixin/store/journal"
)

// grown is the tree of a journal, two hashes for each entry. It is made when somebody first asks for a proof, and grows with those who
// ask later.
type grown struct {
	mu     sync.Mutex
	tree   proof.Tree
	hashed ledger.Frontier // of the same leaves
}

// prove returns the path between two sizes that the journal has reached. Whoever is interrupted leaves what was read to the next.
func (g *grown) prove(ctx context.Context, j Journal, old, size ledger.Index) ([]ledger.Hash, error) {
	g.mu.Lock()
	defer g.mu.Unlock()

	if err := g.grow(ctx, j, size); err != nil {
		return nil, err
	}
	return g.tree.ProveGrowth(old, size)
}

// include returns the path from an entry to the root of the first size entries, which the journal has reached.
func (g *grown) include(ctx context.Context, j Journal, i, size ledger.Index) ([]ledger.Hash, error) {
	g.mu.Lock()
	defer g.mu.Unlock()

	if err := g.grow(ctx, j, size); err != nil {
		return nil, err
	}
	return g.tree.ProveWithin(i, size)
}

// grow reads on until the tree has so many entries. The caller holds mu.
func (g *grown) grow(ctx context.Context, j Journal, size ledger.Index) error {
	if g.tree.Size() >= size {
		return nil
	}
	for b, err := range j.Read(ctx, g.tree.Size()) {
		if err == nil {
			err = g.add(b)
		}
		if err != nil {
			return err
		}
		if b.Head.Size >= size {
			break
		}
	}
	return nil
}

// add grows the tree by a batch, under whose root it must be.
func (g *grown) add(b journal.Batch) error {
	if err := hashBatch(&g.hashed, b); err != nil {
		return err
	}
	for _, line := range b.Lines() {
		if err := g.tree.Append(ledger.LeafHash(line)); err != nil {
			return err
		}
	}
	return nil
}

// Consistency returns the hashes that show that the first size entries extend the first old ones (RFC 6962 §2.1.2). The book must have
// reached both.
func (l *Ledger) Consistency(ctx context.Context, old, size ledger.Index) ([]ledger.Hash, error) {
	if head := l.Head().Size; old < 0 || old > size || size > head {
		return nil, fmt.Errorf("consistency: %w", &ledger.Rejection{Reason: ledger.NotFound, Subject: fmt.Sprint(int64(max(old, size)))})
	}
	return l.grown.prove(ctx, l.journal, old, size)
}

// Inclusion returns the hashes that lead from an entry to the root of the first size entries (RFC 6962 §2.1.1). The book must have reached
// that size, and the entry be below it.
func (l *Ledger) Inclusion(ctx context.Context, i, size ledger.Index) ([]ledger.Hash, error) {
	if head := l.Head().Size; i < 0 || i >= size || size > head {
		return nil, fmt.Errorf("inclusion: %w", &ledger.Rejection{Reason: ledger.NotFound, Subject: fmt.Sprint(int64(i))})
	}
	return l.grown.include(ctx, l.journal, i, size)
}
