package audit

import (
	"maps"
	"slices"

	"aixin/ledger"
)

// This file works out again whose points are: into which pool somebody earns, what everybody begins a period with, and whose points a
// deduction takes.

// grant is one grant of a base.
type grant struct {
	index ledger.Index
	on    ledger.Date
}

// belongs holds the unit that a record names against that of its activity, or of the person on its day, and reports whether it is the one.
// Who or what the book does not know is another check's.
func (r *run) belongs(rec *record) bool {
	ought := rec.unit
	if rec.hours != nil {
		if activity := r.activities[rec.hours.Activity]; activity != nil {
			ought = activity.Unit
		}
	} else if p := r.people[rec.volunteer]; p != nil {
		ought = p.in(rec.day())
	}
	if rec.unit != ought {
		r.found(Wrong, string(rec.volunteer), string(rec.unit), string(ought), rec.index)
	}
	return rec.unit == ought
}

// earns holds the pool that a record names against the one in which the person has a part on that day.
func (c *caps) earns(r *run, rec *record) {
	if ought := c.poolOf(r, rec.volunteer, rec.day()); rec.pool != ought {
		r.found(Wrong, string(rec.volunteer), string(rec.pool), string(ought), rec.index)
	}
}

// poolOf returns the pool that holds what somebody earns on a day; none where they hold it themself.
func (c *caps) poolOf(r *run, id ledger.VolunteerID, on ledger.Date) ledger.PoolID {
	p := r.people[id]
	if p == nil {
		return ""
	}
	rule := r.named(c.inForce(r, p.in(on), on))
	if rule == nil {
		return ""
	}
	switch rule.Account.Holder {
	case ledger.HeldByHousehold:
		return ledger.PoolID(p.home(on))
	case ledger.HeldByTeam:
		for _, u := range p.units(on) {
			if place := r.units[u]; place != nil && place.Kind == ledger.Team {
				return ledger.PoolID(u)
			}
		}
	}
	return ""
}

// credited holds what a credit posts against its record.
func (c *caps) credited(r *run, e *ledger.Entry, credit *ledger.Credit, rec *record) {
	waits := credit.Notice > 0 || credit.From != 0 || credit.Step > 0
	if !waits && rec.isPosted(e.Postings) || waits && len(e.Postings) == 0 {
		return
	}
	ought := map[ledger.AccountKey]ledger.Amount{}
	for _, s := range rec.sums() {
		if !waits {
			ought[ledger.AccountKey{ID: s.account(), Commodity: s.commodity}] += s.amount
		}
	}
	r.moves(e, string(rec.volunteer), ought, rec.index, e.Index)
}

// sum is what a credit posts to one account.
type sum struct {
	class     ledger.Class
	owner     string
	commodity ledger.Commodity
	amount    ledger.Amount
}

func (s *sum) account() ledger.AccountID { return ledger.NewAccountID(s.class, s.owner) }

// sums are what the credit of a record posts, in the order in which it does.
func (rec *record) sums() [4]sum {
	points, minutes := rec.opened, ledger.Amount(0)
	switch {
	case rec.hours != nil:
		points, minutes = rec.hours.Points, rec.hours.Minutes
	case rec.acts != nil:
		points = rec.acts.Points
	}
	return [4]sum{
		{ledger.ClassPoints, ownerOf(rec.volunteer, rec.pool), ledger.Point, -points},
		{ledger.ClassIssued, string(rec.unit), ledger.Point, points},
		{ledger.ClassHours, string(rec.volunteer), ledger.Minute, minutes},
		{ledger.ClassServed, string(rec.unit), ledger.Minute, -minutes},
	}
}

// isPosted reports whether postings are those of the credit of a record, each in its place.
func (rec *record) isPosted(list []ledger.Posting) bool {
	for _, s := range rec.sums() {
		if s.amount == 0 {
			continue
		}
		if len(list) == 0 {
			return false
		}
		p := &list[0]
		if p.Amount != s.amount || p.Commodity != s.commodity || p.Account.Class() != s.class || p.Account.Owner() != s.owner {
			return false
		}
		list = list[1:]
	}
	return len(list) == 0
}

// base holds a grant of base points against the rule: whose they are, once in a period, and as many as were lacking.
func (c *caps) base(r *run, e *ledger.Entry, g *ledger.BaseGrant) {
	who := r.person(g.Volunteer)
	unit, rule := who.in(e.On), r.named(e.Rule)
	if force := c.inForce(r, unit, e.On); rule == nil || e.Rule != force {
		r.found(Wrong, string(g.Volunteer), e.Rule, force, e.Index)
		return
	}
	sharer := sharerOf(rule, g.Volunteer, who.home(e.On))
	from, _ := rule.Base.Per.Around(e.On)
	before := c.grantedSince(from, sharer)
	if rule.Base.Spendable && before == nil {
		before = c.sharedSince(r, from, g.Volunteer)
	}
	lose, spend := rule.Base.Points, ledger.Amount(0)
	if rule.Base.Spendable {
		lose, spend = rule.Base.Floor, rule.Base.Points-rule.Base.Floor
	}
	lack := max(0, lose-r.owned(ledger.AccountKey{ID: ledger.BaseOf(sharer), Commodity: ledger.BasePoint}, e.On))
	switch {
	case g.Sharer != sharer:
		r.found(Wrong, string(g.Volunteer), g.Sharer, sharer, e.Index)
	case before != nil:
		r.found(Wrong, sharer, e.On.String(), before.on.String(), before.index, e.Index)
	default:
		r.moves(e, sharer, map[ledger.AccountKey]ledger.Amount{
			{ID: ledger.BaseOf(sharer), Commodity: ledger.BasePoint}:                          -lack,
			{ID: ledger.NewAccountID(ledger.ClassGranted, unit), Commodity: ledger.BasePoint}: lack,
			{ID: ledger.NewAccountID(ledger.ClassPoints, sharer), Commodity: ledger.Point}:    -spend,
			{ID: ledger.NewAccountID(ledger.ClassIssued, unit), Commodity: ledger.Point}:      spend,
		}, e.Index)
	}
	c.granted[sharer] = append(c.granted[sharer], grant{e.Index, e.On})
}

// grantedSince returns the newest grant of a base, if it was made on a day or after it.
func (c *caps) grantedSince(from ledger.Date, sharer string) *grant {
	if list := c.granted[sharer]; len(list) > 0 && list[len(list)-1].on >= from {
		return &list[len(list)-1]
	}
	return nil
}

// sharedSince looks, since a day, for a grant in which a person had a part: under any number, or as one of the household in which the number
// lived. A number that was merged away lives nowhere any more.
func (c *caps) sharedSince(r *run, from ledger.Date, who ledger.VolunteerID) *grant {
	for _, id := range r.numbers(who) {
		if g := c.grantedSince(from, string(id)); g != nil {
			return g
		}
		p := r.person(id)
		homes := []ledger.HouseholdID{p.household}
		for _, l := range p.lived {
			homes = append(homes, l.Household)
		}
		for _, h := range homes {
			for i, g := range c.granted[string(h)] {
				if g.on >= from && p.home(g.on) == h && (p.into == "" || g.index < p.gone) {
					return &c.granted[string(h)][i]
				}
			}
		}
	}
	return nil
}

// loss holds a deduction against its record: base points go first, then what the person has to spend, then what is in their pool.
func (c *caps) loss(r *run, e *ledger.Entry, loss *ledger.Loss) {
	rec := r.records.at(loss.Record)
	if rec == nil || rec.acts == nil || rec.volunteer != loss.Volunteer {
		r.found(Wrong, string(loss.Volunteer), count(loss.Record), "", e.Index)
		return
	}
	rule := r.ruleOf(rec)
	if rule == nil {
		return // said of the record
	}
	left, ought := rec.acts.Deduct, map[ledger.AccountKey]ledger.Amount{}
	take := func(k ledger.AccountKey, has ledger.Amount) {
		n := min(left, max(0, has))
		left -= n
		ought[k] = n
		ought[ledger.AccountKey{ID: ledger.NewAccountID(ledger.ClassDeducted, rec.unit), Commodity: k.Commodity}] -= n
	}
	base := ledger.AccountKey{ID: ledger.BaseOf(sharerOf(rule, rec.volunteer, rec.home)), Commodity: ledger.BasePoint}
	take(base, r.owned(base, e.On))
	own := ledger.PointsOf(rec.volunteer)
	take(ledger.AccountKey{ID: own, Commodity: ledger.Point}, r.available(own, e.On))
	if rec.pool != "" {
		pool := ledger.PoolOf(rec.pool)
		take(ledger.AccountKey{ID: pool, Commodity: ledger.Point}, r.available(pool, e.On))
	}
	if loss.Short != left {
		r.found(Wrong, string(rec.volunteer), points(loss.Short), points(left), rec.index, e.Index)
		return
	}
	r.moves(e, string(rec.volunteer), ought, rec.index, e.Index)
}

// sharerOf returns whose base somebody's is.
func sharerOf(rule *ledger.Rule, v ledger.VolunteerID, home ledger.HouseholdID) string {
	if rule.Base.Of == ledger.EachHousehold && home != "" {
		return string(home)
	}
	return string(v)
}

// moves holds the sums that an entry posts to each account against what they ought to be, and says the first that differs.
func (r *run) moves(e *ledger.Entry, subject string, ought map[ledger.AccountKey]ledger.Amount, entries ...ledger.Index) {
	has := map[ledger.AccountKey]ledger.Amount{}
	for _, p := range e.Postings {
		k := ledger.AccountKey{ID: p.Account, Commodity: p.Commodity}
		has[k] += p.Amount
		ought[k] += 0 // so that it is looked at below
	}
	r.differ(subject, has, ought, entries...)
}

// differ says the first account of those that ought to have something that has something else.
func (r *run) differ(subject string, has, ought map[ledger.AccountKey]ledger.Amount, entries ...ledger.Index) {
	for _, k := range slices.SortedFunc(maps.Keys(ought), ledger.AccountKey.Compare) {
		if has[k] != ought[k] {
			say := count[ledger.Amount]
			if k.Commodity.Points() {
				say = points
			}
			r.found(Wrong, subject, k.ID.String()+" "+say(has[k]), k.ID.String()+" "+say(ought[k]), entries...)
			return
		}
	}
}

// owned sums what somebody has of gift or base points on a day: all that has not lapsed.
func (w *world) owned(k ledger.AccountKey, on ledger.Date) ledger.Amount {
	sum := -w.balance[k]
	for _, id := range w.opened[k.ID] {
		if l := w.lots.at(lotKey{k.ID, id}); l.lapsed(on) {
			sum -= l.left
		}
	}
	return sum
}

// available sums what may be drawn of points on a day: of the lots that have not lapsed, what no open hold set aside.
func (w *world) available(account ledger.AccountID, on ledger.Date) (sum ledger.Amount) {
	for _, id := range w.opened[account] {
		if l := w.lots.at(lotKey{account, id}); l.left > 0 && !l.lapsed(on) {
			sum += l.left - w.heldOf(id)
		}
	}
	return sum
}

func (l lot) lapsed(on ledger.Date) bool { return l.expires != 0 && l.expires < on }
