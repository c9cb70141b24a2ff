package ledger

import (
	"fmt"
	"slices"
)

// This family grants base points (B13): what everybody has at the beginning of a period, to lose and not to spend.

// BaseGranted fills up somebody's base points for a period.
const BaseGranted Kind = "base_granted"

// The actions and bodies.
type (
	// GrantBase fills up the base points of a volunteer for the period that today lies in. By a steward, through the run. How
	// many, the rule says that two persons made: nobody can grant another sum.
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

func (a *GrantBase) check(f *faults) { f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number") }

func (a *GrantBase) needs(b *Book, _ Command, w *Wants) {
	v, ok := b.wantVolunteer(w, a.Volunteer)
	if !ok || b.complete {
		return
	}
	b.wantRules(w, v)
	b.wantOfUnits(w, v, ClassGranted, BasePoint)
	sharers := []string{string(v.Volunteer)}
	for h := range v.households() {
		sharers = append(sharers, string(h))
	}
	for _, sharer := range sharers {
		b.accounts.want(w, AccountKey{BaseOf(sharer), BasePoint})
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

func (a *GrantBase) decide(b *Book, _ Command, d *draft) *Rejection {
	v, r := b.open(a.Volunteer)
	if r != nil {
		return r
	}
	rule, ok := b.ruleOf(v.Unit, d.On)
	if !ok {
		return &Rejection{Reason: NoRule, Subject: d.On.String()}
	}
	if rule.Base.Points == 0 {
		return &Rejection{Reason: RuleOff, Subject: rule.Name()}
	}
	d.Rule = rule.Name()
	return b.grantBase(d, &rule, v)
}

// grantBase posts what is lacking of a base, once in a period.
func (b *Book) grantBase(d *draft, rule *Rule, v Volunteer) *Rejection {
	sharer := rule.Base.sharer(v.Volunteer, v.Household)
	grants, _ := b.tallies.get(always(sharer))
	base, _ := b.accounts.get(AccountKey{BaseOf(sharer), BasePoint})
	lack := rule.Base.Points - base.Owned(d.On)
	from, until := rule.Base.Per.Around(d.On)
	if grants.sum(baseGranted, from, until).Count > 0 || lack <= 0 {
		return &Rejection{Reason: Duplicate, Subject: sharer}
	}
	expires := rule.ClassExpiry(ClassBase, d.On)
	d.add(BaseOf(sharer), BasePoint, lack, expires)
	d.post(account(ClassGranted, v.Unit), BasePoint, lack, 0)
	d.Body = &BaseGrant{v.Volunteer, v.Unit, sharer, expires}
	return nil
}

func (r *BaseGrant) asked() (Action, Index) { return &GrantBase{r.Volunteer}, 0 }

// holds that a base is filled up once in a period, and to what the rule says (I8).
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
	d := draft{Entry: Entry{Index: e.Index, On: e.On}}
	if no := b.grantBase(&d, &rule, v); no != nil {
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

// BaseDue is a base that is to be filled up.
type BaseDue struct {
	Volunteer VolunteerID // the first who has a part in it
	Sharer    string      // whose base it is
	From      Date        // the first day of the period
	Lack      Amount
}

// DueBases lists whose base points are to be filled up now for a period that began by that day, in the order of the volunteers.
func (v View) DueBases(by Date) (due []BaseDue, err error) {
	rules, err := v.Rules()
	if err != nil || !slices.ContainsFunc(rules.List, func(r Rule) bool { return r.Base.Points > 0 }) {
		return nil, err
	}
	on, seen := max(by, v.on), map[string]bool{}
	for who, err := range v.Volunteers() {
		if err != nil {
			return nil, err
		}
		who = who.Then(on)
		rule, err := v.ruleOf(&rules, who.Unit, on)
		if err != nil {
			return nil, err
		}
		sharer := rule.Base.sharer(who.Volunteer, who.Household)
		from, _ := rule.Base.Per.Around(on)
		if rule.Base.Points == 0 || who.Status == Closed || from > by || seen[sharer] {
			continue
		}
		seen[sharer] = true
		lack, err := v.lacksBase(sharer, rule.Base, on)
		if err != nil {
			return nil, err
		}
		if lack > 0 {
			due = append(due, BaseDue{who.Volunteer, sharer, from, lack})
		}
	}
	return due, nil
}

// ruleOf returns the rule that a unit follows on a day; the zero Rule where it follows none.
func (v View) ruleOf(rules *Rules, u UnitID, on Date) (Rule, error) {
	unit, err := v.Unit(u)
	if err != nil {
		return Rule{}, err
	}
	var above []UnitID
	if rules.scoped() {
		org, err := v.Org()
		if err != nil {
			return Rule{}, err
		}
		above = org.Above(u, on)
	}
	rule, _ := rules.For(above, unit.Rule, on)
	return rule, nil
}

// lacksBase returns what a base lacks, where it was not filled up in the period.
func (v View) lacksBase(sharer string, x Base, on Date) (Amount, error) {
	grants, err := find[Tally](v, "tally", writeTally(always(sharer)))
	if err != nil && !isNotFound(err) {
		return 0, err
	}
	base, err := v.Account(AccountKey{BaseOf(sharer), BasePoint})
	from, until := x.Per.Around(on)
	if grants.sum(baseGranted, from, until).Count > 0 {
		return 0, err
	}
	return max(0, x.Points-base.Owned(on)), err
}
