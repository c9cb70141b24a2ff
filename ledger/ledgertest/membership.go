package ledgertest

import (
	"fmt"
	"slices"

	"aixin/ledger"
)

// To which units people belong, day by day.

// daysAhead is how far the model looks at memberships, from today on.
const daysAhead = 40

// belongs reports whether somebody is a member of a unit on a day: the latest word about that day says so. Who had another number that
// was merged into theirs is a member of what that was, too.
func (n *Naive) belongs(v ledger.VolunteerID, unit ledger.UnitID, day ledger.Date) bool {
	return n.belonged(v, unit, day, len(n.history))
}

// belonged is the same as it was said before an event.
func (n *Naive) belonged(v ledger.VolunteerID, unit ledger.UnitID, day ledger.Date, before int) (is bool) {
	for i := range n.history[:before] {
		if n.history[i].answer.Refused != "" {
			continue
		}
		switch a := n.history[i].command.Do.(type) {
		case *ledger.SetMembership:
			if a.Volunteer == v && a.Unit == unit && day >= a.From {
				is = !a.Ended && (a.Until == 0 || day <= a.Until)
			}
		case *ledger.Merge:
			if a.Into == v {
				is = is || n.belonged(a.From, unit, day, i)
			}
		}
	}
	return is
}

// memberSince reports whether a volunteer is a member of a unit on some day from one on.
func (n *Naive) memberSince(v ledger.VolunteerID, unit ledger.UnitID, from ledger.Date) bool {
	last := from
	each(n, func(_ int, _ *event, a *ledger.SetMembership) { last = max(last, a.From, a.Until) })
	for day := from; day <= last; day++ {
		if n.belongs(v, unit, day) {
			return true
		}
	}
	return false
}

func (n *Naive) setMembership(a *ledger.SetMembership) Answer {
	v, status := n.volunteer(a.Volunteer)
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case !n.known(string(a.Unit)):
		return no(ledger.NotFound)
	case a.From < n.today:
		return no(ledger.DateInPast)
	case a.Ended && !n.memberSince(a.Volunteer, a.Unit, a.From):
		return no(ledger.NotFound)
	case !a.Ended && n.unitOn(a.Volunteer, a.From, len(n.history)) == a.Unit:
		return no(ledger.AlreadyExists)
	}
	return Answer{Kind: ledger.MembershipSet}
}

// membersDiffer compares to which units people belong, today and on days to come.
func (n *Naive) membersDiffer(m *Memory) string {
	asked := map[ledger.VolunteerID]bool{}
	each(n, func(_ int, _ *event, a *ledger.SetMembership) { asked[a.Volunteer] = true })
	each(n, func(_ int, _ *event, a *ledger.Merge) { asked[a.Into] = true })
	for v := range asked {
		who, err := m.View(0).Volunteer(v)
		if err != nil {
			return err.Error()
		}
		for _, unit := range []ledger.UnitID{"C01", "C02", "C10", "C11"} {
			for day := n.today; day < n.today+daysAhead; day++ {
				if who.UnitOn(day) == unit {
					continue
				}
				if want, got := n.belongs(v, unit, day), slices.Contains(who.UnitsOn(day), unit); want != got {
					return fmt.Sprintf("%s of %s on %s: naive %t, book %t", v, unit, day, want, got)
				}
			}
		}
	}
	return ""
}

// membership draws that somebody joins a unit for a time, or leaves one again.
func (g *Generator) membership() (ledger.Action, ledger.StaffID) {
	a := &ledger.SetMembership{
		Volunteer: g.person(), Unit: pick(g, ledger.UnitID("C10"), "C11", "C11", "C02", "C77"), From: g.today().AddDays(g.rng.IntN(7) - 1),
	}
	switch g.rng.IntN(4) {
	case 0:
		a.Ended = true
	case 1:
		a.Until = a.From.AddDays(g.rng.IntN(12) - 1)
	}
	return a, pick(g, steward, leader)
}
