package ledgertest

import (
	"fmt"
	"slices"

	"aixin/ledger"
)

// The model's answers to counts, write-offs and relief.

func (n *Naive) shelfAnswer(c ledger.Command, _ *event) (Answer, bool) {
	switch a := c.Do.(type) {
	case *ledger.OpenCount:
		return n.beginCount(a), true
	case *ledger.EnterCount:
		return n.enterCount(a), true
	case *ledger.ConfirmCount:
		return n.confirmCount(c, a), true
	case *ledger.FinaliseCount:
		return n.finaliseCount(c, a), true
	case *ledger.Drop:
		return n.drop(a), true
	case *ledger.DeclareWriteOff:
		return n.declareWriteOff(a), true
	case *ledger.ConfirmWriteOff:
		return n.writeOff(c, a), true
	case *ledger.DeclareRelief:
		return n.declareRelief(c, a), true
	case *ledger.GiveRelief:
		return n.giveRelief(c, a), true
	case *ledger.SetClasses:
		_, status := n.volunteer(a.Volunteer)
		switch {
		case status == "":
			return no(ledger.NotFound), true
		case status == ledger.Closed:
			return no(ledger.AccountClosed), true
		case n.self(c.Actor, a.Volunteer):
			return no(ledger.SelfService), true
		}
		return Answer{Kind: ledger.ClassesSet}, true
	}
	return Answer{}, false
}

// counting is what became of a count so far, told from the beginning.
type counting struct {
	open  *ledger.OpenCount // nil where there is no such count
	sheet int               // the event that entered it last, 0 where none did
	state ledger.ShelfState

	second ledger.StaffID // who confirmed it last
}

func (n *Naive) counting(i ledger.Index) (out counting) {
	for k, e := range n.history {
		if e.answer.Refused != "" {
			continue
		}
		switch a := e.command.Do.(type) {
		case *ledger.OpenCount:
			if k == int(i) {
				out.open, out.state = a, "open"
			}
		case *ledger.EnterCount:
			if a.Count == i {
				out.sheet, out.state = k, "counted"
			}
		case *ledger.ConfirmCount:
			if a.Count == i {
				out.state, out.second = "confirmed", e.command.Actor
			}
		case *ledger.FinaliseCount:
			if a.Count == i {
				out.state = "posted"
			}
		case *ledger.Drop:
			if a.Entry == i {
				out.state = "dropped"
			}
		}
	}
	return out
}

func anyLot(ledger.Lot) bool { return true }

func over(s ledger.ShelfState) bool { return s == "posted" || s == "dropped" }

// sheetOf returns what was entered last.
func (n *Naive) sheetOf(c counting) *ledger.EnterCount {
	a, ok := n.history[c.sheet].command.Do.(*ledger.EnterCount)
	if !ok {
		panic("entered by nothing")
	}
	return a
}

func (n *Naive) beginCount(a *ledger.OpenCount) Answer {
	ok := n.known(string(a.Shop))
	for _, item := range a.Items {
		ok = ok && n.known(string(item))
	}
	if !ok {
		return no(ledger.NotFound)
	}
	if n.countedNow(a.Shop) > 0 {
		return no(ledger.CountOpen)
	}
	return Answer{Kind: ledger.CountOpened}
}

// countedNow returns the count of a shop that is under way.
func (n *Naive) countedNow(s ledger.ShopID) (open ledger.Index) {
	each(n, func(i int, _ *event, a *ledger.OpenCount) {
		if a.Shop == s && !over(n.counting(ledger.Index(i)).state) {
			open = ledger.Index(i)
		}
	})
	return open
}

func (n *Naive) enterCount(a *ledger.EnterCount) Answer {
	c := n.counting(a.Count)
	if c.open == nil {
		return no(ledger.NotFound)
	}
	if over(c.state) {
		return no(ledger.RecordClosed)
	}
	for _, l := range a.Lines {
		if !n.known(string(l.Item)) {
			return no(ledger.NotFound)
		}
	}
	for _, l := range a.Lines {
		if len(c.open.Items) > 0 && !slices.Contains(c.open.Items, l.Item) {
			return no(ledger.NotInCount)
		}
	}
	return Answer{Kind: ledger.Counted}
}

func (n *Naive) confirmCount(cmd ledger.Command, a *ledger.ConfirmCount) Answer {
	c := n.counting(a.Count)
	switch {
	case c.open == nil:
		return no(ledger.NotFound)
	case over(c.state):
		return no(ledger.RecordClosed)
	case c.sheet == 0:
		return no(ledger.NotCounted)
	case n.history[c.sheet].command.Actor == cmd.Actor:
		return no(ledger.SamePerson)
	}
	first := map[ledger.Commodity]ledger.Amount{}
	for _, l := range n.sheetOf(c).Lines {
		first[l.Item] = l.Pieces
	}
	for _, l := range a.Lines {
		if pieces, ok := first[l.Item]; !ok || pieces != l.Pieces || len(first) != len(a.Lines) {
			return no(ledger.CountDiffers)
		}
	}
	return Answer{Kind: ledger.CountConfirmed}
}

func (n *Naive) finaliseCount(cmd ledger.Command, a *ledger.FinaliseCount) Answer {
	c := n.counting(a.Count)
	switch {
	case c.open == nil:
		return no(ledger.NotFound)
	case over(c.state):
		return no(ledger.RecordClosed)
	case c.state != "confirmed":
		return no(ledger.NotCounted)
	case n.history[c.sheet].command.Actor == cmd.Actor:
		return no(ledger.SamePerson)
	}
	opened, differs, reserved, much := 0, false, Answer{}, false
	tolerance := n.shopRule(c.open.Shop, n.today).Count.Tolerance
	for _, l := range n.sheetOf(c).Lines {
		at := string(c.open.Shop) + " " + string(l.Item)
		beyond := n.sumBefore("short "+at, c.sheet)
		more := l.Pieces - n.sumBefore("stock "+at, c.sheet)
		if more == 0 && beyond == 0 {
			continue
		}
		differs = true
		much = much || 100*max(more+beyond, -more-beyond) > tolerance*(l.Pieces-more)
		if more > 0 {
			opened++
			n.expires[lot{len(n.history), opened}] = 0
			n.move("stock "+at, lot{len(n.history), opened}, more)
		}
		lack := max(0, -more)
		if have := n.freeOf("stock "+at, anyLot); have < lack && n.heldIn("stock "+at) && reserved.Refused == "" {
			reserved = noAmount(ledger.StillHeld, have, lack)
		}
		for _, t := range n.drawFrom("stock "+at, lack, anyLot) {
			lack -= t.Left
		}
		n.move("short "+at, lot{}, lack-beyond)
		n.move("lost "+at, lot{}, max(0, -more-beyond))
		n.move("found "+at, lot{}, max(0, more+beyond))
	}
	if differs && a.Reason == "" {
		return no(ledger.ReasonMissing)
	}
	switch {
	case reserved.Refused != "":
		return reserved
	case tolerance > 0 && much && c.second == cmd.Actor:
		return no(ledger.SamePerson)
	}
	return Answer{Kind: ledger.CountFinalised}
}

// sumBefore adds up what an owner had before an event.
func (n *Naive) sumBefore(owner string, i int) (sum ledger.Amount) {
	for _, m := range n.moves {
		if m.owner == owner && m.event < i {
			sum += m.amount
		}
	}
	return sum
}

// paper returns a write-off or relief by the event that declared it, and what became of it.
func (n *Naive) paper(i ledger.Index) (do ledger.Action, state ledger.ShelfState) {
	for k, e := range n.history {
		if e.answer.Refused != "" {
			continue
		}
		switch a := e.command.Do.(type) {
		case *ledger.DeclareWriteOff, *ledger.DeclareRelief:
			if k == int(i) {
				do, state = a, "open"
			}
		case *ledger.ConfirmWriteOff:
			if a.Paper == i {
				state = "posted"
			}
		case *ledger.GiveRelief:
			if a.Paper == i {
				state = "posted"
			}
		case *ledger.Drop:
			if a.Entry == i {
				state = "dropped"
			}
		}
	}
	return do, state
}

func (n *Naive) drop(a *ledger.Drop) Answer {
	paper, state := n.paper(a.Entry)
	if paper == nil {
		c := n.counting(a.Entry)
		state = c.state
		if c.open == nil {
			return no(ledger.NotFound)
		}
	}
	if over(state) {
		return no(ledger.RecordClosed)
	}
	return Answer{Kind: ledger.Dropped}
}

// there reports whether a shop and items exist.
func (n *Naive) there(s ledger.ShopID, lines []ledger.ItemLine) bool {
	ok := n.known(string(s))
	for _, l := range lines {
		ok = ok && n.known(string(l.Item))
	}
	return ok
}

// lacks says of which line the lots that fit have too little.
func (n *Naive) lacks(s ledger.ShopID, lines []ledger.ItemLine, fits func(ledger.Lot) bool, reason ledger.RejectReason) (Answer, bool) {
	for _, l := range lines {
		var have, held ledger.Amount
		for _, t := range n.openLots(shelf(s, l.Item)) {
			if fits(t) {
				have += t.Left - t.Held
				held += t.Held
			}
		}
		switch {
		case have >= l.Pieces:
		case have+held >= l.Pieces:
			return noAmount(ledger.StillHeld, have, l.Pieces), true
		default:
			return noAmount(reason, have, l.Pieces), true
		}
	}
	return Answer{}, false
}

func (n *Naive) past(t ledger.Lot) bool { return t.Expires != 0 && t.Expires < n.today }

// scrap says which lots a write-off takes, and why it may not.
func (n *Naive) scrap(a *ledger.DeclareWriteOff) (fits func(ledger.Lot) bool, r Answer, refused bool) {
	fits, reason := anyLot, ledger.NotOnShelf
	if a.Reason == ledger.GoodsExpired {
		fits, reason = n.past, ledger.NotPastDate
	}
	r, refused = n.lacks(a.Shop, a.Lines, fits, reason)
	return fits, r, refused
}

func (n *Naive) declareWriteOff(a *ledger.DeclareWriteOff) Answer {
	if !n.there(a.Shop, a.Lines) {
		return no(ledger.NotFound)
	}
	if _, r, refused := n.scrap(a); refused {
		return r
	}
	return Answer{Kind: ledger.WriteOffDeclared}
}

func (n *Naive) writeOff(c ledger.Command, a *ledger.ConfirmWriteOff) Answer {
	do, state := n.paper(a.Paper)
	declared, ok := do.(*ledger.DeclareWriteOff)
	switch {
	case !ok:
		return no(ledger.NotFound)
	case over(state):
		return no(ledger.RecordClosed)
	case n.history[a.Paper].command.Actor == c.Actor:
		return no(ledger.SamePerson)
	}
	fits, r, refused := n.scrap(declared)
	if refused {
		return r
	}
	for _, l := range declared.Lines {
		n.drawFrom(shelf(declared.Shop, l.Item), l.Pieces, fits)
		n.move("scrapped "+string(declared.Shop)+" "+string(l.Item), lot{}, l.Pieces)
	}
	return Answer{Kind: ledger.WrittenOff}
}

// relieve says which lots somebody in need may have, and why not.
func (n *Naive) relieve(c ledger.Command, a *ledger.DeclareRelief) (fits func(ledger.Lot) bool, r Answer, refused bool) {
	if a.Volunteer != "" {
		switch v, status := n.volunteer(a.Volunteer); {
		case v == nil:
			return nil, no(ledger.NotFound), true
		case status == ledger.Closed:
			return nil, no(ledger.AccountClosed), true
		case n.self(c.Actor, a.Volunteer):
			return nil, no(ledger.SelfService), true
		}
		fits = n.mayHave(a.Volunteer)
	} else {
		fits = func(t ledger.Lot) bool {
			return !n.past(t) && (t.Only == "" || string(t.Only) == string(a.Class))
		}
	}
	r, refused = n.lacks(a.Shop, a.Lines, fits, ledger.NotOnShelf)
	if _, anybody := n.lacks(a.Shop, a.Lines, func(t ledger.Lot) bool { return !n.past(t) }, ""); refused && r.Refused == ledger.NotOnShelf && !anybody {
		r.Refused = ledger.Restricted
	}
	return fits, r, refused
}

func (n *Naive) declareRelief(c ledger.Command, a *ledger.DeclareRelief) Answer {
	if !n.there(a.Shop, a.Lines) {
		return no(ledger.NotFound)
	}
	if _, r, refused := n.relieve(c, a); refused {
		return r
	}
	return Answer{Kind: ledger.ReliefDeclared}
}

func (n *Naive) giveRelief(c ledger.Command, a *ledger.GiveRelief) Answer {
	do, state := n.paper(a.Paper)
	declared, ok := do.(*ledger.DeclareRelief)
	switch {
	case !ok:
		return no(ledger.NotFound)
	case over(state):
		return no(ledger.RecordClosed)
	case n.history[a.Paper].command.Actor == c.Actor:
		return no(ledger.SamePerson)
	}
	fits, r, refused := n.relieve(c, declared)
	if refused {
		return r
	}
	for _, l := range declared.Lines {
		n.drawFrom(shelf(declared.Shop, l.Item), l.Pieces, fits)
		n.move("relieved "+string(declared.Shop)+" "+string(l.Item), lot{}, l.Pieces)
	}
	return Answer{Kind: ledger.ReliefGiven}
}

// relieved returns to whom an event gave goods without points.
func (n *Naive) relieved(e *event) []ledger.VolunteerID {
	a, ok := e.command.Do.(*ledger.GiveRelief)
	if !ok || e.answer.Kind != ledger.ReliefGiven {
		return nil
	}
	do, _ := n.paper(a.Paper)
	if declared, ok := do.(*ledger.DeclareRelief); ok && declared.Volunteer != "" {
		return []ledger.VolunteerID{declared.Volunteer}
	}
	return nil
}

// undoPaper puts goods that left without an exchange back where they were.
func (n *Naive) undoPaper(i int, e *event) (Answer, bool) {
	var paper ledger.Index
	switch a := e.command.Do.(type) {
	case *ledger.ConfirmWriteOff:
		paper = a.Paper
	case *ledger.GiveRelief:
		paper = a.Paper
	default:
		return Answer{}, false
	}
	do, _ := n.paper(paper)
	var shop ledger.ShopID
	var lines []ledger.ItemLine
	to := "scrapped "
	switch a := do.(type) {
	case *ledger.DeclareWriteOff:
		shop, lines = a.Shop, a.Lines
	case *ledger.DeclareRelief:
		shop, lines, to = a.Shop, a.Lines, "relieved "
	}
	for _, l := range lines {
		n.giveBack(i, shelf(shop, l.Item), l.Pieces, false)
		n.move(to+string(shop)+" "+string(l.Item), lot{}, -l.Pieces)
	}
	return Answer{}, true
}

// mayHave says which lots somebody may have today.
func (n *Naive) mayHave(v ledger.VolunteerID) func(ledger.Lot) bool {
	who, _ := n.volunteer(v)
	classes := n.classes(v, len(n.history))
	return func(t ledger.Lot) bool {
		return !n.past(t) && (t.Only == "" || string(t.Only) == string(who.Unit) || slices.Contains(classes, ledger.Beneficiary(t.Only)))
	}
}

// classes returns the classes of somebody before an event, with those of numbers that became theirs.
func (n *Naive) classes(v ledger.VolunteerID, before int) (classes []ledger.Beneficiary) {
	for i, e := range n.history[:before] {
		if e.answer.Refused != "" {
			continue
		}
		switch a := e.command.Do.(type) {
		case *ledger.SetClasses:
			if a.Volunteer == v {
				classes = a.Classes
			}
		case *ledger.Merge:
			if a.Into == v {
				classes = slices.Concat(classes, n.classes(a.From, i))
			}
		}
	}
	return classes
}

// only returns for whom a lot is: what the delivery said that opened it.
func (n *Naive) only(id lot) ledger.Restriction {
	if id.entry >= len(n.history) {
		return ""
	}
	if a, ok := n.history[id.entry].command.Do.(*ledger.Receive); ok {
		return a.Only
	}
	return ""
}

func (n *Naive) countsDiffer(m *Memory) string {
	for _, s := range []ledger.ShopID{"S01", "S02"} {
		for k := range 5 {
			for class, sign := range map[ledger.Class]ledger.Amount{
				ledger.ClassLost: 1, ledger.ClassFound: -1, ledger.ClassScrapped: 1, ledger.ClassRelieved: 1,
			} {
				owner := string(class) + " " + string(s) + " " + string(sku(k+1))
				want, got := sign*n.sum(owner), m.account(ledger.NewAccountID(class, s), sku(k+1)).Balance
				if got != want {
					return fmt.Sprintf("%s: naive %d, book %d", owner, want, got)
				}
			}
		}
		if got, err := m.View(0).Shelf(s); err != nil || got.Count != n.countedNow(s) {
			return fmt.Sprintf("count of %s: naive %d, book %d, %v", s, n.countedNow(s), got.Count, err)
		}
	}
	for c, err := range m.View(0).Counts() {
		if want := n.counting(c.Index).state; err != nil || c.State != want {
			return fmt.Sprintf("count %d: naive %s, book %s, %v", c.Index, want, c.State, err)
		}
	}
	for p, err := range m.View(0).Papers() {
		if _, want := n.paper(p.Index); err != nil || p.State != want {
			return fmt.Sprintf("paper %d: naive %s, book %s, %v", p.Index, want, p.State, err)
		}
	}
	return ""
}
