package ledger

import (
	"fmt"
	"slices"
)

// CounterRule is the part of a rule that says who may exchange what at a counter, when, and how it comes back. The rule of the
// shop's unit holds, whoever comes. The zero CounterRule asks for nothing.
type CounterRule struct {
	Windows  []Window       // B27: when the counter is open; always where it has none
	Least    Least          // B26
	Limits   []Limit        // B28
	Presence []PresenceRule // B49: a way that is not listed needs nothing
	Proxy    ProxyRule      // B34
	Returns  ReturnRule     // B33

	ProxyNeeds []Check // B34: what is checked of whoever fetches, all of it; nothing where none is named
}

// Window is a time at which a counter is open. A day that is named by its date has its own windows and no others.
type Window struct {
	Shop     ShopID   // of one shop; of every shop of the unit where none is named
	Weekdays []string // mon to sun; every day where none and no date is named
	On       Date     // one day
	Closed   bool     // not at all on that day
	From     Amount   // minutes from midnight
	Until    Amount   // the minute at which it closes; 0 for the end of the day
}

// Least is what a volunteer must have before anything is exchanged.
type Least struct {
	Points  Amount // available
	Minutes Amount // served
	Times   Amount // served, each credited record being one
}

// Limit bounds what one volunteer, or one household, exchanges within a period of the calendar.
type Limit struct {
	Of        string    // visits, pieces or points
	Item      Commodity // pieces of one item; of all items where none is named
	Per       Period    // also Daily
	Most      Amount
	Household bool // all of a household together
}

// PresenceRule is what a way to be present needs.
type PresenceRule struct {
	By     Presence
	Needs  []string // pin or slip, one of which is enough; nothing where none is named
	PerDay int64    // most exchanges of one clerk on one day; 0 for no limit
}

// ProxyRule says who may fetch goods for a volunteer: nobody, one of the household, whoever was declared besides, or anyone.
type ProxyRule string

// The values of a ProxyRule, beside nobody.
const (
	ProxyHousehold ProxyRule = "household"
	ProxyDeclared  ProxyRule = "declared"
	ProxyAnyone    ProxyRule = "anyone"
)

// ReturnRule says what may come back.
type ReturnRule struct {
	Reasons []Reason // any where none is named
	Days    int64    // days on which an exchange may be returned, the first being its own; 0 for no end
}

// What a Limit counts.
const (
	limitVisits = "visits"
	limitPieces = "pieces"
	limitPoints = "points"
)

// The proofs of presence.
const (
	provedByPIN  = "pin"
	provedBySlip = "slip"
)

// weekdays are the names of days in a Window, as time.Weekday counts.
func weekdays() []string { return []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

// Open reports whether a counter is open at that minute.
func (r *CounterRule) Open(shop ShopID, at Start) bool {
	minute := Amount(at - NewStart(at.On(), 0))
	return r.openAt(shop, at.On(), func(from, until Amount) bool { return from <= minute && minute < until })
}

// Opens reports whether a counter is open at any time of a day: a paper voucher says no more.
func (r *CounterRule) Opens(shop ShopID, on Date) bool {
	return r.openAt(shop, on, func(Amount, Amount) bool { return true })
}

// openAt reports whether one of the times of a day at which a counter is open is meant.
func (r *CounterRule) openAt(shop ShopID, on Date, meant func(from, until Amount) bool) bool {
	dated := slices.ContainsFunc(r.Windows, func(w Window) bool { return w.of(shop) && w.On == on })
	named := false
	for _, w := range r.Windows {
		if !w.of(shop) {
			continue
		}
		named = true
		switch {
		case dated && w.On != on, !dated && w.On != 0, w.Closed:
			continue
		case !dated && len(w.Weekdays) > 0 && !slices.Contains(w.Weekdays, weekdays()[on.Weekday()]):
			continue
		}
		until := w.Until
		if until == 0 {
			until = MaxMinutes
		}
		if meant(w.From, until) {
			return true
		}
	}
	return !named
}

func (w Window) of(shop ShopID) bool { return w.Shop == "" || w.Shop == shop }

// of adds up what the limit counts in the period that a day is in.
func (f Visits) of(l Limit, on Date) (sum Amount) {
	from, until := l.Per.Around(on)
	for _, d := range f.Days {
		if d.On < from || d.On > until {
			continue
		}
		switch l.Of {
		case limitVisits:
			sum += Amount(d.Visits)
		case limitPoints:
			sum += d.Points
		default:
			sum += l.pieces(d.Items)
		}
	}
	return sum
}

// pieces adds up the pieces of the items that the limit is about.
func (l Limit) pieces(items []ItemLine) (sum Amount) {
	for _, i := range items {
		if l.Item == "" || l.Item == i.Item {
			sum += i.Pieces
		}
	}
	return sum
}

// Asks returns how much of the limit an exchange takes.
func (l Limit) Asks(lines []PricedLine) (sum Amount) {
	switch l.Of {
	case limitVisits:
		return 1
	case limitPoints:
		for _, p := range lines {
			sum += p.Points
		}
		return sum
	}
	return l.pieces(itemsOf(lines))
}

// given reports whether the rule says anything about the counter.
func (r *CounterRule) given() bool {
	return len(r.Windows) > 0 || r.Least != (Least{}) || len(r.Limits) > 0 || len(r.Presence) > 0 || r.Proxy != "" ||
		len(r.Returns.Reasons) > 0 || r.Returns.Days != 0 || len(r.ProxyNeeds) > 0
}

func (r *CounterRule) fields(c *codec) {
	list(c, "windows", &r.Windows, func(c *codec, w *Window) {
		text(c, "shop", &w.Shop)
		texts(c, "weekdays", &w.Weekdays)
		c.date("on", &w.On)
		c.flag("closed", &w.Closed)
		number(c, "from", &w.From)
		number(c, "until", &w.Until)
	})
	number(c, "least_points", &r.Least.Points)
	number(c, "least_minutes", &r.Least.Minutes)
	list(c, "limits", &r.Limits, func(c *codec, l *Limit) {
		text(c, "of", &l.Of)
		text(c, "item", &l.Item)
		text(c, "per", &l.Per)
		number(c, "most", &l.Most)
		c.flag("household", &l.Household)
	})
	list(c, "presence", &r.Presence, func(c *codec, p *PresenceRule) {
		text(c, "by", &p.By)
		texts(c, "needs", &p.Needs)
		number(c, "per_day", &p.PerDay)
	})
	text(c, "proxy", &r.Proxy)
	texts(c, "return_reasons", &r.Returns.Reasons)
	number(c, "return_days", &r.Returns.Days)
	number(c, "least_times", &r.Least.Times)
	texts(c, "proxy_needs", &r.ProxyNeeds)
}

// check lists what is malformed; field names are those of the TOML file.
func (r *CounterRule) check(f *faults) {
	f.want(len(r.Windows) <= MaxRuleItems && len(r.Limits) <= MaxRuleItems && len(r.Presence) <= MaxRuleItems, "counter", "too_many")
	for i, w := range r.Windows {
		w.check(f, fmt.Sprintf("counter.windows[%d]", i))
	}
	f.want(r.Least.Points >= 0 && r.Least.Points <= MaxAmount, "counter.least_points", "points")
	f.want(r.Least.Minutes >= 0 && r.Least.Minutes <= MaxAmount, "counter.least_minutes", "positive")
	f.want(r.Least.Times >= 0 && r.Least.Times <= MaxAmount, "counter.least_times", "positive")
	for i, l := range r.Limits {
		field := fmt.Sprintf("counter.limits[%d]", i)
		f.want(slices.Contains([]string{limitVisits, limitPieces, limitPoints}, l.Of) && l.Most > 0 && l.Most <= MaxAmount, field, "limit")
		f.want(l.Per == Daily || l.Per.valid(), field, "limit_period")
		f.want(l.Item == "" || (l.Of == limitPieces && l.Item.Goods()), field, "item_code")
	}
	for i, p := range r.Presence {
		field := fmt.Sprintf("counter.presence[%d]", i)
		twice := slices.ContainsFunc(r.Presence[:i], func(q PresenceRule) bool { return q.By == p.By })
		f.want(p.By.valid() && !twice, field+".by", "presence")
		f.want(p.PerDay >= 0 && p.PerDay <= MaxQuantity, field+".per_day", "positive")
		for _, proof := range p.Needs {
			f.want(proof == provedByPIN || proof == provedBySlip, field+".needs", "proof")
		}
	}
	f.want(slices.Contains([]ProxyRule{"", ProxyHousehold, ProxyDeclared, ProxyAnyone}, r.Proxy), "counter.proxy", "proxy")
	checkChecks(f, "counter.proxy_needs", r.ProxyNeeds)
	for _, reason := range r.Returns.Reasons {
		f.want(reason.valid(), "counter.return_reasons", "reason")
	}
	f.want(r.Returns.Days >= 0 && r.Returns.Days <= visitDays, "counter.return_days", "days")
}

func (w Window) check(f *faults, field string) {
	f.want(w.Shop == "" || w.Shop.Valid(), field+".shop", "shop_code")
	f.want(w.On == 0 || w.On.valid(), field+".on", "date")
	for _, day := range w.Weekdays {
		f.want(slices.Contains(weekdays(), day), field+".weekdays", "weekday")
	}
	times := w.From >= 0 && w.From < MaxMinutes && w.Until >= 0 && w.Until <= MaxMinutes && (w.Until == 0 || w.From < w.Until)
	days := w.On == 0 || len(w.Weekdays) == 0
	f.want(times && days && (!w.Closed || (w.On != 0 && w.From == 0 && w.Until == 0)), field, "window")
}

func (p Presence) valid() bool { return p == ByCard || p == ByCall || p == ByTyped || p == ByProxy }
