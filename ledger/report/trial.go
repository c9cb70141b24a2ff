// Package report adds up what a book says. A report is a fold over a view: it changes nothing, and the same view gives the same
// report.
package report

import (
	"fmt"
	"maps"
	"slices"

	"aixin/ledger"
)

// Trial is a trial balance: every account with its balance on the side where it stands, and the totals of each commodity.
type Trial struct {
	Head   ledger.Head // that it was drawn up at
	On     ledger.Date
	Rows   []Row   // in the order of accounts
	Totals []Total // in the order of commodities
}

// Row is the balance of one account in one commodity. Either side is zero.
type Row struct {
	Account ledger.AccountKey
	Debit   ledger.Amount
	Credit  ledger.Amount
}

// Balance returns the balance, debits positive.
func (r Row) Balance() ledger.Amount { return r.Debit - r.Credit }

// Total adds up one commodity.
type Total struct {
	Commodity ledger.Commodity
	Debit     ledger.Amount
	Credit    ledger.Amount
}

// Sum is zero in a book that is sound (I2).
func (t Total) Sum() ledger.Amount { return t.Debit - t.Credit }

// TrialBalance draws up the trial balance of a view. Where the accounts of a commodity do not sum to zero it returns the report
// all the same, with an error that wraps ledger.ErrCorrupt.
func TrialBalance(v ledger.View) (Trial, error) {
	t := Trial{Head: v.Head(), On: v.On()}
	totals := map[ledger.Commodity]Total{}
	for a, err := range v.TrialBalance() {
		if err != nil {
			return t, fmt.Errorf("trial balance: %w", err)
		}
		row := Row{Account: a.Account, Debit: max(a.Balance, 0), Credit: max(-a.Balance, 0)}
		t.Rows = append(t.Rows, row)
		sum := totals[a.Account.Commodity]
		totals[a.Account.Commodity] = Total{a.Account.Commodity, sum.Debit + row.Debit, sum.Credit + row.Credit}
	}
	for _, c := range commodities(totals) {
		t.Totals = append(t.Totals, totals[c])
	}
	return t, t.check()
}

// commodities lists the commodities of totals in their order.
func commodities(totals map[ledger.Commodity]Total) []ledger.Commodity {
	return slices.Sorted(maps.Keys(totals))
}

// check holds I2.
func (t Trial) check() error {
	for _, total := range t.Totals {
		if total.Sum() != 0 {
			return fmt.Errorf("I2: all accounts of %s sum to %d: %w", total.Commodity, total.Sum(), ledger.ErrCorrupt)
		}
	}
	return nil
}
