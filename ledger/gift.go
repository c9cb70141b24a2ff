package ledger

import (
	"errors"
	"fmt"
	"slices"
)

// This family keeps gift points (rule B02): a class of points that a unit gives to people whom it wants to help, and that pay a part
// of a price, the rest of which is earned. The rule says how much of a price, for which class of beneficiaries. They do not
// lapse, or do as the rule says (B22), are not given on, not held, and end with the account.

// GiftGranted gives somebody gift points.
const GiftGranted Kind = "gift_granted"

// GiftPoint counts gift points, in hundredths.
const GiftPoint Commodity = "GIFT"

// The accounts of gift points.
const (
	ClassGift   Class = "gift"   // gift:V…   gift points that a volunteer has left
	ClassGifted Class = "gifted" // gifted:C… gift points that a unit gave
)

type (
	// GrantGift gives a volunteer gift points, where the rule knows them for one like that. By a steward, who is not that volunteer or
	// of their household.
	GrantGift struct {
		Volunteer VolunteerID
		Points    Amount
	}

	// GiftGrant is the body of gift_granted; it embeds the action.
	GiftGrant struct {
		GrantGift
		Unit    UnitID
		Expires Date // the last usable day; none where they never lapse
	}

	// GiftPair says how many gift points go with how many earned ones in a price, for whoever is of a class of beneficiaries.
	GiftPair struct {
		Class Beneficiary // none for everybody
		Task  int64       // points that were earned
		Gift  int64       // gift points beside them
	}
)

// MaxPairShare bounds either side of a pair: nobody pays with gift points alone.
const MaxPairShare = 100

var (
	_ seconded   = (*GrantGift)(nil)
	_ reversible = (*GiftGrant)(nil)
	_ explained  = (*GiftGrant)(nil)
)

// GiftsOf names the account of a volunteer's gift points.
func GiftsOf(v VolunteerID) AccountID { return NewAccountID(ClassGift, v) }

// giftBody returns an empty body of the kind above, or nil.
func giftBody(k Kind) Body {
	if k == GiftGranted {
		return &GiftGrant{}
	}
	return nil
}

func pairing(c *codec, v *[]GiftPair) {
	list(c, "pairing", v, func(c *codec, p *GiftPair) {
		text(c, "class", &p.Class)
		number(c, "task", &p.Task)
		number(c, "gift", &p.Gift)
	})
}

func checkPairing(f *faults, pairs []GiftPair) {
	f.want(len(pairs) <= MaxClasses, "pairing", "too_many")
	for i, p := range pairs {
		name := fmt.Sprintf("pairing[%d]", i)
		same := func(q GiftPair) bool { return q.Class == p.Class || q.Class == "" }
		f.want(p.Class == "" || p.Class.Valid(), name+".class", "beneficiary")
		f.want(!slices.ContainsFunc(pairs[:i], same), name+".class", "twice")
		f.want(p.Task >= 1 && p.Task <= MaxPairShare, name+".task", "pairing")
		f.want(p.Gift >= 1 && p.Gift <= MaxPairShare, name+".gift", "pairing")
	}
}

// pair returns the first pair that is for a volunteer; ok is false where the rule knows no gift points for them.
func (r *Rule) pair(v *Volunteer) (p GiftPair, ok bool) {
	i := slices.IndexFunc(r.Pairing, func(p GiftPair) bool { return p.Class == "" || slices.Contains(v.Classes, p.Class) })
	if i < 0 {
		return p, false
	}
	return r.Pairing[i], true
}

// most returns how much of a price gift points may pay; fractions of a hundredth are paid by what was earned.
func (p GiftPair) most(price Amount) Amount {
	part, ok := share(price, p.Gift, p.Task+p.Gift)
	if !ok { // a price so high that a part of it does not fit
		part = price / Amount(p.Task+p.Gift) * Amount(p.Gift)
	}
	return part
}

// gifts returns how many gift points a volunteer has on a day.
func (b *Book) gifts(v VolunteerID, on Date) Amount {
	acct, _ := b.accounts.get(AccountKey{GiftsOf(v), GiftPoint})
	return acct.Owned(on)
}

// wantGifts asks for what is needed to pay with gift points.
func (b *Book) wantGifts(w *Wants, v VolunteerID, s ShopID) {
	rules, _ := b.rules.peek(single{})
	if rules.any(func(r *Rule) bool { return len(r.Pairing) > 0 }) {
		b.accounts.want(w, AccountKey{GiftsOf(v), GiftPoint})
		b.accounts.want(w, AccountKey{NewAccountID(ClassRedeemed, s), GiftPoint})
	}
}

// paired returns how much of a price somebody pays with gift points: what they have, up to what the rule pairs.
func (b *Book) paired(rule *Rule, v *Volunteer, price Amount, on Date) Amount {
	p, ok := rule.pair(v)
	if !ok {
		return 0
	}
	return min(b.gifts(v.Volunteer, on), p.most(price))
}

// checkPaired holds that gift points pay no more than somebody has, and than the rule pairs (I3, I8).
func (r *Exchange) checkPaired(b *Book, e Entry) error {
	if r.Gift == 0 {
		return nil
	}
	rules, _ := b.rules.get(single{})
	rule, _ := rules.Named(e.Rule)
	v, _ := b.who(r.Volunteer)
	p, ok := rule.pair(v)
	switch have := b.gifts(r.Volunteer, e.On); {
	case !ok || r.Gift < 0 || r.Gift > p.most(sumOf(r.Lines)):
		return fmt.Errorf("I8: rule %q pairs no %d gift points with what was earned", e.Rule, r.Gift)
	case r.Gift > have:
		return fmt.Errorf("I3: %s has %d gift points and pays %d", r.Volunteer, have, r.Gift)
	}
	return nil
}

// giftBack returns how many of the points for what comes back are gift points. They come back first, so that what somebody keeps is
// never paid with more of them than the rule pairs.
func (r *Exchange) giftBack(sold Entry, after After, points Amount) Amount {
	var before Amount
	for _, l := range r.Lines {
		before += l.Points / l.Pieces * returned(sold, after, l.Item)
	}
	return min(points, max(0, r.Gift-before))
}

func (a *GrantGift) fields(c *codec) {
	text(c, "volunteer", &a.Volunteer)
	number(c, "points", &a.Points)
}

func (r *GiftGrant) fields(c *codec) {
	r.GrantGift.fields(c)
	text(c, "unit", &r.Unit)
	c.date("expires", &r.Expires)
}

func (a *GrantGift) kind() Kind { return GiftGranted }

func (a *GrantGift) roles() anyOf { return anyOf{Steward} }

func (a *GrantGift) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *GrantGift) where(b *Book, w *Wants) place { return b.wherePerson(w, a.Volunteer) }

func (a *GrantGift) under(b *Book, on Date) (*Rule, bool) { return b.ruleOfPerson(a.Volunteer, on) }

func (a *GrantGift) wantUnder(b *Book, w *Wants) { b.wantRuleOfPerson(w, a.Volunteer) }

func (a *GrantGift) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Points > 0 && a.Points.within(), "points", "points")
}

func (a *GrantGift) needs(b *Book, _ Command, w *Wants) {
	b.accounts.want(w, AccountKey{GiftsOf(a.Volunteer), GiftPoint})
	b.wantWho(w, a.Volunteer)
	if v, ok := b.volunteers.peek(a.Volunteer); ok {
		b.wantRules(w, v)
		b.wantOfUnits(w, v, ClassGifted, GiftPoint)
	}
}

func (a *GrantGift) decide(b *Book, c Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	if r != nil {
		return r
	}
	if b.self(c.Actor, v) {
		return &Rejection{Reason: SelfService, Subject: string(a.Volunteer)}
	}
	rule, ok := b.ruleOf(v.Unit, d.On)
	if !ok {
		return &Rejection{Reason: NoRule, Subject: d.On.String()}
	}
	if _, ok := rule.pair(v); !ok {
		return &Rejection{Reason: RuleOff, Subject: rule.Name()}
	}
	if acct, _ := b.accounts.get(AccountKey{GiftsOf(a.Volunteer), GiftPoint}); !(a.Points - acct.Balance).within() {
		return &Rejection{Reason: TooLarge, Subject: string(a.Volunteer)}
	}

	// Past this line the grant succeeds.
	d.Rule = rule.Name()
	body := &GiftGrant{*a, v.Unit, rule.ClassExpiry(ClassGift, d.On)}
	body.post(d)
	d.Body = body
	return nil
}

// post posts a grant.
func (r *GiftGrant) post(d *draft) {
	d.add(GiftsOf(r.Volunteer), GiftPoint, r.Points, r.Expires)
	d.post(NewAccountID(ClassGifted, r.Unit), GiftPoint, r.Points, 0)
}

func (r *GiftGrant) asked() (Action, Index) { return &r.GrantGift, 0 }

// holds I13, and that the rule knows gift points for that volunteer.
func (r *GiftGrant) holds(b *Book, e Entry) ([]Posting, error) {
	v, no := b.open(r.Volunteer)
	if no != nil {
		return states(no)
	}
	if err := b.checkOther(e, r.Volunteer); err != nil {
		return nil, err
	}
	rules, _ := b.rules.get(single{})
	rule, _ := rules.Named(e.Rule)
	if _, ok := rule.pair(v); !ok || r.Unit != v.Unit {
		return nil, errors.New("I8: the rule knows no gift points for them, or they are of another unit")
	}
	if r.Expires != rule.ClassExpiry(ClassGift, e.On) {
		return nil, fmt.Errorf("I8: by rule %s gift points of that day do not lapse on %s", e.Rule, r.Expires)
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	r.post(&d)
	return d.Postings, nil
}

func (r *GiftGrant) fold(*Book, Entry) {}

func (r *GiftGrant) people() []VolunteerID { return []VolunteerID{r.Volunteer} }

func (r *GiftGrant) lasts(LotID) Date { return r.Expires }

func (r *GiftGrant) needsUndone(b *Book, w *Wants) {
	if v, ok := b.volunteers.peek(r.Volunteer); ok {
		b.wantOfUnits(w, v, ClassBreakage, GiftPoint)
	}
}

// undo takes back gift points of which nothing was spent that is missing now. What had lapsed comes back from breakage.
func (r *GiftGrant) undo(b *Book, d *draft, orig Entry) ([]LotExpiry, *Rejection) {
	acct, _ := b.accounts.get(AccountKey{GiftsOf(r.Volunteer), GiftPoint})
	given := orig.Postings[0]
	left, expired := acct.Loose(), Amount(0)
	if given.Lot != 0 {
		after, _ := b.afters.get(orig.Index)
		left, expired = acct.left(given.Lot), after.undone(0)
	}
	if left+expired < r.Points {
		return nil, &Rejection{Reason: InsufficientPoint, Subject: string(r.Volunteer), Have: left + expired, Want: r.Points}
	}
	d.post(given.Account, GiftPoint, r.Points-expired, given.Lot)
	d.post(NewAccountID(ClassBreakage, b.unitOf(given.Account)), GiftPoint, expired, 0)
	d.post(NewAccountID(ClassGifted, r.Unit), GiftPoint, -r.Points, 0)
	return nil, nil
}

func (r *GiftGrant) undone(*Book, Entry, Entry) {}

func (r *GiftGrant) explain(_ View, e Entry) ([]Term, Amount, error) {
	return []Term{{What: TermGiven, Subject: string(r.Volunteer), Of: r.Points, Gives: r.Points}}, e.sum(ClassGifted), nil
}

// pairTerm is the step that takes a part of a price in gift points.
func (v View) pairTerm(r *Exchange, e Entry, price Amount) (Term, error) {
	rule, err := v.ruleOfEntry(e)
	if err != nil {
		return Term{}, err
	}
	who, err := v.Volunteer(r.Volunteer)
	if err != nil {
		return Term{}, err
	}
	acct, err := v.Account(AccountKey{GiftsOf(r.Volunteer), GiftPoint})
	p, _ := rule.pair(&who)
	return Term{TermPaired, string(p.Class), price, Amount(p.Gift), Amount(p.Task + p.Gift), min(p.most(price), acct.Owned(e.On))}, err
}
