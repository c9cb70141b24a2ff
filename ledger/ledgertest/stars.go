package ledgertest

import (
	"fmt"

	"aixin/ledger"
)

// meritDiffers compares what a star of the year goes by: what somebody served this year, how often, in how many years one after another,
// and how often somebody complained rightly.
func (n *Naive) meritDiffers(m *Memory, v ledger.VolunteerID) string {
	year := n.today.Time().Year()
	want, served := ledger.Merit{Since: ledger.NewDate(year, 1, 1)}, map[int]bool{}
	each(n, func(i int, e *event, a *ledger.DeclareHours) {
		on := a.Start.On().Time().Year()
		if n.person(a.Volunteer) != n.person(v) {
			return
		}
		if e.state == "credited" {
			served[on] = true
		}
		if e.state == "credited" && on == year {
			want.Minutes, want.Times = want.Minutes+a.Minutes, want.Times+1
		}
		if on == year && n.complainedOf(i, e, a) {
			want.Complaints++
		}
	})
	for y := year; served[y] || y == year; y-- {
		if served[y] {
			want.Years++
		}
	}
	view := m.View(n.today)
	who, err := view.Volunteer(n.person(v))
	if err != nil {
		return err.Error()
	}
	got, err := view.Merit(who, ledger.StarTable{Levels: []ledger.Star{{Level: 1, Clean: true}}, Years: 1})
	if err != nil || got != want {
		return fmt.Sprintf("merit of %s: naive %+v, book %+v, %v", v, want, got, err)
	}
	return ""
}

// complainedOf reports whether a service was taken back after a complaint, or is credited and was for a request about which one was heard.
func (n *Naive) complainedOf(i int, declared *event, a *ledger.DeclareHours) (yes bool) {
	if declared.state == "credited" {
		return a.Request != "" && n.request(a.Request).result == ledger.Bad
	}
	each(n, func(_ int, _ *event, undo *ledger.Reverse) {
		yes = yes || undo.Reason == ledger.Complaint && n.history[undo.Entry].credits == i
	})
	return yes
}
