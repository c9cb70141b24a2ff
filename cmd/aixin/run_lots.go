package main

import (
	"fmt"

	"aixin/ledger"
)

// lapsedLots expires what is left of lots past their last usable day. It looks at every volunteer: no list of what lapses is kept,
// since most lots are used up before. Pools come after them, each household with its base.
func lapsedLots() chore {
	return chore{"lapsed", func(v ledger.View, by ledger.Date) (tasks []task, err error) {
		rules, err := v.Rules()
		if err != nil {
			return nil, err
		}
		for who, err := range v.Volunteers() {
			if err != nil {
				return nil, err
			}
			lots, err := v.Lapsing(string(who.Volunteer), &rules)
			if err != nil {
				return nil, err
			}
			if t := lapsing(string(who.Volunteer), &ledger.Expire{Volunteer: who.Volunteer}, lots, by); t.id != "" {
				tasks = append(tasks, t)
			}
		}
		for p, err := range v.PoolIDs() {
			if err != nil {
				return nil, err
			}
			lots, err := v.Lapsing(string(p), &rules)
			if err != nil {
				return nil, err
			}
			if t := lapsing(string(p), &ledger.Expire{Pool: p}, lots, by); t.id != "" {
				tasks = append(tasks, t)
			}
		}
		return tasks, nil
	}}
}

// lapsing is what there is to do about the lots of one owner; it has no id where none of them lapsed.
func lapsing(owner string, do *ledger.Expire, lots []ledger.Lot, by ledger.Date) task {
	t := task{about: owner, do: do}
	for _, l := range lots {
		if !l.Lapsed(by) || l.Free() == 0 {
			continue
		}
		if t.id == "" { // with the day, since base points come back into a lapsed lot under its old date: see Loss.undo in ledger
			t.id = fmt.Sprintf("%s/%s/%s/%s", owner, l.ID, l.Expires, by)
		}
		t.points += l.Free()
	}
	return t
}
