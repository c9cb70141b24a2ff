package ledger

import (
	"fmt"
	"slices"
)

// Hours of service: what a leader claims for a volunteer, held against the rule of the day of service.

func (a *DeclareHours) fields(c *codec) {
	a.claimed(c)
	a.added(c)
}

// added walks the members that came after the first format; in a line they stand behind those of the body.
func (a *DeclareHours) added(c *codec) {
	c.since(2, func(c *codec) {
		text(c, "request", &a.Request)
		number(c, "session", &a.Session)
		a.Evidence.fields(c)
		texts(c, "signers", &a.Signers)
	})
}

func (a *DeclareHours) claimed(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "activity", &a.Activity)
	c.start("start", &a.Start)
	number(c, "minutes", &a.Minutes)
	text(c, "capture", &a.Capture)
	text(c, "sheet", &a.Sheet)
}

func (r *HoursRecord) fields(c *codec) {
	r.claimed(c)
	number(c, "import", &r.Import)
	text(c, "unit", &r.Unit)
	number(c, "counted", &r.Counted)
	number(c, "points", &r.Points)
	r.added(c)
	c.since(2, func(c *codec) {
		c.flag("honorary", &r.Honorary)
		number(c, "clipped", &r.Clipped)
		texts(c, "queries", &r.Queries)
		text(c, "pool", &r.Pool)
	})
}

func (a *DeclareHours) kind() Kind { return HoursDeclared }

func (a *DeclareHours) roles() anyOf { return anyOf{Leader} }

func (a *DeclareHours) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *DeclareHours) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Activity.Valid(), "activity", "activity_code")
	checkService(f, a.Start, a.Minutes)
	f.want(a.Capture.valid(), "capture", "capture")
	f.want(sheetNumber(a.Sheet), "sheet", "sheet")
	f.want(a.Request == "" || a.Request.Valid(), "request", "request_number")
	f.want(a.Session >= 0, "session", "index")
	a.Evidence.check(f)
	a.checkSigners(f)
}

// checkService lists what is malformed in when and how long somebody served.
func checkService(f *faults, start Start, minutes Amount) {
	f.want(start.On() > 365 && start.On().valid(), "start", "start")
	f.want(minutes > 0 && minutes <= MaxMinutes, "minutes", "minutes")
	f.want(minutes <= 0 || start%MaxMinutes+Start(minutes) <= MaxMinutes, "minutes", "crosses_midnight")
}

func (a *DeclareHours) needs(b *Book, _ Command, w *Wants) {
	b.wantVolunteer(w, a.Volunteer)
	b.wantShared(w, a.Volunteer)
	b.activities.want(w, a.Activity)
	b.days.want(w, dayKey{a.Volunteer, a.Start.On()})
	b.calendar.want(w, single{})
	if a.Request != "" {
		b.wantRequest(w, a.Request)
	}
	if a.Session != 0 {
		b.sessions.want(w, a.Session)
	}
	if b.complete {
		return
	}
	if act, ok := b.activities.peek(a.Activity); ok {
		b.wantRule(w, act.Unit)
		r := Record{Kind: HoursDeclared, Volunteer: a.Volunteer, Unit: act.Unit, Standard: act.Code, Start: a.Start}
		b.wantClaim(w, &r, a.Activity)
	}
}

func (a *DeclareHours) decide(b *Book, c Command, d *draft) *Rejection {
	v, closed := b.open(a.Volunteer)
	if closed != nil && closed.Reason == NotFound {
		return closed
	}
	act, ok := b.activities.get(a.Activity)
	if !ok {
		return notFound(string(a.Activity))
	}
	if a.Request != "" {
		closed = firstOf(missing(&b.requests, a.Request), closed)
	}
	if closed != nil {
		return closed
	}
	rule, ok := b.ruleOf(act.Unit, a.Start.On())
	if !ok {
		return &Rejection{Reason: NoRule, Subject: a.Start.On().String()}
	}
	rate, ok := rule.Rate(act.Code, a.Capture)
	if !ok {
		return &Rejection{Reason: NoStandard, Subject: string(act.Code)}
	}
	if r := a.confirmed(b, rule, act.Code); r != nil {
		return r
	}
	if a.Start+Start(a.Minutes) > d.minute {
		return &Rejection{Reason: DateInFuture, Subject: a.Start.String()}
	}
	body := &HoursRecord{DeclareHours: *a, Import: c.Import, Unit: act.Unit, Pool: b.earnsInto(v, a.Start.On())}
	x := &claim{who: v, unit: act.Unit, code: act.Code, activity: a.Activity, on: a.Start.On(), each: rate, per: 60}
	if r := firstOf(body.fits(b, rule), a.proven(b, rule), body.inTime(b, rule, d.On)); r != nil {
		return r
	}
	if r := body.price(b, rule, x); r != nil {
		return r
	}
	d.Rule, d.Body = rule.Name(), body
	return nil
}

// fits refuses a record that repeats or overlaps another of the person's day, or is too much for one day, and says how many of its
// minutes earn.
func (r *HoursRecord) fits(b *Book, rule *Rule) *Rejection {
	day, _ := b.days.get(dayKey{r.Volunteer, r.Start.On()})
	total, counted := r.Minutes, Amount(0)
	for _, s := range day.Sessions {
		if s.Activity == r.Activity && s.Start == r.Start {
			return &Rejection{Reason: Duplicate, Subject: s.Start.String()}
		}
		total += s.Minutes
		counted += s.Counted
	}
	for _, s := range day.Sessions {
		if s.Start >= r.Start+Start(r.Minutes) || r.Start >= s.Start+Start(s.Minutes) {
			continue
		}
		if rule.Overlap == "" {
			return &Rejection{Reason: Overlap, Subject: string(s.Activity)}
		}
		r.Queries = []Query{QueryOverlap}
	}
	switch {
	case total > rule.dayLimit():
		return &Rejection{Reason: DayLimit, Subject: r.Start.On().String(), Have: total, Want: rule.dayLimit()}
	case len(day.Sessions) >= rule.sessions():
		return &Rejection{Reason: SessionLimit, Subject: r.Start.On().String(), Have: Amount(len(day.Sessions)), Want: Amount(rule.sessions())}
	case rule.LongDay.Minutes > 0 && total > rule.LongDay.Minutes:
		r.Queries = append(r.Queries, QueryLongDay)
	}
	if slices.Contains(rule.Queried, r.Capture) {
		r.Queries = append(r.Queries, QueryCapture)
	}
	if r.Counted = rule.Counted(r.Minutes, r.Capture, counted); r.complained(b) {
		r.Counted = rule.Quality.Left(r.Counted)
	}
	return nil
}

// inTime refuses a late record, or takes its points or asks for a look, as the rule says.
func (r *HoursRecord) inTime(b *Book, rule *Rule, today Date) *Rejection {
	switch how, last := b.late(rule, r.Start.On(), today); how {
	case LateRefused:
		return &Rejection{Reason: Late, Subject: last.String()}
	case LateHonorary:
		r.Honorary, r.Counted = true, 0
	case LateHeld:
		r.Queries = append(r.Queries, QueryLate)
	}
	return nil
}

// price says what the minutes that count are worth.
func (r *HoursRecord) price(b *Book, rule *Rule, x *claim) (no *Rejection) {
	x.quantity = int64(r.Counted)
	r.Points, r.Clipped, no = b.price(rule, x, &r.Queries)
	return no
}

// price says what a claim is worth and what caps took off, and notes where a reviewer must look at it because of one.
func (b *Book) price(rule *Rule, x *claim, queries *[]Query) (points, clipped Amount, no *Rejection) {
	p, no := x.price(rule, b.tallied)
	if no != nil {
		return 0, 0, no
	}
	if p.held {
		*queries = append(*queries, QueryCap)
	}
	return p.points, p.clipped, b.mayPend(x.who.Volunteer, p.points)
}

func (r *HoursRecord) asked() (Action, Index) { return &r.DeclareHours, r.Import }

// holds that the record is somebody's, and of the unit whose activity it was (I8).
func (r *HoursRecord) holds(b *Book, _ Entry) ([]Posting, error) {
	if act, ok := b.activities.get(r.Activity); !ok || act.Unit != r.Unit {
		return nil, fmt.Errorf("I8: unit %s has no activity %s", r.Unit, r.Activity)
	}
	if r.Request != "" {
		if no := r.confirmed(b, &Rule{}, ""); no != nil {
			return states(no)
		}
	}
	return nil, b.checkMember(r.Volunteer, r.Pool, r.Start.On())
}

func (r *HoursRecord) fold(b *Book, e Entry) {
	day := b.days.edit(dayKey{r.Volunteer, r.Start.On()})
	day.Sessions = append(day.Sessions, Session{kept(b, r.Activity), r.Start, r.Minutes, r.Counted})
	b.declare(e, Record{
		Volunteer: r.Volunteer, Unit: r.Unit, Activity: r.Activity, Start: r.Start, Minutes: r.Minutes,
		Counted: r.Counted, Points: r.Points, Capture: r.Capture, Import: r.Import, Queries: r.Queries,
		Pool: r.Pool,
	})
}
