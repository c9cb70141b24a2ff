package ledgertest

import (
	"cmp"
	"slices"

	"aixin/ledger"
)

// The model's lots: the moves of one owner, by lot, added up again for each question.

// left adds up what is left in a lot.
func (n *Naive) left(owner string, id lot) ledger.Amount {
	var left ledger.Amount
	for _, m := range n.moves {
		if m.owner == owner && m.lot == id {
			left += m.amount
		}
	}
	return left
}

// sum adds up what an owner has.
func (n *Naive) sum(owner string) ledger.Amount {
	var sum ledger.Amount
	for _, m := range n.moves {
		if m.owner == owner {
			sum += m.amount
		}
	}
	return sum
}

// openLots adds up the lots of an owner, and puts them in the order in which they are drawn.
func (n *Naive) openLots(owner string) []ledger.Lot {
	left := map[lot]ledger.Amount{}
	for _, m := range n.moves {
		if m.owner == owner {
			left[m.lot] += m.amount
		}
	}
	var ids []lot
	for id, amount := range left {
		if amount != 0 {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b lot) int {
		x, y := n.expires[a], n.expires[b]
		switch {
		case x == y:
			return cmp.Or(a.entry-b.entry, a.n-b.n)
		case x == 0:
			return 1
		case y == 0:
			return -1
		}
		return int(x - y)
	})
	var out []ledger.Lot
	for _, id := range ids {
		out = append(out, ledger.Lot{
			ID: ledger.NewLotID(ledger.Index(id.entry), id.n), Left: left[id], Expires: n.expires[id], Only: n.only(id), Held: n.heldOf(owner, id),
		})
	}
	return out
}

func (n *Naive) move(owner string, id lot, amount ledger.Amount) {
	if amount != 0 {
		n.moves = append(n.moves, move{len(n.history), owner, id, amount})
	}
}

// usable adds up what is not held of the lots of an owner that have not lapsed.
func (n *Naive) usable(owner string) ledger.Amount {
	return n.freeOf(owner, n.lasts)
}

// freeOf adds up what is not held of the lots of an owner that fit.
func (n *Naive) freeOf(owner string, fits func(ledger.Lot) bool) (sum ledger.Amount) {
	for _, l := range n.openLots(owner) {
		if fits(l) {
			sum += l.Left - l.Held
		}
	}
	return sum
}

// draw takes an amount out of the usable lots in their order, as far as they reach, and returns what it took.
func (n *Naive) draw(owner string, amount ledger.Amount) (taken []ledger.Lot) {
	return n.drawFrom(owner, amount, n.lasts)
}

// drawFrom takes an amount out of the lots that fit in their order, as far as they reach, and returns what it took.
func (n *Naive) drawFrom(owner string, amount ledger.Amount, fits func(ledger.Lot) bool) (taken []ledger.Lot) {
	for _, l := range n.openLots(owner) {
		if amount == 0 || !fits(l) {
			continue
		}
		l.Left, l.Held = min(l.Left-l.Held, amount), 0
		if l.Left == 0 {
			continue
		}
		amount -= l.Left
		n.move(owner, lotOf(l.ID), -l.Left)
		taken = append(taken, l)
	}
	return taken
}

func lotOf(id ledger.LotID) lot {
	return lot{int(id.Entry()), int(id-ledger.NewLotID(id.Entry(), 1)) + 1}
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

// revives reports whether an amount would be given back into a lapsed lot of which a hold still has a part.
func (n *Naive) revives(i int, owner string, amount ledger.Amount) bool {
	for _, k := range n.movesOf(i, owner) {
		m := n.moves[k]
		if back := min(amount, -m.amount-n.history[i].back[k]); back > 0 && m.lot.entry != i {
			amount -= back
			if lapsed := n.expires[m.lot]; lapsed != 0 && lapsed < n.today && n.heldOf(owner, m.lot) > 0 {
				return true
			}
		}
	}
	return false
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
		if was, revived := n.revived[m.lot]; revived && n.left(owner, m.lot) == 0 {
			n.expires[m.lot] = was // a lot that was used up lasts as long as at first
		}
		if lapsed := n.expires[m.lot]; points && lapsed != 0 && lapsed < n.today {
			n.lapse(owner, m.lot)
			grace := 7
			if rule, ok := n.rule(n.unitOfOwner(owner), n.today); ok {
				grace = int(rule.ReturnGrace)
			}
			if _, revived := n.revived[m.lot]; !revived {
				n.revived[m.lot] = lapsed
			}
			n.expires[m.lot] = n.today.AddDays(grace)
		}
		n.move(owner, m.lot, back)
	}
}

// lapse expires what is left in one lot and not held, and remembers with the event that opened it how much that was.
func (n *Naive) lapse(owner string, id lot) {
	left := n.left(owner, id) - n.heldOf(owner, id)
	n.move(owner, id, -left)
	n.move("breakage "+string(n.unitOfOwner(owner)), lot{}, left)
	for _, k := range n.movesOf(id.entry, owner) {
		if n.moves[k].lot == id {
			n.history[id.entry].back[k] += left
			return
		}
	}
}

// takeLots takes what is left of the lots that an event opened; what was spent of them is owed, what had expired is not.
func (n *Naive) takeLots(i int, owner string, v ledger.VolunteerID) {
	for _, k := range slices.Backward(n.movesOf(i, owner)) {
		opened := n.moves[k]
		left := n.left(owner, opened.lot)
		expired := n.history[i].back[k]
		n.move(owner, opened.lot, -left)
		n.move("owed "+string(n.person(v)), lot{}, opened.amount-left-expired)
		n.move("breakage "+string(n.unitOfOwner(owner)), lot{}, -expired)
	}
}
