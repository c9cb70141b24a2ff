package ledger_test

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"

	"aixin/ledger"
)

// censusLeast is how often each kind and each refusal must happen in the streams of TestModel.
const censusLeast = 100

// census counts what became of the commands on which book and model agree, so that they are worth agreeing on.
type census struct {
	mu     sync.Mutex
	counts map[string]int // of kinds that were accepted, of refusals, and of "asked" and "accepted"
}

func newCensus() *census { return &census{counts: map[string]int{}} }

// countAnswer counts the answer to a command. One that was answered before counts as accepted, and as no other kind of entry.
func countAnswer(counts map[string]int, r ledger.Receipt, err error) {
	counts["asked"]++
	switch no, refused := errors.AsType[*ledger.Rejection](err); {
	case refused:
		counts[string(no.Reason)]++
	case err == nil:
		counts["accepted"]++
	}
	if r.Entry.Kind != "" && !r.Replayed {
		counts[string(r.Entry.Kind)]++
	}
}

// countBeginning counts what the setup of a book does and no command after it: it is opened, and said to be old until it is raised.
func countBeginning(counts map[string]int, r ledger.Receipt, err error) {
	of := map[string]int{}
	countAnswer(of, r, err)
	for _, what := range []string{string(ledger.Opened), string(ledger.FormatRaised), string(ledger.FormatOld)} {
		counts[what] += of[what]
	}
}

func (c *census) add(counts map[string]int) {
	c.mu.Lock()
	defer c.mu.Unlock()

	for what, n := range counts {
		c.counts[what] += n
	}
}

// check holds that every kind of entry and every refusal happened often, and that neither acceptance nor refusal is the exception.
// The kinds and the refusals are read from the code: whoever adds one makes it happen.
func (c *census) check(t *testing.T) {
	t.Helper()
	asked, accepted := c.counts["asked"], c.counts["accepted"]
	if share := accepted * 100 / asked; asked < 100_000 || share < 40 || share > 80 {
		t.Errorf("%d of %d commands were accepted, want 40 to 80 in a hundred of 100000", accepted, asked)
	}
	for _, what := range slices.Concat(constantsOf(t, "Kind"), constantsOf(t, "RejectReason")) {
		if n := c.counts[what]; n < censusLeast {
			t.Errorf("%s happened %d times, want %d", what, n, censusLeast)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(c.counts)) {
		t.Logf("%7d %s", c.counts[what], what)
	}
}
