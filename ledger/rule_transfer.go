package ledger

import "slices"

// TransferRule says to whom a volunteer may give points, and how many, where the rule lets them (B24). The zero value bounds nothing.
type TransferRule struct {
	To      string // "" for anyone, or "kin" for near relatives and the household
	YearCap Amount // most points that one volunteer gives away in a calendar year; 0 for no cap
}

// ToKin lets points go to near relatives and the household only.
const ToKin = "kin"

func (x *TransferRule) fields(c *codec) {
	text(c, "to", &x.To)
	number(c, "year_cap", &x.YearCap)
}

func (x *TransferRule) check(f *faults, r *Rule) {
	f.want(slices.Contains([]string{"", ToKin}, x.To) && (x.To == "" || r.Transfer), "transfers.to", "transfer_to")
	f.want(x.YearCap >= 0 && x.YearCap.within() && (x.YearCap == 0 || r.Transfer), "transfers.year_cap", "points")
}

// mayGive refuses a transfer that the rule does not allow at all, or not to that volunteer, or not so much in a year.
func (b *Book) mayGive(rule *Rule, from, to *Volunteer, points Amount, on Date) *Rejection {
	switch {
	case !rule.Transfer:
		return &Rejection{Reason: RuleOff, Subject: rule.Name()}
	case rule.Transfers.To == ToKin && !from.family(b.survivor(to)):
		return &Rejection{Reason: NotKin, Subject: string(to.Volunteer)}
	case rule.Transfers.YearCap == 0:
		return nil
	}
	var given Amount
	begin, end := Yearly.Around(on)
	for _, o := range from.owners(string(from.Volunteer)) {
		t, _ := b.tallies.get(always(o))
		given += t.sum(givenAway, begin, end).Points
	}
	if given+points > rule.Transfers.YearCap {
		return &Rejection{Reason: PointsLimit, Subject: string(from.Volunteer), Have: given, Want: rule.Transfers.YearCap}
	}
	return nil
}

// wantGiven asks for what a volunteer gave away.
func (b *Book) wantGiven(w *Wants, v *Volunteer) {
	for _, o := range v.owners(string(v.Volunteer)) {
		b.tallies.want(w, always(o))
	}
}
