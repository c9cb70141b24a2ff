package audit

import (
	"cmp"
	"slices"

	"aixin/ledger"
)

// What of the exchanges of one clerk may be by a typed number or for somebody else before somebody looks: so much percent, and so many.
const (
	absentShare = 20
	absentLeast = 5
)

// presence looks at who came: too many typed numbers, and people who may not collect for others.
type presence struct {
	all     map[ledger.StaffID]int
	absent  map[ledger.StaffID][]ledger.Index
	days    map[clerkDay]int64
	proxies map[ledger.VolunteerID]map[ledger.VolunteerID]bool
	fetches map[ledger.VolunteerID][]ledger.VolunteerID // for whom somebody was ever named, once or more
}

// clerkDay is what a clerk did in one way on one day.
type clerkDay struct {
	who ledger.StaffID
	on  ledger.Date
	by  ledger.Presence
}

func newPresence() observer {
	return &presence{
		all: map[ledger.StaffID]int{}, absent: map[ledger.StaffID][]ledger.Index{},
		days: map[clerkDay]int64{}, proxies: map[ledger.VolunteerID]map[ledger.VolunteerID]bool{},
		fetches: map[ledger.VolunteerID][]ledger.VolunteerID{},
	}
}

func (p *presence) see(r *run, e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.SetProxy:
		p.let(body.Volunteer, body.Proxy, !body.Ended)
	case *ledger.Merger:
		p.merge(body.From, body.Into)
	}
	x, ok := sold(e)
	if !ok {
		return
	}
	who := r.server(e)
	p.all[who]++
	if x.Presence == ledger.ByTyped || x.Presence == ledger.ByProxy {
		p.absent[who] = append(p.absent[who], e.Index)
	}
	rule, _ := r.ruleOfShop(x.Shop, e.On)
	p.perDay(r, e, x, &rule.Counter)
	p.proxy(r, e, x, &rule.Counter)
}

// let says whether somebody may collect for a volunteer.
func (p *presence) let(v, by ledger.VolunteerID, may bool) {
	if p.proxies[v] == nil {
		p.proxies[v] = map[ledger.VolunteerID]bool{}
	}
	p.proxies[v][by] = may
	p.fetches[by] = append(p.fetches[by], v)
}

// merge lets another number go on for a person, on both sides.
func (p *presence) merge(from, into ledger.VolunteerID) {
	for by, may := range p.proxies[from] {
		p.let(into, by, p.proxies[into][by] || may)
	}
	for _, v := range p.fetches[from] {
		p.let(v, into, p.proxies[v][into] || p.proxies[v][from])
	}
}

// perDay counts the exchanges of a clerk's day; a voucher is of another day.
func (p *presence) perDay(r *run, e *ledger.Entry, x *ledger.Exchange, rule *ledger.CounterRule) {
	if x.Voucher != 0 {
		return
	}
	k := clerkDay{e.Actor, e.On, x.Presence}
	p.days[k]++
	for _, way := range rule.Presence {
		if way.By == x.Presence && way.PerDay > 0 && p.days[k] > way.PerDay {
			r.found(Wrong, string(e.Actor), string(x.Presence)+" "+count(p.days[k]), count(way.PerDay), e.Index)
		}
	}
}

// proxy looks for who collects for others and may not, or was not checked as the rule wants it.
func (p *presence) proxy(r *run, e *ledger.Entry, x *ledger.Exchange, counter *ledger.CounterRule) {
	by, rule := x.Proxy, counter.Proxy
	if by == "" {
		if x.Presence == ledger.ByProxy {
			r.found(Wrong, string(x.Volunteer), string(x.Presence), "", e.Index)
		}
		return
	}
	whose, their := r.people[x.Volunteer], r.people[by]
	if whose != nil && whose.guardian == by {
		return
	}
	home := whose != nil && their != nil && whose.home(e.On) != "" && whose.home(e.On) == their.home(e.On)
	if rule == ledger.ProxyAnyone || rule != "" && home || rule == ledger.ProxyDeclared && p.proxies[x.Volunteer][by] {
		for _, need := range counter.ProxyNeeds {
			if !slices.Contains(x.Checked, need) {
				r.found(Wrong, string(x.Volunteer), string(by), string(need), e.Index)
			}
		}
		return
	}
	r.found(Wrong, string(x.Volunteer), string(by), cmp.Or(string(rule), "-"), e.Index)
}

func (p *presence) end(r *run) {
	for who, list := range p.absent {
		if share := percent(len(list), p.all[who]); share > absentShare && len(list) >= absentLeast {
			r.found(Noted, string(who), count(share)+" %", count(absentShare)+" %", list...)
		}
	}
}
