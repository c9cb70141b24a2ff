package audit

import (
	"cmp"
	"slices"

	"aixin/ledger"
)

// caps works out again which rule a record falls under, how many of its minutes count, what they or acts are worth with what boosts
// them, what the caps of a period leave of it, and whose that is.
type caps struct {
	nothing
	days  map[personDay]ledger.Amount            // counted minutes
	sums  map[summed][]daySum                    // what stands declared, in order of days, of what some rule asks for
	asks  []shared                               // what rules ask for
	heard map[ledger.RequestID]ledger.CallResult // what the latest call-back heard
	rules map[placeDay]string                    // the names of rules in force, until something changes them

	granted map[string][]grant // of base points, by whose they are
}

type (
	// personDay is a day of a person.
	personDay struct {
		who ledger.VolunteerID
		on  ledger.Date
	}

	// placeDay is a day of a unit.
	placeDay struct {
		unit ledger.UnitID
		on   ledger.Date
	}

	// summed is what is added up: of whom, and of which standard or of all.
	summed struct {
		owner string
		code  ledger.Code
	}

	// shared is what is added up for all who share it: of each person, household or unit, and of a standard or of all.
	shared struct {
		of   ledger.Sharer
		code ledger.Code
	}

	// tally is what stands declared.
	tally struct {
		count, quantity int64
		points          ledger.Amount
	}

	// daySum is the tally of a day.
	daySum struct {
		on ledger.Date
		tally
	}

	// claim is a record as caps look at it.
	claim struct {
		who      ledger.VolunteerID
		home     ledger.HouseholdID
		unit     ledger.UnitID
		code     ledger.Code
		activity ledger.ActivityID
		on       ledger.Date
		quantity int64
		points   ledger.Amount
		each     ledger.Amount // for so much of the quantity
		per      int64
		keep     string
		about    ledger.VolunteerID
	}
)

func newCaps() observer {
	return &caps{
		days: map[personDay]ledger.Amount{}, sums: map[summed][]daySum{}, heard: map[ledger.RequestID]ledger.CallResult{}, rules: map[placeDay]string{},
		granted: map[string][]grant{},
	}
}

// needs notes which sums a rule asks for. Where no rule before it did, they are added up from all that was declared so far.
func (c *caps) needs(r *run, rule *ledger.Rule) {
	known := len(c.asks)
	ask := func(of ledger.Sharer, code ledger.Code) {
		if a := (shared{of, code}); !slices.Contains(c.asks, a) {
			c.asks = append(c.asks, a)
		}
	}
	for _, k := range rule.Caps {
		ask(k.Of, k.Code)
		if k.Of == ledger.EachHousehold { // who has no household shares with nobody
			ask(ledger.EachPerson, k.Code)
		}
	}
	for _, act := range rule.Acts {
		if act.Keep == ledger.KeepRest || act.Once != "" {
			ask(ledger.EachPerson, act.Code)
		}
	}
	if len(c.asks) == known {
		return
	}
	clear(c.sums)
	for _, rec := range r.declared {
		if !rec.gone && (rec.hours != nil || rec.acts != nil) {
			c.sum(r.claimOf(rec, nil), 1)
		}
	}
}

func (c *caps) see(r *run, e *ledger.Entry) {
	if rec := r.takenBack(e); rec != nil && !rec.gone {
		c.book(r, rec, -1)
		return
	}
	if credit, ok := creditOf(e); ok {
		if rec := r.records.at(credit.Record); rec != nil {
			c.credited(r, e, credit, rec)
		}
		return
	}
	switch body := e.Body.(type) {
	case *ledger.HoursRecord:
		c.look(r, e, &record{index: e.Index, rule: e.Rule, hours: body, volunteer: body.Volunteer, unit: body.Unit, pool: body.Pool})
	case *ledger.ActsRecord:
		c.look(r, e, &record{index: e.Index, rule: e.Rule, acts: body, volunteer: body.Volunteer, unit: body.Unit, pool: body.Pool})
	case *ledger.OpeningRecord:
		rec := &record{index: e.Index, on: e.On, volunteer: body.Volunteer, unit: body.Unit, pool: body.Pool}
		r.belongs(rec)
		c.earns(r, rec)
	case *ledger.BaseGrant:
		c.base(r, e, body)
	case *ledger.Loss:
		c.loss(r, e, body)
	case *ledger.RequestCall:
		c.heard[body.Request] = body.Result
	case *ledger.SetRule:
		clear(c.rules)
		c.needs(r, &body.Rule)
	case *ledger.AddUnit, *ledger.MoveUnit:
		clear(c.rules)
	}
}

// look holds a record against the rule of its day, and adds it to the sums.
func (c *caps) look(r *run, e *ledger.Entry, rec *record) {
	rec.home = r.homeOn(rec.volunteer, rec.day())
	rule, force := r.ruleOf(rec), c.inForce(r, rec.unit, rec.day())
	x := r.claimOf(rec, rule)
	switch {
	case !r.belongs(rec):
	case rule == nil || rule.Name() != force:
		r.found(Wrong, string(rec.volunteer), e.Rule, force, e.Index)
	case rec.acts != nil && rec.acts.Deduct > 0, x.per == 0:
		c.takes(r, e, rec.acts, rule)
	case rec.hours != nil && !c.minutes(r, e, rec.hours, rule):
	default:
		c.price(r, e, rec, rule, x)
	}
	c.earns(r, rec)
	c.book(r, rec, 1)
}

// inForce names the rule of a unit on a day.
func (c *caps) inForce(r *run, unit ledger.UnitID, on ledger.Date) string {
	k := placeDay{unit, on}
	name, known := c.rules[k]
	if !known {
		if place := r.units[unit]; place != nil {
			if rule, ok := r.rules.For(r.org.Above(unit, on), place.Rule, on); ok {
				name = rule.Name()
			}
		}
		c.rules[k] = name
	}
	return name
}

// rateOf looks up what an hour is worth: as it was captured, or where the rule has no such line, however it was.
func rateOf(rule *ledger.Rule, code ledger.Code, by ledger.Capture) (each ledger.Amount) {
	for _, h := range rule.Rates {
		if h.Code == code && h.By == by {
			return h.Points
		}
		if h.Code == code && h.By == "" {
			each = h.Points
		}
	}
	return each
}

// counted works out how many minutes earn, of one record: as it was captured, in whole steps, enough of them, and no more than one record
// and one day may have.
func counted(rule *ledger.Rule, minutes ledger.Amount, by ledger.Capture, before ledger.Amount) ledger.Amount {
	step := max(rule.Step, 1)
	whole, rest := minutes/step, minutes%step
	if rule.HalfUp && 2*rest >= step {
		whole++
	}
	minutes = whole * step
	if !slices.Contains(rule.Earns, by) || minutes < rule.Least {
		return 0
	}
	if rule.SessionCap > 0 && minutes > rule.SessionCap {
		minutes = rule.SessionCap
	}
	if left := rule.DayCap - before; rule.DayCap > 0 && minutes > left {
		minutes = max(0, left)
	}
	return minutes
}

// minutes works out how many minutes count, and reports whether it is so many.
func (c *caps) minutes(r *run, e *ledger.Entry, h *ledger.HoursRecord, rule *ledger.Rule) bool {
	ought := counted(rule, h.Minutes, h.Capture, c.days[personDay{h.Volunteer, h.Start.On()}])
	if c.heard[h.Request] == ledger.Bad { // of service that nobody asked for nothing was heard
		ought = rule.Quality.Left(ought)
	}
	if h.Honorary {
		ought = 0
	}
	if h.Counted != ought {
		r.found(Wrong, string(h.Volunteer), count(h.Counted), count(ought), e.Index)
	}
	return h.Counted == ought
}

// takes works out what an act takes away.
func (c *caps) takes(r *run, e *ledger.Entry, a *ledger.ActsRecord, rule *ledger.Rule) {
	less, _ := rule.Deduction(a.Code)
	if ought := less.Points * ledger.Amount(a.Quantity); a.Deduct != ought {
		r.found(Wrong, string(a.Volunteer), points(-a.Deduct), points(-ought), e.Index)
	}
}

// price works out what a record is worth, and what caps leave of that.
func (c *caps) price(r *run, e *ledger.Entry, rec *record, rule *ledger.Rule, x claim) {
	before := int64(0)
	if x.keep == ledger.KeepRest {
		before = c.used(r, string(x.who), x.code, ledger.Yearly, x.on).quantity
	}
	clipped := ledger.Amount(0)
	if rec.hours != nil {
		clipped = rec.hours.Clipped
	} else {
		clipped = rec.acts.Clipped
	}
	full := worth(rule, x, before, x.quantity)
	if x.points+clipped != full {
		r.found(Wrong, string(x.who), points(x.points+clipped), points(full), e.Index)
		return
	}
	if c.again(r, rule, x) {
		r.found(Wrong, string(x.who), string(x.code), "", e.Index)
		return
	}
	left := full
	for i := range rule.Caps {
		k := &rule.Caps[i]
		if k.Code != "" && k.Code != x.code {
			continue
		}
		switch leaves, has, most := c.cap(r, rule, k, x, full, before); {
		case has == "":
		case k.Over == ledger.OverRefused, k.Over == ledger.OverHeld && !queried(rec, ledger.QueryCap):
			r.found(Wrong, string(x.who), has, most, e.Index)
			return
		case k.Over == ledger.OverClipped:
			left = min(left, leaves)
		}
	}
	if x.points != left {
		r.found(Wrong, string(x.who), points(x.points), points(left), e.Index)
	}
}

// worth is what so much of a claim is worth, with what boosts it and before caps.
func worth(rule *ledger.Rule, x claim, before, quantity int64) ledger.Amount {
	times, per := quantity, x.per
	switch x.keep { // where only what is whole earns
	case ledger.KeepWhole:
		times, per = quantity/per, 1
	case ledger.KeepRest:
		times, per = (before+quantity)/per-before/per, 1
	}
	sum := x.each * ledger.Amount(times) / ledger.Amount(per)
	for _, b := range rule.Boosts {
		if b.Code != "" && b.Code != x.code || b.Activity != "" && b.Activity != x.activity || x.on < b.From || x.on > b.Until {
			continue
		}
		more := sum * ledger.Amount(b.Percent-100) / 100
		if b.Cap > 0 {
			more = min(more, b.Cap)
		}
		return sum + more // the first that fits
	}
	return sum
}

// again reports whether an act that may be done once of something was done before.
func (c *caps) again(r *run, rule *ledger.Rule, x claim) bool {
	act, _ := rule.Act(x.code)
	if x.activity != "" { // acts alone are done once
		return false
	}
	switch act.Once {
	case ledger.OnceEver:
		return c.used(r, string(x.who), x.code, "", 0).count > 0
	case ledger.OnceAYear:
		return c.used(r, string(x.who), x.code, ledger.Yearly, x.on).count > 0
	case ledger.OncePerson:
		return c.used(r, string(x.about), about(x.code), "", 0).count > 0
	}
	return false
}

// about names what is added up of whom an act is about.
func about(code ledger.Code) ledger.Code { return "about " + code }

// claimOf returns a record as caps look at it. What earns nothing under the rule is for no quantity at all.
func (w *world) claimOf(rec *record, rule *ledger.Rule) claim {
	x := claim{who: rec.volunteer, home: rec.home, unit: rec.unit, on: rec.day()}
	if h := rec.hours; h != nil {
		x.code, x.activity, x.quantity, x.points, x.per = w.codeOf(h.Activity), h.Activity, int64(h.Counted), h.Points, 60
		if rule != nil {
			x.each = rateOf(rule, x.code, h.Capture)
		}
	} else if a := rec.acts; a != nil {
		x.code, x.quantity, x.points, x.about = a.Code, a.Quantity, a.Points, a.About
		if rule != nil {
			if act, ok := rule.Act(a.Code); ok {
				x.each, x.per, x.keep = act.Points, max(act.Per, 1), act.Keep
			}
		}
	}
	return x
}

// cap returns what a cap leaves of a claim, and where it would be passed, what would stand and the most that may.
func (c *caps) cap(r *run, rule *ledger.Rule, k *ledger.Cap, x claim, full ledger.Amount, before int64) (left ledger.Amount, has, most string) {
	owner := string(x.who)
	switch {
	case k.Of == ledger.EachUnit:
		owner = string(x.unit)
	case k.Of == ledger.EachHousehold && x.home != "":
		owner = string(x.home)
	}
	used := c.used(r, owner, k.Code, k.Per, x.on)
	left = full
	pass := func(leaves ledger.Amount, sum, limit string) {
		if left = min(left, leaves); has == "" {
			has, most = sum, limit
		}
	}
	if sum := used.count + 1; k.Count > 0 && sum > k.Count {
		pass(0, count(sum), count(k.Count))
	}
	if sum := used.quantity + x.quantity; k.Quantity > 0 && sum > k.Quantity {
		pass(worth(rule, x, before, max(0, k.Quantity-used.quantity)), count(sum), count(k.Quantity))
	}
	if sum := used.points + full; k.Points > 0 && sum > k.Points {
		pass(max(0, k.Points-used.points), points(sum), points(k.Points))
	}
	return left, has, most
}

// used adds up what stands declared in the period around a day, or ever, of a person under all numbers that they had.
func (c *caps) used(r *run, owner string, code ledger.Code, per ledger.Period, on ledger.Date) (sum tally) {
	from, until := ledger.Date(0), ledger.Date(0)
	if per != "" {
		from, until = per.Around(on)
	}
	for _, id := range r.numbers(ledger.VolunteerID(owner)) {
		list := c.sums[summed{string(id), code}]
		first, _ := slices.BinarySearchFunc(list, from, byDay)
		for _, d := range list[first:] {
			if per != "" && d.on > until {
				break
			}
			sum = sum.plus(d.tally)
		}
	}
	return sum
}

func byDay(d daySum, on ledger.Date) int { return cmp.Compare(d.on, on) }

func (t tally) plus(o tally) tally {
	return tally{t.count + o.count, t.quantity + o.quantity, t.points + o.points}
}

// book adds a record to the sums that it is part of, or takes it out again.
func (c *caps) book(r *run, rec *record, sign int64) {
	if rec.hours == nil && rec.acts == nil {
		return
	}
	x := r.claimOf(rec, nil)
	if rec.hours != nil {
		c.days[personDay{x.who, x.on}] += rec.hours.Counted * ledger.Amount(sign)
	}
	c.sum(x, sign)
}

// sum adds a claim to what some rule asks for.
func (c *caps) sum(x claim, sign int64) {
	t := tally{sign, sign * x.quantity, ledger.Amount(sign) * x.points}
	for _, a := range c.asks {
		owner := ""
		switch a.of {
		case ledger.EachHousehold:
			owner = string(x.home)
		case ledger.EachUnit:
			owner = string(x.unit)
		default:
			owner = string(x.who)
		}
		if owner != "" && (a.code == "" || a.code == x.code) {
			c.add(summed{owner, a.code}, x.on, t)
		}
	}
	if x.about != "" {
		c.add(summed{string(x.about), about(x.code)}, x.on, t)
	}
}

func (c *caps) add(k summed, on ledger.Date, t tally) {
	list := c.sums[k]
	i, found := slices.BinarySearchFunc(list, on, byDay)
	if !found {
		c.sums[k] = slices.Insert(list, i, daySum{on, t})
		return
	}
	list[i].tally = list[i].plus(t)
}
