package report

import (
	"fmt"
	"iter"
	"slices"

	"aixin/ledger"
)

// DonorReport says what a donor brought and what became of it.
type DonorReport struct {
	Basis
	Donor ledger.DonorID
	Lots  []DonorLot // in the order of delivery
	Given []DonorUse // in the order of the journal
}

// DonorLot is a lot that the donor brought: Received − Given + Back + Other is what is Left.
type DonorLot struct {
	Lot      ledger.LotID
	On       ledger.Date
	Shop     ledger.ShopID
	Item     ledger.Commodity
	Received ledger.Amount
	Given    ledger.Amount // handed out
	Back     ledger.Amount // of which came back, or was never taken: returned, undone or reversed
	Other    ledger.Amount // counts, write-offs, relief and corrections
	Left     ledger.Amount
	Points   ledger.Amount // that the pieces were exchanged for, less those of pieces that came back
}

// DonorUse is a movement of the donor's goods to a person, who is not named, or back.
type DonorUse struct {
	Entry  ledger.Index
	On     ledger.Date
	Lot    ledger.LotID
	Shop   ledger.ShopID
	Item   ledger.Commodity
	Pieces ledger.Amount // negative where they came back
	Points ledger.Amount
}

// Donor draws up what became of a donor's goods from the entries behind a view.
func Donor(v ledger.View, donor ledger.DonorID, entries iter.Seq2[ledger.Entry, error]) (DonorReport, error) {
	out := DonorReport{Basis: basis(v, Scope{}), Donor: donor}
	if _, err := v.Donor(donor); err != nil {
		return out, err
	}
	lots, sold := map[ledger.LotID]int{}, map[ledger.Index]ledger.Entry{}
	for e, err := range entries {
		if err != nil {
			return out, fmt.Errorf("donor report: %w", err)
		}
		if e.Index >= v.Head().Size {
			break
		}
		delivery, _ := e.Body.(*ledger.Receive)
		for _, p := range e.Postings {
			if p.Account.Class() != ledger.ClassStock {
				continue
			}
			if delivery != nil && delivery.Donor == donor {
				lots[p.Lot] = len(out.Lots)
				out.Lots = append(out.Lots, DonorLot{Lot: p.Lot, On: e.On, Shop: delivery.Shop, Item: p.Commodity, Received: p.Amount, Left: p.Amount})
				continue
			}
			if i, ok := lots[p.Lot]; ok {
				out.move(&out.Lots[i], e, p, sold)
			}
		}
	}
	return out, nil
}

// move counts a movement of a lot. What was undone or reversed comes back at the price at which it was sold.
func (r *DonorReport) move(l *DonorLot, e ledger.Entry, p ledger.Posting, sold map[ledger.Index]ledger.Entry) {
	l.Left += p.Amount
	at := e
	switch body := e.Body.(type) {
	case *ledger.UndoneExchange:
		at = sold[body.Redemption]
	case *ledger.Reversal:
		at = sold[body.Entry]
	}
	if !exchanges(at) {
		l.Other += p.Amount
		return
	}
	use := DonorUse{e.Index, e.On, l.Lot, l.Shop, l.Item, -p.Amount, priceOf(at, p.Commodity) * -p.Amount}
	if p.Amount < 0 {
		l.Given -= p.Amount
		sold[e.Index] = e
	} else {
		l.Back += p.Amount
	}
	l.Points += use.Points
	r.Given = append(r.Given, use)
}

// priceOf returns what one piece of an item was exchanged for in an entry.
func priceOf(e ledger.Entry, item ledger.Commodity) ledger.Amount {
	var lines []ledger.PricedLine
	if x, ok := e.Sold(); ok {
		lines = x.Lines
	} else if back, ok := e.Body.(*ledger.GoodsReturn); ok {
		lines = back.Lines
	}
	if i := slices.IndexFunc(lines, func(l ledger.PricedLine) bool { return l.Item == item }); i >= 0 {
		return lines[i].Points / lines[i].Pieces
	}
	return 0
}
