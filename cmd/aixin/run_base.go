package main

import (
	"fmt"

	"aixin/ledger"
)

// basesDue fills up base points at the beginning of a period, each once in it. It looks at every volunteer, since a rule may begin
// to have them on any day.
func basesDue() chore {
	return chore{"base", func(v ledger.View, by ledger.Date) (tasks []task, err error) {
		due, err := v.DueBases(by)
		for _, x := range due {
			t := task{
				id: fmt.Sprintf("%s/%s/%s", x.Sharer, x.Volunteer, x.From), about: x.Sharer, points: x.Lack, do: &ledger.GrantBase{Volunteer: x.Volunteer},
			}
			if x.Lack == 0 {
				t.note = "cli.run.base_full"
			}
			tasks = append(tasks, t)
		}
		return tasks, err
	}}
}
