package ledger

import (
	"errors"
	"fmt"
	"slices"
)

// Acts that are no service: points without minutes, by code and quantity.

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
	r = firstOf(a.once(b, v, act), body.inTime(b, rule, d.On))
	switch {
	case r != nil:
		return r
	case ok:
		body.CountedIn = act.CountedIn
		x := &claim{who: v, unit: unit, code: a.Code, on: a.On, quantity: a.Quantity, each: act.Points, per: act.Per, keep: act.Keep}
		body.Points, body.Clipped, r = b.price(rule, x, &body.Queries)
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
