package ledger

import (
	"errors"
	"fmt"
	"slices"
)

// This family says what becomes of service: it is declared by one person, priced by the rule of the day of service, and credited
// or sent back by another.

// The kinds of what becomes of service.
const (
	HoursDeclared   Kind = "hours_declared"
	ActsDeclared    Kind = "acts_declared"
	OpeningDeclared Kind = "opening_declared"
	Approved        Kind = "approved" // a service record or acts: the credit
	OpeningPosted   Kind = "opening"  // an approved opening balance
	RecordReturned  Kind = "record_returned"
)

// The actions and bodies. Fields of actions that are not marked optional are required.
type (
	// DeclareHours claims a service record for a volunteer. By a leader.
	DeclareHours struct {
		Volunteer VolunteerID
		Activity  ActivityID
		Start     Start
		Minutes   Amount
		Capture   Capture
		Sheet     string // optional: number of the paper sheet, [A-Za-z0-9-]{1,20}

		Request  RequestID // optional: the request for help that was served, and called back about
		Session  Index     // optional: the attendance that it was scanned in
		Evidence Evidence  // optional
		Signers  []Signer  // optional: who signed the sheet
	}

	// HoursRecord is the body of hours_declared: what was claimed and what it is worth under the rule.
	HoursRecord struct {
		DeclareHours
		Import  Index
		Unit    UnitID // of the activity: whose books the credit stands in
		Counted Amount // minutes that earn, after rounding and caps
		Points  Amount

		Honorary bool    // it was late: minutes and no points
		Clipped  Amount  // points that caps took off
		Queries  []Query // what a reviewer must look at
		Pool     PoolID  // of the household that holds the points; none where the volunteer does
	}

	// DeclareActs claims acts that are no volunteer service: they give points and no minutes. By a leader.
	DeclareActs struct {
		Volunteer VolunteerID
		Code      Code
		Quantity  int64
		On        Date // the day of the act
		Sheet     string

		Evidence Evidence    // optional
		About    VolunteerID // optional: whom it is about, such as a volunteer brought along
	}

	// ActsRecord is the body of acts_declared.
	ActsRecord struct {
		DeclareActs
		Import Index
		Unit   UnitID // of the volunteer
		Points Amount

		Deduct  Amount // points that it takes away, where it is a deduction
		Clipped Amount
		Queries []Query
		Pool    PoolID

		CountedIn string // what the rule says that the quantity counts
	}

	// DeclareOpening claims the balance of a paper booklet, once per volunteer. By a steward.
	DeclareOpening struct {
		Volunteer VolunteerID
		Points    Amount
		Expires   Date // optional
	}

	// OpeningRecord is the body of opening_declared.
	OpeningRecord struct {
		DeclareOpening
		Import Index
		Unit   UnitID // of the volunteer
		Pool   PoolID
	}

	// Approve posts a declared record. By a reviewer who did not declare it and does not benefit.
	Approve struct {
		Record Index // of the declaring entry
		Seen   bool  // whether the reviewer looked at what the record is queried for
	}

	// Credit is the body of approved and opening. The postings carry the amounts.
	Credit struct {
		Record    Index
		Volunteer VolunteerID
		Expires   Date  // of the lot that it opens
		Notice    int64 // days that it is to be on notice before it is credited; then there are no postings
		Seen      bool  // the reviewer looked at what the record is queried for
		From      Date  // the beginning of the period at which it is to be credited; then there are no postings
		Step      int64 // of an approval in several steps, from 1; none of the last. Then there are no postings
	}

	// ReturnRecord sends a declared record back; nothing is posted. By a reviewer who did not declare it.
	ReturnRecord struct {
		Record Index
		Reason Reason
	}

	// RecordReturn is the body of record_returned.
	RecordReturn struct {
		ReturnRecord
		Volunteer VolunteerID
	}
)

// serviceBody returns an empty body of one of the kinds above, or nil.
func serviceBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case HoursDeclared:
		return &HoursRecord{}
	case ActsDeclared:
		return &ActsRecord{}
	case OpeningDeclared:
		return &OpeningRecord{}
	case Approved, OpeningPosted:
		return &Credit{}
	case RecordReturned:
		return &RecordReturn{}
	}
	return nil
}

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
	if r := firstOf(body.fits(b, &rule), a.proven(b, &rule), body.inTime(b, &rule, d.On)); r != nil {
		return r
	}
	if r := body.price(b, &rule, x); r != nil {
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
		if no := r.confirmed(b, Rule{}, ""); no != nil {
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

func (a *DeclareActs) fields(c *codec) {
	a.claimed(c)
	a.added(c)
}

func (a *DeclareActs) claimed(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	text(c, "code", &a.Code)
	number(c, "quantity", &a.Quantity)
	c.date("on", &a.On)
	text(c, "sheet", &a.Sheet)
}

func (a *DeclareActs) added(c *codec) {
	c.since(2, func(c *codec) {
		a.Evidence.fields(c)
		text(c, "about", &a.About)
	})
}

func (r *ActsRecord) fields(c *codec) {
	r.claimed(c)
	number(c, "import", &r.Import)
	text(c, "unit", &r.Unit)
	number(c, "points", &r.Points)
	r.added(c)
	c.since(2, func(c *codec) {
		number(c, "deduct", &r.Deduct)
		number(c, "clipped", &r.Clipped)
		texts(c, "queries", &r.Queries)
		text(c, "pool", &r.Pool)
		text(c, "counted_in", &r.CountedIn)
	})
}

func (a *DeclareActs) kind() Kind { return ActsDeclared }

func (a *DeclareActs) roles() anyOf { return anyOf{Leader} }

func (a *DeclareActs) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *DeclareActs) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Code.Valid(), "code", "code")
	f.want(a.Quantity > 0 && a.Quantity <= MaxQuantity, "quantity", "quantity")
	f.want(a.On.valid(), "on", "date")
	f.want(sheetNumber(a.Sheet), "sheet", "sheet")
	a.Evidence.check(f)
	f.want(a.About == "" || a.About.Valid(), "about", "volunteer_number")
	f.want(a.About != a.Volunteer || a.About == "", "about", "twice")
}

func (a *DeclareActs) needs(b *Book, _ Command, w *Wants) {
	b.days.want(w, dayKey{a.Volunteer, a.On})
	b.wantShared(w, a.Volunteer)
	b.calendar.want(w, single{})
	if a.About != "" {
		b.volunteers.want(w, a.About)
	}
	if v, ok := b.wantVolunteer(w, a.Volunteer); ok && !b.complete {
		unit := v.UnitOn(a.On)
		b.wantRule(w, unit)
		r := Record{Kind: ActsDeclared, Volunteer: a.Volunteer, Unit: unit, Standard: a.Code, Code: a.Code, On: a.On, About: a.About}
		b.wantClaim(w, &r, "")
	}
}

func (a *DeclareActs) decide(b *Book, c Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	if r != nil {
		return r
	}
	unit := v.UnitOn(a.On)
	rule, ok := b.ruleOf(unit, a.On)
	if !ok {
		return &Rejection{Reason: NoRule, Subject: a.On.String()}
	}
	act, ok := rule.Act(a.Code)
	less, deduction := rule.Deduction(a.Code)
	if !ok && !deduction {
		return &Rejection{Reason: NoStandard, Subject: string(a.Code)}
	}
	if a.On > d.On {
		return &Rejection{Reason: DateInFuture, Subject: a.On.String()}
	}
	day, _ := b.days.get(dayKey{a.Volunteer, a.On})
	switch {
	case slices.Contains(day.Acts, a.Code):
		return &Rejection{Reason: Duplicate, Subject: string(a.Code)}
	case len(day.Acts) >= MaxSessions:
		return &Rejection{Reason: SessionLimit, Subject: a.On.String(), Have: Amount(len(day.Acts)), Want: MaxSessions}
	case (act.Evidence || less.Evidence) && a.Evidence.SHA256 == "":
		return incomplete(MissingEvidence)
	}
	body := &ActsRecord{DeclareActs: *a, Import: c.Import, Unit: unit, Pool: b.earnsInto(v, a.On)}
	r = firstOf(a.once(b, v, act), body.inTime(b, &rule, d.On))
	switch {
	case r != nil:
		return r
	case ok:
		body.CountedIn = act.CountedIn
		x := &claim{who: v, unit: unit, code: a.Code, on: a.On, quantity: a.Quantity, each: act.Points, per: act.Per, keep: act.Keep}
		body.Points, body.Clipped, r = b.price(&rule, x, &body.Queries)
	default:
		body.CountedIn = less.CountedIn
		body.Deduct, ok = share(less.Points, a.Quantity, 1)
		if !ok {
			r = &Rejection{Reason: TooLarge, Subject: string(a.Code)}
		}
	}
	d.Rule = rule.Name()
	return d.itself(body, r)
}

// inTime refuses a late act, which has no minutes that could stand without points, or asks for a look.
func (r *ActsRecord) inTime(b *Book, rule *Rule, today Date) *Rejection {
	switch how, last := b.late(rule, r.On, today); how {
	case LateRefused, LateHonorary:
		return &Rejection{Reason: Late, Subject: last.String()}
	case LateHeld:
		r.Queries = append(r.Queries, QueryLate)
	}
	return nil
}

func (r *ActsRecord) asked() (Action, Index) { return &r.DeclareActs, r.Import }

// holds that the record is somebody's, of their unit of that day, and that its quantity counts what a word says (I8).
func (r *ActsRecord) holds(b *Book, _ Entry) ([]Posting, error) {
	if v, ok := b.who(r.Volunteer); ok && v.UnitOn(r.On) != r.Unit {
		return nil, fmt.Errorf("I8: volunteer %s is not of unit %s", r.Volunteer, r.Unit)
	}
	if !countingWord(r.CountedIn) {
		return nil, errors.New("I8: what is counted is no word")
	}
	return nil, b.checkMember(r.Volunteer, r.Pool, r.On)
}

func (r *ActsRecord) fold(b *Book, e Entry) {
	day := b.days.edit(dayKey{r.Volunteer, r.On})
	day.Acts = append(day.Acts, kept(b, r.Code))
	b.declare(e, Record{
		Volunteer: r.Volunteer, Unit: r.Unit, Code: r.Code, On: r.On, Quantity: r.Quantity, Points: r.Points, Import: r.Import,
		About: r.About, Deduct: r.Deduct, Queries: r.Queries, Pool: r.Pool, CountedIn: kept(b, r.CountedIn),
	})
}

func (a *DeclareOpening) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	number(c, "points", &a.Points)
	c.date("expires", &a.Expires)
}

func (r *OpeningRecord) fields(c *codec) {
	r.DeclareOpening.fields(c)
	number(c, "import", &r.Import)
	text(c, "unit", &r.Unit)
	c.since(2, func(c *codec) { text(c, "pool", &r.Pool) })
}

func (a *DeclareOpening) kind() Kind { return OpeningDeclared }

func (a *DeclareOpening) roles() anyOf { return anyOf{Steward} }

func (a *DeclareOpening) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *DeclareOpening) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Points > 0 && a.Points.within(), "points", "points")
	f.want(a.Expires == 0 || a.Expires.valid(), "expires", "date")
}

func (a *DeclareOpening) needs(b *Book, _ Command, w *Wants) {
	b.wantVolunteer(w, a.Volunteer)
	b.wantShared(w, a.Volunteer)
}

func (a *DeclareOpening) decide(b *Book, c Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	switch {
	case r != nil:
		return r
	case a.Expires != 0 && a.Expires < d.On:
		return &Rejection{Reason: DateInPast, Subject: a.Expires.String()}
	case v.Opening != 0:
		return &Rejection{Reason: Duplicate, Subject: string(a.Volunteer)}
	}
	if r := b.mayPend(a.Volunteer, a.Points); r != nil {
		return r
	}
	d.Body = &OpeningRecord{DeclareOpening: *a, Import: c.Import, Unit: v.Unit, Pool: b.earnsInto(v, d.On)}
	return nil
}

func (r *OpeningRecord) asked() (Action, Index) { return &r.DeclareOpening, r.Import }

func (r *OpeningRecord) holds(b *Book, e Entry) ([]Posting, error) {
	return nil, b.checkMember(r.Volunteer, r.Pool, e.On)
}

func (r *OpeningRecord) fold(b *Book, e Entry) {
	b.volunteers.edit(r.Volunteer).Opening = e.Index
	b.declare(e, Record{Volunteer: r.Volunteer, Unit: r.Unit, Points: r.Points, Expires: r.Expires, Import: r.Import, Pool: r.Pool})
}

// mayPend refuses a record whose points would not fit beside those that wait already.
func (b *Book) mayPend(v VolunteerID, points Amount) *Rejection {
	acct, _ := b.accounts.get(AccountKey{PointsOf(v), Point})
	if sum := acct.Pending + points; !sum.within() {
		return &Rejection{Reason: TooLarge, Subject: string(v), Have: sum, Want: MaxAmount}
	}
	return nil
}

// declare keeps a record that waits for approval.
func (b *Book) declare(e Entry, r Record) {
	r.Index, r.Kind, r.State, r.Declarer, r.Rule = e.Index, kept(b, e.Kind), Pending, kept(b, e.Actor), kept(b, e.Rule)
	r.Volunteer, r.Unit, r.Activity = kept(b, r.Volunteer), kept(b, r.Unit), kept(b, r.Activity)
	r.Code, r.Capture = kept(b, r.Code), kept(b, r.Capture)
	if r.Kind != OpeningDeclared {
		v, _ := b.who(r.Volunteer)
		rules, _ := b.rules.get(single{})
		r.Chain = rules.chain(r.Rule)
		r.Household, r.Standard, r.About = v.HouseholdOn(r.day().on), r.Code, kept(b, r.About)
		if r.Kind == HoursDeclared {
			act, _ := b.activities.get(r.Activity)
			r.Standard = act.Code
		}
		for i, q := range r.Queries {
			r.Queries[i] = kept(b, q)
		}
		b.tally(&r, 1)
	}
	b.records.put(e.Index, r)
	b.pend(&r, 1)
}

// pend counts a record among those that wait for their outcome, or takes it out of them.
func (b *Book) pend(r *Record, sign int64) {
	acct := b.amend(AccountKey{PointsOf(r.Volunteer), Point})
	acct.Pending += Amount(sign) * r.Points
	acct.Waiting += sign
}

// Worth returns what a record comes to: points that it earns, or, below zero, takes away.
func (r *Record) Worth() Amount { return r.Points - r.Deduct }

// day names the day that a record of service or acts belongs to.
func (r *Record) day() dayKey {
	if r.Kind == HoursDeclared {
		return dayKey{r.Volunteer, r.Start.On()}
	}
	return dayKey{r.Volunteer, r.On}
}

// undeclare takes a record out of its day, so that the same may be declared again.
func (b *Book) undeclare(r *Record, state RecordState) {
	r.State = state
	if r.Kind == OpeningDeclared {
		b.volunteers.edit(r.Volunteer).Opening = 0
		return
	}
	b.tally(r, -1)
	day := b.days.edit(r.day())
	day.Sessions = slices.DeleteFunc(slices.Clone(day.Sessions), func(s Session) bool {
		return s.Activity == r.Activity && s.Start == r.Start
	})
	day.Acts = slices.DeleteFunc(slices.Clone(day.Acts), func(c Code) bool { return c == r.Code })
}

func (a *Approve) fields(c *codec) {
	number(c, "record", &a.Record)
	c.since(2, func(c *codec) { c.flag("seen", &a.Seen) })
}

func (r *Credit) fields(c *codec) {
	number(c, "record", &r.Record)
	text(c, "volunteer", &r.Volunteer)
	c.date("expires", &r.Expires)
	c.since(2, func(c *codec) {
		number(c, "notice", &r.Notice)
		c.flag("seen", &r.Seen)
		c.date("from", &r.From)
		number(c, "step", &r.Step)
	})
}

func (a *Approve) kind() Kind { return Approved }

func (a *Approve) roles() anyOf { return anyOf{Reviewer} }

func (a *Approve) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *Approve) check(f *faults) { f.want(a.Record > 0, "record", "index") }

func (a *Approve) needs(b *Book, c Command, w *Wants) {
	b.wantRecord(w, a.Record)
	b.rules.want(w, single{})
	r, ok := b.records.peek(a.Record)
	if ok && r.Kind == Proposed {
		b.wantProposal(c, w)
		return
	}
	if !ok || b.complete {
		return
	}
	for _, p := range creditPostings(r, 0) {
		b.accounts.want(w, p.key())
	}
	if r.Deduct > 0 {
		b.wantDeduction(w, &r)
	}
}

func (a *Approve) decide(b *Book, c Command, d *draft) *Rejection {
	if rec, ask := b.proposal(a); ask != nil {
		if a.Seen {
			return notFound("query") // a proposal has none, and its entry could not say so
		}
		return b.agree(c, rec, ask, d)
	}
	rec, r := b.pending(c, a.Record, Closed)
	if r != nil {
		return r
	}
	if rec.Kind == OpeningDeclared {
		d.Kind = OpeningPosted
	} else {
		rules, _ := b.rules.get(single{})
		rule, _ := rules.Named(rec.Rule)
		d.Rule, rec.Expires = rec.Rule, rule.Expiry(d.On)
		if r := firstOf(b.mayStep(c, d.On, &rec, ""), b.mayApprove(c, d.On, &rec, &rule, a.Seen)); r != nil {
			return r
		}
		if step := rec.next(); step > 0 {
			return d.itself(&Credit{Record: a.Record, Volunteer: rec.Volunteer, Seen: a.Seen, Step: step}, nil)
		}
		if credit := (&Credit{Record: a.Record, Volunteer: rec.Volunteer, Seen: a.Seen}); credit.awaits(&rule, d.On) {
			return d.itself(credit, nil)
		}
	}
	if rec.Deduct > 0 {
		loss := b.deduct(d, &rec)
		loss.Seen = a.Seen
		return d.itself(loss, nil)
	}
	credit := &Credit{Record: a.Record, Volunteer: rec.Volunteer, Seen: a.Seen}
	d.Postings = creditPostings(rec, NewLotID(d.Index, 1))
	if rec.Points > 0 {
		credit.Expires = rec.Expires
	}
	d.Body = credit
	return nil
}

// wantRecord asks for a record and what its outcome changes.
func (b *Book) wantRecord(w *Wants, i Index) {
	b.records.want(w, i)
	r, ok := b.records.peek(i)
	if !ok || r.Kind == Proposed {
		return
	}
	b.wantVolunteer(w, r.Volunteer)
	if r.Kind != OpeningDeclared {
		b.days.want(w, r.day())
	}
}

// wantUndeclared asks for a record and everything that taking it back changes.
func (b *Book) wantUndeclared(w *Wants, i Index) {
	b.wantRecord(w, i)
	if r, ok := b.records.peek(i); ok && r.Kind != Proposed {
		b.wantTallies(w, &r)
	}
}

// pending returns a record that waits for its outcome, or refuses: whoever declared it, or gains by it, has no say, and nothing
// is credited to a volunteer of the status that bars it.
func (b *Book) pending(c Command, i Index, barred Status) (Record, *Rejection) {
	rec, ok := b.records.get(i)
	if !ok {
		return rec, notFound(writeIndexPlain(i))
	}
	v, _ := b.who(rec.Volunteer)
	switch {
	case v.Status == barred:
		return rec, &Rejection{Reason: AccountClosed, Subject: string(rec.Volunteer)}
	case b.self(c.Actor, v):
		return rec, &Rejection{Reason: SelfService, Subject: string(rec.Volunteer)}
	case rec.Declarer == c.Actor || slices.Contains(rec.Approvers, c.Actor):
		return rec, &Rejection{Reason: SamePerson, Subject: string(c.Actor)}
	case rec.State != Pending:
		return rec, &Rejection{Reason: RecordClosed, Subject: string(rec.State)}
	}
	return rec, nil
}

// creditPostings are the postings that credit a record.
func creditPostings(r Record, lot LotID) []Posting {
	d := draft{Entry: Entry{Postings: make([]Posting, 0, 4)}}
	d.post(r.holder(), Point, -r.Points, lot)
	d.post(account(ClassIssued, r.Unit), Point, r.Points, 0)
	d.post(HoursOf(r.Volunteer), Minute, r.Minutes, 0)
	d.post(account(ClassServed, r.Unit), Minute, -r.Minutes, 0)
	return d.Postings
}

// checkRecord holds that a record has one outcome (I10), and that whoever declared it does not decide it (I13).
func (b *Book) checkRecord(e Entry, i Index, of VolunteerID) error {
	r, ok := b.records.get(i)
	switch {
	case !ok:
		return fmt.Errorf("I8: entry %d declares no record", i)
	case r.Volunteer != of:
		return fmt.Errorf("I8: record %d is another volunteer's", i)
	case r.State != Pending:
		return fmt.Errorf("I10: record %d is %s already", i, r.State)
	case r.Declarer == e.Actor:
		return fmt.Errorf("I13: %s declared record %d and approves it", e.Actor, i)
	case slices.Contains(r.Approvers, e.Actor):
		return fmt.Errorf("I13: %s approved record %d before", e.Actor, i)
	}
	if r.Kind == Proposed {
		return nil
	}
	return b.checkOther(e, of)
}

func (r *Credit) asked() (Action, Index) { return &Approve{r.Record, r.Seen}, 0 }

// holds that exactly what was declared is credited, by somebody else (I8, I13).
func (r *Credit) holds(b *Book, e Entry) ([]Posting, error) {
	if err := b.checkRecord(e, r.Record, r.Volunteer); err != nil {
		return nil, err
	}
	rec, _ := b.records.get(r.Record)
	opening := rec.Kind == OpeningDeclared
	wrong := rec.Kind == Proposed || (e.Kind == OpeningPosted) != opening || (rec.Deduct > 0 && r.now())
	if wrong || e.Rule != rec.Rule || (opening && r.Expires != rec.Expires) {
		return nil, fmt.Errorf("I8: record %d says otherwise", r.Record)
	}
	if err := rec.checkStep(r.Step); err != nil {
		return nil, err
	}
	if awaits, err := b.awaits(rec, r, e.On); awaits || err != nil {
		return nil, err
	}
	return creditPostings(rec, NewLotID(e.Index, 1)), nil
}

func (r *Credit) fold(b *Book, e Entry) {
	rec := b.records.edit(r.Record)
	b.stepped(rec, e.Actor)
	if r.Step > 0 {
		return
	}
	rec.Approver = kept(b, e.Actor)
	switch {
	case r.Notice > 0:
		rec.State, rec.Notice = AwaitingNotice, r.Notice
		return
	case r.From != 0:
		rec.State, rec.Posted, rec.Ends = AwaitingPeriod, e.Index, r.From-1
		v := b.volunteers.edit(rec.Volunteer)
		v.Later = append(slices.Clone(v.Later), rec.Index)
		return
	}
	rec.State, rec.Credit = Credited, e.Index
	b.pend(rec, -1)
}

func (r *Credit) lasts(LotID) Date { return r.Expires }

func (r *Credit) people() []VolunteerID { return []VolunteerID{r.Volunteer} }

func (r *Credit) needsUndone(b *Book, w *Wants) { b.wantUndeclared(w, r.Record) }

// undo takes back what is left of the credit, and all of the minutes.
func (r *Credit) undo(b *Book, d *draft, orig Entry) ([]LotExpiry, *Rejection) {
	if !r.now() {
		return nil, &Rejection{Reason: NotReversible, Subject: string(orig.Kind)} // it credited nothing
	}
	if r := b.reserved(orig); r != nil {
		return nil, r
	}
	b.takeBack(d, orig)
	for _, p := range orig.Postings {
		if p.Account.Class() != ClassPoints {
			d.post(p.Account, p.Commodity, -p.Amount, 0)
		}
	}
	return nil, nil
}

func (r *Credit) undone(b *Book, _, _ Entry) { b.undeclare(b.records.edit(r.Record), ReversedBack) }

func (a *ReturnRecord) fields(c *codec) {
	number(c, "record", &a.Record)
	text(c, "reason", &a.Reason)
}

func (r *RecordReturn) fields(c *codec) {
	r.ReturnRecord.fields(c)
	text(c, "volunteer", &r.Volunteer)
}

func (a *ReturnRecord) kind() Kind { return RecordReturned }

func (a *ReturnRecord) roles() anyOf { return anyOf{Reviewer} }

func (a *ReturnRecord) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *ReturnRecord) check(f *faults) {
	f.want(a.Record > 0, "record", "index")
	f.want(a.Reason.valid(), "reason", "reason")
}

func (a *ReturnRecord) needs(b *Book, _ Command, w *Wants) { b.wantUndeclared(w, a.Record) }

func (a *ReturnRecord) decide(b *Book, c Command, d *draft) *Rejection {
	if rec, ask := b.proposal(a); ask != nil {
		return d.itself(&RecordReturn{ReturnRecord: *a}, rec.outcome(c.Actor))
	}
	rec, r := b.pending(c, a.Record, "")
	if r = firstOf(r, b.mayStep(c, d.On, &rec, Reviewer)); r != nil {
		return r
	}
	d.Body = &RecordReturn{ReturnRecord: *a, Volunteer: rec.Volunteer}
	return nil
}

func (r *RecordReturn) asked() (Action, Index) { return &r.ReturnRecord, 0 }

func (r *RecordReturn) holds(b *Book, e Entry) ([]Posting, error) {
	return nil, b.checkRecord(e, r.Record, r.Volunteer)
}

func (r *RecordReturn) fold(b *Book, _ Entry) {
	rec := b.records.edit(r.Record)
	if rec.Kind == Proposed {
		rec.State = SentBack
		return
	}
	b.pend(rec, -1)
	b.undeclare(rec, SentBack)
}
