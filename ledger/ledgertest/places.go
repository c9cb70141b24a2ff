package ledgertest

import (
	"cmp"

	"aixin/ledger"
)

// Where things are done, for roles that are for a place. What is not listed concerns the whole book.

// inside reports whether one scope had all of another in it on a day.
func (n *Naive) inside(outer, inner string, day ledger.Date) bool {
	if outer == "" || outer == inner {
		return true
	}
	unit := ledger.UnitID(inner)
	each(n, func(_ int, _ *event, a *ledger.AddShop) {
		if string(a.Shop) == inner {
			unit = a.Unit
		}
	})
	for moves := n.moved(); unit != ""; unit = n.above(unit, day, moves) {
		if string(unit) == outer {
			return true
		}
	}
	return false
}

// spot returns the shop or unit where something is done.
func (n *Naive) spot(do ledger.Action) string {
	if p := n.about(do); p != "" {
		return n.lives(p)
	}
	for _, of := range []func(ledger.Action) string{n.named, n.recordSpot, n.shelfSpot, n.requestSpot} {
		if at := of(do); at != "" {
			return at
		}
	}
	return ""
}

// about returns whom something is about, where it is done wherever they are enrolled.
func (n *Naive) about(do ledger.Action) ledger.VolunteerID {
	switch a := do.(type) {
	case *ledger.DeclareActs:
		return a.Volunteer
	case *ledger.DeclareOpening:
		return a.Volunteer
	case *ledger.SetStatus:
		return a.Volunteer
	case *ledger.SetClasses:
		return a.Volunteer
	case *ledger.Expire:
		return a.Volunteer
	case *ledger.Transfer:
		return a.From
	case *ledger.Donate:
		if ledger.UnitID(a.Pool).Valid() && a.Back {
			return ""
		}
		return a.Volunteer
	case *ledger.Merge:
		return a.From
	case *ledger.MoveVolunteer:
		return a.Volunteer
	case *ledger.SetHousehold:
		return a.Volunteer
	case *ledger.DeclareLeave:
		return a.Volunteer
	case *ledger.Leave:
		return a.Volunteer
	case *ledger.SetGuardian:
		return a.Volunteer
	case *ledger.SetConsent:
		return a.Volunteer
	case *ledger.IssueCard:
		return a.Volunteer
	case *ledger.Erase:
		return a.Volunteer
	case *ledger.VoidCard:
		return a.Volunteer
	case *ledger.Certify:
		return a.Volunteer
	case *ledger.SetProxy:
		return a.Volunteer
	case *ledger.GrantBase:
		return a.Volunteer
	case *ledger.GrantGift:
		return a.Volunteer
	}
	return ""
}

func (n *Naive) lives(v ledger.VolunteerID) string {
	return string(n.unitOn(v, cmp.Or(n.then, n.today), len(n.history)))
}

// otherSpots returns the other units that something reaches into.
func (n *Naive) otherSpots(do ledger.Action) (units []string) {
	switch a := do.(type) {
	case *ledger.MoveVolunteer:
		units = append(units, string(n.unitOn(a.Volunteer, a.From, len(n.history))), string(a.Unit))
		each(n, func(_ int, _ *event, b *ledger.MoveVolunteer) {
			if b.Volunteer == a.Volunteer && b.From > a.From {
				units = append(units, string(n.unitOn(a.Volunteer, b.From, len(n.history))))
			}
		})
	case *ledger.SetHousehold:
		units = append(units, string(n.unitOn(a.Volunteer, a.From, len(n.history))))
		homes := []ledger.HouseholdID{a.Household}
		each(n, func(_ int, _ *event, b *ledger.SetHousehold) {
			if b.Volunteer == a.Volunteer && b.From > a.From {
				homes = append(homes, n.householdOn(a.Volunteer, b.From, len(n.history)))
			}
		})
		for _, home := range homes {
			if pool := n.unitOfOwner("points " + string(home)); home != "" && pool != "" {
				units = append(units, string(pool))
			}
		}
	}
	return units
}

// named returns the place that an action names itself.
func (n *Naive) named(do ledger.Action) string {
	switch a := do.(type) {
	case *ledger.Redeem:
		return string(a.Shop)
	case *ledger.Receive:
		return string(a.Shop)
	case *ledger.OpenCount:
		return string(a.Shop)
	case *ledger.DeclareWriteOff:
		return string(a.Shop)
	case *ledger.DeclareRelief:
		return string(a.Shop)
	case *ledger.OpenCounter:
		return string(a.Shop)
	case *ledger.Hold:
		return string(a.Shop)
	case *ledger.IssueVouchers:
		return string(a.Shop)
	case *ledger.VoidVoucher:
		return string(a.Shop)
	case *ledger.CloseCounter:
		return string(a.Shop)
	case *ledger.AddShop:
		return string(a.Unit)
	case *ledger.AddActivity:
		return string(a.Unit)
	case *ledger.ImportFile:
		return a.Scope
	case *ledger.Enroll:
		return string(a.Unit)
	case *ledger.SetBudget:
		return string(a.Unit)
	case *ledger.SetMembership:
		return string(a.Unit)
	case *ledger.Donate:
		return string(a.Pool)
	case *ledger.Expire:
		return string(n.unitOfOwner("points " + string(a.Pool)))
	case *ledger.PostNotice:
		return string(a.Unit)
	case *ledger.Publish:
		return string(a.Unit)
	case *ledger.TakeRequest:
		return string(a.Unit)
	}
	return ""
}

// recordSpot is the unit of what an action is about: of a declaration, of an activity, or of a notice.
func (n *Naive) recordSpot(do ledger.Action) string {
	record := func(i ledger.Index) string {
		if p, do := n.proposed(i); p != nil {
			return n.spot(do)
		}
		if i >= 0 && int(i) < len(n.history) && n.history[i].state != "" {
			return string(n.history[i].unit)
		}
		return ""
	}
	switch a := do.(type) {
	case *ledger.DeclareHours:
		return n.runs(a.Activity)
	case *ledger.OpenSession:
		return n.runs(a.Activity)
	case *ledger.CheckIn:
		return n.sits(a.Session)
	case *ledger.CheckOut:
		return n.sits(a.Session)
	case *ledger.ConfirmAttendance:
		return n.sits(a.Session)
	case *ledger.CloseSession:
		return n.sits(a.Session)
	case *ledger.Approve:
		return record(a.Record)
	case *ledger.ReturnRecord:
		return record(a.Record)
	case *ledger.CreditRecord:
		return record(a.Record)
	case *ledger.Object:
		return record(a.Record)
	case *ledger.AnswerObjection:
		unit := ""
		each(n, func(i int, _ *event, x *ledger.Object) {
			if i == int(a.Objection) {
				unit = record(x.Record)
			}
		})
		return unit
	case *ledger.RemoveNotice:
		unit := ""
		each(n, func(i int, _ *event, x *ledger.PostNotice) {
			if i == int(a.Notice) {
				unit = string(x.Unit)
			}
		})
		each(n, func(i int, _ *event, x *ledger.Publish) {
			if i == int(a.Notice) {
				unit = string(x.Unit)
			}
		})
		return unit
	}
	return ""
}

// runs returns the unit of an activity.
func (n *Naive) runs(id ledger.ActivityID) (unit string) {
	each(n, func(_ int, _ *event, x *ledger.AddActivity) {
		if x.Activity == id {
			unit = string(x.Unit)
		}
	})
	return unit
}

// sits returns the unit of the activity of a session.
func (n *Naive) sits(session ledger.Index) (unit string) {
	each(n, func(i int, _ *event, x *ledger.OpenSession) {
		if i == int(session) {
			unit = n.runs(x.Activity)
		}
	})
	return unit
}

// shelfSpot is the shop of a sale, of a count or of a paper.
func (n *Naive) shelfSpot(do ledger.Action) string {
	count := func(i ledger.Index) string {
		if c := n.counting(i); c.open != nil {
			return string(c.open.Shop)
		}
		return ""
	}
	hold := func(i ledger.Index) string {
		if i >= 0 && int(i) < len(n.history) && n.history[i].answer.Kind == ledger.Held {
			return string(n.history[i].held().Shop)
		}
		return ""
	}
	paper := func(i ledger.Index) string {
		if p, _ := n.paper(i); p != nil {
			return n.named(p)
		}
		return ""
	}
	switch a := do.(type) {
	case *ledger.Return:
		if sold, ok := n.redemption(a.Redemption); ok {
			return string(sold.Shop)
		}
	case *ledger.Undo:
		if sold, ok := n.redemption(a.Redemption); ok {
			return string(sold.Shop)
		}
	case *ledger.Settle:
		return hold(a.Hold)
	case *ledger.Release:
		return hold(a.Hold)
	case *ledger.EndHold:
		return hold(a.Hold)
	case *ledger.EnterCount:
		return count(a.Count)
	case *ledger.ConfirmCount:
		return count(a.Count)
	case *ledger.FinaliseCount:
		return count(a.Count)
	case *ledger.ConfirmWriteOff:
		return paper(a.Paper)
	case *ledger.GiveRelief:
		return paper(a.Paper)
	case *ledger.Drop:
		return paper(a.Entry) + count(a.Entry)
	}
	return ""
}

// requestSpot is the unit of a request for help; those whom it was assigned to report it done.
func (n *Naive) requestSpot(do ledger.Action) string {
	var id ledger.RequestID
	switch a := do.(type) {
	case *ledger.SortRequest:
		id = a.Request
	case *ledger.AssignRequest:
		id = a.Request
	case *ledger.CallBack:
		id = a.Request
	case *ledger.CloseRequest:
		id = a.Request
	case *ledger.FinishRequest:
		unit := ""
		each(n, func(_ int, _ *event, x *ledger.AssignRequest) {
			if x.Request == a.Request {
				unit = string(x.To)
			}
		})
		if unit != "" {
			return unit
		}
		id = a.Request
	}
	unit := ""
	each(n, func(_ int, _ *event, x *ledger.TakeRequest) {
		if x.Request == id {
			unit = string(x.Unit)
		}
	})
	return unit
}
