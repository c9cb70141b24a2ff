package sheet_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/api/sheet"
	"aixin/ledger"
)

// TestQualityRule holds what a file says of rates by way of capture, complaints, star levels, counts and tolerances.
func TestQualityRule(t *testing.T) {
	t.Parallel()
	const text = `
id = "fine"
version = 1
from = 2026-01-01
earns = ["roster"]
queried = ["backfill"]
[quality]
percent = 50
[worth]
tolerance = 20
[count]
per = "month"
tolerance = 10
[[rates]]
code = "VH01"
points = "1.00"
[[rates]]
code = "VH01"
points = "0.50"
by = "backfill"
[[stars]]
level = 1
hours = 50
`
	rule, err := sheet.ReadRule(strings.NewReader(text))
	must(t, err)
	want := ledger.Rule{
		ID: "fine", Version: 1, From: ledger.NewDate(2026, 1, 1), Earns: []ledger.Capture{ledger.Roster},
		Rates: []ledger.HourRate{{Code: "VH01", Points: 100}, {Code: "VH01", Points: 50, By: ledger.Backfill}},
		Worth: ledger.Worth{Tolerance: 20}, Stars: []ledger.Star{{Level: 1, Minutes: 3000}},
		Count:       ledger.CountRule{Per: ledger.Monthly, Tolerance: 10},
		ServiceRule: ledger.ServiceRule{Queried: []ledger.Capture{ledger.Backfill}, Quality: ledger.Quality{Percent: 50}},
	}
	if diff := cmp.Diff(want, rule); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	var b bytes.Buffer
	must(t, sheet.WriteRule(&b, rule))
	again, err := sheet.ReadRule(&b)
	must(t, err)
	if diff := cmp.Diff(rule, again); diff != "" {
		t.Errorf("written and read (-want +got):\n%s", diff)
	}
	rule.Stars, rule.Count.Per = []ledger.Star{{Level: 1, Minutes: 3600}}, ""
	changes, err := sheet.DiffRules(want, rule)
	must(t, err)
	differs := []sheet.RuleChange{{Member: "count.per", Before: "month"}, {Member: "stars[0].hours", Before: "50", After: "60"}}
	if diff := cmp.Diff(differs, changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}
