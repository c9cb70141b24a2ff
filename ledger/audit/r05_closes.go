package audit

import (
	"maps"
	"slices"

	"aixin/ledger"
)

// closes adds up the days at every counter again, by item and by clerk, and follows their chain.
type closes struct {
	nothing
	days   map[ledger.ShopID]*counterDay
	before map[ledger.ShopID]closed
	sold   map[ledger.Index]*ledger.Exchange
}

type (
	// counterDay is what went over a counter since its last close.
	counterDay struct {
		exchanges, undone, returns int64
		points, back               ledger.Amount
		items                      map[ledger.Commodity]*ledger.DayItem
		clerks                     map[ledger.StaffID]*ledger.DayClerk
		vouchers                   []int64
	}

	// closed is the close before.
	closed struct {
		index  ledger.Index
		number int64
		leaf   ledger.Hash
	}
)

func newCloses() observer {
	return &closes{days: map[ledger.ShopID]*counterDay{}, before: map[ledger.ShopID]closed{}, sold: map[ledger.Index]*ledger.Exchange{}}
}

func (c *closes) see(r *run, e *ledger.Entry) {
	c.moved(e)
	if x, ok := sold(e); ok {
		c.sold[e.Index] = x
		c.of(x.Shop).went(x, r.server(e))
		return
	}
	switch body := e.Body.(type) {
	case *ledger.UndoneExchange:
		if x := c.sold[body.Redemption]; x != nil {
			day := c.of(x.Shop)
			day.came(x.Lines)
			day.undone++
			if was := r.exchanges.at(body.Redemption); was != nil {
				day.clerk(was.actor).Undone++
			}
		}
	case *ledger.GoodsReturn:
		c.returned(body.Shop, body.Lines)
	case *ledger.Reversal:
		if x := c.sold[body.Entry]; x != nil {
			c.returned(x.Shop, x.Lines)
		}
	case *ledger.CounterClose:
		c.close(r, e, body)
	}
}

func (c *closes) of(s ledger.ShopID) *counterDay {
	if c.days[s] == nil {
		c.days[s] = &counterDay{items: map[ledger.Commodity]*ledger.DayItem{}, clerks: map[ledger.StaffID]*ledger.DayClerk{}}
	}
	return c.days[s]
}

func (c *closes) returned(s ledger.ShopID, lines []ledger.PricedLine) {
	day := c.of(s)
	day.came(lines)
	day.returns++
}

// moved counts what became short, or less so, and what left a shelf or came to it otherwise than over the counter.
func (c *closes) moved(e *ledger.Entry) {
	for _, p := range e.Postings {
		item := func() *ledger.DayItem { return c.of(ledger.ShopID(p.Account.Owner())).item(p.Commodity) }
		switch p.Account.Class() {
		case ledger.ClassShort:
			item().Short -= p.Amount
		case ledger.ClassRelieved:
			item().Relieved += p.Amount
		case ledger.ClassScrapped:
			item().Scrapped += p.Amount
		case ledger.ClassLost:
			item().Lost += p.Amount
		case ledger.ClassFound:
			item().Found -= p.Amount
		default:
		}
	}
}

// went counts an exchange.
func (d *counterDay) went(x *ledger.Exchange, clerk ledger.StaffID) {
	who := d.clerk(clerk)
	d.exchanges++
	who.Exchanges++
	for _, l := range x.Lines {
		item := d.item(l.Item)
		item.Pieces += l.Pieces
		item.Points += l.Points
		d.points += l.Points
		who.Points += l.Points
	}
	if x.Voucher != 0 {
		d.vouchers = append(d.vouchers, x.Voucher)
	}
}

// came counts lines that came back.
func (d *counterDay) came(lines []ledger.PricedLine) {
	for _, l := range lines {
		item := d.item(l.Item)
		item.Back += l.Pieces
		item.BackPoints += l.Points
		d.back += l.Points
	}
}

func (d *counterDay) item(c ledger.Commodity) *ledger.DayItem {
	if d.items[c] == nil {
		d.items[c] = &ledger.DayItem{Item: c}
	}
	return d.items[c]
}

func (d *counterDay) clerk(s ledger.StaffID) *ledger.DayClerk {
	if d.clerks[s] == nil {
		d.clerks[s] = &ledger.DayClerk{Clerk: s}
	}
	return d.clerks[s]
}

// close holds a close against the one before and against its day. Of several things that differ it says the first.
func (c *closes) close(r *run, e *ledger.Entry, body *ledger.CounterClose) {
	day, before := c.of(body.Shop), c.before[body.Shop]
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
	case body.Returns != day.returns:
		r.found(Wrong, shop, count(body.Returns), count(day.returns), e.Index)
	case body.Points != day.points:
		r.found(Wrong, shop, points(body.Points), points(day.points), e.Index)
	case body.BackPoints != day.back:
		r.found(Wrong, shop, points(body.BackPoints), points(day.back), e.Index)
	case !slices.Equal(slices.Sorted(slices.Values(body.Vouchers)), slices.Sorted(slices.Values(day.vouchers))):
		r.found(Wrong, shop, count(len(body.Vouchers)), count(len(day.vouchers)), e.Index)
	default:
		r.closeLines(e, body, day)
	}
	delete(c.days, body.Shop)
	c.before[body.Shop] = closed{e.Index, body.Number, ledger.LeafHash(e.AppendLine(nil))}
}

// closeLines holds the rows of a close against its day, item by item and clerk by clerk, as far as one differs.
func (r *run) closeLines(e *ledger.Entry, body *ledger.CounterClose, day *counterDay) {
	differs := func(has, ought string) { r.found(Wrong, string(body.Shop), has, ought, e.Index) }
	for _, has := range body.Items {
		a, b := itemSums(has), itemSums(*day.item(has.Item))
		if i := differ(a[:], b[:]); i >= 0 {
			differs(string(has.Item)+" "+a[i], string(has.Item)+" "+b[i])
			return
		}
		delete(day.items, has.Item)
	}
	for _, has := range body.Clerks {
		if day.clerks[has.Clerk] == nil {
			differs(string(has.Clerk), "")
			return
		}
		a, b := clerkSums(has), clerkSums(*day.clerk(has.Clerk))
		if i := differ(a[:], b[:]); i >= 0 {
			differs(string(has.Clerk)+" "+a[i], string(has.Clerk)+" "+b[i])
			return
		}
		delete(day.clerks, has.Clerk)
	}
	for _, item := range slices.Sorted(maps.Keys(day.items)) {
		differs("", string(item))
		return
	}
	for _, clerk := range slices.Sorted(maps.Keys(day.clerks)) {
		differs("", string(clerk))
		return
	}
}

// differ returns where two rows differ first, or less than zero.
func differ(a, b []string) int {
	for i := range a {
		if a[i] != b[i] {
			return i
		}
	}
	return -1
}

// clerkSums writes the numbers of a clerk's row, in their order.
func clerkSums(x ledger.DayClerk) [3]string {
	return [...]string{count(x.Exchanges), points(x.Points), count(x.Undone)}
}

// itemSums writes the numbers of an item's row, in their order.
func itemSums(x ledger.DayItem) [9]string {
	return [...]string{
		count(x.Pieces), points(x.Points), count(x.Back), points(x.BackPoints), count(x.Short), count(x.Relieved), count(x.Scrapped),
		count(x.Lost), count(x.Found),
	}
}
