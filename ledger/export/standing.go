package export

import (
	"fmt"
	"slices"

	"aixin/ledger"
)

// stands is what the book itself says that stands at a head.
type stands struct {
	keys     []ledger.AccountKey
	balances map[ledger.AccountKey]ledger.Account
}

// standing asks a view for every balance and every open lot.
func standing(v ledger.View) (stands, error) {
	s := stands{balances: map[ledger.AccountKey]ledger.Account{}}
	for row, err := range v.TrialBalance() {
		if err != nil {
			return s, err
		}
		acct := ledger.Account{Balance: row.Balance}
		if row.Account.ID.Class().Lots() {
			if acct, err = v.Account(row.Account); err != nil {
				return s, err
			}
		}
		s.balances[row.Account] = acct
		s.keys = append(s.keys, row.Account)
	}
	slices.SortFunc(s.keys, ledger.AccountKey.Compare)
	return s, nil
}

// check holds what the postings add up to against what stands.
func (s stands) check(sums holdings) error {
	for _, k := range sums.keys() {
		want, got := s.balances[k], sums[k]
		if got.balance != want.Balance {
			return fmt.Errorf("%s: postings add up to %d, the book has %d: %w", k, got.balance, want.Balance, ledger.ErrCorrupt)
		}
		same := func(a, b ledger.Lot) bool { return a.ID == b.ID && a.Left == b.Left && a.Expires == b.Expires }
		if !slices.EqualFunc(got.lots, want.Lots, same) {
			return fmt.Errorf("%s: postings leave the lots %v, the book has %v: %w", k, got.lots, want.Lots, ledger.ErrCorrupt)
		}
	}
	for _, k := range s.keys {
		if sums[k] == nil && s.balances[k].Balance != 0 {
			return fmt.Errorf("%s: no posting, the book has %d: %w", k, s.balances[k].Balance, ledger.ErrCorrupt)
		}
	}
	return nil
}

// write writes the balances and the open lots into a folder.
func (s stands) write(out *files, folder string) error {
	balances, err := out.newTable(folder+"/balances.csv", false, "account", "name", "commodity", "balance")
	if err != nil {
		return err
	}
	lots, err := out.newTable(folder+"/lots.csv", false, "account", "name", "commodity", "lot", "left", "expires", "only", "held")
	if err != nil {
		return err
	}
	for _, k := range s.keys {
		acct := s.balances[k]
		balances.row(k.ID.String(), AccountName(k.ID), string(k.Commodity), number(acct.Balance, k.Commodity))
		for _, l := range acct.Lots {
			lots.row(k.ID.String(), AccountName(k.ID), string(k.Commodity), l.ID.String(), number(l.Left, k.Commodity), l.Expires.String(), string(l.Only),
				number(l.Held, k.Commodity))
		}
	}
	if err := balances.close(); err != nil {
		return err
	}
	return lots.close()
}
