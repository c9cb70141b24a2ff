package ledgertest

import (
	"slices"

	"aixin/ledger"
)

// The family of shelves: counts, write-offs, relief, and for whom goods are.

func shelfFamily() family {
	return family{
		answer:  (*Naive).shelfAnswer,
		roles:   shelfRoles,
		wrong:   shelfWrong,
		touched: func(n *Naive, e *event) []ledger.VolunteerID { return n.relieved(e) },
		undo:    (*Naive).undoPaper,
		differs: (*Naive).countsDiffer,
		draws:   append(countDraws(), paperDraws()...),
		scenes:  []scene{{4, (*Generator).counting}, {4, (*Generator).withoutExchange}},
	}
}

func shelfRoles(do ledger.Action) []ledger.Role {
	switch do.(type) {
	case *ledger.OpenCount, *ledger.DeclareWriteOff:
		return []ledger.Role{ledger.Keeper, ledger.Steward}
	case *ledger.EnterCount:
		return []ledger.Role{ledger.Keeper}
	case *ledger.ConfirmCount, *ledger.GiveRelief:
		return []ledger.Role{ledger.Keeper, ledger.Clerk, ledger.Steward, ledger.Supervisor}
	case *ledger.FinaliseCount:
		return []ledger.Role{ledger.Steward, ledger.Supervisor}
	case *ledger.ConfirmWriteOff, *ledger.Drop:
		return []ledger.Role{ledger.Keeper, ledger.Steward, ledger.Supervisor}
	case *ledger.DeclareRelief:
		return []ledger.Role{ledger.Keeper, ledger.Clerk, ledger.Steward}
	case *ledger.SetClasses:
		return []ledger.Role{ledger.Steward}
	}
	return nil
}

func shelfWrong(do ledger.Action) bool {
	switch a := do.(type) {
	case *ledger.EnterCount:
		return a.Count <= 0 || len(a.Lines) == 0 || namedTwice(a.Lines)
	case *ledger.ConfirmCount:
		return a.Count <= 0 || namedTwice(a.Lines)
	case *ledger.FinaliseCount:
		return a.Count <= 0
	case *ledger.ConfirmWriteOff:
		return a.Paper <= 0
	case *ledger.GiveRelief:
		return a.Paper <= 0
	case *ledger.Drop:
		return a.Entry <= 0
	case *ledger.DeclareWriteOff:
		return basket(a.Lines, 1)
	case *ledger.DeclareRelief:
		return basket(a.Lines, 1) || nobodys(a.Volunteer)
	case *ledger.SetClasses:
		return nobodys(a.Volunteer)
	}
	return false
}

// namedTwice reports whether an item stands in a count twice.
func namedTwice(lines []ledger.ItemLine) bool {
	seen := map[ledger.Commodity]bool{}
	for _, l := range lines {
		if seen[l.Item] {
			return true
		}
		seen[l.Item] = true
	}
	return false
}

func countDraws() []draw {
	return []draw{
		{4, func(g *Generator) (ledger.Action, ledger.StaffID) {
			a := &ledger.OpenCount{Shop: g.shop()}
			if g.rng.IntN(4) == 0 {
				a.Items = []ledger.Commodity{g.item()}
			}
			return a, keeper
		}},
		{5, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.EnterCount{Count: g.latest(g.counts), Lines: g.findings()}, keeper
		}},
		{6, func(g *Generator) (ledger.Action, ledger.StaffID) {
			a := &ledger.ConfirmCount{Count: g.latest(g.counts)}
			switch g.rng.IntN(5) {
			case 0:
				a.Lines = g.findings()
			case 1, 2:
				a.Lines = slices.Clone(g.found[a.Count])
				slices.Reverse(a.Lines)
			}
			return a, pick(g, clerk, clerk, steward, keeper)
		}},
		{5, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.FinaliseCount{Count: g.latest(g.counts), Reason: pick(g, "", ledger.GoodsMissing, ledger.GoodsMissing)}, steward
		}},
		{1, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.Drop{Entry: pick(g, g.latest(g.counts), g.latest(g.papers), g.recent(g.others))}, keeper
		}},
	}
}

func paperDraws() []draw {
	return []draw{
		{4, func(g *Generator) (ledger.Action, ledger.StaffID) {
			reason := pick(g, ledger.GoodsExpired, ledger.GoodsExpired, ledger.GoodsDamaged)
			return &ledger.DeclareWriteOff{Shop: g.shop(), Lines: g.lines(), Reason: reason}, keeper
		}},
		{3, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.ConfirmWriteOff{Paper: g.latest(g.papers)}, pick(g, steward, steward, keeper)
		}},
		{4, func(g *Generator) (ledger.Action, ledger.StaffID) { return g.relief(), clerk }},
		{3, func(g *Generator) (ledger.Action, ledger.StaffID) {
			return &ledger.GiveRelief{Paper: g.latest(g.papers)}, pick(g, keeper, keeper, clerk)
		}},
		{3, func(g *Generator) (ledger.Action, ledger.StaffID) {
			a := &ledger.SetClasses{Volunteer: g.person()}
			if g.rng.IntN(3) > 0 {
				a.Classes = []ledger.Beneficiary{"hardship"}
			}
			return a, steward
		}},
		{4, func(g *Generator) (ledger.Action, ledger.StaffID) {
			a := &ledger.Receive{Shop: g.shop(), Donor: "D001", BestBefore: g.dateOrNone(), Lines: g.lines()}
			a.Only, a.Source, a.Note = pick(g, ledger.Restriction("hardship"), "hardship", "C01", "C02"), ledger.Grant, "N-1"
			a.Terms = []ledger.ReceiptTerm{{Item: g.item(), Fen: 250, Noted: ledger.Amount(g.rng.IntN(4))}}
			return a, keeper
		}},
	}
}

// latest draws what was begun last, mostly.
func (g *Generator) latest(list []ledger.Index) ledger.Index {
	if n := len(list); n > 0 && g.rng.IntN(5) > 0 {
		return list[n-1]
	}
	return g.recent(list)
}

// findings draws what somebody counts: none to eight pieces of some items.
func (g *Generator) findings() []ledger.ItemLine {
	var out []ledger.ItemLine
	for _, l := range g.lines() {
		out = append(out, ledger.ItemLine{Item: l.Item, Pieces: ledger.Amount(g.rng.IntN(9))})
	}
	return out
}

func (g *Generator) relief() *ledger.DeclareRelief {
	a := &ledger.DeclareRelief{Shop: g.shop(), Lines: g.lines(), Application: "R-1", Notice: "G-1"}
	switch g.rng.IntN(4) {
	case 0:
		a.Case = "2026-7"
	case 1:
		a.Case, a.Class = "2026-8", "hardship"
	default:
		a.Volunteer = g.person()
	}
	return a
}

// sawShelf tells the generator of an entry of a shelf.
func (g *Generator) sawShelf(e ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.OpenCount:
		g.counts = append(g.counts, e.Index)
	case *ledger.CountSheet:
		lines := []ledger.ItemLine{}
		for _, l := range body.Lines {
			lines = append(lines, ledger.ItemLine{Item: l.Item, Pieces: l.Pieces})
		}
		g.found[body.Count] = lines
	case *ledger.DeclareWriteOff, *ledger.DeclareRelief:
		g.papers = append(g.papers, e.Index)
	}
}

// counting is a count from its beginning to its end, which is confirmed otherwise than it was entered, and posted without a reason.
func (g *Generator) counting() {
	count := g.ask(keeper, &ledger.OpenCount{Shop: g.shop()})
	if count == 0 {
		count = g.latest(g.counts)
	}
	lines := g.findings()
	g.ask(keeper, &ledger.EnterCount{Count: count, Lines: lines})
	if g.rng.IntN(3) > 0 {
		g.ask(pick(g, clerk, keeper), &ledger.ConfirmCount{Count: count, Lines: g.findings()})
	}
	g.ask(clerk, &ledger.ConfirmCount{Count: count, Lines: lines})
	if g.rng.IntN(4) == 0 {
		g.ask(keeper, &ledger.Drop{Entry: count})
	}
	for _, why := range []ledger.ShelfReason{"", ledger.GoodsMissing, ledger.GoodsMissing} {
		g.ask(steward, &ledger.FinaliseCount{Count: count, Reason: why})
	}
}

// withoutExchange is goods that leave a shelf without points: past their date, damaged, or for somebody in need.
func (g *Generator) withoutExchange() {
	shop, item := g.shop(), sku(1+g.rng.IntN(3))
	g.deliver(shop, item)
	reason := pick(g, ledger.GoodsDamaged, ledger.GoodsExpired)
	if reason == ledger.GoodsExpired {
		g.sleep(2 + g.rng.IntN(3))
	}
	paper, end := g.ask(keeper, &ledger.DeclareWriteOff{Shop: shop, Lines: one(item), Reason: reason}), func(i ledger.Index) ledger.Action {
		return &ledger.ConfirmWriteOff{Paper: i}
	}
	if g.rng.IntN(3) > 0 {
		a := g.relief()
		a.Shop, a.Lines = shop, one(item)
		paper, end = g.ask(clerk, a), func(i ledger.Index) ledger.Action { return &ledger.GiveRelief{Paper: i} }
	}
	if paper == 0 {
		return
	}
	g.ask(pick(g, keeper, clerk), end(paper))
	if g.rng.IntN(4) == 0 {
		g.ask(keeper, &ledger.Drop{Entry: paper})
	}
	if gave := g.ask(steward, end(paper)); gave > 0 && g.rng.IntN(2) == 0 {
		g.ask(steward, &ledger.Reverse{Entry: gave, Reason: ledger.ClerkError})
	}
}
