package audit

import "aixin/ledger"

// caps works out again how many minutes of a record count, what they or acts are worth, and what the caps of a period leave of it.
type caps struct {
	nothing
	days  map[personDay]ledger.Amount // counted minutes
	tally map[capKey]tally
	acts  map[actsOf]int64                       // quantity declared
	heard map[ledger.RequestID]ledger.CallResult // what the latest call-back heard
}

type (
	// personDay is a day of a person.
	personDay struct {
		who ledger.VolunteerID
		on  ledger.Date
	}

	// actsOf is an act of a person in the year that begins on a day.
	actsOf struct {
		who  ledger.VolunteerID
		code ledger.Code
		year ledger.Date
	}

	// capKey is what a cap adds up: of whom, of which standard or all, in which period.
	capKey struct {
		owner string
		code  ledger.Code
		per   ledger.Period
		from  ledger.Date
	}

	// tally is what stands declared.
	tally struct {
		count, quantity int64
		points          ledger.Amount
	}

	// claim is a record as caps look at it.
	claim struct {
		who      ledger.VolunteerID
		unit     ledger.UnitID
		code     ledger.Code
		on       ledger.Date
		quantity int64
		points   ledger.Amount
	}
)

func newCaps() observer {
	return &caps{days: map[personDay]ledger.Amount{}, tally: map[capKey]tally{}, acts: map[actsOf]int64{}, heard: map[ledger.RequestID]ledger.CallResult{}}
}

func (c *caps) see(r *run, e *ledger.Entry) {
	if rec := r.takenBack(e); rec != nil && !rec.gone {
		c.book(r, rec, -1)
		return
	}
	rec := record{index: e.Index, rule: e.Rule}
	switch body := e.Body.(type) {
	case *ledger.HoursRecord:
		rec.hours, rec.volunteer, rec.unit = body, body.Volunteer, body.Unit
	case *ledger.ActsRecord:
		rec.acts, rec.volunteer, rec.unit = body, body.Volunteer, body.Unit
	case *ledger.RequestCall:
		c.heard[body.Request] = body.Result
		return
	default:
		return
	}
	rule := r.ruleOf(&rec)
	if rule == nil {
		r.found(Wrong, string(rec.volunteer), e.Rule, "", e.Index)
		return
	}
	if h := rec.hours; h != nil {
		c.minutes(r, e, h, rule)
	} else if len(rule.Boosts) == 0 {
		c.worth(r, e, rec.acts, rule)
	}
	x := r.claimOf(&rec)
	for i := range rule.Caps {
		if k := &rule.Caps[i]; (k.Code == "" || k.Code == x.code) && k.Over != ledger.OverHeld && (rec.acts == nil || rec.acts.Deduct == 0) {
			c.cap(r, e, k, x)
		}
	}
	c.book(r, &rec, 1)
}

// minutes works out how many minutes count, and what they are worth without a boost.
func (c *caps) minutes(r *run, e *ledger.Entry, h *ledger.HoursRecord, rule *ledger.Rule) {
	ought := rule.Counted(h.Minutes, h.Capture, c.days[personDay{h.Volunteer, h.Start.On()}])
	if c.heard[h.Request] == ledger.Bad { // of service that nobody asked for nothing was heard
		ought = rule.Quality.Left(ought)
	}
	if h.Honorary {
		ought = 0
	}
	if h.Counted != ought {
		r.found(Wrong, string(h.Volunteer), count(h.Counted), count(ought), e.Index)
		return
	}
	rate, _ := rule.Rate(r.activities[h.Activity], h.Capture)
	if worth := ought * rate / 60; len(rule.Boosts) == 0 && h.Points+h.Clipped != worth {
		r.found(Wrong, string(h.Volunteer), points(h.Points+h.Clipped), points(worth), e.Index)
	}
}

// worth works out what acts are worth, or take, without a boost.
func (c *caps) worth(r *run, e *ledger.Entry, a *ledger.ActsRecord, rule *ledger.Rule) {
	act, earns := rule.Act(a.Code)
	if !earns {
		less, _ := rule.Deduction(a.Code)
		if ought := less.Points * ledger.Amount(a.Quantity); a.Deduct != ought {
			r.found(Wrong, string(a.Volunteer), points(-a.Deduct), points(-ought), e.Index)
		}
		return
	}
	before := int64(0)
	if act.Keep == ledger.KeepRest {
		before = c.declared(r, a)
	}
	times, per := a.Quantity, max(act.Per, 1)
	if act.Keep != "" { // only what is whole earns
		times, per = (before+a.Quantity)/per-before/per, 1
	}
	if ought := act.Points * ledger.Amount(times) / ledger.Amount(per); a.Points+a.Clipped != ought {
		r.found(Wrong, string(a.Volunteer), points(a.Points+a.Clipped), points(ought), e.Index)
	}
}

// declared adds up what a person declared of an act in the year of a record, under all numbers that they had: each stays with its number,
// since a merger may come between a record and its being taken back.
func (c *caps) declared(r *run, a *ledger.ActsRecord) (sum int64) {
	k := yearOf(a)
	for _, id := range r.numbers(a.Volunteer) {
		sum += c.acts[actsOf{id, k.code, k.year}]
	}
	return sum
}

func yearOf(a *ledger.ActsRecord) actsOf {
	first, _ := ledger.Yearly.Around(a.On)
	return actsOf{a.Volunteer, a.Code, first}
}

// claimOf returns a record as caps look at it.
func (w *world) claimOf(rec *record) claim {
	x := claim{who: rec.volunteer, unit: rec.unit, on: rec.day()}
	if h := rec.hours; h != nil {
		x.code, x.quantity, x.points = w.activities[h.Activity], int64(h.Counted), h.Points
	} else if a := rec.acts; a != nil {
		x.code, x.quantity, x.points = a.Code, a.Quantity, a.Points
	}
	return x
}

// cap adds a finding where a record earns beyond a cap that takes off or refuses what is beyond it.
func (c *caps) cap(r *run, e *ledger.Entry, k *ledger.Cap, x claim) {
	from, _ := k.Per.Around(x.on)
	used := c.used(r, capKey{r.capOwner(k.Of, x), k.Code, k.Per, from})
	refuses := k.Over == ledger.OverRefused
	say := func(has, ought string) { r.found(Wrong, string(x.who), has, ought, e.Index) }
	switch {
	case k.Count > 0 && used.count+1 > k.Count && (refuses || x.points > 0):
		say(count(used.count+1), count(k.Count))
	case k.Quantity > 0 && used.quantity+x.quantity > k.Quantity && (refuses || used.quantity >= k.Quantity && x.points > 0):
		say(count(used.quantity+x.quantity), count(k.Quantity))
	case k.Points > 0 && used.points+x.points > k.Points && (refuses || x.points > 0):
		say(points(used.points+x.points), points(k.Points))
	}
}

// used adds up what stands declared under a cap, of a person under all numbers that they had.
func (c *caps) used(r *run, k capKey) (sum tally) {
	for _, id := range r.numbers(ledger.VolunteerID(k.owner)) {
		k.owner = string(id)
		t := c.tally[k]
		sum.count, sum.quantity, sum.points = sum.count+t.count, sum.quantity+t.quantity, sum.points+t.points
	}
	return sum
}

// capOwner returns whose sums a cap looks at.
func (w *world) capOwner(of ledger.Sharer, x claim) string {
	p := w.people[x.who]
	switch {
	case of == ledger.EachUnit:
		return string(x.unit)
	case of == ledger.EachHousehold && p != nil && p.home(x.on) != "":
		return string(p.home(x.on))
	}
	return string(x.who)
}

// book adds a record to the sums, or takes it out again.
func (c *caps) book(r *run, rec *record, sign int64) {
	x := r.claimOf(rec)
	rule := r.ruleOf(rec)
	if rule == nil || rec.hours == nil && rec.acts == nil {
		return
	}
	if rec.hours != nil {
		c.days[personDay{x.who, x.on}] += rec.hours.Counted * ledger.Amount(sign)
	}
	if rec.acts != nil && rec.acts.Deduct > 0 {
		return
	}
	if rec.acts != nil {
		c.acts[yearOf(rec.acts)] += sign * x.quantity
	}
	seen := map[capKey]bool{}
	for i := range rule.Caps {
		k := &rule.Caps[i]
		from, _ := k.Per.Around(x.on)
		key := capKey{r.capOwner(k.Of, x), k.Code, k.Per, from}
		if k.Code != "" && k.Code != x.code || seen[key] {
			continue
		}
		seen[key] = true
		t := c.tally[key]
		t.count, t.quantity, t.points = t.count+sign, t.quantity+sign*x.quantity, t.points+x.points*ledger.Amount(sign)
		c.tally[key] = t
	}
}
