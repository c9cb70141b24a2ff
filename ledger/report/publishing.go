package report

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"aixin/ledger"
)

// Publishing says which notices of points and goods the months and quarters of units ask for, and when they hung out (B44). A month
// asks for one in which points of the unit's people moved, a quarter in which goods came to its shops. The grids, buildings and teams of
// a community are on its notices.
type Publishing struct {
	kinds map[ledger.UnitID]ledger.UnitKind
	asked map[paper]*Publication
	hung  map[paper]ledger.Date
}

// paper is what is published of a unit for a month or quarter.
type paper struct {
	unit         ledger.UnitID
	what, period string
}

// Publication is a notice of points or goods that is asked for.
type Publication struct {
	Unit   ledger.UnitID
	What   string
	Period string
	By     ledger.Date    // the last day to hang it out
	Hung   ledger.Date    // the day on which it was, of the unit or of one above it; none as long as it was not
	Of     []ledger.Index // the first entries that ask for it
}

// maxAsking bounds the entries of a publication: they say where to look.
const maxAsking = 100

// NewPublishing returns one that has seen nothing.
func NewPublishing() *Publishing {
	return &Publishing{map[ledger.UnitID]ledger.UnitKind{}, map[paper]*Publication{}, map[paper]ledger.Date{}}
}

// See takes in an entry. Of whom points are on its day, and of which unit a shop is, the caller knows.
func (p *Publishing) See(e *ledger.Entry, people func(owner string) ledger.UnitID, shop func(ledger.ShopID) ledger.UnitID) {
	switch body := e.Body.(type) {
	case *ledger.AddUnit:
		p.kinds[body.Unit] = body.Kind
	case *ledger.Publish:
		k := paper{body.Unit, body.What, body.Period}
		if p.hung[k] == 0 {
			p.hung[k] = e.On
		}
	case *ledger.Receive:
		p.ask(e, shop(body.Shop), ledger.PublishGoods)
	default:
		for _, x := range e.Postings {
			if x.Account.Class() == ledger.ClassPoints && x.Commodity.Points() {
				p.ask(e, people(x.Account.Owner()), ledger.PublishPoints)
			}
		}
	}
}

func (p *Publishing) ask(e *ledger.Entry, unit ledger.UnitID, what string) {
	k := paper{unit, what, ledger.PublicationPeriod(what, e.On)}
	if p.asked[k] == nil {
		p.asked[k] = &Publication{Unit: unit, What: what, Period: k.period}
	}
	if of := p.asked[k].Of; len(of) < maxAsking && (len(of) == 0 || of[len(of)-1] != e.Index) {
		p.asked[k].Of = append(of, e.Index)
	}
}

// Asked returns what the months and quarters ask for that ended before a day, the earliest first.
func (p *Publishing) Asked(org *ledger.Org, ruleOf func(ledger.UnitID, ledger.Date) *ledger.Rule, on ledger.Date) []Publication {
	by := map[paper]*Publication{}
	for k, a := range p.asked {
		_, last, _ := ledger.PeriodOf(k.period)
		if last >= on {
			continue
		}
		above := org.Above(k.unit, last)
		if i := slices.IndexFunc(above, func(u ledger.UnitID) bool { return p.kinds[u] == ledger.Community }); i > 0 {
			k.unit, above = above[i], above[i:]
		}
		if by[k] == nil {
			rule := ruleOf(k.unit, last)
			by[k] = &Publication{Unit: k.unit, What: k.what, Period: k.period, By: rule.Notice.PublishBy(k.what, last), Hung: p.hungOf(k, above)}
		}
		by[k].Of = append(by[k].Of, a.Of...)
	}
	var out []Publication
	for _, x := range by {
		slices.Sort(x.Of)
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Publication) int {
		return cmp.Or(cmp.Compare(a.By, b.By), cmp.Compare(a.Period, b.Period), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.What, b.What))
	})
	return out
}

// hungOf returns the first day on which a paper hung out, or one of a unit above for the same.
func (p *Publishing) hungOf(k paper, above []ledger.UnitID) (first ledger.Date) {
	for _, k.unit = range above {
		if hung := p.hung[k]; hung != 0 && (first == 0 || hung < first) {
			first = hung
		}
	}
	return first
}

// Unhung finds the notices of points and goods that are due and do not hang out yet, of a book that it takes in entry by entry.
type Unhung struct {
	of    *Publishing
	at    whereabouts
	shops map[ledger.ShopID]ledger.UnitID
}

// NewUnhung returns one that has seen nothing.
func NewUnhung() *Unhung {
	return &Unhung{NewPublishing(), newWhereabouts(), map[ledger.ShopID]ledger.UnitID{}}
}

// See takes in the next entry of the book.
func (u *Unhung) See(e *ledger.Entry) {
	if body, ok := e.Body.(*ledger.AddShop); ok {
		u.shops[body.Shop] = body.Unit
	}
	u.at.see(*e)
	u.of.See(e, func(owner string) ledger.UnitID { return u.at.unitOf(owner, e.On) }, func(s ledger.ShopID) ledger.UnitID { return u.shops[s] })
}

// Due lists what is due in a scope on the day of a view, which has seen as much of the book.
func (u *Unhung) Due(v ledger.View, s Scope) ([]Publication, error) {
	rules, err := v.Rules()
	if err != nil {
		return nil, fmt.Errorf("what is to be published: %w", err)
	}
	asked := u.of.Asked(&s.org, func(u ledger.UnitID, on ledger.Date) *ledger.Rule {
		rule, _ := rules.For(s.org.Above(u, on), s.by[u].Rule, on)
		return rule
	}, v.On())
	return slices.DeleteFunc(asked, func(x Publication) bool { return x.Hung != 0 || !s.Has(x.Unit) }), nil
}

// Unpublished lists the notices of points and goods of a scope that are due on the day of a view and do not hang out yet.
func Unpublished(v ledger.View, s Scope, entries iter.Seq2[ledger.Entry, error]) ([]Publication, error) {
	u := NewUnhung()
	for e, err := range entries {
		if err != nil {
			return nil, fmt.Errorf("what is to be published: %w", err)
		}
		if e.On > v.On() {
			break
		}
		u.See(&e)
	}
	return u.Due(v, s)
}
