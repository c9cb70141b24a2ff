package ledger

import (
	"fmt"
	"slices"
	"strings"
)

// This family opens a book and says what it is about: its staff, its units and shops, its rules, its activities and the files that
// were brought in. The bodies are the actions themselves, and they move nothing.

// The kinds of what sets a book up.
const (
	Opened        Kind = "opened"
	Appointed     Kind = "appointed"
	UnitAdded     Kind = "unit_added"
	ShopAdded     Kind = "shop_added"
	RuleSet       Kind = "rule_set"
	ActivityAdded Kind = "activity_added"
	Imported      Kind = "imported"
)

// The actions and bodies. Fields of actions that are not marked optional are required.
type (
	// OpenBook is entry 0. Anybody who holds the directory may do it, once; its Actor is empty.
	OpenBook struct {
		Format int    // of the journal: FormatVersion, or an earlier one
		Origin string // names the log in its checkpoints (C2SP tlog-checkpoint), such as "aixin.example/B"
		Zone   string // IANA zone of every date in the book
		Demo   bool
	}

	// Appoint gives a staff number its roles, replacing those it had; none takes all away. By an admin, who may not drop the
	// last admin, nor change which volunteer number is their own; the first one of a book is appointed by themself.
	Appoint struct {
		Staff     StaffID
		Roles     []Role
		Volunteer VolunteerID // optional: the staff member's own volunteer number, so that they do not serve themself
	}

	// AddUnit adds a unit of the organisation, under one of a higher level. By an admin or steward.
	AddUnit struct {
		Unit   UnitID
		Kind   UnitKind
		Parent UnitID // optional
		Name   string
		Rule   string // optional: id of the rule set that its activities follow; else the book's first one
	}

	// AddShop adds a counter and its shelf. By an admin or steward.
	AddShop struct {
		Shop ShopID
		Unit UnitID
		Name string
	}

	// SetRule adds a version of a rule set. By a steward.
	SetRule struct {
		Rule Rule
	}

	// AddActivity adds something that volunteers serve at. By a leader or steward.
	AddActivity struct {
		Activity ActivityID
		Unit     UnitID
		Code     Code // the point standard of the rule, such as VH01
		Name     string
	}

	// ImportFile says that the rows of a file follow. By a leader or steward, and of stock by a keeper. The name of the file is not kept: it may
	// carry a person's. Each row is authorised for itself, wherever it belongs.
	ImportFile struct {
		Form   string // volunteers, items, hours, acts, balances; stock from format 2 on
		SHA256 string // of the file's bytes, 64 hexadecimal digits
		Rows   int64
		Scope  string // the unit or shop for which they have the role; optional: everywhere
	}
)

// setupBody returns an empty body of one of the kinds above, or nil.
func setupBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case Opened:
		return &OpenBook{}
	case Appointed:
		return &Appoint{}
	case UnitAdded:
		return &AddUnit{}
	case ShopAdded:
		return &AddShop{}
	case RuleSet:
		return &SetRule{}
	case ActivityAdded:
		return &AddActivity{}
	case Imported:
		return &ImportFile{}
	}
	return nil
}

func (a *OpenBook) fields(c *codec) {
	number(c, "format", &a.Format)
	text(c, "origin", &a.Origin)
	text(c, "zone", &a.Zone)
	c.flag("demo", &a.Demo)
}

func (a *OpenBook) kind() Kind { return Opened }

func (a *OpenBook) roles() anyOf { return anyOf{} } // whoever holds the directory: see permit

func (a *OpenBook) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *OpenBook) check(f *faults) {
	f.want(a.Format >= 1 && a.Format <= FormatVersion, "format", "format")
	f.want(ValidOrigin(a.Origin), "origin", "origin")
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

func (a *OpenBook) asked() (Action, Index) { return a, 0 }

func (a *OpenBook) holds(b *Book, _ Entry) ([]Posting, error) {
	if a.Zone != b.zone.String() {
		return nil, fmt.Errorf("I5: the book's zone is %s, not %s", b.zone, a.Zone)
	}
	return nil, nil
}

func (a *OpenBook) fold(b *Book, _ Entry) {
	b.book.put(single{}, BookFact{Format: a.Format, Origin: a.Origin, Zone: a.Zone, Demo: a.Demo})
}

func (a *Appoint) fields(c *codec) {
	text(c, "staff", &a.Staff)
	texts(c, "roles", &a.Roles)
	text(c, "volunteer", &a.Volunteer)
}

func (a *Appoint) kind() Kind { return Appointed }

func (a *Appoint) roles() anyOf { return anyOf{Admin} }

func (a *Appoint) keeps() (*VolunteerID, *ShopID) { return nil, nil }

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

func (a *Appoint) asked() (Action, Index) { return a, 0 }

func (a *Appoint) holds(*Book, Entry) ([]Posting, error) { return nil, nil }

func (a *Appoint) fold(b *Book, _ Entry) {
	before, _ := b.staff.get(a.Staff)
	book := b.book.edit(single{})
	count := func(has bool) int64 {
		if has {
			return 1
		}
		return 0
	}
	book.Staff += count(len(a.Roles) > 0) - count(len(before.Roles) > 0)
	book.Admins += count(slices.Contains(a.Roles, Admin)) - count(slices.Contains(before.Roles, Admin))
	s := b.staff.edit(a.Staff)
	s.Staff, s.Roles, s.Volunteer = a.Staff, a.Roles, a.Volunteer
}

func (a *AddUnit) fields(c *codec) {
	text(c, "unit", &a.Unit)
	text(c, "kind", &a.Kind)
	text(c, "parent", &a.Parent)
	text(c, "name", &a.Name)
	text(c, "rule", &a.Rule)
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
	b.org.want(w, single{})
}

func (a *AddUnit) decide(b *Book, _ Command, d *draft) *Rejection {
	if a.Parent != "" {
		if r := firstOf(missing(&b.units, a.Parent), b.level(a.Kind, a.Parent)); r != nil {
			return r
		}
	}
	rules, _ := b.rules.get(single{})
	if a.Rule != "" && !rules.any(func(v *Rule) bool { return v.ID == a.Rule }) {
		return notFound(a.Rule)
	}
	return d.itself(a, exists(&b.units, a.Unit))
}

func (a *AddUnit) roles() anyOf { return anyOf{Steward, Admin} }

func (a *AddUnit) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *AddUnit) asked() (Action, Index) { return a, 0 }

func (a *AddUnit) holds(b *Book, _ Entry) ([]Posting, error) { return states(exists(&b.units, a.Unit)) }

func (a *AddUnit) fold(b *Book, _ Entry) {
	b.units.put(a.Unit, *a)
	b.org.edit(single{}).place(kept(b, a.Unit), kept(b, a.Parent))
}

func (a *AddShop) fields(c *codec) {
	text(c, "shop", &a.Shop)
	text(c, "unit", &a.Unit)
	text(c, "name", &a.Name)
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

func (a *AddShop) roles() anyOf { return anyOf{Steward, Admin} }

func (a *AddShop) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *AddShop) asked() (Action, Index) { return a, 0 }

func (a *AddShop) holds(b *Book, _ Entry) ([]Posting, error) { return states(exists(&b.shops, a.Shop)) }

func (a *AddShop) fold(b *Book, _ Entry) { b.shops.put(a.Shop, *a) }

func (a *SetRule) fields(c *codec) { a.Rule.fields(c) }

func (a *SetRule) kind() Kind { return RuleSet }

func (a *SetRule) check(f *faults) { a.Rule.check(f) }

func (a *SetRule) needs(b *Book, _ Command, w *Wants) {
	b.rules.want(w, single{})
	a.wantScope(b, w)
}

func (a *SetRule) decide(b *Book, _ Command, d *draft) *Rejection {
	rules, _ := b.rules.get(single{})
	var last Rule
	for _, v := range rules.List {
		if v.ID == a.Rule.ID {
			last = v
		}
	}
	if r := firstOf(a.missingScope(b), a.rescoped(&last)); r != nil {
		return r
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

func (a *SetRule) roles() anyOf { return anyOf{Steward} }

func (a *SetRule) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *SetRule) asked() (Action, Index) { return a, 0 }

func (a *SetRule) holds(b *Book, _ Entry) ([]Posting, error) {
	rules, _ := b.rules.get(single{})
	if _, ok := rules.Named(a.Rule.Name()); ok {
		return states(&Rejection{Reason: AlreadyExists, Subject: a.Rule.Name()})
	}
	return states(a.missingScope(b))
}

func (a *SetRule) fold(b *Book, e Entry) {
	r := b.rules.edit(single{})
	r.List, r.Set = append(r.List, a.Rule), append(r.Set, e.Index)
}

func (a *AddActivity) fields(c *codec) {
	text(c, "activity", &a.Activity)
	text(c, "unit", &a.Unit)
	text(c, "code", &a.Code)
	text(c, "name", &a.Name)
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

func (a *AddActivity) roles() anyOf { return anyOf{Leader, Steward} }

func (a *AddActivity) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *AddActivity) asked() (Action, Index) { return a, 0 }

func (a *AddActivity) holds(b *Book, _ Entry) ([]Posting, error) {
	return states(exists(&b.activities, a.Activity))
}

func (a *AddActivity) fold(b *Book, _ Entry) { b.activities.put(a.Activity, *a) }

func (a *ImportFile) fields(c *codec) {
	if text(c, "form", &a.Form); a.Form == formStock {
		c.format = max(c.format, 2)
	}
	text(c, "sha256", &a.SHA256)
	number(c, "rows", &a.Rows)
	c.since(2, func(c *codec) {
		text(c, "scope", &a.Scope)
	})
}

func (a *ImportFile) kind() Kind { return Imported }

func (a *ImportFile) check(f *faults) {
	f.want(slices.Contains([]string{"volunteers", "items", "hours", "acts", "balances", formStock}, a.Form), "form", "form")
	f.want(hexDigest(a.SHA256), "sha256", "sha256")
	f.want(a.Rows >= 0 && a.Rows <= int64(MaxAmount), "rows", "positive")
	f.want(scope(a.Scope), "scope", "scope")
}

func (a *ImportFile) needs(b *Book, _ Command, w *Wants) { b.wantScope(w, a.Scope) }

func (a *ImportFile) decide(b *Book, _ Command, d *draft) *Rejection {
	if r := b.missingScope(a.Scope); r != nil {
		return r
	}
	return d.itself(a, nil)
}

func (a *ImportFile) roles() anyOf {
	if a.Form == formStock {
		return anyOf{Keeper}
	}
	return anyOf{Leader, Steward}
}

// formStock came with format 2, though the member did not.
const formStock = "stock"

func (a *ImportFile) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *ImportFile) asked() (Action, Index) { return a, 0 }

func (a *ImportFile) holds(b *Book, _ Entry) ([]Posting, error) {
	return states(b.missingScope(a.Scope))
}

func (a *ImportFile) fold(b *Book, e Entry) { b.imports.put(e.Index, *a) }

// ValidOrigin reports whether a log may have this name: it stands in checkpoints and in the names of their keys (C2SP signed-note).
func ValidOrigin(name string) bool { return plainName(name) && !strings.ContainsAny(name, " +") }
