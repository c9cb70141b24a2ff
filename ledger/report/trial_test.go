package report_test

import (
	"encoding/binary"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/report"
)

// source is a book that has accounts and nothing else.
type source []ledger.Fact

func (s source) Fact(ledger.FactID) ([]byte, error) { return nil, nil }

func (s source) Facts(ledger.FactID) iter.Seq2[ledger.Fact, error] {
	return func(yield func(ledger.Fact, error) bool) {
		for _, f := range s {
			if !yield(f, nil) {
				return
			}
		}
	}
}

func (s source) Lines(ledger.AccountKey, ledger.Index, int) ([]ledger.Line, error) { return nil, nil }

func (s source) Waiting(ledger.WaitQuery) iter.Seq2[ledger.Index, error] {
	return func(func(ledger.Index, error) bool) {}
}

// account is the packed form of a balance, which is the first member of an account.
func account(key string, balance ledger.Amount) ledger.Fact {
	return ledger.Fact{ID: ledger.FactID("account/" + key), Value: append(binary.AppendVarint([]byte{1}, int64(balance)), 0)}
}

func view(accounts ...ledger.Fact) ledger.View {
	return ledger.NewView(source(accounts), ledger.Head{Size: 7, At: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)}, ledger.NewDate(2026, 9, 1))
}

func TestTrialBalance(t *testing.T) {
	t.Parallel()
	got, err := report.TrialBalance(view(
		account("given:S01/SKU-0001", 2), account("issued:C01/POINT", 250), account("points:V0000018/POINT", -50),
		account("received:D001/SKU-0001", -50), account("redeemed:S01/POINT", -200), account("stock:S01/SKU-0001", 48),
	))
	if err != nil {
		t.Fatal(err)
	}
	key := func(id string, c ledger.Commodity) ledger.AccountKey {
		return ledger.AccountKey{ID: ledger.ParseAccountID(id), Commodity: c}
	}
	want := report.Trial{
		Head: view().Head(), On: view().On(),
		Rows: []report.Row{
			{Account: key("given:S01", "SKU-0001"), Debit: 2},
			{Account: key("issued:C01", ledger.Point), Debit: 250},
			{Account: key("points:V0000018", ledger.Point), Credit: 50},
			{Account: key("received:D001", "SKU-0001"), Credit: 50},
			{Account: key("redeemed:S01", ledger.Point), Credit: 200},
			{Account: key("stock:S01", "SKU-0001"), Debit: 48},
		},
		Totals: []report.Total{{Commodity: ledger.Point, Debit: 250, Credit: 250}, {Commodity: "SKU-0001", Debit: 50, Credit: 50}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got.Rows[3].Balance() != -50 || got.Totals[0].Sum() != 0 {
		t.Errorf("got a balance of %d and a sum of %d", got.Rows[3].Balance(), got.Totals[0].Sum())
	}
}

func TestTrialBalanceOfAnEmptyBook(t *testing.T) {
	t.Parallel()
	if got, err := report.TrialBalance(view()); err != nil || len(got.Rows)+len(got.Totals) != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A sum that is not zero is damage, and the report is there to find it.
func TestTrialBalanceNoticesASum(t *testing.T) {
	t.Parallel()
	got, err := report.TrialBalance(view(account("issued:C01/POINT", 250), account("points:V0000018/POINT", -249)))
	if !errors.Is(err, ledger.ErrCorrupt) || len(got.Rows) != 2 || got.Totals[0].Sum() != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := report.TrialBalance(view(account("nobody:X/POINT", 1))); !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("an account that is none: got %v", err)
	}
}
