package ledgertest

import (
	"fmt"
	"strings"

	"aixin/ledger"
)

// live plays what happens to people and to the organisation, each place on days of its own.
func (y *Year) live() {
	y.minute = 16 * 60
	for _, p := range y.places {
		who := &y.people[p.people[y.rng.IntN(len(p.people))]]
		switch (int(y.day) + p.number) % 23 {
		case 0:
			y.do(p.reviewer, &ledger.SetClasses{Volunteer: who.id, Classes: []ledger.Beneficiary{"hardship"}}, nil)
		case 3:
			y.loseCard(p, who)
		case 6:
			y.do(p.clerk, &ledger.Transfer{From: who.id, To: y.other(who).id, Points: min(100, max(1, who.has))}, nil)
		case 9:
			half := ledger.NewDate(2026, 1, 1).AddMonths(6 * y.rng.IntN(2))
			y.do(p.reviewer, &ledger.SetBudget{Unit: p.unit, From: half, Until: half.AddMonths(6).AddDays(-1), Fen: 1_000_000}, nil)
		case 12:
			y.do(yearAdmin, &ledger.MoveUnit{Unit: p.grid, Parent: y.places[y.rng.IntN(len(y.places))].unit, From: y.day.AddDays(1)}, nil)
		case 15:
			y.do(p.keeper, &ledger.OpenCount{Shop: p.shop}, func(e ledger.Entry) {
				y.later(func() { y.do(p.keeper, &ledger.Drop{Entry: e.Index}, nil) })
			})
		case 16:
			y.do(p.reviewer, &ledger.SetProxy{Volunteer: who.id, Proxy: y.other(who).id, Relation: ledger.Neighbour}, nil)
		case 18:
			y.do(p.leader, &ledger.ImportFile{Form: "hours", SHA256: strings.Repeat(fmt.Sprintf("%02x", y.rng.IntN(256)), 32), Rows: 1}, nil)
		}
	}
}

// loseCard freezes somebody for a day.
func (y *Year) loseCard(p *place, who *person) {
	y.do(p.reviewer, &ledger.SetStatus{Volunteer: who.id, Status: ledger.Frozen, Reason: ledger.LostCard}, func(ledger.Entry) {
		y.later(func() {
			y.do(p.reviewer, &ledger.SetStatus{Volunteer: who.id, Status: ledger.Active, Reason: ledger.Cleared}, nil)
		})
	})
}

// other draws somebody else of the same place.
func (y *Year) other(who *person) *person {
	list := who.place.people
	n := y.rng.IntN(len(list))
	if &y.people[list[n]] == who {
		n = (n + 1) % len(list)
	}
	return &y.people[list[n]]
}
