package main

import (
	"fmt"

	"aixin/ledger"
)

// endedFreezes frees whoever was frozen until a day.
func endedFreezes() chore {
	return chore{"thaw", dueOf(func(who ledger.Volunteer, by ledger.Date) (id ledger.Date, do ledger.Action) {
		if who.Status != ledger.Frozen || who.FrozenUntil == 0 || who.FrozenUntil >= by {
			return 0, nil
		}
		return who.FrozenUntil, &ledger.SetStatus{Volunteer: who.Volunteer, Status: ledger.Active, Reason: ledger.Cleared}
	})}
}

// endedLeaves closes the number of whoever leaves and had their time to settle.
func endedLeaves() chore {
	return chore{"leave", dueOf(func(who ledger.Volunteer, by ledger.Date) (id ledger.Date, do ledger.Action) {
		if who.Status == ledger.Closed || who.LeaveBy == 0 || who.LeaveBy >= by {
			return 0, nil
		}
		return who.LeaveBy, &ledger.Leave{Volunteer: who.Volunteer}
	})}
}

// dueOf looks at every volunteer for what is due since a day: both are rare, and are kept with the person alone.
func dueOf(find func(ledger.Volunteer, ledger.Date) (ledger.Date, ledger.Action)) func(ledger.View, ledger.Date) ([]task, error) {
	return func(v ledger.View, by ledger.Date) (tasks []task, err error) {
		for who, err := range v.Volunteers() {
			if err != nil {
				return nil, err
			}
			if since, do := find(who, by); do != nil {
				tasks = append(tasks, task{id: fmt.Sprintf("%s/%s", who.Volunteer, since), about: string(who.Volunteer), do: do})
			}
		}
		return tasks, nil
	}
}
