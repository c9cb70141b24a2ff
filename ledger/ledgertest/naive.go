package ledgertest

import (
	"errors"
	"fmt"
	"time"

	"aixin/ledger"
)

// Naive is a second opinion on what every command does. It shares the types of commands with the ledger and nothing else: it
// keeps every movement in one list and adds them up again for each question, has no facts, no postings and no invariants. It
// is slow, and short enough to be checked by reading.
type Naive struct {
	zone     *time.Location
	now      time.Time
	today    ledger.Date
	then     ledger.Date // of the first call, while a repeat is authorised
	history  []event
	moves    []move
	expires  map[lot]ledger.Date
	revived  map[lot]ledger.Date // when lots lapsed that a return gave another date
	keys     map[ledger.Key]int  // position in history
	families []family
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
	rule     ledger.Rule // of a declaration, as it was then
	unit     ledger.UnitID
	reversed int
	ask      ledger.Action // what was asked under the key, where that is not what was done
	code     ledger.Code   // of a declaration
	day      ledger.Date   // of service
	deduct   ledger.Amount
	queried  bool                  // a reviewer must look
	long     bool                  // because the day is long
	sharer   string                // of base points
	ends     ledger.Date           // of a hold
	aside    []aside               // of a hold that is open: what it set aside
	home     ledger.HouseholdID    // of a declaration: where who it is of lived
	pool     ledger.PoolID         // of a declaration: the household or team that holds its points
	back     map[int]ledger.Amount // by position of a move of this event, how much later events gave back or expired
	public   public                // of a declaration: what became of it on notice
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
	return &Naive{zone: zone, expires: map[lot]ledger.Date{}, revived: map[lot]ledger.Date{}, keys: map[ledger.Key]int{}, families: families()}
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
		if fmt.Sprintf("%T %+v", e.asked(), e.asked()) != fmt.Sprintf("%T %+v", c.Do, c.Do) {
			return no(ledger.KeyConflict)
		}
		a := e.answer
		a.Replayed = true
		return a
	}
	if n.old() && later(c.Do) {
		return noAmount(ledger.FormatOld, 1, 2)
	}
	if a, stop := n.tooManyRefusals(c); stop {
		return a
	}
	if c.Import != 0 && !n.imported(c.Import) {
		return no(ledger.NotFound)
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

// imported reports whether a file was imported at an index.
func (n *Naive) imported(i ledger.Index) (is bool) {
	each(n, func(at int, _ *event, _ *ledger.ImportFile) { is = is || at == int(i) })
	return is
}

// each runs over what was asked and accepted, of one type of action.
func each[A ledger.Action](n *Naive, do func(i int, e *event, a A)) {
	for i := range n.history {
		if a, ok := n.history[i].command.Do.(A); ok && n.history[i].answer.Refused == "" {
			do(i, &n.history[i], a)
		}
	}
}
