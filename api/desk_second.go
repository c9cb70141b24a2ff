package api

import (
	"aixin/api/catalog"
	"aixin/api/web"
	"aixin/ledger"
)

// This file is what waits at the desk for a second person.

// seconds adds what waits for a second person. It is not ticked: each is looked at.
func (d *desk) seconds(t *web.Grid, rec ledger.Record) error {
	e, err := d.view.Entry(rec.Index)
	if err != nil {
		return err
	}
	waits, err := NewWaitingRecord(d.view, rec)
	if err != nil {
		return err
	}
	r := row(t, counts(rec.Index), string(waits.Volunteer), d.proposed(rec, e), "", "",
		points(ledger.Amount(waits.Points)), counts(d.view.On()-e.On), d.t("second"), string(rec.Declarer))
	if decides, _ := d.mayTick(rec); decides {
		r.Tick = counts(rec.Index)
	}
	return nil
}

// proposed says what waits for a second person: of goods also which, how many, where and from or to whom, since their number is what is signed.
func (d *desk) proposed(rec ledger.Record, e ledger.Entry) string {
	said := d.t("proposal") + " " + catalog.Name(d.say, "kind", rec.For())
	p, ok := e.Body.(*ledger.Proposal)
	if !ok {
		return said
	}
	parts := []string{said}
	list := func(lines []ledger.ItemLine) {
		for _, l := range lines {
			parts = append(parts, d.itemNamed(l.Item)+" × "+counts(l.Pieces))
		}
	}
	switch goods := p.Do.(type) {
	case *ledger.Receive:
		list(goods.Lines)
		parts = append(parts, day(goods.BestBefore), d.shopNamed(goods.Shop), d.donorNamed(goods.Donor))
	case *ledger.Redeem:
		list(goods.Lines)
		parts = append(parts, d.shopNamed(goods.Shop), string(goods.Volunteer), d.t("voucher", catalog.Data{"Number": goods.Voucher, "On": day(goods.Happened)}))
	}
	return joined(parts...)
}
