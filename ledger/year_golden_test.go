package ledger_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
	"aixin/ledger/report"
)

var update = flag.Bool("update", false, "write testdata/scheme/year anew") //nolint:gochecknoglobals // a flag of the test binary

// yearGolden holds that the year of a community is the one in testdata/scheme/year: its summary as it stands there, and by the head
// in it every line. With AIXIN_YEAR_LINES=DIR the lines are written there.
func yearGolden(t *testing.T, y *ledgertest.Year, m *ledgertest.Memory) {
	t.Helper()
	if dir := os.Getenv("AIXIN_YEAR_LINES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "year.jsonl"), append(bytes.Join(m.Journal, []byte("\n")), '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var tree ledger.Frontier
	for _, line := range m.Journal {
		tree.Append(ledger.LeafHash(line))
	}
	v := m.View(ledger.NewDate(2027, 1, 2))
	var out bytes.Buffer
	fmt.Fprintf(&out, "# The year of a community with seed 1, from 2026-01-01 to 2027-01-02: `go test ./ledger -run TestYear -update` writes it.\n\n")
	fmt.Fprintf(&out, "asked %d, refused %d\nhead %d %s\n", y.Played.Asked, y.Played.Refused, len(m.Journal), tree.Root())
	fmt.Fprint(&out, "\n## Entries by kind\n\n")
	for _, kind := range slices.Sorted(maps.Keys(y.Played.Kinds)) {
		fmt.Fprintf(&out, "%s %d\n", kind, y.Played.Kinds[kind])
	}
	fmt.Fprint(&out, "\n## Refusals by reason\n\n")
	for _, reason := range slices.Sorted(maps.Keys(y.Played.Reasons)) {
		fmt.Fprintf(&out, "%s %d\n", reason, y.Played.Reasons[reason])
	}
	yearReports(t, &out, v)
	golden(t, filepath.Join("..", "testdata", "scheme", "year", "small.txt"), out.Bytes())
}

// yearReports adds what the year comes to.
func yearReports(t *testing.T, out *bytes.Buffer, v ledger.View) {
	t.Helper()
	scope, err := report.ScopeOf(v, "")
	if err != nil {
		t.Fatal(err)
	}
	trial, err := report.TrialBalance(v)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(out, "\n## Trial balance, debits positive\n\n")
	sums := map[string]ledger.Amount{}
	for _, row := range trial.Rows {
		sums[fmt.Sprintf("%s %s", row.Account.ID.Class(), row.Account.Commodity)] += row.Balance()
	}
	for _, key := range slices.Sorted(maps.Keys(sums)) {
		if sums[key] != 0 {
			fmt.Fprintf(out, "%s %d\n", key, sums[key])
		}
	}
	liability, err := report.Liability(v, scope)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(out, "\n## Liability, in hundredths of a point\n\noutstanding %d\nlapsed %d\npending %d\ngoods %d\nfunds %d\n", liability.Total.Outstanding,
		liability.Total.Lapsed, liability.Total.Pending, liability.Total.Goods, liability.Total.Funds)
	stars, err := report.Stars(v, scope, nil)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(out, "\n## Stars\n\n")
	for _, l := range stars.Levels {
		fmt.Fprintf(out, "level %d: %d\n", l.Level, l.Volunteers)
	}
}

// golden compares a text with a file, or writes it.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is otherwise (`go test ./ledger -run TestYear -update` writes it anew); now:\n%s", file, got)
	}
}
