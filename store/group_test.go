package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aixin/ledger"
	"aixin/store"
	"aixin/store/journal"
)

// roster declares an hour for each of the first n volunteers, on the day-th day.
func roster(name string, n, day int) []ledger.Command {
	var list []ledger.Command
	for i := range n {
		list = append(list, declare(fmt.Sprintf("%s/%d", name, i), i, day))
	}
	return list
}

// A group is the same as its commands one after the other, in one batch; the same keys again are answered as then.
func TestGroup(t *testing.T) {
	t.Parallel()
	single, together := open(t, newBook(t), options(newClock())), open(t, newBook(t), options(newClock()))
	var want []ledger.Receipt
	for _, l := range []*store.Ledger{single, together} {
		submit(t, l, setup(5)...)
	}
	for _, c := range roster("r", 5, 0) {
		want = append(want, submit(t, single, c))
	}
	commits := together.Stats().Commits
	got, err := together.SubmitGroup(t.Context(), roster("r", 5, 0))
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want, false)
	if n := together.Stats().Commits - commits; n != 1 {
		t.Errorf("got %d batches, want 1", n)
	}
	if single.Head().Root != together.Head().Root {
		t.Error("the journals differ")
	}
	again, err := together.SubmitGroup(t.Context(), append(roster("r", 5, 0), declare("new", 0, 1)))
	if err != nil {
		t.Fatal(err)
	}
	same(t, again[:5], want, true)
	if last := again[5]; last.Replayed || last.Entry.Index != together.Head().Size-1 {
		t.Errorf("the new one: got %+v, want the newest entry", last)
	}
}

// same holds receipts of a group against those of the commands alone.
func same(t *testing.T, got, want []ledger.Receipt, replayed bool) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d receipts, want %d", len(got), len(want))
	}
	for i, r := range got {
		if r.Leaf != want[i].Leaf || r.Replayed != replayed || !slices.Equal(r.Balances, want[i].Balances) {
			t.Errorf("receipt %d: got %+v, want %+v", i, r, want[i])
		}
	}
}

// Where one is refused nothing is done, and whoever asks again finds that nothing was.
func TestGroupOfWhichOneIsRefused(t *testing.T) {
	t.Parallel()
	l := open(t, newBook(t), options(newClock()))
	submit(t, l, setup(5)...)
	done := submit(t, l, declare("r/0", 0, 0))
	before := l.Head()

	list := append(roster("r", 3, 0), declare("double", 1, 0), declare("behind", 4, 0)) // the fourth is the second again, of the same hour
	got, err := l.SubmitGroup(t.Context(), list)
	no, ok := errors.AsType[*ledger.GroupError](err)
	if why, refused := errors.AsType[*ledger.Rejection](err); !ok || no.At != 3 || !refused || why.Reason != ledger.Duplicate {
		t.Fatalf("got %v, want the fourth refused as a duplicate", err)
	}
	if l.Head() != before {
		t.Errorf("got %d entries, want %d", l.Head().Size, before.Size)
	}
	for i, r := range got {
		if (i == 0) != (r.Entry.Kind != "") || (i == 0 && (r.Leaf != done.Leaf || !r.Replayed)) {
			t.Errorf("receipt %d: got %+v, want only the one of before", i, r)
		}
	}
	if _, err := l.DryRunGroup(t.Context(), list); !errors.As(err, new(*ledger.GroupError)) {
		t.Errorf("tried: got %v, want it refused, too", err)
	}
	tried, err := l.DryRunGroup(t.Context(), list[:3])
	if err != nil || tried[1].Entry.Index != before.Size || tried[2].Entry.Index != before.Size+1 || l.Head() != before {
		t.Errorf("tried: got %+v, %v", tried, err)
	}
	if r := submit(t, l, list[1]); r.Replayed {
		t.Error("a key of a refused group was used")
	}
}

// A refusal that must be kept is kept alone: the goods of the group stay, and no late duplicate of it can succeed.
func TestGroupKeepsARefusal(t *testing.T) {
	t.Parallel()
	clock := newClock()
	l := open(t, newBook(t), options(clock))
	submit(t, l, setup(2)...)
	earn := func(day int) {
		r := submit(t, l, declare(fmt.Sprintf("earn/%d", day), 0, day))
		submit(t, l, approve(fmt.Sprintf("earn/%d/yes", day), r.Entry.Index))
	}
	earn(0)
	before := l.Head().Size
	two := []ledger.Command{redeem("g/1", 0, 1), redeem("g/2", 0, 1)}
	got, err := l.SubmitGroup(t.Context(), two)
	if no, ok := errors.AsType[*ledger.Rejection](err); !ok || no.Reason != ledger.InsufficientPoint {
		t.Fatalf("got %v, want too few points for both", err)
	}
	if got[0].Entry.Kind != "" || got[1].Entry.Kind != ledger.Refused || got[1].Entry.Index != before || l.Head().Size != before+1 {
		t.Errorf("got %+v and %d entries, want the refusal alone", got, l.Head().Size-before)
	}
	earn(1)
	if again, err := l.SubmitGroup(t.Context(), two); err == nil || !again[1].Replayed || again[0].Entry.Kind != "" {
		t.Errorf("again: got %+v, %v, want the answer of then", again, err)
	}
	other := []ledger.Command{redeem("h/1", 0, 1), redeem("h/2", 0, 1)}
	if _, err := l.SubmitGroup(t.Context(), other); err != nil {
		t.Errorf("under other keys: %v", err)
	}
}

// However much of a group's batch is on the disk when the power goes, none of the group is in the book, until all of it is.
func TestTornGroup(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l, err := store.Open(t.Context(), dir, options(newClock()))
	if err != nil {
		t.Fatal(err)
	}
	submit(t, l, setup(3)...)
	before, from := l.Head().Size, len(read(t, segment(dir)))
	running := copyDir(t, dir)
	if _, err := l.SubmitGroup(t.Context(), roster("r", 3, 0)); err != nil {
		t.Fatal(err)
	}
	whole := read(t, segment(dir))
	closeBook(t, l)
	for cut := from; cut <= len(whole); cut += 1 + (len(whole)-from)/40 {
		tornAt(t, running, whole[:cut], before)
	}
	for cut := len(whole) - 2; cut < len(whole); cut++ {
		tornAt(t, running, whole[:cut], before)
	}
}

// tornAt opens a book whose journal ends there, and asks for the group again.
func tornAt(t *testing.T, running string, data []byte, before ledger.Index) {
	t.Helper()
	hurt := copyDir(t, running)
	write(t, segment(hurt), data)
	l, err := store.Open(t.Context(), hurt, options(newClock()))
	if err != nil {
		t.Fatalf("cut at %d: %v", len(data), err)
	}
	defer closeBook(t, l)
	if got := l.Head().Size; got != before {
		t.Errorf("cut at %d: got %d entries, want %d and none of the group", len(data), got, before)
	}
	again, err := l.SubmitGroup(t.Context(), roster("r", 3, 0))
	if err != nil || l.Head().Size != before+3 || again[0].Replayed {
		t.Errorf("cut at %d: asked again: %d entries, %v", len(data), l.Head().Size-before, err)
	}
}

// What goes wrong in a write happens to a group as a whole.
func TestGroupFaults(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault journal.Fault
		kept  bool
	}{
		"failed":             {journal.FailBefore(errDisk), false},
		"torn":               {journal.Torn(400, errDisk), false},
		"failed but applied": {journal.FailAfter(errDisk), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, j := newBook(t), journal.NewMemory()
			l := inMemory(t, dir, j)
			submit(t, l, setup(3)...)
			j.Inject(journal.OnAppend, tt.fault)
			if got, err := l.SubmitGroup(t.Context(), roster("r", 3, 0)); !errors.Is(err, store.ErrUnknown) || got != nil {
				t.Fatalf("got %+v, %v, want %v", got, err, store.ErrUnknown)
			}
			if err := l.Close(); err == nil {
				t.Error("closing after a failure: got no error")
			}
			l = inMemory(t, dir, j.Reopen())
			defer closeBook(t, l)
			got, err := l.SubmitGroup(t.Context(), roster("r", 3, 0))
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range got {
				if r.Replayed != tt.kept {
					t.Errorf("receipt %d: got replayed %v, want %v", i, r.Replayed, tt.kept)
				}
			}
		})
	}
}

// narrow opens a book over a journal in memory whose index takes few entries in a transaction.
func narrow(t *testing.T, j *journal.Memory) *store.Ledger {
	t.Helper()
	o := options(newClock())
	o.Journal = j
	l, err := store.Open(context.WithoutCancel(t.Context()), newBook(t), store.Narrow(o, 12_000))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Groups and single commands that come at once stand behind one another and never within one another, in batches that have room for each,
// also where another writer extends the book between.
func TestGroupsBesideOthers(t *testing.T) {
	t.Parallel()
	j := journal.NewMemory()
	l, other := narrow(t, j), (*store.Ledger)(nil)
	submit(t, l, setup(60)...)
	other = inMemory(t, newBook(t), j)
	submit(t, other, declare("theirs", 59, 9))

	var wg sync.WaitGroup
	for n := range 12 {
		wg.Go(func() {
			got, err := l.SubmitGroup(context.WithoutCancel(t.Context()), roster(fmt.Sprintf("g%d", n), 5, n))
			if err != nil {
				t.Errorf("group %d: %v", n, err)
			}
			for i := range got {
				if got[i].Entry.Index != got[0].Entry.Index+ledger.Index(i) {
					t.Errorf("group %d: command %d is entry %d behind %d", n, i, got[i].Entry.Index, got[0].Entry.Index)
				}
			}
		})
		wg.Go(func() { submit(t, l, declare(fmt.Sprintf("s/%d", n), 30+n, n)) })
	}
	wg.Wait()
	if got, want := l.Head().Size, ledger.Index(len(setup(60))+1+12*6); got != want {
		t.Errorf("entries: got %d, want %d", got, want)
	}
	_, err := l.SubmitGroup(t.Context(), roster("large", 60, 20))
	if no, ok := errors.AsType[*ledger.Rejection](err); !ok || no.Reason != ledger.TooLarge {
		t.Errorf("more than one transaction takes: got %v, want it refused as too large", err)
	}
	closeBook(t, l)
	closeBook(t, other)
}

// A group that has no room beside what waits for the disk is decided in the next batch.
func TestGroupWaitsForRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := journal.NewMemory()
		l := narrow(t, j)
		submit(t, l, setup(30)...)
		stall, stalled := journal.Stall()
		j.Inject(journal.OnAppend, stall)
		var wg sync.WaitGroup
		wg.Go(func() { submit(t, l, declare("first", 29, 0)) })
		synctest.Wait()
		before := l.Stats().Commits
		for n := range 4 {
			wg.Go(func() {
				if _, err := l.SubmitGroup(context.WithoutCancel(t.Context()), roster(fmt.Sprintf("g%d", n), 5, n)); err != nil {
					t.Errorf("group %d: %v", n, err)
				}
			})
		}
		synctest.Wait()
		stalled.Release()
		wg.Wait()
		if got := l.Stats().Commits - before; got < 2 {
			t.Errorf("four groups of which two fit: got %d batches", got)
		}
		closeBook(t, l)
	})
}

// What is no group is refused before it is one.
func TestNoGroup(t *testing.T) {
	t.Parallel()
	l := open(t, newBook(t), options(newClock()))
	submit(t, l, setup(1)...)
	for name, list := range map[string][]ledger.Command{
		"none":      nil,
		"too many":  make([]ledger.Command, ledger.MaxGroup+1),
		"a new key": {{Key: "k", Actor: admin, Do: &ledger.RotateKey{}}},
	} {
		if _, err := l.SubmitGroup(t.Context(), list); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	bad := roster("r", 1, 0)
	bad[0].Actor = "nobody"
	if _, err := l.SubmitGroup(t.Context(), bad); !errors.As(err, new(*ledger.Invalid)) {
		t.Errorf("malformed: got %v", err)
	}
	twice := append(roster("r", 1, 0), declare("r/0", 0, 0))
	for name, ask := range map[string]func(context.Context, []ledger.Command) ([]ledger.Receipt, error){"done": l.SubmitGroup, "tried": l.DryRunGroup} {
		_, err := ask(t.Context(), twice)
		no, ok := errors.AsType[*ledger.GroupError](err)
		if bad, invalid := errors.AsType[*ledger.Invalid](err); !ok || no.At != 1 || !invalid || bad.Fields[0].Field != "key" {
			t.Errorf("%s: two under one key: got %v, want the second refused", name, err)
		}
	}
}

// chained is a setup in which what deciding looks at follows from one fact to the next: days have caps, points are of households, and gifts
// go with them.
func chained(n int) []ledger.Command {
	list := setup(n)
	for i, c := range list {
		switch do := c.Do.(type) {
		case *ledger.SetRule:
			do.Rule.DayCap, do.Rule.Pairing = 240, []ledger.GiftPair{{Task: 1, Gift: 1}}
			do.Rule.Account = ledger.AccountRule{Holder: ledger.HeldByHousehold}
		case *ledger.Enroll:
			do.Household = ledger.HouseholdID(fmt.Sprintf("H%06d", i))
		}
	}
	return list
}

// A group of which the book knows a part already asks for the rest, although what it must ask for first leads nowhere.
func TestGroupOverWhatIsKnown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := journal.NewMemory()
		l := inMemory(t, newBook(t), j)
		submit(t, l, chained(5)...)
		first := l.Head().Size
		stall, stalled := journal.Stall()
		j.Inject(journal.OnAppend, stall)
		var wg sync.WaitGroup
		together := func(list []ledger.Command) {
			wg.Go(func() {
				got, err := l.SubmitGroup(context.WithoutCancel(t.Context()), list)
				if err != nil {
					t.Error(err)
				}
				for i, r := range got {
					if r.Replayed {
						t.Errorf("command %d was answered before", i)
					}
				}
			})
			synctest.Wait()
		}
		together(roster("r", 5, 0)) // waits for the disk, so that the book has the records in memory
		var list []ledger.Command
		for i := range 5 {
			list = append(list, approve(fmt.Sprintf("yes/%d", i), first+ledger.Index(i)))
		}
		together(list)
		stalled.Release()
		wg.Wait()
		if got, want := l.Head().Size, first+10; got != want {
			t.Errorf("got %d entries, want %d", got, want)
		}
		closeBook(t, l)
	})
}

// Where nothing may be written, what was done before is answered as then, alone and beside what cannot be done now.
func TestGroupThatWasDone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		free  int64
		moved time.Duration
		want  error
	}{
		"the disk is nearly full": {1 << 60, 0, store.ErrDiskFull},
		"the clock is late":       {-1, -time.Hour, store.ErrClock},
		"the clock is ahead":      {-1, 90 * 24 * time.Hour, store.ErrClock},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, clock := newBook(t), newClock()
			l := open(t, dir, options(clock))
			submit(t, l, setup(5)...)
			done, err := l.SubmitGroup(t.Context(), roster("r", 3, 0))
			if err != nil {
				t.Fatal(err)
			}
			closeBook(t, l)
			clock.move(tt.moved)
			o := options(clock)
			o.MinFree = tt.free
			l = open(t, dir, o)
			before := l.Head()
			again, err := l.SubmitGroup(t.Context(), roster("r", 3, 0))
			if err != nil {
				t.Fatal(err)
			}
			same(t, again, done, true)
			more, err := l.SubmitGroup(t.Context(), roster("r", 4, 0))
			if !errors.Is(err, tt.want) || len(more) != 4 || more[3].Entry.Kind != "" {
				t.Fatalf("with a new one: got %+v, %v, want %v", more, err, tt.want)
			}
			same(t, more[:3], done, true)
			if l.Head() != before {
				t.Error("something was written")
			}
		})
	}
}

// Of a group that is too large, what was done before is answered, too.
func TestGroupTooLargeOfWhichSomeWasDone(t *testing.T) {
	t.Parallel()
	l := narrow(t, journal.NewMemory())
	submit(t, l, setup(60)...)
	done, err := l.SubmitGroup(t.Context(), roster("large", 2, 0))
	if err != nil {
		t.Fatal(err)
	}
	got, err := l.SubmitGroup(t.Context(), roster("large", 60, 0))
	if no, ok := errors.AsType[*ledger.Rejection](err); !ok || no.Reason != ledger.TooLarge || len(got) != 60 || got[2].Entry.Kind != "" {
		t.Fatalf("got %d receipts, %v, want it refused as too large", len(got), err)
	}
	same(t, got[:2], done, true)
	closeBook(t, l)
}

// A refusal of somebody whom the same group enrols is of nobody in the book, and is not kept: the book goes on.
func TestGroupKeepsNoRefusalOfNobody(t *testing.T) {
	t.Parallel()
	l := open(t, newBook(t), options(newClock()))
	list := setup(1)
	for _, c := range list {
		if do, ok := c.Do.(*ledger.SetRule); ok {
			do.Rule.Hold.Days = 7
		}
	}
	submit(t, l, list...)
	before := l.Head()
	enrol := ledger.Command{Key: "new", Actor: steward, Do: &ledger.Enroll{Volunteer: volunteer(7), Unit: unit}}
	hold := ledger.Command{Key: "hold", Actor: ledger.StaffID(volunteer(7)), Do: &ledger.Hold{
		Volunteer: volunteer(7), Shop: shop, Lines: []ledger.ItemLine{{Item: rice, Pieces: 1}},
	}}
	for name, second := range map[string]ledger.Command{"by themself": hold, "by a clerk": redeem("r", 7, 1)} {
		got, err := l.SubmitGroup(t.Context(), []ledger.Command{enrol, second})
		no, ok := errors.AsType[*ledger.GroupError](err)
		if why, refused := errors.AsType[*ledger.Rejection](err); !ok || no.At != 1 || !refused || why.Reason != ledger.InsufficientPoint {
			t.Fatalf("%s: got %v, want too few points", name, err)
		}
		if got[0].Entry.Kind != "" || got[1].Entry.Kind != "" || l.Head() != before {
			t.Errorf("%s: got %+v, want nothing kept", name, got)
		}
	}
	submit(t, l, declare("after", 0, 0))
}
