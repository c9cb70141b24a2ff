package main

import (
	"fmt"

	"aixin/ledger"
)

// endedNotices credits the records whose notice has ended. Disputed ones wait; the others go on.
func endedNotices() chore {
	return chore{"notice", func(v ledger.View, by ledger.Date) (tasks []task, err error) {
		for due, err := range v.Due(by) {
			if err != nil {
				return nil, err
			}
			for _, item := range due.Items {
				if item.What != ledger.NoticePosted {
					continue
				}
				of, err := endedNotice(v, item.At, by)
				if err != nil {
					return nil, err
				}
				tasks = append(tasks, of...)
			}
		}
		return tasks, nil
	}}
}

// endedNotice lists what is to be credited of one notice.
func endedNotice(v ledger.View, i ledger.Index, by ledger.Date) (tasks []task, err error) {
	n, err := v.Notice(i)
	if err != nil {
		return nil, err
	}
	for _, r := range n.Records {
		rec, err := v.Record(r)
		if err != nil {
			return nil, err
		}
		if rec.State != ledger.OnNotice || rec.Posted != i || rec.Ends >= by || rec.Waits >= by {
			continue
		}
		tasks = append(tasks, task{
			id: fmt.Sprint(int64(r)), about: fmt.Sprintf("%s %d", rec.Volunteer, r), points: rec.Worth(), do: &ledger.CreditRecord{Record: r},
		})
	}
	return tasks, nil
}
