package ledger

import "cmp"

// Terms is the section of a rule that says for whom it is, how long, and on whose word. Without it a rule is for whoever names it,
// or for everybody, until its next version.
type Terms struct {
	Unit       UnitID // the county, town, community or other unit that it is for, with all below it; none for the whole book
	Shop       ShopID // the one shop that it is for
	Until      Date   // the last day of service that it prices; none until the next version
	ApprovedBy string // which body approved it, such as a villagers' meeting: never a person
	Published  Date   // the day on which it was put up for everybody to see
}

func (t *Terms) fields(c *codec) {
	text(c, "unit", &t.Unit)
	text(c, "shop", &t.Shop)
	c.date("until", &t.Until)
	text(c, "approved_by", &t.ApprovedBy)
	c.date("published", &t.Published)
}

func (t *Terms) check(f *faults, from Date) {
	f.want(t.Unit == "" || t.Unit.Valid(), "terms.unit", "unit_code")
	f.want(t.Shop == "" || t.Shop.Valid(), "terms.shop", "shop_code")
	f.want(t.Unit == "" || t.Shop == "", "terms.shop", "twice")
	f.want(t.Until == 0 || (t.Until.valid() && t.Until >= from), "terms.until", "date")
	f.want(t.ApprovedBy == "" || plainName(t.ApprovedBy), "terms.approved_by", "name")
	f.want(t.Published == 0 || t.Published.valid(), "terms.published", "date")
}

// scoped reports whether the rule is for a part of the book only.
func (t *Terms) scoped() bool { return t.Unit != "" || t.Shop != "" }

// inForce returns the version of a rule set that prices service of that day: the latest that has begun, unless it has ended.
func (r *Rules) inForce(id string, day Date) *Rule {
	var found *Rule
	for i := range r.List {
		if v := &r.List[i]; v.ID == id && v.From <= day && (found == nil || v.Version > found.Version) {
			found = v
		}
	}
	if found != nil && found.Terms.Until != 0 && found.Terms.Until < day {
		return nil
	}
	return found
}

// InForce returns the version of a rule set that prices service of that day, as it stands in the list: for reading. An empty one stands for
// none, and so it does for those below.
func (r *Rules) InForce(id string, day Date) (rule *Rule, ok bool) {
	if v := r.inForce(id, day); v != nil {
		return v, true
	}
	return &Rule{}, false
}

// For returns the rule that prices service of that day for the units that stand above one another, the nearest first, of which the
// first names the rule set own, or none: the one whose scope is the nearest of them; else the one that is named; else the book's
// first that is for everybody.
func (r *Rules) For(units []UnitID, own string, day Date) (rule *Rule, ok bool) {
	for _, u := range units {
		if v := r.scopedTo(Terms{Unit: u}, day); v != nil {
			return v, true
		}
	}
	for i := range r.List { // as in scoped
		if v := &r.List[i]; cmp.Or(own, v.ID) == v.ID && !v.Terms.scoped() {
			if v = r.inForce(v.ID, day); v == nil {
				break
			}
			return v, true
		}
	}
	return &Rule{}, false
}

// ForShop returns the rule that a shop follows on that day: one whose scope is the shop, else that of its unit.
func (r *Rules) ForShop(s ShopID, units []UnitID, own string, day Date) (*Rule, bool) {
	if v := r.scopedTo(Terms{Shop: s}, day); v != nil {
		return v, true
	}
	return r.For(units, own, day)
}

// any reports whether some version of a rule is of a kind. A rule is large: it is not copied to be looked at.
func (r *Rules) any(is func(*Rule) bool) bool {
	for i := range r.List {
		if is(&r.List[i]) {
			return true
		}
	}
	return false
}

// scoped reports whether any rule is for a part of the book only.
func (r *Rules) scoped() bool { return r.any(func(v *Rule) bool { return v.Terms.scoped() }) }

// scopedTo returns the rule in force on that day whose scope is exactly that unit or shop.
func (r *Rules) scopedTo(scope Terms, day Date) *Rule {
	for i := range r.List {
		if v := &r.List[i]; v.Terms.scoped() && v.Terms.Unit == scope.Unit && v.Terms.Shop == scope.Shop {
			if found := r.inForce(v.ID, day); found != nil {
				return found
			}
		}
	}
	return nil
}

// rescoped refuses a version with another scope than the versions before it: what a rule set is for stays what it was.
func (a *SetRule) rescoped(last *Rule) *Rejection {
	if last.Version > 0 && (last.Terms.Unit != a.Rule.Terms.Unit || last.Terms.Shop != a.Rule.Terms.Shop) {
		return &Rejection{Reason: AlreadyExists, Subject: a.Rule.ID}
	}
	return nil
}

// missingScope refuses a rule for a unit or shop that does not exist.
func (a *SetRule) missingScope(b *Book) *Rejection {
	if u := a.Rule.Terms.Unit; u != "" {
		return missing(&b.units, u)
	}
	if s := a.Rule.Terms.Shop; s != "" {
		return missing(&b.shops, s)
	}
	return nil
}

// wantScope asks for what missingScope looks at.
func (a *SetRule) wantScope(b *Book, w *Wants) {
	if u := a.Rule.Terms.Unit; u != "" {
		b.units.want(w, u)
	}
	if s := a.Rule.Terms.Shop; s != "" {
		b.shops.want(w, s)
	}
}
