package audit

import "aixin/ledger"

// closes adds up the days at every counter again, and follows their chain.
type closes struct {
	nothing
	days   map[ledger.ShopID]*counterDay
	before map[ledger.ShopID]closed
}

// counterDay is what went over a counter since its last close.
type counterDay struct {
	exchanges, undone int64
	points            ledger.Amount
	pieces            ledger.Amount
}

// closed is the close before.
type closed struct {
	index  ledger.Index
	number int64
	leaf   ledger.Hash
}

func newCloses() observer {
	return &closes{days: map[ledger.ShopID]*counterDay{}, before: map[ledger.ShopID]closed{}}
}

func (c *closes) see(r *run, e *ledger.Entry) {
	if x, ok := sold(e); ok {
		day := c.of(x.Shop)
		day.exchanges++
		for _, l := range x.Lines {
			day.points += l.Points
			day.pieces += l.Pieces
		}
		return
	}
	switch body := e.Body.(type) {
	case *ledger.UndoneExchange:
		c.of(body.Shop).undone++
	case *ledger.CounterClose:
		c.close(r, e, body)
	}
}

func (c *closes) of(s ledger.ShopID) *counterDay {
	if c.days[s] == nil {
		c.days[s] = &counterDay{}
	}
	return c.days[s]
}

func (c *closes) close(r *run, e *ledger.Entry, body *ledger.CounterClose) {
	day, before := c.of(body.Shop), c.before[body.Shop]
	var pieces ledger.Amount
	for _, i := range body.Items {
		pieces += i.Pieces
	}
	shop := string(body.Shop)
	switch {
	case body.Number != before.number+1:
		r.found(Wrong, shop, count(body.Number), count(before.number+1), e.Index)
	case body.Previous != before.index:
		r.found(Wrong, shop, count(body.Previous), count(before.index), e.Index)
	case body.Leaf != before.leaf:
		r.found(Wrong, shop, body.Leaf.String(), before.leaf.String(), before.index, e.Index)
	case body.Exchanges != day.exchanges:
		r.found(Wrong, shop, count(body.Exchanges), count(day.exchanges), e.Index)
	case body.Undone != day.undone:
		r.found(Wrong, shop, count(body.Undone), count(day.undone), e.Index)
	case body.Points != day.points:
		r.found(Wrong, shop, points(body.Points), points(day.points), e.Index)
	case pieces != day.pieces:
		r.found(Wrong, shop, count(pieces), count(day.pieces), e.Index)
	}
	c.days[body.Shop] = &counterDay{}
	c.before[body.Shop] = closed{e.Index, body.Number, ledger.LeafHash(e.AppendLine(nil))}
}
