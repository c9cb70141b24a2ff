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
	TermHonorary  TermKind = "honorary"  // declared late: the minutes count and earn nothing
	TermWhole     TermKind = "whole"     // only what is full counts
	TermCarried   TermKind = "carried"   // what is full together with the rest of the year before it
	TermBoost     TermKind = "boost"     // hundredths of the points
	TermBoostCap  TermKind = "boost_cap" // the most that a boost adds
	TermCap       TermKind = "cap"       // what a cap of the period leaves
	TermDeduct    TermKind = "deduct"    // points that an act takes away
	TermBase      TermKind = "base"      // base points that are taken
	TermSpendable TermKind = "spendable" // points that are taken beyond those
	TermFilled    TermKind = "filled"    // base points filled up to what the rule gives
	TermToSpend   TermKind = "to_spend"  // base points beyond the floor
	TermGivenUp   TermKind = "given_up"  // what a lot had left that nobody takes over from its owner
	TermGoesOn    TermKind = "goes_on"   // a part of what lapsed that goes on to the next year
	TermShared    TermKind = "shared"    // a part of a price out of one account, the rest of which another pays
	TermPaired    TermKind = "paired"    // a part of a price that gift points pay
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
	_ explained = (*Reservation)(nil)
	_ explained = (*Settlement)(nil)
	_ explained = (*GoodsReturn)(nil)
	_ explained = (*Expiry)(nil)
	_ explained = (*Gift)(nil)
	_ explained = (*Reversal)(nil)
	_ explained = (*GoodsScrapped)(nil)
	_ explained = (*GoodsRelieved)(nil)
	_ explained = (*CountResult)(nil)
	_ explained = (*UndoneExchange)(nil)
	_ explained = (*Loss)(nil)
	_ explained = (*BaseGrant)(nil)
	_ explained = (*Merger)(nil)
	_ explained = (*Leaving)(nil)
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
		return *rule, notFound(e.Rule)
	}
	return *rule, nil
}

func (r *OpeningRecord) explain(View, Entry) ([]Term, Amount, error) {
	return []Term{{What: TermTotal, Gives: r.Points}}, r.Points, nil
}

func (a *Receive) explain(_ View, e Entry) ([]Term, Amount, error) {
	return piecesOf(a.Lines), e.sum(ClassStock), nil
}

func (r *Exchange) explain(v View, e Entry) ([]Term, Amount, error) {
	steps, total, err := v.priceSteps(r.Lines, r.day(e.On))
	if err != nil {
		return nil, 0, err
	}
	steps = append(steps, Term{What: TermTotal, Gives: total})
	if r.Gift > 0 {
		paid, err := v.pairTerm(r, e, total)
		if err != nil {
			return nil, 0, err
		}
		total -= paid.Gives
		steps = append(steps, paid, Term{What: TermTotal, Gives: total})
	}
	if r.Pool != "" {
		shared, err := v.sharedSteps(r, e.On, total)
		if err != nil {
			return nil, 0, err
		}
		steps = append(steps, shared...)
	}
	return steps, e.sum(ClassPoints), nil
}

// sharedSteps takes what the volunteer has themself, then what is lacking out of the pool.
func (v View) sharedSteps(r *Exchange, on Date, total Amount) (steps []Term, err error) {
	rest := total
	for _, id := range []AccountID{PointsOf(r.Volunteer), PoolOf(r.Pool)} {
		acct, err := v.Account(AccountKey{id, Point})
		if err != nil {
			return nil, err
		}
		have := acct.Available(on)
		part := min(rest, have)
		steps = append(steps, Term{What: TermShared, Subject: id.Owner(), Of: rest, By: have, Gives: part})
		rest -= part
	}
	return append(steps, Term{What: TermTotal, Gives: total - rest}), nil
}

// priceSteps takes each line at the price of the day.
func (v View) priceSteps(lines []PricedLine, on Date) (steps []Term, total Amount, err error) {
	for _, l := range lines {
		item, err := v.Item(l.Item)
		if err != nil {
			return nil, 0, err
		}
		each, _ := item.PriceOn(on)
		points, _ := share(each, int64(l.Pieces), 1)
		steps = append(steps, Term{TermPrice, string(l.Item), l.Pieces, each, 1, points})
		total += points
	}
	return steps, total, nil
}

// thenSteps takes each line at the price that an earlier entry put on it.
func thenSteps(lines, then []PricedLine) (steps []Term, total Amount, err error) {
	for _, l := range lines {
		i := slices.IndexFunc(then, func(s PricedLine) bool { return s.Item == l.Item })
		if i < 0 {
			return nil, 0, notFound(string(l.Item))
		}
		each := then[i].Points / then[i].Pieces
		points, _ := share(each, int64(l.Pieces), 1)
		steps = append(steps, Term{TermPrice, string(l.Item), l.Pieces, each, 1, points})
		total += points
	}
	return steps, total, nil
}

func (r *Reservation) explain(v View, e Entry) ([]Term, Amount, error) {
	steps, total, err := v.priceSteps(r.Lines, e.On)
	return append(steps, Term{What: TermTotal, Gives: total}), sumOf(r.Lines), err
}

// explain takes each line at the price of the hold's day.
func (r *Settlement) explain(v View, e Entry) ([]Term, Amount, error) {
	h, err := v.Hold(r.Hold)
	if err != nil {
		return nil, 0, err
	}
	steps, total, err := thenSteps(r.Lines, h.Lines)
	return append(steps, Term{What: TermTotal, Gives: total}), e.sum(ClassPoints), err
}

// explain takes each line at the price of the redemption; beside what comes back, what had lapsed is no part of it.
func (r *GoodsReturn) explain(v View, e Entry) ([]Term, Amount, error) {
	sold, err := v.Entry(r.Redemption)
	if err != nil {
		return nil, 0, err
	}
	x, ok := sold.Sold()
	if !ok {
		return nil, 0, notFound(writeIndexPlain(r.Redemption))
	}
	steps, total, err := thenSteps(r.Lines, x.Lines)
	return append(steps, Term{What: TermTotal, Gives: total}), e.sum(ClassRedeemed), err
}

func (r *Expiry) explain(v View, e Entry) ([]Term, Amount, error) {
	owner := r.expire().account()
	acct, err := v.Account(AccountKey{owner, Point})
	if err != nil {
		return nil, 0, err
	}
	var rule Rule
	if e.Rule != "" {
		if rule, err = v.ruleOfEntry(e); err != nil {
			return nil, 0, err
		}
	}
	var steps []Term
	gone := lapsed(acct, &rule, e.On)
	for _, w := range gone.draws {
		steps = append(steps, Term{What: TermLapsed, Subject: w.Lot.String(), Of: w.Amount, Gives: w.Amount})
	}
	for k := range datedOf(owner.Owner()) {
		acct, err := v.Account(k)
		if err != nil {
			return nil, 0, err
		}
		draws, total := acct.lapsedOf(e.On, MaxPostings)
		for _, w := range draws {
			steps = append(steps, Term{What: TermLapsed, Subject: w.Lot.String(), Of: w.Amount, Gives: w.Amount})
		}
		gone.total += total
	}
	if gone.yearly == 0 {
		return append(steps, Term{What: TermTotal, Gives: gone.total}), -e.sum(ClassBreakage), nil
	}
	who, err := v.Volunteer(r.Volunteer)
	if err != nil {
		return nil, 0, err
	}
	before, err := v.carriedBefore(who, e.On)
	goesOn := rule.Carry.goesOn(gone.yearly, before)
	steps = append(steps, Term{What: TermGoesOn, Of: gone.yearly, By: Amount(rule.Carry.Percent), Per: 100, Gives: goesOn})
	return append(steps, Term{What: TermTotal, Gives: gone.total - goesOn}), -e.sum(ClassBreakage), err
}

func (r *Gift) explain(_ View, e Entry) ([]Term, Amount, error) {
	return []Term{{What: TermGiven, Subject: string(r.To), Of: r.Points, Gives: r.Points}}, e.drawn(PointsOf(r.From)), nil
}

// drawn adds up what an entry takes from an account of points.
func (e Entry) drawn(a AccountID) (sum Amount) {
	for _, p := range e.Postings {
		if p.Account == a && p.Amount > 0 {
			sum += p.Amount
		}
	}
	return sum
}

func (r *Merger) explain(v View, e Entry) ([]Term, Amount, error) {
	acct, err := v.Account(AccountKey{PointsOf(r.From), Point})
	return []Term{{What: TermGiven, Subject: string(r.Into), Of: -acct.Balance, Gives: -acct.Balance}}, e.drawn(PointsOf(r.From)), err
}

// explain shows what a relative takes over, and each lot that is given up.
func (r *Leaving) explain(v View, e Entry) ([]Term, Amount, error) {
	acct, err := v.Account(AccountKey{PointsOf(r.Volunteer), Point})
	var steps []Term
	total := r.Points
	to := r.leave().takes()
	if to != (AccountID{}) {
		steps = append(steps, Term{What: TermGiven, Subject: to.Owner(), Of: total, Gives: total})
	}
	for _, l := range acct.Lots {
		if to == (AccountID{}) || l.Lapsed(e.On) {
			steps = append(steps, Term{What: TermGivenUp, Subject: l.ID.String(), Of: l.Left, Gives: l.Left})
			total += l.Left
		}
	}
	return append(steps, Term{What: TermTotal, Gives: total}), e.drawn(PointsOf(r.Volunteer)), err
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
	was := orig.sum(ClassPoints) + orig.sum(ClassBase) + orig.sum(ClassGift)
	return []Term{{What: TermUndone, Subject: writeIndexPlain(i), Of: -was, Gives: -was}},
		e.sum(ClassPoints) + e.sum(ClassRecoverable) + e.sum(ClassBreakage) + e.sum(ClassBase) + e.sum(ClassGift), nil
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
