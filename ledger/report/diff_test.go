package report_test

import (
	"bytes"
	"errors"
	"iter"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/report"
)

// frozenDays is a journal in which two days at the counter of S01 were closed: entries 34 to 43 and 45 to 58.
func frozenDays(t *testing.T) []ledger.Entry {
	t.Helper()
	text, err := os.ReadFile("../../testdata/formats/v2/counter.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var list []ledger.Entry
	for line := range bytes.Lines(text) {
		e, err := ledger.ParseLine(bytes.TrimSuffix(line, []byte("\n")))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

func reading(list []ledger.Entry) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// changedAt returns a copy of a journal in which some entries carry another key.
func changedAt(list []ledger.Entry, at ...int) []ledger.Entry {
	list = slices.Clone(list)
	for _, i := range at {
		list[i].Key += "x"
	}
	return list
}

func TestDiff(t *testing.T) {
	t.Parallel()
	list := frozenDays(t)
	n := ledger.Index(len(list))
	exchange := slices.IndexFunc(list, func(e ledger.Entry) bool { return e.Kind == ledger.Redeemed })
	first := report.ClosedDay{Shop: "S01", Number: 1, On: list[43].On, Close: 43}
	second := report.ClosedDay{Shop: "S01", Number: 2, On: list[58].On, Close: 58}
	for _, tt := range []struct {
		name           string
		a, b           []ledger.Entry
		alike          ledger.Index
		changed        int64
		differs        []ledger.Index
		closed         []report.ClosedDay
		wantA, wantEnd ledger.Index
	}{
		{name: "alike", a: list, b: list, alike: n, wantA: n, wantEnd: n},
		{name: "empty", a: nil, b: nil},
		{name: "older", a: list[:40], b: list, alike: 40, wantA: 40, wantEnd: n},
		{name: "newer", a: list, b: list[:40], alike: 40, wantA: n, wantEnd: 40},
		{
			name: "a closed day was changed", a: list, b: changedAt(list, exchange), alike: ledger.Index(exchange), changed: 1,
			differs: []ledger.Index{ledger.Index(exchange)}, closed: []report.ClosedDay{first}, wantA: n, wantEnd: n,
		},
		{
			name: "what no counter closed was changed, and a close", a: list, b: changedAt(list, 3, 58), alike: 3, changed: 2,
			differs: []ledger.Index{3, 58}, closed: []report.ClosedDay{second}, wantA: n, wantEnd: n,
		},
		{
			name: "an older copy that was changed", a: list, b: changedAt(list[:40], 5), alike: 5, changed: 1,
			differs: []ledger.Index{5}, wantA: n, wantEnd: 40,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := report.Diff(reading(tt.a), reading(tt.b))
			if err != nil {
				t.Fatal(err)
			}
			var differs []ledger.Index
			for _, d := range got.First {
				differs = append(differs, d.Index)
			}
			if got.A != tt.wantA || got.B != tt.wantEnd || got.Alike != tt.alike || got.Changed != tt.changed || got.Rewritten() != (tt.changed > 0) {
				t.Errorf("got %d and %d entries, %d alike, %d changed, want %d, %d, %d, %d",
					got.A, got.B, got.Alike, got.Changed, tt.wantA, tt.wantEnd, tt.alike, tt.changed)
			}
			if diff := cmp.Diff(tt.differs, differs); diff != "" {
				t.Errorf("entries: -want +got\n%s", diff)
			}
			if len(got.Closed) != len(tt.closed) {
				t.Fatalf("closed days: got %+v, want %+v", got.Closed, tt.closed)
			}
			for i, day := range got.Closed {
				if want := tt.closed[i]; day.Shop != want.Shop || day.Number != want.Number || day.On != want.On || day.Close != want.Close {
					t.Errorf("closed day: got %+v, want %+v", day, want)
				}
			}
		})
	}
}

// What one copy cannot tell is not compared.
func TestDiffOfDamage(t *testing.T) {
	t.Parallel()
	damaged := func(yield func(ledger.Entry, error) bool) { yield(ledger.Entry{}, ledger.ErrCorrupt) }
	list := frozenDays(t)
	if _, err := report.Diff(reading(list), damaged); !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("got %v, want %v", err, ledger.ErrCorrupt)
	}
	if _, err := report.Diff(damaged, reading(list)); !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("got %v, want %v", err, ledger.ErrCorrupt)
	}
}
