package ledger

import "slices"

// This file says by which arithmetic service and acts came to their points: how many minutes count, the standard, what boosts it and
// what caps leave of it; what a deduction takes from where, and what fills base points up.

func (r *HoursRecord) explain(v View, e Entry) ([]Term, Amount, error) {
	rule, err := v.ruleOfEntry(e)
	if err != nil {
		return nil, 0, err
	}
	act, err := v.Activity(r.Activity)
	if err != nil {
		return nil, 0, err
	}
	who, err := v.Volunteer(r.Volunteer)
	if err != nil {
		return nil, 0, err
	}
	steps, err := r.minutes(v, &rule)
	if err != nil {
		return nil, 0, err
	}
	counted := steps[len(steps)-1].Gives
	rate, _ := rule.Rate(act.Code, r.Capture)
	x := claim{
		who: &who, unit: r.Unit, code: act.Code, activity: r.Activity, on: r.Start.On(), quantity: int64(counted), each: rate, per: 60,
	}
	worth, err := x.explain(v, &rule, TermRate)
	if counted != r.Counted {
		worth[len(worth)-1].Gives = -1 // the steps before went wrong: no sum of theirs is right
	}
	return append(steps, worth...), r.Points, err
}

// minutes are the steps to the minutes that count.
func (r *HoursRecord) minutes(v View, rule *Rule) ([]Term, error) {
	day, err := v.Day(r.Volunteer, r.Start.On())
	if err != nil {
		return nil, err
	}
	var today Amount
	for _, s := range day.Sessions {
		today += s.Counted
	}
	steps := rule.countedSteps(r.Minutes, r.Capture, today)
	if complained, err := v.complained(r.Request); err != nil {
		return nil, err
	} else if complained {
		counted, left := steps[len(steps)-1].Gives, Amount(rule.Quality.Percent)
		steps = append(steps, Term{TermComplaint, string(r.Request), counted, left, 100, rule.Quality.Left(counted)})
	}
	if r.Honorary {
		steps = append(steps, Term{What: TermHonorary, Of: steps[len(steps)-1].Gives})
	}
	return steps, nil
}

// complained reports whether nothing good was heard about a request, so that service for it earns less, or nothing.
func (v View) complained(q RequestID) (bool, error) {
	if q == "" {
		return false, nil
	}
	req, err := v.Request(q)
	return req.Result == Bad, err
}

// countedSteps are the steps of Counted that change something, and the rounding in any case.
func (r *Rule) countedSteps(minutes Amount, by Capture, today Amount) []Term {
	if !slices.Contains(r.Earns, by) {
		return []Term{{What: TermCapture, Subject: string(by), Of: minutes}}
	}
	step := max(r.Step, 1)
	rounded := minutes / step * step
	if r.HalfUp {
		rounded = (minutes + step/2) / step * step
	}
	steps := []Term{{What: TermRounded, Of: minutes, By: step, Gives: rounded}}
	if rounded < r.Least {
		return append(steps, Term{What: TermLeast, Of: rounded, By: r.Least})
	}
	limit := func(what TermKind, most Amount) {
		if rounded > most {
			steps = append(steps, Term{What: what, Of: rounded, By: most, Gives: most})
			rounded = most
		}
	}
	if r.SessionCap > 0 {
		limit(TermSession, r.SessionCap)
	}
	if r.DayCap > 0 {
		limit(TermDay, max(0, r.DayCap-today))
	}
	return steps
}

// explain returns the steps of price: the standard, whose first step is so called, the boost, and the caps that take something off.
func (x *claim) explain(v View, rule *Rule, standard TermKind) ([]Term, error) {
	var wrong error
	used := func(owner, what string, from, until Date) TallyDay {
		sum, err := v.tallied(owner, what, from, until)
		if err != nil {
			wrong = err
		}
		return sum
	}
	x.carry(used)
	var steps []Term
	of, per := Amount(x.quantity), x.per
	switch x.keep {
	case KeepWhole:
		steps = append(steps, Term{TermWhole, string(x.code), of, 0, Amount(per), of / Amount(per)})
	case KeepRest:
		all := x.before + x.quantity
		steps = append(steps, Term{TermCarried, string(x.code), of, Amount(x.before), Amount(per), Amount(all/per - x.before/per)})
	}
	if len(steps) > 0 {
		of, per = steps[0].Gives, 1
	}
	points, _ := share(x.each, int64(of), per)
	steps = append(steps, Term{standard, string(x.code), of, x.each, Amount(per), points})
	steps = x.explainBoost(rule, steps)
	full := steps[len(steps)-1].Gives
	points = full
	for i := range rule.Caps {
		c := &rule.Caps[i]
		if !c.fits(x.code) || c.Over != OverClipped {
			continue
		}
		if left, over := x.below(rule, c, full, used); over != nil && left < points {
			owner, _ := c.owner(x)
			steps = append(steps, Term{What: TermCap, Subject: owner, Of: points, By: left, Gives: left})
			points = left
		}
	}
	return steps, wrong
}

func (x *claim) explainBoost(rule *Rule, steps []Term) []Term {
	boost, found := rule.boost(x.code, x.activity, x.on)
	points := steps[len(steps)-1].Gives
	if !found {
		return steps
	}
	more, _ := share(points, boost.Percent-100, 100)
	steps = append(steps, Term{TermBoost, string(x.code), points, Amount(boost.Percent), 100, points + more})
	if boost.Cap > 0 && more > boost.Cap {
		steps = append(steps, Term{What: TermBoostCap, Subject: string(x.code), Of: points, By: boost.Cap, Gives: points + boost.Cap})
	}
	return steps
}

func (r *ActsRecord) explain(v View, e Entry) ([]Term, Amount, error) {
	rule, err := v.ruleOfEntry(e)
	if err != nil {
		return nil, 0, err
	}
	act, ok := rule.Act(r.Code)
	if less, _ := rule.Deduction(r.Code); !ok {
		takes, _ := share(less.Points, r.Quantity, 1)
		return []Term{{TermDeduct, string(r.Code), Amount(r.Quantity), less.Points, 1, -takes}}, r.Points - r.Deduct, nil
	}
	who, err := v.Volunteer(r.Volunteer)
	if err != nil {
		return nil, 0, err
	}
	x := claim{who: &who, unit: r.Unit, code: r.Code, on: r.On, quantity: r.Quantity, each: act.Points, per: act.Per, keep: act.Keep}
	steps, err := x.explain(v, &rule, TermStandard)
	return steps, r.Points, err
}

func (r *Credit) explain(v View, e Entry) ([]Term, Amount, error) {
	rec, err := v.Record(r.Record)
	if err != nil {
		return nil, 0, err
	}
	worth, stated := rec.Worth(), -e.sum(ClassPoints)
	if len(e.Postings) == 0 && e.Kind == Approved {
		stated = worth // it waits for its notice, and is worth as much after it
	}
	return []Term{{What: TermRecord, Subject: writeIndexPlain(r.Record), Of: worth, Gives: worth}}, stated, nil
}

// explain takes base points first, then what may be spent, and never more than there is.
func (r *Loss) explain(v View, e Entry) ([]Term, Amount, error) {
	rule, err := v.ruleOfEntry(e)
	if err != nil {
		return nil, 0, err
	}
	rec, err := v.Record(r.Record)
	if err != nil {
		return nil, 0, err
	}
	sharer := rule.Base.sharer(rec.Volunteer, rec.Household)
	base, err := v.Account(AccountKey{BaseOf(sharer), BasePoint})
	if err != nil {
		return nil, 0, err
	}
	steps := []Term{{What: TermRecord, Subject: writeIndexPlain(r.Record), Of: -rec.Deduct, Gives: -rec.Deduct}}
	have := max(0, base.Owned(e.On))
	first := min(rec.Deduct, have)
	if have > 0 {
		steps = append(steps, Term{What: TermBase, Subject: sharer, Of: rec.Deduct, By: have, Gives: -first})
	}
	taken := first
	for _, id := range slices.Compact([]AccountID{PointsOf(rec.Volunteer), rec.holder()}) {
		points, err := v.Account(AccountKey{id, Point})
		if err != nil {
			return nil, 0, err
		}
		if rest, have := rec.Deduct-taken, points.Available(e.On); rest > 0 {
			steps = append(steps, Term{What: TermSpendable, Subject: id.Owner(), Of: rest, By: have, Gives: -min(rest, have)})
			taken += min(rest, have)
		}
	}
	return append(steps, Term{What: TermTotal, Gives: -taken}), e.sum(ClassDeducted), nil
}

func (r *BaseGrant) explain(v View, e Entry) ([]Term, Amount, error) {
	rule, err := v.ruleOfEntry(e)
	if err != nil {
		return nil, 0, err
	}
	base, err := v.Account(AccountKey{BaseOf(r.Sharer), BasePoint})
	if err != nil {
		return nil, 0, err
	}
	lose, spend := rule.Base.split()
	lack := max(0, lose-base.Owned(e.On))
	var steps []Term
	if lose > 0 {
		steps = append(steps, Term{What: TermFilled, Subject: r.Sharer, Of: base.Owned(e.On), By: lose, Gives: lack})
	}
	if spend > 0 {
		steps = append(steps, Term{What: TermToSpend, Subject: r.Sharer, Of: rule.Base.Points, By: lose, Gives: spend}, Term{What: TermTotal, Gives: lack + spend})
	}
	return steps, e.sum(ClassGranted) + e.sum(ClassIssued), nil
}
