package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"

	"aixin/ledger"
)

// book is what a client needs of a ledger.
type book interface {
	Submit(ctx context.Context, c ledger.Command) (ledger.Receipt, error)
	View(ctx context.Context, at ledger.AsOf) (ledger.View, func(), error)
}

// load is the asking of all clients together.
type load struct {
	workload
	book    book
	clients int
	clock   func() time.Time
	acks    *acks
	until   time.Time // no round begins later
	begun   []int     // rounds that each client has begun
	rounds  int       // of each client; 0 for as many as there is time for
}

// answered is what one client saw.
type answered struct {
	waits []time.Duration // of each answer
	last  time.Time
	err   error
}

// run lets all clients ask until the time is over, and returns how long each answer took, and all of them together until the last
// could be read.
func (l load) run(ctx context.Context) (waits []time.Duration, took time.Duration, err error) {
	seen := make([]answered, l.clients)
	begun := l.clock()
	var all sync.WaitGroup
	for i := range seen {
		all.Go(func() { seen[i] = l.client(ctx, i) })
	}
	all.Wait()
	_, done, err := l.book.View(ctx, ledger.AsOf{})
	done()
	took = l.clock().Sub(begun)
	for _, s := range seen {
		waits = append(waits, s.waits...)
		err = errors.Join(err, s.err)
	}
	slices.Sort(waits)
	return waits, took, err
}

// client asks one question after another, round after round.
func (l load) client(ctx context.Context, number int) answered {
	seen := answered{last: l.clock()}
	var last ledger.Receipt
	for l.rounds == 0 || l.begun[number] < l.rounds {
		round := l.begun[number]
		l.begun[number]++
		v := l.visitOf(number, l.clients, round)
		for step := range steps {
			if l.rounds == 0 && !seen.last.Before(l.until) {
				return seen
			}
			c := l.question(v, step, last.Entry.Index)
			c.Key = key(number, round, step)
			last, seen.err = l.book.Submit(ctx, c)
			if seen.err != nil {
				seen.err = fmt.Errorf("client %d, %s: %w", number, c.Key, seen.err)
				return seen
			}
			now := l.clock()
			seen.waits = append(seen.waits, now.Sub(seen.last))
			seen.last = now
			if seen.err = l.acks.note(c.Key); seen.err != nil {
				return seen
			}
		}
	}
	return seen
}

// key names what a client asks in a step of a round.
func key(number, round, step int) ledger.Key {
	b := strconv.AppendInt(make([]byte, 0, 24), int64(number), 10)
	b = strconv.AppendInt(append(b, '/'), int64(round), 10)
	b = strconv.AppendInt(append(b, '/'), int64(step), 10)
	return ledger.Key(b)
}

// question is the command of a step of a visit; record is what the step before declared.
func (l load) question(v visit, step int, record ledger.Index) ledger.Command {
	switch {
	case step == 2*credits:
		return ledger.Command{Actor: clerk, Do: l.redeem(v)}
	case step%2 == 0:
		return ledger.Command{Actor: leader, Do: l.declare(v, step/2)}
	default:
		return ledger.Command{Actor: reviewer, Do: &ledger.Approve{Record: record}}
	}
}

// setUp enters what must be there before anybody serves.
func (l load) setUp(ctx context.Context) error {
	for _, c := range l.opening(Origin, zone) {
		if _, err := l.book.Submit(ctx, c); err != nil {
			return fmt.Errorf("%s: %w", c.Key, err)
		}
		if err := l.acks.note(c.Key); err != nil {
			return err
		}
	}
	return l.enrollAll(ctx)
}

// enrolling is how many volunteers are entered at once, however many clients are measured later.
const enrolling = 512

// enrollAll opens the accounts of all volunteers.
func (l load) enrollAll(ctx context.Context) error {
	failed := make([]error, enrolling)
	var all sync.WaitGroup
	for number := range enrolling {
		all.Go(func() {
			for i := number; i < len(l.volunteers); i += enrolling {
				c := l.enroll(i)
				if _, err := l.book.Submit(ctx, c); err != nil {
					failed[number] = fmt.Errorf("%s: %w", c.Key, err)
					return
				}
				if failed[number] = l.acks.note(c.Key); failed[number] != nil {
					return
				}
			}
		})
	}
	all.Wait()
	return errors.Join(failed...)
}

// acks writes the key of every acknowledged command, a line for each. A nil acks writes nothing.
type acks struct {
	mu sync.Mutex
	to io.Writer
}

// note returns when the key is written: whoever reads the keys after a crash finds none that was not acknowledged.
func (a *acks) note(k ledger.Key) error {
	if a == nil {
		return nil
	}
	line := append([]byte(k), '\n')
	a.mu.Lock()
	defer a.mu.Unlock()

	if _, err := a.to.Write(line); err != nil {
		return fmt.Errorf("write acknowledged key: %w", err)
	}
	return nil
}
