package audit

import (
	"maps"
	"slices"
	"time"

	"aixin/ledger"
)

// expiries works out again until when points last, which lots an expiry took, and what of them went on.
type expiries struct {
	carried map[ledger.VolunteerID][]carriage // what went on, of whom
}

// carriage is what an expiry carried on.
type carriage struct {
	on     ledger.Date
	points ledger.Amount
}

func newExpiries() observer { return &expiries{map[ledger.VolunteerID][]carriage{}} }

func (x *expiries) see(r *run, e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.Expiry:
		x.expired(r, e, body)
		return
	case *ledger.Gift:
		r.keepsDates(e, string(body.From))
	case *ledger.Merger:
		r.keepsDates(e, string(body.From))
	case *ledger.Leaving:
		r.keepsDates(e, string(body.Volunteer))
	case *ledger.PoolGift:
		if body.Back {
			r.keepsDates(e, string(body.Pool))
		} else {
			r.keepsDates(e, string(body.Volunteer))
		}
	}
	r.dates(e)
	credit, ok := creditOf(e)
	if !ok || e.Kind == ledger.OpeningPosted || len(e.Postings) == 0 {
		return
	}
	rec := r.records.at(credit.Record)
	if rec == nil || credit.Expires == 0 && !opens(e) {
		return
	}
	if rule := r.ruleOf(rec); rule != nil {
		if ought := earnedLasts(rule, e.On); ought != credit.Expires {
			r.found(Wrong, string(rec.volunteer), credit.Expires.String(), ought.String(), rec.index, e.Index)
		}
	}
}

// earnedLasts works out the last usable day of points that are earned on a day.
func earnedLasts(rule *ledger.Rule, on ledger.Date) ledger.Date {
	return lasts(rule.Expires, rule.ExpiresIn, rule.ExpiresOn, on)
}

// lasts works out the last usable day of what is given on a day, by a way to lapse; none where it never does.
func lasts(way string, in int64, day, on ledger.Date) ledger.Date {
	year, month, nth := on.Time().Date()
	later := time.Month(in)
	switch way {
	case ledger.ExpiresMonths:
		return dayOr(year, month+later, nth)
	case ledger.ExpiresYearEnd:
		return ledger.NewDate(year+int(in), time.December, 31)
	case ledger.ExpiresMonthEnd:
		return dayOr(year, month+later, 31)
	case ledger.ExpiresQuarterEnd:
		return dayOr(year, month+(12-month)%3+3*later, 31)
	case ledger.ExpiresDay:
		first, month, nth := day.Time().Date()
		for year = max(year, first); ; year++ {
			if last := dayOr(year, month, nth); last >= on {
				return last
			}
		}
	}
	return 0
}

// dayOr is a day of a month, or the last one of a month that has no such day.
func dayOr(year int, month time.Month, nth int) ledger.Date {
	return min(ledger.NewDate(year, month, 1).AddDays(nth-1), ledger.NewDate(year, month+1, 1)-1)
}

// dates works out again until when points last that are not earned.
func (r *run) dates(e *ledger.Entry) {
	var class ledger.Class
	var expires ledger.Date
	var whose string
	switch body := e.Body.(type) {
	case *ledger.GiftGrant:
		class, expires, whose = ledger.ClassGift, body.Expires, string(body.Volunteer)
	case *ledger.BaseGrant:
		class, expires, whose = ledger.ClassBase, body.Expires, body.Sharer
	default:
		return
	}
	rule := r.named(e.Rule)
	if rule == nil {
		return
	}
	ought := ledger.Date(0)
	for _, x := range rule.Classes {
		if x.Class == class {
			ought = lasts(x.Expires, x.ExpiresIn, x.ExpiresOn, e.On)
		}
	}
	if class == ledger.ClassBase && rule.Base.Spendable && ought == 0 {
		_, ought = rule.Base.Per.Around(e.On)
	}
	if ought != expires {
		r.found(Wrong, whose, expires.String(), ought.String(), e.Index)
	}
}

// opens reports whether an entry opens a lot of points.
func opens(e *ledger.Entry) bool {
	for _, p := range e.Postings {
		if p.Commodity == ledger.Point && p.Lot.Entry() == e.Index {
			return true
		}
	}
	return false
}

// keepsDates holds what goes over to somebody else against the lots that it comes from: each point keeps its last day.
func (r *run) keepsDates(e *ledger.Entry, from string) {
	dated := map[ledger.Date]ledger.Amount{}
	for _, p := range e.Postings {
		if p.Lot == 0 || !p.Commodity.Points() {
			continue
		}
		if adds(p) < 0 {
			dated[r.lots.at(lotKey{p.Account, p.Lot}).expires] += adds(p)
		} else {
			dated[e.LotExpires(p.Lot)] += adds(p)
		}
	}
	for _, on := range slices.Sorted(maps.Keys(dated)) {
		if dated[on] > 0 {
			r.found(Wrong, from, on.String()+" "+points(dated[on]), on.String()+" "+points(0), e.Index)
		}
	}
}

// expired holds an expiry against the lots that it takes: each has lapsed, and what is taken is all that is left of it.
func (x *expiries) expired(r *run, e *ledger.Entry, body *ledger.Expiry) {
	whose := ownerOf(body.Volunteer, body.Pool)
	rule := r.carrying(body.Volunteer, e.On)
	var sum ledger.Amount // of what a part may go on
	for _, p := range e.Postings {
		if p.Account.Owner() != whose || p.Lot == 0 || p.Amount < 0 {
			continue
		}
		l := r.lots.at(lotKey{p.Account, p.Lot})
		if p.Commodity == ledger.Point && yearly(rule, l.expires) {
			sum += p.Amount
		}
		switch held := r.heldOf(p.Lot); {
		case l.expires == 0 || l.expires >= e.On:
			r.found(Wrong, whose, e.On.String(), dayAfter(l.expires), p.Lot.Entry(), e.Index)
		case p.Amount != l.left-held:
			r.found(Wrong, whose, points(p.Amount), points(l.left-held), p.Lot.Entry(), e.Index)
		}
	}
	ought := x.goesOn(r, rule, body.Volunteer, e.On, sum)
	last := ledger.Date(0)
	if ought > 0 {
		last = earnedLasts(rule, e.On)
		x.carried[body.Volunteer] = append(x.carried[body.Volunteer], carriage{e.On, ought})
	}
	switch {
	case body.Carried != ought:
		r.found(Wrong, whose, points(body.Carried), points(ought), e.Index)
	case body.Expires != last:
		r.found(Wrong, whose, body.Expires.String(), last.String(), e.Index)
	default:
		r.states(e, whose, ought, opened(e, ledger.PointsOf(body.Volunteer)))
	}
}

// carrying returns the rule by which points of a volunteer go on; an empty one for a pool and for a number that is closed.
func (r *run) carrying(id ledger.VolunteerID, on ledger.Date) *ledger.Rule {
	if p := r.people[id]; p != nil && p.status != ledger.Closed {
		return r.ruleIn(p.in(on), on)
	}
	return &ledger.Rule{}
}

// yearly reports whether a lot lapses on the day of the year on which a rule lets points lapse. What lapses on another day does not go on.
func yearly(rule *ledger.Rule, last ledger.Date) bool {
	switch rule.Expires {
	case ledger.ExpiresYearEnd:
		return last != 0 && last == last.YearEnd(0)
	case ledger.ExpiresDay:
		day := rule.ExpiresOn
		return last >= day && last == day.AddMonths(12*(last.Time().Year()-day.Time().Year()))
	}
	return false
}

// goesOn works out how much of what lapses of a person goes on: so many percent, and in a year no more than the cap, under all their numbers.
func (x *expiries) goesOn(r *run, rule *ledger.Rule, id ledger.VolunteerID, on ledger.Date, sum ledger.Amount) ledger.Amount {
	ought := sum / 100 * ledger.Amount(rule.Carry.Percent)
	ought += sum % 100 * ledger.Amount(rule.Carry.Percent) / 100
	if rule.Carry.Cap == 0 {
		return ought
	}
	from, until := ledger.Yearly.Around(on)
	left := rule.Carry.Cap
	for _, number := range r.numbers(id) {
		for _, c := range x.carried[number] {
			if from <= c.on && c.on <= until {
				left -= c.points
			}
		}
	}
	return min(ought, max(0, left))
}

// dayAfter is the first day on which a lot has lapsed; none where it never does.
func dayAfter(last ledger.Date) string {
	if last == 0 {
		return ""
	}
	return last.AddDays(1).String()
}

// heldOf adds up what open holds set aside of a lot of points, whoever's it is.
func (w *world) heldOf(lot ledger.LotID) (sum ledger.Amount) {
	for _, i := range w.setAside[lot] {
		if h := w.holds[i]; !h.closed {
			sum += h.of(lot)
		}
	}
	return sum
}

// of is what a hold set aside of a lot of points.
func (h *hold) of(lot ledger.LotID) (sum ledger.Amount) {
	for _, l := range h.body.Lots {
		if l.Commodity.Points() && l.Lot == lot {
			sum += l.Amount
		}
	}
	return sum
}

func (*expiries) end(r *run) {
	for k, l := range r.lots.all() {
		if k.account.Class() != ledger.ClassStock && l.left > 0 && l.expires != 0 && l.expires < r.last {
			r.found(Noted, k.account.Owner(), points(l.left), l.expires.String(), k.lot.Entry())
		}
	}
}
