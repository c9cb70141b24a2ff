package ledger

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file decides what opens a book and fills it: the organisation, the rules, the goods and the people. Their bodies are
// the actions themselves, and they move nothing.

// itself is the decision of an action that becomes its own body once nothing speaks against it.
func (d *draft) itself(body Body, r *Rejection) *Rejection {
	d.Body = body
	return r
}

// missing refuses where a fact that an action names does not exist; exists where one that it adds does.
func missing[K ~string, V any, P value[V]](t *table[K, V, P], k K) *Rejection {
	if _, ok := t.get(k); !ok {
		return notFound(string(k))
	}
	return nil
}

func exists[K ~string, V any, P value[V]](t *table[K, V, P], k K) *Rejection {
	if _, ok := t.get(k); ok {
		return &Rejection{Reason: AlreadyExists, Subject: string(k)}
	}
	return nil
}

// firstOf returns the first refusal of a ladder.
func firstOf(steps ...*Rejection) *Rejection {
	for _, r := range steps {
		if r != nil {
			return r
		}
	}
	return nil
}

// plainName reports whether a text may stand in the journal for ever as the name of a thing. Invisible characters are refused:
// they let two names look the same.
func plainName(s string) bool {
	return s != "" && len(s) <= MaxName && utf8.ValidString(s) && strings.TrimSpace(s) == s && !Personal(s) &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) })
}

func (a *OpenBook) kind() Kind { return Opened }
func (a *OpenBook) check(f *faults) {
	f.want(a.Format == FormatVersion, "format", "format")
	f.want(plainName(a.Origin) && !strings.ContainsAny(a.Origin, " +"), "origin", "origin")
	f.want(a.Zone != "", "zone", "zone")
}
func (a *OpenBook) needs(*Book, Command, *Wants) {}
func (a *OpenBook) decide(b *Book, _ Command, d *draft) *Rejection {
	if b.next > 0 {
		return &Rejection{Reason: AlreadyExists, Subject: "book"}
	}
	if a.Zone != b.zone.String() {
		return notFound(a.Zone)
	}
	return d.itself(a, nil)
}

func (a *Appoint) kind() Kind { return Appointed }
func (a *Appoint) check(f *faults) {
	f.want(a.Staff.Valid(), "staff", "staff_number")
	f.want(len(a.Roles) <= MaxStaffRoles, "roles", "too_many")
	for i, r := range a.Roles {
		f.want(slices.Contains(Roles(), r) && !slices.Contains(a.Roles[:i], r), fmt.Sprintf("roles[%d]", i), "role")
	}
	f.want(a.Volunteer == "" || a.Volunteer.Valid(), "volunteer", "volunteer_number")
}

func (a *Appoint) needs(b *Book, _ Command, w *Wants) {
	b.staff.want(w, a.Staff)
	if a.Volunteer != "" {
		b.volunteers.want(w, a.Volunteer)
	}
}

func (a *Appoint) decide(b *Book, c Command, d *draft) *Rejection {
	if a.Volunteer != "" {
		if r := missing(&b.volunteers, a.Volunteer); r != nil {
			return r
		}
	}
	book, _ := b.book.get(single{})
	now, _ := b.staff.get(a.Staff)
	if a.Staff == c.Actor && now.Volunteer != "" && a.Volunteer != now.Volunteer {
		return &Rejection{Reason: SelfService, Subject: string(now.Volunteer)}
	}
	if book.Admins == 1 && slices.Contains(now.Roles, Admin) && !slices.Contains(a.Roles, Admin) {
		return &Rejection{Reason: LastAdmin, Subject: string(a.Staff)}
	}
	for _, r := range a.Roles {
		if len(a.Roles) > 1 && r.alone() {
			return &Rejection{Reason: RolesConflict, Subject: string(r)}
		}
	}
	return d.itself(a, nil)
}

func (a *AddUnit) kind() Kind { return UnitAdded }
func (a *AddUnit) check(f *faults) {
	f.want(a.Unit.Valid(), "unit", "unit_code")
	f.want(slices.Contains([]UnitKind{County, Town, Community, Grid, GridUnit, Building, Branch, Partner, Team}, a.Kind), "kind", "unit_kind")
	f.want(a.Parent == "" || (a.Parent.Valid() && a.Parent != a.Unit), "parent", "unit_code")
	f.want(plainName(a.Name), "name", "name")
	f.want(a.Rule == "" || ruleID(a.Rule), "rule", "rule_id")
}

func (a *AddUnit) needs(b *Book, _ Command, w *Wants) {
	b.units.want(w, a.Unit)
	if a.Parent != "" {
		b.units.want(w, a.Parent)
	}
	b.rules.want(w, single{})
}

func (a *AddUnit) decide(b *Book, _ Command, d *draft) *Rejection {
	if a.Parent != "" {
		if r := missing(&b.units, a.Parent); r != nil {
			return r
		}
	}
	rules, _ := b.rules.get(single{})
	if a.Rule != "" && !slices.ContainsFunc(rules.List, func(v Rule) bool { return v.ID == a.Rule }) {
		return notFound(a.Rule)
	}
	return d.itself(a, exists(&b.units, a.Unit))
}

func (a *AddShop) kind() Kind { return ShopAdded }
func (a *AddShop) check(f *faults) {
	f.want(a.Shop.Valid(), "shop", "shop_code")
	f.want(a.Unit.Valid(), "unit", "unit_code")
	f.want(plainName(a.Name), "name", "name")
}

func (a *AddShop) needs(b *Book, _ Command, w *Wants) {
	b.shops.want(w, a.Shop)
	b.units.want(w, a.Unit)
}

func (a *AddShop) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, firstOf(missing(&b.units, a.Unit), exists(&b.shops, a.Shop)))
}

func (a *AddDonor) kind() Kind                         { return DonorAdded }
func (a *AddDonor) check(f *faults)                    { f.want(a.Donor.Valid(), "donor", "donor_code") }
func (a *AddDonor) needs(b *Book, _ Command, w *Wants) { b.donors.want(w, a.Donor) }
func (a *AddDonor) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, exists(&b.donors, a.Donor))
}

func (a *AddItem) kind() Kind { return ItemAdded }
func (a *AddItem) check(f *faults) {
	f.want(a.Item.Goods(), "item", "item_code")
	f.want(plainName(a.Name), "name", "name")
	f.want(a.Label == "" || plainName(a.Label), "label", "name")
	price(f, a.Points, a.From)
}
func (a *AddItem) needs(b *Book, _ Command, w *Wants) { b.items.want(w, a.Item) }
func (a *AddItem) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, exists(&b.items, a.Item))
}

func price(f *faults, points Amount, from Date) {
	f.want(points > 0 && points <= MaxAmount/MaxPieces/MaxLines, "points", "points")
	f.want(from.valid(), "from", "date")
}

func (a *PriceItem) kind() Kind { return ItemPriced }
func (a *PriceItem) check(f *faults) {
	f.want(a.Item.Goods(), "item", "item_code")
	price(f, a.Points, a.From)
}
func (a *PriceItem) needs(b *Book, _ Command, w *Wants) { b.items.want(w, a.Item) }
func (a *PriceItem) decide(b *Book, _ Command, d *draft) *Rejection {
	item, ok := b.items.get(a.Item)
	switch {
	case !ok:
		return notFound(string(a.Item))
	case a.From < d.On:
		return &Rejection{Reason: DateInPast, Subject: a.From.String()}
	case len(item.Prices) >= MaxPrices:
		return &Rejection{Reason: TooLarge, Subject: string(a.Item), Have: Amount(len(item.Prices)), Want: MaxPrices}
	}
	return d.itself(a, nil)
}

func (a *SetRule) kind() Kind                         { return RuleSet }
func (a *SetRule) check(f *faults)                    { a.Rule.check(f) }
func (a *SetRule) needs(b *Book, _ Command, w *Wants) { b.rules.want(w, single{}) }
func (a *SetRule) decide(b *Book, _ Command, d *draft) *Rejection {
	rules, _ := b.rules.get(single{})
	var last Rule
	for _, v := range rules.List {
		if v.ID == a.Rule.ID {
			last = v
		}
	}
	switch {
	case last.Version > 0 && a.Rule.From < d.On:
		return &Rejection{Reason: DateInPast, Subject: a.Rule.From.String()}
	case a.Rule.Version != last.Version+1:
		return &Rejection{Reason: RuleOutOfOrder, Subject: a.Rule.Name(), Have: Amount(a.Rule.Version), Want: Amount(last.Version + 1)}
	case last.Version > 0 && a.Rule.From <= last.From:
		return &Rejection{Reason: RuleOutOfOrder, Subject: a.Rule.From.String()}
	case len(rules.List) >= MaxRuleItems:
		return &Rejection{Reason: TooLarge, Subject: "rules", Have: Amount(len(rules.List)), Want: MaxRuleItems}
	}
	d.Rule = a.Rule.Name()
	return d.itself(a, nil)
}

func (a *AddActivity) kind() Kind { return ActivityAdded }
func (a *AddActivity) check(f *faults) {
	f.want(a.Activity.Valid(), "activity", "activity_code")
	f.want(a.Unit.Valid(), "unit", "unit_code")
	f.want(a.Code.Valid(), "code", "code")
	f.want(plainName(a.Name), "name", "name")
}

func (a *AddActivity) needs(b *Book, _ Command, w *Wants) {
	b.activities.want(w, a.Activity)
	b.units.want(w, a.Unit)
}

func (a *AddActivity) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, firstOf(missing(&b.units, a.Unit), exists(&b.activities, a.Activity)))
}

func (a *Enroll) kind() Kind { return Enrolled }
func (a *Enroll) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Unit.Valid(), "unit", "unit_code")
	f.want(a.Household == "" || a.Household.Valid(), "household", "household_number")
}

func (a *Enroll) needs(b *Book, _ Command, w *Wants) {
	b.volunteers.want(w, a.Volunteer)
	b.units.want(w, a.Unit)
}

func (a *Enroll) decide(b *Book, _ Command, d *draft) *Rejection {
	return d.itself(a, firstOf(missing(&b.units, a.Unit), exists(&b.volunteers, a.Volunteer)))
}

func (a *SetStatus) kind() Kind { return StatusSet }
func (a *SetStatus) check(f *faults) {
	f.want(a.Volunteer.Valid(), "volunteer", "volunteer_number")
	f.want(a.Status == Active || a.Status == Frozen || a.Status == Closed, "status", "status")
	f.want(a.Reason.valid(), "reason", "reason")
}
func (a *SetStatus) needs(b *Book, _ Command, w *Wants) { b.volunteers.want(w, a.Volunteer) }
func (a *SetStatus) decide(b *Book, c Command, d *draft) *Rejection {
	v, ok := b.volunteers.get(a.Volunteer)
	switch {
	case !ok:
		return notFound(string(a.Volunteer))
	case v.Status == Closed:
		return &Rejection{Reason: AccountClosed, Subject: string(a.Volunteer)}
	case b.self(c.Actor, v):
		return &Rejection{Reason: SelfService, Subject: string(a.Volunteer)}
	case v.Status == a.Status:
		return &Rejection{Reason: StatusUnchanged, Subject: string(a.Status)}
	}
	return d.itself(a, nil)
}

func (r Reason) valid() bool { return slices.Contains(Reasons(), r) }

// Reasons lists every reason.
func Reasons() []Reason {
	return []Reason{
		ClerkError, WrongItem, DefectiveItem, WrongPerson, WrongQuantity, DoubleEntry, Unproven, Complaint, LostCard, Moved,
		Died, OwnRequest, Cleared,
	}
}

func (a *ImportFile) kind() Kind { return Imported }
func (a *ImportFile) check(f *faults) {
	f.want(slices.Contains([]string{"volunteers", "items", "hours", "acts", "balances"}, a.Form), "form", "form")
	f.want(len(a.SHA256) == 64 && strings.Trim(a.SHA256, "0123456789abcdef") == "", "sha256", "sha256")
	f.want(a.Rows >= 0 && a.Rows <= int64(MaxAmount), "rows", "positive")
}
func (a *ImportFile) needs(*Book, Command, *Wants)                   {}
func (a *ImportFile) decide(_ *Book, _ Command, d *draft) *Rejection { return d.itself(a, nil) }
