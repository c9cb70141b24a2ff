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

// Points of every class fall due on the day after their last, also base points of a household whose pool is empty; when that was
// posted, nothing is due any more, and the next period's base points are granted whether the run expired the old ones before or not.
func TestClassesFallDue(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	m, n := ledgertest.NewMemory(zone), 0
	at := time.Date(2026, 1, 30, 9, 0, 0, 0, zone)
	do := func(at time.Time, actor ledger.StaffID, do ledger.Action) {
		t.Helper()
		n++
		if _, err := m.Submit(ledger.Command{Key: ledger.Key(fmt.Sprintf("due/%d", n)), Actor: actor, Do: do}, at); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range ledgertest.New(1).Setup() { // its rules let gift points and a household's base lapse at the month's end
		if _, err := m.Submit(c.Command, c.At); err != nil {
			t.Fatal(err)
		}
	}
	helped, villager := ledger.NewVolunteerID(1), ledger.NewVolunteerID(3001)
	do(at, "U000006", &ledger.SetClasses{Volunteer: helped, Classes: []ledger.Beneficiary{"hardship"}})
	do(at, "U000006", &ledger.GrantGift{Volunteer: helped, Points: 300})
	do(at, "U000006", &ledger.GrantBase{Volunteer: villager})
	due := func(on ledger.Date, c chore, only ...string) (ids []string, tasks []task) {
		t.Helper()
		list, err := c.due(m.View(on), on)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range list {
			if slices.Contains(only, one.about) {
				ids, tasks = append(ids, one.id), append(tasks, one)
			}
		}
		return ids, tasks
	}
	home := "H000009"
	if got, _ := due(ledger.NewDate(2026, 1, 31), lapsedLots(), string(helped), home); got != nil {
		t.Errorf("due on the last day: got %v", got)
	}
	february := ledger.NewDate(2026, 2, 1)
	want := []string{
		fmt.Sprintf("%s/%d/2026-01-31", helped, len(m.Journal)-2), fmt.Sprintf("%s/%d/2026-01-31", home, len(m.Journal)-1),
	}
	got, tasks := due(february, lapsedLots(), string(helped), home)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("due on the day after (-want +got):\n%s", diff)
	}
	bases, fill := due(february, basesDue(), home)
	if len(bases) != 1 || fill[0].points != 3000 {
		t.Fatalf("base due before the run: got %v %+v, want all of it", bases, fill)
	}
	for _, one := range slices.Concat(tasks, fill) {
		do(at.AddDate(0, 0, 2), "U000006", one.do)
	}
	for _, c := range []chore{lapsedLots(), basesDue()} {
		if left, _ := due(february, c, string(helped), home); left != nil {
			t.Errorf("%s due after the run: got %v", c.name, left)
		}
	}
}
