package audit

import "aixin/ledger"

// This file holds what an entry posts against whom it names: nobody else's account moves, and what lapses does so into the unit of whoever
// had it.

// ownersIn lists whose accounts an entry may move: the owners that its body names.
func (r *run) ownersIn(e *ledger.Entry) (list [3]string) {
	switch body := e.Body.(type) {
	case *ledger.Exchange:
		return [3]string{string(body.Volunteer), string(body.Shop), string(body.Pool)}
	case *ledger.Settlement:
		return [3]string{string(body.Volunteer), string(body.Shop), string(body.Pool)}
	case *ledger.GoodsReturn:
		return r.ownersBack(body.Redemption, body.Volunteer, body.Shop)
	case *ledger.UndoneExchange:
		return r.ownersBack(body.Redemption, body.Volunteer, body.Shop)
	case *ledger.Gift:
		return [3]string{string(body.From), string(body.To)}
	case *ledger.PoolGift:
		return [3]string{string(body.Volunteer), string(body.Pool)}
	case *ledger.Merger:
		return [3]string{string(body.From), string(body.Into)}
	case *ledger.Leaving:
		return [3]string{string(body.Volunteer), string(body.To), string(body.Pool)}
	case *ledger.Expiry:
		return [3]string{ownerOf(body.Volunteer, body.Pool)}
	case *ledger.Receive:
		return [3]string{string(body.Shop), string(body.Donor)}
	case *ledger.CountResult:
		return [3]string{string(body.Shop)}
	case *ledger.GoodsScrapped:
		return [3]string{string(body.Shop)}
	case *ledger.GoodsRelieved:
		return [3]string{string(body.Shop)}
	}
	return list
}

// ownersBack is ownersIn for what gives back of an exchange: also the pool that it was paid from.
func (r *run) ownersBack(sold ledger.Index, who ledger.VolunteerID, shop ledger.ShopID) [3]string {
	list := [3]string{string(who), string(shop)}
	if x := r.exchanges.at(sold); x != nil {
		list[2] = string(x.pool)
	}
	return list
}

// ownerOf is whose points lapse: a volunteer's, or those of a pool.
func ownerOf(v ledger.VolunteerID, pool ledger.PoolID) string {
	if pool != "" {
		return string(pool)
	}
	return string(v)
}

// unitOfOwner returns the unit of a volunteer on a day, or of a pool.
func (w *world) unitOfOwner(owner string, on ledger.Date) ledger.UnitID {
	if p := w.people[ledger.VolunteerID(owner)]; p != nil {
		return p.in(on)
	}
	if home, ok := w.homes[ledger.HouseholdID(owner)]; ok {
		return home
	}
	return ledger.UnitID(owner)
}

// strangers adds a finding where an entry moves the account of somebody whom it does not name, or lets points lapse into another unit than
// that of whoever had them.
func (r *run) strangers(e *ledger.Entry) {
	if len(e.Postings) == 0 {
		return
	}
	switch e.Body.(type) {
	case *ledger.Credit, *ledger.RecordCredit, *ledger.Reversal, *ledger.BaseGrant, *ledger.Loss, *ledger.GiftGrant:
		return // worked out as a whole: see R24, R27 and balances
	}
	list := r.ownersIn(e)
	for _, p := range e.Postings {
		owner := p.Account.Owner()
		known := owner == list[0] || owner == list[1] || owner == list[2]
		if p.Account.Class() == ledger.ClassBreakage {
			known = r.lapsesInto(e, p)
		}
		if !known {
			r.found(Wrong, owner, p.Account.String(), "", e.Index)
			return
		}
	}
}

// lapsesInto reports whether an entry takes something that lapses into the account of a posting.
func (r *run) lapsesInto(e *ledger.Entry, into ledger.Posting) bool {
	for _, p := range e.Postings {
		if p.Commodity == into.Commodity && holder(p.Account) && adds(p) < 0 && r.breakageOf(p.Account, e.On) == into.Account {
			return true
		}
	}
	return false
}

// inUnit adds a finding where an entry states another unit than that of whoever it is about, and reports whether it states the right one.
func (r *run) inUnit(e *ledger.Entry) bool {
	var subject string
	var stated ledger.UnitID
	switch body := e.Body.(type) {
	case *ledger.GiftGrant:
		subject, stated = string(body.Volunteer), body.Unit
	case *ledger.BaseGrant:
		subject, stated = string(body.Volunteer), body.Unit
	case *ledger.Leaving:
		subject, stated = string(body.Volunteer), body.Unit
	case *ledger.Expiry:
		subject, stated = ownerOf(body.Volunteer, body.Pool), body.Unit
	default:
		return true
	}
	ought := r.unitOfOwner(subject, e.On)
	if stated != ought {
		r.found(Wrong, subject, string(stated), string(ought), e.Index)
	}
	return stated == ought
}
