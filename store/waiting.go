package store

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"aixin/ledger"
)

// queues knows which records wait, so that nobody has to look through all that were ever declared. It is in memory only, filled once
// from a snapshot after opening and kept up by every update: an entry costs no row for it.
//
// What holds at every moment: a record that waits in some snapshot that is read is in its queue, with the version at which it left
// where it has left since. A queue may have more; the snapshot judges.
type queues struct {
	filled chan struct{} // closed when the queues know all that wait

	// mu guards what follows.
	mu     sync.Mutex
	full   bool                          // they know all that wait
	over   bool                          // more wait than are kept: the queues are given up
	moved  map[ledger.Index]ledger.Index // while filling: the version at which a record was first seen to change
	of     map[ledger.Index]*queue       // where a record waits now
	unit   map[place]*queue
	states map[ledger.RecordState]*queue // every unit's, and of no unit
	people map[ledger.VolunteerID]*queue // of each one, whatever it waits for
	gone   int                           // of those in people, what left
	sweep  int                           // how many may have before people is looked through
}

// place is what a record waits for, and whose it is. Of whom it is never changes.
type place struct {
	state ledger.RecordState
	unit  ledger.UnitID
}

// queue holds records in the order in which they were declared.
type queue struct {
	place
	list []queued
	left int // of those in list
}

// queued is a record in a queue. gone is the version at which it left, 0 while it waits.
type queued struct {
	record ledger.Index
	gone   ledger.Index
}

func newQueues() *queues {
	return &queues{
		filled: make(chan struct{}), moved: map[ledger.Index]ledger.Index{}, of: map[ledger.Index]*queue{},
		unit: map[place]*queue{}, states: map[ledger.RecordState]*queue{}, people: map[ledger.VolunteerID]*queue{},
	}
}

// note takes over what an update changes, which brings the index to a version. Nobody reads what is older than oldest.
func (q *queues) note(facts []ledger.Fact, version, oldest ledger.Index) error {
	q.mu.Lock()
	defer q.mu.Unlock()

	for _, f := range facts {
		i, ok := ledger.RecordOf(f.ID)
		if !ok {
			continue
		}
		state, unit, who, err := ledger.ParsePlace(f.Value)
		if err != nil {
			return fmt.Errorf("%s: %w", f.ID, err)
		}
		q.change(i, place{state, unit}, who, version, oldest)
	}
	for _, one := range q.unit {
		one.tidy(oldest)
	}
	for _, every := range q.states {
		every.tidy(oldest)
	}
	return nil
}

// change puts a record where it waits now, and takes it from where it waited. The caller holds mu.
func (q *queues) change(i ledger.Index, now place, who ledger.VolunteerID, version, oldest ledger.Index) {
	if q.over {
		return
	}
	if _, again := q.moved[i]; !again && !q.full {
		q.moved[i] = version
	}
	was := q.of[i]
	if was != nil && was.place == now {
		return
	}
	if was != nil {
		delete(q.of, i)
		was.mark(i, version)
		q.states[was.state].mark(i, version)
	}
	if now.state.Waits() {
		q.add(i, now, who, 0)
	} else if was != nil {
		q.part(i, who, version, oldest)
	}
}

// part notes that nothing of a record waits any more for whom it is of. Once half of what is kept of people has left, what nobody can ask
// for any more is dropped, and whoever nothing waits for: they are many more than those that something waits for.
func (q *queues) part(i ledger.Index, who ledger.VolunteerID, version, oldest ledger.Index) {
	if one := q.people[who]; one != nil && one.mark(i, version) {
		q.gone++
	}
	if q.gone <= max(q.sweep, len(q.of)+waitingPage) {
		return
	}
	q.gone = 0
	for who, one := range q.people {
		one.drop(oldest)
		if q.gone += one.left; len(one.list) == 0 {
			delete(q.people, who)
		}
	}
	q.sweep = 2 * q.gone // where somebody still reads what is old
}

// add puts a record into its queues; it has left them where gone is not 0. The caller holds mu.
func (q *queues) add(i ledger.Index, at place, who ledger.VolunteerID, gone ledger.Index) {
	one := q.unit[at]
	if one == nil {
		one = &queue{place: at}
		q.unit[at] = one
	}
	every := q.states[at.state]
	if every == nil {
		every = &queue{place: place{state: at.state}}
		q.states[at.state] = every
	}
	one.add(queued{i, gone})
	every.add(queued{i, gone})
	if who != "" {
		q.addOf(who, queued{i, gone})
	}
	if gone == 0 {
		q.of[i] = one
	}
	if len(q.of) > maxWaiting {
		q.giveUp()
	}
}

// giveUp forgets everything. The caller holds mu.
func (q *queues) giveUp() {
	q.over, q.full = true, false
	q.of, q.unit, q.states, q.people, q.moved = nil, nil, nil, nil, nil
}

// addOf puts a record into the queue of whom it is of. The caller holds mu.
func (q *queues) addOf(who ledger.VolunteerID, r queued) {
	of := q.people[who]
	if of == nil {
		of = &queue{}
		q.people[ledger.VolunteerID(strings.Clone(string(who)))] = of // it is cut from the text of a whole record, which would stay with it
	}
	was := of.left
	of.add(r)
	q.gone += of.left - was
}

// fill puts all that wait in a snapshot into the queues, which were noting updates before it was taken.
func (q *queues) fill(ctx context.Context, first *snapshot) error {
	type found struct {
		record ledger.Index
		place
		who ledger.VolunteerID
	}
	var waiting []found
	n := 0
	for f, err := range first.facts("record/") {
		if err != nil {
			return err
		}
		if n++; n%scrubStride == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		i, _ := ledger.RecordOf(f.ID)
		state, unit, who, err := ledger.ParsePlace(f.Value)
		if err != nil {
			return fmt.Errorf("%s: %w", f.ID, err)
		}
		if state.Waits() {
			waiting = append(waiting, found{i, place{state, unit}, who})
		}
		if len(waiting) > maxWaiting {
			break
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()

	if q.over || len(waiting) > maxWaiting { // what stands behind was not looked at
		q.giveUp()
	}
	for _, w := range waiting {
		if q.over {
			break
		}
		if now := q.of[w.record]; now == nil || now.place != w.place {
			q.add(w.record, w.place, w.who, q.moved[w.record])
		}
	}
	q.full, q.moved = !q.over, nil
	return nil
}

// ask returns the first records behind one that a query may mean in a snapshot of some version; ok is false where the queues do not know.
func (q *queues) ask(query *ledger.WaitQuery, after, version ledger.Index, n int) (page []ledger.Index, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()

	if !q.full {
		return nil, false
	}
	for _, who := range query.Volunteers {
		page = q.people[who].page(page, after, version, n)
	}
	for _, state := range ledger.WaitStates() {
		if !query.AsksFor(state) || len(query.Volunteers) > 0 {
			continue
		}
		if len(query.Units) == 0 {
			page = q.states[state].page(page, after, version, n)
		}
		for _, u := range query.Units {
			page = q.unit[place{state, u}].page(page, after, version, n)
		}
	}
	slices.Sort(page)
	page = slices.Compact(page) // it may have left one queue for another
	return page[:min(n, len(page))], true
}

// find returns the position of a record, or where it would stand.
func (q *queue) find(i ledger.Index) (int, bool) {
	if n := len(q.list); n == 0 || q.list[n-1].record < i {
		return n, false // as most are: just declared
	}
	return slices.BinarySearchFunc(q.list, i, func(one queued, i ledger.Index) int { return int(one.record - i) })
}

func (q *queue) add(one queued) {
	at, there := q.find(one.record)
	switch {
	case !there:
		q.list = slices.Insert(q.list, at, one)
	case q.list[at].gone != 0 && one.gone == 0: // it is back
		q.list[at].gone = 0
		q.left--
		return
	}
	if one.gone != 0 && !there {
		q.left++
	}
}

// mark notes that a record left, and reports whether it was there.
func (q *queue) mark(i, version ledger.Index) bool {
	at, there := q.find(i)
	if !there || q.list[at].gone != 0 {
		return false
	}
	q.list[at].gone = version
	q.left++
	return true
}

// tidy drops what left, once half of the queue has. What the update that is noted takes out is not dropped yet, so that this is done once
// for an update and not for each record.
func (q *queue) tidy(oldest ledger.Index) {
	if q.left > len(q.list)/2 {
		q.drop(oldest)
	}
}

// drop forgets what left and nobody who reads from oldest on can ask for.
func (q *queue) drop(oldest ledger.Index) {
	q.list = slices.DeleteFunc(q.list, func(one queued) bool { return one.gone != 0 && one.gone <= oldest })
	q.left = 0
	for _, one := range q.list {
		if one.gone != 0 {
			q.left++
		}
	}
}

// page appends up to n records behind one that wait in a version.
func (q *queue) page(to []ledger.Index, after, version ledger.Index, n int) []ledger.Index {
	if q == nil {
		return to
	}
	from, there := q.find(after)
	if there {
		from++
	}
	for _, one := range q.list[from:] {
		if n == 0 {
			break
		}
		if one.gone == 0 || one.gone > version {
			to = append(to, one.record)
			n--
		}
	}
	return to
}

// waiting returns the records that a query may mean: from the queues, or all where these do not know.
func (s *snapshot) waiting(ctx context.Context, query ledger.WaitQuery) iter.Seq2[ledger.Index, error] {
	return func(yield func(ledger.Index, error) bool) {
		if err := s.index.awaitQueues(ctx); err != nil {
			yield(0, err)
			return
		}
		for after := query.After; ; {
			page, known := s.index.queued(&query, after, s.size)
			if !known {
				s.search(after, yield)
				return
			}
			for _, i := range page {
				if !yield(i, nil) {
					return
				}
			}
			if len(page) < waitingPage {
				return
			}
			after = page[len(page)-1]
		}
	}
}

// queued asks the queues, if there are any.
func (x *index) queued(query *ledger.WaitQuery, after, version ledger.Index) ([]ledger.Index, bool) {
	if x.queues == nil {
		return nil, false
	}
	return x.queues.ask(query, after, version, waitingPage)
}

// awaitQueues waits until the queues are filled: one search for all who ask meanwhile, and a quicker one than each of theirs. Who went away
// waits no longer.
func (x *index) awaitQueues(ctx context.Context) error {
	if x.queues == nil {
		return nil
	}
	if x.fill != nil {
		x.fill()
	}
	select {
	case <-x.queues.filled:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// search looks at every record behind one.
func (s *snapshot) search(after ledger.Index, yield func(ledger.Index, error) bool) {
	prefix := factKey("record/")
	for r, err := range s.ascend(prefix, factKey(ledger.RecordFact(after+1))) {
		if err != nil {
			yield(0, err)
			return
		}
		i, ok := ledger.RecordOf(ledger.FactID(r.key[1:]))
		if !ok {
			yield(0, malformed(r.key))
			return
		}
		rec, err := ledger.ParseRecord(r.value)
		if err != nil {
			yield(0, fmt.Errorf("index row %.60q: %w", r.key, err))
			return
		}
		if rec.State.Waits() && !yield(i, nil) {
			return
		}
	}
}
