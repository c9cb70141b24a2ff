package ledgertest

import (
	"slices"

	"aixin/ledger"
)

// answer decides one command that is well formed, allowed and new.
func (n *Naive) answer(c ledger.Command, e *event) Answer {
	switch a := c.Do.(type) {
	case *ledger.DeclareHours:
		return n.hours(a, e)
	case *ledger.DeclareActs:
		return n.acts(a, e)
	case *ledger.DeclareOpening:
		return n.opening(a, e)
	case *ledger.Approve:
		return n.approve(c, a, e)
	case *ledger.ReturnRecord:
		d, r := n.waiting(c, a.Record)
		if r.Refused == "" {
			d.state = "returned"
			r.Kind = ledger.RecordReturned
		}
		return r
	case *ledger.Receive:
		return n.receive(a)
	case *ledger.Redeem:
		return n.redeem(c, a)
	case *ledger.Return:
		return n.goodsBack(c, a)
	case *ledger.Reverse:
		return n.reverse(c, a)
	case *ledger.Expire:
		return n.expire(a)
	case *ledger.Transfer:
		return n.transfer(c, a)
	}
	return n.master(c)
}

func (n *Naive) master(c ledger.Command) Answer {
	switch a := c.Do.(type) {
	case *ledger.OpenBook:
		return Answer{Kind: ledger.Opened}
	case *ledger.SetRule:
		return Answer{Kind: ledger.RuleSet}
	case *ledger.Appoint:
		admins := 0
		for _, s := range []ledger.StaffID{admin, Everyone, "U000011"} {
			if slices.Contains(n.roles(s), ledger.Admin) {
				admins++
			}
		}
		if now := n.own(a.Staff); a.Staff == c.Actor && now != "" && a.Volunteer != now {
			return no(ledger.SelfService)
		}
		if admins == 1 && slices.Contains(n.roles(a.Staff), ledger.Admin) && !slices.Contains(a.Roles, ledger.Admin) {
			return no(ledger.LastAdmin)
		}
		if len(a.Roles) > 1 && slices.Contains(a.Roles, ledger.Admin) {
			return no(ledger.RolesConflict)
		}
		return Answer{Kind: ledger.Appointed}
	case *ledger.AddUnit:
		return n.add(ledger.UnitAdded, string(a.Unit), "")
	case *ledger.AddShop:
		return n.add(ledger.ShopAdded, string(a.Shop), string(a.Unit))
	case *ledger.AddDonor:
		return n.add(ledger.DonorAdded, string(a.Donor), "")
	case *ledger.AddItem:
		return n.add(ledger.ItemAdded, string(a.Item), "")
	case *ledger.AddActivity:
		return n.add(ledger.ActivityAdded, string(a.Activity), string(a.Unit))
	case *ledger.Enroll:
		return n.add(ledger.Enrolled, string(a.Volunteer), string(a.Unit))
	case *ledger.PriceItem:
		switch {
		case !n.known(string(a.Item)):
			return no(ledger.NotFound)
		case a.From < n.today:
			return no(ledger.DateInPast)
		}
		return Answer{Kind: ledger.ItemPriced}
	case *ledger.SetStatus:
		v, status := n.volunteer(a.Volunteer)
		switch {
		case v == nil:
			return no(ledger.NotFound)
		case status == ledger.Closed:
			return no(ledger.AccountClosed)
		case n.self(c.Actor, a.Volunteer):
			return no(ledger.SelfService)
		case status == a.Status:
			return no(ledger.StatusUnchanged)
		}
		return Answer{Kind: ledger.StatusSet}
	}
	panic("the generator asks nothing else")
}

// add answers what adds a thing that must be new, under one that must be there.
func (n *Naive) add(kind ledger.Kind, id, under string) Answer {
	switch {
	case under != "" && !n.known(under):
		return no(ledger.NotFound)
	case n.known(id):
		return no(ledger.AlreadyExists)
	}
	return Answer{Kind: kind}
}

func (n *Naive) hours(a *ledger.DeclareHours, e *event) Answer {
	v, status := n.volunteer(a.Volunteer)
	var act *ledger.AddActivity
	each(n, func(_ int, _ *event, x *ledger.AddActivity) {
		if x.Activity == a.Activity {
			act = x
		}
	})
	switch {
	case v == nil || act == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	}
	rule, ok := n.rule(act.Unit, a.Start.On())
	if !ok {
		return no(ledger.NoRule)
	}
	i := slices.IndexFunc(rule.Rates, func(r ledger.HourRate) bool { return r.Code == act.Code })
	if i < 0 {
		return no(ledger.NoStandard)
	}
	local := n.now.In(n.zone)
	minute := int64(n.today)*1440 + int64(local.Hour()*60+local.Minute())
	if int64(a.Start)+int64(a.Minutes) > minute {
		return no(ledger.DateInFuture)
	}
	counted, r := n.day(a, rule)
	if r.Refused != "" {
		return r
	}
	if !slices.Contains(rule.Earns, a.Capture) {
		counted = 0
	}
	e.state, e.unit, e.counted, e.points = "pending", act.Unit, counted, rule.Rates[i].Points*counted/60
	e.rule = rule.ID
	return Answer{Kind: ledger.HoursDeclared}
}

// day looks at the person's day, and returns the minutes of the record that would earn.
func (n *Naive) day(a *ledger.DeclareHours, rule ledger.Rule) (ledger.Amount, Answer) {
	total, earned, sessions := a.Minutes, ledger.Amount(0), ledger.Amount(0)
	duplicate, overlap := false, false
	each(n, func(_ int, e *event, x *ledger.DeclareHours) {
		if x.Volunteer != a.Volunteer || x.Start.On() != a.Start.On() || e.state == "returned" || e.state == "reversed" {
			return
		}
		total += x.Minutes
		earned += e.counted
		sessions++
		duplicate = duplicate || (x.Activity == a.Activity && x.Start == a.Start)
		overlap = overlap || (int64(x.Start) < int64(a.Start)+int64(a.Minutes) && int64(a.Start) < int64(x.Start)+int64(x.Minutes))
	})
	limit, most := rule.DayLimit, ledger.Amount(rule.Sessions)
	if limit == 0 {
		limit = 1440
	}
	if most == 0 {
		most = 24
	}
	switch {
	case duplicate:
		return 0, no(ledger.Duplicate)
	case overlap:
		return 0, no(ledger.Overlap)
	case total > limit:
		return 0, noAmount(ledger.DayLimit, total, limit)
	case sessions >= most:
		return 0, noAmount(ledger.SessionLimit, sessions, most)
	}
	m, step := a.Minutes, rule.Step
	if rest := m % step; rule.HalfUp && rest*2 >= step {
		m += step - rest
	} else {
		m -= rest
	}
	if m < rule.Least {
		m = 0
	}
	if rule.SessionCap > 0 && m > rule.SessionCap {
		m = rule.SessionCap
	}
	if rule.DayCap > 0 && m+earned > rule.DayCap {
		m = max(0, rule.DayCap-earned)
	}
	return m, Answer{}
}

func (n *Naive) acts(a *ledger.DeclareActs, e *event) Answer {
	v, status := n.volunteer(a.Volunteer)
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	}
	rule, ok := n.rule(v.Unit, a.On)
	if !ok {
		return no(ledger.NoRule)
	}
	i := slices.IndexFunc(rule.Acts, func(s ledger.ActStandard) bool { return s.Code == a.Code })
	if i < 0 {
		return no(ledger.NoStandard)
	}
	if a.On > n.today {
		return no(ledger.DateInFuture)
	}
	again := false
	each(n, func(_ int, e *event, x *ledger.DeclareActs) {
		standing := e.state == "pending" || e.state == "credited"
		again = again || (standing && x.Volunteer == a.Volunteer && x.On == a.On && x.Code == a.Code)
	})
	if again {
		return no(ledger.Duplicate)
	}
	e.state, e.unit, e.rule = "pending", v.Unit, rule.ID
	e.points = rule.Acts[i].Points * ledger.Amount(a.Quantity) / ledger.Amount(rule.Acts[i].Per)
	return Answer{Kind: ledger.ActsDeclared}
}

func (n *Naive) opening(a *ledger.DeclareOpening, e *event) Answer {
	v, status := n.volunteer(a.Volunteer)
	switch {
	case v == nil:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case a.Expires != 0 && a.Expires < n.today:
		return no(ledger.DateInPast)
	}
	again := false
	each(n, func(_ int, e *event, x *ledger.DeclareOpening) {
		again = again || (x.Volunteer == a.Volunteer && (e.state == "pending" || e.state == "credited"))
	})
	if again {
		return no(ledger.Duplicate)
	}
	e.state, e.unit, e.points = "pending", v.Unit, a.Points
	return Answer{Kind: ledger.OpeningDeclared}
}

// waiting returns the declaration that a reviewer speaks about.
func (n *Naive) waiting(c ledger.Command, i ledger.Index) (*event, Answer) {
	if int(i) >= len(n.history) || n.history[i].state == "" {
		return nil, no(ledger.NotFound)
	}
	d := &n.history[i]
	switch {
	case n.self(c.Actor, beneficiary(d.command.Do)):
		return nil, no(ledger.SelfService)
	case d.command.Actor == c.Actor:
		return nil, no(ledger.SamePerson)
	case d.state != "pending":
		return nil, no(ledger.RecordClosed)
	}
	return d, Answer{}
}

func (n *Naive) approve(c ledger.Command, a *ledger.Approve, e *event) Answer {
	d, r := n.waiting(c, a.Record)
	if r.Refused == ledger.NotFound {
		return r
	}
	v := beneficiary(n.history[a.Record].command.Do)
	if _, status := n.volunteer(v); status == ledger.Closed {
		return no(ledger.AccountClosed)
	}
	if r.Refused != "" {
		return r
	}
	d.state = "credited"
	e.credits, e.unit, e.points = int(a.Record), d.unit, d.points
	id := lot{len(n.history), 1}
	kind := ledger.Approved
	switch x := d.command.Do.(type) {
	case *ledger.DeclareOpening:
		kind = ledger.OpeningPosted
		n.expires[id] = x.Expires
	case *ledger.DeclareHours:
		n.move("hours "+string(v), lot{}, x.Minutes)
	}
	if kind == ledger.Approved {
		each(n, func(_ int, _ *event, x *ledger.SetRule) {
			if x.Rule.ID == d.rule {
				n.expires[id] = x.Rule.Expiry(n.today)
			}
		})
	}
	n.move("points "+string(v), id, d.points)
	n.move("issued "+string(d.unit), lot{}, d.points)
	return Answer{Kind: kind}
}

func shelf(s ledger.ShopID, item ledger.Commodity) string {
	return "stock " + string(s) + " " + string(item)
}

func (n *Naive) receive(a *ledger.Receive) Answer {
	ok := n.known(string(a.Shop)) && n.known(string(a.Donor))
	for _, l := range a.Lines {
		ok = ok && n.known(string(l.Item))
	}
	switch {
	case !ok:
		return no(ledger.NotFound)
	case a.BestBefore != 0 && a.BestBefore < n.today:
		return no(ledger.DateInPast)
	}
	for k, l := range a.Lines {
		id := lot{len(n.history), k + 1}
		n.expires[id] = a.BestBefore
		n.move(shelf(a.Shop, l.Item), id, l.Pieces)
	}
	return Answer{Kind: ledger.Received}
}

func (n *Naive) redeem(c ledger.Command, a *ledger.Redeem) Answer {
	v, status := n.volunteer(a.Volunteer)
	ok := v != nil && n.known(string(a.Shop))
	for _, l := range a.Lines {
		ok = ok && n.known(string(l.Item))
	}
	switch {
	case !ok:
		return no(ledger.NotFound)
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case status == ledger.Frozen:
		return no(ledger.AccountFrozen)
	case n.self(c.Actor, a.Volunteer):
		return no(ledger.SelfService)
	}
	var cost ledger.Amount
	for _, l := range a.Lines {
		p, ok := n.price(l.Item)
		if !ok {
			return no(ledger.NoPrice)
		}
		cost += p * l.Pieces
	}
	for _, l := range a.Lines {
		if s := shelf(a.Shop, l.Item); n.Sum(s) > 0 && n.usable(s) == 0 {
			return no(ledger.PastDateOnly)
		}
	}
	points := "points " + string(a.Volunteer)
	if have := n.usable(points); have < cost {
		return noAmount(ledger.InsufficientPoint, have, cost)
	}
	n.draw(points, cost)
	for _, l := range a.Lines {
		missing := l.Pieces
		for _, t := range n.draw(shelf(a.Shop, l.Item), l.Pieces) {
			missing -= t.Left
		}
		n.move("short "+string(a.Shop)+" "+string(l.Item), lot{}, missing)
	}
	n.move("redeemed "+string(a.Shop), lot{}, cost)
	return Answer{Kind: ledger.Redeemed}
}

// movesOf returns the positions of an event's moves of one owner, the last first.
func (n *Naive) movesOf(i int, owner string) (out []int) {
	for k, m := range n.moves {
		if m.event == i && m.owner == owner {
			out = append([]int{k}, out...)
		}
	}
	return out
}

// giveBack puts an amount back where an event took it, the last taken first.
func (n *Naive) giveBack(i int, owner string, amount ledger.Amount, points bool) {
	e := &n.history[i]
	for _, k := range n.movesOf(i, owner) {
		m := n.moves[k]
		if m.lot.entry == i {
			continue
		}
		back := min(amount, -m.amount-e.back[k])
		if back <= 0 {
			continue
		}
		amount -= back
		e.back[k] += back
		if lapsed := n.expires[m.lot]; points && lapsed != 0 && lapsed < n.today {
			n.lapse(owner, m.lot)
			v, _ := n.volunteer(ledger.VolunteerID(owner[len("points "):]))
			grace := 7
			if rule, ok := n.rule(v.Unit, n.today); ok {
				grace = int(rule.ReturnGrace)
			}
			n.expires[m.lot] = n.today.AddDays(grace)
		}
		n.move(owner, m.lot, back)
	}
}

// lapse expires what is left in one lot, and remembers with the event that opened it how much that was.
func (n *Naive) lapse(owner string, id lot) {
	var left ledger.Amount
	for _, m := range n.moves {
		if m.owner == owner && m.lot == id {
			left += m.amount
		}
	}
	n.move(owner, id, -left)
	v, _ := n.volunteer(ledger.VolunteerID(owner[len("points "):]))
	n.move("breakage "+string(v.Unit), lot{}, left)
	for _, k := range n.movesOf(id.entry, owner) {
		if n.moves[k].lot == id {
			n.history[id.entry].back[k] += left
			return
		}
	}
}

// outside counts the pieces of an item that an event handed out and that did not come back.
func (n *Naive) outside(i int, s ledger.ShopID, item ledger.Commodity) ledger.Amount {
	var out ledger.Amount
	for _, k := range n.movesOf(i, shelf(s, item)) {
		out += -n.moves[k].amount - n.history[i].back[k]
	}
	for _, k := range n.movesOf(i, "short "+string(s)+" "+string(item)) {
		out += n.moves[k].amount - n.history[i].back[k]
	}
	return out
}
