package store_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"aixin/ledger"
	"aixin/store"
)

// A balance is that of everything that was answered, although the index has none of it; lists are refused.
func TestLatestWaitsForNoIndex(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBehind(t, 3)
		v, done, err := b.Latest(t.Context()) // the last sync still stalls
		if err != nil {
			t.Fatal(err)
		}
		for i, answered := range []bool{true, true, false} {
			if got, err := v.Balance(volunteer(i)); err != nil || (got.Pending > 0) != answered {
				t.Errorf("balance of %d: got %+v, %v; want something pending: %v", i, got, err, answered)
			}
		}
		if v.Head() != b.Head() || b.transactions() != 0 {
			t.Errorf("got a view at %v after %d transactions, want %v and none", v.Head(), b.transactions(), b.Head())
		}
		onlyFacts(t, v)
		done()
		b.close(t)
	})
}

// Of what changed again and again in one batch, the last is what counts.
func TestLatestOfALargeBatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const hours = 90 // more than are taken from the book at a time
		b := newStalling(t, 2)
		b.ask(func() {
			var roster []ledger.Command
			for n := range hours {
				roster = append(roster, declare(fmt.Sprintf("roster/%d", n), 0, n))
			}
			if _, err := b.SubmitGroup(t.Context(), roster); err != nil {
				t.Error(err)
			}
		})
		b.ask(func() { submit(t, b.Ledger, declare("another", 1, 0)) })
		v, done, err := b.Latest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, err := v.Balance(volunteer(0))
		if want := hours * ledger.Amount(100); err != nil || got.Pending != want || b.transactions() != 0 {
			t.Errorf("got %+v, %v after %d transactions, want %d pending after none", got, err, b.transactions(), want)
		}
		done()
		b.close(t)
	})
}

// onlyFacts expects that a view of the latest guesses at no list.
func onlyFacts(t *testing.T, v ledger.View) {
	t.Helper()
	for _, err := range v.Volunteers() {
		if err == nil {
			t.Error("got a list of volunteers from a view that finds single facts")
		}
	}
	if _, err := v.Statement(ledger.AccountKey{ID: ledger.PointsOf(volunteer(0)), Commodity: ledger.Point}, 0, 5); err == nil {
		t.Error("got a statement from a view that finds single facts")
	}
	if _, err := v.Entry(0); err == nil {
		t.Error("got an entry from a view that finds single facts")
	}
}

// Whatever is written beside it, a view of the latest is one moment of the book: what it says is what the book of that size says.
func TestLatestIsOneMoment(t *testing.T) {
	t.Parallel()
	const people, writers, readers, each = 8, 16, 4, 30
	l := open(t, newBook(t), options(newClock()))
	submit(t, l, setup(people)...)

	seen := map[ledger.Index][][]ledger.Balance{}
	var writing sync.WaitGroup
	for w := range writers {
		writing.Go(func() {
			for n := range each {
				r := submit(t, l, declare(fmt.Sprintf("d/%d/%d", w, n), w%people, w/people*each+n))
				submit(t, l, approve(fmt.Sprintf("a/%d/%d", w, n), r.Entry.Index))
			}
		})
	}
	over := make(chan struct{})
	go func() { writing.Wait(); close(over) }()
	var reading sync.WaitGroup
	var mu sync.Mutex
	for range readers {
		reading.Go(func() {
			for ended := false; !ended; {
				select {
				case <-over:
					ended = true
				default:
				}
				least := l.Head().Size
				v, done, err := l.Latest(t.Context())
				if err != nil || v.Head().Size < least {
					t.Errorf("got a view of %d entries after %d were answered, %v", v.Head().Size, least, err)
				}
				got := balances(t, v, people)
				done()
				mu.Lock()
				seen[v.Head().Size] = append(seen[v.Head().Size], got)
				mu.Unlock()
			}
		})
	}
	reading.Wait()
	if len(seen) < 2 {
		t.Errorf("got %d moments, want several", len(seen))
	}
	for size, got := range seen {
		then, done, err := l.View(t.Context(), store.AsOf{Size: size})
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprint(balances(t, then, people))
		for _, one := range got {
			if fmt.Sprint(one) != want {
				t.Errorf("after %d entries:\n got  %+v\n want %s", size, one, want)
			}
		}
		done()
	}
}

// balances returns the balance of everybody. Any goroutine may call it.
func balances(t *testing.T, v ledger.View, people int) []ledger.Balance {
	t.Helper()
	var all []ledger.Balance
	for i := range people {
		b, err := v.Balance(volunteer(i))
		if err != nil {
			t.Error(err)
		}
		all = append(all, b)
	}
	return all
}
