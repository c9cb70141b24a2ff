package ledger

// CarryRule says how much of what a volunteer has left at the end of the year goes on to the next (B23). The zero value carries
// nothing: all of it expires.
type CarryRule struct {
	Percent int64  // of what the lots have left that lapse on the rule's own day of the year; fractions of a hundredth are dropped
	Cap     Amount // most points of a volunteer in a year; 0 for no cap
}

func (x *CarryRule) fields(c *codec) {
	number(c, "percent", &x.Percent)
	number(c, "cap", &x.Cap)
}

func (x *CarryRule) check(f *faults, r *Rule) {
	yearly := r.Expires == ExpiresYearEnd || r.Expires == ExpiresDay
	f.want(x.Percent >= 0 && x.Percent <= 100 && (x.Percent == 0 || yearly), "carry.percent", "carry_percent")
	f.want(x.Cap >= 0 && x.Cap.within() && (x.Cap == 0 || x.Percent > 0), "carry.cap", "points")
}

// yearly reports whether a lot lapses on the day of the year on which the rule lets points lapse. What lapses on another day, such as
// what came back into a lapsed lot, had its time already.
func (r *Rule) yearly(l Lot) bool {
	switch r.Expires {
	case ExpiresYearEnd:
		return l.Expires == l.Expires.YearEnd(0)
	case ExpiresDay:
		return l.Expires == nextDay(r.ExpiresOn, l.Expires)
	}
	return false
}

// goesOn returns how much of what is left goes on, where so much did before in the same year.
func (x *CarryRule) goesOn(left, before Amount) Amount {
	carried, ok := share(left, x.Percent, 100)
	if !ok { // so many points that a percentage of them does not fit
		carried = left / 100 * Amount(x.Percent)
	}
	if x.Cap > 0 {
		carried = min(carried, max(0, x.Cap-before))
	}
	return carried
}

// lapse is what has lapsed of an account and is not held, in the order in which it is posted: what may go on comes first. Lots beyond
// the bound of an entry are left to the next one.
type lapse struct {
	draws  []draw
	total  Amount
	yearly Amount // of it, what a part of may go on
}

func lapsed(a Account, rule *Rule, on Date) (out lapse) {
	most := MaxPostings - 1 // beside what they come to
	if rule.Carry.Percent > 0 {
		most-- // and what goes on
	}
	for _, goesOn := range []bool{true, false} {
		for _, l := range a.Lots {
			yearly := rule.Carry.Percent > 0 && rule.yearly(l)
			if yearly != goesOn || !l.Lapsed(on) || l.Free() == 0 || len(out.draws) == most {
				continue
			}
			out.draws = append(out.draws, draw{l.ID, l.Free()})
			if out.total += l.Free(); yearly {
				out.yearly += l.Free()
			}
		}
	}
	return out
}

// expire posts what has lapsed of a volunteer's or a pool's points, and what of it goes on. Nothing goes on in a pool, or of points that
// are not earned.
func (b *Book) expire(d *draft, a *Expire) *Expiry {
	owner := a.account()
	acct, _ := b.accounts.get(AccountKey{owner, Point})
	body := &Expiry{Volunteer: a.Volunteer, Unit: b.unitOf(owner), Pool: a.Pool}
	v, rule := b.carries(a.Volunteer, d.On)
	gone := lapsed(*acct, rule, d.On)
	for _, w := range gone.draws {
		d.post(owner, Point, w.Amount, w.Lot)
	}
	if rule.Carry.Percent > 0 {
		d.Rule = rule.Name()
		var before Amount
		from, until := Yearly.Around(d.On)
		for _, o := range v.owners(string(v.Volunteer)) {
			t, _ := b.tallies.get(always(o))
			before += t.sum(carriedOver, from, until).Points
		}
		body.Carried = rule.Carry.goesOn(gone.yearly, before)
	}
	if body.Carried > 0 {
		body.Expires = rule.Expiry(d.On)
		d.post(owner, Point, -body.Carried, d.newLot())
	}
	d.post(NewAccountID(ClassBreakage, body.Unit), Point, body.Carried-gone.total, 0)
	b.expireDated(d, owner.Owner(), body.Unit)
	return body
}

// carries returns the rule by which points of a volunteer go on; none for a pool and for a number that is closed.
func (b *Book) carries(id VolunteerID, on Date) (v *Volunteer, rule *Rule) {
	if id == "" {
		return &Volunteer{}, &Rule{}
	}
	v, _ = b.who(id)
	rule, _ = b.ruleOf(v.Unit, on)
	if v.Status == Closed {
		rule = &Rule{}
	}
	return v, rule
}

// wantCarry asks for what says how much goes on.
func (b *Book) wantCarry(w *Wants, v *Volunteer) {
	if b.complete {
		return
	}
	b.wantRules(w, v)
	for _, o := range v.owners(string(v.Volunteer)) {
		b.tallies.want(w, always(o))
	}
}

func (v View) carriedBefore(who Volunteer, on Date) (before Amount, err error) {
	from, until := Yearly.Around(on)
	for _, o := range who.owners(string(who.Volunteer)) {
		t, err := find[Tally](v, "tally", writeTally(always(o)))
		if err != nil && !isNotFound(err) {
			return 0, err
		}
		before += t.sum(carriedOver, from, until).Points
	}
	return before, nil
}

// Carry is what would go on for a volunteer at the end of a year.
type Carry struct {
	On     Date // the last day on which the points are good without it
	Points Amount
	Rule   CarryRule
}

// Carries returns how much of what a volunteer has now would go on, by the rules of the book, at the end of each day on which some of
// it lapses.
func (v View) Carries(rules *Rules, who Volunteer, acct Account) (out []Carry, err error) {
	if who.Status == Closed || !rules.any(func(r *Rule) bool { return r.Carry.Percent > 0 }) {
		return nil, nil
	}
	rule, err := v.ruleOf(rules, who.Unit, v.on)
	if err != nil || rule.Carry.Percent == 0 {
		return nil, err
	}
	for _, l := range acct.Lots { // by expiry
		switch n := len(out); {
		case l.Lapsed(v.on) || !rule.yearly(l):
		case n > 0 && out[n-1].On == l.Expires:
			out[n-1].Points += l.Left
		default:
			out = append(out, Carry{l.Expires, l.Left, rule.Carry})
		}
	}
	for i := range out {
		out[i].Points = rule.Carry.goesOn(out[i].Points, 0)
	}
	return out, nil
}
