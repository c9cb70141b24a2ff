package ledgertest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aixin/ledger"
)

// The family of the counter's day.

func counterDayFamily() family {
	return family{
		answer: (*Naive).counterDay,
		build:  (*Generator).buildVouchers,
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.OpenCounter:
				return []ledger.Role{ledger.Clerk, ledger.Keeper}
			case *ledger.CloseCounter:
				return []ledger.Role{ledger.Clerk, ledger.Keeper, ledger.Steward}
			case *ledger.Undo:
				return []ledger.Role{ledger.Clerk}
			case *ledger.SetProxy, *ledger.IssueVouchers, *ledger.VoidVoucher:
				return []ledger.Role{ledger.Steward}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			switch a := do.(type) {
			case *ledger.Undo:
				return a.Redemption <= 0
			case *ledger.SetProxy:
				return nobodys(a.Volunteer) || nobodys(a.Proxy) || a.Volunteer == a.Proxy
			case *ledger.IssueVouchers:
				return a.Last < a.First
			}
			return false
		},
		differs: (*Naive).differDays,
		scenes: []scene{
			{5, (*Generator).undoing},
			{2, (*Generator).opening},
			{1, (*Generator).refusing},
			{2, (*Generator).proxies},
			{3, (*Generator).onPaper},
			{6, (*Generator).fetching},
		},
		draws: append(voucherDraws(), []draw{
			{1, func(g *Generator) (ledger.Action, ledger.StaffID) { return &ledger.OpenCounter{Shop: g.shop()}, keeper }},
			{2, func(g *Generator) (ledger.Action, ledger.StaffID) { return &ledger.CloseCounter{Shop: g.shop()}, clerk }},
			{2, func(g *Generator) (ledger.Action, ledger.StaffID) {
				return &ledger.Undo{Redemption: g.recent(g.sales)}, clerk
			}},
			{2, func(g *Generator) (ledger.Action, ledger.StaffID) {
				return &ledger.SetProxy{Volunteer: g.person(), Proxy: g.person(), Relation: ledger.Neighbour, Ended: g.rng.IntN(3) == 0}, steward
			}},
		}...),
	}
}

func (n *Naive) counterDay(c ledger.Command, _ *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.OpenCounter:
		switch {
		case !n.known(string(a.Shop)):
			return no(ledger.NotFound), true
		case n.dayAt(a.Shop).open:
			return no(ledger.CounterIsOpen), true
		}
		return Answer{Kind: ledger.CounterOpened}, true
	case *ledger.CloseCounter:
		switch {
		case !n.known(string(a.Shop)):
			return no(ledger.NotFound), true
		case !n.dayAt(a.Shop).open:
			return no(ledger.CounterIsClosed), true
		}
		return Answer{Kind: ledger.CounterClosed}, true
	case *ledger.Undo:
		return n.undoExchange(c, a), true
	case *ledger.SetProxy:
		return n.setProxy(c, a), true
	case *ledger.IssueVouchers:
		return n.issueVouchers(a), true
	case *ledger.VoidVoucher:
		if r := n.unusedVoucher(a.Shop, a.Number); r.Refused != "" {
			return r, true
		}
		return Answer{Kind: ledger.VoucherVoided}, true
	}
	return Answer{}, false
}

func (n *Naive) undoExchange(c ledger.Command, a *ledger.Undo) Answer {
	sold, ok := n.redemption(a.Redemption)
	if !ok {
		return no(ledger.NotFound)
	}
	e := n.history[a.Redemption]
	_, status := n.volunteer(sold.Volunteer)
	late := n.now.Sub(e.at)
	paper := sold.Voucher != 0
	switch {
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case n.self(c.Actor, sold.Volunteer):
		return no(ledger.SelfService)
	case e.command.Actor != c.Actor:
		return no(ledger.OtherClerk)
	case paper:
		return no(ledger.NotReversible)
	case n.closedSince(sold.Shop, int(a.Redemption)):
		return no(ledger.DayClosed)
	case late > time.Minute:
		return noAmount(ledger.TooLate, ledger.Amount((late+time.Second-1)/time.Second), 60)
	case e.reversed > 0:
		return no(ledger.AlreadyReversed)
	case len(e.back) > 0:
		return no(ledger.HasReturns)
	}
	if r := n.takeGoods(int(a.Redemption), sold, sold.Lines); r.Refused != "" {
		return r
	}
	n.history[a.Redemption].reversed = len(n.history)
	return Answer{Kind: ledger.ExchangeUndone}
}

// closedSince reports whether a counter was closed after an event.
func (n *Naive) closedSince(shop ledger.ShopID, i int) (closed bool) {
	each(n, func(at int, _ *event, a *ledger.CloseCounter) { closed = closed || (a.Shop == shop && at > i) })
	return closed
}

// counted is a counter's day, added up again from everything that was asked.
type counted struct {
	open                       bool
	number, out, undone, backs int64
	from, through, closed      int
	on                         ledger.Date
	points, pointsBack         ledger.Amount
	vouchers                   []int64
	pieces                     map[ledger.Commodity]ledger.Amount // handed out, less what came back
	moved                      map[string]ledger.Amount           // "lost SKU-0001": what moved otherwise
}

// dayAfter is nothing yet, after the close of a day.
func dayAfter(number int64, closed int) *counted {
	return &counted{number: number, closed: closed, pieces: map[ledger.Commodity]ledger.Amount{}, moved: map[string]ledger.Amount{}}
}

// dayAt adds up the day of a counter that is open, or what counts already in the next.
func (n *Naive) dayAt(shop ledger.ShopID) *counted {
	d := dayAfter(0, 0)
	for i := range n.history {
		e := &n.history[i]
		if e.answer.Refused != "" {
			continue
		}
		if a, ok := e.command.Do.(*ledger.CloseCounter); ok && a.Shop == shop {
			d = dayAfter(d.number, i)
			continue
		}
		at, opens := n.shopOf(e)
		if at != shop {
			continue
		}
		if d.from == 0 {
			d.number, d.from = d.number+1, i
		}
		if opens && !d.open {
			d.open, d.on = true, e.on
		}
		d.through = i
		n.count(d, i, e)
	}
	return d
}

// shopOf says at which counter something happened, and whether that opens it.
func (n *Naive) shopOf(e *event) (shop ledger.ShopID, opens bool) {
	if a, ok := e.command.Do.(*ledger.OpenCounter); ok {
		return a.Shop, true
	}
	if sold, ok := n.sale(e); ok {
		return sold.Shop, true
	}
	if sold, _, ok := n.exchangeOf(e); ok {
		return sold.Shop, false
	}
	return n.shelfOf(e), false
}

// shelfOf says from which shelf something was written off, given in need or found to differ.
func (n *Naive) shelfOf(e *event) ledger.ShopID {
	paper := ledger.Index(0)
	switch a := e.command.Do.(type) {
	case *ledger.FinaliseCount:
		return n.counting(a.Count).open.Shop
	case *ledger.ConfirmWriteOff:
		paper = a.Paper
	case *ledger.GiveRelief:
		paper = a.Paper
	case *ledger.Reverse:
		switch b := n.history[a.Entry].command.Do.(type) {
		case *ledger.ConfirmWriteOff:
			paper = b.Paper
		case *ledger.GiveRelief:
			paper = b.Paper
		}
	}
	if paper == 0 { // which is so of nearly everything
		return ""
	}
	switch a, _ := n.paper(paper); a := a.(type) {
	case *ledger.DeclareWriteOff:
		return a.Shop
	case *ledger.DeclareRelief:
		return a.Shop
	}
	return ""
}

// exchangeOf returns the exchange that an event is, returns, undoes or reverses.
func (n *Naive) exchangeOf(e *event) (*ledger.Redeem, int, bool) {
	if sold, ok := n.sale(e); ok {
		return sold, 0, true
	}
	i := 0
	switch a := e.command.Do.(type) {
	case *ledger.Return:
		i = int(a.Redemption)
	case *ledger.Undo:
		i = int(a.Redemption)
	case *ledger.Reverse:
		i = int(a.Entry)
	default:
		return nil, 0, false
	}
	sold, ok := n.redemption(ledger.Index(i))
	return sold, i, ok
}

// count adds an event at a counter to its day, by what moved.
func (n *Naive) count(d *counted, i int, e *event) {
	for _, m := range n.moves {
		if what, item, ok := otherwise(m.owner); ok && m.event == i {
			d.moved[what+" "+item] += m.amount
		}
	}
	sold, _, ok := n.exchangeOf(e)
	if !ok {
		return
	}
	out := false
	switch e.command.Do.(type) {
	case *ledger.Redeem, *ledger.Settle:
		d.out++
		out = true
		if sold.Voucher != 0 {
			d.vouchers = append(d.vouchers, sold.Voucher)
		}
	case *ledger.Undo:
		d.undone++
	default:
		d.backs++
	}
	for _, m := range n.moves {
		if m.event != i {
			continue
		}
		switch {
		case m.owner == "redeemed "+string(sold.Shop) && out:
			d.points += m.amount
		case m.owner == "redeemed "+string(sold.Shop):
			d.pointsBack -= m.amount
		}
		for _, l := range sold.Lines {
			switch m.owner {
			case "short " + string(sold.Shop) + " " + string(l.Item):
				d.pieces[l.Item] += m.amount
			case shelf(sold.Shop, l.Item):
				d.pieces[l.Item] -= m.amount
			}
		}
	}
}

// otherwise splits the owner of goods that neither stand on a shelf nor were exchanged.
func otherwise(owner string) (what, item string, ok bool) {
	f := strings.Fields(owner)
	if len(f) != 3 || !slices.Contains([]string{"short", "lost", "found", "scrapped", "relieved"}, f[0]) {
		return "", "", false
	}
	return f[0], f[2], true
}

// differDays compares the days of both counters.
func (n *Naive) differDays(m *Memory) string {
	for _, shop := range []ledger.ShopID{"S01", "S02"} {
		want := n.dayAt(shop)
		got, err := m.View(n.today).Counter(shop)
		if err != nil {
			return err.Error()
		}
		pieces, moved := map[ledger.Commodity]ledger.Amount{}, map[string]ledger.Amount{}
		for _, r := range got.Items {
			pieces[r.Item] = r.Pieces - r.Back
			for what, amount := range map[string]ledger.Amount{
				"short": r.Short, "lost": r.Lost, "found": r.Found, "scrapped": r.Scrapped, "relieved": r.Relieved,
			} {
				moved[what+" "+string(r.Item)] = amount
			}
		}
		same := got.Open == want.open && got.Number == want.number && got.From == ledger.Index(want.from) && got.Through == ledger.Index(want.through) &&
			got.Closed == ledger.Index(want.closed) && got.On == want.on && got.Exchanges == want.out && got.Undone == want.undone &&
			got.Returns == want.backs && got.Points == want.points && got.BackPoints == want.pointsBack &&
			slices.Equal(got.Vouchers, want.vouchers)
		for item, left := range want.pieces {
			same = same && pieces[item] == left
		}
		for key, amount := range want.moved {
			same = same && moved[key] == amount
		}
		if !same {
			return fmt.Sprintf("day of %s: naive %+v, book %+v", shop, *want, got)
		}
		if d := n.differVouchers(m, shop); d != "" {
			return d
		}
	}
	return n.differVisits(m)
}

// differVisits compares what everybody and every household exchanged in the last year.
func (n *Naive) differVisits(m *Memory) string {
	want := map[string]visited{}
	n.visits(n.today-365, n.today, func(owner string, v visited) {
		sum := want[owner]
		sum.times, sum.points = sum.times+v.times, sum.points+v.points
		want[owner] = sum
	})
	for _, owner := range n.visitors() {
		got, err := m.View(n.today).Visits(owner)
		if err != nil {
			return err.Error()
		}
		var sum visited
		for _, d := range got.Days {
			if d.On >= n.today-365 {
				sum.times, sum.points = sum.times+d.Visits, sum.points+d.Points
			}
		}
		if sum != want[owner] {
			return fmt.Sprintf("visits of %s: naive %+v, book %v", owner, want[owner], got)
		}
	}
	return ""
}

// visited is what somebody exchanged, less what came back.
type visited struct {
	times  int64
	points ledger.Amount
}

// visitors lists everybody who is enrolled, and their households.
func (n *Naive) visitors() (owners []string) {
	each(n, func(_ int, _ *event, a *ledger.Enroll) {
		owners = append(owners, string(a.Volunteer))
		if a.Household != "" && !slices.Contains(owners, string(a.Household)) {
			owners = append(owners, string(a.Household))
		}
	})
	each(n, func(_ int, _ *event, a *ledger.SetHousehold) {
		if a.Household != "" && !slices.Contains(owners, string(a.Household)) {
			owners = append(owners, string(a.Household))
		}
	})
	return owners
}

// visits shows every exchange from a day to another that stands, once for the volunteer and once for their household.
func (n *Naive) visits(from, to ledger.Date, show func(owner string, v visited)) {
	points := map[int]ledger.Amount{}
	for _, m := range n.moves {
		if strings.HasPrefix(m.owner, "redeemed ") {
			if _, of, ok := n.exchangeOf(&n.history[m.event]); ok && of > 0 {
				points[of] += m.amount
			} else {
				points[m.event] += m.amount
			}
		}
	}
	n.sales(func(i int, e *event, a *ledger.Redeem) {
		if on := wentOut(e, a); on < from || on > to || e.reversed > 0 {
			return
		}
		for _, number := range n.numbers(a.Volunteer) {
			show(string(number), visited{1, points[i]})
		}
		for _, home := range n.homes(a.Volunteer, wentOut(e, a)) {
			show(string(home), visited{1, points[i]})
		}
	})
}

// undoing is an exchange that is undone by whoever made it or another, in time or too late, before a return or after one.
func (g *Generator) undoing() {
	sold := g.sell()
	if sold == 0 {
		return
	}
	switch g.rng.IntN(6) {
	case 0, 1:
		g.ask(steward, &ledger.Return{Redemption: sold, Reason: ledger.WrongItem, Lines: pick(g, nil, one(sku(1)))})
	case 2:
		g.wait(time.Minute)
	}
	for range 2 {
		g.ask(pick(g, clerk, clerk, Everyone), &ledger.Undo{Redemption: sold})
	}
}

// opening is a counter that is opened and closed, and opened and closed again.
func (g *Generator) opening() {
	shop := g.shop()
	for range 2 {
		g.ask(pick(g, keeper, clerk), &ledger.OpenCounter{Shop: shop})
	}
	for range 1 + g.rng.IntN(2) {
		g.ask(clerk, &ledger.CloseCounter{Shop: shop})
	}
}

// refusing is somebody at a counter who asks, within one hour, for what is always refused.
func (g *Generator) refusing() {
	g.at = g.at.Truncate(time.Hour).Add(time.Hour)
	who, v := pick(g, clerk, clerk, Everyone), g.people[2+2*g.rng.IntN(4)]
	for range ledger.MaxRefusals + 4 {
		g.ask(who, &ledger.Redeem{Volunteer: v, Shop: "S01", Presence: ledger.ByCard, Lines: []ledger.ItemLine{{Item: sku(1 + g.rng.IntN(4)), Pieces: 900}}})
	}
	if g.rng.IntN(2) == 0 {
		g.wait(time.Hour)
		g.ask(who, &ledger.Redeem{Volunteer: v, Shop: "S01", Presence: ledger.ByCard, Lines: one(sku(1))})
	}
}

// proxies names as many who fetch goods for somebody as there may be, and more.
func (g *Generator) proxies() {
	v := g.person()
	for n := range ledger.MaxProxies + 4 {
		g.ask(steward, &ledger.SetProxy{Volunteer: v, Proxy: ledger.NewVolunteerID(1 + n%10 + n/10*lastPerson), Relation: ledger.Neighbour})
	}
}
