package ledger_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

func (t *table) budget(verb string, w words) ledger.Action {
	t.Helper()
	if verb != "budget" {
		return nil
	}
	return &ledger.SetBudget{Unit: ledger.UnitID(w.arg(0)), From: t.date(w.arg(1)), Until: t.date(w.arg(2)), Fen: t.amount(w.arg(3))}
}

func budgetForgeries() []forgery {
	return []forgery{
		bodyOf("a budget of no unit", "I8", func(r *ledger.SetBudget) bool { r.Unit = "C77"; return true }),
		bodyOf("a budget that ends before it begins", "I8", func(r *ledger.SetBudget) bool { r.Until = r.From - 1; return true }),
		bodyOf("a budget below nothing", "I8", func(r *ledger.SetBudget) bool { r.Fen = -1; return true }),
		bodyOf("no budget where there was none", policy, func(r *ledger.SetBudget) bool { r.Fen = 0; r.From -= 9999; return true }),
	}
}

// A unit has so many budgets and no more; one that is replaced is not one more.
func TestBudgetsHaveAnEnd(t *testing.T) {
	t.Parallel()
	m := ledgertest.NewMemory(shanghai(t))
	at := time.Date(2026, 1, 1, 9, 0, 0, 0, shanghai(t))
	n := 0
	ask := func(do ledger.Action, actor ledger.StaffID) error {
		n++
		_, err := m.Submit(ledger.Command{Key: ledger.Key(fmt.Sprintf("k/%d", n)), Actor: actor, Do: do}, at)
		return err
	}
	set := func(k int) error {
		from := ledger.NewDate(2026, 1, 1).AddDays(k)
		return ask(&ledger.SetBudget{Unit: "C01", From: from, Until: from, Fen: 100}, "U000002")
	}
	for _, c := range []struct {
		do    ledger.Action
		actor ledger.StaffID
	}{
		{&ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.test/budget", Zone: ledgertest.Zone}, ""},
		{&ledger.Appoint{Staff: "U000001", Roles: []ledger.Role{ledger.Admin}}, "U000001"},
		{&ledger.Appoint{Staff: "U000002", Roles: []ledger.Role{ledger.Steward}}, "U000001"},
		{&ledger.AddUnit{Unit: "C01", Kind: ledger.Community, Name: "one"}, "U000002"},
	} {
		if err := ask(c.do, c.actor); err != nil {
			t.Fatal(err)
		}
	}
	for k := range ledger.MaxBudgets {
		if err := set(k); err != nil {
			t.Fatalf("budget %d: %v", k+1, err)
		}
	}
	if no, ok := errors.AsType[*ledger.Rejection](set(ledger.MaxBudgets)); !ok || no.Reason != ledger.TooLarge {
		t.Errorf("one more than %d: got %v, want too_large", ledger.MaxBudgets, no)
	}
	if err := set(7); err != nil {
		t.Errorf("another word about a period: %v", err)
	}
}
