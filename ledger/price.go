package ledger

import "slices"

// This file says what a record is worth: its standard, what boosts it, and what caps it.

// The reasons for which a record is not declared or not approved, beside those of every ladder.
const (
	CapReached RejectReason = "cap_reached" // Subject says which; have would be, want is the cap
	Incomplete RejectReason = "incomplete"  // Subject says what the rule wants beside it
	Late       RejectReason = "late"        // Subject is the last day
	Unseen     RejectReason = "unseen"      // Subject is the query that a reviewer must look at
)

// The subjects of CapReached: what a cap counts.
const (
	OfCount    Measure = "count"
	OfQuantity Measure = "quantity"
	OfPoints   Measure = "points"
)

// Measure is what a cap counts.
type Measure string

// Query is something about a record that a reviewer must look at before they approve it.
type Query string

// The queries.
const (
	QueryOverlap Query = "overlap"
	QueryLongDay Query = "long-day"
	QueryCap     Query = "cap"
	QueryLate    Query = "late"
)

// Missing is what the rule wants with a record, a delivery or goods that somebody fetches, and is not there.
type Missing string

// What may be missing.
const (
	MissingEvidence   Missing = "evidence"
	MissingSignatures Missing = "signatures"
	MissingSession    Missing = "session"
	MissingAbout      Missing = "about"
	MissingSource     Missing = "source"
	MissingValue      Missing = "value"
	MissingBestBefore Missing = "best_before"
	MissingDocument   Missing = "document"
	MissingPhone      Missing = "phone"
)

func incomplete(m Missing) *Rejection { return &Rejection{Reason: Incomplete, Subject: string(m)} }

// Evidence refers to a file that is kept outside the book: the book can tell whether it is still the same.
type Evidence struct {
	SHA256 string // of its bytes, 64 hexadecimal digits; none where there is no evidence
	Size   int64  // in bytes
}

func (x *Evidence) fields(c *codec) {
	text(c, "sha256", &x.SHA256)
	number(c, "size", &x.Size)
}

func (x *Evidence) check(f *faults) {
	f.want(x.SHA256 == "" || hexDigest(x.SHA256), "sha256", "sha256")
	f.want((x.Size > 0) == (x.SHA256 != "") && Amount(x.Size).within() && x.Size >= 0, "size", "positive")
}

// claim is what somebody would have a record be worth.
type claim struct {
	who      *Volunteer
	unit     UnitID
	code     Code
	activity ActivityID
	on       Date
	quantity int64 // counted minutes, or pieces
	each     Amount
	per      int64  // each is for so much of the quantity
	keep     string // B08
	before   int64  // quantity of the year before this, where the rest is carried
}

// worth returns what so much of the claim is worth under the rule, before caps.
func (x *claim) worth(rule *Rule, quantity int64) (Amount, bool) {
	num, den := quantity, x.per
	switch x.keep {
	case KeepWhole:
		num, den = quantity/x.per, 1
	case KeepRest:
		num, den = (x.before+quantity)/x.per-x.before/x.per, 1
	}
	points, ok := share(x.each, num, den)
	if !ok || len(rule.Boosts) == 0 {
		return points, ok
	}
	boost, found := rule.boost(x.code, x.activity, x.on)
	if !found {
		return points, true
	}
	more, ok := share(points, boost.Percent-100, 100)
	if boost.Cap > 0 {
		more = min(more, boost.Cap)
	}
	return points + more, ok && (points + more).within()
}

// priced is what a claim comes to.
type priced struct {
	points  Amount
	clipped Amount // what caps took off
	held    bool   // a cap would be passed, and a reviewer must look
}

// tallied adds up what is tallied of an owner from one day to another, both included.
type tallied func(owner, what string, from, until Date) TallyDay

// price says what a claim is worth under the rule and its caps, or refuses it.
func (x *claim) price(rule *Rule, used tallied) (p priced, r *Rejection) {
	x.carry(used)
	full, ok := x.worth(rule, x.quantity)
	if !ok {
		return p, &Rejection{Reason: TooLarge, Subject: string(x.code)}
	}
	p.points = full
	for i := range rule.Caps {
		c := &rule.Caps[i]
		if !c.fits(x.code) {
			continue
		}
		left, over := x.below(rule, c, full, used)
		switch {
		case over == nil:
		case c.Over == OverRefused:
			return p, over
		case c.Over == OverHeld:
			p.held = true
		default:
			p.points = min(p.points, left)
		}
	}
	p.clipped = full - p.points
	return p, nil
}

// carry finds what was declared of the act this year before, where the rest of it goes on.
func (x *claim) carry(used tallied) {
	if x.keep == KeepRest {
		from, until := Yearly.Around(x.on)
		x.before = used(string(x.who.Volunteer), string(x.code), from, until).Quantity
	}
}

func (c *Cap) fits(code Code) bool { return c.Code == "" || c.Code == code }

// owner returns whose sums the cap looks at, and which.
func (c *Cap) owner(x *claim) (owner, what string) {
	owner, what = string(x.who.Volunteer), allEarned
	switch {
	case c.Of == EachUnit:
		owner = string(x.unit)
	case c.Of == EachHousehold && x.who.HouseholdOn(x.on) != "":
		owner = string(x.who.HouseholdOn(x.on))
	}
	if c.Code != "" {
		what = string(c.Code)
	}
	return owner, what
}

// below returns how many points of the claim a cap leaves, and the refusal of a claim that would pass it.
func (x *claim) below(rule *Rule, c *Cap, full Amount, tally tallied) (left Amount, over *Rejection) {
	owner, what := c.owner(x)
	from, until := c.Per.Around(x.on)
	used := tally(owner, what, from, until)
	pass := func(m Measure, have, want Amount) {
		if over == nil {
			over = &Rejection{Reason: CapReached, Subject: string(m), Have: have, Want: want}
		}
	}
	left = full
	if sum := used.Count + 1; c.Count > 0 && sum > c.Count {
		pass(OfCount, Amount(sum), Amount(c.Count))
		left = 0
	}
	if sum := used.Quantity + x.quantity; c.Quantity > 0 && sum > c.Quantity {
		pass(OfQuantity, Amount(sum), Amount(c.Quantity))
		some, _ := x.worth(rule, max(0, c.Quantity-used.Quantity)) // less than all of it, which was not too large
		left = min(left, some)
	}
	if sum := used.Points + full; c.Points > 0 && sum > c.Points {
		pass(OfPoints, sum, c.Points)
		left = min(left, max(0, c.Points-used.Points))
	}
	return left, over
}

// wantClaim asks for every sum that a record may be part of, and that caps look at.
func (b *Book) wantClaim(w *Wants, r *Record, act ActivityID) {
	if b.complete {
		return
	}
	v, ok := b.volunteers.peek(r.Volunteer)
	if !ok {
		return
	}
	on := r.day().on
	r.Household = v.HouseholdOn(on)
	b.wantTallies(w, r)
	rule, ok := b.peekRule(r.Unit, on)
	if !ok {
		return
	}
	x := claim{who: v, unit: r.Unit, code: r.Standard, activity: act, on: on}
	for i := range rule.Caps {
		c := &rule.Caps[i]
		if c.fits(r.Standard) {
			owner, _ := c.owner(&x)
			from, until := c.Per.Around(on)
			b.wantTallied(w, owner, from, until)
		}
	}
	switch a, _ := rule.Act(r.Code); { // what is asked of the person, numbers that were merged into this one included
	case a.Once == OnceEver:
		b.wantTallied(w, string(r.Volunteer), v.Since, max(on, v.Since))
	case a.Once == OnceAYear, a.Keep == KeepRest:
		from, until := Yearly.Around(on)
		b.wantTallied(w, string(r.Volunteer), from, until)
	}
	if of, ok := b.volunteers.peek(r.About); ok {
		b.wantTallied(w, string(r.About), of.Since, max(on, of.Since))
	}
}

// peekRule is ruleOf before everything was loaded.
func (b *Book) peekRule(u UnitID, day Date) (*Rule, bool) {
	rules, _ := b.rules.peek(single{})
	unit, _ := b.units.peek(u)
	var above []UnitID
	if rules.scoped() {
		org, _ := b.org.peek(single{})
		above = org.Above(u, day)
	}
	return rules.For(above, unit.Rule, day)
}

// once refuses an act that may be done once of something and was done.
func (a *DeclareActs) once(b *Book, v *Volunteer, act ActStandard) *Rejection {
	owner, what := string(v.Volunteer), string(a.Code)
	from, until := Yearly.Around(a.On)
	switch act.Once {
	case "":
		return nil
	case OnceEver:
		from = v.Since
	case OncePerson:
		if a.About == "" {
			return incomplete(MissingAbout)
		}
		of, r := b.open(a.About)
		if r != nil {
			return r
		}
		owner, what, from = string(a.About), about(a.Code), of.Since
	}
	switch {
	case a.On < from:
		return &Rejection{Reason: DateInPast, Subject: a.On.String()}
	case b.tallied(owner, what, from, max(until, from)).Count > 0:
		return &Rejection{Reason: Duplicate, Subject: string(a.Code)}
	}
	return nil
}

// late returns what becomes of a record of a day that is declared today: "" where it is in time. Late names the last day.
func (b *Book) late(rule *Rule, day, today Date) (how string, last Date) {
	if rule.Deadline.Days == 0 {
		return "", 0
	}
	calendar, _ := b.calendar.get(single{})
	last = calendar.WorkingDays(day, int(rule.Deadline.Days))
	if today <= last {
		return "", last
	}
	return rule.Deadline.Late, last
}

// mayApprove refuses whoever did not look at what must be looked at.
func (b *Book) mayApprove(c Command, on Date, rec *Record, rule *Rule, seen bool) *Rejection {
	if len(rec.Queries) == 0 {
		return nil
	}
	if !seen {
		return &Rejection{Reason: Unseen, Subject: string(rec.Queries[0])}
	}
	if role := rule.LongDay.Role; role != "" && slices.Contains(rec.Queries, QueryLongDay) && !b.hasRole(c, role, on) {
		return &Rejection{Reason: NotPermitted, Subject: string(role)}
	}
	return nil
}
