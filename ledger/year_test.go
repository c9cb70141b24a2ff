package ledger_test

import (
	"errors"
	"testing"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// TestYear plays a year of a community and of a town: few are refused, what they journaled folds to the same
// again, and every amount that was posted is explained.
func TestYear(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]ledgertest.Size{"small": ledgertest.Small(), "medium": ledgertest.Medium()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && name != "small" {
				t.Skip("a town takes half a minute")
			}
			y := ledgertest.NewYear(size, 1)
			m := ledgertest.NewMemory(shanghai(t))
			if err := y.Play(asking(m)); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d asked, %d refused: %v", y.Played.Asked, y.Played.Refused, y.Played.Kinds)
			if y.Played.Refused*10 > y.Played.Asked {
				t.Errorf("%d of %d were refused, want a tenth at most", y.Played.Refused, y.Played.Asked)
			}
			explainAll(t, name, m.Journal)
		})
	}
}

// asking answers a year from a book in memory.
func asking(m *ledgertest.Memory) ledgertest.Ask {
	return func(batch []ledgertest.Timed) []ledgertest.Answered {
		out := make([]ledgertest.Answered, len(batch))
		for i, c := range batch {
			r, err := m.Submit(c.Command, c.At)
			if no, ok := errors.AsType[*ledger.Rejection](err); ok && r.Entry.Kind == ledger.Refused {
				err = no
			}
			out[i] = ledgertest.Answered{Entry: r.Entry, Err: err}
		}
		return out
	}
}
