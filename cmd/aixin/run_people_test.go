package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

// A freeze ends, and the time to settle is over, on the day after the last day; when that was posted, nothing is due any more.
func TestPeopleFallDue(t *testing.T) {
	t.Parallel()
	g := ledgertest.New(1)
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	m := ledgertest.NewMemory(zone)
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, zone)
	n := 0
	do := func(at time.Time, do ledger.Action) {
		t.Helper()
		n++
		if _, err := m.Submit(ledger.Command{Key: ledger.Key(fmt.Sprintf("due/%d", n)), Actor: "U000006", Do: do}, at); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range g.Setup() {
		if _, err := m.Submit(c.Command, c.At); err != nil {
			t.Fatal(err)
		}
	}
	frozen, moved := ledger.NewVolunteerID(5), ledger.NewVolunteerID(6)
	today := ledger.DateOf(at)
	do(at, &ledger.SetStatus{Volunteer: frozen, Status: ledger.Frozen, Reason: ledger.Complaint, Until: today.AddDays(3)})
	do(at, &ledger.DeclareLeave{Volunteer: moved, Reason: ledger.Moved})
	due := func(on ledger.Date) (ids []string, tasks []task) {
		t.Helper()
		for _, c := range []chore{endedFreezes(), endedLeaves()} {
			list, err := c.due(m.View(on), on)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range list {
				ids, tasks = append(ids, c.name+"/"+one.id), append(tasks, one)
			}
		}
		return ids, tasks
	}
	thaw, leave := "thaw/"+string(frozen)+"/2026-01-08", "leave/"+string(moved)+"/2026-04-05"
	for _, c := range []struct {
		days int
		want []string
	}{{3, nil}, {4, []string{thaw}}, {90, []string{thaw}}, {91, []string{thaw, leave}}} {
		got, _ := due(today.AddDays(c.days))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("due after %d days (-want +got):\n%s", c.days, diff)
		}
	}
	_, tasks := due(today.AddDays(91))
	for _, one := range tasks {
		do(at.AddDate(0, 0, 91), one.do)
	}
	if left, _ := due(today.AddDays(91)); left != nil {
		t.Errorf("due after the run: got %v", left)
	}
}
