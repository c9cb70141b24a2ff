package store

import (
	"cmp"
	"fmt"
	"slices"

	"aixin/ledger"
)

// milestone is a head that the journal must extend, and what it means if it does not.
type milestone struct {
	name string
	head ledger.Head
	err  error
}

// milestones are those that a reading of the journal has not reached yet, the smallest first.
type milestones []milestone

func (m *milestones) add(name string, h ledger.Head, err error) {
	*m = append(*m, milestone{name, h, err})
	slices.SortStableFunc(*m, func(a, b milestone) int { return cmp.Compare(a.head.Size, b.head.Size) })
}

// reach compares the tree with every milestone that it comes to with these leaves, and leaves the tree as it is.
func (m *milestones) reach(tree *ledger.Frontier, leaves []ledger.Hash) error {
	size := tree.Size() + ledger.Index(len(leaves))
	for len(*m) > 0 && (*m)[0].head.Size <= size {
		next := (*m)[0]
		then := tree.Clone()
		for _, leaf := range leaves[:next.head.Size-then.Size()] {
			then.Append(leaf)
		}
		if then.Root() != next.head.Root {
			return fmt.Errorf("the journal does not extend %s: its first %d entries are others: %w", next.name, next.head.Size, next.err)
		}
		*m = (*m)[1:]
	}
	return nil
}
