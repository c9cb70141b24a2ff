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
	rules, err := v.Rules()
	if err != nil {
		return nil, err
	}
	for _, r := range n.Records {
		rec, err := v.Record(r)
		if err != nil {
			return nil, err
		}
		if rec.State != ledger.OnNotice || rec.Posted != i || rules.CreditWaits(&rec) >= by {
			continue
		}
		tasks = append(tasks, creditOf(rec))
	}
	return tasks, nil
}

func creditOf(rec ledger.Record) task {
	return task{
		id: fmt.Sprint(int64(rec.Index)), about: fmt.Sprintf("%s %d", rec.Volunteer, rec.Index), points: rec.Worth(),
		do: &ledger.CreditRecord{Record: rec.Index},
	}
}

// begunPeriods credits the records that waited for the beginning of a period and for nothing else. It looks at every volunteer, as
// endedHolds does: each names what waits. Who left meanwhile is credited nothing.
func begunPeriods() chore {
	return chore{"period", func(v ledger.View, by ledger.Date) (tasks []task, err error) {
		for who, err := range v.Volunteers() {
			if err != nil {
				return nil, err
			}
			for _, i := range who.Later {
				rec, err := v.Record(i)
				if err != nil {
					return nil, err
				}
				if rec.Ends < by && who.Status != ledger.Closed {
					tasks = append(tasks, creditOf(rec))
				}
			}
		}
		return tasks, nil
	}}
}
