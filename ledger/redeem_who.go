package ledger

import "slices"

// This file has the rungs of an exchange that the rule of the counter adds: when, by whom, how proved, and how much. They are
// policy: what is refused here breaks no invariant, and Rederive asks it again.

// The refusals of a rule of the counter.
const (
	WindowClosed   RejectReason = "window_closed"
	NotProxy       RejectReason = "not_proxy"       // no proxy of that volunteer
	PresenceNeeded RejectReason = "presence_needed" // a PIN or a signed slip, by this way to be present
	LeastPoints    RejectReason = "least_points"    // too few to exchange anything
	LeastMinutes   RejectReason = "least_minutes"
	LeastTimes     RejectReason = "least_times"
	LimitReached   RejectReason = "limit_reached" // have: what was had in the period, or is held; want: the most
	PointsLimit    RejectReason = "points_limit"  // the same in points
)

// Ways to be present that a rule may allow.
const (
	ByCall  Presence = "phone" // the number was confirmed by a call
	ByProxy Presence = "proxy" // somebody else came
)

// Check is what a clerk checks of whoever fetches goods for somebody else. That it was done is recorded, and nothing of what was seen.
type Check string

// What a rule may want checked.
const (
	CheckedDocument Check = "document"
	CheckedPhone    Check = "phone" // by a call to the volunteer
)

// checkChecks lists what is no check, or is named twice.
func checkChecks(f *faults, field string, list []Check) {
	for i, x := range list {
		f.wantAt((x == CheckedDocument || x == CheckedPhone) && !slices.Contains(list[:i], x), field, i, "", "proxy_check")
	}
}

// Presences counts the exchanges of a clerk on their latest day, by how the volunteers were present.
type Presences struct {
	On   Date
	List []PresenceCount
}

// PresenceCount counts one way to be present.
type PresenceCount struct {
	By    Presence
	Count int64
}

func (f *Presences) fields(c *codec) {
	c.date("on", &f.On)
	list(c, "list", &f.List, func(c *codec, p *PresenceCount) {
		text(c, "by", &p.By)
		number(c, "count", &p.Count)
	})
}

// on counts one way to be present on a day.
func (f Presences) on(day Date, by Presence) Amount {
	for _, p := range f.List {
		if f.On == day && p.By == by {
			return Amount(p.Count)
		}
	}
	return 0
}

// count adds an exchange.
func (f *Presences) count(day Date, by Presence) {
	if f.On != day {
		*f = Presences{On: day}
	}
	for i := range f.List {
		if f.List[i].By == by {
			f.List[i].Count++
			return
		}
	}
	f.List = append(f.List, PresenceCount{by, 1})
}

// counterRule returns what the rule of a shop says about its counter, with the rule's name.
func (b *Book) counterRule(shop ShopID, on Date) (CounterRule, string) {
	rule, ok := b.ruleOfShop(shop, on)
	if !ok {
		return CounterRule{}, ""
	}
	return rule.Counter, rule.Name()
}

// wantWho asks for what the rungs of this file look at.
func (a *Redeem) wantWho(b *Book, c Command, w *Wants) {
	b.wantRuleOfShop(w, a.Shop)
	b.wantVisits(w, a.Volunteer)
	b.presences.want(w, c.Actor)
	v, _ := b.volunteers.peek(a.Volunteer)
	for _, number := range append([]VolunteerID{a.Volunteer}, v.Merged...) {
		b.accounts.want(w, AccountKey{HoursOf(number), Minute})
	}
	if a.Proxy != "" {
		b.wantWho(w, a.Proxy)
		b.proxies.want(w, a.Volunteer)
	}
}

// present refuses outside the counter's windows, and by a presence or proxy that the rule does not take.
func (a *Redeem) present(b *Book, c Command, d *draft, v *Volunteer, rule *CounterRule, name string) *Rejection {
	open := rule.Open(a.Shop, d.minute)
	if a.Voucher != 0 {
		open = rule.Opens(a.Shop, a.Happened)
	}
	if !open {
		return &Rejection{Reason: WindowClosed, Subject: string(a.Shop)}
	}
	return firstOf(v.guarded(a.Proxy, d.On), a.fetched(b, c, d, v, rule, name), a.proved(b, c, d.On, rule))
}

// fetched refuses whoever may not fetch goods for the volunteer.
func (a *Redeem) fetched(b *Book, c Command, d *draft, v *Volunteer, rule *CounterRule, name string) *Rejection {
	if a.Proxy == "" {
		return nil
	}
	by, ok := b.who(a.Proxy)
	declared, _ := b.proxies.get(a.Volunteer)
	household := v.Household != "" && v.Household == by.Household
	switch {
	case !ok:
		return notFound(string(a.Proxy))
	case a.Proxy == a.Volunteer: // of a hold, which says itself whose it is
		return &Rejection{Reason: NotProxy, Subject: string(a.Proxy)}
	case by.Status == Closed:
		return &Rejection{Reason: AccountClosed, Subject: string(a.Proxy)}
	case b.self(c.Actor, by):
		return &Rejection{Reason: SelfService, Subject: string(a.Proxy)}
	case v.guardedBy(a.Proxy, d.On):
		return nil // as themself, whatever the rule says of others
	case rule.Proxy == "":
		return &Rejection{Reason: RuleOff, Subject: name}
	case rule.Proxy == ProxyAnyone, household, rule.Proxy == ProxyDeclared && declared.has(a.Proxy):
		return a.checked(rule)
	}
	return &Rejection{Reason: NotProxy, Subject: string(a.Proxy)}
}

// checked refuses what is fetched as long as the clerk did not check all that the rule wants of who came.
func (a *Redeem) checked(rule *CounterRule) *Rejection {
	for _, x := range rule.ProxyNeeds {
		if !slices.Contains(a.Checked, x) {
			return incomplete(Missing(x))
		}
	}
	return nil
}

// proved refuses a way to be present that needs a proof, or that the clerk took too often on one day.
func (a *Redeem) proved(b *Book, c Command, on Date, rule *CounterRule) *Rejection {
	i := slices.IndexFunc(rule.Presence, func(p PresenceRule) bool { return p.By == a.Presence })
	if i < 0 {
		return nil
	}
	p := rule.Presence[i]
	pin, slip := a.PIN && slices.Contains(p.Needs, provedByPIN), (a.Slip != "" || a.Voucher != 0) && slices.Contains(p.Needs, provedBySlip)
	if len(p.Needs) > 0 && !pin && !slip {
		return &Rejection{Reason: PresenceNeeded, Subject: string(a.Presence)}
	}
	if a.Voucher != 0 {
		return nil // it was written on another day
	}
	had, _ := b.presences.get(c.Actor)
	if n := had.on(on, a.Presence); p.PerDay > 0 && n >= Amount(p.PerDay) {
		return &Rejection{Reason: LimitReached, Subject: string(c.Actor), Have: n, Want: Amount(p.PerDay)}
	}
	return nil
}

// enough refuses whoever has too little to exchange anything.
func (a *Redeem) enough(b *Book, v *Volunteer, on Date, rule *CounterRule) *Rejection {
	if r := b.tooFew(v, rule.Least.Points, LeastPoints, on); r != nil {
		return r
	}
	var minutes, times Amount
	for _, number := range append([]VolunteerID{v.Volunteer}, v.Merged...) {
		hours, _ := b.accounts.get(AccountKey{HoursOf(number), Minute})
		minutes += hours.Balance
		times += Amount(hours.Times)
	}
	switch {
	case minutes < rule.Least.Minutes:
		return &Rejection{Reason: LeastMinutes, Subject: string(a.Volunteer), Have: minutes, Want: rule.Least.Minutes}
	case times < rule.Least.Times:
		return &Rejection{Reason: LeastTimes, Subject: string(a.Volunteer), Have: times, Want: rule.Least.Times}
	}
	return nil
}

// limited refuses what goes beyond a limit of the volunteer or their household.
func (b *Book) limited(v *Volunteer, lines []PricedLine, on Date, rule *CounterRule) *Rejection {
	for _, l := range rule.Limits {
		owner := string(v.Volunteer)
		if home := v.HouseholdOn(on); l.Household && home != "" {
			owner = string(home)
		}
		visits, _ := b.visits.get(owner)
		have, asks := visits.of(l, on), l.Asks(lines)
		if asks == 0 || have+asks <= l.Most {
			continue
		}
		r := &Rejection{Reason: LimitReached, Subject: owner, Have: have, Want: l.Most}
		switch {
		case l.Of == limitPoints:
			r.Reason = PointsLimit
		case l.Item != "":
			r.Subject = string(l.Item)
		}
		return r
	}
	return nil
}

// takenBack refuses a return for a reason or at a time that the rule does not take.
func (b *Book) takenBack(on Date, shop ShopID, sold Entry, reason Reason) *Rejection {
	all, name := b.counterRule(shop, on)
	rule, days := all.Returns, int64(on-sold.On)+1
	switch {
	case len(rule.Reasons) > 0 && !slices.Contains(rule.Reasons, reason):
		return &Rejection{Reason: RuleOff, Subject: name}
	case rule.Days > 0 && days > rule.Days:
		return &Rejection{Reason: TooLate, Subject: writeIndexPlain(sold.Index), Have: Amount(days), Want: Amount(rule.Days)}
	}
	return nil
}
