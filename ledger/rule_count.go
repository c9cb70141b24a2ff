package ledger

// CountRule says how often a shelf is counted, and which differences a third person posts (B38). The zero value asks for neither.
type CountRule struct {
	Per       Period // once in each; none where nobody is reminded
	Tolerance Amount // percent of what the book has of an item: beyond it, whoever confirmed a count does not post it; 0 for no bound
}

func (x *CountRule) fields(c *codec) {
	text(c, "per", &x.Per)
	number(c, "tolerance", &x.Tolerance)
}

func (x *CountRule) check(f *faults) {
	f.want(x.Per == "" || x.Per.valid(), "count.per", "calendar_period")
	f.want(x.Tolerance >= 0 && x.Tolerance <= MaxWarn, "count.tolerance", "percent")
}

// beyond returns the first item of which a count found more, or less, than the rule tolerates.
func (x *CountRule) beyond(lines []CountLine) (item Commodity, found bool) {
	for _, l := range lines {
		if x.Tolerance > 0 && (l.Pieces-l.Book-l.Short).Abs()*100 > l.Book.Abs()*x.Tolerance {
			return l.Item, true
		}
	}
	return "", false
}

// Due returns the last day on which a shelf may be counted to be counted in time: that of the period after its last count, or, where
// it never was, of the period in which the rule began; 0 where the rule asks for none.
func (x CountRule) Due(last, began Date) Date {
	if x.Per == "" {
		return 0
	}
	if last == 0 {
		_, until := x.Per.Around(began)
		return until
	}
	_, until := x.Per.Around(last)
	_, until = x.Per.Around(until + 1)
	return until
}

// CountDue returns the last day on which the shelf of a shop may be counted to be counted in time, by the rule of the view's day; 0
// where nobody waits for a count.
func (v View) CountDue(s Shop) (due, last Date, err error) {
	rules, err := v.Rules()
	if err != nil {
		return 0, 0, err
	}
	unit, err := v.Unit(s.Unit)
	if err != nil {
		return 0, 0, err
	}
	org, err := v.Org()
	if err != nil {
		return 0, 0, err
	}
	shelf, err := v.Shelf(s.Shop)
	rule, _ := rules.ForShop(s.Shop, org.Above(s.Unit, v.on), unit.Rule, v.on)
	return rule.Count.Due(shelf.Counted, rule.From), shelf.Counted, err
}
