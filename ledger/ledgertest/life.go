package ledgertest

import (
	"fmt"
	"slices"

	"aixin/ledger"
)

// The family of what becomes of a volunteer in the course of a life: relatives, guardians, cards, two numbers that become one, the end.

func lifeFamily() family {
	return family{
		answer: (*Naive).life,
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.DeclareKin, *ledger.SetGuardian, *ledger.Merge, *ledger.DeclareLeave, *ledger.Leave, *ledger.IssueCard, *ledger.Certify, *ledger.Erase:
				return []ledger.Role{ledger.Steward}
			case *ledger.VoidCard:
				return []ledger.Role{ledger.Steward, ledger.Clerk}
			case *ledger.SetConsent:
				return []ledger.Role{ledger.Steward, ledger.Leader, ledger.Publisher}
			}
			return nil
		},
		wrong:   lifeWrong,
		differs: (*Naive).lifeDiffers,
		draws:   lifeDraws(),
		scenes:  []scene{{2, (*Generator).warded}, {3, (*Generator).goingAway}},
		build:   (*Generator).enrolSpares,
	}
}

func lifeWrong(do ledger.Action) bool {
	switch a := do.(type) {
	case *ledger.DeclareKin:
		return nobodys(a.Volunteer) || nobodys(ledger.VolunteerID(a.Of)) || a.Of == string(a.Volunteer)
	case *ledger.SetGuardian:
		monthEnd := a.Until == 0 || a.Until.AddDays(1).Time().Day() == 1
		return nobodys(a.Volunteer) || nobodys(a.Guardian) || a.Volunteer == a.Guardian || !monthEnd || (a.Until != 0 && a.Guardian == "")
	case *ledger.SetConsent:
		return nobodys(a.Volunteer)
	case *ledger.Merge:
		return nobodys(a.From) || nobodys(a.Into) || a.From == a.Into
	case *ledger.DeclareLeave:
		return nobodys(a.Volunteer)
	case *ledger.Leave:
		return nobodys(a.Volunteer) || nobodys(a.To) || a.Volunteer == a.To || (a.To != "" && a.Pool != "")
	case *ledger.IssueCard:
		return nobodys(a.Volunteer)
	case *ledger.VoidCard:
		return nobodys(a.Volunteer)
	case *ledger.Erase:
		return nobodys(a.Volunteer)
	case *ledger.Certify:
		return nobodys(a.Volunteer) || len(a.Records) == 0 || a.From > a.Until || !slices.IsSorted(a.Records) || a.Records[0] <= 0
	}
	return false
}

// spares are the second numbers of people, and those of people who come and go.
const spares = 12

// lastPerson is the serial of the last person of the world; spare numbers come after it.
const lastPerson = 12

// lives is what the generator saw of the course of people's lives, to go on from there.
type lives struct {
	credits []*ledger.Credit
	spares  []ledger.VolunteerID // spare numbers that were credited something
	leavers []ledger.VolunteerID
	carded  []ledger.VolunteerID
	guarded []*ledger.SetGuardian
	kin     []*ledger.DeclareKin
	grants  []*ledger.GrantRole
}

func (l *lives) saw(e ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.Credit:
		l.credits = append(l.credits, body)
		if body.Volunteer.Serial() > lastPerson {
			l.spares = append(l.spares, body.Volunteer)
		}
	case *ledger.LeaveNotice:
		l.leavers = append(l.leavers, body.Volunteer)
	case *ledger.IssueCard:
		l.carded = append(l.carded, body.Volunteer)
	case *ledger.SetGuardian:
		l.guarded = append(l.guarded, body)
	case *ledger.DeclareKin:
		l.kin = append(l.kin, body)
	case *ledger.GrantRole:
		l.grants = append(l.grants, body)
	}
}

// late draws one of the latest of what was seen, and now and then none.
func late[T any](g *Generator, list []T) (one T, ok bool) {
	n := len(list)
	if n == 0 || g.rng.IntN(6) == 0 {
		return one, false
	}
	return list[n-1-g.rng.IntN(min(n, 4))], true
}

// lateOr draws one of the latest of a list of people, or anyone.
func lateOr(g *Generator, list []ledger.VolunteerID) ledger.VolunteerID {
	if one, ok := late(g, list); ok {
		return one
	}
	return g.anyone()
}

// anyone draws a person of the world or a spare number.
func (g *Generator) anyone() ledger.VolunteerID {
	if g.rng.IntN(3) == 0 {
		return g.person()
	}
	return g.spare()
}

func (g *Generator) spare() ledger.VolunteerID {
	return ledger.NewVolunteerID(lastPerson + 1 + g.rng.IntN(spares))
}

// enrolSpares gives some people two numbers, and others a number to leave with.
func (g *Generator) enrolSpares() {
	for n := range 8 {
		v := ledger.NewVolunteerID(lastPerson + 1 + n)
		g.first(steward, &ledger.Enroll{Volunteer: v, Unit: ledger.UnitID(fmt.Sprintf("C%02d", n%2+1)), Household: "H000002"})
	}
}

func lifeDraws() []draw {
	type action = ledger.Action
	type staff = ledger.StaffID
	return []draw{
		{2, func(g *Generator) (action, staff) {
			return &ledger.Enroll{
				Volunteer: g.spare(), Unit: pick(g, ledger.UnitID("C01"), "C02"),
				Household: pick(g, ledger.HouseholdID(""), "H000001", "H000002", "H000003"),
			}, steward
		}},
		{4, func(g *Generator) (action, staff) {
			return &ledger.DeclareOpening{Volunteer: pick(g, g.anyone(), g.spare()), Points: ledger.Amount(1 + g.rng.IntN(3000)), Expires: g.dateOrNone()}, steward
		}},
		{2, func(g *Generator) (action, staff) {
			if one, ok := late(g, g.lives.kin); ok && g.rng.IntN(2) == 0 {
				again := *one
				again.Ended = !again.Ended
				return &again, steward
			}
			of := pick(g, string(leader), string(clerk), string(reviewer), string(g.anyone()), string(g.anyone()), string(g.anyone()))
			return &ledger.DeclareKin{Of: of, Volunteer: g.anyone(), Ended: g.rng.IntN(3) == 0}, steward
		}},
		{4, func(g *Generator) (action, staff) {
			a := &ledger.SetGuardian{Volunteer: g.anyone(), Guardian: pick(g, "", "", g.anyone())}
			if g.rng.IntN(2) == 0 {
				a.Until = ledger.NewDate(2026, g.at.Month()+1, 0).AddDays(g.rng.IntN(8) / 7)
			}
			return a, steward
		}},
		{2, func(g *Generator) (action, staff) {
			return &ledger.SetConsent{Volunteer: g.anyone(), Publish: g.rng.IntN(2) == 0}, pick(g, leader, steward)
		}},
		{3, func(g *Generator) (action, staff) {
			return &ledger.Merge{From: pick(g, g.spare(), lateOr(g, g.lives.spares)), Into: g.anyone()}, steward
		}},
		{2, func(g *Generator) (action, staff) {
			return &ledger.DeclareLeave{Volunteer: g.anyone(), Reason: pick(g, ledger.Moved, ledger.Moved, ledger.Died, ledger.OwnRequest, ledger.Cleared)}, steward
		}},
		{5, func(g *Generator) (action, staff) {
			a := &ledger.Leave{Volunteer: lateOr(g, g.lives.leavers), To: pick(g, "", g.anyone(), g.anyone())}
			if one, ok := late(g, g.lives.kin); ok && g.rng.IntN(3) == 0 && ledger.VolunteerID(one.Of).Valid() {
				a.To = ledger.VolunteerID(one.Of)
			}
			return a, steward
		}},
		{2, func(g *Generator) (action, staff) {
			return &ledger.IssueCard{Volunteer: g.anyone(), Card: ledger.Hash{1, byte(g.rng.IntN(40))}}, steward
		}},
		{2, func(g *Generator) (action, staff) {
			return &ledger.VoidCard{Volunteer: lateOr(g, g.lives.carded), Reason: ledger.LostCard}, pick(g, clerk, steward)
		}},
		{5, func(g *Generator) (action, staff) { return g.certify(), steward }},
		{2, func(g *Generator) (action, staff) {
			return &ledger.Erase{Volunteer: lateOr(g, g.lives.leavers)}, steward
		}},
		{1, func(g *Generator) (action, staff) {
			return g.minor(), clerk
		}},
	}
}

// minor draws an exchange for somebody who has a guardian, who mostly comes.
func (g *Generator) minor() *ledger.Redeem {
	a := &ledger.Redeem{Volunteer: g.anyone(), Shop: g.shop(), Lines: g.lines(), Presence: ledger.ByCard}
	if one, ok := late(g, g.lives.guarded); ok {
		a.Volunteer = one.Volunteer
		if one.Guardian != "" && g.rng.IntN(3) > 0 {
			a.Presence, a.Proxy = ledger.ByProxy, one.Guardian
		}
	}
	return a
}

// certify draws a statement from what was credited lately, mostly of one person.
func (g *Generator) certify() *ledger.Certify {
	a := &ledger.Certify{
		Volunteer: g.anyone(), From: g.today().AddDays(-g.rng.IntN(40)), Until: g.today().AddDays(1 - g.rng.IntN(4)), Records: []ledger.Index{g.recent(g.records)},
	}
	n := len(g.lives.credits)
	if n == 0 || g.rng.IntN(8) == 0 {
		return a
	}
	one := g.lives.credits[n-1-g.rng.IntN(min(n, 20))]
	a.Volunteer, a.Records = one.Volunteer, nil
	for _, c := range g.lives.credits {
		if c == one || (c.Volunteer == one.Volunteer && g.rng.IntN(4) == 0) {
			a.Records = append(a.Records, c.Record)
		}
	}
	slices.Sort(a.Records)
	a.Records = slices.Compact(a.Records)
	if g.rng.IntN(2) == 0 {
		a.From = ledger.NewDate(2026, 1, 1)
	}
	return a
}

func (n *Naive) life(c ledger.Command, e *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.DeclareKin:
		return n.kinship(c, a), true
	case *ledger.SetGuardian:
		return n.guardianship(c, a), true
	case *ledger.SetConsent:
		return n.consent(a), true
	case *ledger.Merge:
		return n.merge(c, a), true
	case *ledger.DeclareLeave:
		return n.leaving(c, a), true
	case *ledger.Leave:
		return n.leave(c, a), true
	case *ledger.IssueCard:
		return n.issueCard(c, a), true
	case *ledger.VoidCard:
		if v, _ := n.volunteer(a.Volunteer); v == nil {
			return no(ledger.NotFound), true
		}
		if n.card(a.Volunteer) == (ledger.Hash{}) {
			return no(ledger.StatusUnchanged), true
		}
		return Answer{Kind: ledger.CardVoided}, true
	case *ledger.Certify:
		return n.certify(c, a, e), true
	case *ledger.Erase:
		return n.erase(c, a), true
	}
	return Answer{}, false
}

// person returns the number under which somebody goes on.
func (n *Naive) person(v ledger.VolunteerID) ledger.VolunteerID {
	each(n, func(_ int, _ *event, a *ledger.Merge) {
		if a.From == v {
			v = a.Into
		}
	})
	return v
}

// relatives returns the pairs of relatives, with the numbers under which they go on.
func (n *Naive) relatives() map[[2]string]bool {
	pairs := map[[2]string]bool{}
	for _, e := range n.history {
		if e.answer.Refused != "" {
			continue
		}
		switch a := e.command.Do.(type) {
		case *ledger.DeclareKin:
			one, other := [2]string{a.Of, string(a.Volunteer)}, [2]string{string(a.Volunteer), a.Of}
			pairs[one], pairs[other] = !a.Ended, !a.Ended
		case *ledger.Merge:
			for p, is := range pairs {
				q := p
				for i := range q {
					if q[i] == string(a.From) {
						q[i] = string(a.Into)
					}
				}
				if q != p && is {
					delete(pairs, p)
					pairs[q] = q[0] != q[1]
				}
			}
		}
	}
	return pairs
}

// numbers lists a number and those that went on for it, one after the other.
func (n *Naive) numbers(v ledger.VolunteerID) []ledger.VolunteerID {
	list := []ledger.VolunteerID{v}
	each(n, func(_ int, _ *event, a *ledger.Merge) {
		if a.From == list[len(list)-1] {
			list = append(list, a.Into)
		}
	})
	return list
}

// close reports whether two people are one, live together or are relatives.
func (n *Naive) close(v, w ledger.VolunteerID) bool { return n.closeOn(v, w, n.today) }

func (n *Naive) closeOn(v, w ledger.VolunteerID, day ledger.Date) bool {
	v, w = n.person(v), n.person(w)
	at := n.householdOn(v, day, len(n.history))
	return v == w || (at != "" && at == n.householdOn(w, day, len(n.history))) || n.relatives()[[2]string{string(v), string(w)}]
}

func (n *Naive) kinship(c ledger.Command, a *ledger.DeclareKin) Answer {
	for _, id := range []string{a.Of, string(a.Volunteer)} {
		v, _ := n.volunteer(ledger.VolunteerID(id))
		switch {
		case ledger.StaffID(id).Valid():
			if len(n.roles(ledger.StaffID(id))) == 0 {
				return no(ledger.NotFound)
			}
		case v == nil:
			return no(ledger.NotFound)
		case n.person(v.Volunteer) != v.Volunteer:
			return no(ledger.AccountClosed)
		}
	}
	of := ledger.VolunteerID(a.Of)
	if a.Ended && (a.Of == string(c.Actor) || n.self(c.Actor, a.Volunteer) || (of.Valid() && n.self(c.Actor, of))) {
		return no(ledger.SelfService)
	}
	switch is := n.relatives()[[2]string{a.Of, string(a.Volunteer)}]; {
	case is && !a.Ended:
		return no(ledger.AlreadyExists)
	case !is && a.Ended:
		return no(ledger.NotFound)
	}
	return Answer{Kind: ledger.KinDeclared}
}

// guardian returns who alone is served for somebody, and until when.
func (n *Naive) guardian(v ledger.VolunteerID) (now ledger.SetGuardian) {
	all := map[ledger.VolunteerID]ledger.SetGuardian{}
	for _, e := range n.history {
		if e.answer.Refused != "" {
			continue
		}
		switch a := e.command.Do.(type) {
		case *ledger.SetGuardian:
			all[a.Volunteer] = *a
		case *ledger.Merge:
			if from := all[a.From]; all[a.Into].Guardian == "" && from.Guardian != a.Into {
				from.Volunteer = a.Into
				all[a.Into] = from
			}
		}
	}
	now = all[v]
	now.Volunteer = v
	return now
}

// guardedBy returns who alone is served for somebody today.
func (n *Naive) guardedBy(v ledger.VolunteerID) ledger.VolunteerID { return n.guardedOn(v, n.today) }

func (n *Naive) guardedOn(v ledger.VolunteerID, on ledger.Date) ledger.VolunteerID {
	if g := n.guardian(v); g.Until == 0 || on <= g.Until {
		return g.Guardian
	}
	return ""
}

// minutes adds up what somebody served under all of their numbers.
func (n *Naive) minutes(v ledger.VolunteerID) (sum ledger.Amount) {
	each(n, func(_ int, _ *event, a *ledger.Enroll) {
		if n.person(a.Volunteer) == v {
			sum += n.sum("hours " + string(a.Volunteer))
		}
	})
	return sum
}

// times counts what was credited as service under any number of a person, less what was taken back.
func (n *Naive) times(v ledger.VolunteerID) (count ledger.Amount) {
	each(n, func(_ int, _ *event, a *ledger.Enroll) {
		if n.person(a.Volunteer) != v {
			return
		}
		for _, m := range n.moves {
			switch {
			case m.owner != "hours "+string(a.Volunteer):
			case m.amount > 0:
				count++
			default:
				count--
			}
		}
	})
	return count
}

func (n *Naive) guardianship(c ledger.Command, a *ledger.SetGuardian) Answer {
	v, status := n.volunteer(a.Volunteer)
	g, guardian := n.volunteer(a.Guardian)
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case a.Guardian != "" && g == nil:
		return no(ledger.NotFound)
	case a.Guardian != "" && guardian == ledger.Closed:
		return no(ledger.AccountClosed)
	case n.self(c.Actor, a.Guardian) || n.self(c.Actor, a.Volunteer):
		return no(ledger.SelfService)
	case n.guardian(a.Volunteer) == *a:
		return no(ledger.StatusUnchanged)
	case a.Until != 0 && a.Until < n.today:
		return no(ledger.DateInPast)
	}
	return Answer{Kind: ledger.GuardianSet}
}

func (n *Naive) consent(a *ledger.SetConsent) Answer {
	v, status := n.volunteer(a.Volunteer)
	now := false
	each(n, func(_ int, _ *event, b *ledger.SetConsent) {
		if b.Volunteer == a.Volunteer {
			now = b.Publish
		}
	})
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed && a.Publish:
		return no(ledger.AccountClosed)
	case now == a.Publish:
		return no(ledger.StatusUnchanged)
	}
	return Answer{Kind: ledger.ConsentSet}
}

// erase answers the destruction of what is known of somebody.
func (n *Naive) erase(c ledger.Command, a *ledger.Erase) Answer {
	v, status := n.volunteer(a.Volunteer)
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case n.erased(a.Volunteer):
		return no(ledger.StatusUnchanged)
	case status != ledger.Closed:
		return no(ledger.AccountOpen)
	case n.self(c.Actor, a.Volunteer):
		return no(ledger.SelfService)
	}
	return Answer{Kind: ledger.Erased}
}

func (n *Naive) erased(v ledger.VolunteerID) (is bool) {
	for _, e := range n.history {
		do := e.command.Do
		if a, ok := do.(*ledger.Approve); ok && e.answer.Kind == ledger.Erased {
			_, do = n.proposed(a.Record)
		}
		if a, ok := do.(*ledger.Erase); ok && e.answer.Refused == "" && a.Volunteer == v {
			is = true
		}
	}
	return is
}

func (n *Naive) merge(c ledger.Command, a *ledger.Merge) Answer {
	from, fromStatus := n.volunteer(a.From)
	into, intoStatus := n.volunteer(a.Into)
	switch {
	case from == nil || into == nil:
		return no(ledger.NotFound)
	case fromStatus == ledger.Closed || intoStatus == ledger.Closed:
		return no(ledger.AccountClosed)
	case fromStatus == ledger.Frozen:
		return no(ledger.AccountFrozen)
	case n.self(c.Actor, a.From) || n.self(c.Actor, a.Into):
		return no(ledger.SelfService)
	}
	if r := n.settled(a.From); r.Refused != "" {
		return r
	}
	k := 0
	for _, class := range []string{"points ", "gift "} {
		for _, l := range n.openLots(class + string(a.From)) {
			if lotOf(l.ID) == (lot{}) { // gift points that never lapse
				n.move(class+string(a.From), lot{}, -l.Left)
				n.move(class+string(a.Into), lot{}, l.Left)
				continue
			}
			n.hand(class, a.From, a.Into, k, l)
			k++
		}
	}
	owed := n.sum("owed " + string(a.From))
	n.move("owed "+string(a.From), lot{}, -owed)
	n.move("owed "+string(a.Into), lot{}, owed)
	return Answer{Kind: ledger.Merged}
}

// settled refuses a number of which records wait, whatever they are worth, or a hold is open.
func (n *Naive) settled(v ledger.VolunteerID) Answer {
	waiting := slices.ContainsFunc(n.history, func(e event) bool { return waits(e.state) && n.beneficiary(e.command.Do) == v })
	if waiting || n.heldIn("points "+string(v)) {
		return noAmount(ledger.NotSettled, n.pending(v), 0)
	}
	return Answer{}
}

// hand gives what is left of a lot to another number, as the k-th lot of this event.
func (n *Naive) hand(class string, from, to ledger.VolunteerID, k int, l ledger.Lot) {
	n.move(class+string(from), lotOf(l.ID), -l.Left)
	id := lot{len(n.history), k + 1}
	n.expires[id] = l.Expires
	n.move(class+string(to), id, l.Left)
}

// said returns why somebody leaves, if they do.
func (n *Naive) said(v ledger.VolunteerID) (why ledger.Reason) {
	each(n, func(_ int, _ *event, a *ledger.DeclareLeave) {
		if a.Volunteer == v {
			why = a.Reason
		}
	})
	if why == ledger.Cleared {
		return ""
	}
	return why
}

func (n *Naive) leaving(c ledger.Command, a *ledger.DeclareLeave) Answer {
	v, status := n.volunteer(a.Volunteer)
	said := n.said(a.Volunteer)
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case n.self(c.Actor, a.Volunteer):
		return no(ledger.SelfService)
	case said == a.Reason || (said == "" && a.Reason == ledger.Cleared):
		return no(ledger.StatusUnchanged)
	}
	return Answer{Kind: ledger.LeaveDeclared}
}

func (n *Naive) leave(c ledger.Command, a *ledger.Leave) Answer {
	v, status := n.volunteer(a.Volunteer)
	to, toStatus := n.volunteer(a.To)
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case a.To != "" && to == nil:
		return no(ledger.NotFound)
	case a.To != "" && toStatus == ledger.Closed:
		return no(ledger.AccountClosed)
	case n.self(c.Actor, a.Volunteer) || n.self(c.Actor, a.To):
		return no(ledger.SelfService)
	case n.said(a.Volunteer) == "":
		return no(ledger.NotLeaving)
	case a.To != "" && !n.close(a.Volunteer, a.To):
		return no(ledger.NotKin)
	}
	if r := n.bequeathed(c, a); r != "" {
		return no(r)
	}
	if r := n.settled(a.Volunteer); r.Refused != "" {
		return r
	}
	owner, k := "points "+string(a.Volunteer), 0
	for _, l := range n.openLots(owner) {
		if a.To == "" && a.Pool == "" || n.past(l) {
			n.lapse(owner, lotOf(l.ID))
			continue
		}
		n.hand("points ", a.Volunteer, ledger.VolunteerID(string(a.To)+string(a.Pool)), k, l)
		k++
	}
	for _, l := range n.openLots(gifts(a.Volunteer)) {
		n.lapse(gifts(a.Volunteer), lotOf(l.ID))
	}
	return Answer{Kind: ledger.Left}
}

// card returns the card that somebody uses.
func (n *Naive) card(v ledger.VolunteerID) (now ledger.Hash) {
	for _, e := range n.history {
		if e.answer.Refused != "" {
			continue
		}
		switch a := e.command.Do.(type) {
		case *ledger.IssueCard:
			if a.Volunteer == v {
				now = a.Card
			}
		case *ledger.VoidCard:
			if a.Volunteer == v {
				now = ledger.Hash{}
			}
		}
	}
	return now
}

func (n *Naive) issueCard(c ledger.Command, a *ledger.IssueCard) Answer {
	v, status := n.volunteer(a.Volunteer)
	known := false
	each(n, func(_ int, _ *event, b *ledger.IssueCard) { known = known || b.Card == a.Card })
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case known:
		return no(ledger.AlreadyExists)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case n.self(c.Actor, a.Volunteer):
		return no(ledger.SelfService)
	}
	return Answer{Kind: ledger.CardIssued}
}

func (n *Naive) certify(c ledger.Command, a *ledger.Certify, e *event) Answer {
	v, _ := n.volunteer(a.Volunteer)
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case n.person(a.Volunteer) != a.Volunteer:
		return no(ledger.AccountClosed)
	case n.self(c.Actor, a.Volunteer):
		return no(ledger.SelfService)
	case a.Until > n.today:
		return no(ledger.DateInFuture)
	}
	for _, i := range a.Records {
		if int(i) >= len(n.history) || n.history[i].state == "" {
			return no(ledger.NotFound)
		}
		d := n.history[i]
		h, ok := d.command.Do.(*ledger.DeclareHours)
		if !ok || n.person(h.Volunteer) != a.Volunteer || h.Start.On() < a.From || a.Until < h.Start.On() {
			return no(ledger.NotFound)
		}
		if d.state != "credited" {
			return no(ledger.RecordClosed)
		}
		e.counted += h.Minutes
	}
	return Answer{Kind: ledger.Certified}
}

// lifeDiffers compares what the model and the book say of spare numbers, of cards and of statements of hours.
func (n *Naive) lifeDiffers(m *Memory) string {
	for k := range spares {
		v := ledger.NewVolunteerID(lastPerson + 1 + k)
		if d := n.differLots(m, "points "+string(v), ledger.PointsOf(v), ledger.Point); d != "" {
			return d
		}
		if want, got := n.sum("owed "+string(v)), m.account(ledger.RecoverableOf(v), ledger.Point).Balance; got != want {
			return fmt.Sprintf("owed by %s: naive %d, book %d", v, want, got)
		}
		who, _ := n.volunteer(v)
		if who == nil {
			continue
		}
		now, err := m.View(n.today).Volunteer(v)
		_, status := n.volunteer(v)
		if err != nil || now.Status != status || now.Card != n.card(v) || now.Household != n.household(v) || now.Erased != n.erased(v) {
			return fmt.Sprintf("%s: naive %s in %s with card %s, book %+v, %v", v, status, n.household(v), n.card(v), now, err)
		}
	}
	return n.minutesDiffer(m)
}

// minutesDiffer compares the newest statement of hours.
func (n *Naive) minutesDiffer(m *Memory) string {
	number, last := int64(0), event{}
	each(n, func(_ int, e *event, _ *ledger.Certify) { number, last = number+1, *e })
	if number == 0 {
		return ""
	}
	r, err := m.View(0).Recount(number)
	if err != nil || r.Stated.Minutes != last.counted {
		return fmt.Sprintf("statement %d: naive %d, book %+v, %v", number, last.counted, r.Stated, err)
	}
	return ""
}

// warded is somebody with a guardian, who comes alone, and then one of the two does.
func (g *Generator) warded() {
	v, guardian := g.person(), g.spare()
	g.ask(steward, &ledger.SetGuardian{Volunteer: v, Guardian: guardian})
	for _, proxy := range []ledger.VolunteerID{"", guardian} {
		a := &ledger.Redeem{Volunteer: v, Shop: "S01", Presence: ledger.ByCard, Proxy: proxy, Lines: one(sku(1))}
		if proxy != "" {
			a.Presence = ledger.ByProxy
		}
		g.ask(clerk, a)
	}
	for _, who := range []ledger.VolunteerID{v, guardian} {
		g.ask(ledger.StaffID(who), &ledger.SetConsent{Volunteer: v, Publish: g.rng.IntN(3) > 0})
	}
	g.ask(steward, &ledger.SetGuardian{Volunteer: v})
}

// goingAway is somebody who leaves, and would give what they have to whoever it is. What is known of a child takes two persons to erase.
func (g *Generator) goingAway() {
	v := g.spare()
	if g.rng.IntN(3) == 0 {
		g.ask(steward, &ledger.Leave{Volunteer: v})
	}
	child := g.rng.IntN(3) == 0 && g.ask(steward, &ledger.SetGuardian{Volunteer: v, Guardian: g.person()}) > 0
	g.ask(steward, &ledger.DeclareLeave{Volunteer: v, Reason: pick(g, ledger.Moved, ledger.OwnRequest)})
	for range 2 {
		g.ask(steward, &ledger.Leave{Volunteer: v, To: pick(g, "", g.person(), g.person(), g.spare())})
	}
	if child || g.rng.IntN(2) == 0 {
		if asked := g.ask(steward, &ledger.Erase{Volunteer: v}); child && asked > 0 {
			g.ask(Everyone, &ledger.Approve{Record: asked})
		}
	}
}
