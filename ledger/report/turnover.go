package report

import (
	"fmt"
	"iter"
	"slices"

	"aixin/ledger"
)

// TurnoverReport is the trial balance of a period: for each account what stood before it, what moved in it, and what stands after.
type TurnoverReport struct {
	Basis
	Period Period
	Rows   []Turnover // in the order of accounts
	Totals []Turnover // of each commodity, in their order; they name no account
}

// Turnover is one account in one commodity. Balances are debits when positive; Debit and Credit are never negative.
type Turnover struct {
	Account ledger.AccountKey
	Opening ledger.Amount
	Debit   ledger.Amount
	Credit  ledger.Amount
}

// Closing returns what stands after the period.
func (t Turnover) Closing() ledger.Amount { return t.Opening + t.Debit - t.Credit }

// nothing reports whether there was nothing before the period, and nothing in it.
func (t Turnover) nothing() bool { return t.Opening == 0 && t.Debit == 0 && t.Credit == 0 }

// plus adds two rows under the account of the first.
func (t Turnover) plus(o Turnover) Turnover {
	return Turnover{t.Account, t.Opening + o.Opening, t.Debit + o.Debit, t.Credit + o.Credit}
}

// moved is the turnover of an account, with what moved after the period.
type moved struct {
	Turnover
	later ledger.Amount
}

// InNone reports of no kind that a report looks into its entries: the trial balance and the stock card ask for postings alone.
func InNone(ledger.Kind) bool { return false }

// TurnoverOf draws up the trial balance of a period from the entries behind a view. What they add up to in all is held against the
// view's own balances: where they differ, the error wraps ledger.ErrCorrupt. Of a unit the accounts of its volunteers, shops and
// units are listed, and Outside for what they have against all others, net.
func TurnoverOf(v ledger.View, s Scope, p Period, entries iter.Seq2[ledger.Entry, error]) (TurnoverReport, error) {
	out := TurnoverReport{Basis: basis(v, s), Period: p}
	rows := map[ledger.AccountKey]*moved{}
	for e, err := range entries {
		if err != nil {
			return out, fmt.Errorf("trial balance: %w", err)
		}
		if e.Index >= v.Head().Size {
			break
		}
		turn(rows, e, p)
	}
	if err := held(v, rows); err != nil {
		return out, err
	}
	in, err := owners(v, s)
	if err != nil {
		return out, err
	}
	for k, row := range rows {
		if !row.nothing() && (s.Unit == "" || in[k.ID.Owner()]) {
			out.Rows = append(out.Rows, row.Turnover)
		}
	}
	slices.SortFunc(out.Rows, byAccount)
	out.Totals = totalled(out.Rows)
	if s.Unit != "" {
		out.close()
		return out, nil
	}
	return out, out.check()
}

// turn adds an entry to the accounts that it moves.
func turn(rows map[ledger.AccountKey]*moved, e ledger.Entry, p Period) {
	for _, post := range e.Postings {
		k := ledger.AccountKey{ID: post.Account, Commodity: post.Commodity}
		row := rows[k]
		if row == nil {
			row = &moved{Turnover: Turnover{Account: k}}
			rows[k] = row
		}
		switch {
		case p.From != 0 && e.On < p.From:
			row.Opening += post.Amount
		case !p.Has(e.On):
			row.later += post.Amount
		case post.Amount > 0:
			row.Debit += post.Amount
		default:
			row.Credit -= post.Amount
		}
	}
}

// held compares what the entries add up to with the balances of a view.
func held(v ledger.View, rows map[ledger.AccountKey]*moved) error {
	known := map[ledger.AccountKey]bool{}
	for a, err := range v.TrialBalance() {
		if err != nil {
			return fmt.Errorf("trial balance: %w", err)
		}
		var sum ledger.Amount
		if row := rows[a.Account]; row != nil {
			sum = row.Closing() + row.later
		}
		if sum != a.Balance {
			return fmt.Errorf("I8: %s: entries add up to %d, the account has %d: %w", a.Account, sum, a.Balance, ledger.ErrCorrupt)
		}
		known[a.Account] = true
	}
	for k, row := range rows {
		if sum := row.Closing() + row.later; sum != 0 && !known[k] {
			return fmt.Errorf("I8: %s: entries add up to %d, there is no account: %w", k, sum, ledger.ErrCorrupt)
		}
	}
	return nil
}

func byAccount(a, b Turnover) int {
	return a.Account.Compare(b.Account)
}

// totalled adds up each commodity.
func totalled(rows []Turnover) []Turnover {
	sums := map[ledger.Commodity]Turnover{}
	for _, r := range rows {
		c := r.Account.Commodity
		sums[c] = Turnover{Account: ledger.AccountKey{Commodity: c}}.plus(sums[c]).plus(r)
	}
	return inOrder(sums)
}

func inOrder[K comparable](sums map[K]Turnover) []Turnover {
	list := make([]Turnover, 0, len(sums))
	for _, t := range sums {
		list = append(list, t)
	}
	slices.SortFunc(list, byAccount)
	return list
}

// close lists what the accounts of a unit have against all others, so that the report balances.
func (r *TurnoverReport) close() {
	for i, sum := range r.Totals {
		net := sum.Debit - sum.Credit
		other := Turnover{
			Account: ledger.AccountKey{ID: Outside(), Commodity: sum.Account.Commodity},
			Opening: -sum.Opening, Debit: max(-net, 0), Credit: max(net, 0),
		}
		if !other.nothing() {
			r.Rows = append(r.Rows, other)
			r.Totals[i] = sum.plus(other)
		}
	}
}

// check holds I2 before the period, in it and after it.
func (r TurnoverReport) check() error {
	for _, t := range r.Totals {
		if t.Opening != 0 || t.Debit != t.Credit {
			return fmt.Errorf("I2: all accounts of %s sum to %d before the period, and move by %d in it: %w",
				t.Account.Commodity, t.Opening, t.Debit-t.Credit, ledger.ErrCorrupt)
		}
	}
	return nil
}

// Classes returns the report with one row for each class of accounts and commodity, as a general ledger has them.
func (r TurnoverReport) Classes() TurnoverReport {
	sums := map[ledger.AccountKey]Turnover{}
	for _, row := range r.Rows {
		k := ledger.AccountKey{ID: ledger.ParseAccountID(string(row.Account.ID.Class())), Commodity: row.Account.Commodity}
		sums[k] = Turnover{Account: k}.plus(sums[k]).plus(row)
	}
	out := r
	out.Rows = inOrder(sums)
	return out
}
