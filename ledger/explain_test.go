package ledger_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// TestExplain holds that the arithmetic that is shown for an entry gives what the entry states, for every entry of every frozen
// journal and of random streams.
func TestExplain(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/formats/v*/*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		explainAll(t, file, linesOf(t, file))
	}
	for seed := range uint64(6) {
		explainAll(t, fmt.Sprintf("seed %d", seed), trueJournal(t, 3000+seed, 400))
	}
}

func explainAll(t *testing.T, name string, lines [][]byte) {
	t.Helper()
	m := ledgertest.NewMemory(shanghai(t))
	m.Journal = lines
	explained, moved := 0, 0
	for _, line := range lines {
		e, err := ledger.ParseLine(line)
		if err != nil {
			t.Fatal(err)
		}
		steps, err := ledger.Explain(m.View(e.On), e)
		if err != nil {
			t.Errorf("%s: %s: %v\n%v", name, e.Kind, err, steps)
		}
		if len(steps) == 0 && len(e.Postings) > 0 {
			t.Errorf("%s: entry %d of kind %s moves something that nothing explains", name, e.Index, e.Kind)
		}
		explained += len(steps)
		moved += len(e.Postings)
		if err := ledgertest.Replay(m.Book, line, lines); err != nil {
			t.Fatal(err)
		}
	}
	if moved > 0 && explained == 0 {
		t.Errorf("%s: nothing was explained", name)
	}
}
