package ledger

// HoldRule is the section of a rule about holds. Without it nothing is held.
type HoldRule struct {
	Days int64 // B32: the last day of a hold is at most so many days after it; 0 allows none
	Open int64 // B28: most open holds of a volunteer; 0 for MaxHolds
}

// open returns the most open holds of a volunteer.
func (h HoldRule) open() int {
	if h.Open == 0 {
		return MaxHolds
	}
	return int(h.Open)
}

func (h *HoldRule) fields(c *codec) {
	number(c, "days", &h.Days)
	number(c, "open", &h.Open)
}

func (h HoldRule) check(f *faults) {
	f.want(h.Days >= 0 && h.Days <= MaxHoldDays, "hold.days", "days")
	f.want(h.Open >= 0 && h.Open <= MaxHolds && (h.Open == 0 || h.Days > 0), "hold.open", "holds")
}
