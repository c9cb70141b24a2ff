package ledger

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// This file answers what waits: records to be approved, to be put on notice, to hang until its end, to be answered. They are few among all
// that were ever declared, so that whoever keeps the book may keep a list of them.

// WaitQuery asks for records that wait, in the order in which they were declared: the oldest first.
type WaitQuery struct {
	States     []RecordState // of those that WaitStates lists; none means pending
	Units      []UnitID      // whose records; none means all, proposals included, which are of no unit
	Volunteers []VolunteerID // of whom; none means of everybody
	After      Index         // only records behind that one
}

// WaitStates lists the states in which a record waits for somebody to do something, or for its notice to end.
func WaitStates() []RecordState { return []RecordState{Pending, AwaitingNotice, OnNotice, Disputed} }

// Waits reports whether a record in the state waits.
func (s RecordState) Waits() bool {
	return s == Pending || s == AwaitingNotice || s == OnNotice || s == Disputed
}

// matches reports whether the query asks for the record.
func (q *WaitQuery) matches(r *Record) bool {
	return r.Index > q.After && slices.Contains(q.states(), r.State) && (len(q.Units) == 0 || slices.Contains(q.Units, r.Unit)) &&
		(len(q.Volunteers) == 0 || slices.Contains(q.Volunteers, r.Volunteer))
}

func (q *WaitQuery) states() []RecordState {
	if len(q.States) == 0 {
		return []RecordState{Pending}
	}
	return q.States
}

// AsksFor reports whether the query asks for records in a state.
func (q *WaitQuery) AsksFor(s RecordState) bool { return slices.Contains(q.states(), s) }

// ParseRecord reads a Record in its stored form, as the fact record/N carries it.
func ParseRecord(b []byte) (Record, error) {
	var r Record
	return r, decodeFact(b, &r)
}

// ParsePlace reads of a Record in its stored form what it waits for, whose it is and of whom. It leaves the rest unread: the index asks
// this of every record that changes.
func ParsePlace(b []byte) (RecordState, UnitID, VolunteerID, error) {
	var r Record
	c := codec{in: string(b), reading: true, packs: true}
	c.open()
	r.place(&c)
	return r.State, r.Unit, r.Volunteer, c.err
}

// RecordOf returns the record that a fact is; ok is false where it is another fact.
func RecordOf(id FactID) (i Index, ok bool) {
	key, ok := strings.CutPrefix(string(id), "record/")
	if !ok {
		return 0, false
	}
	return readIndex(key)
}

// Waiting returns the records that a query asks for, by looking at every record of the book.
func (b *Book) Waiting(q WaitQuery) iter.Seq2[Index, error] {
	return func(yield func(Index, error) bool) {
		for _, key := range b.records.keys() {
			i, _ := readIndex(key)
			if r, ok := b.records.peek(i); ok && q.matches(r) && !yield(i, nil) {
				return
			}
		}
	}
}

// Waiting returns the records that a query asks for, the oldest first. Its cost does not grow with the age of the book.
func (v View) Waiting(q WaitQuery) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for i, err := range v.src.Waiting(q) {
			var rec Record
			if err == nil {
				rec, err = v.Record(i)
			}
			switch {
			case isNotFound(err), err == nil && !q.matches(&rec):
				continue // declared or dealt with behind what the view sees
			case err != nil:
				err = fmt.Errorf("what waits: %w", err)
			}
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

// Under lists a unit and those that stand below it on a day, in the order of their numbers.
func (o Org) Under(u UnitID, day Date) []UnitID {
	list := []UnitID{u}
	for _, p := range o.Units {
		if p.Unit != u && slices.Contains(o.Above(p.Unit, day), u) {
			list = append(list, p.Unit)
		}
	}
	slices.Sort(list)
	return list
}

// RecordFact returns the id of a record's fact.
func RecordFact(i Index) FactID { return FactID("record/" + writeIndex(i)) }
