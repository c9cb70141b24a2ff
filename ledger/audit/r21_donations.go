package audit

import (
	"cmp"
	"slices"

	"aixin/ledger"
	"aixin/ledger/report"
)

// donations holds deliveries against the shelf, gifts for somebody against who got them, and deliveries against the notices of goods.
type donations struct{ goods *report.Publishing }

func newDonations() observer { return &donations{report.NewPublishing()} }

func (d *donations) see(r *run, e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.Receive:
		d.receive(r, e, body)
		r.undescribed(e, body)
		r.publishing(d.goods, e)
	case *ledger.Publish, *ledger.AddUnit:
		r.publishing(d.goods, e)
	case *ledger.GoodsRelieved:
		if body.Volunteer != "" { // of a case without a number, its paper says the class
			r.directed(e, body.Volunteer)
		}
	}
	switch body := e.Body.(type) {
	case *ledger.Exchange:
		r.directed(e, body.Volunteer)
	case *ledger.Reservation: // what is collected later was theirs when it was set aside
		for _, l := range body.Lots {
			if l.Commodity.Goods() {
				r.given(e, body.Volunteer, l.Commodity, lotKey{ledger.StockOf(body.Shop), l.Lot})
			}
		}
	}
}

func (d *donations) receive(r *run, e *ledger.Entry, body *ledger.Receive) {
	for _, l := range body.Lines {
		var in ledger.Amount
		for _, p := range e.Postings {
			if p.Commodity == l.Item && p.Account == ledger.StockOf(body.Shop) {
				in += p.Amount
			}
		}
		if in != l.Pieces {
			r.found(Wrong, string(body.Shop), string(l.Item)+" "+count(in), string(l.Item)+" "+count(l.Pieces), e.Index)
		}
	}
}

// undescribed adds a finding where a delivery does not say what the rule of its shop wants of its goods; a value, of every item that came.
func (r *run) undescribed(e *ledger.Entry, body *ledger.Receive) {
	rule, _ := r.ruleOfShop(body.Shop, e.On)
	for _, need := range rule.Delivery.Needs {
		lacks := false
		switch need {
		case ledger.MissingSource:
			lacks = body.Source == ""
		case ledger.MissingBestBefore:
			lacks = body.BestBefore == 0
		case ledger.MissingValue:
			for _, l := range body.Lines {
				lacks = lacks || !slices.ContainsFunc(body.Terms, func(t ledger.ReceiptTerm) bool { return t.Item == l.Item && t.Fen > 0 })
			}
		default:
		}
		if lacks {
			r.found(Wrong, string(body.Shop), "", string(need), e.Index)
		}
	}
}

// directed looks for goods that were given for others.
func (r *run) directed(e *ledger.Entry, id ledger.VolunteerID) {
	for _, p := range e.Postings {
		if p.Lot == 0 || !p.Commodity.Goods() || p.Amount > 0 {
			continue
		}
		r.given(e, id, p.Commodity, lotKey{p.Account, p.Lot})
	}
}

// given adds a finding where somebody gets goods of a lot that was given for others.
func (r *run) given(e *ledger.Entry, id ledger.VolunteerID, item ledger.Commodity, k lotKey) {
	only, who := r.lots.at(k).only, r.people[id]
	if only != "" && (who == nil || !only.Admits(who.in(e.On), who.classes)) {
		r.found(Wrong, string(id), string(item), string(only), k.lot.Entry(), e.Index)
	}
}

func (d *donations) end(r *run) { r.unpublished(d.goods) }

// publishing shows an entry to what knows which notices are asked for.
func (r *run) publishing(p *report.Publishing, e *ledger.Entry) {
	p.See(e, func(owner string) ledger.UnitID {
		if who := r.people[ledger.VolunteerID(owner)]; who != nil {
			return who.in(e.On)
		}
		return r.unitOf(owner)
	}, func(s ledger.ShopID) ledger.UnitID { return r.shops[s] })
}

// unpublished notes what was published late, and what was not when its last day had passed.
func (r *run) unpublished(p *report.Publishing) {
	for _, x := range p.Asked(&r.org, r.ruleIn, r.last) {
		if cmp.Or(x.Hung, r.last) > x.By {
			r.found(Noted, string(x.Unit), x.Hung.String(), x.Period, x.Of...)
		}
	}
}
