package store_test

import (
	"errors"
	"testing"

	"aixin/ledger"
	"aixin/store"
)

func TestAnHourBecomesGoods(t *testing.T) {
	t.Parallel()
	dir := newBook(t)
	l := open(t, dir, options(newClock()))
	submit(t, l, setup(2)...)
	declared := submit(t, l, declare("d1", 0, 0))
	submit(t, l, approve("a1", declared.Entry.Index))
	first := submit(t, l, redeem("r1", 0, 1))
	if len(first.Balances) != 2 {
		t.Errorf("balances after the redemption: got %v, want points and stock", first.Balances)
	}
	again := submit(t, l, redeem("r1", 0, 1))
	if !again.Replayed || again.Entry.Index != first.Entry.Index || again.Leaf != first.Leaf {
		t.Errorf("the same key again: got %+v, want the receipt of entry %d, replayed", again, first.Entry.Index)
	}
	if len(again.Balances) != 2 || again.Balances[0].Balance != first.Balances[0].Balance {
		t.Errorf("balances of the replay: got %v, want %v", again.Balances, first.Balances)
	}
	receipt, err := l.Submit(t.Context(), redeem("r2", 0, 1))
	no, ok := errors.AsType[*ledger.Rejection](err)
	if !ok || no.Reason != ledger.InsufficientPoint || receipt.Entry.Kind != ledger.Refused {
		t.Errorf("a redemption without points: got %v, %v", receipt, err)
	}
	closeBook(t, l)

	l = open(t, dir, options(newClock()))
	if o := l.Opened(); !o.Clean || o.Rebuilt != "" || o.Extended != 0 {
		t.Errorf("after a clean stop: got %+v", o)
	}
	v, done, err := l.View(t.Context(), store.AsOf{})
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	b, err := v.Balance(volunteer(0))
	if err != nil || b.Available != 0 || b.Minutes != 60 {
		t.Errorf("balance: got %+v, %v", b, err)
	}
	s, err := v.Statement(ledger.AccountKey{ID: ledger.PointsOf(volunteer(0)), Commodity: ledger.Point}, 0, 10)
	if err != nil || len(s.Lines) != 2 {
		t.Errorf("statement: got %+v, %v", s, err)
	}
}
