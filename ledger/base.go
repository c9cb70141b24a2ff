package ledger

import (
	"fmt"
	"slices"
)

// This family grants base points (B13): what everybody has at the beginning of a period, to lose and not to spend. Where the rule lets those
// beyond a floor be spent, a grant takes two persons: who may enrol somebody may also run, and no points to spend come of one person alone.

// BaseGranted fills up somebody's base points for a period.
const BaseGranted Kind = "base_granted"

// The actions and bodies.
type (
	// GrantBase fills up the base points of a volunteer for the period that today lies in. By a steward, through the run. How
	// many, the rule says: nobody can grant another sum. Of a base that is full it says so and posts nothing: the period had its turn,
	// and what is lost in it stays lost. Where some of them are to spend, another person approves it, and neither of the two may
	// gain by it.
	GrantBase struct {
		Volunteer VolunteerID
	}

	// BaseGrant is the body of base_granted.
	BaseGrant struct {
		Volunteer VolunteerID
		Unit      UnitID
		Sharer    string // of whose base it is: the volunteer's, or their household's
		Expires   Date   // the last usable day; none where what is left is filled up in the next period
	}
)

var _ seconded = (*GrantBase)(nil)

// baseBody returns an empty body of the kind above, or nil.
func baseBody(k Kind) Body {
	if k == BaseGranted {
		return &BaseGrant{}
	}
	return nil
}

func (a *GrantBase) fields(c *codec) { text(c, "volunteer", &a.Volunteer) }

func (r *BaseGrant) fields(c *codec) {
	text(c, "volunteer", &r.Volunteer)
	text(c, "unit", &r.Unit)
	text(c, "sharer", &r.Sharer)
	c.date("expires", &r.Expires)
}

func (a *GrantBase) kind() Kind { return BaseGranted }

func (a *GrantBase) roles() anyOf { return anyOf{Steward} }

func (a *GrantBase) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *GrantBase) under(b *Book, on Date) (*Rule, bool) { return b.ruleOfPerson(a.Volunteer, on) }

func (a *GrantBase) wantUnder(b *Book, w *Wants) { b.wantRuleOfPerson(w, a.Volunteer) }

func (a *GrantBase) check(f *faults) { f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number") }

func (a *GrantBase) needs(b *Book, _ Command, w *Wants) {
	v, ok := b.wantVolunteer(w, a.Volunteer)
	if !ok || b.complete {
		return
	}
	b.wantRules(w, v)
	b.wantOfUnits(w, v, ClassGranted, BasePoint)
	b.wantOfUnits(w, v, ClassIssued, Point)
	for _, sharer := range v.bases() {
		b.accounts.want(w, AccountKey{BaseOf(sharer), BasePoint})
		b.accounts.want(w, AccountKey{NewAccountID(ClassPoints, sharer), Point})
		b.tallies.want(w, always(sharer))
	}
}

// sharer returns whose base a volunteer's is.
func (x Base) sharer(v VolunteerID, h HouseholdID) string {
	if x.Of == EachHousehold && h != "" {
		return string(h)
	}
	return string(v)
}

// bases lists whose base may be a volunteer's on some day: their own, and that of each household in which they live on some day.
func (v *Volunteer) bases() []string {
	list := []string{string(v.Volunteer)}
	for h := range v.households() {
		list = append(list, string(h))
	}
	return list
}

// lacks returns what a base lacks, to lose and to spend, of which it owns some to lose; due is false where it had its turn in the period. What
// is to spend is granted for a person who had no part in another one before, under any number or in any household, so that nobody has more by
// moving, and no more bases are granted than there are people. Whoever asks gives the tallies of all of the volunteer's bases.
func (x Base) lacks(v *Volunteer, sharer string, tallies map[string]Tally, owned Amount, on Date) (lose, spend Amount, due bool) {
	from, until := x.Per.Around(on)
	for _, of := range v.bases() {
		if of != sharer && !x.Spendable {
			continue
		}
		t := tallies[of]
		for _, d := range v.partIn(of, t.days(baseGranted)) {
			if from <= d.On && d.On <= until {
				return 0, 0, false
			}
		}
		if of == sharer && t.sum(baseGranted, from, until).Count > 0 || x.Spendable && t.sum(baseJoined, from, until).Count > 0 {
			return 0, 0, false
		}
	}
	lose, spend = x.split()
	return max(0, lose-owned), spend, true
}

// partIn returns those days of a base on which a volunteer had a part in it.
func (v *Volunteer) partIn(of string, days []TallyDay) (part []TallyDay) {
	for _, d := range days {
		if of == string(v.Volunteer) || of == string(v.HouseholdOn(d.On)) {
			part = append(part, d)
		}
	}
	return part
}

// joinBases lets the number that goes on have had a part in every base in which another number of the person had one.
func (b *Book) joinBases(from, into *Volunteer) {
	for _, of := range from.bases() {
		t, _ := b.tallies.get(always(of))
		days := from.partIn(of, t.days(baseGranted))
		if of == string(from.Volunteer) {
			days = append(days, t.days(baseJoined)...)
		}
		for _, d := range days {
			b.tallies.edit(always(string(into.Volunteer))).add(baseJoined, TallyDay{On: d.On, Count: d.Count})
		}
	}
}

func (a *GrantBase) decide(b *Book, c Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	if r != nil {
		return r
	}
	rule, ok := b.ruleOf(v.Unit, d.On)
	switch {
	case !ok:
		return &Rejection{Reason: NoRule, Subject: d.On.String()}
	case rule.Base.Points == 0:
		return &Rejection{Reason: RuleOff, Subject: rule.Name()}
	case rule.Base.Spendable && b.self(c.Actor, v):
		return &Rejection{Reason: SelfService, Subject: string(a.Volunteer)}
	}
	d.Rule = rule.Name()
	return b.grantBase(d, rule, v)
}

// grantBase posts what is lacking of a base, once in a period, be it nothing.
func (b *Book) grantBase(d *draft, rule *Rule, v *Volunteer) *Rejection {
	sharer := rule.Base.sharer(v.Volunteer, v.Household)
	base, _ := b.accounts.get(AccountKey{BaseOf(sharer), BasePoint})
	tallies := map[string]Tally{}
	for _, of := range v.bases() {
		t, _ := b.tallies.get(always(of))
		tallies[of] = *t
	}
	lack, spend, due := rule.Base.lacks(v, sharer, tallies, base.Owned(d.On), d.On)
	if !due {
		return &Rejection{Reason: Duplicate, Subject: sharer}
	}
	expires := rule.BaseExpiry(d.On)
	d.add(BaseOf(sharer), BasePoint, lack, expires)
	d.post(NewAccountID(ClassGranted, v.Unit), BasePoint, lack, 0)
	d.add(NewAccountID(ClassPoints, sharer), Point, spend, expires)
	d.post(NewAccountID(ClassIssued, v.Unit), Point, spend, 0)
	d.Body = &BaseGrant{v.Volunteer, v.Unit, sharer, expires}
	return nil
}

func (r *BaseGrant) asked() (Action, Index) { return &GrantBase{r.Volunteer}, 0 }

// holds that a base is filled up once in a period, and to what the rule says (I8), and that points to spend take two persons, neither of
// whom gains by it (I13).
func (r *BaseGrant) holds(b *Book, e Entry) ([]Posting, error) {
	v, ok := b.who(r.Volunteer)
	if !ok {
		return nil, fmt.Errorf("I8: volunteer %s was not enrolled", r.Volunteer)
	}
	rules, _ := b.rules.get(single{})
	rule, ok := rules.Named(e.Rule)
	if !ok || rule.Base.Points == 0 {
		return nil, fmt.Errorf("I8: rule %s grants no base points", e.Rule)
	}
	if rule.Base.Spendable {
		if e.Proposal == 0 {
			return nil, fmt.Errorf("I13: by rule %s %s has base points to spend, which two persons grant", e.Rule, r.Volunteer)
		}
		if err := b.checkOther(e, r.Volunteer); err != nil {
			return nil, err
		}
	}
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	if no := b.grantBase(&d, rule, v); no != nil {
		return nil, fmt.Errorf("I8: %s", no.Error())
	}
	if want, ok := d.Body.(*BaseGrant); !ok || *want != *r {
		return nil, fmt.Errorf("I8: the base of %s is another's", r.Volunteer)
	}
	return d.Postings, nil
}

func (r *BaseGrant) lasts(LotID) Date { return r.Expires }

func (r *BaseGrant) fold(b *Book, e Entry) {
	b.tallies.edit(always(r.Sharer)).add(baseGranted, TallyDay{On: e.On, Count: 1})
}

// BaseDue is a base that has its turn.
type BaseDue struct {
	Volunteer VolunteerID // the first who has a part in it
	Sharer    string      // whose base it is
	From      Date        // the first day of the period
	Lack      Amount      // 0 where it is full
}

// toSpend reports whether an action grants base points of which some are to spend, which takes two persons whatever [second] says.
func (b *Book) toSpend(do Action, on Date) bool {
	a, ok := do.(*GrantBase)
	if !ok {
		return false
	}
	rule, _ := a.under(b, on)
	return rule.Base.Spendable
}

// DueBases lists the bases that have their turn now for a period that began by that day, full ones too, in the order of the volunteers. What
// somebody asked for waits for a second person, and is due no more.
func (v View) DueBases(by Date) (due []BaseDue, err error) {
	rules, err := v.Rules()
	if err != nil || !rules.any(func(r *Rule) bool { return r.Base.Points > 0 }) {
		return nil, err
	}
	seen, err := v.askedBases(&rules)
	if err != nil {
		return nil, err
	}
	on := max(by, v.on)
	for who, err := range v.Volunteers() {
		if err != nil {
			return nil, err
		}
		who = *who.Then(on)
		rule, err := v.ruleOf(&rules, who.Unit, on)
		if err != nil {
			return nil, err
		}
		sharer := rule.Base.sharer(who.Volunteer, who.Household)
		from, _ := rule.Base.Per.Around(on)
		if rule.Base.Points == 0 || who.Status == Closed || from > by || seen[sharer] {
			continue
		}
		lack, open, err := v.lacksBase(who, sharer, rule.Base, on)
		if err != nil {
			return nil, err
		}
		if open { // else perhaps another of them has a part in no base yet
			seen[sharer] = true
			due = append(due, BaseDue{who.Volunteer, sharer, from, lack})
		}
	}
	return due, nil
}

// ruleOf returns the rule that a unit follows on a day; the zero Rule where it follows none.
func (v View) ruleOf(rules *Rules, u UnitID, on Date) (*Rule, error) {
	unit, err := v.Unit(u)
	if err != nil {
		return &Rule{}, err
	}
	var above []UnitID
	if rules.scoped() {
		org, err := v.Org()
		if err != nil {
			return &Rule{}, err
		}
		above = org.Above(u, on)
	}
	rule, _ := rules.For(above, unit.Rule, on)
	return rule, nil
}

// askedBases lists whose base points wait for a second person.
func (v View) askedBases(rules *Rules) (map[string]bool, error) {
	asked := map[string]bool{}
	if !rules.any(func(r *Rule) bool { return r.Base.Spendable || slices.Contains(r.Second.Kinds, BaseGranted) }) {
		return asked, nil
	}
	for rec, err := range v.Waiting(WaitQuery{}) {
		if err != nil {
			return nil, err
		}
		a, ok := rec.Asked().(*GrantBase)
		if !ok {
			continue
		}
		who, err := v.Volunteer(a.Volunteer)
		if err != nil {
			return nil, err
		}
		asked[string(who.Volunteer)] = true
		if who = *who.Then(v.on); who.Household != "" {
			asked[string(who.Household)] = true
		}
	}
	return asked, nil
}

// lacksBase returns what a base lacks; due is false where it had its turn in the period.
func (v View) lacksBase(who Volunteer, sharer string, x Base, on Date) (lack Amount, due bool, err error) {
	tallies := map[string]Tally{}
	for _, of := range who.bases() {
		t, err := find[Tally](v, "tally", writeTally(always(of)))
		if err != nil && !isNotFound(err) {
			return 0, false, err
		}
		tallies[of] = t
	}
	base, err := v.Account(AccountKey{BaseOf(sharer), BasePoint})
	lose, spend, due := x.lacks(&who, sharer, tallies, base.Owned(on), on)
	return lose + spend, due, err
}

// Proposed returns how many points a proposal moves, where it is of points: of base points, what they would be filled up by today.
func (v View) Proposed(rec Record) (Amount, error) {
	switch do := rec.Asked().(type) {
	case *Transfer:
		return do.Points, nil
	case *GrantBase:
		rules, err := v.Rules()
		if err != nil {
			return 0, err
		}
		who, err := v.Volunteer(do.Volunteer)
		if err != nil {
			return 0, err
		}
		who = *who.Then(v.on)
		rule, err := v.ruleOf(&rules, who.Unit, v.on)
		if err != nil || rule.Base.Points == 0 {
			return 0, err
		}
		lack, _, err := v.lacksBase(who, rule.Base.sharer(who.Volunteer, who.Household), rule.Base, v.on)
		return lack, err
	}
	return 0, nil
}

// checkBase lists what is malformed about base points that are spent: a household's go into its pool, they lapse in any case, and nothing
// of points that are not earned goes on at the year's end, lets gift points be spent beside it, or makes an honour.
func (r *Rule) checkBase(f *faults) {
	if !r.Base.Spendable {
		return
	}
	never := slices.ContainsFunc(r.Classes, func(x ClassExpiry) bool { return x.Class == ClassBase && x.Expires == ExpiresNever })
	pooled := r.Base.Of != EachHousehold || r.Account.Holder == HeldByHousehold
	earned := r.Carry != CarryRule{} || len(r.Pairing) > 0 || len(r.Honours) > 0
	f.want(r.Base.Points > 0 && pooled && !never && !earned, "base.spendable", "base_spendable")
}
