package report

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"aixin/ledger"
)

// RateDays is how many days, today included, say how fast goods leave a shelf.
const RateDays = 30

// StockReport says what came onto the shelves, what left them, and what stands there.
type StockReport struct {
	Basis
	Rows []StockRow // in the order of shop and item
}

// StockRow is one item on one shelf: OnHand is Received − Given + Returned + Short − Lost + Found − Scrapped − Relieved.
type StockRow struct {
	Shop     ledger.ShopID
	Item     ledger.Commodity
	Name     string
	Received ledger.Amount // without deliveries that were reversed
	Given    ledger.Amount // handed out, whatever came back
	Returned ledger.Amount // came back, also by reversal
	Short    ledger.Amount // handed out beyond the book, until the next count
	OnHand   ledger.Amount
	Past     ledger.Amount // of OnHand: past its date, to be written off
	Lately   ledger.Amount // given less returned in the last RateDays days
	Each     ledger.Amount // the price of the day of one piece
	Priced   bool          // whether there is one
	Lots     []StockLot    // in the order in which they are drawn
	Lost     ledger.Amount // not found by counts
	Found    ledger.Amount // found by counts beyond the book
	Scrapped ledger.Amount // written off
	Relieved ledger.Amount // given without points
}

// Otherwise reports whether something came or went without a delivery or an exchange.
func (r StockRow) Otherwise() bool {
	return r.Lost != 0 || r.Found != 0 || r.Scrapped != 0 || r.Relieved != 0
}

// StockLot is an open lot on a shelf.
type StockLot struct {
	ledger.Lot
	Donor ledger.DonorID
	Past  bool
	Value ledger.Amount // in points at the price of the day; zero where there is none
}

// PastDate returns the report with nothing but the lots past their date, which are to be written off.
func (r StockReport) PastDate() StockReport {
	out := StockReport{Basis: r.Basis}
	for _, row := range r.Rows {
		row.Lots = slices.DeleteFunc(slices.Clone(row.Lots), func(l StockLot) bool { return !l.Past })
		if len(row.Lots) > 0 {
			out.Rows = append(out.Rows, row)
		}
	}
	return out
}

// Supply returns how many whole days the usable pieces last at the rate of late; ok is false where nothing leaves.
func (r StockRow) Supply() (days int64, ok bool) {
	if r.Lately <= 0 {
		return 0, false
	}
	return int64((r.OnHand - r.Past) * RateDays / r.Lately), true
}

// Value returns what the usable pieces are worth in points at the price of the day.
func (r StockRow) Value() ledger.Amount { return worth(r.OnHand-r.Past, r.Each) }

// shelf names an item of a shop.
type shelf struct {
	shop ledger.ShopID
	item ledger.Commodity
}

// shelves gathers what entries did to shelves.
type shelves struct {
	since  ledger.Date // the first day that counts for the rate
	rows   map[shelf]*StockRow
	donors map[ledger.LotID]ledger.DonorID
}

// InDeliveries reports whether reports of shelves look into the entries of a kind. Of all others they ask for the postings alone.
func InDeliveries(k ledger.Kind) bool { return k == ledger.Received || k == ledger.Reversed }

// Stock draws up the shelves of a view from the entries behind it. The movements come from the entries and what stands there
// from the accounts, so that each is held against the other: where they differ, the error wraps ledger.ErrCorrupt.
func Stock(v ledger.View, s Scope, entries iter.Seq2[ledger.Entry, error]) (StockReport, error) {
	out := StockReport{Basis: basis(v, s)}
	moved := shelves{v.On().AddDays(1 - RateDays), map[shelf]*StockRow{}, map[ledger.LotID]ledger.DonorID{}}
	for e, err := range entries {
		if err != nil {
			return out, fmt.Errorf("stock report: %w", err)
		}
		if e.Index >= v.Head().Size {
			break
		}
		moved.add(e)
	}
	units, items := map[ledger.ShopID]ledger.UnitID{}, map[ledger.Commodity]ledger.Item{}
	for shop, err := range v.Shops() {
		if err != nil {
			return out, fmt.Errorf("stock report: %w", err)
		}
		units[shop.Shop] = shop.Unit
	}
	for item, err := range v.Items() {
		if err != nil {
			return out, fmt.Errorf("stock report: %w", err)
		}
		items[item.Item] = item
	}
	for at, row := range moved.rows {
		if !s.Has(units[at.shop]) {
			continue
		}
		row.Shop, row.Item, row.Name = at.shop, at.item, items[at.item].Name
		row.Each, row.Priced = items[at.item].PriceOn(v.On())
		if err := row.stand(v, moved.donors); err != nil {
			return out, err
		}
		out.Rows = append(out.Rows, *row)
	}
	slices.SortFunc(out.Rows, func(a, b StockRow) int {
		return cmp.Or(cmp.Compare(a.Shop, b.Shop), cmp.Compare(a.Item, b.Item))
	})
	return out, nil
}

// add counts what an entry moved.
func (s *shelves) add(e ledger.Entry) {
	var donor ledger.DonorID
	delivery := e.Kind == ledger.Received
	switch body := e.Body.(type) {
	case *ledger.Receive:
		donor = body.Donor
	case *ledger.Reversal:
		delivery = body.Of == ledger.Received
	}
	for _, p := range e.Postings {
		if !p.Commodity.Goods() || p.Account.Class() == ledger.ClassReceived {
			continue
		}
		at := shelf{ledger.ShopID(p.Account.Owner()), p.Commodity}
		if s.rows[at] == nil {
			s.rows[at] = &StockRow{}
		}
		row := s.rows[at]
		switch class := p.Account.Class(); {
		case class == ledger.ClassShort:
			row.Short -= p.Amount
		case row.otherwise(class, p.Amount):
		case class == ledger.ClassStock && delivery:
			row.Received += p.Amount
			if donor != "" {
				s.donors[p.Lot] = donor
			}
		case class == ledger.ClassGiven:
			if p.Amount > 0 {
				row.Given += p.Amount
			} else {
				row.Returned -= p.Amount
			}
			if e.On >= s.since {
				row.Lately += p.Amount
			}
		}
	}
}

// otherwise counts what came or went without a delivery or an exchange.
func (r *StockRow) otherwise(class ledger.Class, amount ledger.Amount) bool {
	switch class {
	case ledger.ClassLost:
		r.Lost += amount
	case ledger.ClassFound:
		r.Found -= amount
	case ledger.ClassScrapped:
		r.Scrapped += amount
	case ledger.ClassRelieved:
		r.Relieved += amount
	default:
		return false
	}
	return true
}

// stand fills in what stands on the shelf, and holds it against what moved.
func (r *StockRow) stand(v ledger.View, donors map[ledger.LotID]ledger.DonorID) error {
	acct, err := v.Account(ledger.AccountKey{ID: ledger.StockOf(r.Shop), Commodity: r.Item})
	if err != nil {
		return fmt.Errorf("stock report: %w", err)
	}
	r.OnHand = acct.Balance
	for _, l := range acct.Lots {
		past := l.Lapsed(v.On())
		if past {
			r.Past += l.Left
		}
		r.Lots = append(r.Lots, StockLot{Lot: l, Donor: donors[l.ID], Past: past, Value: worth(l.Left, r.Each)})
	}
	if moved := r.moved(); moved != r.OnHand {
		return fmt.Errorf("%s at %s: entries leave %d pieces, the account has %d: %w", r.Item, r.Shop, moved, r.OnHand, ledger.ErrCorrupt)
	}
	return nil
}
