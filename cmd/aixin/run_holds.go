package main

import (
	"fmt"

	"aixin/ledger"
)

// endedHolds ends the holds whose last day is over, so that what lapsed beneath them can expire.
func endedHolds() chore {
	return chore{"hold", func(v ledger.View, by ledger.Date) (tasks []task, err error) {
		for vol, err := range v.Volunteers() {
			if err != nil {
				return nil, err
			}
			for _, i := range vol.Holds {
				h, err := v.Hold(i)
				if err != nil {
					return nil, err
				}
				if h.Ends < by {
					tasks = append(tasks, task{
						id: fmt.Sprint(int64(i)), about: fmt.Sprintf("%s %d", vol.Volunteer, i), do: &ledger.EndHold{Hold: i},
					})
				}
			}
		}
		return tasks, nil
	}}
}
