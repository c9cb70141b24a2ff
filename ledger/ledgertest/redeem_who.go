package ledgertest

import (
	"fmt"
	"slices"
	"time"

	"aixin/ledger"
)

// The rule of a counter, asked of everything that ever happened there.

// ruleAt returns the rule that holds at a shop today.
func (n *Naive) ruleAt(shop ledger.ShopID) ledger.CounterRule {
	var unit ledger.UnitID
	each(n, func(_ int, _ *event, a *ledger.AddShop) {
		if a.Shop == shop {
			unit = a.Unit
		}
	})
	rule, _ := n.rule(unit, n.today)
	return rule.Counter
}

// mayExchange answers for what the counter's rule asks before prices.
func (n *Naive) mayExchange(c ledger.Command, a *ledger.Redeem) Answer {
	rule := n.ruleAt(a.Shop)
	if !n.inWindow(rule.Windows, a.Shop) {
		return no(ledger.WindowClosed)
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
			proof = proof || (need == "pin" && a.PIN) || (need == "slip" && a.Slip != "")
		}
		if !proof {
			return no(ledger.PresenceNeeded)
		}
		var had ledger.Amount
		each(n, func(_ int, e *event, b *ledger.Redeem) {
			if e.on == n.today && e.command.Actor == c.Actor && b.Presence == a.Presence {
				had++
			}
		})
		if p.PerDay > 0 && had >= ledger.Amount(p.PerDay) {
			return noAmount(ledger.LimitReached, had, ledger.Amount(p.PerDay))
		}
	}
	if have := n.usable("points " + string(a.Volunteer)); have < rule.Least.Points {
		return noAmount(ledger.LeastPoints, have, rule.Least.Points)
	}
	if have := n.sum("hours " + string(a.Volunteer)); have < rule.Least.Minutes {
		return noAmount(ledger.LeastMinutes, have, rule.Least.Minutes)
	}
	return Answer{}
}

func (n *Naive) inWindow(windows []ledger.Window, shop ledger.ShopID) bool {
	local := n.now.In(n.zone)
	minute := ledger.Amount(local.Hour()*60 + local.Minute())
	var today []ledger.Window
	named := false
	for _, w := range windows {
		if w.Shop != "" && w.Shop != shop {
			continue
		}
		named = true
		if w.On == n.today {
			today = append(today, w)
		}
	}
	if len(today) == 0 {
		short := map[time.Weekday]string{0: "sun", 1: "mon", 2: "tue", 3: "wed", 4: "thu", 5: "fri", 6: "sat"}[local.Weekday()]
		for _, w := range windows {
			if (w.Shop == "" || w.Shop == shop) && w.On == 0 && (len(w.Weekdays) == 0 || slices.Contains(w.Weekdays, short)) {
				today = append(today, w)
			}
		}
	}
	for _, w := range today {
		if !w.Closed && minute >= w.From && (w.Until == 0 || minute < w.Until) {
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
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case n.self(c.Actor, a.Proxy):
		return no(ledger.SelfService)
	case rule.Proxy == "":
		return no(ledger.RuleOff)
	case rule.Proxy == "anyone" || (who.Household != "" && who.Household == by.Household):
		return Answer{}
	case rule.Proxy == "declared" && n.isProxy(a.Volunteer, a.Proxy):
		return Answer{}
	}
	return no(ledger.NotProxy)
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

// withinLimits answers for the limits of the counter's rule.
func (n *Naive) withinLimits(a *ledger.Redeem) Answer {
	who, _ := n.volunteer(a.Volunteer)
	for _, l := range n.ruleAt(a.Shop).Limits {
		mine := func(v ledger.VolunteerID) bool {
			other, _ := n.volunteer(v)
			return v == a.Volunteer || (l.Household && who.Household != "" && other.Household == who.Household)
		}
		have, asks := n.exchanged(l, mine), ledger.Amount(0)
		switch l.Of {
		case "visits":
			asks = 1
		case "points":
			for _, line := range a.Lines {
				p, _ := n.price(line.Item)
				asks += p * line.Pieces
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
func (n *Naive) exchanged(l ledger.Limit, mine func(ledger.VolunteerID) bool) (have ledger.Amount) {
	each(n, func(i int, e *event, a *ledger.Redeem) {
		if e.reversed > 0 || !mine(a.Volunteer) || period(l.Per, e.on) != period(l.Per, n.today) {
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

// period names the period that a day is in.
func period(per string, on ledger.Date) string {
	t := on.Time()
	switch per {
	case "week":
		for t.Weekday() != time.Monday {
			t = t.AddDate(0, 0, -1)
		}
		return t.Format(time.DateOnly)
	case "month":
		return t.Format("2006-01")
	case "quarter":
		return fmt.Sprintf("%d, quarter %d", t.Year(), (t.Month()+2)/3)
	case "year":
		return t.Format("2006")
	}
	return t.Format(time.DateOnly)
}

// mayReturn answers for what the counter's rule says of returns.
func (n *Naive) mayReturn(a *ledger.Return, shop ledger.ShopID) Answer {
	rule, sold := n.ruleAt(shop).Returns, n.history[a.Redemption]
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
	return Answer{Kind: ledger.ProxySet}
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
		} else {
			r.Proxy = ""
		}
	}
	return r
}
