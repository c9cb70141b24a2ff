package ledgertest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"aixin/ledger"
)

// Naive is a second opinion on what every command does. It shares the types of commands with the ledger and nothing else: it
// keeps every movement in one list and adds them up again for each question, has no facts, no postings and no invariants. It
// is slow, and short enough to be checked by reading.
type Naive struct {
	zone    *time.Location
	now     time.Time
	today   ledger.Date
	history []event
	moves   []move
	expires map[lot]ledger.Date
	keys    map[ledger.Key]int // position in history
}

// event is one accepted command, or a refusal that is kept.
type event struct {
	command  ledger.Command
	at       time.Time
	on       ledger.Date
	answer   Answer
	state    string // of a declaration: pending, credited, returned, reversed
	credits  int    // the declaration that an approval credited
	points   ledger.Amount
	counted  ledger.Amount
	rule     string
	unit     ledger.UnitID
	reversed int
	back     map[int]ledger.Amount // by position of a move of this event, how much later events gave back or expired
}

type lot struct{ entry, n int }

type move struct {
	event  int
	owner  string // "points V0000018", "stock S01 SKU-0001", "hours V…", "short S01 SKU-0001", "owed V…", "breakage C01", …
	lot    lot
	amount ledger.Amount // as the owner sees it: more is positive
}

// Answer is what a command comes to.
type Answer struct {
	Index    ledger.Index // of the entry, where there is one
	Kind     ledger.Kind
	Refused  ledger.RejectReason
	Have     ledger.Amount
	Want     ledger.Amount
	Replayed bool
	Wrong    bool // malformed
}

// NewNaive returns an empty one.
func NewNaive(zone *time.Location) *Naive {
	return &Naive{zone: zone, expires: map[lot]ledger.Date{}, keys: map[ledger.Key]int{}}
}

// AnswerOf puts the answer of a ledger in the same words.
func AnswerOf(r ledger.Receipt, err error) Answer {
	a := Answer{Index: r.Entry.Index, Kind: r.Entry.Kind, Replayed: r.Replayed}
	if no, ok := errors.AsType[*ledger.Rejection](err); ok {
		a.Refused, a.Have, a.Want = no.Reason, no.Have, no.Want
	}
	if _, ok := errors.AsType[*ledger.Invalid](err); ok {
		a.Wrong = true
	}
	return a
}

func no(reason ledger.RejectReason) Answer { return Answer{Refused: reason} }

func noAmount(reason ledger.RejectReason, have, want ledger.Amount) Answer {
	return Answer{Refused: reason, Have: have, Want: want}
}

// Submit answers a command.
func (n *Naive) Submit(c ledger.Command, at time.Time) Answer {
	n.now = at.UTC().Truncate(time.Millisecond)
	if len(n.history) > 0 && n.now.Before(n.history[len(n.history)-1].at) {
		n.now = n.history[len(n.history)-1].at
	}
	n.today = ledger.DateOf(n.now.In(n.zone))
	if n.wrong(c) {
		return Answer{Wrong: true}
	}
	if reason := n.unauthorised(c); reason != "" {
		return no(reason)
	}
	if before, used := n.keys[c.Key]; used {
		e := n.history[before]
		if fmt.Sprintf("%T %+v", e.command.Do, e.command.Do) != fmt.Sprintf("%T %+v", c.Do, c.Do) {
			return no(ledger.KeyConflict)
		}
		a := e.answer
		a.Replayed = true
		return a
	}
	if a, stop := n.tooManyRefusals(c); stop {
		return a
	}
	e := event{command: c, at: n.now, on: n.today, back: map[int]ledger.Amount{}}
	first := len(n.moves)
	a := n.answer(c, &e)
	if a.Refused != "" {
		n.moves = n.moves[:first]
		if !n.kept(c, a.Refused) {
			return a
		}
		a.Kind = ledger.Refused
	}
	a.Index = ledger.Index(len(n.history))
	e.answer = a
	n.keys[c.Key] = len(n.history)
	n.history = append(n.history, e)
	return a
}

// kept reports whether a refusal is remembered under its key.
func (n *Naive) kept(c ledger.Command, reason ledger.RejectReason) bool {
	switch c.Do.(type) {
	case *ledger.Redeem, *ledger.Transfer:
		return slices.Contains([]ledger.RejectReason{
			ledger.AccountClosed, ledger.AccountFrozen, ledger.NoPrice, ledger.PastDateOnly, ledger.InsufficientPoint,
		}, reason)
	}
	return false
}

// wrong reports whether the command has no meaning at all, for the mistakes that the generator makes.
func (n *Naive) wrong(c ledger.Command) bool {
	if c.Key == "not a key" {
		return true
	}
	lines := func(list []ledger.ItemLine, least int) bool {
		seen := map[ledger.Commodity]bool{}
		for _, l := range list {
			if l.Pieces <= 0 || seen[l.Item] {
				return true
			}
			seen[l.Item] = true
		}
		return len(list) < least
	}
	bad := func(v ledger.VolunteerID) bool { return v == "V0000019" }
	switch do := c.Do.(type) {
	case *ledger.DeclareHours:
		return bad(do.Volunteer) || do.Minutes <= 0 || ledger.Amount(do.Start%1440)+do.Minutes > 1440
	case *ledger.DeclareActs:
		return bad(do.Volunteer) || do.Quantity <= 0
	case *ledger.DeclareOpening:
		return bad(do.Volunteer) || do.Points <= 0
	case *ledger.Approve:
		return do.Record <= 0
	case *ledger.ReturnRecord:
		return do.Record <= 0
	case *ledger.Receive:
		return lines(do.Lines, 1)
	case *ledger.Redeem:
		return bad(do.Volunteer) || lines(do.Lines, 1)
	case *ledger.Return:
		return do.Redemption <= 0 || lines(do.Lines, 0)
	case *ledger.Reverse:
		return do.Entry <= 0
	case *ledger.Expire:
		return bad(do.Volunteer)
	case *ledger.Transfer:
		return bad(do.From) || bad(do.To) || do.From == do.To || do.Points <= 0
	case *ledger.SetStatus:
		return bad(do.Volunteer)
	case *ledger.PriceItem:
		return do.Points <= 0
	}
	return false
}

// roles returns what a staff number may do now.
func (n *Naive) roles(s ledger.StaffID) []ledger.Role {
	var roles []ledger.Role
	for _, e := range n.history {
		if a, ok := e.command.Do.(*ledger.Appoint); ok && a.Staff == s {
			roles = a.Roles
		}
	}
	return roles
}

func (n *Naive) unauthorised(c ledger.Command) ledger.RejectReason {
	if _, ok := c.Do.(*ledger.OpenBook); ok || len(n.history) == 1 || n.keys[c.Key] == 1 {
		return ""
	}
	roles := n.roles(c.Actor)
	if len(roles) == 0 {
		return ledger.UnknownActor
	}
	need := map[string][]ledger.Role{
		"*ledger.Appoint": {ledger.Admin}, "*ledger.AddUnit": {ledger.Steward, ledger.Admin}, "*ledger.AddShop": {ledger.Steward, ledger.Admin},
		"*ledger.AddDonor": {ledger.Keeper, ledger.Steward}, "*ledger.AddActivity": {ledger.Leader, ledger.Steward},
		"*ledger.DeclareHours": {ledger.Leader}, "*ledger.DeclareActs": {ledger.Leader}, "*ledger.Approve": {ledger.Reviewer},
		"*ledger.ReturnRecord": {ledger.Reviewer}, "*ledger.Receive": {ledger.Keeper}, "*ledger.Redeem": {ledger.Clerk},
		"*ledger.Return": {ledger.Clerk, ledger.Steward}, "*ledger.Transfer": {ledger.Clerk, ledger.Steward},
	}[fmt.Sprintf("%T", c.Do)]
	if need == nil {
		need = []ledger.Role{ledger.Steward}
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
	switch c.Do.(type) {
	case *ledger.Redeem, *ledger.Transfer:
	default:
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

// each runs over what was asked and accepted, of one type of action.
func each[A ledger.Action](n *Naive, do func(i int, e *event, a A)) {
	for i := range n.history {
		if a, ok := n.history[i].command.Do.(A); ok && n.history[i].answer.Refused == "" {
			do(i, &n.history[i], a)
		}
	}
}

func (n *Naive) volunteer(v ledger.VolunteerID) (got *ledger.Enroll, status ledger.Status) {
	each(n, func(_ int, _ *event, a *ledger.Enroll) {
		if a.Volunteer == v {
			got, status = a, ledger.Active
		}
	})
	each(n, func(_ int, _ *event, a *ledger.SetStatus) {
		if a.Volunteer == v {
			status = a.Status
		}
	})
	return got, status
}

// known reports whether something with that id was added before.
func (n *Naive) known(id string) bool {
	found := false
	for _, e := range n.history {
		if e.answer.Refused != "" {
			continue
		}
		switch a := e.command.Do.(type) {
		case *ledger.AddUnit:
			found = found || string(a.Unit) == id
		case *ledger.AddShop:
			found = found || string(a.Shop) == id
		case *ledger.AddDonor:
			found = found || string(a.Donor) == id
		case *ledger.AddItem:
			found = found || string(a.Item) == id
		case *ledger.AddActivity:
			found = found || string(a.Activity) == id
		case *ledger.Enroll:
			found = found || string(a.Volunteer) == id
		}
	}
	return found
}

// self reports whether the actor is the volunteer, or lives with them.
func (n *Naive) self(actor ledger.StaffID, v ledger.VolunteerID) bool {
	own := n.own(actor)
	if own == "" || v == "" {
		return false
	}
	a, _ := n.volunteer(own)
	b, _ := n.volunteer(v)
	return own == v || (a != nil && b != nil && a.Household != "" && a.Household == b.Household)
}

// own returns the volunteer number that a staff number belongs to.
func (n *Naive) own(staff ledger.StaffID) (own ledger.VolunteerID) {
	each(n, func(_ int, _ *event, a *ledger.Appoint) {
		if a.Staff == staff {
			own = a.Volunteer
		}
	})
	return own
}

// price returns the price of a piece today: the latest word about the latest day that has come.
func (n *Naive) price(item ledger.Commodity) (points ledger.Amount, ok bool) {
	var from ledger.Date
	say := func(i ledger.Commodity, p ledger.Amount, day ledger.Date) {
		if i == item && day <= n.today && day >= from {
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

// rule returns the rule of a unit; the generated ones are all of the first of January.
func (n *Naive) rule(unit ledger.UnitID, day ledger.Date) (found ledger.Rule, ok bool) {
	id := ""
	each(n, func(_ int, _ *event, a *ledger.AddUnit) {
		if a.Unit == unit {
			id = a.Rule
		}
	})
	each(n, func(_ int, _ *event, a *ledger.SetRule) {
		if !ok && a.Rule.From <= day && (id == "" || a.Rule.ID == id) {
			found, ok = a.Rule, true
		}
	})
	return found, ok
}

// Sum adds up what an owner has.
func (n *Naive) Sum(owner string) ledger.Amount {
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
		out = append(out, ledger.Lot{ID: ledger.NewLotID(ledger.Index(id.entry), id.n), Left: left[id], Expires: n.expires[id]})
	}
	return out
}

// Lots returns the open lots of an owner, also those that have lapsed.
func (n *Naive) Lots(owner string) []ledger.Lot { return n.openLots(owner) }

// Pending adds up the points of a volunteer's records that wait for approval.
func (n *Naive) Pending(v ledger.VolunteerID) ledger.Amount {
	var sum ledger.Amount
	for _, e := range n.history {
		if e.state == "pending" && beneficiary(e.command.Do) == v {
			sum += e.points
		}
	}
	return sum
}

func beneficiary(do ledger.Action) ledger.VolunteerID {
	switch a := do.(type) {
	case *ledger.DeclareHours:
		return a.Volunteer
	case *ledger.DeclareActs:
		return a.Volunteer
	case *ledger.DeclareOpening:
		return a.Volunteer
	case *ledger.Redeem:
		return a.Volunteer
	}
	return ""
}

func (n *Naive) move(owner string, id lot, amount ledger.Amount) {
	if amount != 0 {
		n.moves = append(n.moves, move{len(n.history), owner, id, amount})
	}
}

// usable adds up the lots of an owner that have not lapsed.
func (n *Naive) usable(owner string) ledger.Amount {
	var sum ledger.Amount
	for _, l := range n.openLots(owner) {
		if l.Expires == 0 || l.Expires >= n.today {
			sum += l.Left
		}
	}
	return sum
}

// draw takes an amount out of the usable lots in their order, as far as they reach, and returns what it took.
func (n *Naive) draw(owner string, amount ledger.Amount) (taken []ledger.Lot) {
	for _, l := range n.openLots(owner) {
		if amount == 0 || (l.Expires != 0 && l.Expires < n.today) {
			continue
		}
		l.Left = min(l.Left, amount)
		amount -= l.Left
		n.move(owner, lotOf(l.ID), -l.Left)
		taken = append(taken, l)
	}
	return taken
}

func lotOf(id ledger.LotID) lot {
	return lot{int(id.Entry()), int(id-ledger.NewLotID(id.Entry(), 1)) + 1}
}
