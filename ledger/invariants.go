package ledger

import (
	"errors"
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
	case *Credit:
		return b.checkCredit(e, body)
	case *Receive:
		var d draft
		d.Index = e.Index
		d.receive(body)
		return checkPostings(e, d.Postings)
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
	}
	if len(e.Postings) > 0 {
		return fmt.Errorf("I8: a %s entry moves nothing", e.Kind)
	}
	switch body := e.Body.(type) {
	case *HoursRecord:
		return b.checkEnrolled(body.Volunteer)
	case *ActsRecord:
		return b.checkEnrolled(body.Volunteer)
	case *OpeningRecord:
		return b.checkEnrolled(body.Volunteer)
	case *RecordReturn:
		return b.checkRecord(e, body.Record, body.Volunteer)
	}
	return b.checkStated(e)
}

// checkStated holds that what an entry adds is new, and that what it changes is there: no fact is written over (I8).
func (b *Book) checkStated(e Entry) error {
	var r *Rejection
	switch body := e.Body.(type) {
	case *OpenBook:
		if body.Zone != b.zone.String() {
			return fmt.Errorf("I5: the book's zone is %s, not %s", body.Zone, b.zone)
		}
	case *AddUnit:
		r = exists(&b.units, body.Unit)
	case *AddShop:
		r = exists(&b.shops, body.Shop)
	case *AddDonor:
		r = exists(&b.donors, body.Donor)
	case *AddItem:
		r = exists(&b.items, body.Item)
	case *AddActivity:
		r = exists(&b.activities, body.Activity)
	case *Enroll:
		r = exists(&b.volunteers, body.Volunteer)
	case *PriceItem:
		r = missing(&b.items, body.Item)
	case *SetStatus:
		r = missing(&b.volunteers, body.Volunteer)
	case *SetRule:
		rules, _ := b.rules.get(single{})
		if _, ok := rules.Named(body.Rule.Name()); ok {
			r = &Rejection{Reason: AlreadyExists, Subject: body.Rule.Name()}
		}
	}
	if r != nil {
		return fmt.Errorf("I8: %s", r.Error())
	}
	return nil
}

// checkEnrolled holds that a record is somebody's.
func (b *Book) checkEnrolled(v VolunteerID) error {
	if _, ok := b.volunteers.get(v); !ok {
		return fmt.Errorf("I8: volunteer %s was not enrolled", v)
	}
	return nil
}

// checkOther holds I13: whoever acts is neither that volunteer nor of their household.
func (b *Book) checkOther(e Entry, id VolunteerID) error {
	if v, _ := b.volunteers.get(id); b.self(e.Actor, v) {
		return fmt.Errorf("I13: %s has a say about %s, who is of their own household", e.Actor, id)
	}
	return nil
}

// checkPostings holds that an entry posts exactly what its body says.
func checkPostings(e Entry, want []Posting) error {
	if !slices.Equal(e.Postings, want) {
		return fmt.Errorf("I8: the postings are not those of the %s body", e.Kind)
	}
	return nil
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
	}
	return b.checkOther(e, of)
}

// checkCredit holds that exactly what was declared is credited, by somebody else (I8, I13).
func (b *Book) checkCredit(e Entry, body *Credit) error {
	if err := b.checkRecord(e, body.Record, body.Volunteer); err != nil {
		return err
	}
	r, _ := b.records.get(body.Record)
	opening := r.Kind == OpeningDeclared
	if (e.Kind == OpeningPosted) != opening || e.Rule != r.Rule || (opening && body.Expires != r.Expires) {
		return fmt.Errorf("I8: record %d says otherwise", body.Record)
	}
	return checkPostings(e, creditPostings(r, NewLotID(e.Index, 1)))
}

// checkExchange holds I12 and I13, and that what moves is what the lines say (I8).
func (b *Book) checkExchange(e Entry, body *Exchange) error {
	if err := b.checkOther(e, body.Volunteer); err != nil {
		return err
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	b.exchange(&d, body)
	if slices.Equal(d.Postings, e.Postings) {
		return nil
	}
	if err := b.checkDraws(e, PointsOf(body.Volunteer), StockOf(body.Shop)); err != nil {
		return err
	}
	return checkPostings(e, d.Postings)
}

// checkGoodsReturn holds I10 for a return: it gives back no more than the redemption drew, at the price of then, into the same
// lots.
func (b *Book) checkGoodsReturn(e Entry, body *GoodsReturn) error {
	sold, _ := b.entry(body.Redemption)
	x, ok := sold.Body.(*Exchange)
	if !ok || x.Volunteer != body.Volunteer || x.Shop != body.Shop {
		return fmt.Errorf("I10: entry %d is no redemption of that volunteer and shop", body.Redemption)
	}
	if err := b.checkOther(e, body.Volunteer); err != nil {
		return err
	}
	after, _ := b.afters.get(body.Redemption)
	if after.Reversed != 0 {
		return fmt.Errorf("I10: redemption %d was reversed by entry %d", body.Redemption, after.Reversed)
	}
	lines, r := returnLines(sold, x, after, itemsOf(body.Lines))
	if r != nil || !slices.Equal(lines, body.Lines) {
		return fmt.Errorf("I10: the lines are not what is left to return of redemption %d", body.Redemption)
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	lots := b.restore(&d, sold, x, after, lines)
	if !slices.Equal(lots, body.Lots) || !slices.Equal(d.Postings, e.Postings) {
		return fmt.Errorf("I10: not the lots that redemption %d drew are restored", body.Redemption)
	}
	return nil
}

// checkReversal holds I10: once, and exactly what the entry and its aftermath call for.
func (b *Book) checkReversal(e Entry, body *Reversal) error {
	orig, ok := b.entry(body.Entry)
	if !ok {
		return fmt.Errorf("I10: there is no entry %d", body.Entry)
	}
	for _, id := range beneficiaries(orig) {
		if err := b.checkOther(e, id); err != nil {
			return err
		}
	}
	if r := b.reversible(orig); r != nil {
		return fmt.Errorf("I10: entry %d cannot be reversed: %s", body.Entry, r.Error())
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
	v, _ := b.volunteers.get(body.Volunteer)
	acct, _ := b.accounts.get(AccountKey{PointsOf(body.Volunteer), Point})
	want := expiryPostings(acct, body.Volunteer, v.Unit, e.On)
	if len(want) == 0 || body.Unit != v.Unit {
		return fmt.Errorf("I8: nothing of %s had lapsed in %s", body.Volunteer, body.Unit)
	}
	return checkPostings(e, want)
}

// checkGift holds I12 and I13 for a transfer, and that the receiver gets the same lots' dates.
func (b *Book) checkGift(e Entry, body *Gift) error {
	for _, id := range []VolunteerID{body.From, body.To} {
		if err := b.checkEnrolled(id); err != nil {
			return err
		}
		if err := b.checkOther(e, id); err != nil {
			return err
		}
	}
	acct, _ := b.accounts.get(AccountKey{PointsOf(body.From), Point})
	if have := acct.Available(e.On); have < body.Points {
		return fmt.Errorf("I3: %s has %d available and gives %d", body.From, have, body.Points)
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	lots := d.give(acct, body.From, body.To, body.Points)
	if !slices.Equal(d.Postings, e.Postings) {
		if err := b.checkDraws(e, PointsOf(body.From)); err != nil {
			return err
		}
	}
	if !slices.Equal(lots, body.Lots) {
		return errors.New("I10: the transferred lots do not keep their expiry")
	}
	return checkPostings(e, d.Postings)
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
