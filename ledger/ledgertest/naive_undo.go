package ledgertest

import (
	"slices"

	"aixin/ledger"
)

// redemption returns a redemption by its index.
func (n *Naive) redemption(i ledger.Index) (*ledger.Redeem, bool) {
	if int(i) >= len(n.history) || n.history[i].answer.Kind != ledger.Redeemed {
		return nil, false
	}
	sold, ok := n.history[i].command.Do.(*ledger.Redeem)
	return sold, ok
}

func (n *Naive) goodsBack(c ledger.Command, a *ledger.Return) Answer {
	sold, ok := n.redemption(a.Redemption)
	if !ok {
		return no(ledger.NotFound)
	}
	i := int(a.Redemption)
	_, status := n.volunteer(sold.Volunteer)
	switch {
	case status == ledger.Closed:
		return no(ledger.AccountClosed)
	case n.self(c.Actor, sold.Volunteer):
		return no(ledger.SelfService)
	case n.history[i].reversed > 0:
		return no(ledger.AlreadyReversed)
	}
	lines := a.Lines
	if len(lines) == 0 {
		for _, l := range sold.Lines {
			if out := n.outside(i, sold.Shop, l.Item); out > 0 {
				lines = append(lines, ledger.ItemLine{Item: l.Item, Pieces: out})
			}
		}
		if len(lines) == 0 {
			return no(ledger.NothingToReturn)
		}
	}
	for _, l := range lines {
		if out := n.outside(i, sold.Shop, l.Item); l.Pieces > out {
			return noAmount(ledger.NothingToReturn, out, l.Pieces)
		}
	}
	n.takeGoods(i, sold, lines)
	return Answer{Kind: ledger.Returned}
}

// takeGoods takes lines of a redemption back: the points of then, and the goods, those first that were not in the book.
func (n *Naive) takeGoods(i int, sold *ledger.Redeem, lines []ledger.ItemLine) {
	var points ledger.Amount
	for _, l := range lines {
		points += n.priceThen(i, l.Item) * l.Pieces
	}
	n.giveBack(i, "points "+string(sold.Volunteer), points, true)
	n.move("redeemed "+string(sold.Shop), lot{}, -points)
	for _, l := range lines {
		left := l.Pieces
		short := "short " + string(sold.Shop) + " " + string(l.Item)
		for _, k := range n.movesOf(i, short) {
			back := min(left, n.moves[k].amount-n.history[i].back[k])
			n.history[i].back[k] += back
			n.move(short, lot{}, -back)
			left -= back
		}
		n.giveBack(i, shelf(sold.Shop, l.Item), left, false)
	}
}

// priceThen returns the price of a piece at the time of an event, by looking only at what was known then.
func (n *Naive) priceThen(i int, item ledger.Commodity) ledger.Amount {
	then := &Naive{history: n.history[:i], today: n.history[i].on}
	p, _ := then.price(item)
	return p
}

func (n *Naive) reverse(c ledger.Command, a *ledger.Reverse) Answer {
	i := int(a.Entry)
	if i >= len(n.history) {
		return no(ledger.NotFound)
	}
	e := &n.history[i]
	var who []ledger.VolunteerID
	switch do := e.command.Do.(type) {
	case *ledger.Approve:
		who = append(who, beneficiary(n.history[e.credits].command.Do))
	case *ledger.Redeem:
		who = append(who, do.Volunteer)
	case *ledger.Transfer:
		who = append(who, do.From, do.To)
	}
	if e.answer.Kind == ledger.Refused {
		who = nil
	}
	for _, v := range who {
		if n.self(c.Actor, v) {
			return no(ledger.SelfService)
		}
	}
	kinds := []ledger.Kind{ledger.Approved, ledger.OpeningPosted, ledger.Received, ledger.Redeemed, ledger.Transferred}
	switch {
	case !slices.Contains(kinds, e.answer.Kind):
		return no(ledger.NotReversible)
	case e.reversed > 0:
		return no(ledger.AlreadyReversed)
	case e.answer.Kind == ledger.Redeemed && len(e.back) > 0:
		return no(ledger.HasReturns)
	}
	if r := n.undo(i, e); r.Refused != "" {
		return r
	}
	n.history[i].reversed = len(n.history)
	return Answer{Kind: ledger.Reversed}
}

func (n *Naive) undo(i int, e *event) Answer {
	switch do := e.command.Do.(type) {
	case *ledger.Approve:
		v := beneficiary(n.history[e.credits].command.Do)
		n.takeLots(i, "points "+string(v), v)
		n.move("issued "+string(e.unit), lot{}, -e.points)
		if h, ok := n.history[e.credits].command.Do.(*ledger.DeclareHours); ok {
			n.move("hours "+string(v), lot{}, -h.Minutes)
		}
		n.history[e.credits].state = "reversed"
	case *ledger.Receive:
		for k, l := range do.Lines {
			id := lot{i, k + 1}
			var left ledger.Amount
			for _, m := range n.moves {
				if m.lot == id && m.owner == shelf(do.Shop, l.Item) {
					left += m.amount
				}
			}
			if left != l.Pieces {
				return noAmount(ledger.StockGone, left, l.Pieces)
			}
			n.move(shelf(do.Shop, l.Item), id, -left)
		}
	case *ledger.Redeem:
		n.takeGoods(i, do, do.Lines)
	case *ledger.Transfer:
		n.takeLots(i, "points "+string(do.To), do.To)
		n.giveBack(i, "points "+string(do.From), do.Points, true)
	}
	return Answer{}
}

// takeLots takes what is left of the lots that an event opened; what was spent of them is owed, what had expired is not.
func (n *Naive) takeLots(i int, owner string, v ledger.VolunteerID) {
	for _, k := range slices.Backward(n.movesOf(i, owner)) {
		opened := n.moves[k]
		var left ledger.Amount
		for _, m := range n.moves {
			if m.owner == owner && m.lot == opened.lot {
				left += m.amount
			}
		}
		expired := n.history[i].back[k]
		who, _ := n.volunteer(v)
		n.move(owner, opened.lot, -left)
		n.move("owed "+string(v), lot{}, opened.amount-left-expired)
		n.move("breakage "+string(who.Unit), lot{}, -expired)
	}
}

func (n *Naive) expire(a *ledger.Expire) Answer {
	v, _ := n.volunteer(a.Volunteer)
	if v == nil {
		return no(ledger.NotFound)
	}
	owner, any := "points "+string(a.Volunteer), false
	for _, l := range n.openLots(owner) {
		if l.Expires != 0 && l.Expires < n.today {
			n.lapse(owner, lotOf(l.ID))
			any = true
		}
	}
	if !any {
		return no(ledger.NothingLapsed)
	}
	return Answer{Kind: ledger.Expired}
}

func (n *Naive) transfer(c ledger.Command, a *ledger.Transfer) Answer {
	from, fromStatus := n.volunteer(a.From)
	to, toStatus := n.volunteer(a.To)
	switch {
	case from == nil || to == nil:
		return no(ledger.NotFound)
	case toStatus == ledger.Closed || fromStatus == ledger.Closed:
		return no(ledger.AccountClosed)
	case fromStatus == ledger.Frozen:
		return no(ledger.AccountFrozen)
	case n.self(c.Actor, a.From) || n.self(c.Actor, a.To):
		return no(ledger.SelfService)
	}
	rule, ok := n.rule(from.Unit, n.today)
	switch {
	case !ok:
		return no(ledger.NoRule)
	case !rule.Transfer:
		return no(ledger.RuleOff)
	}
	if have := n.usable("points " + string(a.From)); have < a.Points {
		return noAmount(ledger.InsufficientPoint, have, a.Points)
	}
	for k, t := range n.draw("points "+string(a.From), a.Points) {
		id := lot{len(n.history), k + 1}
		n.expires[id] = t.Expires
		n.move("points "+string(a.To), id, t.Left)
	}
	return Answer{Kind: ledger.Transferred}
}
