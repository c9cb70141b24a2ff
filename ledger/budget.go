package ledger

import (
	"cmp"
	"slices"
)

// This family says what stands behind the points beside the goods: what a unit may spend on goods in a period (rule B39). It moves
// nothing: points are never mixed with money, and a report alone asks for it.

// BudgetSet is the kind of what becomes of a budget.
const BudgetSet Kind = "budget_set"

// SetBudget says what a unit may spend on goods in a period; a later word about the same period replaces the earlier, and nothing
// takes it back. By a steward. Budgets of periods that overlap add up.
type SetBudget struct {
	Unit  UnitID
	From  Date
	Until Date   // the last day
	Fen   Amount // optional: hundredths of a yuan
}

// Budget is what a unit may spend, in the order of the first days.
type Budget struct {
	Unit    UnitID
	Periods []BudgetPeriod
}

// BudgetPeriod is a budget of some days.
type BudgetPeriod struct {
	From  Date
	Until Date
	Fen   Amount
}

// FenOn returns what the budgets that cover a day come to.
func (f Budget) FenOn(day Date) Amount {
	var sum Amount
	for _, p := range f.Periods {
		if p.From <= day && day <= p.Until {
			sum = min(sum+p.Fen, MaxAmount)
		}
	}
	return sum
}

func (f *Budget) fields(c *codec) {
	text(c, "unit", &f.Unit)
	list(c, "periods", &f.Periods, func(c *codec, p *BudgetPeriod) {
		c.date("from", &p.From)
		c.date("until", &p.Until)
		number(c, "fen", &p.Fen)
	})
}

// budgetBody returns an empty body of the kind above, or nil.
func budgetBody(k Kind) Body {
	if k == BudgetSet {
		return &SetBudget{}
	}
	return nil
}

func (a *SetBudget) fields(c *codec) {
	text(c, "unit", &a.Unit)
	c.date("from", &a.From)
	c.date("until", &a.Until)
	number(c, "fen", &a.Fen)
}

func (a *SetBudget) kind() Kind { return BudgetSet }

func (a *SetBudget) roles() anyOf { return anyOf{Steward} }

func (a *SetBudget) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *SetBudget) check(f *faults) {
	f.want(a.Unit.Valid(), "unit", "unit_code")
	f.want(a.From.valid(), "from", "date")
	f.want(a.Until.valid(), "until", "date")
	f.want(!a.Until.valid() || a.From <= a.Until, "until", "dates")
	f.want(a.Fen >= 0 && a.Fen.within(), "fen", "yuan")
}

func (a *SetBudget) needs(b *Book, _ Command, w *Wants) {
	b.units.want(w, a.Unit)
	b.budgets.want(w, a.Unit)
}

func (a *SetBudget) decide(b *Book, _ Command, d *draft) *Rejection {
	if r := missing(&b.units, a.Unit); r != nil {
		return r
	}
	f, _ := b.budgets.get(a.Unit)
	switch same := slices.ContainsFunc(f.Periods, a.is); {
	case a.Fen == 0 && !same:
		return notFound(a.From.String())
	case !same && len(f.Periods) >= MaxBudgets:
		return &Rejection{Reason: TooLarge, Subject: string(a.Unit), Have: Amount(len(f.Periods)), Want: MaxBudgets}
	}
	return d.itself(a, nil)
}

// is reports whether a budget is of the same period.
func (a *SetBudget) is(p BudgetPeriod) bool { return p.From == a.From && p.Until == a.Until }

func (a *SetBudget) asked() (Action, Index) { return a, 0 }

func (a *SetBudget) holds(b *Book, _ Entry) ([]Posting, error) {
	return states(missing(&b.units, a.Unit))
}

func (a *SetBudget) fold(b *Book, _ Entry) {
	f := b.budgets.edit(a.Unit)
	f.Unit = kept(b, a.Unit)
	f.Periods = slices.DeleteFunc(slices.Clone(f.Periods), a.is)
	if a.Fen > 0 {
		f.Periods = append(f.Periods, BudgetPeriod{a.From, a.Until, a.Fen})
	}
	slices.SortFunc(f.Periods, func(x, y BudgetPeriod) int { return cmp.Or(int(x.From-y.From), int(x.Until-y.Until)) })
}
