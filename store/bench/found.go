package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"aixin/ledger"
)

// Clerk is who redeems in a book of Found.
const Clerk = clerk

// Items is how many kinds of goods each shelf of a book of Found has.
const Items = items

// plenty is what everybody has in a book of Found: enough for as many exchanges as any run makes.
const plenty ledger.Amount = 100_000 * price

// Found makes a book in which everybody has points and every shelf is full, for measuring a server that serves it.
func Found(ctx context.Context, o Options) error {
	l, w, err := prepare(ctx, o)
	if err != nil {
		return err
	}
	return errors.Join(w.endow(ctx), l.Close())
}

// endow declares and approves what everybody had before the book.
func (l load) endow(ctx context.Context) error {
	failed := make([]error, enrolling)
	var all sync.WaitGroup
	for number := range enrolling {
		all.Go(func() {
			for i := number; i < len(l.volunteers) && failed[number] == nil; i += enrolling {
				failed[number] = l.endowOne(ctx, i)
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

func (l load) endowOne(ctx context.Context, i int) error {
	declared, err := l.book.Submit(ctx, ledger.Command{
		Key: ledger.Key(fmt.Sprintf("opening/%d", i)), Actor: steward,
		Do: &ledger.DeclareOpening{Volunteer: l.volunteers[i], Points: plenty},
	})
	if err == nil {
		_, err = l.book.Submit(ctx, ledger.Command{
			Key: ledger.Key(fmt.Sprintf("endow/%d", i)), Actor: reviewer, Do: &ledger.Approve{Record: declared.Entry.Index},
		})
	}
	if err != nil {
		return fmt.Errorf("volunteer %s: %w", l.volunteers[i], err)
	}
	return nil
}
