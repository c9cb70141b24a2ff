package ledger

import (
	"fmt"
	"slices"
)

// This family gives roles for a time and a place (rules B46, B47). An appointment is a role everywhere and for good, as in the first
// format; a grant has a first day, mostly a last one, and a unit or shop. Which grants count is asked of the day of each decision.

// The kinds of grants.
const (
	Granted   Kind = "granted"
	RoleEnded Kind = "role_ended"
)

// MaxGrants bounds the grants of one staff number, ended ones included: a new one every month for eight years.
const MaxGrants = 100

type (
	// GrantRole gives a staff number a role from a day on. By an admin. Admins themselves are appointed: a book must not run out
	// of them by a date.
	GrantRole struct {
		Staff StaffID
		Role  Role
		Scope string // a unit with all below it, or a shop; optional: everywhere
		From  Date
		Until Date // the last day; optional
	}

	// EndRole ends a grant. By an admin.
	EndRole struct {
		Staff StaffID
		Role  Role
		Scope string
		Until Date // the last day, from yesterday on: yesterday's ends it at once
	}

	// Staff is a staff number and what it may do.
	Staff struct {
		Staff     StaffID
		Roles     []Role // appointed
		Volunteer VolunteerID
		Grants    []RoleGrant
		Kin       []VolunteerID // near relatives, as declared
	}

	// RoleGrant is a role for a time and a place.
	RoleGrant struct {
		Role  Role
		Scope string
		From  Date
		Until Date
	}

	// place is where something is done: a shop and its unit, a unit, or nowhere in particular.
	place struct {
		unit UnitID
		shop ShopID
	}

	// placed is an action that is done somewhere. For any other, only a role for everywhere is enough.
	placed interface {
		// where returns the place as far as it is known from what is loaded, and asks for the rest.
		where(b *Book, w *Wants) place
	}

	// spanning is an action that reaches into other units than the one where it is done, too. Whoever asks for it has a role in each.
	spanning interface {
		placed
		// others returns those units.
		others(b *Book) []UnitID
	}
)

// grantsBody returns an empty body of one of the kinds above, or nil.
func grantsBody(k Kind) Body {
	switch k { //nolint:exhaustive // the other kinds are in the files of their families
	case Granted:
		return &GrantRole{}
	case RoleEnded:
		return &EndRole{}
	}
	return nil
}

func (f *Staff) fields(c *codec) {
	text(c, "staff", &f.Staff)
	texts(c, "roles", &f.Roles)
	text(c, "volunteer", &f.Volunteer)
	list(c, "grants", &f.Grants, func(c *codec, g *RoleGrant) { g.fields(c) })
	texts(c, "kin", &f.Kin)
}

func (g *RoleGrant) fields(c *codec) {
	text(c, "role", &g.Role)
	text(c, "scope", &g.Scope)
	c.date("from", &g.From)
	c.date("until", &g.Until)
}

// On reports whether the grant counts on a day.
func (g RoleGrant) On(day Date) bool { return g.From <= day && (g.Until == 0 || day <= g.Until) }

// meets reports whether two grants count on a same day.
func (g RoleGrant) meets(h RoleGrant) bool {
	return (g.Until == 0 || h.From <= g.Until) && (h.Until == 0 || g.From <= h.Until)
}

// RolesOn returns the roles of a staff number on a day, wherever they count.
func (f Staff) RolesOn(day Date) []Role {
	roles := slices.Clone(f.Roles)
	for _, g := range f.Grants {
		if g.On(day) && !slices.Contains(roles, g.Role) {
			roles = append(roles, g.Role)
		}
	}
	return roles
}

// ScopeOf returns a unit or shop for which a staff number has one of the roles on a day: none where they have it everywhere, or
// nowhere.
func (f Staff) ScopeOf(day Date, roles ...Role) (scope string) {
	for _, g := range f.held() {
		switch {
		case !g.On(day) || !slices.Contains(roles, g.Role):
		case g.Scope == "":
			return ""
		case scope == "":
			scope = g.Scope
		}
	}
	return scope
}

// held returns every role of a staff number as a grant: an appointment counts everywhere, on every day.
func (f Staff) held() []RoleGrant {
	all := make([]RoleGrant, 0, len(f.Roles)+len(f.Grants))
	for _, r := range f.Roles {
		all = append(all, RoleGrant{Role: r})
	}
	return append(all, f.Grants...)
}

// conflicts reports whether one person may not have both roles in one place (B46): who declares does not approve, redeem or count,
// and so on around, and who watches does nothing else.
func (r Role) conflicts(other Role) bool {
	apart := []Role{Leader, Reviewer, Clerk, Keeper}
	return r != other && (r.alone() || other.alone() || (slices.Contains(apart, r) && slices.Contains(apart, other)))
}

// Apart refuses two lists of roles that one person may not hold together (B46).
func Apart(some, others []Role) error {
	for _, r := range some {
		for _, other := range others {
			if r.conflicts(other) {
				return &Rejection{Reason: RolesConflict, Subject: string(other)}
			}
		}
	}
	return nil
}

// here returns the roles of a staff number that count on that day in a place.
func (b *Book) here(s *Staff, at place, on Date) (roles []RoleGrant) {
	for _, g := range s.held() {
		if g.On(on) && b.covers(g.Scope, at, on) {
			roles = append(roles, g)
		}
	}
	return roles
}

// hasRole reports whether the actor has a role on that day in the place of the command.
func (b *Book) hasRole(c Command, role Role, on Date) bool {
	s, _ := b.staff.get(c.Actor)
	return slices.ContainsFunc(b.here(s, b.placeOf(c), on), func(g RoleGrant) bool { return g.Role == role })
}

// spans refuses what reaches into other units to whoever has not as much authority in each of them. A repeat had it when the first call
// was decided, whatever has changed since.
func (b *Book) spans(c Command, on Date) *Rejection {
	do, ok := c.Do.(spanning)
	if !ok {
		return nil
	}
	s, _ := b.staff.get(c.Actor)
	if _, used := b.keyed.get(c.Key); used || len(s.Grants) == 0 {
		return nil
	}
	for _, u := range do.others(b) {
		if r := b.authority(s, c, place{unit: u}, on); r != nil {
			return r
		}
	}
	return nil
}

// authority refuses a staff number that has none of the roles on that day in a place, or has it by grant beside
// another that conflicts with it there.
func (b *Book) authority(s *Staff, c Command, at place, on Date) *Rejection {
	here := b.here(s, at, on)
	var conflict *Rejection
	for _, g := range here {
		if !b.allows(c.Do, g.Role) {
			continue
		}
		i := slices.IndexFunc(here, func(h RoleGrant) bool { return (g.From != 0 || h.From != 0) && g.Role.conflicts(h.Role) })
		if i < 0 {
			return nil
		}
		conflict = &Rejection{Reason: RolesConflict, Subject: string(here[i].Role)}
	}
	if conflict != nil {
		return conflict
	}
	return &Rejection{Reason: NotPermitted, Subject: string(b.asks(c.Do)[0])}
}

// covers reports whether a scope has a place in it on a day.
func (b *Book) covers(scope string, at place, on Date) bool {
	switch {
	case scope == "":
		return true
	case ShopID(scope).Valid():
		return ShopID(scope) == at.shop
	case at.unit == "":
		return false
	}
	org, _ := b.org.get(single{})
	return slices.Contains(org.Above(at.unit, on), UnitID(scope))
}

// whereIs returns where something is done, and asks for what it takes to know that.
func (b *Book) whereIs(do Action, w *Wants) place {
	p, ok := do.(placed)
	if !ok {
		return place{}
	}
	at := p.where(b, w)
	if at.shop != "" {
		b.shops.want(w, at.shop)
		s, _ := b.shops.peek(at.shop)
		at.unit = s.Unit
	}
	b.org.want(w, single{})
	return at
}

// wantPlace asks for where something is done, if that matters for this actor.
func (b *Book) wantPlace(w *Wants, c Command) {
	if s, _ := b.staff.peek(c.Actor); slices.ContainsFunc(s.Grants, func(g RoleGrant) bool { return g.Scope != "" }) {
		b.whereIs(c.Do, w)
	}
}

// placeOf returns the place of a command for an actor to whom it matters; nowhere for others.
func (b *Book) placeOf(c Command) place {
	var w Wants
	b.wantPlace(&w, c)
	if len(w) > 0 && b.unloaded == "" {
		b.unloaded = w[0]
	}
	return b.whereIs(c.Do, &w)
}

func (a *GrantRole) fields(c *codec) {
	text(c, "staff", &a.Staff)
	text(c, "role", &a.Role)
	text(c, "scope", &a.Scope)
	c.date("from", &a.From)
	c.date("until", &a.Until)
}

func (a *GrantRole) kind() Kind { return Granted }

func (a *GrantRole) roles() anyOf { return anyOf{Admin} }

func (a *GrantRole) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *GrantRole) check(f *faults) {
	f.want(a.Staff.Valid(), "staff", "staff_number")
	f.want(slices.Contains(Roles(), a.Role) && a.Role != Admin, "role", "granted_role")
	f.want(scope(a.Scope), "scope", "scope")
	f.want(a.From.valid(), "from", "date")
	f.want(a.Until == 0 || (a.Until.valid() && a.From <= a.Until), "until", "last_day")
}

func scope(s string) bool { return s == "" || UnitID(s).Valid() || ShopID(s).Valid() }

func (a *GrantRole) needs(b *Book, _ Command, w *Wants) {
	b.staff.want(w, a.Staff)
	b.wantScope(w, a.Scope)
	b.org.want(w, single{})
	s, _ := b.staff.peek(a.Staff)
	for _, g := range s.Grants {
		b.wantScope(w, g.Scope)
	}
}

// wantScope asks for a unit or shop.
func (b *Book) wantScope(w *Wants, s string) {
	switch {
	case ShopID(s).Valid():
		b.shops.want(w, ShopID(s))
	case s != "":
		b.units.want(w, UnitID(s))
	}
}

// placeIn returns the place that a scope names.
func (b *Book) placeIn(s string) place {
	if ShopID(s).Valid() {
		shop, _ := b.shops.get(ShopID(s))
		return place{shop.Unit, ShopID(s)}
	}
	return place{unit: UnitID(s)}
}

// overlap reports whether two scopes have a place in common on a day.
func (b *Book) overlap(s, t string, on Date) bool {
	return s == "" || t == "" || b.covers(s, b.placeIn(t), on) || b.covers(t, b.placeIn(s), on)
}

func (a *GrantRole) decide(b *Book, _ Command, d *draft) *Rejection {
	if r := b.missingScope(a.Scope); r != nil {
		return r
	}
	s, _ := b.staff.get(a.Staff)
	if a.From < d.On {
		return &Rejection{Reason: DateInPast, Subject: a.From.String()}
	}
	now := RoleGrant{a.Role, a.Scope, a.From, a.Until}
	for _, g := range s.held() {
		switch {
		case !g.meets(now) || !b.overlap(g.Scope, a.Scope, a.From):
		case g.Role == a.Role && g.Scope == a.Scope:
			return &Rejection{Reason: AlreadyExists, Subject: string(a.Role)}
		case g.Role.conflicts(a.Role):
			return &Rejection{Reason: RolesConflict, Subject: string(g.Role)}
		}
	}
	if len(s.Grants) >= MaxGrants {
		return &Rejection{Reason: TooLarge, Subject: string(a.Staff), Have: Amount(len(s.Grants)), Want: MaxGrants}
	}
	return d.itself(a, nil)
}

// missingScope refuses a unit or shop that does not exist.
func (b *Book) missingScope(s string) *Rejection {
	switch {
	case ShopID(s).Valid():
		return missing(&b.shops, ShopID(s))
	case s != "":
		return missing(&b.units, UnitID(s))
	}
	return nil
}

func (a *GrantRole) asked() (Action, Index) { return a, 0 }

func (a *GrantRole) holds(b *Book, _ Entry) ([]Posting, error) {
	return states(b.missingScope(a.Scope))
}

func (a *GrantRole) fold(b *Book, _ Entry) {
	s := b.staff.edit(a.Staff)
	s.Staff = a.Staff
	s.Grants = append(slices.Clone(s.Grants), RoleGrant{a.Role, a.Scope, a.From, a.Until})
}

func (a *EndRole) fields(c *codec) {
	text(c, "staff", &a.Staff)
	text(c, "role", &a.Role)
	text(c, "scope", &a.Scope)
	c.date("until", &a.Until)
}

func (a *EndRole) kind() Kind { return RoleEnded }

func (a *EndRole) roles() anyOf { return anyOf{Admin} }

func (a *EndRole) keeps() (*VolunteerID, *ShopID) { return nil, nil }

func (a *EndRole) check(f *faults) {
	f.want(a.Staff.Valid(), "staff", "staff_number")
	f.want(slices.Contains(Roles(), a.Role) && a.Role != Admin, "role", "granted_role")
	f.want(scope(a.Scope), "scope", "scope")
	f.want(a.Until.valid(), "until", "date")
}

func (a *EndRole) needs(b *Book, _ Command, w *Wants) { b.staff.want(w, a.Staff) }

// ends reports whether the entry changes a grant.
func (a *EndRole) ends(g RoleGrant) bool {
	return g.Role == a.Role && g.Scope == a.Scope && (g.Until == 0 || g.Until > a.Until)
}

func (a *EndRole) decide(b *Book, _ Command, d *draft) *Rejection {
	s, _ := b.staff.get(a.Staff)
	switch {
	case !slices.ContainsFunc(s.Grants, a.ends):
		return notFound(string(a.Role))
	case a.Until < d.On.AddDays(-1):
		return &Rejection{Reason: DateInPast, Subject: a.Until.String()}
	}
	return d.itself(a, nil)
}

func (a *EndRole) asked() (Action, Index) { return a, 0 }

func (a *EndRole) holds(b *Book, _ Entry) ([]Posting, error) {
	if s, _ := b.staff.get(a.Staff); !slices.ContainsFunc(s.Grants, a.ends) {
		return nil, fmt.Errorf("I8: %s has no such grant", a.Staff)
	}
	return nil, nil
}

// fold gives the grant its last day, and drops one that had not begun.
func (a *EndRole) fold(b *Book, _ Entry) {
	s := b.staff.edit(a.Staff)
	s.Grants = slices.DeleteFunc(slices.Clone(s.Grants), func(g RoleGrant) bool { return a.ends(g) && g.From > a.Until })
	for i, g := range s.Grants {
		if a.ends(g) {
			s.Grants[i].Until = a.Until
		}
	}
}
