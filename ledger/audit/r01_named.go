package audit

import "aixin/ledger"

// This file holds what an entry posts against whom it names: nobody else's account moves.

// ownersIn lists whose accounts an entry may move: the owners that its body names, and the unit into which something of theirs lapses.
func (r *run) ownersIn(e *ledger.Entry) (list [5]string) {
	switch body := e.Body.(type) {
	case *ledger.Exchange:
		return [5]string{string(body.Volunteer), string(body.Shop), string(body.Pool)}
	case *ledger.Settlement:
		return [5]string{string(body.Volunteer), string(body.Shop), string(body.Pool)}
	case *ledger.GoodsReturn:
		return r.ownersBack(e, body.Redemption, body.Volunteer, body.Shop)
	case *ledger.UndoneExchange:
		return r.ownersBack(e, body.Redemption, body.Volunteer, body.Shop)
	case *ledger.Gift:
		return [5]string{string(body.From), string(body.To)}
	case *ledger.PoolGift:
		return [5]string{string(body.Volunteer), string(body.Pool)}
	case *ledger.Merger:
		return [5]string{string(body.From), string(body.Into)}
	case *ledger.Leaving:
		return [5]string{string(body.Volunteer), string(body.To), string(body.Pool), string(r.unitOfOwner(string(body.Volunteer), e.On))}
	case *ledger.Expiry:
		owner := ownerOf(body.Volunteer, body.Pool)
		return [5]string{owner, string(r.unitOfOwner(owner, e.On))}
	case *ledger.Receive:
		return [5]string{string(body.Shop), string(body.Donor)}
	case *ledger.CountResult:
		return [5]string{string(body.Shop)}
	case *ledger.GoodsScrapped:
		return [5]string{string(body.Shop)}
	case *ledger.GoodsRelieved:
		return [5]string{string(body.Shop)}
	case *ledger.GiftGrant:
		return [5]string{string(body.Volunteer), string(body.Unit)}
	}
	return list
}

// ownersBack is ownersIn for what gives back of an exchange: also the pool that it was paid from, and the units into which what lapsed beside it goes.
func (r *run) ownersBack(e *ledger.Entry, sold ledger.Index, who ledger.VolunteerID, shop ledger.ShopID) [5]string {
	list := [5]string{string(who), string(shop), 3: string(r.unitOfOwner(string(who), e.On))}
	if x := r.exchanges.at(sold); x != nil && x.pool != "" {
		list[2], list[4] = string(x.pool), string(r.unitOfOwner(string(x.pool), e.On))
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

// strangers adds a finding where an entry moves the account of somebody whom it does not name.
func (r *run) strangers(e *ledger.Entry) {
	if len(e.Postings) == 0 {
		return
	}
	switch e.Body.(type) {
	case *ledger.Credit, *ledger.RecordCredit, *ledger.Reversal, *ledger.BaseGrant, *ledger.Loss:
		return // worked out as a whole: see R24 and R27
	}
	list := r.ownersIn(e)
	for _, p := range e.Postings {
		if owner := p.Account.Owner(); owner != list[0] && owner != list[1] && owner != list[2] && owner != list[3] && owner != list[4] {
			r.found(Wrong, owner, string(p.Account), "", e.Index)
			return
		}
	}
}
