package ledger_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"aixin/ledger"
)

// aging is an indexed book whose facts grow old and are let go of, on a shelf that lags behind it as an index does.
type aging struct {
	*ledger.Book
	shelf   factShelf
	waiting []ledger.Changes // sealed and not on the shelf yet, of which applied knows nothing
	applied ledger.Index
}

const lag = 40

// do decides and posts one command, and says whether it had been answered.
func (a *aging) do(t *testing.T, c ledger.Command) (e ledger.Entry, answered bool, err error) {
	t.Helper()
	a.shelf.load(t, a.Book, func() ledger.Wants { return a.Needs(c) })
	r, answered, err := a.Answered(c)
	if answered || err != nil {
		return r.Entry, answered, err
	}
	if e, err = a.Decide(c, time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)); err != nil {
		return e, false, err
	}
	if err := a.Post(e); err != nil {
		t.Fatal(err)
	}
	a.shelf.journal = append(a.shelf.journal, e.AppendLine(nil))
	if a.waiting = append(a.waiting, a.Seal()); len(a.waiting) > lag {
		for _, f := range a.waiting[0].Facts {
			a.shelf.facts[f.ID] = f.Value
		}
		a.waiting = a.waiting[1:]
		a.applied++
		a.Forget(a.applied)
	}
	return e, false, nil
}

// TestFactsAge takes an indexed book through more keys, records and days than it keeps. What it has let go of, it asks for again:
// an old key still names its entry, an old day still refuses the same hour, an old record can still be approved, once.
func TestFactsAge(t *testing.T) {
	t.Parallel()
	a := &aging{Book: ledger.NewIndexedBook(shanghai(t), 0, time.Time{}), shelf: factShelf{facts: map[ledger.FactID][]byte{}}}
	must := func(actor ledger.StaffID, key string, do ledger.Action) ledger.Entry {
		e, answered, err := a.do(t, ledger.Command{Key: ledger.Key(key), Actor: actor, Do: do})
		if err != nil || answered {
			t.Fatalf("%s: answered %v, %v", key, answered, err)
		}
		return e
	}
	rule := ledger.Rule{ID: "hours", Version: 1, From: ledger.NewDate(1990, 1, 1), Rates: []ledger.HourRate{{Code: "VH01", Points: 100}}, Earns: []ledger.Capture{ledger.Scan}}
	must("", "open", &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.test/age", Zone: "Asia/Shanghai"})
	must("U000001", "1", &ledger.Appoint{Staff: "U000001", Roles: []ledger.Role{ledger.Admin}})
	must("U000001", "2", &ledger.Appoint{Staff: "U000003", Roles: []ledger.Role{ledger.Steward, ledger.Leader}})
	must("U000001", "3", &ledger.Appoint{Staff: "U000002", Roles: []ledger.Role{ledger.Reviewer}})
	must("U000003", "4", &ledger.SetRule{Rule: rule})
	must("U000003", "5", &ledger.AddUnit{Unit: "C01", Kind: ledger.Community, Name: "unit"})
	must("U000003", "6", &ledger.AddActivity{Activity: "A001", Unit: "C01", Code: "VH01", Name: "patrol"})
	must("U000003", "7", &ledger.Enroll{Volunteer: ledger.NewVolunteerID(1), Unit: "C01"})

	first := a.Next()
	n := 3*ledger.MaxPassing + 17
	declare := func(i int) *ledger.DeclareHours {
		start := ledger.NewStart(ledger.NewDate(1990, 1, 1).AddDays(i/3), 480+i%3*60)
		return &ledger.DeclareHours{Volunteer: ledger.NewVolunteerID(1), Activity: "A001", Minutes: 60, Capture: ledger.Scan, Start: start}
	}
	for i := range n {
		must("U000003", fmt.Sprintf("d/%d", i), declare(i))
	}
	for i := 0; i < n; i += 997 {
		key := ledger.Key(fmt.Sprintf("d/%d", i))
		e, answered, err := a.do(t, ledger.Command{Key: key, Actor: "U000003", Do: declare(i)})
		if err != nil || !answered || e.Index != first+ledger.Index(i) || !bytes.Equal(e.AppendLine(nil), a.shelf.journal[e.Index]) {
			t.Errorf("%s again: entry %d, answered %v, %v", key, e.Index, answered, err)
		}
		refused(t, a, ledger.KeyConflict, ledger.Command{Key: key, Actor: "U000003", Do: declare(i + 1)})
		refused(t, a, ledger.Duplicate, ledger.Command{Key: key + "x", Actor: "U000003", Do: declare(i)})
		must("U000002", fmt.Sprintf("a/%d", i), &ledger.Approve{Record: first + ledger.Index(i)})
		refused(t, a, ledger.RecordClosed, ledger.Command{Key: key + "y", Actor: "U000002", Do: &ledger.Approve{Record: first + ledger.Index(i)}})
	}
}

func refused(t *testing.T, a *aging, want ledger.RejectReason, c ledger.Command) {
	t.Helper()
	_, _, err := a.do(t, c)
	if no, ok := errors.AsType[*ledger.Rejection](err); !ok || no.Reason != want {
		t.Errorf("%s: got %v, want %s", c.Key, err, want)
	}
}
