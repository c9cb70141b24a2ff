package ledgertest

import (
	"slices"
	"time"

	"aixin/ledger"
)

// The rule of a counter, asked of everything that ever happened there.

// ruleAt returns what the rule says that holds at a shop on a day.
func (n *Naive) ruleAt(shop ledger.ShopID, day ledger.Date) ledger.CounterRule {
	return n.shopRule(shop, day).Counter
}

func (n *Naive) shopRule(shop ledger.ShopID, day ledger.Date) ledger.Rule {
	var unit ledger.UnitID
	each(n, func(_ int, _ *event, a *ledger.AddShop) {
		if a.Shop == shop {
			unit = a.Unit
		}
	})
	rule, _ := n.rule(unit, day)
	return rule
}

// mayCome answers for what the counter's rule asks of when and who.
func (n *Naive) mayCome(c ledger.Command, a *ledger.Redeem) Answer {
	rule := n.ruleAt(a.Shop, n.dayOf(a))
	if !n.inWindow(rule.Windows, a) {
		return no(ledger.WindowClosed)
	}
	if by := n.guardedBy(a.Volunteer); by != "" && by != a.Proxy {
		return no(ledger.GuardianOnly)
	}
	if r := n.mayFetch(c, a, rule); r.Refused != "" {
		return r
	}
	for _, p := range rule.Presence {
		if p.By != a.Presence {
			continue
		}
		proof := len(p.Needs) == 0
		for _, need := range p.Needs {
			proof = proof || (need == "pin" && a.PIN) || (need == "slip" && (a.Slip != "" || a.Voucher != 0))
		}
		if !proof {
			return no(ledger.PresenceNeeded)
		}
		var had ledger.Amount
		n.sales(func(_ int, e *event, b *ledger.Redeem) {
			if e.on == n.today && e.command.Actor == c.Actor && b.Presence == a.Presence && b.Voucher == 0 {
				had++
			}
		})
		if p.PerDay > 0 && a.Voucher == 0 && had >= ledger.Amount(p.PerDay) {
			return noAmount(ledger.LimitReached, had, ledger.Amount(p.PerDay))
		}
	}
	return Answer{}
}

// hasEnough answers for what the counter's rule asks that somebody has.
func (n *Naive) hasEnough(a *ledger.Redeem) Answer {
	rule := n.ruleAt(a.Shop, n.dayOf(a))
	if r := n.tooFew(a.Volunteer, rule.Least.Points, ledger.LeastPoints); r.Refused != "" {
		return r
	}
	if have := n.minutes(a.Volunteer); have < rule.Least.Minutes {
		return noAmount(ledger.LeastMinutes, have, rule.Least.Minutes)
	}
	if have := n.times(a.Volunteer); have < rule.Least.Times {
		return noAmount(ledger.LeastTimes, have, rule.Least.Times)
	}
	return Answer{}
}

func (n *Naive) inWindow(windows []ledger.Window, a *ledger.Redeem) bool {
	shop, on, local := a.Shop, n.dayOf(a), n.now.In(n.zone)
	minute := ledger.Amount(local.Hour()*60 + local.Minute())
	var today []ledger.Window
	named := false
	for _, w := range windows {
		if w.Shop != "" && w.Shop != shop {
			continue
		}
		named = true
		if w.On == on {
			today = append(today, w)
		}
	}
	if len(today) == 0 {
		short := map[time.Weekday]string{0: "sun", 1: "mon", 2: "tue", 3: "wed", 4: "thu", 5: "fri", 6: "sat"}[on.Time().Weekday()]
		for _, w := range windows {
			if (w.Shop == "" || w.Shop == shop) && w.On == 0 && (len(w.Weekdays) == 0 || slices.Contains(w.Weekdays, short)) {
				today = append(today, w)
			}
		}
	}
	for _, w := range today {
		if !w.Closed && (a.Voucher != 0 || minute >= w.From && (w.Until == 0 || minute < w.Until)) {
			return true
		}
	}
	return !named
}

func (n *Naive) mayFetch(c ledger.Command, a *ledger.Redeem, rule ledger.CounterRule) Answer {
	if a.Proxy == "" {
		return Answer{}
	}
	by, status := n.volunteer(a.Proxy)
	who, _ := n.volunteer(a.Volunteer)
	switch {
	case by == nil:
		return no(ledger.NotFound)
	case a.Proxy == a.Volunteer:
		return no(ledger.NotProxy)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case n.self(c.Actor, a.Proxy):
		return no(ledger.SelfService)
	case n.guardedBy(who.Volunteer) == a.Proxy:
		return Answer{}
	case rule.Proxy == "":
		return no(ledger.RuleOff)
	case rule.Proxy == "anyone" || (n.household(a.Volunteer) != "" && n.household(a.Volunteer) == n.household(by.Volunteer)):
	case rule.Proxy == "declared" && n.isProxy(a.Volunteer, a.Proxy):
	default:
		return no(ledger.NotProxy)
	}
	for _, need := range rule.ProxyNeeds {
		if !slices.Contains(a.Checked, need) {
			return no(ledger.Incomplete)
		}
	}
	return Answer{}
}

// isProxy looks for the last word about somebody who fetches goods for a volunteer.
func (n *Naive) isProxy(v, proxy ledger.VolunteerID) (is bool) {
	each(n, func(_ int, _ *event, a *ledger.SetProxy) {
		if a.Volunteer == v && a.Proxy == proxy {
			is = !a.Ended
		}
	})
	return is
}

// withinLimits answers for the limits of the counter's rule, at the prices that hold for the exchange.
func (n *Naive) withinLimits(a *ledger.Redeem, price func(ledger.Commodity) ledger.Amount) Answer {
	home := n.householdOn(a.Volunteer, n.dayOf(a), len(n.history))
	for _, l := range n.ruleAt(a.Shop, n.dayOf(a)).Limits {
		mine := func(v ledger.VolunteerID, on ledger.Date) bool {
			if l.Household && home != "" {
				return slices.Contains(n.homes(v, on), home)
			}
			return n.person(v) == a.Volunteer
		}
		have, asks := n.exchanged(l, n.dayOf(a), mine), ledger.Amount(0)
		switch l.Of {
		case "visits":
			asks = 1
		case "points":
			for _, line := range a.Lines {
				asks += price(line.Item) * line.Pieces
			}
		default:
			for _, line := range a.Lines {
				if l.Item == "" || l.Item == line.Item {
					asks += line.Pieces
				}
			}
		}
		switch {
		case asks == 0 || have+asks <= l.Most:
		case l.Of == "points":
			return noAmount(ledger.PointsLimit, have, l.Most)
		default:
			return noAmount(ledger.LimitReached, have, l.Most)
		}
	}
	return Answer{}
}

// exchanged adds up what a limit counts, of the exchanges of its period that stand.
func (n *Naive) exchanged(l ledger.Limit, day ledger.Date, mine func(ledger.VolunteerID, ledger.Date) bool) (have ledger.Amount) {
	n.sales(func(i int, e *event, a *ledger.Redeem) {
		if e.reversed > 0 || !mine(a.Volunteer, wentOut(e, a)) || !samePeriod(l.Per, wentOut(e, a), day) {
			return
		}
		if l.Of == "visits" {
			have++
			return
		}
		for _, line := range a.Lines {
			switch out := n.outside(i, a.Shop, line.Item); {
			case l.Of == "points":
				have += n.priceThen(i, line.Item) * out
			case l.Item == "" || l.Item == line.Item:
				have += out
			}
		}
	})
	return have
}

// mayReturn answers for what the counter's rule says of returns.
func (n *Naive) mayReturn(a *ledger.Return, shop ledger.ShopID) Answer {
	rule, sold := n.ruleAt(shop, n.today).Returns, n.history[a.Redemption]
	day := ledger.Amount(n.today-sold.on) + 1
	switch {
	case len(rule.Reasons) > 0 && !slices.Contains(rule.Reasons, a.Reason):
		return no(ledger.RuleOff)
	case rule.Days > 0 && day > ledger.Amount(rule.Days):
		return noAmount(ledger.TooLate, day, ledger.Amount(rule.Days))
	}
	return Answer{}
}

// setProxy answers the declaration of somebody who fetches goods for a volunteer.
func (n *Naive) setProxy(c ledger.Command, a *ledger.SetProxy) Answer {
	for _, v := range []ledger.VolunteerID{a.Volunteer, a.Proxy} {
		who, status := n.volunteer(v)
		switch {
		case who == nil:
			return no(ledger.NotFound)
		case status == ledger.Closed:
			return no(ledger.AccountClosed)
		case n.self(c.Actor, v):
			return no(ledger.SelfService)
		}
	}
	switch is := n.isProxy(a.Volunteer, a.Proxy); {
	case a.Ended && !is:
		return no(ledger.NotFound)
	case !a.Ended && is:
		return no(ledger.AlreadyExists)
	}
	if have := n.proxies(a.Volunteer); !a.Ended && have >= ledger.MaxProxies {
		return noAmount(ledger.TooLarge, have, ledger.MaxProxies)
	}
	return Answer{Kind: ledger.ProxySet}
}

// proxies counts who may fetch goods for a volunteer.
func (n *Naive) proxies(v ledger.VolunteerID) (count ledger.Amount) {
	is := map[ledger.VolunteerID]bool{}
	each(n, func(_ int, _ *event, a *ledger.SetProxy) {
		if a.Volunteer == v {
			is[a.Proxy] = !a.Ended
		}
	})
	for _, one := range is {
		if one {
			count++
		}
	}
	return count
}

// fetching lets somebody fetch for another what was set aside and what was not, as the clerk checks this of them or that.
func (g *Generator) fetching() {
	v, by, item := g.spender(), g.person(), sku(1+g.rng.IntN(3))
	if v == by {
		return
	}
	g.deliver("S02", item)
	hold := g.ask(clerk, &ledger.Hold{Volunteer: v, Shop: "S02", Lines: one(item)})
	g.ask(steward, &ledger.SetProxy{Volunteer: v, Proxy: by, Relation: ledger.Neighbour})
	for _, checked := range [][]ledger.Check{nil, {"phone"}, {"document"}, {"phone", "document"}} {
		g.ask(clerk, &ledger.Redeem{Volunteer: v, Shop: "S02", Presence: ledger.ByProxy, Proxy: by, Checked: checked, Lines: one(item)})
		if hold > 0 {
			g.ask(clerk, &ledger.Settle{Hold: hold, Presence: ledger.ByProxy, Proxy: by, Checked: checked})
		}
	}
}

// presence draws a way to be present, with its proof or without.
func (g *Generator) presence(r *ledger.Redeem) *ledger.Redeem {
	r.Presence = pick(g, ledger.ByCard, ledger.ByCard, ledger.ByTyped, ledger.ByCall)
	switch g.rng.IntN(8) {
	case 0, 1, 2:
		r.PIN = true
	case 3:
		r.Slip = "77"
	case 4:
		if r.Proxy = g.person(); r.Proxy != r.Volunteer {
			r.Presence = ledger.ByProxy
			r.Checked = pick(g, nil, []ledger.Check{"document"}, []ledger.Check{"phone", "document"})
		} else {
			r.Proxy = ""
		}
	}
	return r
}
