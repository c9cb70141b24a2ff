package store

import (
	"context"
	"errors"
	"fmt"

	"aixin/ledger"
	"aixin/store/journal"
)

// ErrOtherHistory means that two copies of a book of one name have different entries somewhere: neither goes on where the other ends.
var ErrOtherHistory = errors.New("the copies of the book have different histories")

// SameHistory holds that two directories are copies of one book: of as many entries as the shorter has, both have the same root. Neither is
// verified beyond that.
func SameHistory(ctx context.Context, one, other string) error {
	var heads [2]ledger.Head
	for i, dir := range []string{one, other} {
		h, err := headIn(ctx, dir)
		if err != nil {
			return err
		}
		heads[i] = h
	}
	size := min(heads[0].Size, heads[1].Size)
	a, err := rootAt(ctx, one, size)
	if err != nil {
		return err
	}
	b, err := rootAt(ctx, other, size)
	if err != nil {
		return err
	}
	if a != b {
		return fmt.Errorf("%w: of %d entries", ErrOtherHistory, size)
	}
	return nil
}

func headIn(ctx context.Context, dir string) (ledger.Head, error) {
	file, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return ledger.Head{}, err
	}
	h, err := file.Head(ctx)
	return h, errors.Join(err, file.Close())
}

// rootAt hashes the first lines of a journal.
func rootAt(ctx context.Context, dir string, size ledger.Index) (root ledger.Hash, err error) {
	file, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return root, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()

	var tree ledger.Frontier
	for b, err := range file.Read(ctx, 0) {
		if err != nil {
			return root, err
		}
		for i, line := range b.Lines() {
			if i == size {
				return tree.Root(), nil
			}
			tree.Append(ledger.LeafHash(line))
		}
	}
	return tree.Root(), nil
}
