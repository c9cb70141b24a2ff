package report

import (
	"fmt"

	"aixin/ledger"
)

// Outside stands in the trial balance of a unit for every account that is not of the unit, donors' included: a unit does not
// balance by itself, since goods come from outside and volunteers redeem where they like.
func Outside() ledger.AccountID { return ledger.ParseAccountID("outside") }

// TrialBalanceOf draws up the trial balance of a scope: its accounts, and Outside for what they have against all others.
func TrialBalanceOf(v ledger.View, s Scope) (Trial, error) {
	t, err := TrialBalance(v)
	if err != nil || s.Unit == "" {
		return t, err
	}
	owners, err := owners(v, s)
	if err != nil {
		return t, err
	}
	all := t.Rows
	t.Rows, t.Totals = nil, nil
	sums := map[ledger.Commodity]Total{}
	add := func(r Row) {
		t.Rows = append(t.Rows, r)
		sum := sums[r.Account.Commodity]
		sums[r.Account.Commodity] = Total{r.Account.Commodity, sum.Debit + r.Debit, sum.Credit + r.Credit}
	}
	for _, r := range all {
		if owners[r.Account.ID.Owner()] {
			add(r)
		}
	}
	for _, c := range commodities(sums) {
		if sum := sums[c].Sum(); sum != 0 {
			add(Row{ledger.AccountKey{ID: Outside(), Commodity: c}, max(-sum, 0), max(sum, 0)})
		}
	}
	for _, c := range commodities(sums) {
		t.Totals = append(t.Totals, sums[c])
	}
	return t, nil
}

// owners returns the units, shops and volunteers of a scope: those whose accounts are in it.
func owners(v ledger.View, s Scope) (map[string]bool, error) {
	in := map[string]bool{}
	for _, u := range s.Units {
		in[string(u.Unit)] = true
	}
	for shop, err := range v.Shops() {
		if err != nil {
			return nil, fmt.Errorf("trial balance: %w", err)
		}
		in[string(shop.Shop)] = s.Has(shop.Unit)
	}
	for who, err := range v.Volunteers() {
		if err != nil {
			return nil, fmt.Errorf("trial balance: %w", err)
		}
		in[string(who.Volunteer)] = s.Has(who.Unit)
	}
	return in, nil
}
