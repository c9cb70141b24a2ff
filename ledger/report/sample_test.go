package report_test

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"aixin/ledger"
	"aixin/ledger/report"
)

// A sample is everything above the threshold, and of the rest whatever hashes lowest with the seed: drawn again from the hashes alone
// it is the same.
func TestSample(t *testing.T) {
	t.Parallel()
	b := odd(t)
	v := b.View(seen)
	draw := func(p report.Plan) report.SampleReport {
		t.Helper()
		got, err := report.Sample(v, scopeOf(t, v, ""), p, entries(b.Memory))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	all := draw(report.Plan{Seed: "s", Size: 1000})
	if all.Population != all.Chosen || all.Over.Entries != 0 || len(all.Rows) != int(all.Population.Entries) {
		t.Errorf("more than there is: got %+v of %+v", all.Chosen, all.Population)
	}
	for size := range len(all.Rows) + 1 {
		got := draw(report.Plan{Seed: "2026-11-28 K7", Size: size, Above: 200})
		var big []ledger.Index
		rest := map[string]ledger.Index{}
		for _, x := range all.Rows {
			if x.Points >= 200 {
				big = append(big, x.Entry.Index)
				continue
			}
			rest[fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "2026-11-28 K7/%d", x.Entry.Index)))] = x.Entry.Index
		}
		want := big
		for n, key := range sortedKeys(rest) {
			if n < size {
				want = append(want, rest[key])
			}
		}
		slices.Sort(want)
		var indexes []ledger.Index
		for _, x := range got.Rows {
			indexes = append(indexes, x.Entry.Index)
		}
		if !slices.Equal(indexes, want) || got.Over.Entries != int64(len(big)) || got.Population != all.Population {
			t.Errorf("%d: got %v, want %v; %+v above", size, indexes, want, got.Over)
		}
	}
	if len(all.Rows) < 20 {
		t.Errorf("there are %d entries only", len(all.Rows))
	}
	kinds := draw(report.Plan{Seed: "s", Size: 1000, Kinds: []ledger.Kind{ledger.HoursDeclared}})
	for _, x := range kinds.Rows {
		if x.Entry.Kind != ledger.HoursDeclared {
			t.Errorf("got a %s, want declared hours alone", x.Entry.Kind)
		}
	}
	if kinds.Population.Entries == 0 || kinds.Population.Points != 0 {
		t.Errorf("declared hours: got %+v", kinds.Population)
	}
}

func sortedKeys(m map[string]ledger.Index) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, strings.Compare)
	return keys
}

// The reports of a stream of commands of every family: a trial balance that balances, shelves that come out, and reports that do not
// depend on how often they are asked.
func TestPeriodsOfStream(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	if err := b.Play(5, 1500); err != nil {
		t.Fatal(err)
	}
	last := ledger.DateOf(b.At().In(b.zone))
	v := b.View(last)
	s := scopeOf(t, v, "")
	p := report.Period{From: last.AddDays(-20), To: last.AddDays(-3)}
	hours := report.WorkHours{Zone: b.zone, From: 7 * 60, Until: 21 * 60}
	for name, draw := range map[string]func() (any, error){
		"turnover":   func() (any, error) { return report.TurnoverOf(v, s, p, entries(b.Memory)) },
		"stock":      func() (any, error) { return report.StockOf(v, s, p, entries(b.Memory)) },
		"gaps":       func() (any, error) { return report.Gaps(v, s, entries(b.Memory)) },
		"exceptions": func() (any, error) { return report.ExceptionsOf(v, s, p, hours, entries(b.Memory)) },
		"clerks":     func() (any, error) { return report.Clerks(v, s, p, hours, entries(b.Memory)) },
		"sample":     func() (any, error) { return report.Sample(v, s, report.Plan{Seed: "x", Size: 9}, entries(b.Memory)) },
	} {
		first, err := draw()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := draw()
		if err != nil || !reflect.DeepEqual(first, again) {
			t.Errorf("%s: drawn again it differs, %v", name, err)
		}
	}
}
