package store_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aixin/ledger"
	"aixin/store"
	"aixin/store/journal"
)

func TestAnHourBecomesGoods(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l := open(t, dir, options(newClock()))
	submit(t, l, setup(2)...)
	declared := submit(t, l, declare("d1", 0, 0))
	submit(t, l, approve("a1", declared.Entry.Index))
	first := submit(t, l, redeem("r1", 0, 1))
	if len(first.Balances) != 2 {
		t.Errorf("balances after the redemption: got %v, want points and stock", first.Balances)
	}
	again := submit(t, l, redeem("r1", 0, 1))
	if !again.Replayed || again.Entry.Index != first.Entry.Index || again.Leaf != first.Leaf {
		t.Errorf("the same key again: got %+v, want the receipt of entry %d, replayed", again, first.Entry.Index)
	}
	if len(again.Balances) != 2 || again.Balances[0].Balance != first.Balances[0].Balance {
		t.Errorf("balances of the replay: got %v, want %v", again.Balances, first.Balances)
	}
	receipt, err := l.Submit(t.Context(), redeem("r2", 0, 1))
	no, ok := errors.AsType[*ledger.Rejection](err)
	if !ok || no.Reason != ledger.InsufficientPoint || receipt.Entry.Kind != ledger.Refused {
		t.Errorf("a redemption without points: got %v, %v", receipt, err)
	}
	closeBook(t, l)

	l = open(t, dir, options(newClock()))
	if o := l.Opened(); !o.Clean || o.Rebuilt != "" || o.Extended != 0 {
		t.Errorf("after a clean stop: got %+v", o)
	}
	v, done, err := l.View(t.Context(), store.AsOf{})
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	b, err := v.Balance(volunteer(0))
	if err != nil || b.Available != 0 || b.Minutes != 60 {
		t.Errorf("balance: got %+v, %v", b, err)
	}
	s, err := v.Statement(ledger.AccountKey{ID: ledger.PointsOf(volunteer(0)), Commodity: ledger.Point}, 0, 10)
	if err != nil || len(s.Lines) != 2 {
		t.Errorf("statement: got %+v, %v", s, err)
	}
}

// A dry run says what would happen, keeps nothing, and writes nothing.
func TestDryRun(t *testing.T) {
	t.Parallel()
	l := open(t, newBook(t), options(newClock()))
	submit(t, l, setup(1)...)
	before, commits := l.Head(), l.Stats().Commits
	got, err := l.DryRun(t.Context(), declare("d", 0, 0))
	if err != nil || got.Replayed || got.Entry.Kind != ledger.HoursDeclared || got.Entry.Index != before.Size {
		t.Errorf("dry run: got %+v, %v", got, err)
	}
	if got, err := l.DryRun(t.Context(), setup(1)[0]); err != nil || !got.Replayed || got.Entry.Index >= before.Size {
		t.Errorf("dry run of what was done: got %+v, %v", got, err)
	}
	_, err = l.DryRun(t.Context(), redeem("r", 0, 1))
	if no, ok := errors.AsType[*ledger.Rejection](err); !ok || no.Reason != ledger.InsufficientPoint {
		t.Errorf("dry run of what would be refused: got %v", err)
	}
	if l.Head() != before || l.Stats().Commits != commits {
		t.Errorf("after dry runs: got head %v, want %v", l.Head(), before)
	}
	if r := submit(t, l, declare("d", 0, 0)); r.Replayed || r.Entry.Index != got.Entry.Index {
		t.Errorf("after the dry run: got %+v", r)
	}
}

// A clock that is far from the last entry's time stops writing until somebody confirms it; time never goes back.
func TestClockGuard(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		move time.Duration
		want error
	}{
		{-4 * time.Minute, nil},
		{-6 * time.Minute, store.ErrClock},
		{34 * 24 * time.Hour, nil},
		{36 * 24 * time.Hour, store.ErrClock},
	} {
		t.Run(c.move.String(), func(t *testing.T) {
			t.Parallel()
			dir, clock := newBook(t), newClock()
			l := open(t, dir, options(clock))
			submit(t, l, setup(1)...)
			clock.move(c.move)
			r, err := l.Submit(t.Context(), declare("d", 0, 0))
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if err == nil && r.Entry.At.Before(start()) {
				t.Errorf("time went back to %v", r.Entry.At)
			}
			closeBook(t, l)
			o := options(clock)
			o.ClockOK = true
			submit(t, open(t, dir, o), declare("d", 0, 0))
		})
	}
}

// The clock of a demo book is never behind its head, however far that is ahead.
func TestDemoClock(t *testing.T) {
	t.Parallel()
	dir, clock := filepath.Join(t.TempDir(), "demo"), newClock()
	err := store.Create(t.Context(), dir, store.CreateOptions{Origin: "test.example/b", Zone: "Asia/Shanghai", Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	list := setup(1)
	list[0].Do = &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "test.example/b", Zone: "Asia/Shanghai", Demo: true}
	l := open(t, dir, options(clock))
	submit(t, l, list...)
	clock.move(-400 * 24 * time.Hour)
	if r := submit(t, l, declare("d", 0, 0)); !r.Entry.At.Equal(start()) {
		t.Errorf("entry of a demo book: got %v, want it at the head's time %v", r.Entry.At, start())
	}
	clock.move(800 * 24 * time.Hour)
	submit(t, l, declare("e", 0, 1))
}

// Below the floor of free space nothing is written, and everything else goes on.
func TestFreeSpaceFloor(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l := open(t, dir, options(newClock()))
	submit(t, l, setup(1)...)
	submit(t, l, declare("d", 0, 0))
	closeBook(t, l)
	o := options(newClock())
	o.MinFree = 1 << 60
	l = open(t, dir, o)
	if _, err := l.Submit(t.Context(), declare("e", 0, 1)); !errors.Is(err, store.ErrDiskFull) {
		t.Errorf("on a full disk: got %v, want %v", err, store.ErrDiskFull)
	}
	if r := submit(t, l, declare("d", 0, 0)); !r.Replayed {
		t.Error("on a full disk, what was done before was not answered")
	}
}

// An idle ledger writes nothing, and one that is written keeps its checkpoint no older than ten seconds.
func TestCheckpointFollows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := newBook(t)
		l, err := store.Open(t.Context(), dir, options(newClock()))
		if err != nil {
			t.Fatal(err)
		}
		submit(t, l, setup(1)...)
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if text := string(read(t, filepath.Join(dir, "checkpoint"))); !strings.Contains(text, l.Head().Root.String()) {
			t.Errorf("eleven seconds after the last entry the checkpoint is\n%s", text)
		}
		before := listing(t, dir)
		if _, err := l.Submit(t.Context(), redeem("r", 0, 0)); err == nil {
			t.Error("a redemption of nothing was accepted")
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if after := listing(t, dir); after != before {
			t.Errorf("an hour of idling changed\n%s\nto\n%s", before, after)
		}
		closeBook(t, l)
	})
}

// Entry 0 says what book.json says: another one is refused, and so is a book.json that was changed.
func TestEntryZeroIsOfThisBook(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l := open(t, dir, options(newClock()))
	other := setup(0)[0]
	other.Do = &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "other.example/b", Zone: "Asia/Shanghai"}
	_, err := l.Submit(t.Context(), other)
	if _, invalid := errors.AsType[*ledger.Invalid](err); !invalid {
		t.Errorf("entry 0 of another book: got %v, want it refused", err)
	}
	submit(t, l, setup(0)...)
	hurt := copyDir(t, dir)
	book := filepath.Join(hurt, "book.json")
	write(t, book, []byte(strings.Replace(string(read(t, book)), `"demo": false`, `"demo": true`, 1)))
	refused(t, hurt)
}

// Closing waits for those who read, and lets nobody in after them.
func TestCloseWaitsForReaders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := inMemory(t, newBook(t), journal.NewMemory())
		submit(t, l, setup(1)...)
		v, done, err := l.View(t.Context(), store.AsOf{})
		if err != nil {
			t.Fatal(err)
		}
		closed := make(chan error, 1)
		go func() { closed <- l.Close() }()
		synctest.Wait()
		if len(closed) > 0 {
			t.Error("closed under a reader")
		}
		if _, err := v.Balance(volunteer(0)); err != nil {
			t.Errorf("reading while the ledger closes: %v", err)
		}
		if _, _, err := l.View(t.Context(), store.AsOf{}); !errors.Is(err, store.ErrStopped) {
			t.Errorf("a view of a closing ledger: got %v, want %v", err, store.ErrStopped)
		}
		done()
		done()
		if err := <-closed; err != nil {
			t.Error(err)
		}
	})
}
