package ledgertest

import (
	"slices"

	"aixin/ledger"
)

// The family of roles for a time and a place.

func grantsFamily() family {
	return family{
		answer: (*Naive).granting,
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.GrantRole, *ledger.EndRole:
				return []ledger.Role{ledger.Admin}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			a, ok := do.(*ledger.GrantRole)
			return ok && (a.Role == ledger.Admin || (a.Until != 0 && a.Until < a.From))
		},
		draws: []draw{
			{4, func(g *Generator) (ledger.Action, ledger.StaffID) {
				a := &ledger.GrantRole{Staff: g.standIn(), Role: g.role(), Scope: g.scope(), From: g.today().AddDays(g.rng.IntN(4) - 1)}
				if g.rng.IntN(5) > 0 {
					a.Until = a.From.AddDays(g.rng.IntN(12) - 1)
				}
				return a, admin
			}},
			{4, func(g *Generator) (ledger.Action, ledger.StaffID) {
				if one, ok := late(g, g.lives.grants); ok {
					return &ledger.EndRole{Staff: one.Staff, Role: one.Role, Scope: one.Scope, Until: g.today().AddDays(g.rng.IntN(6) - 2)}, admin
				}
				return &ledger.EndRole{Staff: g.standIn(), Role: g.role(), Scope: g.scope(), Until: g.today().AddDays(g.rng.IntN(4) - 2)}, admin
			}},
			{1, func(g *Generator) (ledger.Action, ledger.StaffID) {
				return &ledger.Appoint{Staff: g.standIn(), Roles: pick(g, nil, nil, []ledger.Role{g.appointed()})}, admin
			}},
		},
	}
}

// standIn draws a staff number whose roles are for a time and a place.
func (g *Generator) standIn() ledger.StaffID {
	return pick(g, ledger.StaffID("U000020"), "U000021", "U000022", "U000023")
}

func (g *Generator) role() ledger.Role {
	return pick(g, ledger.Leader, ledger.Leader, ledger.Reviewer, ledger.Clerk, ledger.Clerk, ledger.Keeper, ledger.Steward, ledger.Publisher, ledger.Auditor)
}

func (g *Generator) appointed() ledger.Role {
	return pick(g, ledger.Leader, ledger.Clerk, ledger.Reviewer)
}

func (g *Generator) scope() string { return pick(g, "", "C01", "C01", "C02", "S01", "S02", "S09") }

// grants returns the grants of a staff number, as they were changed.
func (n *Naive) grants(s ledger.StaffID) (out []ledger.GrantRole) {
	for _, e := range n.history {
		if e.answer.Refused != "" {
			continue
		}
		switch a := e.command.Do.(type) {
		case *ledger.GrantRole:
			if a.Staff == s {
				out = append(out, *a)
			}
		case *ledger.EndRole:
			var left []ledger.GrantRole
			for _, g := range out {
				if a.Staff == s && g.Role == a.Role && g.Scope == a.Scope && (g.Until == 0 || g.Until > a.Until) {
					if g.From > a.Until {
						continue
					}
					g.Until = a.Until
				}
				left = append(left, g)
			}
			out = left
		}
	}
	return out
}

// apart reports whether two roles are not for one person.
func apart(r, s ledger.Role) bool {
	watches := []ledger.Role{ledger.Admin, ledger.Supervisor, ledger.Auditor}
	works := []ledger.Role{ledger.Leader, ledger.Reviewer, ledger.Clerk, ledger.Keeper}
	return r != s && (slices.Contains(watches, r) || slices.Contains(watches, s) || (slices.Contains(works, r) && slices.Contains(works, s)))
}

func (n *Naive) granting(c ledger.Command, _ *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.GrantRole:
		return n.grant(a), true
	case *ledger.EndRole:
		ends := slices.ContainsFunc(n.grants(a.Staff), func(g ledger.GrantRole) bool {
			return g.Role == a.Role && g.Scope == a.Scope && (g.Until == 0 || g.Until > a.Until)
		})
		switch {
		case !ends:
			return no(ledger.NotFound), true
		case a.Until < n.today-1:
			return no(ledger.DateInPast), true
		}
		return Answer{Kind: ledger.RoleEnded}, true
	}
	return Answer{}, false
}

func (n *Naive) grant(a *ledger.GrantRole) Answer {
	switch {
	case a.Scope != "" && !n.known(a.Scope):
		return no(ledger.NotFound)
	case a.From < n.today:
		return no(ledger.DateInPast)
	}
	all := n.grants(a.Staff)
	var have []ledger.GrantRole
	for _, r := range n.roles(a.Staff) {
		have = append(have, ledger.GrantRole{Role: r})
	}
	for _, g := range append(have, all...) {
		together := (g.Until == 0 || a.From <= g.Until) && (a.Until == 0 || g.From <= a.Until)
		if !together || (!n.inside(g.Scope, a.Scope, a.From) && !n.inside(a.Scope, g.Scope, a.From)) {
			continue
		}
		if g.Role == a.Role && g.Scope == a.Scope {
			return no(ledger.AlreadyExists)
		}
		if apart(g.Role, a.Role) {
			return no(ledger.RolesConflict)
		}
	}
	if len(all) >= ledger.MaxGrants {
		return noAmount(ledger.TooLarge, ledger.Amount(len(all)), ledger.MaxGrants)
	}
	return Answer{Kind: ledger.Granted}
}

// here returns the roles that somebody has on a day in a place.
func (n *Naive) here(c ledger.Command, at string, day ledger.Date) (here []ledger.GrantRole) {
	for _, r := range n.roles(c.Actor) {
		here = append(here, ledger.GrantRole{Role: r})
	}
	for _, g := range n.grants(c.Actor) {
		if g.From <= day && (g.Until == 0 || day <= g.Until) && n.inside(g.Scope, at, day) {
			here = append(here, g)
		}
	}
	return here
}

// hasRole reports whether somebody has a role today where something is done.
func (n *Naive) hasRole(c ledger.Command, role ledger.Role) bool {
	return slices.ContainsFunc(n.here(c, n.spot(c.Do), n.today), func(g ledger.GrantRole) bool { return g.Role == role })
}

// scoped decides whether somebody with grants may ask for something on a day.
func (n *Naive) scoped(c ledger.Command, need []ledger.Role, day ledger.Date) ledger.RejectReason {
	n.then = day
	defer func() { n.then = 0 }()
	spots := []string{n.spot(c.Do)}
	if _, used := n.keys[c.Key]; !used {
		spots = append(spots, n.otherSpots(c.Do)...)
	}
	for _, at := range spots {
		if r := n.scopedAt(c, need, at, day); r != "" {
			return r
		}
	}
	return ""
}

func (n *Naive) scopedAt(c ledger.Command, need []ledger.Role, at string, day ledger.Date) ledger.RejectReason {
	here := n.here(c, at, day)
	answer := ledger.NotPermitted
	for _, g := range here {
		if !slices.Contains(need, g.Role) {
			continue
		}
		if !slices.ContainsFunc(here, func(h ledger.GrantRole) bool { return (g.Staff != "" || h.Staff != "") && apart(g.Role, h.Role) }) {
			return ""
		}
		answer = ledger.RolesConflict
	}
	return answer
}
