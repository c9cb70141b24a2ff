package reconcile

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"aixin/ledger"
	"aixin/ledger/report"
)

// Profile says what two lists are about, and so where the book has its rows.
type Profile string

// The profiles.
const (
	ProfileHours      Profile = "hours"      // minutes of service that were credited, or wait for it
	ProfileVouchers   Profile = "vouchers"   // exchanges of which there is a paper, in points
	ProfileCounts     Profile = "counts"     // pieces on a shelf
	ProfileDonations  Profile = "donations"  // pieces that donors delivered
	ProfileSettlement Profile = "settlement" // exchanges at a partner's shop, in points
)

// Profiles lists every profile.
func Profiles() []Profile {
	return []Profile{ProfileHours, ProfileVouchers, ProfileCounts, ProfileDonations, ProfileSettlement}
}

// Field is a column that both sides have.
type Field string

// The fields.
const (
	FieldVolunteer Field = "volunteer"
	FieldActivity  Field = "activity"
	FieldStart     Field = "start" // day and time of day
	FieldDate      Field = "date"
	FieldSheet     Field = "sheet"
	FieldShop      Field = "shop"
	FieldItem      Field = "item"
	FieldDonor     Field = "donor"
	FieldNote      Field = "note" // number of a delivery note
	FieldVoucher   Field = "voucher"
	FieldSlip      Field = "slip"    // the numbered paper that was signed
	FieldReceipt   Field = "receipt" // what the counter printed, such as R000041
	FieldAmount    Field = "amount"
)

// Fields lists what the rows of a profile have; the first says whom a row is about, unless party names others.
func (p Profile) Fields() []Field {
	switch p {
	case ProfileHours:
		return []Field{FieldVolunteer, FieldActivity, FieldStart, FieldDate, FieldSheet, FieldAmount}
	case ProfileVouchers:
		return []Field{FieldVolunteer, FieldShop, FieldDate, FieldVoucher, FieldSlip, FieldReceipt, FieldAmount}
	case ProfileCounts:
		return []Field{FieldShop, FieldItem, FieldDate, FieldAmount}
	case ProfileDonations:
		return []Field{FieldDonor, FieldShop, FieldItem, FieldNote, FieldDate, FieldAmount}
	case ProfileSettlement:
		return []Field{FieldShop, FieldVolunteer, FieldDate, FieldVoucher, FieldSlip, FieldReceipt, FieldAmount}
	}
	return nil
}

// Key returns the fields that name an event where a rule says nothing else.
func (p Profile) Key() []Field {
	switch p {
	case ProfileHours:
		return []Field{FieldVolunteer, FieldActivity, FieldDate}
	case ProfileVouchers:
		return []Field{FieldVoucher}
	case ProfileCounts:
		return []Field{FieldShop, FieldItem}
	case ProfileDonations:
		return []Field{FieldNote, FieldItem}
	case ProfileSettlement:
		return []Field{FieldSlip}
	}
	return nil
}

// Party returns the field that says whom a row is about.
func (p Profile) Party() Field { return p.Fields()[0] }

// Record is a row with all its fields, before a rule says which of them are the key.
type Record struct {
	Ref    int64
	On     ledger.Date
	Amount int64
	Waits  bool // it is declared, and not credited yet
	Fields map[Field]string
}

// Row makes a row of a record. A key of which a part lacks is none: half a key names nothing.
func (r Record) Row(p Profile, key []Field) Row {
	parts := make([]string, len(key))
	for i, f := range key {
		parts[i] = r.Fields[f]
	}
	row := Row{Ref: r.Ref, Party: r.Fields[p.Party()], On: r.On, Amount: r.Amount, Waits: r.Waits}
	if !slices.Contains(parts, "") {
		row.Key = strings.Join(parts, "/")
	}
	return row
}

// BookOf hands on what the book has under a profile, record by record: take may keep what it makes of one.
func BookOf(v ledger.View, p Profile, entries iter.Seq2[ledger.Entry, error], take func(Record)) error {
	switch p {
	case ProfileHours:
		return hours(v, take)
	case ProfileVouchers:
		return exchanges(v, entries, func(r Record) {
			if r.Fields[FieldVoucher] != "" || r.Fields[FieldSlip] != "" { // what went over the counter by card left no paper
				take(r)
			}
		})
	case ProfileSettlement:
		return exchanges(v, entries, take)
	case ProfileCounts:
		return shelves(v, entries, take)
	case ProfileDonations:
		return deliveries(v, entries, take)
	}
	return fmt.Errorf("reconcile: profile %q", p)
}

// hours lists what was credited or waits for it; what was taken back after its credit stands there twice, once below zero, and what
// was sent back before it not at all.
func hours(v ledger.View, take func(Record)) error {
	for r, err := range v.Records() {
		if err != nil {
			return fmt.Errorf("reconcile: %w", err)
		}
		if r.Kind != ledger.HoursDeclared || r.State == ledger.SentBack {
			continue
		}
		on := r.Start.On()
		waits := r.State != ledger.Credited && r.State != ledger.ReversedBack
		row := Record{int64(r.Index), on, int64(r.Minutes), waits, map[Field]string{
			FieldVolunteer: string(r.Volunteer), FieldActivity: string(r.Activity), FieldStart: r.Start.String(), FieldDate: on.String(),
		}}
		if e, err := v.Entry(r.Index); err != nil {
			return fmt.Errorf("reconcile: %w", err)
		} else if body, ok := e.Body.(*ledger.HoursRecord); ok {
			row.Fields[FieldSheet] = body.Sheet
		}
		take(row)
		if r.State == ledger.ReversedBack {
			row.Amount = -row.Amount
			take(row)
		}
	}
	return nil
}

// exchanges lists goods that were handed out for points, and what came back for them under the same numbers.
func exchanges(v ledger.View, entries iter.Seq2[ledger.Entry, error], take func(Record)) error {
	sold := map[ledger.Index]Record{} // what comes back names it
	for e, err := range entries {
		if err != nil {
			return fmt.Errorf("reconcile: %w", err)
		}
		if e.Index >= v.Head().Size {
			break
		}
		if x, ok := e.Sold(); ok {
			r := exchange(e, x)
			sold[e.Index] = r
			take(r)
			continue
		}
		of, some, points := ledger.Index(0), false, ledger.Amount(0)
		switch body := e.Body.(type) {
		case *ledger.GoodsReturn:
			of, some, points = body.Redemption, true, pointsOf(body.Lines)
		case *ledger.UndoneExchange:
			of = body.Redemption
		case *ledger.Reversal:
			of = body.Entry
		}
		if r, ok := sold[of]; ok {
			back := r
			if back.Ref, back.On, back.Amount = int64(e.Index), e.On, -r.Amount; some {
				back.Amount = -int64(points)
			}
			take(back)
		}
	}
	return nil
}

func exchange(e ledger.Entry, x *ledger.Exchange) Record {
	on := e.On
	if x.Happened != 0 {
		on = x.Happened
	}
	r := Record{int64(e.Index), on, int64(pointsOf(x.Lines)), false, map[Field]string{
		FieldVolunteer: string(x.Volunteer), FieldShop: string(x.Shop), FieldDate: on.String(), FieldSlip: x.Slip, FieldReceipt: strconv.FormatInt(int64(e.Index), 10),
	}}
	if x.Voucher != 0 {
		r.Fields[FieldVoucher] = strconv.FormatInt(x.Voucher, 10)
	}
	return r
}

func pointsOf(lines []ledger.PricedLine) (sum ledger.Amount) {
	for _, l := range lines {
		sum += l.Points
	}
	return sum
}

// shelves lists how many pieces the book has on every shelf on the day of the view, with the entry that moved it last.
func shelves(v ledger.View, entries iter.Seq2[ledger.Entry, error], take func(Record)) error {
	last := map[ledger.AccountKey]ledger.Index{}
	stock, err := report.Stock(v, report.Scope{}, func(yield func(ledger.Entry, error) bool) {
		for e, err := range entries {
			for _, p := range e.Postings {
				if p.Account.Class() == ledger.ClassStock && e.Index < v.Head().Size {
					last[ledger.AccountKey{ID: p.Account, Commodity: p.Commodity}] = e.Index
				}
			}
			if !yield(e, err) {
				return
			}
		}
	})
	if err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	for _, r := range stock.Rows {
		moved := last[ledger.AccountKey{ID: ledger.StockOf(r.Shop), Commodity: r.Item}]
		take(Record{int64(moved), v.On(), int64(r.OnHand), false, map[Field]string{
			FieldShop: string(r.Shop), FieldItem: string(r.Item), FieldDate: v.On().String(),
		}})
	}
	return nil
}

// deliveries lists what donors brought, by item; what was taken back stands there twice.
func deliveries(v ledger.View, entries iter.Seq2[ledger.Entry, error], take func(Record)) error {
	all, err := report.Deliveries(v, report.Scope{}, entries)
	if err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	for _, r := range all.Rows {
		row := Record{int64(r.Entry), r.On, int64(r.Delivered), false, map[Field]string{
			FieldDonor: string(r.Donor), FieldShop: string(r.Shop), FieldItem: string(r.Item), FieldNote: r.Note, FieldDate: r.On.String(),
		}}
		take(row)
		if r.Reversed {
			row.Amount = -row.Amount
			take(row)
		}
	}
	return nil
}
