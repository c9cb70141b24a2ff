package ledger_test

import (
	"aixin/ledger"
	"aixin/ledger/ledgertest"
)

func (t *table) holding(verb string, w words) ledger.Action {
	t.Helper()
	switch verb {
	case "hold":
		return &ledger.Hold{Volunteer: w.volunteer(0), Shop: ledger.ShopID(w.arg(1)), Until: t.date(w.arg(2)), Lines: t.items(w.from(3))}
	case "settle":
		return &ledger.Settle{
			Hold: ledger.Index(t.int(w.arg(0))), Presence: ledger.Presence(w.arg(1)), Lines: t.items(w.from(2)),
			Proxy: ledger.VolunteerID(t.said["proxy"]), Slip: t.said["slip"], PIN: t.said["pin"] == "checked", Checked: t.checks(),
		}
	case "release":
		return &ledger.Release{Hold: ledger.Index(t.int(w.arg(0))), Reason: ledger.Reason(w.arg(1))}
	case "end-hold":
		return &ledger.EndHold{Hold: ledger.Index(t.int(w.arg(0)))}
	}
	return nil
}

// openHold returns another volunteer's hold that is open before the entry.
func (f *forger) openHold(but ledger.VolunteerID) ledger.Index {
	for h, err := range f.book.View(0).Holds() {
		if err == nil && h.State == ledger.HoldOpen && h.Volunteer != but {
			return h.Index
		}
	}
	return 0
}

func holdForgeries() []forgery {
	return []forgery{
		bodyOf("a hold of a lot that expires later", "I12", func(r *ledger.Reservation) bool { r.Lots[0].Lot++; return true }),
		bodyOf("a hold of less than the lines say", "I3 I12", func(r *ledger.Reservation) bool { r.Lines[0].Points++; return true }),
		bodyOf("a hold of more than is free", "I3 I12", func(r *ledger.Reservation) bool { r.Lines[0].Pieces += 50_000; return true }),
		bodyOf("a hold that outlives its lots", "I8", func(r *ledger.Reservation) bool { r.Ends = r.Ends.AddDays(900); return true }),
		bodyOf("a hold that was over before", "I8", func(r *ledger.Reservation) bool { r.Ends = r.Ends.AddDays(-900); return r.Ends > 0 }),
		bodyOf("a hold without goods", "I8", func(r *ledger.Reservation) bool { r.Lines = nil; return true }),
		bodyOf("a hold of more days than the rule allows", policy, func(r *ledger.Reservation) bool {
			r.Ends = r.Ends.AddDays(-1)
			return r.Until == 0
		}),
		bodyOf("the price of what was held", "I8 I10", func(r *ledger.Settlement) bool { r.Lines[0].Points++; return true }),
		bodyOf("more than was held", "I8 I10", func(r *ledger.Settlement) bool { r.Lines[0].Pieces += 100; return true }),
		bodyOf("the shop of a hold", "I8 I10", func(r *ledger.Settlement) bool {
			was := r.Shop
			r.Shop = "S09"
			return was != r.Shop
		}),
		{"a hold that was closed before", "I3 I10", func(f *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.Settlement)
			for h, err := range f.book.View(0).Holds() {
				if ok && err == nil && h.State != ledger.HoldOpen && h.Volunteer == r.Volunteer {
					r.Hold = h.Index
					return true
				}
			}
			return false
		}},
		{"a hold of somebody else", "I8", func(f *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.HoldRelease)
			if !ok {
				return false
			}
			r.Volunteer = ledger.NewVolunteerID(12)
			return true
		}},
		{"a hold that has not ended", "I8", func(f *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.HoldRelease)
			if !ok {
				return false
			}
			e.Kind, e.Body = ledger.HoldEnded, &ledger.HoldEnd{EndHold: ledger.EndHold{Hold: r.Hold}, Volunteer: r.Volunteer}
			h, err := f.book.View(0).Hold(r.Hold)
			return err == nil && h.Ends >= e.On
		}},
		{"goods out of a release", "I3 I8", func(f *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.Settlement)
			if ok {
				e.Kind, e.Body = ledger.Released, &ledger.HoldRelease{
					Release: ledger.Release{Hold: r.Hold, Reason: ledger.OwnRequest}, Volunteer: r.Volunteer,
				}
			}
			return ok
		}},
		{"a settlement by the household", "I13", func(f *forger, e *ledger.Entry) bool {
			var of ledger.VolunteerID
			switch body := e.Body.(type) {
			case *ledger.Reservation:
				of = body.Volunteer
			case *ledger.Settlement:
				of = body.Volunteer
			case *ledger.HoldRelease:
				of = body.Volunteer
			}
			e.Actor = ledgertest.Everyone
			return of != "" && f.ofEveryone(of, e.On)
		}},
		{"a volunteer who acts for another", "I13", func(f *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.HoldRelease)
			e.Actor = ledger.StaffID(ledger.NewVolunteerID(1))
			return ok && r.Volunteer != ledger.NewVolunteerID(1)
		}},
		{"a volunteer who does what only the staff may", "I13", func(f *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.Settlement)
			if ok {
				e.Actor = ledger.StaffID(r.Volunteer)
			}
			return ok
		}},
		{"a volunteer who checks themself in as a leader does", "I13", func(_ *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.CheckIn)
			if ok {
				r.By, e.Actor = ledger.CheckedByLeader, ledger.StaffID(r.Volunteer)
			}
			return ok
		}},
		{"somebody else's hold", "I8 I10 I3", func(f *forger, e *ledger.Entry) bool {
			r, ok := e.Body.(*ledger.Settlement)
			if !ok {
				return false
			}
			r.Hold = f.openHold(r.Volunteer)
			return r.Hold > 0
		}},
	}
}
