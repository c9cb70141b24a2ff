package journal_test

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"testing/synctest"

	"aixin/ledger"
	"aixin/store/journal"
	"aixin/store/journal/journaltest"
)

var errFault = errors.New("fault")

func TestMemoryConformance(t *testing.T) {
	t.Parallel()
	journaltest.Run(t, func(*testing.T) journal.Journal { return journal.NewMemory() })
}

// What each fault of Append leaves to be read at once, after a restart and after a power cut; afterwards nothing more is
// accepted before the journal is opened anew.
func TestMemoryAppendFaults(t *testing.T) {
	t.Parallel()
	const batch = -1 // the whole batch is there
	for name, test := range map[string]struct {
		fault       journal.Fault
		err         error
		left        int // bytes behind the old head
		reopened    int
		powerCut    int
		powerCutAll int // where the disk happened to have written everything
	}{
		"fail before": {journal.FailBefore(errFault), errFault, 0, 0, 0, 0},
		"fail after":  {journal.FailAfter(errFault), errFault, batch, batch, 0, batch},
		"torn":        {journal.Torn(40, errFault), errFault, 40, 0, 0, 0},
		"torn late":   {journal.Torn(1<<20, errFault), errFault, batch - 1, 0, 0, 0},
		"no space":    {journal.NoSpace(7), syscall.ENOSPC, 7, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, restart := range []struct {
				how  func(*journal.Memory) *journal.Memory
				want int
			}{
				{(*journal.Memory).Reopen, test.reopened},
				{func(m *journal.Memory) *journal.Memory { return m.Crash(0) }, test.powerCut},
				{func(m *journal.Memory) *journal.Memory { return m.Crash(1 << 30) }, test.powerCutAll},
			} {
				m := journal.NewMemory()
				var c journaltest.Chain
				grow(t, m, &c, 2)
				m.Inject(journal.OnAppend, journal.None(), test.fault)
				grow(t, m, &c, 1)
				next := c.Peek(2)
				left := func(n int) string {
					if n < 0 {
						n += len(next.Data) + 1
					}
					return c.Content() + string(next.Data[:n])
				}
				if err := m.Append(t.Context(), c.Head(), next); !errors.Is(err, test.err) || errors.Is(err, journal.ErrMoved) {
					t.Fatalf("append: got %v, want %v", err, test.err)
				}
				if got := string(m.Bytes()); got != left(test.left) {
					t.Errorf("left: got %q, want %q", got, left(test.left))
				}
				head, err := m.Head(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if err := m.Append(t.Context(), head, c.Peek(1)); !errors.Is(err, test.err) {
					t.Errorf("append after the failure: got %v, want the first error", err)
				}
				checkRestarted(t, m, restart.how(m), left(restart.want))
			}
		})
	}
}

// checkRestarted checks that the old journal is closed and the new one holds what is wanted and goes on.
func checkRestarted(t *testing.T, old, m *journal.Memory, want string) {
	t.Helper()
	if got := journaltest.Content(t, m, 0); got != want {
		t.Errorf("restarted: got %q, want %q", got, want)
	}
	if _, err := old.Head(t.Context()); err == nil {
		t.Error("the old journal still answers")
	}
	var c journaltest.Chain
	for len(c.Content()) < len(want) {
		c.Next([]int{2, 1, 2}[batches(c.Head().Size)])
	}
	grow(t, m, &c, 1)
}

// batches tells how many of the batches of 2, 1 and 2 entries make that size.
func batches(size ledger.Index) int {
	return map[ledger.Index]int{0: 0, 2: 1, 3: 2}[size]
}

// A power cut keeps the first bytes of what was not synced; a batch that is not whole is gone.
func TestMemoryCrashKeepsPrefix(t *testing.T) {
	t.Parallel()
	var c journaltest.Chain
	first, second := c.Next(1), c.Next(1)
	for keep := range len(second.Data) + 1 {
		m := journal.NewMemory()
		journaltest.Append(t, m, ledger.Head{Root: emptyRoot()}, first)
		m.Inject(journal.OnAppend, journal.FailAfter(errFault))
		if err := m.Append(t.Context(), first.Head, second); !errors.Is(err, errFault) {
			t.Fatal(err)
		}
		want := string(first.Data)
		if keep == len(second.Data) {
			want = c.Content()
		}
		if got := journaltest.Content(t, m.Crash(keep), 0); got != want {
			t.Errorf("keep %d: got %q, want %q", keep, got, want)
		}
	}
}

func emptyRoot() ledger.Hash {
	var f ledger.Frontier
	return f.Root()
}

func TestMemoryReadAndHeadFaults(t *testing.T) {
	t.Parallel()
	m := journal.NewMemory()
	var c journaltest.Chain
	grow(t, m, &c, 1, 1, 1)

	m.Inject(journal.OnHead, journal.FailBefore(errFault), journal.FailAfter(errFault))
	for range 2 {
		if _, err := m.Head(t.Context()); !errors.Is(err, errFault) {
			t.Errorf("head: got %v, want the fault", err)
		}
	}
	m.Inject(journal.OnRead, journal.FailBefore(errFault), journal.FailAfter(errFault))
	for _, want := range []int{0, 3} {
		n := 0
		var failed error
		for _, err := range m.Read(t.Context(), 0) {
			if failed = err; err == nil {
				n++
			}
		}
		if n != want || !errors.Is(failed, errFault) {
			t.Errorf("read: got %d batches and %v, want %d and the fault", n, failed, want)
		}
	}
	if got := journaltest.Content(t, m, 0); got != c.Content() {
		t.Errorf("read again: got %q, want %q", got, c.Content())
	}
	if heads, appends := m.Calls(journal.OnHead), m.Calls(journal.OnAppend); heads != 2 || appends != 3 {
		t.Errorf("counted %d heads and %d appends, want 2 and 3", heads, appends)
	}
}

// A stalled Append keeps later ones waiting and readers going, until it is released or its context is done.
func TestMemoryStall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := journal.NewMemory()
		var c journaltest.Chain
		grow(t, m, &c, 1)
		fault, stalled := journal.Stall()
		m.Inject(journal.OnAppend, fault)

		before := c.Head()
		batch := c.Peek(1)
		done := make(chan error, 2)
		go func() { done <- m.Append(t.Context(), before, batch) }()
		<-stalled.Reached()
		go func() { done <- m.Append(t.Context(), before, batch) }()
		synctest.Wait()
		if got, err := m.Head(t.Context()); err != nil || !got.Same(before) {
			t.Errorf("head during the stall: got %v, %v, want %v", got, err, before)
		}
		if len(done) != 0 {
			t.Fatal("an append returned during the stall")
		}
		stalled.Release()
		if err := <-done; err != nil {
			t.Errorf("released: got %v", err)
		}
		if err := <-done; !errors.Is(err, journal.ErrMoved) {
			t.Errorf("the one behind: got %v, want ErrMoved", err)
		}
	})
}

func TestMemoryStallEndsWithContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := journal.NewMemory()
		fault, stalled := journal.Stall()
		m.Inject(journal.OnAppend, fault)
		ctx, cancel := context.WithCancel(t.Context())
		var c journaltest.Chain
		done := make(chan error)
		go func() { done <- m.Append(ctx, c.Head(), c.Peek(1)) }()
		<-stalled.Reached()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
		if got := m.Bytes(); len(got) != 0 {
			t.Errorf("written: %q", got)
		}
	})
}
