package ledgertest

import (
	"fmt"
	"slices"

	"aixin/ledger"
)

// The model's answers to what becomes of a volunteer in the course of a life.

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
