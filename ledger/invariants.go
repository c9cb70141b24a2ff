package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// checkBody holds an entry against the invariants that depend on its kind: first those that say in a few words what must never
// happen, I10 to I13, each by itself; then that the book would decide the very same entry again.
func (b *Book) checkBody(e Entry) error {
	for _, p := range e.Postings {
		if c := p.Account.Class(); (c == ClassHours || c == ClassServed) && e.Kind != Approved && e.Kind != Reversed {
			return fmt.Errorf("I11: a %s entry changes hours", e.Kind)
		}
	}
	var err error
	switch body := e.Body.(type) {
	case *Credit:
		err = b.checkRecord(e, body.Record)
	case *RecordReturn:
		err = b.checkRecord(e, body.Record)
	case *Exchange:
		err = b.checkDraws(e, PointsOf(body.Volunteer), StockOf(body.Shop))
	case *Gift:
		err = b.checkDraws(e, PointsOf(body.From))
	case *GoodsReturn:
		err = b.checkRestored(e, body.Redemption)
	case *Refusal:
		return nil // what was asked is not kept; checkShape held the rest
	}
	if err != nil {
		return err
	}
	return b.checkAgain(e)
}

// asked returns the command that an entry answered; known is false for a refusal, which does not keep it. A return that named
// no lines, and so meant all that was left, names them here.
func asked(e Entry) (c Command, known bool) {
	c = Command{Key: e.Key, Actor: e.Actor}
	switch body := e.Body.(type) {
	case *HoursRecord:
		c.Do, c.Import = &body.DeclareHours, body.Import
	case *ActsRecord:
		c.Do, c.Import = &body.DeclareActs, body.Import
	case *OpeningRecord:
		c.Do, c.Import = &body.DeclareOpening, body.Import
	case *Credit:
		c.Do = &Approve{body.Record}
	case *RecordReturn:
		c.Do = &body.ReturnRecord
	case *Exchange:
		c.Do = &Redeem{body.Volunteer, body.Shop, itemsOf(body.Lines), body.Presence}
	case *GoodsReturn:
		c.Do = &Return{body.Redemption, itemsOf(body.Lines), body.Reason}
	case *Reversal:
		c.Do = &body.Reverse
	case *Expiry:
		c.Do = &Expire{body.Volunteer}
	case *Gift:
		c.Do = &Transfer{body.From, body.To, body.Points}
	case Action:
		c.Do = body
	}
	return c, c.Do != nil
}

// checkAgain holds I8: balances, lots, limits and prices are the fold of the journal, so that the book must decide the same
// entry from what was asked as the one that wrote it. A refusal that a later version adds hangs on the rule in force or on a
// member that older entries lack; else older books would no longer read.
func (b *Book) checkAgain(e Entry) error {
	c, _ := asked(e)
	d := b.draft(c, e.At)
	r := b.permit(c)
	if r == nil {
		r = b.missingImport(c)
	}
	if r == nil {
		r = c.Do.decide(b, c, &d)
	}
	switch {
	case r != nil:
		return fmt.Errorf("%s: %s", invariantOf(r.Reason), r.Error())
	case !slices.Equal(d.Postings, e.Postings):
		return errors.New("I8: the postings are not those of what was asked")
	case d.Kind != e.Kind || d.Rule != e.Rule || !sameBody(d.Body, e.Body):
		return fmt.Errorf("I8: the %s body is not that of what was asked", e.Kind)
	}
	return checkDigest(d.Digest, e)
}

// checkDigest holds I6: a repeat can only get the same answer if the digest is that of what was asked.
func checkDigest(digest Digest, e Entry) error {
	if digest == e.Digest {
		return nil
	}
	if back, ok := e.Body.(*GoodsReturn); ok && e.Digest == DigestOf(&Return{Redemption: back.Redemption, Reason: back.Reason}) {
		return nil
	}
	return errors.New("I6: the digest is not that of what was asked")
}

// invariantOf names the invariant that an entry breaks which should have been refused.
func invariantOf(r RejectReason) string {
	switch r { //nolint:exhaustive // the others are about amounts, prices and limits
	case UnknownActor, NotPermitted, SelfService, SamePerson:
		return "I13"
	case AlreadyReversed, HasReturns, NotReversible, RecordClosed, NothingToReturn:
		return "I10"
	}
	return "I8"
}

// sameBody reports whether two bodies have the same canonical form. The two most frequent kinds are compared without writing
// it.
func sameBody(x, y Body) bool {
	switch x := x.(type) {
	case *HoursRecord:
		y, ok := y.(*HoursRecord)
		return ok && *x == *y
	case *Credit:
		y, ok := y.(*Credit)
		return ok && *x == *y
	}
	return x == y || bytes.Equal(appendBody(nil, x), appendBody(nil, y))
}

func appendBody(b []byte, body Body) []byte {
	c := codec{out: b}
	c.open()
	body.fields(&c)
	c.close()
	return c.out
}

// checkRefusal holds that a kept refusal moves nothing, is one that is kept, and carries nothing but codes.
func checkRefusal(e Entry) error {
	body, ok := e.Body.(*Refusal)
	if !ok {
		return fmt.Errorf("I8: a %s entry has a body of another kind", e.Kind)
	}
	var do Action
	switch body.Asked { //nolint:exhaustive // refusals of the other kinds are not kept
	case Redeemed:
		do = &Redeem{}
	case Transferred:
		do = &Transfer{}
	}
	switch {
	case len(e.Postings) > 0:
		return fmt.Errorf("I8: a %s entry moves nothing", e.Kind)
	case !(&Rejection{Reason: body.Reason}).Journaled(do):
		return errors.New("I6: a refusal of this is not kept")
	case !VolunteerID(body.Subject).Valid() && !Commodity(body.Subject).Goods(),
		!body.Volunteer.Valid(), (body.Asked == Redeemed) != body.Shop.Valid(), !e.Actor.Valid(), e.Rule != "":
		return errors.New("I8: the refusal names what it cannot be about")
	}
	return nil
}

// checkRecord holds I13 and that a record has one outcome.
func (b *Book) checkRecord(e Entry, i Index) error {
	r, ok := b.records.get(i)
	switch {
	case !ok:
		return fmt.Errorf("I8: entry %d declares no record", i)
	case r.State != Pending:
		return fmt.Errorf("I10: record %d is %s already", i, r.State)
	case r.Declarer == e.Actor:
		return fmt.Errorf("I13: %s declared record %d and approves it", e.Actor, i)
	}
	return nil
}

// creditPostings are the postings that credit a record.
func creditPostings(r Record, lot LotID) []Posting {
	d := draft{Entry: Entry{Postings: make([]Posting, 0, 4)}}
	d.post(PointsOf(r.Volunteer), Point, -r.Points, lot)
	d.post(account(ClassIssued, r.Unit), Point, r.Points, 0)
	d.post(HoursOf(r.Volunteer), Minute, r.Minutes, 0)
	d.post(account(ClassServed, r.Unit), Minute, -r.Minutes, 0)
	return d.Postings
}

// itemsOf returns the lines without their points.
func itemsOf(lines []PricedLine) []ItemLine {
	items := make([]ItemLine, 0, len(lines))
	for _, l := range lines {
		items = append(items, ItemLine{l.Item, l.Pieces})
	}
	return items
}

// checkDraws holds I12: what left the accounts left their available lots, first expiring first.
func (b *Book) checkDraws(e Entry, ids ...AccountID) error {
	for i, p := range e.Postings {
		if !slices.Contains(ids, p.Account) || p.Lot.Entry() == e.Index {
			continue
		}
		k := p.key()
		if slices.ContainsFunc(e.Postings[:i], func(q Posting) bool { return q.key() == k }) {
			continue
		}
		var got []draw
		var sum Amount
		for _, q := range e.Postings {
			if q.key() == k {
				n := -q.Amount * normal(q.Account)
				got = append(got, draw{q.Lot, n})
				sum += n
			}
		}
		acct, _ := b.accounts.get(k)
		want, _ := pick(acct.Lots, sum, e.On)
		if !slices.Equal(got, want) {
			return fmt.Errorf("I12: %s drew %v, first expiring are %v", k, got, want)
		}
	}
	return nil
}

// draw is how much of a lot is taken.
type draw struct {
	Lot    LotID
	Amount Amount
}

// pick draws an amount from the lots that are available on a day, in their order, and returns what they lack.
func pick(lots []Lot, amount Amount, on Date) (draws []draw, lack Amount) {
	for _, l := range lots {
		if amount == 0 {
			break
		}
		if l.Lapsed(on) {
			continue
		}
		n := min(amount, l.Left)
		draws = append(draws, draw{l.ID, n})
		amount -= n
	}
	return draws, amount
}

// checkRestored holds I10: what goes back into lots came out of them in the redemption, and was not given back before.
func (b *Book) checkRestored(e Entry, redemption Index) error {
	sold, _ := b.entry(redemption)
	after, _ := b.afters.get(redemption)
	for _, p := range e.Postings {
		c := p.Account.Class()
		if !undoable(c) || (c == ClassPoints && p.Amount > 0) {
			continue // the sweep of what had lapsed is held by I3
		}
		i := slices.IndexFunc(sold.Postings, func(q Posting) bool {
			return q.key() == p.key() && q.Lot == p.Lot && (q.Amount > 0) != (p.Amount > 0)
		})
		if i < 0 {
			return fmt.Errorf("I10: entry %d drew nothing from lot %s of %s", redemption, p.Lot, p.Account)
		}
		if left := sold.Postings[i].Amount.Abs() - after.undone(i); p.Amount.Abs() > left {
			return fmt.Errorf("I10: lot %s of %s gets back %d, only %d is left to return", p.Lot, p.Account, p.Amount.Abs(), left)
		}
	}
	return nil
}

// expiryPostings are the postings that expire what has lapsed. Lots beyond the bound of an entry are left to the next one.
func expiryPostings(a Account, v VolunteerID, u UnitID, on Date) []Posting {
	var d draft
	var sum Amount
	for _, l := range a.Lots {
		if l.Lapsed(on) && len(d.Postings) < MaxPostings-1 {
			d.post(PointsOf(v), Point, l.Left, l.ID)
			sum += l.Left
		}
	}
	d.post(account(ClassBreakage, u), Point, -sum, 0)
	return d.Postings
}

// give posts a transfer: the draws of the giver, and a lot of the same expiry for each of them.
func (d *draft) give(a Account, from, to VolunteerID, points Amount) (lots []LotExpiry) {
	draws, _ := pick(a.Lots, points, d.On)
	for _, w := range draws {
		d.post(PointsOf(from), Point, w.Amount, w.Lot)
	}
	for _, w := range draws {
		lot := d.newLot()
		d.post(PointsOf(to), Point, -w.Amount, lot)
		lots = append(lots, LotExpiry{lot, a.Lots[lotOf(a.Lots, w.Lot)].Expires})
	}
	return lots
}
