package audit

import "aixin/ledger"

// warnCover is below how much percent of cover somebody ought to look, where the rule says nothing.
const warnCover = 80

// cover holds what volunteers are owed, gift points included, against the goods and the budget that are there for them.
type cover struct{ budgets []budget }

// budget is what a unit may spend, and the entry that says so.
type budget struct {
	*ledger.SetBudget
	index ledger.Index
}

func newCover() observer { return &cover{} }

func (c *cover) see(_ *run, e *ledger.Entry) {
	if b, ok := e.Body.(*ledger.SetBudget); ok {
		for i, old := range c.budgets {
			if old.Unit == b.Unit && old.From == b.From && old.Until == b.Until {
				c.budgets[i] = budget{b, e.Index}
				return
			}
		}
		c.budgets = append(c.budgets, budget{b, e.Index})
	}
}

func (c *cover) end(r *run) {
	var owed, goods, fen ledger.Amount
	for k, n := range r.balance {
		switch {
		case k.ID.Class() == ledger.ClassPoints, k.ID.Class() == ledger.ClassGift:
			owed -= n
		case k.Commodity.Goods() && k.ID.Class() == ledger.ClassStock && r.items[k.Commodity] != nil:
			each, _ := r.items[k.Commodity].PriceOn(r.last)
			goods += each * n
		}
	}
	entries := []ledger.Index{max(r.size-1, 0)}
	for _, b := range c.budgets {
		if b.From <= r.last && r.last <= b.Until {
			fen += b.Fen
			entries = append(entries, b.index)
		}
	}
	warn := ledger.Amount(warnCover)
	rule, ok := r.rules.For(nil, "", r.last)
	if ok && rule.Worth.Warn > 0 {
		warn = rule.Worth.Warn
	}
	if ok && rule.Worth.Fen > 0 {
		goods += fen * 100 / rule.Worth.Fen
	}
	if owed > 0 && goods*100 < owed*warn {
		r.found(Noted, "", points(goods), points(owed), entries...)
	}
}
