package audit

import (
	"cmp"
	"slices"

	"aixin/ledger"
)

// counterRules holds exchanges against the times and limits of their shop's rule.
type counterRules struct {
	nothing
	visits map[string][]visit // by volunteer and household, in order
}

// visit is an exchange and what of it stands.
type visit struct {
	index ledger.Index
	on    ledger.Date
	lines []ledger.PricedLine
	gone  bool
}

func newCounterRules() observer { return &counterRules{visits: map[string][]visit{}} }

func (c *counterRules) see(r *run, e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.UndoneExchange:
		c.takeBack(r, body.Redemption, nil)
	case *ledger.GoodsReturn:
		c.takeBack(r, body.Redemption, body.Lines)
	case *ledger.Reversal:
		c.takeBack(r, body.Entry, nil)
	case *ledger.Merger:
		c.merge(r, body)
	}
	x, ok := sold(e)
	if !ok {
		return
	}
	on := exchangedOn(x, e)
	if rule, ok := r.ruleOfShop(x.Shop, on); ok {
		c.open(r, e, x, &rule.Counter)
		for _, l := range rule.Counter.Limits {
			c.limit(r, e, x, l, on)
		}
	}
	for _, owner := range r.visitors(x.Volunteer, on) {
		c.visits[owner] = append(c.visits[owner], visit{e.Index, on, x.Lines, false})
	}
}

// merge lets the visits of a number count for the one that goes on, and for its household of the day, which may be that of the other.
func (c *counterRules) merge(r *run, body *ledger.Merger) {
	from, into := r.person(body.From), *r.person(body.Into)
	own, gone := c.visits[string(body.Into)], c.visits[string(body.From)]
	into.household = into.inherits(from, r.now)
	for _, v := range own {
		c.counts(&into, v)
	}
	for _, v := range gone {
		if from.home(v.on) == "" {
			c.counts(&into, v)
		}
	}
	c.visits[string(body.Into)] = join(own, gone)
}

// counts lets a visit count for the household of somebody on its day.
func (c *counterRules) counts(p *person, v visit) {
	if home := string(p.home(v.on)); home != "" {
		c.visits[home] = join(c.visits[home], []visit{v})
	}
}

// join adds those of other visits that are not among them.
func join(list, other []visit) []visit {
	list = append(slices.Clone(list), other...)
	slices.SortStableFunc(list, func(a, b visit) int { return cmp.Compare(a.index, b.index) })
	return slices.CompactFunc(list, func(a, b visit) bool { return a.index == b.index })
}

// visitors lists whose visits an exchange of a day counts among.
func (w *world) visitors(v ledger.VolunteerID, on ledger.Date) []string {
	if p := w.people[v]; p != nil && p.home(on) != "" {
		return []string{string(v), string(p.home(on))}
	}
	return []string{string(v)}
}

// visited lists whose visits any exchange of a volunteer may count among.
func (w *world) visited(v ledger.VolunteerID) []string {
	owners := []string{string(v)}
	if p := w.people[v]; p != nil {
		owners = append(owners, string(p.household))
		for _, l := range p.lived {
			owners = append(owners, string(l.Household))
		}
	}
	return owners
}

func (c *counterRules) open(r *run, e *ledger.Entry, x *ledger.Exchange, rule *ledger.CounterRule) {
	if len(rule.Windows) == 0 {
		return
	}
	there := e.At.In(r.options.Zone)
	open := rule.Open(x.Shop, ledger.NewStart(e.On, there.Hour()*60+there.Minute()))
	if x.Voucher != 0 {
		open = rule.Opens(x.Shop, x.Happened)
	}
	if !open {
		r.found(Wrong, string(x.Shop), e.On.String()+" "+there.Format("15:04"), "", e.Index)
	}
}

func (c *counterRules) limit(r *run, e *ledger.Entry, x *ledger.Exchange, l ledger.Limit, on ledger.Date) {
	owner := string(x.Volunteer)
	if list := r.visitors(x.Volunteer, on); l.Household {
		owner = list[len(list)-1]
	}
	asks := l.Asks(x.Lines)
	if asks == 0 {
		return
	}
	from, until := l.Per.Around(on)
	sum, entries := asks, []ledger.Index{e.Index}
	for _, v := range c.visits[owner] {
		if n := l.Asks(v.lines); v.on >= from && v.on <= until && !v.gone && n > 0 {
			sum += n
			entries = append(entries, v.index)
		}
	}
	if sum <= l.Most {
		return
	}
	say := count[ledger.Amount]
	if l.Of == "points" {
		say = points
	}
	r.found(Wrong, string(x.Volunteer), l.Of+" "+say(sum), l.Of+" "+say(l.Most), entries...)
}

// takeBack takes lines of an exchange out of the visits, or all of it. Whoever took part of it back was there all the same.
func (c *counterRules) takeBack(r *run, i ledger.Index, back []ledger.PricedLine) {
	x := r.exchanges.at(i)
	if x == nil {
		return
	}
	owners := append(r.visited(x.volunteer), r.visited(r.goesOn(x.volunteer))...)
	slices.Sort(owners)
	for _, owner := range slices.Compact(owners) {
		list := c.visits[owner]
		for k := range list {
			if list[k].index == i {
				list[k].gone = back == nil
				list[k].lines = less(list[k].lines, back)
			}
		}
	}
}

// less takes lines off others.
func less(lines, back []ledger.PricedLine) []ledger.PricedLine {
	lines = slices.Clone(lines)
	for _, b := range back {
		for i := range lines {
			if lines[i].Item == b.Item {
				lines[i].Pieces -= b.Pieces
				lines[i].Points -= b.Points
			}
		}
	}
	return lines
}
