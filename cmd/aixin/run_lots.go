package main

import (
	"fmt"

	"aixin/ledger"
)

// lapsedLots expires what is left of lots past their last usable day. It looks at every volunteer: no list of what lapses is kept,
// since most lots are used up before.
func lapsedLots() chore {
	return chore{"lapsed", func(v ledger.View, by ledger.Date) (tasks []task, err error) {
		for who, err := range v.Volunteers() {
			if err != nil {
				return nil, err
			}
			acct, err := v.Account(ledger.AccountKey{ID: ledger.PointsOf(who.Volunteer), Commodity: ledger.Point})
			if err != nil {
				return nil, err
			}
			t := task{about: string(who.Volunteer), do: &ledger.Expire{Volunteer: who.Volunteer}}
			for _, l := range acct.Lots {
				if !l.Lapsed(by) || l.Free() == 0 {
					continue
				}
				if t.id == "" { // a lot that gets something back later gets a later last day with it
					t.id = fmt.Sprintf("%s/%s/%s", who.Volunteer, l.ID, l.Expires)
				}
				t.points += l.Free()
			}
			if t.id != "" {
				tasks = append(tasks, t)
			}
		}
		return tasks, nil
	}}
}
