package audit

import (
	"fmt"

	"aixin/ledger"
)

// publishedBy is until which day after a quarter its goods are published.
const publishedBy = 15

// donations holds deliveries against the shelf, gifts for somebody against who got them, and deliveries against the notices of goods.
type donations struct {
	received  map[season][]ledger.Index
	published map[season]bool
}

// season is a quarter of a unit.
type season struct {
	unit   ledger.UnitID
	period string
}

func newDonations() observer {
	return &donations{map[season][]ledger.Index{}, map[season]bool{}}
}

func (d *donations) see(r *run, e *ledger.Entry) {
	switch body := e.Body.(type) {
	case *ledger.Receive:
		d.receive(r, e, body)
	case *ledger.Publish:
		if body.What == ledger.PublishGoods {
			d.published[season{body.Unit, body.Period}] = true
		}
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
	k := season{r.shops[body.Shop], quarterOf(e.On)}
	d.received[k] = append(d.received[k], e.Index)
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
	only, who := r.lots[k].only, r.people[id]
	if only != "" && (who == nil || !only.Admits(who.in(e.On), who.classes)) {
		r.found(Wrong, string(id), string(item), string(only), k.lot.Entry(), e.Index)
	}
}

func quarterOf(on ledger.Date) string {
	t := on.Time()
	return fmt.Sprintf("%04d-Q%d", t.Year(), (int(t.Month())+2)/3)
}

func (d *donations) end(r *run) {
	for k, list := range d.received {
		_, until := ledger.Quarterly.Around(r.dayOf(list[0]))
		if r.last <= until.AddDays(publishedBy) {
			continue
		}
		said := false
		for _, u := range r.org.Above(k.unit, until) {
			said = said || d.published[season{u, k.period}]
		}
		if !said {
			r.found(Noted, string(k.unit), "", k.period, list...)
		}
	}
}
