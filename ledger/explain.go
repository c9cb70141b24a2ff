package ledger

import (
	"fmt"
	"slices"
)

// This file says by which arithmetic an entry came to its amounts. Nothing of it stands in the journal: it is worked out again from
// the book as it stood before the entry.

// Term is one step of the arithmetic: what went in, with what, and what came out. The last step gives what the entry states.
type Term struct {
	What    TermKind
	Subject string // the code, item, lot or entry that the step is about
	Of      Amount // minutes, pieces, quantity or points that go in
	By      Amount // the step, cap, rate or price that is applied
	Per     Amount // that many of what goes in
	Gives   Amount
}

// TermKind names a step.
type TermKind string

// The steps.
const (
	TermCapture  TermKind = "capture"  // minutes captured in a way that earns nothing
	TermRounded  TermKind = "rounded"  // minutes in whole steps
	TermLeast    TermKind = "least"    // too few minutes to earn
	TermSession  TermKind = "session"  // the most minutes of one record
	TermDay      TermKind = "day"      // what is left of the most minutes of a day
	TermRate     TermKind = "rate"     // points for counted minutes
	TermStandard TermKind = "standard" // points for a quantity
	TermPrice    TermKind = "price"    // points for pieces
	TermTotal    TermKind = "total"    // a sum of the steps before
	TermRecord   TermKind = "record"   // what a declared record is worth
	TermPieces   TermKind = "pieces"   // pieces delivered
	TermLapsed   TermKind = "lapsed"   // what a lapsed lot had left
	TermGiven    TermKind = "given"    // points that change hands
	TermUndone   TermKind = "undone"   // points that a reversal turns back

	TermComplaint TermKind = "complaint" // minutes for a request about which nothing good was heard
)

// explained is a body whose amounts come from arithmetic.
type explained interface {
	Body
	// explain returns the steps, and what the entry states: the last step gives the same, or somebody reckoned otherwise.
	explain(v View, e Entry) (steps []Term, stated Amount, err error)
}

var (
	_ explained = (*HoursRecord)(nil)
	_ explained = (*ActsRecord)(nil)
	_ explained = (*OpeningRecord)(nil)
	_ explained = (*Credit)(nil)
	_ explained = (*Receive)(nil)
	_ explained = (*Exchange)(nil)
	_ explained = (*GoodsReturn)(nil)
	_ explained = (*Expiry)(nil)
	_ explained = (*Gift)(nil)
	_ explained = (*Reversal)(nil)
	_ explained = (*GoodsScrapped)(nil)
	_ explained = (*GoodsRelieved)(nil)
	_ explained = (*CountResult)(nil)
	_ explained = (*UndoneExchange)(nil)
)

// Explainable reports whether there is arithmetic behind an entry.
func Explainable(e Entry) bool {
	_, ok := e.Body.(explained)
	return ok
}

// Explain returns the arithmetic behind an entry, from a view of the book as it stood before it. An entry that only states a fact has
// none. It is an error where the arithmetic gives another amount than the entry states.
func Explain(v View, e Entry) ([]Term, error) {
	body, ok := e.Body.(explained)
	if !ok {
		return nil, nil
	}
	steps, stated, err := body.explain(v, e)
	if err != nil {
		return nil, fmt.Errorf("explain entry %d: %w", e.Index, err)
	}
	if got := steps[len(steps)-1].Gives; got != stated {
		return steps, &CorruptError{e.Index, fmt.Errorf("I8: its arithmetic gives %d, and it states %d", got, stated)}
	}
	return steps, nil
}

// ruleOfEntry returns the rule that an entry names.
func (v View) ruleOfEntry(e Entry) (Rule, error) {
	rules, err := v.Rules()
	if err != nil {
		return Rule{}, err
	}
	rule, ok := rules.Named(e.Rule)
	if !ok {
		return rule, notFound(e.Rule)
	}
	return rule, nil
}

func (r *HoursRecord) explain(v View, e Entry) ([]Term, Amount, error) {
	rule, err := v.ruleOfEntry(e)
	if err != nil {
		return nil, 0, err
	}
	act, err := v.Activity(r.Activity)
	if err != nil {
		return nil, 0, err
	}
	day, err := v.Day(r.Volunteer, r.Start.On())
	if err != nil {
		return nil, 0, err
	}
	var today Amount
	for _, s := range day.Sessions {
		today += s.Counted
	}
	steps := rule.countedSteps(r.Minutes, r.Capture, today)
	if complained, err := v.complained(r.Request); err != nil {
		return nil, 0, err
	} else if complained {
		steps = append(steps, Term{What: TermComplaint, Subject: string(r.Request), Of: steps[len(steps)-1].Gives})
	}
	counted := steps[len(steps)-1].Gives
	rate, _ := rule.Rate(act.Code)
	points, _ := share(rate, int64(counted), 60)
	steps = append(steps, Term{TermRate, string(act.Code), counted, rate, 60, points})
	if counted != r.Counted {
		points = -1 // the steps before went wrong: no sum of theirs is right
	}
	steps[len(steps)-1].Gives = points
	return steps, r.Points, nil
}

// complained reports whether nothing good was heard about a request, so that service for it earns nothing.
func (v View) complained(q RequestID) (bool, error) {
	if q == "" {
		return false, nil
	}
	req, err := v.Request(q)
	return req.Result == Bad, err
}

// countedSteps are the steps of Counted that change something, and the rounding in any case.
func (r Rule) countedSteps(minutes Amount, by Capture, today Amount) []Term {
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

func (r *ActsRecord) explain(v View, e Entry) ([]Term, Amount, error) {
	rule, err := v.ruleOfEntry(e)
	if err != nil {
		return nil, 0, err
	}
	act, _ := rule.Act(r.Code)
	points, _ := share(act.Points, r.Quantity, max(act.Per, 1))
	return []Term{{TermStandard, string(r.Code), Amount(r.Quantity), act.Points, Amount(act.Per), points}}, r.Points, nil
}

func (r *OpeningRecord) explain(View, Entry) ([]Term, Amount, error) {
	return []Term{{What: TermTotal, Gives: r.Points}}, r.Points, nil
}

func (r *Credit) explain(v View, e Entry) ([]Term, Amount, error) {
	rec, err := v.Record(r.Record)
	if err != nil {
		return nil, 0, err
	}
	stated := -e.sum(ClassPoints)
	if len(e.Postings) == 0 && e.Kind == Approved {
		stated = rec.Points // it waits for its notice, and is worth as much after it
	}
	return []Term{{What: TermRecord, Subject: writeIndexPlain(r.Record), Of: rec.Points, Gives: rec.Points}}, stated, nil
}

func (a *Receive) explain(_ View, e Entry) ([]Term, Amount, error) {
	return piecesOf(a.Lines), e.sum(ClassStock), nil
}

func (r *Exchange) explain(v View, e Entry) ([]Term, Amount, error) {
	steps, total := []Term{}, Amount(0)
	for _, l := range r.Lines {
		item, err := v.Item(l.Item)
		if err != nil {
			return nil, 0, err
		}
		each, _ := item.PriceOn(e.On)
		points, _ := share(each, int64(l.Pieces), 1)
		steps = append(steps, Term{TermPrice, string(l.Item), l.Pieces, each, 1, points})
		total += points
	}
	return append(steps, Term{What: TermTotal, Gives: total}), e.sum(ClassPoints), nil
}

// explain takes each line at the price of the redemption; beside what comes back, what had lapsed is no part of it.
func (r *GoodsReturn) explain(v View, e Entry) ([]Term, Amount, error) {
	sold, err := v.Entry(r.Redemption)
	if err != nil {
		return nil, 0, err
	}
	x, ok := sold.Body.(*Exchange)
	if !ok {
		return nil, 0, notFound(writeIndexPlain(r.Redemption))
	}
	steps, total := []Term{}, Amount(0)
	for _, l := range r.Lines {
		i := slices.IndexFunc(x.Lines, func(s PricedLine) bool { return s.Item == l.Item })
		if i < 0 {
			return nil, 0, notFound(string(l.Item))
		}
		each := x.Lines[i].Points / x.Lines[i].Pieces
		points, _ := share(each, int64(l.Pieces), 1)
		steps = append(steps, Term{TermPrice, string(l.Item), l.Pieces, each, 1, points})
		total += points
	}
	return append(steps, Term{What: TermTotal, Gives: total}), e.sum(ClassRedeemed), nil
}

func (r *Expiry) explain(v View, e Entry) ([]Term, Amount, error) {
	acct, err := v.Account(AccountKey{PointsOf(r.Volunteer), Point})
	if err != nil {
		return nil, 0, err
	}
	var steps []Term
	var total Amount
	for _, l := range acct.Lots {
		if l.Lapsed(e.On) && len(steps) < MaxPostings-1 {
			steps = append(steps, Term{What: TermLapsed, Subject: l.ID.String(), Of: l.Left, Gives: l.Left})
			total += l.Left
		}
	}
	return append(steps, Term{What: TermTotal, Gives: total}), -e.sum(ClassBreakage), nil
}

func (r *Gift) explain(_ View, e Entry) ([]Term, Amount, error) {
	var drawn Amount
	for _, p := range e.Postings {
		if p.Account == PointsOf(r.From) {
			drawn += p.Amount
		}
	}
	return []Term{{What: TermGiven, Subject: string(r.To), Of: r.Points, Gives: r.Points}}, drawn, nil
}

func (r *Reversal) explain(v View, e Entry) ([]Term, Amount, error) { return v.turnedBack(r.Entry, e) }

func (r *UndoneExchange) explain(v View, e Entry) ([]Term, Amount, error) {
	return v.turnedBack(r.Redemption, e)
}

// turnedBack turns the points of an entry back: what is left of them, what was spent, and what had expired are together what they
// were.
func (v View) turnedBack(i Index, e Entry) ([]Term, Amount, error) {
	orig, err := v.Entry(i)
	if err != nil {
		return nil, 0, err
	}
	was := orig.sum(ClassPoints)
	return []Term{{What: TermUndone, Subject: writeIndexPlain(i), Of: -was, Gives: -was}},
		e.sum(ClassPoints) + e.sum(ClassRecoverable) + e.sum(ClassBreakage), nil
}

func (r *GoodsScrapped) explain(_ View, e Entry) ([]Term, Amount, error) {
	return piecesOf(r.Lines), -e.sum(ClassStock), nil
}

func (r *GoodsRelieved) explain(_ View, e Entry) ([]Term, Amount, error) {
	return piecesOf(r.Lines), -e.sum(ClassStock), nil
}

// piecesOf adds up the lines of a receipt or a paper.
func piecesOf(lines []ItemLine) []Term {
	var steps []Term
	var total Amount
	for _, l := range lines {
		steps = append(steps, Term{What: TermPieces, Subject: string(l.Item), Of: l.Pieces, Gives: l.Pieces})
		total += l.Pieces
	}
	return append(steps, Term{What: TermTotal, Gives: total})
}

// explain adds up what is lost or, below zero, found: what the book has beyond the count, and what was short before.
func (r *CountResult) explain(_ View, e Entry) ([]Term, Amount, error) {
	var total Amount
	for _, l := range r.Lines {
		total += l.Book - l.Pieces + l.Short
	}
	return []Term{{What: TermTotal, Gives: total}}, e.sum(ClassLost) + e.sum(ClassFound), nil
}

// sum adds up what an entry posts to accounts of a class.
func (e Entry) sum(c Class) (sum Amount) {
	for _, p := range e.Postings {
		if p.Account.Class() == c {
			sum += p.Amount
		}
	}
	return sum
}
