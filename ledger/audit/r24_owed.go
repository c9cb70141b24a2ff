package audit

import "aixin/ledger"

// This file works out again what becomes of what somebody got by an entry that is reversed: they lose what they have left of it, what had
// lapsed comes back from breakage, and they owe what they spent.

// takesBack holds the reversal of a credit, a delivery or a gift of a unit against what that gave.
func (b *backs) takesBack(r *run, e *ledger.Entry, orig ledger.Index) {
	gave, earner := b.brought[orig], ledger.VolunteerID("")
	if rec := r.credits.at(orig); rec != nil {
		earner = rec.volunteer
		if rec.approved == orig { // the one that posted it, not one on the way to it
			gave = rec.postings(orig)
		}
	}
	subject := string(earner)
	if subject == "" && len(e.Postings) > 0 {
		subject = e.Postings[0].Account.Owner()
	}
	r.moves(e, subject, b.losing(r, e, orig, earner, gave), orig, e.Index)
}

// postings are those of the credit of a record.
func (rec *record) postings(credit ledger.Index) (list []ledger.Posting) {
	for _, s := range rec.sums() {
		p := ledger.Posting{Account: s.account(), Commodity: s.commodity, Amount: s.amount}
		if s.class == ledger.ClassPoints {
			p.Lot = ledger.NewLotID(credit, 1)
		}
		if p.Amount != 0 {
			list = append(list, p)
		}
	}
	return list
}

// losing works out what the reversal of an entry posts for what that gave: lots that it opened, and the other side of them.
func (b *backs) losing(
	r *run, e *ledger.Entry, orig ledger.Index, earner ledger.VolunteerID, gave []ledger.Posting,
) map[ledger.AccountKey]ledger.Amount {
	ought := map[ledger.AccountKey]ledger.Amount{}
	for _, p := range gave {
		k, n := ledger.AccountKey{ID: p.Account, Commodity: p.Commodity}, p.Amount.Abs()
		if !holder(p.Account) || !p.Commodity.Points() || p.Lot.Entry() != orig {
			ought[k] -= p.Amount
			continue
		}
		expired := b.lapsed[p.Lot]
		left := n - expired // what of gift points was spent is not owed: they are not taken back then
		if p.Commodity == ledger.Point {
			left = r.lots.at(lotKey{p.Account, p.Lot}).left
		}
		ought[k] += left
		ought[ledger.AccountKey{ID: r.breakageOf(p.Account, e.On), Commodity: p.Commodity}] += expired
		who := ledger.VolunteerID(p.Account.Owner())
		if !who.Valid() {
			who = earner // who earned it into the pool
		}
		if owed := n - left - expired; owed != 0 {
			ought[ledger.AccountKey{ID: ledger.RecoverableOf(r.goesOn(who)), Commodity: p.Commodity}] += owed
		}
	}
	return ought
}

// breakageOf names the account into which points of an account lapse.
func (r *run) breakageOf(a ledger.AccountID, on ledger.Date) ledger.AccountID {
	return ledger.NewAccountID(ledger.ClassBreakage, r.unitOfOwner(a.Owner(), on))
}

// lapses notes what an entry lets lapse, of each lot. What an expiry carries on comes out of its first lots.
func (b *backs) lapses(e *ledger.Entry) {
	var carried ledger.Amount
	var undoes ledger.Index
	list := e.Postings
	switch body := e.Body.(type) {
	case *ledger.Expiry:
		carried = body.Carried
	case *ledger.Leaving:
		list = list[min(len(list), 2*len(body.Lots)):] // what goes over comes first
	case *ledger.Reversal:
		undoes = body.Entry
	case *ledger.UndoneExchange, *ledger.GoodsReturn:
	default:
		return
	}
	for _, p := range list {
		if p.Lot == 0 || !p.Commodity.Points() || p.Amount < 0 || undoes != 0 && p.Lot.Entry() == undoes {
			continue
		}
		n := min(carried, p.Amount)
		carried -= n
		b.lapsed[p.Lot] += p.Amount - n
	}
}
