package audit

import (
	"aixin/ledger"
	"aixin/ledger/report"
)

// numbers looks for numbers that stand twice, or lack. The program itself numbers closes, notices and statements: none of theirs may
// lack. Where people number, a gap is something to ask about, and so is a slip that stands twice: pads of two shops may be alike.
type numbers struct{ seen *report.Numbers }

func newNumbers() observer { return &numbers{report.NewNumbers()} }

func (n *numbers) see(_ *run, e *ledger.Entry) { n.seen.Add(e) }

func (n *numbers) end(r *run) {
	for _, q := range n.seen.Sequences() {
		subject, twice := q.Of, Wrong
		if q.What == report.NumberedSlips || q.What == report.NumberedSheets {
			twice = Noted
		}
		for _, number := range q.Repeated {
			r.found(twice, subject, string(q.What)+" "+q.Prefix+count(number), "", n.seen.Entries(q, number)...)
		}
		grade := Noted
		if q.What == report.NumberedCloses || q.What == report.NumberedNotices || q.What == report.NumberedStatements {
			grade = Wrong
		}
		for _, m := range q.Missing {
			around := append(n.seen.Entries(q, m.First-1), n.seen.Entries(q, m.Last+1)...)
			r.found(grade, subject, "", string(q.What)+" "+q.Prefix+count(m.First)+"-"+count(m.Last), around...)
		}
	}
}
