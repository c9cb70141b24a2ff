package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// fallingDue is a book in which somebody has gift points, and a household base points less a deduction, that last until 31 January.
type fallingDue struct {
	*ledgertest.Memory
	t            *testing.T
	at           time.Time
	helped, home string
	gift, base   ledger.Index // where they were given
	deducted     ledger.Index
	asked        int
}

func newFallingDue(t *testing.T) *fallingDue {
	t.Helper()
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	f := &fallingDue{
		Memory: ledgertest.NewMemory(zone), t: t, at: time.Date(2026, 1, 30, 9, 0, 0, 0, zone), home: "H000009",
	}
	helped, member := ledger.NewVolunteerID(1), ledger.NewVolunteerID(3001)
	f.helped = string(helped)
	for _, c := range ledgertest.New(1).Setup() { // its rules let gift points and a household's base lapse at the month's end
		if _, err := f.Submit(c.Command, c.At); err != nil {
			t.Fatal(err)
		}
	}
	f.do("U000006", &ledger.SetClasses{Volunteer: helped, Classes: []ledger.Beneficiary{"hardship"}})
	f.gift = f.do("U000006", &ledger.GrantGift{Volunteer: helped, Points: 300})
	f.base = f.do("U000006", &ledger.GrantBase{Volunteer: member})
	deduction := f.do("U000002", &ledger.DeclareActs{Volunteer: member, Code: "DE02", Quantity: 1, On: ledger.DateOf(f.at)})
	f.deducted = f.do("U000003", &ledger.Approve{Record: deduction})
	return f
}

func (f *fallingDue) do(actor ledger.StaffID, do ledger.Action) ledger.Index {
	f.t.Helper()
	f.asked++
	return f.post(fmt.Sprintf("due/%d", f.asked), actor, do)
}

func (f *fallingDue) post(key string, actor ledger.StaffID, do ledger.Action) ledger.Index {
	f.t.Helper()
	r, err := f.Submit(ledger.Command{Key: ledger.Key(key), Actor: actor, Do: do}, f.at)
	if err != nil {
		f.t.Fatal(err)
	}
	return r.Entry.Index
}

// due is what a chore finds for the two on a day.
func (f *fallingDue) due(on ledger.Date, c chore) (ids []string, tasks []task) {
	f.t.Helper()
	list, err := c.due(f.View(on), on)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, one := range list {
		if one.about == f.helped || one.about == f.home {
			ids, tasks = append(ids, one.id), append(tasks, one)
		}
	}
	return ids, tasks
}

// run does tasks as a run does, each under its own key, so that what an earlier run asked is not done again; after it nothing is due.
func (f *fallingDue) run(tasks ...task) {
	f.t.Helper()
	for _, one := range tasks {
		f.post("run/"+one.id, "U000006", one.do)
	}
	for _, c := range []chore{lapsedLots(), basesDue()} {
		if left, _ := f.due(ledger.DateOf(f.at), c); left != nil {
			f.t.Errorf("%s due after the run: got %v", c.name, left)
		}
	}
}

// Points of every class fall due on the day after their last, also base points of a household whose pool is empty; when that was
// posted, nothing is due any more, and the next period's base points are granted whether the run expired the old ones before or not.
// What a deduction gives back into a lot that a run expired is expired by the next one.
func TestClassesFallDue(t *testing.T) {
	t.Parallel()
	f := newFallingDue(t)
	if got, _ := f.due(ledger.NewDate(2026, 1, 31), lapsedLots()); got != nil {
		t.Errorf("due on the last day: got %v", got)
	}
	february := ledger.NewDate(2026, 2, 1)
	want := []string{fmt.Sprintf("%s/%d/2026-01-31/2026-02-01", f.helped, f.gift), fmt.Sprintf("%s/%d/2026-01-31/2026-02-01", f.home, f.base)}
	got, tasks := f.due(february, lapsedLots())
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("due on the day after (-want +got):\n%s", diff)
	}
	bases, fill := f.due(february, basesDue())
	if len(bases) != 1 || fill[0].points != 3000 {
		t.Fatalf("base due before the run: got %v %+v, want all of it", bases, fill)
	}
	f.at = f.at.AddDate(0, 0, 2)
	f.run(slices.Concat(tasks, fill)...)

	f.at = f.at.AddDate(0, 0, 9)
	f.do("U000006", &ledger.Reverse{Entry: f.deducted, Reason: ledger.ClerkError})
	_, tasks = f.due(ledger.NewDate(2026, 2, 11), lapsedLots())
	if len(tasks) != 1 || tasks[0].about != f.home || tasks[0].points != 2000 {
		t.Fatalf("due on the day after the reversal: got %+v, want what came back", tasks)
	}
	f.at = f.at.AddDate(0, 0, 1)
	f.run(tasks...)
}
