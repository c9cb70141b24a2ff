package audit_test

import (
	"bytes"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

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

// played returns the book that a random stream leaves.
func played(t *testing.T, seed uint64) *ledgertest.Memory {
	t.Helper()
	m := ledgertest.NewMemory(zone(t))
	if err := m.Play(seed, 1500); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestTrueBooksHaveNoErrors audits what random streams of commands leave: whatever the book itself decided is no error.
func TestTrueBooksHaveNoErrors(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{7000, 7001, 7002, 7003, 7004, 7005, 7006, 7007, 17026, 17124, 27028} { // each of the last three once had an error
		m := played(t, seed)
		for _, c := range run(t, audit.Options{}, m.Journal).Results {
			for _, f := range c.Findings {
				if f.Grade == audit.Wrong {
					t.Errorf("seed %d: %s %s: %+v\n%s", seed, c.Check.Number, c.Check.Name, f, m.Journal[f.Entries[len(f.Entries)-1]])
				}
			}
		}
	}
}

// TestMergedNumbersGoOn merges numbers of one person, whose acts go on adding up: what the book gives for them is no error, also after
// some were taken back.
func TestMergedNumbersGoOn(t *testing.T) {
	t.Parallel()
	b := opened(t)
	day := b.on(3)
	b.do(steward, &ledger.Enroll{Volunteer: v4, Unit: "C01"})
	acts := func(v ledger.VolunteerID, quantity int64) ledger.Action {
		return &ledger.DeclareActs{Volunteer: v, Code: "RC02", Quantity: quantity, On: day}
	}
	b.credit(acts(v4, 10))
	spent := b.credit(hours(v4, day, 8, 60, ledger.Roster))
	b.do(clerk, redeem(v4, 1))
	b.do(steward, &ledger.Merge{From: v4, Into: v2})
	b.credit(acts(v2, 20))
	b.do(steward, &ledger.Merge{From: v2, Into: v1})
	full := b.credit(acts(v1, 30)) // the fiftieth is among them
	b.do(steward, &ledger.Reverse{Entry: full, Reason: ledger.DoubleEntry})
	b.credit(acts(v1, 20))                                                   // and again
	b.do(steward, &ledger.Reverse{Entry: spent, Reason: ledger.DoubleEntry}) // which the last number owes
	for _, i := range []ledger.Index{full, b.Next() - 2} {
		e, err := ledger.ParseLine(b.Journal[i])
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Postings) == 0 {
			t.Errorf("entry %d gives nothing, want 1.00: %s", i, b.Journal[i])
		}
	}
	for _, c := range run(t, audit.Options{}, b.Journal).Results {
		for _, f := range c.Findings {
			if f.Grade == audit.Wrong {
				t.Errorf("%s %s: %+v\n%s", c.Check.Number, c.Check.Name, f, b.Journal[f.Entries[len(f.Entries)-1]])
			}
		}
	}
}

// TestRulesBeforeAnybody sets two rules that ask for two persons while nobody is enrolled, who could gain by them: one person is enough. The next
// one, with somebody enrolled, takes two.
func TestRulesBeforeAnybody(t *testing.T) {
	t.Parallel()
	b := &market{Memory: ledgertest.NewMemory(zone(t)), t: t}
	first := b.on(2)
	b.do("", &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.test/audit", Zone: ledgertest.Zone})
	b.do(admin, &ledger.Appoint{Staff: admin, Roles: []ledger.Role{ledger.Admin}})
	b.do(admin, &ledger.Appoint{Staff: steward, Roles: []ledger.Role{ledger.Steward}})
	rule := ledger.Rule{
		ID: "one", Version: 1, From: first, Earns: []ledger.Capture{ledger.Scan}, Second: ledger.Second{Kinds: []ledger.Kind{ledger.RuleSet}},
		Terms: ledger.Terms{ApprovedBy: "villagers-meeting", Published: first},
	}
	b.do(steward, &ledger.SetRule{Rule: rule})
	rule.ID = "two"
	b.do(steward, &ledger.SetRule{Rule: rule})
	b.do(steward, &ledger.AddUnit{Unit: "C01", Kind: ledger.Town, Name: "one"})
	b.do(steward, &ledger.Enroll{Volunteer: v1, Unit: "C01"})
	rule.ID = "three"
	if e := b.Journal[b.do(steward, &ledger.SetRule{Rule: rule})]; !bytes.Contains(e, []byte(`"kind":"proposed"`)) {
		t.Errorf("got %s, want it to wait for a second person", e)
	}
	r := run(t, audit.Options{Checks: []audit.Number{"R25"}}, b.Journal)
	if n := r.Count(audit.Wrong); n > 0 {
		t.Errorf("got %d errors: %+v, want none", n, r.Results[0].Findings)
	}
}

// TestRunKeepsItsOrder: the same book gives the same report, whatever the order in which checks are asked for, and a unit or a day
// only leaves findings out.
func TestRunKeepsItsOrder(t *testing.T) {
	t.Parallel()
	b := opened(t)
	for _, x := range []func(*market) ledger.Index{twice, func(b *market) ledger.Index {
		b.on(4)
		return b.do(steward, &ledger.Reverse{Entry: b.do(clerk, redeem(v1, 1)), Reason: ledger.ClerkError})
	}} {
		x(b)
	}
	all := run(t, audit.Options{}, b.Journal)
	if diff := cmp.Diff(all, run(t, audit.Options{}, b.Journal), cmpopts.IgnoreUnexported(audit.Check{})); diff != "" {
		t.Errorf("a second run differs:\n%s", diff)
	}
	one := run(t, audit.Options{Checks: []audit.Number{"R02", "R24"}}, b.Journal)
	other := run(t, audit.Options{Checks: []audit.Number{"R24", "R02"}}, b.Journal)
	if diff := cmp.Diff(one, other, cmpopts.IgnoreUnexported(audit.Check{})); diff != "" || len(one.Results) != 2 {
		t.Errorf("another order of checks: %d results\n%s", len(one.Results), diff)
	}
	if n := one.Count(audit.Noted); n != 1 {
		t.Errorf("got %d notes, want the reversal", n)
	}
	for _, o := range []audit.Options{{Unit: "C02"}, {Since: ledger.NewDate(2026, 3, 5)}} {
		if o.Checks = []audit.Number{"R24"}; run(t, o, b.Journal).Count(audit.Noted) != 0 {
			t.Errorf("%+v: the reversal is found", o)
		}
	}
}

// TestUnitsKeepWhatConcernsThem: findings about an activity or a member of the staff belong to the places of what they did, those of a rule for
// all belong to everybody, and a unit that the book does not have has no report at all.
func TestUnitsKeepWhatConcernsThem(t *testing.T) {
	t.Parallel()
	b := opened(t)
	b.on(4)
	one := b.do(clerk, redeem(v1, 1))
	forged, err := ledgertest.Forge(b.Journal, one, func(e *ledger.Entry) { amounts(e, "SKU-0001", -1, 2) }) // which is wrong by a sort of goods
	if err != nil {
		t.Fatal(err)
	}
	everywhere := b.rule
	everywhere.ID, everywhere.Terms = "three", ledger.Terms{}
	b.do(steward, &ledger.SetRule{Rule: everywhere})
	day := b.on(4)
	for n := range 5 {
		id := ledger.NewVolunteerID(100 + n)
		b.do(steward, &ledger.Enroll{Volunteer: id, Unit: "C01"})
		far := hours(id, day, 8, 60, ledger.Roster)
		far.Activity = "A002"
		b.do(leader, far)
	}
	b.do(keeper, &ledger.AddDonor{Donor: "D002"})
	for _, x := range []struct {
		check  audit.Number
		unit   ledger.UnitID
		since  ledger.Date
		forged bool
		want   int
	}{
		{check: "R02", unit: "C01", forged: true, want: 1},
		{check: "R02", unit: "C02", forged: true, want: 0},
		{check: "R17", unit: "C01", want: 0},
		{check: "R17", unit: "C02", want: 1},
		{check: "R17", since: day, want: 1},
		{check: "R17", since: day + 1, want: 0},
		{check: "R25", unit: "C01", want: 1},
		{check: "R25", unit: "C02", want: 1},
	} {
		journal := b.Journal
		if x.forged {
			journal = forged
		}
		o := audit.Options{Checks: []audit.Number{x.check}, Unit: x.unit, Since: x.since}
		if found := run(t, o, journal).Results[0].Findings; len(found) != x.want {
			t.Errorf("%s of %q since %s: got %+v, want %d", x.check, x.unit, x.since, found, x.want)
		}
	}
	var missing *ledger.Rejection
	if _, err := audit.Run(audit.Options{Unit: "C99", Zone: zone(t)}, lines(b.Journal)); !errors.As(err, &missing) || missing.Reason != ledger.NotFound {
		t.Errorf("a unit that is not there: got %v, want not found", err)
	}
}

// TestLackingIsNotPassed: what needs something from outside says so until it is there.
func TestLackingIsNotPassed(t *testing.T) {
	t.Parallel()
	b := opened(t)
	lacks := func(o audit.Options) (n int) {
		for _, c := range run(t, o, b.Journal).Results {
			n += len(c.Lacks)
		}
		return n
	}
	if got := lacks(audit.Options{}); got != 6 {
		t.Errorf("without anything %d inputs lack, want 6", got)
	}
	whole := audit.Options{
		Deaths: map[ledger.VolunteerID]ledger.Date{}, Relatives: [][2]string{}, Officials: []ledger.StaffID{}, Evidence: map[string]audit.File{},
	}
	if got := lacks(whole); got != 1 {
		t.Errorf("with every list %d inputs lack, want the settlement", got)
	}
}

// year plays a year of a scheme.
func year(tb testing.TB, size ledgertest.Size) [][]byte {
	tb.Helper()
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		tb.Fatal(err)
	}
	m := ledgertest.NewMemory(zone)
	err = ledgertest.NewYear(size, 1).Play(func(batch []ledgertest.Timed) []ledgertest.Answered {
		out := make([]ledgertest.Answered, len(batch))
		for i, c := range batch {
			r, err := m.Submit(c.Command, c.At)
			out[i] = ledgertest.Answered{Entry: r.Entry, Err: err}
		}
		return out
	})
	if err != nil {
		tb.Fatal(err)
	}
	return m.Journal
}

func TestYearHasNoErrors(t *testing.T) {
	t.Parallel()
	journal := year(t, ledgertest.Small())
	for _, c := range run(t, audit.Options{}, journal).Results {
		for _, f := range c.Findings {
			if f.Grade == audit.Wrong {
				t.Errorf("%s %s: %+v\n%s", c.Check.Number, c.Check.Name, f, journal[f.Entries[len(f.Entries)-1]])
			}
		}
	}
}

// BenchmarkRun says what every check costs, and what parsing alone does.
func BenchmarkRun(b *testing.B) {
	journal := year(b, ledgertest.Small())
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		b.Fatal(err)
	}
	var list []ledger.Entry
	for e, err := range lines(journal) {
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, e)
	}
	parsed := func(yield func(ledger.Entry, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := audit.Run(audit.Options{Zone: zone}, parsed); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/entry")
}
