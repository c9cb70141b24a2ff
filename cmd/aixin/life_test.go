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
func TestDuePeople(t *testing.T) {
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
	keys := func(on ledger.Date) (keys []ledger.Key) {
		t.Helper()
		list, err := duePeople(m.View(on))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range list {
			keys = append(keys, d.key)
		}
		return keys
	}
	thaw := ledger.Key("run/thaw/" + string(frozen) + "/2026-01-08")
	leave := ledger.Key("run/leave/" + string(moved) + "/2026-04-05")
	for _, c := range []struct {
		days int
		want []ledger.Key
	}{{3, nil}, {4, []ledger.Key{thaw}}, {90, []ledger.Key{thaw}}, {91, []ledger.Key{thaw, leave}}} {
		if diff := cmp.Diff(c.want, keys(today.AddDays(c.days))); diff != "" {
			t.Errorf("due after %d days (-want +got):\n%s", c.days, diff)
		}
	}
	list, err := duePeople(m.View(today.AddDays(91)))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		do(at.AddDate(0, 0, 91), d.do)
	}
	if left := keys(today.AddDays(91)); left != nil {
		t.Errorf("due after the run: got %v", left)
	}
}
