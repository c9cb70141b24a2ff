package api

import (
	"encoding/base64"

	"aixin/ledger"
)

// The counter's day, as programs read it.
type (
	// CounterClose is the report of a closed day.
	CounterClose struct {
		Shop       ledger.ShopID  `json:"shop"`
		Number     int64          `json:"number"`
		Entry      ledger.Index   `json:"entry"`
		Clerk      ledger.StaffID `json:"closed_by"`
		At         Time           `json:"at"`
		On         ledger.Date    `json:"opened_on"`
		From       ledger.Index   `json:"from"`
		Through    ledger.Index   `json:"through"`
		Previous   ledger.Index   `json:"previous,omitempty"`
		Leaf       string         `json:"previous_leaf,omitempty"`
		Exchanges  int64          `json:"exchanges"`
		Points     Points         `json:"points"`
		Undone     int64          `json:"undone"`
		Returns    int64          `json:"returns"`
		BackPoints Points         `json:"back_points"`
		Items      []CounterItem  `json:"items"`
		Clerks     []CounterClerk `json:"clerks"`
		Vouchers   []int64        `json:"vouchers,omitempty"`
		Missing    []int64        `json:"missing_vouchers,omitempty"`
	}

	// CounterItem is what became of one item.
	CounterItem struct {
		Item       ledger.Commodity `json:"item"`
		Pieces     ledger.Amount    `json:"pieces"`
		Points     Points           `json:"points"`
		Back       ledger.Amount    `json:"back"`
		BackPoints Points           `json:"back_points"`
		Short      ledger.Amount    `json:"short"`
		WrittenOff ledger.Amount    `json:"written_off,omitempty"`
		Relieved   ledger.Amount    `json:"relieved,omitempty"`
		Lost       ledger.Amount    `json:"lost,omitempty"`
		Found      ledger.Amount    `json:"found,omitempty"`
	}

	// CounterClerk is what one clerk did.
	CounterClerk struct {
		Clerk     ledger.StaffID `json:"clerk"`
		Exchanges int64          `json:"exchanges"`
		Points    Points         `json:"points"`
		Undone    int64          `json:"undone"`
	}
)

// NewCounterClose returns the wire form of a close.
func NewCounterClose(e ledger.Entry, r *ledger.CounterClose) CounterClose {
	out := CounterClose{
		Shop: r.Shop, Number: r.Number, Entry: e.Index, Clerk: e.Actor, At: Time(e.At), On: r.On, From: r.From, Through: r.Through,
		Previous: r.Previous, Exchanges: r.Exchanges, Points: Points(r.Points), Undone: r.Undone, Returns: r.Returns,
		BackPoints: Points(r.BackPoints), Items: []CounterItem{}, Clerks: []CounterClerk{},
		Vouchers: r.Vouchers, Missing: r.Missing,
	}
	if r.Previous != 0 {
		out.Leaf = base64.StdEncoding.EncodeToString(r.Leaf[:])
	}
	for _, i := range r.Items {
		out.Items = append(out.Items, CounterItem{
			Item: i.Item, Pieces: i.Pieces, Points: Points(i.Points), Back: i.Back, BackPoints: Points(i.BackPoints), Short: i.Short,
			WrittenOff: i.Scrapped, Relieved: i.Relieved, Lost: i.Lost, Found: i.Found,
		})
	}
	for _, c := range r.Clerks {
		out.Clerks = append(out.Clerks, CounterClerk{c.Clerk, c.Exchanges, Points(c.Points), c.Undone})
	}
	return out
}
