package api

import (
	"github.com/shopspring/decimal"

	"aixin/ledger"
	"aixin/ledger/report"
)

// The reports, as programs read them. Each says at which entry and day it stands, and for which unit with everything below it.
type (
	// Basis is what a report was drawn up from.
	Basis struct {
		AsOf ledger.Index  `json:"as_of_index"`
		On   ledger.Date   `json:"on"`
		Unit ledger.UnitID `json:"unit,omitempty"` // absent for the whole book
	}

	// ActivityReport is what was served and done in a period.
	ActivityReport struct {
		Basis
		From  ledger.Date   `json:"from,omitempty"`
		To    ledger.Date   `json:"to,omitempty"`
		Rows  []ActivityRow `json:"rows"`
		Units []ActivityRow `json:"units"` // each with everything below it
		Total ActivityRow   `json:"total"`
	}

	// ActivityRow counts records, and adds up what of them was credited and stands.
	ActivityRow struct {
		Unit       ledger.UnitID     `json:"unit,omitempty"`
		Activity   ledger.ActivityID `json:"activity,omitempty"` // absent for acts
		Code       ledger.Code       `json:"code,omitempty"`
		Name       string            `json:"name,omitempty"`
		Declared   int64             `json:"declared"`
		Pending    int64             `json:"pending"`
		Credited   int64             `json:"credited"`
		Returned   int64             `json:"returned"`
		Reversed   int64             `json:"reversed"`
		Volunteers int64             `json:"volunteers"`
		Minutes    ledger.Amount     `json:"minutes"`
		Quantity   int64             `json:"quantity,omitempty"`   // of acts of one code
		CountedIn  string            `json:"counted_in,omitempty"` // what the quantity counts; a code that counts two things has two rows
		Points     Points            `json:"points"`
		Captured   Captured          `json:"captured_minutes"`
	}

	// Captured splits minutes by how they were captured.
	Captured struct {
		Scan     ledger.Amount `json:"scan"`
		Roster   ledger.Amount `json:"roster"`
		Backfill ledger.Amount `json:"backfill"`
	}

	// StockReport is what stands on the shelves and how it came there.
	StockReport struct {
		Basis
		Rows      []StockRow       `json:"rows"`
		Uncounted []UncountedShelf `json:"uncounted,omitempty"` // not counted in time
	}

	// UncountedShelf is a shelf that was not counted in time.
	UncountedShelf struct {
		Shop ledger.ShopID `json:"shop"`
		Last ledger.Date   `json:"last,omitzero"` // none where it never was
		Due  ledger.Date   `json:"due"`
	}

	// StockRow is one item on one shelf.
	StockRow struct {
		Shop     ledger.ShopID    `json:"shop"`
		Item     ledger.Commodity `json:"item"`
		Name     string           `json:"name"`
		Received ledger.Amount    `json:"received"`
		Given    ledger.Amount    `json:"given"`
		Returned ledger.Amount    `json:"returned"`
		Short    ledger.Amount    `json:"short"`
		OnHand   ledger.Amount    `json:"on_hand"`
		Past     ledger.Amount    `json:"past_date"` // of on_hand
		Lately   ledger.Amount    `json:"given_in_30_days"`
		Supply   *int64           `json:"days_of_supply,omitempty"` // absent where nothing leaves the shelf
		Value    *Points          `json:"value,omitempty"`          // of what is usable; absent where there is no price
		Lots     []StockLot       `json:"lots"`
		Lost     ledger.Amount    `json:"lost,omitempty"`
		Found    ledger.Amount    `json:"found,omitempty"`
		Scrapped ledger.Amount    `json:"written_off,omitempty"`
		Relieved ledger.Amount    `json:"relieved,omitempty"`
	}

	// StockLot is an open lot of goods.
	StockLot struct {
		Lot        ledger.LotID   `json:"lot"`
		Donor      ledger.DonorID `json:"donor,omitempty"` // none where a count found them
		Left       ledger.Amount  `json:"left"`
		BestBefore ledger.Date    `json:"best_before,omitempty"`
		Past       bool           `json:"past_date,omitempty"`
		Value      *Points        `json:"value,omitempty"`

		Only ledger.Restriction `json:"only,omitempty"` // for whom they were given
	}

	// AgingReport is when points lapse and goods pass their date.
	AgingReport struct {
		Basis
		Points []PointsAge `json:"points"`
		Goods  []GoodsAge  `json:"goods"`
		Total  AgingTotal  `json:"total"`
	}

	// PointsAge is what lapses at an age: "lapsed", within "7", "30", "60" or "180" days, "later", or "never".
	PointsAge struct {
		Age        string `json:"age"`
		Points     Points `json:"points"`
		Lots       int64  `json:"lots"`
		Volunteers int64  `json:"volunteers"`
		GoesOn     Points `json:"goes_on,omitempty"` // of the points, what the rules let go on to the next year
	}

	// GoodsAge is likewise.
	GoodsAge struct {
		Age    string        `json:"age"`
		Pieces ledger.Amount `json:"pieces"`
		Lots   int64         `json:"lots"`
		Value  Points        `json:"value"`
	}

	// AgingTotal sums all ages.
	AgingTotal struct {
		Points Points        `json:"points"`
		Pieces ledger.Amount `json:"pieces"`
		Value  Points        `json:"value"`
	}

	// LiabilityReport holds the points outstanding against the goods on the shelves and the budgets.
	LiabilityReport struct {
		Basis
		Ratio string         `json:"yuan_per_point"`
		Warn  int64          `json:"warn_below_percent"`
		Units []LiabilityRow `json:"units"` // each with everything below it
		Total LiabilityRow   `json:"total"`
	}

	// LiabilityRow is the liability of a unit or of the whole report.
	LiabilityRow struct {
		Unit            ledger.UnitID `json:"unit,omitempty"`
		Name            string        `json:"name,omitempty"`
		Outstanding     Points        `json:"outstanding"`
		Lapsed          Points        `json:"lapsed"` // of outstanding
		Pending         Points        `json:"pending"`
		Goods           Points        `json:"goods"`
		Unpriced        ledger.Amount `json:"unpriced_pieces"`
		Shops           int64         `json:"shops"`
		Cover           *int64        `json:"cover_percent,omitempty"` // absent where nothing is outstanding
		Below           bool          `json:"below"`                   // a unit without a shop and a budget is not, whatever it covers
		OutstandingYuan string        `json:"outstanding_yuan"`
		GoodsYuan       string        `json:"goods_yuan"`
		BudgetYuan      string        `json:"budget_yuan"`
	}

	// StarReport is who served how long.
	StarReport struct {
		Basis
		Levels []StarLevel `json:"levels"`
		Rows   []StarRow   `json:"rows"`
	}

	// StarLevel is a level and how many have reached it and no higher one.
	StarLevel struct {
		Level      int64         `json:"level"`
		Minutes    ledger.Amount `json:"minutes"`
		Volunteers int64         `json:"volunteers"`
		Takes      []StarWant    `json:"takes,omitempty"` // beside minutes
	}

	// StarRow is the service of one volunteer number; the name is masked, and absent where no registry is open.
	StarRow struct {
		Volunteer ledger.VolunteerID `json:"volunteer"`
		Name      string             `json:"name,omitempty"`
		Unit      ledger.UnitID      `json:"unit"`
		Minutes   ledger.Amount      `json:"minutes"`
		Level     int64              `json:"level"`
		Lacks     ledger.Amount      `json:"minutes_to_next"` // 0 at the highest level

		Since ledger.Date `json:"since,omitempty"` // the first day of service that counts; absent where all of it does
		Wants []StarWant  `json:"wants,omitempty"` // what else the next level takes
	}

	// StarWant is what somebody lacks for the next level beside minutes: so many services, years, or fewer complaints.
	StarWant struct {
		What  ledger.StarNeed `json:"what"`
		Count ledger.Amount   `json:"count"`
	}
)

func newBasis(b report.Basis) Basis { return Basis{b.Head.Size - 1, b.On, b.Unit} }

// NewActivityReport writes a report of activities.
func NewActivityReport(r report.ActivityReport) ActivityReport {
	rows := func(list []report.ActivityRow) []ActivityRow {
		out := []ActivityRow{}
		for _, row := range list {
			out = append(out, newActivityRow(row))
		}
		return out
	}
	return ActivityReport{
		Basis: newBasis(r.Basis), From: r.Period.From, To: r.Period.To, Rows: rows(r.Rows), Units: rows(r.Units),
		Total: newActivityRow(report.ActivityRow{Tally: r.Total}),
	}
}

func newActivityRow(r report.ActivityRow) ActivityRow {
	return ActivityRow{
		Unit: r.Unit, Activity: r.Activity, Code: r.Code, Name: r.Name,
		Declared: r.Declared, Pending: r.Waiting, Credited: r.Credited, Returned: r.SentBack, Reversed: r.Reversed,
		Volunteers: r.Volunteers, Minutes: r.Minutes, Quantity: r.Quantity, CountedIn: r.Counted, Points: Points(r.Points),
		Captured: Captured{r.Scan, r.Roster, r.Backfill},
	}
}

// NewStockReport writes a report of shelves.
func NewStockReport(r report.StockReport) StockReport {
	out := StockReport{Basis: newBasis(r.Basis), Rows: []StockRow{}}
	for _, row := range r.Rows {
		value := func(a ledger.Amount) *Points {
			if !row.Priced {
				return nil
			}
			return new(Points(a))
		}
		wire := StockRow{
			Shop: row.Shop, Item: row.Item, Name: row.Name, Received: row.Received, Given: row.Given, Returned: row.Returned,
			Short: row.Short, OnHand: row.OnHand, Past: row.Past, Lately: row.Lately, Value: value(row.Value()), Lots: []StockLot{},
			Lost: row.Lost, Found: row.Found, Scrapped: row.Scrapped, Relieved: row.Relieved,
		}
		if days, ok := row.Supply(); ok {
			wire.Supply = &days
		}
		for _, l := range row.Lots {
			wire.Lots = append(wire.Lots, StockLot{l.ID, l.Donor, l.Left, l.Expires, l.Past, value(l.Value), l.Only})
		}
		out.Rows = append(out.Rows, wire)
	}
	return out
}

// NewUncounted writes which shelves were not counted in time.
func NewUncounted(behind []report.Uncounted) (out []UncountedShelf) {
	for _, u := range behind {
		out = append(out, UncountedShelf{u.Shop, u.Last, u.Due})
	}
	return out
}

// NewAgingReport writes a report of ages.
func NewAgingReport(r report.AgingReport) AgingReport {
	out := AgingReport{Basis: newBasis(r.Basis), Points: []PointsAge{}, Goods: []GoodsAge{}}
	for _, a := range r.Points {
		out.Points = append(out.Points, PointsAge{a.Age.ID, Points(a.Points), a.Lots, a.Volunteers, Points(a.GoesOn)})
	}
	for _, a := range r.Goods {
		out.Goods = append(out.Goods, GoodsAge{a.Age.ID, a.Pieces, a.Lots, Points(a.Value)})
	}
	goods := r.GoodsTotal()
	out.Total = AgingTotal{Points(r.PointsTotal().Points), goods.Pieces, Points(goods.Value)}
	return out
}

// NewLiabilityReport writes a report of liability, with a ratio of yuan for one point, in hundredths, and the share below which
// it warns.
func NewLiabilityReport(r report.LiabilityReport, ratio ledger.Amount, warn int64) LiabilityReport {
	row := func(l report.LiabilityRow) LiabilityRow {
		out := LiabilityRow{
			Unit: l.Unit, Name: l.Name, Outstanding: Points(l.Outstanding), Lapsed: Points(l.Lapsed), Pending: Points(l.Pending),
			Goods: Points(l.Goods), Unpriced: l.Unpriced, Shops: l.Shops, Below: l.Below(warn),
			OutstandingYuan: yuan(l.Outstanding, ratio), GoodsYuan: yuan(l.Goods, ratio),
			BudgetYuan: ledger.FormatPoints(l.Budget),
		}
		if percent, ok := l.Cover(); ok {
			out.Cover = &percent
		}
		return out
	}
	r = r.At(ratio)
	out := LiabilityReport{
		Basis: newBasis(r.Basis), Ratio: ledger.FormatPoints(ratio), Warn: warn, Units: []LiabilityRow{}, Total: row(r.Total),
	}
	for _, l := range r.Units {
		unit := row(l)
		unit.Below = unit.Below && (l.Shops > 0 || l.Budget > 0) // its people go to a shelf of the unit above
		out.Units = append(out.Units, unit)
	}
	return out
}

// yuan values points at a ratio, rounded half up to the fen.
func yuan(points, ratio ledger.Amount) string {
	return decimal.New(int64(points), -2).Mul(decimal.New(int64(ratio), -2)).StringFixed(2)
}

// NewStarReport writes a report of stars, with the names that are to be shown.
func NewStarReport(r report.StarReport, name func(ledger.VolunteerID) string) StarReport {
	out := StarReport{Basis: newBasis(r.Basis), Levels: []StarLevel{}, Rows: []StarRow{}}
	for _, l := range r.Levels {
		level := StarLevel{l.Level, l.Minutes, l.Volunteers, starWants(l.Lacks(ledger.Merit{Minutes: l.Minutes}))}
		if l.Clean {
			level.Takes = append(level.Takes, StarWant{ledger.StarClean, 0})
		}
		out.Levels = append(out.Levels, level)
	}
	for _, row := range r.Rows {
		out.Rows = append(out.Rows, StarRow{row.Volunteer, name(row.Volunteer), row.Unit, row.Minutes, row.Level, row.Lacks, row.Since, starWants(row.Wants)})
	}
	return out
}

func starWants(lacks []ledger.StarLack) (out []StarWant) {
	for _, l := range lacks {
		out = append(out, StarWant{l.What, l.N})
	}
	return out
}
