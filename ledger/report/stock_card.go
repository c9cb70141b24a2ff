package report

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"aixin/ledger"
)

// StockPeriod says what stood on the shelves before a period, what came and went in it, and what stands after.
type StockPeriod struct {
	Basis
	Period Period
	Rows   []StockTurn // in the order of shop and item
}

// StockTurn is one item on one shelf in a period. Short is what was handed out beyond the book, less what counts cleared of it: it is
// in Given and did not come off the shelf.
type StockTurn struct {
	Shop     ledger.ShopID
	Item     ledger.Commodity
	Name     string
	Opening  ledger.Amount
	Received ledger.Amount // less deliveries that were reversed
	Returned ledger.Amount // came back, also by reversal
	Found    ledger.Amount
	Given    ledger.Amount
	Short    ledger.Amount
	Relieved ledger.Amount
	Scrapped ledger.Amount
	Lost     ledger.Amount
}

// In is all that came onto the shelf.
func (t StockTurn) In() ledger.Amount { return t.Received + t.Returned + t.Found }

// Out is all that left it.
func (t StockTurn) Out() ledger.Amount { return t.Given - t.Short + t.Relieved + t.Scrapped + t.Lost }

// Closing is what stands on it after the period.
func (t StockTurn) Closing() ledger.Amount { return t.Opening + t.In() - t.Out() }

// StockMove is one movement of a stock card.
type StockMove struct {
	Entry   ledger.Index
	On      ledger.Date
	Kind    ledger.Kind
	In      ledger.Amount
	Out     ledger.Amount
	Balance ledger.Amount
}

// StockCard is the card of one item on one shelf: what stood before a period, every movement in it, and what stands after.
type StockCard struct {
	Basis
	Period  Period
	Shop    ledger.ShopID
	Item    ledger.Commodity
	Opening ledger.Amount
	Moves   []StockMove // in the order of entries
	Closing ledger.Amount
}

// phases are the shelves before, in and after a period.
type phases struct {
	p                     Period
	before, during, after shelves
}

func (f *phases) of(day ledger.Date) *shelves {
	switch {
	case f.p.From != 0 && day < f.p.From:
		return &f.before
	case f.p.Has(day):
		return &f.during
	}
	return &f.after
}

func newShelves() shelves {
	return shelves{rows: map[shelf]*StockRow{}, donors: map[ledger.LotID]ledger.DonorID{}}
}

// moved is what a row of movements comes to.
func (r *StockRow) moved() ledger.Amount {
	if r == nil {
		return 0
	}
	return r.Received - r.Given + r.Returned + r.Short - r.Lost + r.Found - r.Scrapped - r.Relieved
}

// StockOf draws up the shelves of a scope for a period from the entries behind a view. What the entries come to in all is held
// against what stands on each shelf: where they differ, the error wraps ledger.ErrCorrupt.
func StockOf(v ledger.View, s Scope, p Period, entries iter.Seq2[ledger.Entry, error]) (StockPeriod, error) {
	out := StockPeriod{Basis: basis(v, s), Period: p}
	f := phases{p, newShelves(), newShelves(), newShelves()}
	for e, err := range entries {
		if err != nil {
			return out, fmt.Errorf("stock of a period: %w", err)
		}
		if e.Index >= v.Head().Size {
			break
		}
		f.of(e.On).add(e)
	}
	for at, acct := range stocked(v, s) {
		if at.err != nil {
			return out, fmt.Errorf("stock of a period: %w", at.err)
		}
		opening, later, row := f.before.rows[at.shelf].moved(), f.after.rows[at.shelf].moved(), f.during.rows[at.shelf]
		if sum := opening + row.moved() + later; sum != acct.Balance {
			return out, fmt.Errorf("I8: %s at %s: entries leave %d pieces, the account has %d: %w", at.item, at.shop, sum, acct.Balance, ledger.ErrCorrupt)
		}
		if row == nil && opening == 0 {
			continue
		}
		if row == nil {
			row = &StockRow{}
		}
		out.Rows = append(out.Rows, StockTurn{
			at.shop, at.item, "", opening, row.Received, row.Returned, row.Found, row.Given, row.Short, row.Relieved, row.Scrapped, row.Lost,
		})
	}
	slices.SortFunc(out.Rows, func(a, b StockTurn) int { return cmp.Or(cmp.Compare(a.Shop, b.Shop), cmp.Compare(a.Item, b.Item)) })
	return out, out.name(v)
}

// name says what the items are called.
func (r *StockPeriod) name(v ledger.View) error {
	names := map[ledger.Commodity]string{}
	for item, err := range v.Items() {
		if err != nil {
			return fmt.Errorf("stock of a period: %w", err)
		}
		names[item.Item] = item.Name
	}
	for i := range r.Rows {
		r.Rows[i].Name = names[r.Rows[i].Item]
	}
	return nil
}

// CardOf draws up the card of an item of a shop. A shop or an item that does not exist is a *Rejection with NotFound.
func CardOf(v ledger.View, shop ledger.ShopID, item ledger.Commodity, p Period, entries iter.Seq2[ledger.Entry, error]) (StockCard, error) {
	out := StockCard{Basis: Basis{Head: v.Head(), On: v.On()}, Period: p, Shop: shop, Item: item}
	if _, err := v.Shop(shop); err != nil {
		return out, err
	}
	if _, err := v.Item(item); err != nil {
		return out, err
	}
	k := ledger.AccountKey{ID: ledger.StockOf(shop), Commodity: item}
	var sum ledger.Amount
	for e, err := range entries {
		if err != nil {
			return out, fmt.Errorf("stock card: %w", err)
		}
		if e.Index >= v.Head().Size {
			break
		}
		var net ledger.Amount
		for _, post := range e.Postings {
			if post.Account == k.ID && post.Commodity == k.Commodity {
				net += post.Amount
			}
		}
		sum += net
		switch {
		case net == 0:
		case p.From != 0 && e.On < p.From:
			out.Opening = sum
		case p.Has(e.On):
			out.Moves = append(out.Moves, StockMove{e.Index, e.On, e.Kind, max(net, 0), max(-net, 0), sum})
		}
	}
	out.Closing = out.Opening
	if n := len(out.Moves); n > 0 {
		out.Closing = out.Moves[n-1].Balance
	}
	acct, err := v.Account(k)
	if err == nil && acct.Balance != sum {
		err = fmt.Errorf("I8: %s: entries leave %d pieces, the account has %d: %w", k, sum, acct.Balance, ledger.ErrCorrupt)
	}
	return out, err
}
