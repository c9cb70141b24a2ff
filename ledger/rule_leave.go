package ledger

// LeaveRule is the section [leave] of a rule (B43).
type LeaveRule struct {
	Days int64 // to settle the account of somebody who leaves; 0 for 90
}

func (l LeaveRule) days() int64 {
	if l.Days == 0 {
		return defaultLeave
	}
	return l.Days
}

func (l *LeaveRule) fields(c *codec) { number(c, "days", &l.Days) }

func (l *LeaveRule) check(f *faults) { f.want(l.Days >= 0 && l.Days <= 366, "leave.days", "days") }
