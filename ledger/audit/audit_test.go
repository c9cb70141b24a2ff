package audit_test

import (
	"iter"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/ledger/audit"
	"aixin/ledger/ledgertest"
)

func zone(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// lines yields the entries of a journal.
func lines(journal [][]byte) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for _, line := range journal {
			if !yield(ledger.ParseLine(line)) {
				return
			}
		}
	}
}

func run(t *testing.T, o audit.Options, journal [][]byte) audit.Report {
	t.Helper()
	o.Zone = zone(t)
	r, err := audit.Run(o, lines(journal))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestTrueBooksHaveNoErrors audits what random streams of commands leave: whatever the book itself decided is no error.
func TestTrueBooksHaveNoErrors(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		g := ledgertest.New(7000 + seed)
		m := ledgertest.NewMemory(zone(t))
		g.Try(m)
		for c := range g.Stream(1500) {
			before := m.Next()
			r, _ := m.Submit(c.Command, c.At) //nolint:errcheck // refusals are part of the stream
			if m.Next() > before {
				g.Saw(r.Entry)
			}
		}
		for _, c := range run(t, audit.Options{}, m.Journal).Results {
			for _, f := range c.Findings {
				if f.Grade == audit.Wrong {
					t.Errorf("seed %d: %s %s: %+v\n%s", seed, c.Check.Number, c.Check.Name, f, m.Journal[f.Entries[len(f.Entries)-1]])
				}
			}
		}
	}
}
