package ledger

import (
	"fmt"
	"slices"
)

// checkBody holds an entry against the invariants that depend on its kind, I10 to I13, and its postings against its body (I8).
func (b *Book) checkBody(e Entry) error {
	for _, p := range e.Postings {
		if c := p.Account.Class(); (c == ClassHours || c == ClassServed) && e.Kind != Approved && e.Kind != Reversed {
			return fmt.Errorf("I11: a %s entry changes hours", e.Kind)
		}
	}
	switch body := e.Body.(type) {
	case *OpenBook:
		if body.Format > FormatVersion {
			return fmt.Errorf("format %d: %w", body.Format, ErrNewer)
		}
		if body.Zone != b.zone.String() {
			return fmt.Errorf("I5: the book's zone is %s, not %s", body.Zone, b.zone)
		}
	case *Credit:
		return b.checkCredit(e, body)
	case *RecordReturn:
		return b.checkRecord(e, body.Record)
	case *Receive:
		return checkGoods(e, StockOf(body.Shop), body.Lines)
	case *Exchange:
		return b.checkExchange(e, body)
	case *GoodsReturn:
		return b.checkGoodsReturn(e, body)
	case *Reversal:
		return b.checkReversal(e, body)
	case *Expiry:
		return b.checkExpiry(e, body)
	case *Gift:
		return b.checkGift(e, body)
	default:
		if len(e.Postings) > 0 {
			return fmt.Errorf("I8: a %s entry moves nothing", e.Kind)
		}
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

// checkCredit holds that exactly what was declared is credited, by somebody else (I8, I13).
func (b *Book) checkCredit(e Entry, body *Credit) error {
	if err := b.checkRecord(e, body.Record); err != nil {
		return err
	}
	r, _ := b.records.get(body.Record)
	v, _ := b.volunteers.get(r.Volunteer)
	if b.self(e.Actor, v) {
		return fmt.Errorf("I13: %s approves a record of their own household", e.Actor)
	}
	if body.Volunteer != r.Volunteer || (e.Kind == OpeningPosted) != (r.Kind == OpeningDeclared) {
		return fmt.Errorf("I8: record %d is another volunteer's or of another kind", body.Record)
	}
	return checkPostings(e, creditPostings(r, NewLotID(e.Index, 1)))
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

// checkPostings holds that an entry posts exactly what its body says.
func checkPostings(e Entry, want []Posting) error {
	if !slices.Equal(e.Postings, want) {
		return fmt.Errorf("I8: the postings are not those of the %s body", e.Kind)
	}
	return nil
}

// checkGoods holds that the pieces that reach an account, by item, are those of the lines.
func checkGoods(e Entry, id AccountID, lines []ItemLine) error {
	left := map[Commodity]Amount{}
	for _, l := range lines {
		left[l.Item] += l.Pieces
	}
	for _, p := range e.Postings {
		if p.Account == id {
			left[p.Commodity] -= p.Amount.Abs()
		}
	}
	for item, n := range left {
		if n != 0 {
			return fmt.Errorf("I8: %s: the lines and the postings differ by %d", item, n)
		}
	}
	return nil
}

// checkExchange holds I12 and I13, and that the points are those of the lines.
func (b *Book) checkExchange(e Entry, body *Exchange) error {
	v, ok := b.volunteers.get(body.Volunteer)
	if !ok {
		return fmt.Errorf("I8: volunteer %s was not enrolled", body.Volunteer)
	}
	if b.self(e.Actor, v) {
		return fmt.Errorf("I13: %s serves their own household", e.Actor)
	}
	points, lines := pricedTotals(body.Lines)
	if got := sumOf(e, PointsOf(body.Volunteer)); got != points {
		return fmt.Errorf("I8: the lines sum to %d points, the posting to %d", points, got)
	}
	if err := checkGoods(e, account(ClassGiven, body.Shop), lines); err != nil {
		return err
	}
	return b.checkDraws(e, PointsOf(body.Volunteer), StockOf(body.Shop))
}

// pricedTotals returns the points of the lines, and the lines without points.
func pricedTotals(lines []PricedLine) (points Amount, items []ItemLine) {
	for _, l := range lines {
		points += l.Points
		items = append(items, ItemLine{l.Item, l.Pieces})
	}
	return points, items
}

// sumOf sums the postings of an entry to one account.
func sumOf(e Entry, id AccountID) Amount {
	var sum Amount
	for _, p := range e.Postings {
		if p.Account == id {
			sum += p.Amount
		}
	}
	return sum
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

// checkGoodsReturn holds I10 for a return: it gives back no more than the redemption drew, into the same lots.
func (b *Book) checkGoodsReturn(e Entry, body *GoodsReturn) error {
	sold, ok := b.entry(body.Redemption)
	x, isExchange := sold.Body.(*Exchange)
	if !ok || !isExchange {
		return fmt.Errorf("I10: entry %d is no redemption", body.Redemption)
	}
	after, _ := b.afters.get(body.Redemption)
	if after.Reversed != 0 {
		return fmt.Errorf("I10: redemption %d was reversed by entry %d", body.Redemption, after.Reversed)
	}
	points, lines := pricedTotals(body.Lines)
	if x.Volunteer != body.Volunteer || x.Shop != body.Shop {
		return fmt.Errorf("I10: redemption %d is another volunteer's or shop's", body.Redemption)
	}
	if got := sumOf(e, account(ClassRedeemed, x.Shop)); got != points {
		return fmt.Errorf("I8: the lines sum to %d points, the posting to %d", points, got)
	}
	if err := checkGoods(e, account(ClassGiven, x.Shop), lines); err != nil {
		return err
	}
	return b.checkRestored(e, sold, after)
}

// checkRestored holds that what goes back into lots came out of them in the entry that is undone, and was not given back before.
func (b *Book) checkRestored(e, sold Entry, after After) error {
	for _, p := range e.Postings {
		c := p.Account.Class()
		if !undoable(c) || (c == ClassPoints && p.Amount > 0) {
			continue // the sweep of what had lapsed is held by I3
		}
		i := slices.IndexFunc(sold.Postings, func(q Posting) bool {
			return q.key() == p.key() && q.Lot == p.Lot && (q.Amount > 0) != (p.Amount > 0)
		})
		if i < 0 {
			return fmt.Errorf("I10: entry %d drew nothing from lot %s of %s", sold.Index, p.Lot, p.Account)
		}
		if left := sold.Postings[i].Amount.Abs() - after.undone(i); p.Amount.Abs() > left {
			return fmt.Errorf("I10: lot %s of %s gets back %d, only %d is left to return", p.Lot, p.Account, p.Amount.Abs(), left)
		}
	}
	return nil
}

// checkReversal holds I10: once, and exactly what the entry and its aftermath call for.
func (b *Book) checkReversal(e Entry, body *Reversal) error {
	orig, ok := b.entry(body.Entry)
	if !ok {
		return fmt.Errorf("I10: there is no entry %d", body.Entry)
	}
	if r := b.reversible(orig); r != nil {
		return fmt.Errorf("I10: entry %d cannot be reversed: %w", body.Entry, r)
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	lots := b.undo(&d, orig)
	if orig.Kind != body.Of || !slices.Equal(lots, body.Lots) {
		return fmt.Errorf("I10: the body is not that of a reversal of entry %d", body.Entry)
	}
	return checkPostings(e, d.Postings)
}

// checkExpiry holds that exactly the remainders of lapsed lots expire.
func (b *Book) checkExpiry(e Entry, body *Expiry) error {
	acct, _ := b.accounts.get(AccountKey{PointsOf(body.Volunteer), Point})
	want := expiryPostings(acct, body.Volunteer, body.Unit, e.On)
	if len(want) == 0 {
		return fmt.Errorf("I8: nothing of %s had lapsed", body.Volunteer)
	}
	return checkPostings(e, want)
}

// expiryPostings are the postings that expire what has lapsed.
func expiryPostings(a Account, v VolunteerID, u UnitID, on Date) []Posting {
	var d draft
	var sum Amount
	for _, l := range a.Lots {
		if l.Lapsed(on) {
			d.post(PointsOf(v), Point, l.Left, l.ID)
			sum += l.Left
		}
	}
	d.post(account(ClassBreakage, u), Point, -sum, 0)
	return d.Postings
}

// checkGift holds I12 for a transfer, and that the receiver gets the same lots' dates.
func (b *Book) checkGift(e Entry, body *Gift) error {
	if err := b.checkDraws(e, PointsOf(body.From)); err != nil {
		return err
	}
	for _, id := range []VolunteerID{body.From, body.To} {
		if v, _ := b.volunteers.get(id); b.self(e.Actor, v) {
			return fmt.Errorf("I13: %s transfers from or to their own household", e.Actor)
		}
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	acct, _ := b.accounts.get(AccountKey{PointsOf(body.From), Point})
	if lots := d.give(acct, body.From, body.To, body.Points); !slices.Equal(lots, body.Lots) {
		return fmt.Errorf("I10: the transferred lots do not keep their expiry")
	}
	return checkPostings(e, d.Postings)
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
