package ledgertest

import (
	"slices"

	"aixin/ledger"
)

// The family of the counter: goods against points, and back.

func counterFamily() family {
	return family{
		answer: (*Naive).counter,
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.Redeem:
				return []ledger.Role{ledger.Clerk}
			case *ledger.Return:
				return []ledger.Role{ledger.Clerk, ledger.Steward}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			switch a := do.(type) {
			case *ledger.Redeem:
				return nobodys(a.Volunteer) || nobodys(a.Proxy) || basket(a.Lines, 1) || (a.Voucher == 0) != (a.Happened == 0)
			case *ledger.Return:
				return a.Redemption <= 0 || basket(a.Lines, 0)
			}
			return false
		},
		whose: redeemer,
		keeps: func(do ledger.Action) bool { return redeemer(do) != "" },
		touched: func(_ *Naive, e *event) []ledger.VolunteerID {
			if v := redeemer(e.command.Do); v != "" {
				return []ledger.VolunteerID{v}
			}
			return nil
		},
		undo: func(n *Naive, i int, e *event) (Answer, bool) {
			sold, ok := e.command.Do.(*ledger.Redeem)
			switch {
			case !ok:
				return Answer{}, false
			case len(e.back) > 0:
				return no(ledger.HasReturns), true
			}
			return n.takeGoods(i, sold, sold.Lines), true
		},
		scenes: []scene{{3, (*Generator).exchanging}, {4, (*Generator).regular}},
		draws: []draw{
			{16, func(g *Generator) (ledger.Action, ledger.StaffID) {
				return g.presence(&ledger.Redeem{Volunteer: g.person(), Shop: g.shop(), Lines: g.lines()}), clerk
			}},
			{6, func(g *Generator) (ledger.Action, ledger.StaffID) {
				return g.goodsReturn(), pick(g, clerk, steward, steward)
			}},
		},
	}
}

func redeemer(do ledger.Action) ledger.VolunteerID {
	if a, ok := do.(*ledger.Redeem); ok {
		return a.Volunteer
	}
	return ""
}

func (g *Generator) goodsReturn() *ledger.Return {
	r := &ledger.Return{Redemption: g.recent(g.sales), Reason: pick(g, ledger.WrongItem, ledger.WrongItem, ledger.WrongItem, ledger.OwnRequest)}
	if g.rng.IntN(2) == 0 {
		r.Lines = g.lines()[:1]
	}
	return r
}

func (n *Naive) counter(c ledger.Command, _ *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.Redeem:
		return n.redeem(c, a), true
	case *ledger.Return:
		return n.goodsBack(c, a), true
	}
	return Answer{}, false
}

func (n *Naive) redeem(c ledger.Command, a *ledger.Redeem) Answer {
	if r := n.mayServe(c, a.Volunteer, a.Shop, a.Lines); r.Refused != "" {
		return r
	}
	if r := n.lateVoucher(a); r.Refused != "" {
		return r
	}
	if r := n.mayCome(c, a); r.Refused != "" {
		return r
	}
	if r := n.hasEnough(a); r.Refused != "" {
		return r
	}
	cost, r := n.onShelf(a)
	if r.Refused != "" {
		return r
	}
	points := n.purse(a.Volunteer, n.today)
	gift := n.giftPart(a, cost)
	if r := n.tooFew(a.Volunteer, cost-gift, ledger.InsufficientPoint); r.Refused != "" {
		return r
	}
	n.draw(gifts(a.Volunteer), gift)
	n.spend(points, cost-gift)
	for _, l := range a.Lines {
		missing := l.Pieces
		for _, t := range n.drawFrom(shelf(a.Shop, l.Item), l.Pieces, n.mayHave(a.Volunteer)) {
			missing -= t.Left
		}
		n.move("short "+string(a.Shop)+" "+string(l.Item), lot{}, missing)
	}
	n.move("redeemed "+string(a.Shop), lot{}, cost)
	return Answer{Kind: ledger.Redeemed}
}

// mayServe refuses whoever may not be served, or not by this actor.
func (n *Naive) mayServe(c ledger.Command, who ledger.VolunteerID, s ledger.ShopID, lines []ledger.ItemLine) Answer {
	v, status := n.volunteer(who)
	ok := v != nil && n.known(string(s))
	for _, l := range lines {
		ok = ok && n.known(string(l.Item))
	}
	switch {
	case !ok:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case status == ledger.Frozen:
		return no(ledger.AccountFrozen)
	case n.self(c.Actor, who):
		return no(ledger.SelfService)
	}
	return Answer{}
}

// onShelf says what the goods cost, and refuses what has no price, is beyond a limit, or is past its date or given for others.
func (n *Naive) onShelf(a *ledger.Redeem) (cost ledger.Amount, r Answer) {
	for _, l := range a.Lines {
		p, ok := n.priceOn(l.Item, n.dayOf(a))
		if !ok {
			return 0, no(ledger.NoPrice)
		}
		cost += p * l.Pieces
	}
	if r := n.withinLimits(a, n.pricesOf(n.dayOf(a))); r.Refused != "" {
		return 0, r
	}
	for _, l := range a.Lines {
		if lots := n.openLots(shelf(a.Shop, l.Item)); len(lots) > 0 && !slices.ContainsFunc(lots, n.lasts) {
			return 0, no(ledger.PastDateOnly)
		}
		if r, refused := n.forOthers(a.Volunteer, a.Shop, l); refused {
			return 0, r
		}
	}
	return cost, Answer{}
}

// forOthers refuses a line of which what is left was given for other people.
func (n *Naive) forOthers(v ledger.VolunteerID, s ledger.ShopID, l ledger.ItemLine) (Answer, bool) {
	have := n.freeOf(shelf(s, l.Item), n.mayHave(v))
	return noAmount(ledger.Restricted, have, l.Pieces), have < l.Pieces && have < n.usable(shelf(s, l.Item))
}

// outside counts the pieces of an item that an event handed out and that did not come back.
func (n *Naive) outside(i int, s ledger.ShopID, item ledger.Commodity) ledger.Amount {
	var out ledger.Amount
	for _, k := range n.movesOf(i, shelf(s, item)) {
		out += -n.moves[k].amount - n.history[i].back[k]
	}
	for _, k := range n.movesOf(i, "short "+string(s)+" "+string(item)) {
		out += n.moves[k].amount - n.history[i].back[k]
	}
	return out
}

// sale returns the exchange that an event is, at once or out of a hold.
func (n *Naive) sale(e *event) (*ledger.Redeem, bool) {
	switch a := e.command.Do.(type) {
	case *ledger.Redeem:
		return a, true
	case *ledger.Settle:
		return n.collected(a), true
	}
	return nil, false
}

// sales shows every exchange.
func (n *Naive) sales(show func(i int, e *event, sold *ledger.Redeem)) {
	for i := range n.history {
		if e := &n.history[i]; e.answer.Refused == "" {
			if sold, ok := n.sale(e); ok {
				show(i, e, sold)
			}
		}
	}
}

// redemption returns an exchange by its index.
func (n *Naive) redemption(i ledger.Index) (*ledger.Redeem, bool) {
	if int(i) >= len(n.history) || n.history[i].answer.Refused != "" {
		return nil, false
	}
	return n.sale(&n.history[i])
}

func (n *Naive) goodsBack(c ledger.Command, a *ledger.Return) Answer {
	sold, ok := n.redemption(a.Redemption)
	if !ok {
		return no(ledger.NotFound)
	}
	i := int(a.Redemption)
	_, status := n.volunteer(sold.Volunteer)
	switch {
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case n.self(c.Actor, sold.Volunteer):
		return no(ledger.SelfService)
	case n.closedSince(sold.Shop, i) && !n.hasRole(c, ledger.Steward):
		return no(ledger.DayClosed)
	case n.mayReturn(a, sold.Shop).Refused != "":
		return n.mayReturn(a, sold.Shop)
	case n.history[i].reversed > 0:
		return no(ledger.AlreadyReversed)
	}
	lines := a.Lines
	if len(lines) == 0 {
		for _, l := range sold.Lines {
			if out := n.outside(i, sold.Shop, l.Item); out > 0 {
				lines = append(lines, ledger.ItemLine{Item: l.Item, Pieces: out})
			}
		}
		if len(lines) == 0 {
			return no(ledger.NothingToReturn)
		}
	}
	for _, l := range lines {
		if out := n.outside(i, sold.Shop, l.Item); l.Pieces > out {
			return noAmount(ledger.NothingToReturn, out, l.Pieces)
		}
	}
	if r := n.takeGoods(i, sold, lines); r.Refused != "" {
		return r
	}
	return Answer{Kind: ledger.Returned}
}

// takeGoods takes lines of a redemption back: the points of then, and the goods, those first that were not in the book.
func (n *Naive) takeGoods(i int, sold *ledger.Redeem, lines []ledger.ItemLine) Answer {
	var points ledger.Amount
	for _, l := range lines {
		points += n.priceThen(i, l.Item) * l.Pieces
	}
	gift := min(points, n.giftsLeft(i, sold))
	points -= gift
	if !n.unspent(i, points) {
		return no(ledger.StillHeld)
	}
	n.giftsBack(i, sold, gift)
	n.move("redeemed "+string(sold.Shop), lot{}, -points-gift)
	for _, l := range lines {
		left := l.Pieces
		short := "short " + string(sold.Shop) + " " + string(l.Item)
		for _, k := range n.movesOf(i, short) {
			back := min(left, n.moves[k].amount-n.history[i].back[k])
			n.history[i].back[k] += back
			n.move(short, lot{}, -back)
			left -= back
		}
		n.giveBack(i, shelf(sold.Shop, l.Item), left, false)
	}
	return Answer{}
}

// pricesOf returns the price of a piece on a day, or nothing.
func (n *Naive) pricesOf(day ledger.Date) func(ledger.Commodity) ledger.Amount {
	return func(item ledger.Commodity) ledger.Amount {
		p, _ := n.priceOn(item, day)
		return p
	}
}

// priceThen returns the price of a piece at the time of an event, by looking only at what was known then.
func (n *Naive) priceThen(i int, item ledger.Commodity) ledger.Amount {
	if a, ok := n.history[i].command.Do.(*ledger.Settle); ok {
		i = int(a.Hold) // the price of a hold is that of its day
	}
	then := &Naive{families: n.families, history: n.history[:i]}
	on := n.history[i].on
	if a, ok := n.history[i].command.Do.(*ledger.Redeem); ok {
		on = wentOut(&n.history[i], a)
	}
	p, _ := then.priceOn(item, on)
	return p
}

// exchanging is an exchange of which something comes back.
func (g *Generator) exchanging() {
	if sold := g.sell(); sold > 0 {
		g.givingBack(sold)
	}
}

// sell exchanges something, if one of the first who come has the points and may.
func (g *Generator) sell() (sold ledger.Index) {
	for range 3 {
		a := &ledger.Redeem{Volunteer: g.spender(), Shop: pick(g, ledger.ShopID("S01"), "S01", "S02"), Presence: ledger.ByCard, Lines: one(sku(1 + g.rng.IntN(3)))}
		a.Lines[0].Pieces += ledger.Amount(g.rng.IntN(2))
		if sold = g.ask(clerk, a); sold > 0 {
			break
		}
	}
	return sold
}

// givingBack returns an exchange, reverses or undoes it, one after the other.
func (g *Generator) givingBack(sold ledger.Index) {
	if g.rng.IntN(4) == 0 {
		g.ask(clerk, &ledger.CloseCounter{Shop: g.shop()})
	}
	if g.rng.IntN(6) == 0 {
		g.sleep(g.rng.IntN(6))
	}
	for range 3 {
		switch g.rng.IntN(4) {
		case 0, 1:
			g.ask(pick(g, clerk, steward), &ledger.Return{Redemption: sold, Reason: pick(g, ledger.WrongItem, ledger.WrongItem, ledger.OwnRequest)})
		case 2:
			g.ask(steward, &ledger.Reverse{Entry: sold, Reason: ledger.ClerkError})
		default:
			g.ask(pick(g, clerk, Everyone), &ledger.Undo{Redemption: sold})
		}
	}
}

// regular is somebody who has served and earned enough, and comes to the shop with limits until they are reached.
func (g *Generator) regular() {
	v := g.people[2*g.rng.IntN(5)+1]
	g.sleep(1)
	if record := g.ask(leader, &ledger.DeclareHours{
		Volunteer: v, Activity: "A003", Start: ledger.NewStart(g.today().AddDays(-1-g.rng.IntN(3)), 480), Minutes: 120, Capture: ledger.Roster,
	}); record > 0 {
		g.ask(reviewer, &ledger.Approve{Record: record})
	}
	g.earn(v, 3000)
	by := pick(g, ledger.ByCard, ledger.ByCard, ledger.ByTyped, ledger.ByCall)
	for range 4 {
		g.ask(clerk, &ledger.Redeem{Volunteer: v, Shop: "S02", Presence: by, PIN: g.rng.IntN(4) > 0, Lines: []ledger.ItemLine{
			{Item: sku(pick(g, 1, 3)), Pieces: ledger.Amount(1 + g.rng.IntN(3))},
		}})
		if g.rng.IntN(6) == 0 {
			v = g.spender()
		}
	}
}
