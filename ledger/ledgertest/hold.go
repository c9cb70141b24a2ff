package ledgertest

import (
	"fmt"
	"slices"
	"strings"

	"aixin/ledger"
)

// The family of holds: what is set aside of lots, until it is collected, given up or over.

// aside is what a hold set aside of one lot.
type aside struct {
	owner  string
	lot    lot
	amount ledger.Amount
}

// reserved is what the generator knows of holds.
type reserved struct {
	holds     []ledger.Index
	named     []ledger.Index // entries that opened lots which holds name
	delivered []*ledger.Receive
	earners   []ledger.VolunteerID
}

func holdFamily() family {
	return family{
		answer: (*Naive).holding,
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.Hold, *ledger.Settle:
				return []ledger.Role{ledger.Clerk}
			case *ledger.Release:
				return []ledger.Role{ledger.Clerk, ledger.Steward}
			case *ledger.EndHold:
				return []ledger.Role{ledger.Steward}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			switch a := do.(type) {
			case *ledger.Hold:
				return nobodys(a.Volunteer) || basket(a.Lines, 1)
			case *ledger.Settle:
				return a.Hold <= 0 || nobodys(a.Proxy) || basket(a.Lines, 0)
			case *ledger.Release:
				return a.Hold <= 0
			case *ledger.EndHold:
				return a.Hold <= 0
			}
			return false
		},
		keeps: func(do ledger.Action) bool {
			switch do.(type) {
			case *ledger.Hold, *ledger.Settle:
				return true
			}
			return false
		},
		touched: func(n *Naive, e *event) []ledger.VolunteerID {
			if a, ok := e.command.Do.(*ledger.Settle); ok {
				return []ledger.VolunteerID{n.collected(a).Volunteer}
			}
			return nil
		},
		undo: func(n *Naive, i int, e *event) (Answer, bool) {
			a, ok := e.command.Do.(*ledger.Settle)
			switch {
			case !ok:
				return Answer{}, false
			case len(e.back) > 0:
				return no(ledger.HasReturns), true
			}
			sold := n.collected(a)
			return n.takeGoods(i, sold, sold.Lines), true
		},
		differs: (*Naive).holdsDiffer,
		draws:   holdDraws(),
		scenes:  []scene{{8, (*Generator).reserving}},
	}
}

func holdDraws() []draw {
	return []draw{
		{14, func(g *Generator) (ledger.Action, ledger.StaffID) { return g.hold(), clerk }},
		{12, ofHold(func(g *Generator, i ledger.Index) (ledger.Action, ledger.StaffID) {
			came := g.presence(&ledger.Redeem{})
			a := &ledger.Settle{Hold: i, Presence: came.Presence, Proxy: came.Proxy, PIN: came.PIN, Slip: came.Slip, Checked: came.Checked}
			if g.rng.IntN(3) == 0 {
				a.Lines = g.lines()[:1]
			}
			return a, clerk
		})},
		{2, ofHold(func(_ *Generator, i ledger.Index) (ledger.Action, ledger.StaffID) {
			return &ledger.Release{Hold: i, Reason: ledger.OwnRequest}, clerk
		})},
		{8, ofHold(func(_ *Generator, i ledger.Index) (ledger.Action, ledger.StaffID) {
			return &ledger.EndHold{Hold: i}, steward
		})},
		{1, ofHold(func(g *Generator, _ ledger.Index) (ledger.Action, ledger.StaffID) {
			return &ledger.Reverse{Entry: g.lately(g.named), Reason: ledger.ClerkError}, steward
		})},
	}
}

// ofHold draws what names a hold; as long as none was seen, mostly another hold.
func ofHold(of func(*Generator, ledger.Index) (ledger.Action, ledger.StaffID)) func(*Generator) (ledger.Action, ledger.StaffID) {
	return func(g *Generator) (ledger.Action, ledger.StaffID) {
		if len(g.holds) == 0 && g.rng.IntN(8) > 0 {
			return g.hold(), clerk
		}
		return of(g, g.lately(g.holds))
	}
}

// hold draws a hold, mostly of what was delivered lately and for somebody who earned something lately.
func (g *Generator) hold() *ledger.Hold {
	a := &ledger.Hold{Volunteer: g.person(), Shop: g.shop(), Lines: g.lines()[:1]}
	a.Lines[0].Pieces = min(a.Lines[0].Pieces, 2)
	if n := len(g.earners); n > 0 && g.rng.IntN(4) > 0 {
		a.Volunteer = g.earners[n-1-g.rng.IntN(min(n, 3))]
	}
	if n := len(g.delivered); n > 0 && g.rng.IntN(4) > 0 {
		d := g.delivered[n-1-g.rng.IntN(min(n, 3))]
		a.Shop, a.Lines[0].Item = d.Shop, d.Lines[0].Item
	}
	if g.rng.IntN(3) > 0 {
		a.Until = g.today().AddDays(g.rng.IntN(7) - 1)
	}
	return a
}

// sawHold remembers a hold and what opened the lots that it names, and of what and for whom one may be.
func (g *Generator) sawHold(e ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.Reservation:
		g.holds = append(g.holds, e.Index)
		for _, l := range body.Lots {
			g.named = append(g.named, l.Lot.Entry())
		}
	case *ledger.Receive:
		g.delivered = append(g.delivered, body)
	}
	for _, p := range e.Postings {
		if p.Account.Class() == ledger.ClassPoints && p.Amount < 0 && ledger.VolunteerID(p.Account.Owner()).Valid() {
			g.earners = append(g.earners, ledger.VolunteerID(p.Account.Owner()))
		}
	}
}

// lately draws one of the last few that were seen, as recent does one of many.
func (g *Generator) lately(list []ledger.Index) ledger.Index {
	if n := len(list); n > 5 {
		list = list[n-5:]
	}
	return g.recent(list)
}

func (n *Naive) holding(c ledger.Command, e *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.Hold:
		return n.hold(c, a, e), true
	case *ledger.Settle:
		return n.settle(c, a), true
	case *ledger.Release:
		if r := n.isOpen(a.Hold); r.Refused != "" {
			return r, true
		}
		h := &n.history[a.Hold]
		if n.self(c.Actor, h.held().Volunteer) {
			return no(ledger.SelfService), true
		}
		h.aside = nil
		return Answer{Kind: ledger.Released}, true
	case *ledger.EndHold:
		r := n.isOpen(a.Hold)
		switch {
		case r.Refused != "":
			return r, true
		case n.today <= n.history[a.Hold].ends:
			return no(ledger.DateInFuture), true
		}
		n.history[a.Hold].aside = nil
		return Answer{Kind: ledger.HoldEnded}, true
	}
	return Answer{}, false
}

func (n *Naive) hold(c ledger.Command, a *ledger.Hold, e *event) Answer {
	if r := n.mayServe(c, a.Volunteer, a.Shop, a.Lines); r.Refused != "" {
		return r
	}
	if r := n.mayHold(a, e); r.Refused != "" {
		return r
	}
	asks := &ledger.Redeem{Volunteer: a.Volunteer, Shop: a.Shop, Lines: a.Lines}
	if r := n.hasEnough(asks); r.Refused != "" {
		return r
	}
	cost, r := n.onShelf(asks)
	if r.Refused != "" {
		return r
	}
	for _, l := range a.Lines {
		if have := n.freeOf(shelf(a.Shop, l.Item), n.mayHave(a.Volunteer)); have < l.Pieces {
			return noAmount(ledger.ShelfEmpty, have, l.Pieces)
		}
	}
	points := n.purse(a.Volunteer, n.today)
	if r := n.tooFew(a.Volunteer, cost, ledger.InsufficientPoint); r.Refused != "" {
		return r
	}
	for _, o := range points {
		part := min(cost, n.usable(o))
		n.setAside(e, o, part, n.lasts)
		cost -= part
	}
	for _, l := range a.Lines {
		n.setAside(e, shelf(a.Shop, l.Item), l.Pieces, n.mayHave(a.Volunteer))
	}
	return Answer{Kind: ledger.Held}
}

// lasts reports whether a lot has not lapsed.
func (n *Naive) lasts(l ledger.Lot) bool { return !n.past(l) }

// mayHold answers what the rule says of holds, and notes how long it allows this one.
func (n *Naive) mayHold(a *ledger.Hold, e *event) Answer {
	v, _ := n.volunteer(a.Volunteer)
	rule, ok := n.rule(v.Unit, n.today)
	open := ledger.Amount(0)
	each(n, func(_ int, h *event, b *ledger.Hold) {
		if b.Volunteer == a.Volunteer && h.aside != nil {
			open++
		}
	})
	most := ledger.Amount(rule.Hold.Open)
	if most == 0 {
		most = ledger.MaxHolds
	}
	asked := ledger.Amount(a.Until - n.today)
	switch {
	case !ok:
		return no(ledger.NoRule)
	case rule.Hold.Days == 0:
		return no(ledger.RuleOff)
	case a.Until != 0 && asked < 0:
		return no(ledger.DateInPast)
	case a.Until != 0 && asked > ledger.Amount(rule.Hold.Days):
		return noAmount(ledger.HoldTooLong, asked, ledger.Amount(rule.Hold.Days))
	case open >= most:
		return noAmount(ledger.LimitReached, open, most)
	}
	e.ends = a.Until
	if e.ends == 0 {
		e.ends = n.today.AddDays(int(rule.Hold.Days))
	}
	return Answer{}
}

// setAside notes the lots that a hold names: those that a redemption would draw now. It lasts no longer than they do.
func (n *Naive) setAside(e *event, owner string, amount ledger.Amount, fits func(ledger.Lot) bool) {
	for _, l := range n.openLots(owner) {
		part := min(amount, l.Left-l.Held)
		if part == 0 || !fits(l) {
			continue
		}
		amount -= part
		e.aside = append(e.aside, aside{owner, lotOf(l.ID), part})
		if l.Expires != 0 && l.Expires < e.ends {
			e.ends = l.Expires
		}
	}
}

// heldOf adds up what open holds set aside of a lot.
func (n *Naive) heldOf(owner string, id lot) (sum ledger.Amount) {
	for i := range n.history {
		for _, a := range n.history[i].aside {
			if a.owner == owner && a.lot == id {
				sum += a.amount
			}
		}
	}
	return sum
}

// heldIn reports whether holds set aside something of an owner.
func (n *Naive) heldIn(owner string) bool {
	for i := range n.history {
		if slices.ContainsFunc(n.history[i].aside, func(a aside) bool { return a.owner == owner }) {
			return true
		}
	}
	return false
}

// heldFrom reports whether a hold names a lot that an event opened.
func (n *Naive) heldFrom(i int) bool {
	for k := range n.history {
		if slices.ContainsFunc(n.history[k].aside, func(a aside) bool { return a.lot.entry == i }) {
			return true
		}
	}
	return false
}

// held returns what a hold asked for.
func (e *event) held() *ledger.Hold {
	if a, ok := e.command.Do.(*ledger.Hold); ok {
		return a
	}
	return &ledger.Hold{}
}

// isOpen refuses what is no hold, or no open one.
func (n *Naive) isOpen(i ledger.Index) Answer {
	switch {
	case int(i) >= len(n.history) || n.history[i].answer.Kind != ledger.Held:
		return no(ledger.NotFound)
	case n.history[i].aside == nil:
		return no(ledger.HoldClosed)
	}
	return Answer{}
}

// collected returns what a hold handed out, as a redemption.
func (n *Naive) collected(a *ledger.Settle) *ledger.Redeem {
	h := n.history[a.Hold].held()
	out := &ledger.Redeem{
		Volunteer: h.Volunteer, Shop: h.Shop, Lines: a.Lines, Presence: a.Presence, Proxy: a.Proxy, PIN: a.PIN, Slip: a.Slip, Checked: a.Checked,
	}
	if len(a.Lines) == 0 {
		out.Lines = h.Lines
	}
	return out
}

func (n *Naive) settle(c ledger.Command, a *ledger.Settle) Answer {
	if r := n.isOpen(a.Hold); r.Refused != "" {
		return r
	}
	sold := n.collected(a)
	_, status := n.volunteer(sold.Volunteer)
	h := &n.history[a.Hold]
	switch {
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case status == ledger.Frozen:
		return no(ledger.AccountFrozen)
	case n.self(c.Actor, sold.Volunteer):
		return no(ledger.SelfService)
	case n.today > h.ends:
		return no(ledger.HoldClosed)
	}
	if r := n.mayCome(c, sold); r.Refused != "" {
		return r
	}
	var cost ledger.Amount
	price := func(item ledger.Commodity) ledger.Amount { return n.priceThen(int(a.Hold), item) }
	for _, l := range sold.Lines {
		var held ledger.Amount
		for _, m := range h.held().Lines {
			if m.Item == l.Item {
				held = m.Pieces
			}
		}
		if l.Pieces > held {
			return noAmount(ledger.NotHeld, held, l.Pieces)
		}
		cost += price(l.Item) * l.Pieces
	}
	if r := n.withinLimits(sold, price); r.Refused != "" {
		return r
	}
	held, total := h.aside, cost
	h.aside = nil
	var owners []string
	for _, s := range held {
		if strings.HasPrefix(s.owner, "points ") && !slices.Contains(owners, s.owner) {
			owners = append(owners, s.owner)
		}
	}
	for _, o := range owners {
		var part ledger.Amount
		for _, s := range held {
			if s.owner == o {
				part += s.amount
			}
		}
		n.handOut(held, o, min(part, cost))
		cost -= min(part, cost)
	}
	for _, l := range sold.Lines {
		n.handOut(held, shelf(sold.Shop, l.Item), l.Pieces)
	}
	n.move("redeemed "+string(sold.Shop), lot{}, total)
	return Answer{Kind: ledger.Settled}
}

// handOut takes an amount out of what was set aside.
func (n *Naive) handOut(held []aside, owner string, amount ledger.Amount) {
	for _, a := range held {
		if a.owner == owner {
			part := min(a.amount, amount)
			amount -= part
			n.move(owner, a.lot, -part)
		}
	}
}

// holdsDiffer compares which holds are open, and until when, and holds that nothing is available which is held.
func (n *Naive) holdsDiffer(m *Memory) string {
	want, got, who := "", "", map[ledger.VolunteerID]bool{}
	for i := range n.history {
		if n.history[i].aside != nil {
			want += fmt.Sprintf(" %d until %s", i, n.history[i].ends)
		}
	}
	for h, err := range m.View(0).Holds() {
		if err != nil {
			return err.Error()
		}
		who[h.Volunteer] = true
		if h.State == ledger.HoldOpen {
			got += fmt.Sprintf(" %d until %s", h.Index, h.Ends)
		}
	}
	if want != got {
		return fmt.Sprintf("open holds: naive %s, book %s", want, got)
	}
	for v := range who {
		if d := n.availableDiffers(m, v); d != "" {
			return d
		}
	}
	return ""
}

// availableDiffers holds that a volunteer has available what there is, less what lapsed and what is held.
func (n *Naive) availableDiffers(m *Memory, v ledger.VolunteerID) string {
	owner := "points " + string(v)
	var held, lapsed ledger.Amount
	for _, l := range n.openLots(owner) {
		held += l.Held
		if n.past(l) {
			lapsed += l.Left - l.Held
		}
	}
	b, err := m.View(n.today).Balance(v)
	have := n.sum(owner) - lapsed - held
	switch {
	case err != nil:
		return err.Error()
	case b.Available != have || have < 0 || b.Held != held || b.Lapsed != lapsed:
		return fmt.Sprintf("%s: naive has %d available, %d held, %d lapsed; book %d, %d, %d", v, have, held, lapsed, b.Available, b.Held, b.Lapsed)
	}
	return ""
}

// reserving is a hold that ends in one of the ways that there are, and then in another.
func (g *Generator) reserving() {
	v, shop, item := g.spender(), g.shop(), sku(1+g.rng.IntN(3))
	got := g.deliver(shop, item)
	hold := g.ask(clerk, &ledger.Hold{Volunteer: v, Shop: shop, Lines: one(item), Until: g.today().AddDays(g.rng.IntN(3))})
	if hold == 0 {
		return
	}
	if g.rng.IntN(3) > 0 {
		g.ask(steward, &ledger.Reverse{Entry: got, Reason: ledger.ClerkError})
	}
	for range 3 {
		switch g.rng.IntN(6) {
		case 0, 1:
			lines := one(pick(g, item, sku(1+g.rng.IntN(4))))
			lines[0].Pieces += ledger.Amount(g.rng.IntN(2))
			g.ask(clerk, &ledger.Settle{Hold: hold, Presence: ledger.ByCard, Lines: lines})
		case 2:
			if sold := g.ask(clerk, &ledger.Settle{Hold: hold, Presence: ledger.ByCard}); sold > 0 {
				g.givingBack(sold)
			}
		case 3:
			g.ask(pick(g, clerk, steward), &ledger.Release{Hold: hold, Reason: ledger.OwnRequest})
		default:
			g.sleep(g.rng.IntN(3))
			g.ask(steward, &ledger.EndHold{Hold: hold})
		}
	}
}
