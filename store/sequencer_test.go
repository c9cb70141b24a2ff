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

	"go.uber.org/goleak"

	"aixin/ledger"
	"aixin/store"
	"aixin/store/journal"
)

// Badger leaves some goroutines behind where its Open fails, as it does on damaged files; those that a forgotten Close would
// leave besides are not among them.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreTopFunction("github.com/dgraph-io/badger/v4/y.(*WaterMark).process"),
		goleak.IgnoreTopFunction("github.com/dgraph-io/badger/v4.(*DB).monitorCache"),
		goleak.IgnoreTopFunction("github.com/dgraph-io/badger/v4.(*DB).updateSize"),
		goleak.IgnoreTopFunction("github.com/dgraph-io/ristretto/v2/z.(*AllocatorPool).freeupAllocators"),
	)
}

var errDisk = errors.New("input/output error")

// inMemory opens a book whose journal is kept in memory and may be told to fail.
func inMemory(t testing.TB, dir string, j *journal.Memory) *store.Ledger {
	t.Helper()
	o := options(newClock())
	o.Journal = j
	l, err := store.Open(context.WithoutCancel(t.Context()), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestFaults holds what may go wrong in a write against what a client does next: the same command again, or another one first.
// Whatever happens, a command is applied at most once, an acknowledged one exactly once, and the client learns which.
func TestFaults(t *testing.T) {
	t.Parallel()
	type fault struct {
		name     string
		inject   func(l *store.Ledger, j *journal.Memory) (reached <-chan struct{}, release func())
		kept     bool // the entry is in the journal after all
		stalls   bool // the write goes on later and succeeds
		answered bool // the client learns that it is applied: the journal has it, whatever becomes of the index
	}
	type injection = func(*store.Ledger, *journal.Memory) (<-chan struct{}, func())
	onAppend := func(f journal.Fault) injection {
		return func(_ *store.Ledger, j *journal.Memory) (<-chan struct{}, func()) {
			j.Inject(journal.OnAppend, f)
			return nil, func() {}
		}
	}
	onIndex := func(wrong func(func() error) error) injection {
		return func(l *store.Ledger, _ *journal.Memory) (<-chan struct{}, func()) {
			l.FailIndex(wrong)
			return nil, func() {}
		}
	}
	for _, f := range []fault{
		{name: "append failed", inject: onAppend(journal.FailBefore(errDisk))},
		{name: "append torn", inject: onAppend(journal.Torn(40, errDisk))},
		{name: "append without space", inject: onAppend(journal.NoSpace(0))},
		{name: "append failed but applied", inject: onAppend(journal.FailAfter(errDisk)), kept: true},
		{name: "append stalled", kept: true, stalls: true, inject: func(_ *store.Ledger, j *journal.Memory) (<-chan struct{}, func()) {
			stall, stalled := journal.Stall()
			j.Inject(journal.OnAppend, stall)
			return stalled.Reached(), stalled.Release
		}},
		{name: "index failed", kept: true, answered: true, inject: onIndex(func(func() error) error { return errDisk })},
		{name: "index failed but applied", kept: true, answered: true, inject: onIndex(func(write func() error) error {
			return errors.Join(write(), errDisk)
		})},
		{name: "index stalled", kept: true, answered: true, stalls: true, inject: func(l *store.Ledger, _ *journal.Memory) (<-chan struct{}, func()) {
			reached, gate := make(chan struct{}), make(chan struct{})
			l.FailIndex(func(write func() error) error {
				close(reached)
				<-gate
				return write()
			})
			return reached, func() { close(gate) }
		}},
	} {
		for _, retry := range []string{"same", "other"} {
			t.Run(f.name+", retry "+retry, func(t *testing.T) {
				t.Parallel()
				dir, j := newBook(t), journal.NewMemory()
				l := inMemory(t, dir, j)
				submit(t, l, setup(3)...)
				entries := l.Head().Size

				reached, release := f.inject(l, j)
				if f.answered {
					submit(t, l, declare("lost", 0, 0))
					unread(t, l, reached)
				} else {
					unanswered(t, l, declare("lost", 0, 0), reached)
				}
				release()
				if f.stalls {
					closeBook(t, l)
				} else {
					stopped(t, l, !f.answered)
				}
				j = j.Reopen()
				l = inMemory(t, dir, j)
				defer closeBook(t, l)

				if retry == "other" {
					submit(t, l, declare("other", 1, 0))
					entries++
				}
				r := submit(t, l, declare("lost", 0, 0))
				if r.Replayed != f.kept {
					t.Errorf("the same command again: got replayed %v, want %v", r.Replayed, f.kept)
				}
				if got := l.Head().Size; got != entries+1 {
					t.Errorf("entries: got %d, want %d", got, entries+1)
				}
			})
		}
	}
}

// unanswered submits a command whose outcome the client does not learn: because of an error, or because it gives up when the
// write has stalled.
func unanswered(t *testing.T, l *store.Ledger, c ledger.Command, stalled <-chan struct{}) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		if stalled != nil {
			<-stalled
			cancel()
		}
	}()
	if _, err := l.Submit(ctx, c); !errors.Is(err, store.ErrUnknown) {
		t.Fatalf("got %v, want %v", err, store.ErrUnknown)
	}
}

// unread asks for a view of an index that lacks what was answered: nobody gets an older one, neither while its write has stalled
// nor after it has failed.
func unread(t *testing.T, l *store.Ledger, stalled <-chan struct{}) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	want := store.ErrStopped
	if stalled != nil {
		<-stalled
		want = context.DeadlineExceeded
		ctx, cancel = context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
	}
	if _, done, err := l.View(ctx, store.AsOf{}); !errors.Is(err, want) {
		done()
		t.Errorf("view of an index that is behind: got %v, want %v", err, want)
	}
}

// stopped expects a ledger to have stopped: nothing more is written, everything can be read as far as the index has it, and
// closing says why.
func stopped(t *testing.T, l *store.Ledger, read bool) {
	t.Helper()
	if _, err := l.Submit(t.Context(), declare("late", 2, 0)); !errors.Is(err, store.ErrStopped) {
		t.Errorf("submit after a failure: got %v, want %v", err, store.ErrStopped)
	}
	v, done, err := l.View(t.Context(), store.AsOf{})
	switch {
	case !read:
		if !errors.Is(err, store.ErrStopped) {
			t.Errorf("reading from an index that is behind: got %v, want %v", err, store.ErrStopped)
		}
	case err != nil:
		t.Fatal(err)
	default:
		if _, err := v.Balance(volunteer(0)); err != nil {
			t.Errorf("reading after a failure: %v", err)
		}
	}
	done()
	if err := l.Close(); err == nil {
		t.Error("closing after a failure: got no error")
	}
}

// A stalled sync makes everybody wait, and is shared by all of them: many requests, few commits.
func TestWaitingRequestsShareCommits(t *testing.T) {
	t.Parallel()
	const clients = 200
	synctest.Test(t, func(t *testing.T) {
		j := journal.NewMemory()
		l := inMemory(t, newBook(t), j)
		submit(t, l, setup(clients)...)
		stall, stalled := journal.Stall()
		j.Inject(journal.OnAppend, stall)
		before := l.Stats().Commits

		var wg sync.WaitGroup
		for i := range clients {
			wg.Go(func() { submit(t, l, declare(fmt.Sprintf("c/%d", i), i, 0)) })
		}
		synctest.Wait()
		if got := l.Head().Size; int(got) != len(setup(clients)) {
			t.Errorf("while the sync stalls, %d entries can be seen, want %d", got, len(setup(clients)))
		}
		stalled.Release()
		wg.Wait()
		if got := l.Stats().Commits - before; got > 3 {
			t.Errorf("%d concurrent requests: got %d commits, want at most 3", clients, got)
		}
		closeBook(t, l)
	})
}

// behind is a book whose index has none of the newest batches, since the sync of the last of them stalls. It lives in a synctest bubble.
type behind struct {
	*store.Ledger
	journal *journal.Memory
	before  int64 // transactions of the index, when the book was set up
	pass    func()
	asking  sync.WaitGroup
}

// newBehind asks for one hour of each of n volunteers, each in a batch of its own: all are answered but the last.
func newBehind(t *testing.T, n int) *behind {
	t.Helper()
	b := newStalling(t, n)
	for i := range n {
		b.ask(func() { submit(t, b.Ledger, declare(fmt.Sprintf("behind/%d", i), i, 0)) })
	}
	return b
}

// newStalling is a book of n volunteers that nobody asks anything yet.
func newStalling(t *testing.T, n int) *behind {
	t.Helper()
	b := &behind{journal: journal.NewMemory(), pass: func() {}}
	o := options(newClock())
	o.Journal = b.journal
	l, err := store.Open(context.WithoutCancel(t.Context()), newBook(t), o)
	if err != nil {
		t.Fatal(err)
	}
	b.Ledger = l
	submit(t, l, setup(n)...)
	synctest.Wait()
	b.before = l.Stats().Index.Transactions
	return b
}

// transactions counts those of the index since the book was set up.
func (b *behind) transactions() int64 { return b.Stats().Index.Transactions - b.before }

// ask asks for a batch, whose sync stalls until the next is asked for.
func (b *behind) ask(batch func()) {
	stall, stalled := journal.Stall()
	b.journal.Inject(journal.OnAppend, stall)
	b.asking.Go(batch)
	synctest.Wait()
	b.pass()
	synctest.Wait()
	b.pass = stalled.Release
}

// close lets the last sync pass, and closes the book.
func (b *behind) close(t *testing.T) {
	t.Helper()
	b.pass()
	b.asking.Wait()
	closeBook(t, b.Ledger)
}

// While requests are in flight, batches are written to the index together, so that what several of them change is written once; who
// wants to read does not wait for those to come.
func TestBatchesShareTransactions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBehind(t, 5)
		if n := b.transactions(); n != 0 {
			t.Errorf("with requests in flight: got %d transactions, want none", n)
		}
		v, done, err := b.View(t.Context(), ledger.AsOf{}) // the last sync still stalls
		if err != nil {
			t.Fatal(err)
		}
		if n := b.transactions(); n != 1 {
			t.Errorf("for a reader: got %d transactions, want 1", n)
		}
		if got, err := v.Balance(volunteer(3)); err != nil || got.Pending == 0 {
			t.Errorf("a reader does not see what was answered: %+v, %v", got, err)
		}
		done()
		b.close(t)
		if n := b.transactions(); n != 2 {
			t.Errorf("when nothing is in flight: got %d transactions, want 2", n)
		}
	})
}

// What is read ahead of the index is looked for in each batch that it lacks, so that fewer are gathered where somebody does.
func TestReadersAheadKeepGroupsSmall(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		looks        int
		transactions int64
	}{
		"nobody reads ahead": {0, 0},
		"somebody does":      {1, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			const hours = 12 // more than are gathered where somebody reads
			b := newStalling(t, hours)
			for i := range hours {
				b.ask(func() { submit(t, b.Ledger, declare(fmt.Sprintf("behind/%d", i), i, 0)) })
				if i == 2 && tt.looks > 0 {
					if _, done, err := b.Latest(t.Context()); err != nil {
						t.Error(err)
					} else {
						done()
					}
				}
			}
			if n := b.transactions(); n != tt.transactions {
				t.Errorf("%s: got %d transactions while requests are in flight, want %d", name, n, tt.transactions)
			}
			b.close(t)
		})
	}
}

// An answer waits for everything that it was based on: a repeat and a refusal saw the entry of a batch that is not durable yet.
func TestAnswersWaitForWhatTheySaw(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := journal.NewMemory()
		l := inMemory(t, newBook(t), j)
		submit(t, l, setup(2)...)
		stall, stalled := journal.Stall()
		j.Inject(journal.OnAppend, stall)

		answers := make(chan error, 3)
		ask := func(c ledger.Command) {
			_, err := l.Submit(t.Context(), c)
			answers <- err
		}
		go ask(declare("k", 0, 0))
		synctest.Wait()
		go ask(declare("k", 0, 0)) // the same again
		go ask(declare("k", 1, 0)) // the same key for something else
		synctest.Wait()
		if n := len(answers); n != 0 {
			t.Errorf("before the sync: got %d answers, want none", n)
		}
		stalled.Release()
		synctest.Wait()
		refused := 0
		for range 3 {
			if err := <-answers; err != nil {
				refused++
			}
		}
		if refused != 1 {
			t.Errorf("got %d refusals, want 1", refused)
		}
		closeBook(t, l)
	})
}

// A full queue refuses, a caller who gives up is told that the outcome is unknown, and a stop answers everybody.
func TestQueueCancelStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := journal.NewMemory()
		l := inMemory(t, newBook(t), j)
		submit(t, l, setup(100)...)
		stall, stalled := journal.Stall()
		j.Inject(journal.OnAppend, stall)

		var mu sync.Mutex
		count := map[error]int{}
		ctx, cancel := context.WithCancel(t.Context())
		ask := func(ctx context.Context, n int) {
			_, err := l.Submit(ctx, declare(fmt.Sprintf("q/%d", n), n%100, n/100))
			mu.Lock()
			defer mu.Unlock()
			for _, known := range []error{store.ErrBusy, store.ErrUnknown, store.ErrStopped} {
				if errors.Is(err, known) {
					count[known]++
					return
				}
			}
			t.Errorf("request %d: got %v", n, err)
		}
		const asked = 20_000
		for n := range asked {
			go ask(ctx, n)
		}
		synctest.Wait()
		busy := count[store.ErrBusy]
		if busy == 0 || busy == asked {
			t.Errorf("of %d requests, %d were told that the queue is full", asked, busy)
		}
		cancel()
		synctest.Wait()
		if got := count[store.ErrUnknown]; got != asked-busy {
			t.Errorf("after giving up: got %d unknown, want %d", got, asked-busy)
		}
		closed := make(chan error, 1)
		go func() { closed <- l.Close() }()
		synctest.Wait()
		if _, err := l.Submit(t.Context(), declare("late", 0, 1)); !errors.Is(err, store.ErrStopped) {
			t.Errorf("while closing: got %v, want %v", err, store.ErrStopped)
		}
		stalled.Release()
		if err := <-closed; err != nil {
			t.Errorf("close: %v", err)
		}
	})
}

// When another writer has extended the book, the same commands are decided again on its head, and nobody notices.
func TestAnotherWriter(t *testing.T) {
	t.Parallel()
	j := journal.NewMemory()
	mine, theirs := newBook(t), newBook(t)
	l := inMemory(t, mine, j)
	submit(t, l, setup(50)...)
	other := inMemory(t, theirs, j)
	may(t, l, clerk, ledger.Clerk)
	submit(t, other, declare("shared", 0, 0), declare("theirs", 1, 0),
		ledger.Command{Key: "promoted", Actor: admin, Do: &ledger.Appoint{Staff: clerk, Roles: []ledger.Role{ledger.Keeper}}})

	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() { submit(t, l, declare(fmt.Sprintf("mine/%d", i), i+2, 0)) })
	}
	wg.Wait()
	may(t, l, clerk, ledger.Keeper)
	submit(t, l, ledger.Command{Key: "back", Actor: admin, Do: &ledger.Appoint{Staff: clerk, Roles: []ledger.Role{ledger.Clerk}}})
	may(t, l, clerk, ledger.Clerk)
	if r := submit(t, l, declare("shared", 0, 0)); !r.Replayed {
		t.Error("what the other writer applied was applied again")
	}
	if r := submit(t, other, declare("mine/7", 9, 0)); !r.Replayed {
		t.Error("the other writer applied again what this one had applied")
	}
	if got, want := other.Head().Size, ledger.Index(len(setup(50))+44); got != want {
		t.Errorf("entries: got %d, want %d", got, want)
	}
	closeBook(t, l)
	closeBook(t, other)
}

// may wants a member of the staff to have one role.
func may(t *testing.T, l *store.Ledger, id ledger.StaffID, want ledger.Role) {
	t.Helper()
	got, err := l.RolesOf(t.Context(), id)
	if err != nil || !slices.Equal(got, []ledger.Role{want}) {
		t.Errorf("%s: got roles %v, %v, want %s", id, got, err, want)
	}
}

// One refused command never fails its neighbours.
func TestARefusalFailsNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := journal.NewMemory()
		l := inMemory(t, newBook(t), j)
		submit(t, l, setup(20)...)
		stall, stalled := journal.Stall()
		j.Inject(journal.OnAppend, stall)
		go submit(t, l, declare("first", 0, 5))
		synctest.Wait() // everything else goes into one batch
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if i%2 == 0 {
					submit(t, l, declare(fmt.Sprintf("n/%d", i), i, 0))
					return
				}
				_, err := l.Submit(t.Context(), redeem(fmt.Sprintf("n/%d", i), i, 0))
				if _, invalid := errors.AsType[*ledger.Invalid](err); !invalid {
					t.Errorf("a redemption of nothing: got %v, want it refused as malformed", err)
				}
			})
		}
		synctest.Wait()
		stalled.Release()
		wg.Wait()
		closeBook(t, l)
	})
}

// Whoever asks what staff may waits for grants that were answered, and makes the index hurry after nothing else.
func TestGrantsAreReadAtOnce(t *testing.T) {
	t.Parallel()
	const hired = ledger.StaffID("U000099")
	for name, tt := range map[string]struct {
		newest       ledger.Command
		transactions int64
	}{
		"after an hour": {declare("newest", 1, 0), 0},
		"after a grant": {ledger.Command{Key: "newest", Actor: admin, Do: &ledger.Appoint{Staff: hired, Roles: []ledger.Role{ledger.Clerk}}}, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			j := journal.NewMemory()
			o := options(newClock())
			o.Journal = j
			l, err := store.Open(context.WithoutCancel(t.Context()), newBook(t), o)
			if err != nil {
				t.Fatal(err)
			}
			submit(t, l, setup(3)...)
			synctest.Wait()
			before := l.Stats().Index.Transactions

			var all sync.WaitGroup
			pass := func() {}
			for _, c := range []ledger.Command{tt.newest, declare("behind", 2, 0)} { // the second keeps the index waiting for more
				stall, stalled := journal.Stall()
				j.Inject(journal.OnAppend, stall)
				all.Go(func() { submit(t, l, c) })
				synctest.Wait()
				pass()
				synctest.Wait()
				pass = stalled.Release
			}
			if _, err := l.RolesOf(t.Context(), hired); (err == nil) != (tt.transactions == 1) {
				t.Errorf("%s: looked for who was hired: %v", name, err)
			}
			if n := l.Stats().Index.Transactions - before; n != tt.transactions {
				t.Errorf("%s: got %d transactions, want %d", name, n, tt.transactions)
			}
			pass()
			all.Wait()
			closeBook(t, l)
		})
	}
}
