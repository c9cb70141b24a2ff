package ledgertest

import (
	"fmt"

	"aixin/ledger"
)

// The family of budgets.

func budgetFamily() family {
	return family{
		answer: func(n *Naive, c ledger.Command, _ *event) (Answer, bool) {
			a, ok := c.Do.(*ledger.SetBudget)
			switch {
			case !ok:
				return Answer{}, false
			case !n.known(string(a.Unit)), a.Fen == 0 && n.budget(a.Unit, a.From, a.Until) == 0:
				return no(ledger.NotFound), true
			}
			return Answer{Kind: ledger.BudgetSet}, true
		},
		roles: func(do ledger.Action) []ledger.Role {
			if _, ok := do.(*ledger.SetBudget); ok {
				return []ledger.Role{ledger.Steward}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			a, ok := do.(*ledger.SetBudget)
			return ok && a.Until < a.From
		},
		differs: func(n *Naive, m *Memory) string {
			for _, unit := range []ledger.UnitID{"C01", "C02"} {
				got, err := m.View(0).Budget(unit)
				if want := n.budgetOn(unit, n.today); err != nil || got.FenOn(n.today) != want {
					return fmt.Sprintf("budget of %s on %s: naive %d, book %d, %v", unit, n.today, want, got.FenOn(n.today), err)
				}
			}
			return ""
		},
		draws: []draw{{2, func(g *Generator) (ledger.Action, ledger.StaffID) {
			from := ledger.NewDate(2026, 1, 1).AddDays(10 * g.rng.IntN(12))
			return &ledger.SetBudget{
				Unit: pick(g, ledger.UnitID("C01"), "C01", "C02", "C03"), From: from, Until: from.AddDays(10*g.rng.IntN(5) - 5),
				Fen: ledger.Amount(100 * g.rng.IntN(4)),
			}, steward
		}}},
	}
}

// budget returns the last word about a period.
func (n *Naive) budget(unit ledger.UnitID, from, until ledger.Date) (fen ledger.Amount) {
	each(n, func(_ int, _ *event, a *ledger.SetBudget) {
		if a.Unit == unit && a.From == from && a.Until == until {
			fen = a.Fen
		}
	})
	return fen
}

// budgetOn adds up the last words about the periods that a day is in.
func (n *Naive) budgetOn(unit ledger.UnitID, day ledger.Date) (sum ledger.Amount) {
	type period struct{ from, until ledger.Date }
	last := map[period]ledger.Amount{}
	each(n, func(_ int, _ *event, a *ledger.SetBudget) {
		if a.Unit == unit && a.From <= day && day <= a.Until {
			last[period{a.From, a.Until}] = a.Fen
		}
	})
	for _, fen := range last {
		sum += fen
	}
	return sum
}
