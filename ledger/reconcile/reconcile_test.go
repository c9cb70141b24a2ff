package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"aixin/ledger"
	"aixin/ledger/reconcile"
)

// day is a day of the month that the tests are about.
func day(n int) ledger.Date { return ledger.NewDate(2026, 10, n) }

// rulesOfOctober are the rules of the tables below.
func rulesOfOctober() reconcile.Rules {
	return reconcile.Rules{From: day(1), To: day(31), Window: 3, Timing: 2, Parties: []string{"V1", "V2", "V3"}}
}

// found writes findings in short: the class and the references of both sides.
func found(r *reconcile.Result) []string {
	list := []string{}
	for _, f := range r.Findings {
		var out, in []int64
		for _, i := range f.Outside {
			out = append(out, r.Outside[i].Ref)
		}
		for _, i := range f.Inside {
			in = append(in, r.Inside[i].Ref)
		}
		list = append(list, fmt.Sprintf("%s %v %v", f.Class, out, in))
	}
	return list
}

// TestClasses has one case for each class, each of which a person can work out by hand.
func TestClasses(t *testing.T) {
	t.Parallel()
	type row = reconcile.Row
	tests := []struct {
		name    string
		out, in []row
		want    []string
	}{
		{"equal", []row{{2, "K1", "V1", day(5), 60, false}}, []row{{9, "K1", "V1", day(5), 60, false}}, []string{"exact [2] [9]"}},
		{
			"said twice",
			[]row{{2, "K1", "V1", day(5), 60, false}, {3, "K1", "V1", day(5), 60, false}},
			[]row{{9, "K1", "V1", day(5), 60, false}},
			[]string{"exact [2] [9]", "duplicate [3] []"},
		},
		{"other amount", []row{{2, "K1", "V1", day(5), 60, false}}, []row{{9, "K1", "V1", day(5), 90, false}}, []string{"other_amount [2] [9]"}},
		{"other day", []row{{2, "K1", "V1", day(5), 60, false}}, []row{{9, "K1", "V1", day(6), 60, false}}, []string{"other_date [2] [9]"}},
		{"somebody else", []row{{2, "K1", "V1", day(5), 60, false}}, []row{{9, "K1", "V2", day(5), 60, false}}, []string{"other_party [2] [9]"}},
		{"no key, unique", []row{{2, "", "V1", day(5), 60, false}}, []row{{9, "K1", "V1", day(7), 60, false}}, []string{"near [2] [9]"}},
		{
			"two keys never fit",
			[]row{{2, "K1", "V1", day(5), 60, false}},
			[]row{{9, "K2", "V1", day(5), 60, false}},
			[]string{"missing_inside [2] []", "missing_outside [] [9]"},
		},
		{
			"one to two",
			[]row{{2, "", "V1", day(5), 150, false}},
			[]row{{8, "K1", "V1", day(5), 60, false}, {9, "K2", "V1", day(6), 90, false}},
			[]string{"sum [2] [8 9]"},
		},
		{
			"two to one, one key",
			[]row{{2, "K1", "V1", day(5), 60, false}, {3, "K1", "V1", day(5), 90, false}},
			[]row{{9, "K1", "V1", day(5), 150, false}},
			[]string{"sum [2 3] [9]"},
		},
		{
			"two fit",
			[]row{{2, "", "V1", day(5), 60, false}},
			[]row{{8, "K1", "V1", day(5), 60, false}, {9, "K2", "V1", day(6), 60, false}},
			[]string{"ambiguous [2] []", "ambiguous [] [8]", "ambiguous [] [9]"},
		},
		{
			"two ways to add up",
			[]row{{2, "", "V1", day(5), 100, false}},
			[]row{{6, "K1", "V1", day(5), 40, false}, {7, "K2", "V1", day(5), 60, false}, {8, "K3", "V1", day(6), 60, false}},
			[]string{"missing_inside [2] []", "missing_outside [] [6]", "missing_outside [] [7]", "missing_outside [] [8]"},
		},
		{"on the last day", []row{{2, "K1", "V1", day(31), 60, false}}, nil, []string{"in_transit [2] []"}},
		{"over the end", []row{{2, "K1", "V1", day(31), 60, false}}, []row{{9, "K1", "V1", day(32), 60, false}}, []string{"in_transit [2] [9]"}},
		{"declared", []row{{2, "K1", "V1", day(5), 60, false}}, []row{{9, "K1", "V1", day(5), 60, true}}, []string{"waiting [2] [9]"}},
		{"declared, no key", []row{{2, "", "V1", day(5), 60, false}}, []row{{9, "K1", "V1", day(6), 60, true}}, []string{"waiting [2] [9]"}},
		{"declared, of another length", []row{{2, "K1", "V1", day(5), 60, false}}, []row{{9, "K1", "V1", day(5), 90, true}}, []string{"other_amount [2] [9]"}},
		{"declared, not outside", nil, []row{{9, "K1", "V1", day(5), 60, true}}, []string{"waiting [] [9]"}},
		{"declared, over before the period", nil, []row{{9, "K1", "V1", day(0), 60, true}}, []string{"out_of_period [] [9]"}},
		{
			"one of two credited",
			[]row{{2, "", "V1", day(5), 150, false}},
			[]row{{8, "K1", "V1", day(5), 60, false}, {9, "K2", "V1", day(6), 90, true}},
			[]string{"waiting [2] [8 9]"},
		},
		{
			"declared again after its credit",
			[]row{{2, "K1", "V1", day(5), 60, false}},
			[]row{{8, "K1", "V1", day(5), 60, true}, {9, "K1", "V1", day(5), 60, false}},
			[]string{"exact [2] [9]", "waiting [] [8]"},
		},
		{"not known", []row{{2, "K1", "UNKNOWN", day(5), 60, false}}, nil, []string{"unknown_party [2] []"}},
		{"out of the period", []row{{2, "K1", "V1", day(0), 60, false}}, nil, []string{"out_of_period [2] []"}},
		{
			"taken back",
			[]row{{2, "K1", "V1", day(5), 60, false}},
			[]row{{8, "K1", "V1", day(5), 60, false}, {9, "K1", "V1", day(6), -60, false}},
			[]string{"exact [2] [8]", "reversed [] [9]"},
		},
		{
			"given and taken back", nil,
			[]row{{8, "K1", "V1", day(5), 60, false}, {9, "K1", "V1", day(6), -60, false}},
			[]string{"reversed [] [8]", "reversed [] [9]"},
		},
		{"not in the book", []row{{2, "K1", "V1", day(5), 60, false}}, nil, []string{"missing_inside [2] []"}},
		{"not outside", nil, []row{{9, "K1", "V1", day(5), 60, false}}, []string{"missing_outside [] [9]"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := reconcile.Compare(tt.out, tt.in, rulesOfOctober(), nil, nil)
			if diff := cmp.Diff(tt.want, found(r)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			proven(t, r)
		})
	}
}

// TestNearestSaysWhy looks at what a leftover is told about the row that came closest.
func TestNearestSaysWhy(t *testing.T) {
	t.Parallel()
	out := []reconcile.Row{{2, "K1", "V1", day(5), 60, false}}
	in := []reconcile.Row{{8, "K2", "V1", day(5), 60, false}, {9, "K3", "V1", day(20), 90, false}}
	r := reconcile.Compare(out, in, rulesOfOctober(), nil, nil)
	got := r.Findings[0].Candidates
	want := []reconcile.Candidate{{Row: 0, Failed: []reconcile.Failure{reconcile.FailedKey}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("nearest (-want +got):\n%s", diff)
	}
}

// TestDecisionsAreReplayed decides on what is open, and finds nothing open in a second run; the roll-forward says so.
func TestDecisionsAreReplayed(t *testing.T) {
	t.Parallel()
	out := []reconcile.Row{{2, "K1", "V1", day(5), 60, false}, {3, "K2", "V2", day(6), 30, false}}
	in := []reconcile.Row{{9, "K1", "V1", day(5), 90, false}}
	first := reconcile.Compare(out, in, rulesOfOctober(), nil, nil)
	if !first.Differs() || len(first.Open) != 3 {
		t.Fatalf("open: got %v, want three items", first.Open)
	}
	decisions := []reconcile.Decision{
		{Outside: []string{first.Open[0].Mark}, Inside: []string{first.Open[1].Mark}, Reason: "the platform rounds"},
		{Outside: []string{first.Open[2].Mark}, Reason: "entered on paper"},
		{Outside: []string{"0000000000000000"}, Reason: "no such row"},
	}
	out[0].Ref, out[1].Ref = 3, 2 // the file was sorted again
	second := reconcile.Compare(out, in, rulesOfOctober(), decisions, first.Open)
	if second.Differs() || !slices.Equal(second.Stale, []string{"0000000000000000"}) {
		t.Errorf("after decisions: open %v, stale %v", second.Open, second.Stale)
	}
	if roll := second.RollForward; roll.Opening.Rows != 3 || roll.Closed.Rows != 3 || roll.Closing.Rows != 0 {
		t.Errorf("roll-forward: %+v", roll)
	}
	proven(t, second)
}

// TestDecisionsWait decides about what the book has declared and not credited: the decision holds, the points are still to come.
func TestDecisionsWait(t *testing.T) {
	t.Parallel()
	out := []reconcile.Row{{2, "K1", "V1", day(5), 60, false}}
	in := []reconcile.Row{{9, "K2", "V1", day(5), 90, true}}
	mine, theirs := reconcile.Mark(reconcile.Outside, out[0], 0), reconcile.Mark(reconcile.Inside, in[0], 0)
	for _, tt := range []struct {
		name      string
		decisions []reconcile.Decision
		waits     bool
		want      []string
	}{
		{"together", []reconcile.Decision{{Outside: []string{mine}, Inside: []string{theirs}, Reason: "by hand"}}, true, []string{"waiting [2] [9]"}},
		{"alone", []reconcile.Decision{{Outside: []string{mine}}, {Inside: []string{theirs}, Reason: "by hand"}}, true, []string{"decided [2] []", "waiting [] [9]"}},
		{"once credited", []reconcile.Decision{{Outside: []string{mine}, Inside: []string{theirs}, Reason: "by hand"}}, false, []string{"decided [2] [9]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			inside := slices.Clone(in)
			inside[0].Waits = tt.waits
			r := reconcile.Compare(out, inside, rulesOfOctober(), tt.decisions, nil)
			if diff := cmp.Diff(tt.want, found(r)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if last := r.Findings[len(r.Findings)-1]; last.Reason != "by hand" {
				t.Errorf("got the reason %q, want the one of the decision", last.Reason)
			}
			proven(t, r)
		})
	}
}

// proven fails where a row is in no class or in two, or where the totals do not add up.
func proven(t rapid.TB, r *reconcile.Result) {
	t.Helper()
	out, in := make([]int, len(r.Outside)), make([]int, len(r.Inside))
	for _, f := range r.Findings {
		for _, i := range f.Outside {
			out[i]++
		}
		for _, i := range f.Inside {
			in[i]++
		}
	}
	for _, n := range slices.Concat(out, in) {
		if n != 1 {
			t.Fatalf("rows are in so many findings: outside %v, inside %v; want one each", out, in)
		}
	}
	if !r.OutsideProof.Holds() || !r.InsideProof.Holds() || !r.RollForward.Holds() {
		t.Errorf("no proof: %+v, %+v, %+v", r.OutsideProof, r.InsideProof, r.RollForward)
	}
}

// lists draws two lists in a small world, so that much of it collides.
func lists(t *rapid.T) (out, in []reconcile.Row) {
	ref := int64(0)
	row := rapid.Custom(func(t *rapid.T) reconcile.Row {
		ref++
		return reconcile.Row{
			Ref:    ref,
			Key:    rapid.SampledFrom([]string{"", "", "K1", "K2", "K3", "K4", "K5"}).Draw(t, "key"),
			Party:  rapid.SampledFrom([]string{"V1", "V2", "UNKNOWN"}).Draw(t, "party"),
			On:     day(rapid.IntRange(-2, 33).Draw(t, "day")),
			Amount: rapid.SampledFrom([]int64{30, 60, 90, -30, -60}).Draw(t, "amount"),
			Waits:  rapid.IntRange(0, 3).Draw(t, "waits") == 0,
		}
	})
	return rapid.SliceOfN(row, 0, 20).Draw(t, "outside"), rapid.SliceOfN(row, 0, 20).Draw(t, "inside")
}

// TestEveryRowInOneClass holds for any lists, in any order, and an unrelated pair changes nothing else.
func TestEveryRowInOneClass(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		out, in := lists(t)
		r := reconcile.Compare(out, in, rulesOfOctober(), nil, nil)
		proven(t, r)

		again := reconcile.Compare(rapid.Permutation(out).Draw(t, "p"), rapid.Permutation(in).Draw(t, "q"), rulesOfOctober(), nil, nil)
		if diff := cmp.Diff(found(r), found(again)); diff != "" {
			t.Fatalf("another order (-before +after):\n%s", diff)
		}

		pair := reconcile.Row{Ref: 1000, Key: "OTHER", Party: "V3", On: day(9), Amount: 7}
		more := found(reconcile.Compare(append(out, pair), append(in, pair), rulesOfOctober(), nil, nil))
		at := slices.Index(more, "exact [1000] [1000]")
		if at < 0 {
			t.Fatalf("an unrelated pair is not matched: %v", more)
		}
		if diff := cmp.Diff(found(r), slices.Delete(more, at, at+1)); diff != "" {
			t.Fatalf("with an unrelated pair (-before +after):\n%s", diff)
		}
	})
}

// planted is a list of n equal rows a side, every hundredth of which has an error of a class.
func planted(n int, seed uint64) (out, in []reconcile.Row, want map[reconcile.Class]int) {
	rnd := rand.New(rand.NewPCG(seed, 1))
	want = map[reconcile.Class]int{}
	for i := range n {
		r := reconcile.Row{
			Ref: int64(i), Key: fmt.Sprintf("K%08d", i), Party: fmt.Sprintf("V%07d", i/20), On: day(1 + i%20), Amount: 30 + int64(rnd.IntN(300)),
		}
		o, b := r, r
		class := reconcile.Exact
		if i%100 == 50 {
			kinds := []reconcile.Class{
				reconcile.Duplicate, reconcile.OtherAmount, reconcile.OtherDate, reconcile.OtherParty, reconcile.MissingInside,
				reconcile.MissingOutside, reconcile.OutOfPeriod, reconcile.UnknownParty, reconcile.Waiting,
			}
			class = kinds[i/100%len(kinds)]
		}
		want[class]++
		switch class {
		case reconcile.Duplicate:
			out = append(out, o)
			want[reconcile.Exact]++
		case reconcile.OtherAmount:
			o.Amount++
		case reconcile.OtherDate:
			o.On++
		case reconcile.OtherParty:
			o.Party = "V0000000"
		case reconcile.OutOfPeriod:
			o.On = day(0)
		case reconcile.UnknownParty:
			o.Party = "UNKNOWN"
		case reconcile.Waiting:
			b.Waits = true
		default:
		}
		if class != reconcile.MissingOutside {
			out = append(out, o)
		}
		if class != reconcile.MissingInside && class != reconcile.OutOfPeriod && class != reconcile.UnknownParty {
			in = append(in, b)
		}
	}
	shuffle := func(rows []reconcile.Row) {
		rnd.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	}
	shuffle(out)
	shuffle(in)
	return out, in, want
}

func plantedRules(n int) reconcile.Rules {
	rules := reconcile.Rules{From: day(1), To: day(31), Window: 3}
	for i := range n/20 + 1 {
		rules.Parties = append(rules.Parties, fmt.Sprintf("V%07d", i))
	}
	return rules
}

// grouped plants, among equal rows, what takes several rows or one at the edge of the period to be seen: each group once for a party of its own.
func grouped(n int, seed uint64) (out, in []reconcile.Row, parties []string, want map[reconcile.Class]int) {
	rnd := rand.New(rand.NewPCG(seed, 2))
	want = map[reconcile.Class]int{}
	for i := range n {
		party, key := fmt.Sprintf("V%07d", i), fmt.Sprintf("K%07d", i)
		parties = append(parties, party)
		row := reconcile.Row{Ref: int64(i), Key: key, Party: party, On: day(5 + rnd.IntN(20)), Amount: 60 + int64(rnd.IntN(100))}
		bare, next, half := row, row, row
		bare.Key, next.Key = "", key+"b"
		switch i % 7 {
		case 0: // two in the book fit one without a key
			out, in = append(out, bare), append(in, row, next)
			want[reconcile.Ambiguous] += 3
		case 1: // given, and taken back
			back := row
			back.On, back.Amount = row.On+1, -row.Amount
			in = append(in, row, back)
			want[reconcile.Reversed] += 2
		case 2: // on the last day
			row.On = day(31)
			out = append(out, row)
			want[reconcile.InTransit]++
		case 3: // two days apart, without a key
			next.On += 2
			out, in = append(out, bare), append(in, next)
			want[reconcile.Near]++
		case 4: // one row outside for two
			half.Amount, next.Amount = 25, row.Amount-25
			out, in = append(out, bare), append(in, half, next)
			want[reconcile.Sum]++
		case 5: // declared, and not outside
			row.Waits = true
			in = append(in, row)
			want[reconcile.Waiting]++
		default:
			out, in = append(out, row), append(in, row)
			want[reconcile.Exact]++
		}
	}
	rnd.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	rnd.Shuffle(len(in), func(i, j int) { in[i], in[j] = in[j], in[i] })
	return out, in, parties, want
}

// TestPlantedGroupsAreFound plants the classes that are not errors of one row alone.
func TestPlantedGroupsAreFound(t *testing.T) {
	t.Parallel()
	out, in, parties, want := grouped(7_000, 11)
	rules := rulesOfOctober()
	rules.Parties = parties
	checkPlanted(t, reconcile.Compare(out, in, rules, nil, nil), want)
	planted := map[reconcile.Class]bool{reconcile.Decided: true} // by people: see above
	_, _, rows := planted20()
	for c := range rows {
		planted[c] = true
	}
	for _, c := range reconcile.Classes() {
		if !planted[c] && want[c] == 0 {
			t.Errorf("nothing of the class %s is planted", c)
		}
	}
}

// planted20 is what the test below plants.
func planted20() (out, in []reconcile.Row, want map[reconcile.Class]int) { return planted(20_000, 7) }

// TestPlantedErrorsAreFound plants errors of each class among equal rows: all are classed right, and none is invented.
func TestPlantedErrorsAreFound(t *testing.T) {
	t.Parallel()
	out, in, want := planted20()
	checkPlanted(t, reconcile.Compare(out, in, plantedRules(20_000), nil, nil), want)
}

func checkPlanted(t testing.TB, r *reconcile.Result, want map[reconcile.Class]int) {
	t.Helper()
	got := map[reconcile.Class]int{}
	for _, f := range r.Findings {
		got[f.Class]++
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings by class (-planted +found):\n%s", diff)
	}
	if !r.OutsideProof.Holds() || !r.InsideProof.Holds() {
		t.Error("the totals do not prove")
	}
}

// BenchmarkReconcile compares so many rows a side with 1 % of planted errors.
func BenchmarkReconcile(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			out, in, want := planted(n, 7)
			rules := plantedRules(n)
			b.ReportAllocs()
			for b.Loop() {
				checkPlanted(b, reconcile.Compare(out, in, rules, nil, nil), want)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
		})
	}
}
