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
			case *ledger.Grant, *ledger.EndRole:
				return []ledger.Role{ledger.Admin}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			a, ok := do.(*ledger.Grant)
			return ok && (a.Role == ledger.Admin || (a.Until != 0 && a.Until < a.From))
		},
		draws: []draw{
			{4, func(g *Generator) (ledger.Action, ledger.StaffID) {
				a := &ledger.Grant{Staff: g.standIn(), Role: g.role(), Scope: g.scope(), From: g.today().AddDays(g.rng.IntN(4) - 1)}
				if g.rng.IntN(5) > 0 {
					a.Until = a.From.AddDays(g.rng.IntN(12) - 1)
				}
				return a, admin
			}},
			{2, func(g *Generator) (ledger.Action, ledger.StaffID) {
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
func (n *Naive) grants(s ledger.StaffID) (out []ledger.Grant) {
	for _, e := range n.history {
		if e.answer.Refused != "" {
			continue
		}
		switch a := e.command.Do.(type) {
		case *ledger.Grant:
			if a.Staff == s {
				out = append(out, *a)
			}
		case *ledger.EndRole:
			var left []ledger.Grant
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

// inside reports whether one scope has all of another in it; the units of the world have none below them.
func inside(outer, inner string) bool {
	unit := map[string]string{"S01": "C01", "S02": "C02"}
	return outer == "" || outer == inner || (inner != "" && unit[inner] == outer)
}

func (n *Naive) granting(c ledger.Command, _ *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.Grant:
		return n.grant(a), true
	case *ledger.EndRole:
		ends := slices.ContainsFunc(n.grants(a.Staff), func(g ledger.Grant) bool {
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

func (n *Naive) grant(a *ledger.Grant) Answer {
	switch {
	case a.Scope != "" && !n.known(a.Scope):
		return no(ledger.NotFound)
	case a.From < n.today:
		return no(ledger.DateInPast)
	}
	all := n.grants(a.Staff)
	var have []ledger.Grant
	for _, r := range n.roles(a.Staff) {
		have = append(have, ledger.Grant{Role: r})
	}
	for _, g := range append(have, all...) {
		together := (g.Until == 0 || a.From <= g.Until) && (a.Until == 0 || g.From <= a.Until)
		if !together || (!inside(g.Scope, a.Scope) && !inside(a.Scope, g.Scope)) {
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

// scoped decides whether somebody with grants may ask for something on a day.
func (n *Naive) scoped(c ledger.Command, need []ledger.Role, day ledger.Date) ledger.RejectReason {
	at := n.spot(c.Do)
	var here []ledger.Grant
	for _, r := range n.roles(c.Actor) {
		here = append(here, ledger.Grant{Role: r})
	}
	for _, g := range n.grants(c.Actor) {
		if g.From <= day && (g.Until == 0 || day <= g.Until) && inside(g.Scope, at) {
			here = append(here, g)
		}
	}
	answer := ledger.NotPermitted
	for _, g := range here {
		if !slices.Contains(need, g.Role) {
			continue
		}
		if !slices.ContainsFunc(here, func(h ledger.Grant) bool { return (g.Staff != "" || h.Staff != "") && apart(g.Role, h.Role) }) {
			return ""
		}
		answer = ledger.RolesConflict
	}
	return answer
}

// spot returns the shop or unit where something is done; nowhere where it concerns the whole book.
func (n *Naive) spot(do ledger.Action) string {
	lives := func(v ledger.VolunteerID) string {
		if who, _ := n.volunteer(v); who != nil {
			return string(who.Unit)
		}
		return ""
	}
	record := func(i ledger.Index) string {
		if int(i) < len(n.history) && n.history[i].state != "" {
			return string(n.history[i].unit)
		}
		return ""
	}
	switch a := do.(type) {
	case *ledger.Redeem:
		return string(a.Shop)
	case *ledger.Receive:
		return string(a.Shop)
	case *ledger.Return:
		if sold, ok := n.redemption(a.Redemption); ok {
			return string(sold.Shop)
		}
	case *ledger.AddShop:
		return string(a.Unit)
	case *ledger.AddActivity:
		return string(a.Unit)
	case *ledger.Enroll:
		return string(a.Unit)
	case *ledger.DeclareHours:
		unit := ""
		each(n, func(_ int, _ *event, x *ledger.AddActivity) {
			if x.Activity == a.Activity {
				unit = string(x.Unit)
			}
		})
		return unit
	case *ledger.Approve:
		return record(a.Record)
	case *ledger.ReturnRecord:
		return record(a.Record)
	case *ledger.DeclareActs:
		return lives(a.Volunteer)
	case *ledger.DeclareOpening:
		return lives(a.Volunteer)
	case *ledger.SetStatus:
		return lives(a.Volunteer)
	case *ledger.Expire:
		return lives(a.Volunteer)
	case *ledger.Transfer:
		return lives(a.From)
	case *ledger.Merge:
		return lives(a.From)
	case *ledger.DeclareLeave:
		return lives(a.Volunteer)
	case *ledger.Leave:
		return lives(a.Volunteer)
	case *ledger.SetGuardian:
		return lives(a.Volunteer)
	case *ledger.SetConsent:
		return lives(a.Volunteer)
	case *ledger.IssueCard:
		return lives(a.Volunteer)
	case *ledger.VoidCard:
		return lives(a.Volunteer)
	case *ledger.Certify:
		return lives(a.Volunteer)
	}
	return ""
}
