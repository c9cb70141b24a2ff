package ledgertest

import (
	"fmt"

	"aixin/ledger"
)

// The family of goods before anybody takes them.

func goodsFamily() family {
	return family{
		answer: (*Naive).goods,
		roles: func(do ledger.Action) []ledger.Role {
			switch do.(type) {
			case *ledger.AddDonor:
				return []ledger.Role{ledger.Keeper, ledger.Steward}
			case *ledger.AddItem, *ledger.PriceItem:
				return []ledger.Role{ledger.Steward}
			case *ledger.Receive:
				return []ledger.Role{ledger.Keeper}
			}
			return nil
		},
		wrong: func(do ledger.Action) bool {
			switch a := do.(type) {
			case *ledger.PriceItem:
				return a.Points <= 0
			case *ledger.Receive:
				return basket(a.Lines, 1)
			}
			return false
		},
		adds: func(do ledger.Action) string {
			switch a := do.(type) {
			case *ledger.AddDonor:
				return string(a.Donor)
			case *ledger.AddItem:
				return string(a.Item)
			}
			return ""
		},
		undo:    (*Naive).undoDelivery,
		scenes:  []scene{{3, (*Generator).takenBack}},
		differs: (*Naive).shelvesDiffer,
		draws: []draw{{6, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.Receive{
				Shop: g.shop(), Donor: pick(g, ledger.DonorID("D001"), "D001", "D001", "D002"), BestBefore: g.dateOrNone(), Lines: g.lines(),
			}, keeper
		}}},
	}
}

// lines draws a basket of one to three items.
func (g *Generator) lines() []ledger.ItemLine {
	var out []ledger.ItemLine
	first := g.rng.IntN(4)
	for n := range 1 + g.rng.IntN(2) {
		out = append(out, ledger.ItemLine{Item: sku((first+n)%5 + 1), Pieces: ledger.Amount(g.rng.IntN(5))})
		if out[n].Pieces == 0 && g.rng.IntN(4) > 0 {
			out[n].Pieces = 1
		}
		if out[n].Item == sku(5) && g.rng.IntN(6) > 0 {
			out[n].Item = sku((first+n)%3 + 1)
		}
	}
	return out
}

func (g *Generator) item() ledger.Commodity { return sku(g.rng.IntN(5) + 1) }

func (g *Generator) shop() ledger.ShopID {
	return pick(g, ledger.ShopID("S01"), "S01", "S01", "S01", "S02", "S02", "S02", "S03")
}

func (n *Naive) goods(c ledger.Command, _ *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.AddDonor:
		return n.add(ledger.DonorAdded, string(a.Donor), ""), true
	case *ledger.AddItem:
		return n.add(ledger.ItemAdded, string(a.Item), ""), true
	case *ledger.PriceItem:
		switch {
		case !n.known(string(a.Item)):
			return no(ledger.NotFound), true
		case a.From < n.today:
			return no(ledger.DateInPast), true
		}
		return Answer{Kind: ledger.ItemPriced}, true
	case *ledger.Receive:
		return n.receive(a), true
	}
	return Answer{}, false
}

// price returns the price of a piece today: the latest word about the latest day that has come.
func (n *Naive) priceOn(item ledger.Commodity, on ledger.Date) (points ledger.Amount, ok bool) {
	var from ledger.Date
	say := func(i ledger.Commodity, p ledger.Amount, day ledger.Date) {
		if i == item && day <= on && day >= from {
			points, from, ok = p, day, true
		}
	}
	for _, e := range n.history {
		if e.answer.Refused != "" {
			continue
		}
		switch a := e.command.Do.(type) {
		case *ledger.AddItem:
			say(a.Item, a.Points, a.From)
		case *ledger.PriceItem:
			say(a.Item, a.Points, a.From)
		}
	}
	return points, ok
}

func shelf(s ledger.ShopID, item ledger.Commodity) string {
	return "stock " + string(s) + " " + string(item)
}

func (n *Naive) receive(a *ledger.Receive) Answer {
	ok := n.known(string(a.Shop)) && n.known(string(a.Donor))
	for _, l := range a.Lines {
		ok = ok && n.known(string(l.Item))
	}
	for _, l := range a.Terms {
		ok = ok && n.known(string(l.Item))
	}
	switch {
	case !ok:
		return no(ledger.NotFound)
	case a.BestBefore != 0 && a.BestBefore < n.today:
		return no(ledger.DateInPast)
	}
	for _, need := range n.shopRule(a.Shop, n.today).Delivery.Needs {
		if !says(a, string(need)) {
			return no(ledger.Incomplete)
		}
	}
	for k, l := range a.Lines {
		id := lot{len(n.history), k + 1}
		n.expires[id] = a.BestBefore
		n.move(shelf(a.Shop, l.Item), id, l.Pieces)
	}
	return Answer{Kind: ledger.Received}
}

// says reports whether a delivery names its source or its last day, or what a piece of everything in it is worth.
func says(a *ledger.Receive, what string) bool {
	switch what {
	case "source":
		return a.Source != ""
	case "best_before":
		return a.BestBefore > 0
	}
	worth := map[ledger.Commodity]ledger.Amount{}
	for _, t := range a.Terms {
		worth[t.Item] = t.Fen
	}
	for _, l := range a.Lines {
		if worth[l.Item] == 0 {
			return false
		}
	}
	return true
}

func (n *Naive) undoDelivery(i int, e *event) (Answer, bool) {
	a, ok := e.command.Do.(*ledger.Receive)
	if !ok {
		return Answer{}, false
	}
	if n.heldFrom(i) {
		return no(ledger.StillHeld), true
	}
	for k, l := range a.Lines {
		id := lot{i, k + 1}
		left := n.left(shelf(a.Shop, l.Item), id)
		if left != l.Pieces {
			return noAmount(ledger.StockGone, left, l.Pieces), true
		}
		n.move(shelf(a.Shop, l.Item), id, -left)
	}
	return Answer{}, true
}

func (n *Naive) shelvesDiffer(m *Memory) string {
	for _, s := range []ledger.ShopID{"S01", "S02"} {
		for k := range 5 {
			if d := n.differLots(m, shelf(s, sku(k+1)), ledger.StockOf(s), sku(k+1)); d != "" {
				return d
			}
			owner := "short " + string(s) + " " + string(sku(k+1))
			want, got := -n.sum(owner), m.account(ledger.NewAccountID(ledger.ClassShort, s), sku(k+1)).Balance
			if got != want {
				return fmt.Sprintf("%s: naive %d, book %d", owner, want, got)
			}
		}
	}
	return ""
}

// takenBack is a delivery that is taken back, when some of it is gone or none, and once more.
func (g *Generator) takenBack() {
	shop, item := g.shop(), sku(1+g.rng.IntN(3))
	got := g.deliver(shop, item)
	if got == 0 {
		return
	}
	if g.rng.IntN(3) > 0 {
		if paper := g.ask(keeper, &ledger.DeclareWriteOff{Shop: shop, Lines: one(item), Reason: ledger.GoodsDamaged}); paper > 0 {
			g.ask(pick(g, steward, steward, keeper), &ledger.ConfirmWriteOff{Paper: paper})
		}
	}
	for range 2 {
		g.ask(steward, &ledger.Reverse{Entry: got, Reason: ledger.ClerkError})
	}
}
