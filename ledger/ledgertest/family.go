package ledgertest

import (
	"fmt"
	"slices"
	"time"

	"aixin/ledger"
)

// family is what the generator and the naive model know of one family of kinds. What a family leaves out, it has none of; but each
// of its actions it must answer, and say who may ask.
type family struct {
	// build adds commands that every stream begins with.
	build func(g *Generator)
	// answer decides a command that is well formed, allowed and new; false where the action is none of the family's.
	answer func(n *Naive, c ledger.Command, e *event) (Answer, bool)
	// roles lists who may ask; none where the action is none of the family's.
	roles func(do ledger.Action) []ledger.Role
	// wrong reports whether an action has no meaning at all, for the mistakes that the generator makes.
	wrong func(do ledger.Action) bool
	// adds returns the id of what an action adds.
	adds func(do ledger.Action) string
	// whose returns the volunteer whom a declaration or redemption is about.
	whose func(do ledger.Action) ledger.VolunteerID
	// keeps reports whether a refusal of the action may be remembered under its key.
	keeps func(do ledger.Action) bool
	// touched lists the volunteers who gain or lose by the reversal of an event.
	touched func(n *Naive, e *event) []ledger.VolunteerID
	// undo reverses event i; false where the family does not know how.
	undo func(n *Naive, i int, e *event) (Answer, bool)
	// differs says what the model and a book have otherwise, beside their answers.
	differs func(n *Naive, m *Memory) string
	// draws are the commands that the generator makes.
	draws []draw
	// scenes are what it makes of several.
	scenes []scene
}

// draw makes what is asked, and says whose work that is. Of all draws of all families, each comes as often as it weighs.
type draw struct {
	weight int
	make   func(g *Generator) (ledger.Action, ledger.StaffID)
}

// families lists all families. Their order and the order of their draws decide what a seed makes.
func families() []family {
	return []family{
		serviceFamily(), goodsFamily(), counterFamily(), correctFamily(), pointsFamily(), setupFamily(), peopleFamily(),
		shelfFamily(), noticeFamily(), organisationFamily(), expressFamily(), budgetFamily(),
		counterDayFamily(), attendanceFamily(), holdFamily(), lifeFamily(), grantsFamily(), termsFamily(), poolFamily(), giftFamily(), stayFamily(), rotateFamily(),
	}
}

// action draws what is asked, and whose work that is.
func (g *Generator) action() (ledger.Action, ledger.StaffID) {
	total := 0
	for _, f := range g.families {
		for _, d := range f.draws {
			total += d.weight
		}
	}
	left := g.rng.IntN(total)
	for _, f := range g.families {
		for _, d := range f.draws {
			if left -= d.weight; left < 0 {
				return d.make(g)
			}
		}
	}
	panic("the weights do not sum up")
}

// answer decides one command that is well formed, allowed and new.
func (n *Naive) answer(c ledger.Command, e *event) Answer {
	if a, ok := n.second(c, e); ok {
		return a
	}
	return n.byFamily(c, e)
}

func (n *Naive) byFamily(c ledger.Command, e *event) Answer {
	for _, f := range n.families {
		if a, ok := f.answer(n, c, e); ok {
			return a
		}
	}
	panic(fmt.Sprintf("no family answers %T", c.Do))
}

// kept reports whether a refusal is remembered under its key.
func (n *Naive) kept(c ledger.Command, reason ledger.RejectReason) bool {
	return n.keeps(c.Do) && slices.Contains([]ledger.RejectReason{
		ledger.AccountClosed, ledger.AccountFrozen, ledger.NoPrice, ledger.PastDateOnly, ledger.InsufficientPoint,
		ledger.HeadOnly, ledger.Restricted,
		ledger.WindowClosed, ledger.LeastPoints, ledger.LeastMinutes, ledger.LeastTimes, ledger.LimitReached, ledger.PointsLimit, ledger.ShelfEmpty,
	}, reason)
}

func (n *Naive) keeps(do ledger.Action) bool {
	return slices.ContainsFunc(n.families, func(f family) bool { return f.keeps != nil && f.keeps(do) })
}

// wrong reports whether the command has no meaning at all, for the mistakes that the generator makes.
func (n *Naive) wrong(c ledger.Command) bool {
	return c.Key == "not a key" ||
		slices.ContainsFunc(n.families, func(f family) bool { return f.wrong != nil && f.wrong(c.Do) })
}

// nobodys is a volunteer number with another check digit.
func nobodys(v ledger.VolunteerID) bool { return v == "V0000019" }

// basket reports whether a list of items has no meaning.
func basket(list []ledger.ItemLine, least int) bool {
	seen := map[ledger.Commodity]bool{}
	for _, l := range list {
		if l.Pieces <= 0 || seen[l.Item] {
			return true
		}
		seen[l.Item] = true
	}
	return len(list) < least
}

func (n *Naive) unauthorised(c ledger.Command) ledger.RejectReason {
	if _, ok := c.Do.(*ledger.OpenBook); ok || len(n.history) == 1 || n.keys[c.Key] == 1 {
		return ""
	}
	day := n.today
	if before, used := n.keys[c.Key]; used {
		day = n.history[before].on // a repeat is authorised like the first call
	}
	if v := ledger.VolunteerID(c.Actor); v.Valid() {
		return n.oneself(c.Do, v, day)
	}
	roles, granted := n.roles(c.Actor), n.grants(c.Actor)
	if len(roles)+len(granted) == 0 {
		return ledger.UnknownActor
	}
	var need []ledger.Role
	for _, f := range n.families {
		need = append(need, f.roles(c.Do)...)
	}
	if i := ended(c.Do); n.rotates(i) {
		need = []ledger.Role{ledger.Admin}
	} else {
		need = append(need, n.seconds(c.Do)...)
	}
	if need == nil {
		panic(fmt.Sprintf("no family says who may ask for %T", c.Do))
	}
	if len(granted) > 0 {
		return n.scoped(c, need, day)
	}
	for _, r := range roles {
		if slices.Contains(need, r) {
			return ""
		}
	}
	return ledger.NotPermitted
}

// tooManyRefusals counts the kept refusals of the actor in this clock hour.
func (n *Naive) tooManyRefusals(c ledger.Command) (Answer, bool) {
	if !n.keeps(c.Do) {
		return Answer{}, false
	}
	count := ledger.Amount(0)
	for _, e := range n.history {
		if e.answer.Kind == ledger.Refused && e.command.Actor == c.Actor && e.at.Truncate(time.Hour).Equal(n.now.Truncate(time.Hour)) {
			count++
		}
	}
	return noAmount(ledger.TooManyRefusals, count, ledger.MaxRefusals), count >= ledger.MaxRefusals
}

// known reports whether something with that id was added before.
func (n *Naive) known(id string) bool {
	return id != "" && slices.ContainsFunc(n.history, func(e event) bool {
		return e.answer.Refused == "" && slices.ContainsFunc(n.families, func(f family) bool {
			return f.adds != nil && f.adds(e.command.Do) == id
		})
	})
}

// beneficiary returns the volunteer whom a declaration or redemption is about.
func (n *Naive) beneficiary(do ledger.Action) ledger.VolunteerID {
	for _, f := range n.families {
		if f.whose != nil && f.whose(do) != "" {
			return f.whose(do)
		}
	}
	return ""
}

// Differs says what a book has otherwise than the model after the same commands, beside the answers to them; nothing where they
// agree.
func (n *Naive) Differs(m *Memory) string {
	for _, f := range n.families {
		if f.differs == nil {
			continue
		}
		if d := f.differs(n, m); d != "" {
			return d
		}
	}
	return ""
}

// differLots compares the lots of one owner with those of an account.
func (n *Naive) differLots(m *Memory, owner string, id ledger.AccountID, c ledger.Commodity) string {
	want, got := n.openLots(owner), m.account(id, c).Lots
	want = slices.DeleteFunc(want, func(l ledger.Lot) bool { return lotOf(l.ID) == lot{} }) // what stands in no lot
	if !slices.Equal(want, got) {
		return fmt.Sprintf("lots of %s: naive %v, book %v", owner, want, got)
	}
	return ""
}
