package main

import (
	"fmt"

	"aixin/ledger"
)

// endedHolds ends the holds whose last day is over, so that what they set aside is free again, or lapses where that is due. It looks
// at every volunteer, as lapsedLots does: each names the holds that are open.
func endedHolds() chore {
	return chore{"hold", func(v ledger.View, by ledger.Date) (tasks []task, err error) {
		for who, err := range v.Volunteers() {
			if err != nil {
				return nil, err
			}
			for _, i := range who.Holds {
				h, err := v.Hold(i)
				if err != nil {
					return nil, err
				}
				if h.Ends < by {
					tasks = append(tasks, task{
						id: fmt.Sprint(int64(i)), about: fmt.Sprintf("%s %d", who.Volunteer, i), do: &ledger.EndHold{Hold: i},
					})
				}
			}
		}
		return tasks, nil
	}}
}
