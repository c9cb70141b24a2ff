package ledgertest

import (
	"slices"

	"aixin/ledger"
)

// What households and the team hold for their members, where a rule says so.

// onlyTeam is the one team of the world.
const onlyTeam ledger.UnitID = "C11"

// sharedBy returns the household or team whose points somebody may spend beside their own, by the rule of their unit on a day.
func (n *Naive) sharedBy(v ledger.VolunteerID, day ledger.Date) ledger.PoolID {
	unit := n.unitOn(v, day, len(n.history))
	if unit == "" {
		return ""
	}
	rule, ok := n.rule(unit, day)
	switch {
	case !ok:
	case rule.Account.Holder == "household":
		return ledger.PoolID(n.householdOn(v, day, len(n.history)))
	case rule.Account.Holder == "team" && (unit == onlyTeam || n.belongs(v, onlyTeam, day)):
		return ledger.PoolID(onlyTeam)
	}
	return ""
}

// head returns the head of a household on a day: the last who was said to be it from that day on or from one before.
func (n *Naive) head(h ledger.HouseholdID, day ledger.Date) (head ledger.VolunteerID) {
	each(n, func(_ int, _ *event, a *ledger.SetHousehold) {
		if a.Head && a.Household == h && a.From <= day {
			head = a.Volunteer
		}
	})
	return head
}

// purse returns whose points somebody may spend, in the order in which they do: also those of a household, where its head alone may, only
// where they are that.
func (n *Naive) purse(v ledger.VolunteerID, day ledger.Date) []string {
	h := n.sharedBy(v, day)
	rule, _ := n.rule(n.unitOn(v, day, len(n.history)), day)
	if rule.Account.Head && n.person(n.head(ledger.HouseholdID(h), day)) != n.person(v) {
		h = ""
	}
	if h != "" {
		return []string{"points " + string(v), "points " + string(h)}
	}
	return []string{"points " + string(v)}
}

// purseOf returns the same of a record, which says whose its points are.
func (e *event) purseOf(v ledger.VolunteerID) []string {
	if e.pool != "" {
		return []string{"points " + string(v), "points " + string(e.pool)}
	}
	return []string{"points " + string(v)}
}

// tooFew answers whether somebody has fewer points than are wanted, and whether the rest is in their household, whose head they are not.
func (n *Naive) tooFew(v ledger.VolunteerID, want ledger.Amount, reason ledger.RejectReason) Answer {
	have, home := n.has(n.purse(v, n.today)), string(n.sharedBy(v, n.today))
	switch {
	case have >= want:
		return Answer{}
	case have+n.usable("points "+home) >= want && len(n.purse(v, n.today)) == 1:
		return noAmount(ledger.HeadOnly, have, want)
	}
	return noAmount(reason, have, want)
}

// has adds up what is usable of some owners.
func (n *Naive) has(owners []string) (sum ledger.Amount) {
	for _, o := range owners {
		sum += n.usable(o)
	}
	return sum
}

// spend draws an amount of the first owner as far as it reaches, and the rest of the next.
func (n *Naive) spend(owners []string, amount ledger.Amount) {
	for _, o := range owners {
		part := min(amount, n.usable(o))
		n.draw(o, part)
		amount -= part
	}
}

// unspent gives an amount back that an event spent, the last first. It moves nothing where a lot of it cannot take it.
func (n *Naive) unspent(i int, amount ledger.Amount) (ok bool) {
	owners, parts := n.spentOf(i), []ledger.Amount{}
	for _, o := range owners {
		var out ledger.Amount
		for _, k := range n.movesOf(i, o) {
			out += -n.moves[k].amount - n.history[i].back[k]
		}
		part := min(amount, out)
		parts, amount = append(parts, part), amount-part
		if n.revives(i, o, part) {
			return false
		}
	}
	for k, o := range owners {
		n.giveBack(i, o, parts[k], true)
	}
	return true
}

// spentOf returns whose points an event spent, the last first.
func (n *Naive) spentOf(i int) (owners []string) {
	for _, m := range n.moves {
		if m.event == i && len(m.owner) > 7 && m.owner[:7] == "points " && m.amount < 0 && !slices.Contains(owners, m.owner) {
			owners = append([]string{m.owner}, owners...)
		}
	}
	return owners
}
