package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"aixin/ledger"
	"aixin/store"
)

// Options of a measurement.
type Options struct {
	Dir        string // where the measured book is made; nothing may be there
	Volunteers int
	Shops      int
	Clients    int
	Duration   time.Duration // of the measured load; everything together takes no more than four times as long
	Clock      func() time.Time
	Acks       io.Writer // gets the key of each acknowledged command, a line for each; nil for none
}

// Origin names every measured book.
const Origin = "bench.aixin.example/B"

const zone = "Asia/Shanghai"

// Run makes a book, measures it under load, and then measures what the same bytes cost without it. The book stays.
func Run(ctx context.Context, o Options) (Result, error) {
	begun := o.Clock()
	r, err := measure(ctx, o)
	if err == nil {
		err = compare(ctx, o, begun.Add(4*o.Duration), &r)
	}
	return r, err
}

// Make makes a book of at least so many entries, by the same load, and measures nothing: for verifying and opening a large
// one.
func Make(ctx context.Context, o Options, entries int) error {
	l, w, err := prepare(ctx, o)
	if err != nil {
		return err
	}
	w.rounds = entries/(o.Clients*steps) + 1
	_, _, err = w.run(ctx)
	return errors.Join(err, l.Close())
}

// prepare makes a book with its people, shelves and goods.
func prepare(ctx context.Context, o Options) (*store.Ledger, load, error) {
	if err := store.Create(ctx, o.Dir, store.CreateOptions{Origin: Origin, Zone: zone, Clock: o.Clock}); err != nil {
		return nil, load{}, err
	}
	l, err := store.Open(ctx, o.Dir, store.Options{Clock: o.Clock, NoScrub: true})
	if err != nil {
		return nil, load{}, err
	}
	at, err := l.Book().Location()
	if err != nil {
		return nil, load{}, errors.Join(err, l.Close())
	}
	w := load{
		workload: newWorkload(o.Volunteers, o.Shops, ledger.DateOf(o.Clock().In(at))),
		book:     l, clients: o.Clients, clock: o.Clock, begun: make([]int, o.Clients),
	}
	if o.Acks != nil {
		w.acks = &acks{to: o.Acks}
	}
	if err := w.setUp(ctx); err != nil {
		return nil, w, errors.Join(err, l.Close())
	}
	return l, w, nil
}

// warmingUp is the part of the duration for which the load runs before it is measured, so that both the run and the floor, which
// comes after it, find the memory that they use in the process: on a virtual machine the first touch of a page costs more than
// deciding an entry.
const warmingUp = 4

// measure lets the clients ask for the duration.
func measure(ctx context.Context, o Options) (Result, error) {
	r := Result{Clients: o.Clients, Volunteers: o.Volunteers, Shops: o.Shops}
	l, w, err := prepare(ctx, o)
	if err != nil {
		return r, err
	}
	w.until = o.Clock().Add(o.Duration / warmingUp)
	if _, _, err := w.run(ctx); err != nil {
		return r, errors.Join(err, l.Close())
	}
	before := l.Stats()
	r.first = l.Head().Size
	w.until = o.Clock().Add(o.Duration)
	waits, took, err := w.run(ctx)
	r.wrote(before, l.Stats())
	if err := errors.Join(err, l.Close()); err != nil {
		return r, err
	}
	if len(waits) == 0 {
		return r, fmt.Errorf("no answer in %v", o.Duration)
	}
	r.answered(waits, took)
	return r, nil
}
