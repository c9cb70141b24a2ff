package store_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"aixin/ledger"
)

// Whoever names an entry that no book ever has is told so. It does not look like damage, which would stop the writing for everybody.
func TestNamesNothing(t *testing.T) {
	t.Parallel()
	l := open(t, newBook(t), options(newClock()))
	submit(t, l, setup(1)...)
	goods := []ledger.ItemLine{{Item: rice, Pieces: 1}}
	for _, i := range []ledger.Index{999_999_999_999, 1_000_000_000_000, ledger.Index(ledger.MaxAmount), math.MaxInt64, -1} {
		for n, c := range []ledger.Command{
			{Actor: reviewer, Do: &ledger.Approve{Record: i}},
			{Actor: reviewer, Do: &ledger.ReturnRecord{Record: i, Reason: ledger.WrongPerson}},
			{Actor: steward, Do: &ledger.Reverse{Entry: i, Reason: ledger.WrongPerson}},
			{Actor: clerk, Do: &ledger.Return{Redemption: i, Lines: goods, Reason: ledger.WrongPerson}},
			{Actor: clerk, Do: &ledger.Undo{Redemption: i}},
			{Actor: clerk, Do: &ledger.Release{Hold: i, Reason: ledger.WrongPerson}},
			{Actor: clerk, Do: &ledger.Settle{Hold: i, Presence: ledger.ByCard}},
			{Actor: steward, Do: &ledger.Object{Record: i, Reason: ledger.WrongPerson}},
			{Actor: steward, Do: &ledger.AnswerObjection{Objection: i, Reason: ledger.WrongPerson}},
			{Actor: steward, Do: &ledger.CreditRecord{Record: i}},
			{Actor: leader, Do: &ledger.CheckIn{Session: i, Volunteer: volunteer(0), By: ledger.CheckedByCard}},
			{Actor: leader, Do: &ledger.CheckOut{Session: i, Volunteer: volunteer(0)}},
			{Actor: leader, Do: &ledger.CloseSession{Session: i}},
			{Actor: keeper, Do: &ledger.EnterCount{Count: i, Lines: goods}},
			{Actor: clerk, Do: &ledger.ConfirmCount{Count: i}},
			{Actor: keeper, Do: &ledger.Drop{Entry: i}},
			{Actor: keeper, Do: &ledger.ConfirmWriteOff{Paper: i}},
			{Actor: clerk, Do: &ledger.GiveRelief{Paper: i}},
		} {
			c.Key = ledger.Key(fmt.Sprintf("nothing/%d/%d", n, i))
			_, err := l.DryRun(t.Context(), c)
			_, told := errors.AsType[*ledger.Rejection](err)
			if _, malformed := errors.AsType[*ledger.Invalid](err); !told && !malformed {
				t.Errorf("%T of %d: got %v, want to be told that there is none", c.Do, i, err)
			}
		}
	}
	submit(t, l, declare("after", 0, 0))
}
