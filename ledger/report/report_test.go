package report_test

import (
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"aixin/ledger"
	"aixin/ledger/ledgertest"
	"aixin/ledger/report"
)

// book is a book in memory whose commands all succeed.
type book struct {
	*ledgertest.Memory
	t    *testing.T
	zone *time.Location
	at   time.Time
}

func newBook(t *testing.T) *book {
	t.Helper()
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return &book{ledgertest.NewMemory(zone), t, zone, time.Time{}}
}

// on moves the clock to noon of a day.
func (b *book) on(d ledger.Date) { b.at = d.Time().Add(4 * time.Hour) }

func (b *book) do(actor ledger.StaffID, action ledger.Action) ledger.Index {
	b.t.Helper()
	r, err := b.Submit(ledger.Command{Key: ledger.Key(fmt.Sprintf("k/%d", b.Next())), Actor: actor, Do: action}, b.at)
	if err != nil {
		b.t.Fatalf("%T: %v", action, err)
	}
	return r.Entry.Index
}

// credit declares and approves.
func (b *book) credit(actor ledger.StaffID, declare ledger.Action) ledger.Index {
	b.t.Helper()
	return b.do("U000003", &ledger.Approve{Record: b.do(actor, declare)})
}

func entries(m *ledgertest.Memory) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for _, line := range m.Journal {
			if !yield(ledger.ParseLine(line)) {
				return
			}
		}
	}
}

const (
	v1 ledger.VolunteerID = "V0000018" // of C01, a town
	v2 ledger.VolunteerID = "V0000026" // of C0101, a community of the town
	v3 ledger.VolunteerID = "V0000034" // of C02, another town
)

// towns begins the book behind the worked examples: two towns, of which the first has a community with a shop.
func towns(t *testing.T) *book {
	t.Helper()
	b := newBook(t)
	first := ledger.NewDate(2026, 1, 1)
	b.on(first)
	b.do("", &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.test/report", Zone: ledgertest.Zone})
	for n, role := range []ledger.Role{ledger.Admin, ledger.Leader, ledger.Reviewer, ledger.Keeper, ledger.Clerk, ledger.Steward} {
		b.do("U000001", &ledger.Appoint{Staff: ledger.StaffID(fmt.Sprintf("U%06d", n+1)), Roles: []ledger.Role{role}})
	}
	b.do("U000006", &ledger.SetRule{Rule: ledger.Rule{
		ID: "one", Version: 1, From: first, Earns: []ledger.Capture{ledger.Scan, ledger.Roster}, Expires: ledger.ExpiresMonths, ExpiresIn: 1,
		Rates: []ledger.HourRate{{Code: "VH01", Points: 100}}, Acts: []ledger.ActStandard{{Code: "RC01", Points: 100, Per: 50}},
	}})
	b.do("U000006", &ledger.AddUnit{Unit: "C01", Kind: ledger.Town, Name: "one"})
	b.do("U000006", &ledger.AddUnit{Unit: "C0101", Kind: ledger.Community, Name: "one one", Parent: "C01"})
	b.do("U000006", &ledger.AddUnit{Unit: "C02", Kind: ledger.Town, Name: "two"})
	b.do("U000006", &ledger.AddShop{Shop: "S01", Unit: "C0101", Name: "near"})
	b.do("U000006", &ledger.AddShop{Shop: "S02", Unit: "C02", Name: "far"})
	b.do("U000004", &ledger.AddDonor{Donor: "D001"})
	b.do("U000006", &ledger.AddItem{Item: "SKU-0001", Name: "salt", Points: 50, From: first})
	b.do("U000006", &ledger.AddItem{Item: "SKU-0002", Name: "soap", Points: 25, From: first})
	for id, unit := range map[ledger.ActivityID]ledger.UnitID{"A001": "C01", "A002": "C0101", "A003": "C02"} {
		b.do("U000006", &ledger.AddActivity{Activity: id, Unit: unit, Code: "VH01", Name: "of " + string(unit)})
	}
	for id, unit := range map[ledger.VolunteerID]ledger.UnitID{v1: "C01", v2: "C0101", v3: "C02"} {
		b.do("U000006", &ledger.Enroll{Volunteer: id, Unit: unit})
	}
	return b
}

// worked is what happened in the towns.
func worked(t *testing.T) *book {
	t.Helper()
	b, tenth := towns(t), ledger.NewDate(2026, 1, 10)
	b.on(tenth)
	hours := func(v ledger.VolunteerID, a ledger.ActivityID, day ledger.Date, minutes ledger.Amount, by ledger.Capture) ledger.Action {
		return &ledger.DeclareHours{Volunteer: v, Activity: a, Start: ledger.NewStart(day, 8*60), Minutes: minutes, Capture: by}
	}
	b.credit("U000002", hours(v1, "A001", tenth, 120, ledger.Scan))                                    // 2.00, to 10 February
	b.credit("U000002", hours(v2, "A001", tenth, 60, ledger.Roster))                                   // 1.00
	b.credit("U000002", hours(v2, "A002", tenth.AddDays(-1), 60, ledger.Backfill))                     // nothing
	b.do("U000002", hours(v3, "A003", tenth, 90, ledger.Scan))                                         // 1.50 waits
	b.credit("U000002", &ledger.DeclareActs{Volunteer: v2, Code: "RC01", Quantity: 60, On: tenth})     // 1.20
	back := b.do("U000002", &ledger.DeclareActs{Volunteer: v3, Code: "RC01", Quantity: 50, On: tenth}) // 1.00
	b.do("U000003", &ledger.ReturnRecord{Record: back, Reason: ledger.Unproven})                       //
	wrong := b.credit("U000002", hours(v1, "A001", tenth.AddDays(-1), 30, ledger.Scan))                // 0.50
	b.do("U000006", &ledger.Reverse{Entry: wrong, Reason: ledger.ClerkError})                          //
	b.credit("U000006", &ledger.DeclareOpening{Volunteer: v3, Points: 300})                            // 3.00, for ever
	receive := func(s ledger.ShopID, item ledger.Commodity, n ledger.Amount, until ledger.Date) {
		b.do("U000004", &ledger.Receive{Shop: s, Donor: "D001", Lines: []ledger.ItemLine{{Item: item, Pieces: n}}, BestBefore: until})
	}
	redeem := func(v ledger.VolunteerID, s ledger.ShopID, item ledger.Commodity, n ledger.Amount) ledger.Index {
		return b.do("U000005", &ledger.Redeem{Volunteer: v, Shop: s, Lines: []ledger.ItemLine{{Item: item, Pieces: n}}, Presence: ledger.ByCard})
	}
	receive("S01", "SKU-0001", 10, ledger.NewDate(2026, 1, 20))
	receive("S01", "SKU-0001", 5, 0)
	receive("S02", "SKU-0002", 1, 0)
	sale := redeem(v1, "S01", "SKU-0001", 2) // 1.00 of the salt that is good to 20 January, of which one comes back
	b.do("U000005", &ledger.Return{Redemption: sale, Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 1}}, Reason: ledger.WrongItem})
	b.on(ledger.NewDate(2026, 2, 5))
	redeem(v2, "S01", "SKU-0001", 2) // 1.00; the older salt is past its date, so three of the five stay
	redeem(v1, "S02", "SKU-0002", 2) // 0.50; the shelf has one
	return b
}

// seen is the day on which the worked examples look: a day before the points of January lapse, and thirty days after 10 January
// counts no more: 9 February 2026.
const seen ledger.Date = 20_493

func scopeOf(t *testing.T, v ledger.View, unit ledger.UnitID) report.Scope {
	t.Helper()
	s, err := report.ScopeOf(v, unit)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func differs(t *testing.T, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(ledger.Lot{}, "ID"), cmpopts.IgnoreTypes(report.Basis{})); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestScope(t *testing.T) {
	t.Parallel()
	v := worked(t).View(seen)
	whole, town := scopeOf(t, v, ""), scopeOf(t, v, "C01")
	if len(whole.Units) != 3 || len(town.Units) != 2 || !town.Has("C0101") || town.Has("C02") || town.Has("C99") {
		t.Errorf("got %v and %v", whole.Units, town.Units)
	}
	if no, ok := errors.AsType[*ledger.Rejection](second(report.ScopeOf(v, "C99"))); !ok || no.Reason != ledger.NotFound {
		t.Errorf("a unit that is none: got %v", no)
	}
}

func second[T any](_ T, err error) error { return err }

func TestActivity(t *testing.T) {
	t.Parallel()
	v := worked(t).View(seen)
	got, err := report.Activity(v, scopeOf(t, v, ""), report.Period{})
	if err != nil {
		t.Fatal(err)
	}
	patrol := report.Tally{Declared: 3, Credited: 2, Reversed: 1, Volunteers: 2, Minutes: 180, Points: 300, Scan: 120, Roster: 60}
	typed := report.Tally{Declared: 1, Credited: 1, Volunteers: 1, Minutes: 60, Backfill: 60}
	bags := report.Tally{Declared: 1, Credited: 1, Volunteers: 1, Quantity: 60, Points: 120}
	town := report.Tally{Declared: 5, Credited: 4, Reversed: 1, Volunteers: 2, Minutes: 240, Points: 420, Scan: 120, Roster: 60, Backfill: 60}
	whole := town
	whole.Declared, whole.Waiting, whole.SentBack = 7, 1, 1
	differs(t, got.Rows, []report.ActivityRow{
		{"C01", "A001", "VH01", "of C01", "", patrol},
		{"C0101", "A002", "VH01", "of C0101", "", typed},
		{"C02", "A003", "VH01", "of C02", "", report.Tally{Declared: 1, Waiting: 1}},
		{"C0101", "", "RC01", "", "", bags},
		{"C02", "", "RC01", "", "", report.Tally{Declared: 1, SentBack: 1}},
	})
	below := report.Tally{Declared: 2, Credited: 2, Volunteers: 1, Minutes: 60, Points: 120, Backfill: 60}
	differs(t, got.Units, []report.ActivityRow{
		{"C01", "", "", "one", "", town}, {"C0101", "", "", "one one", "", below}, {"C02", "", "", "two", "", report.Tally{Declared: 2, Waiting: 1, SentBack: 1}},
	})
	differs(t, got.Total, whole)
	if scan, roster, backfill := got.Total.Shares(); scan != 50 || roster != 25 || backfill != 25 {
		t.Errorf("got shares of %d, %d, %d", scan, roster, backfill)
	}

	day := ledger.NewDate(2026, 1, 9)
	got, err = report.Activity(v, scopeOf(t, v, "C0101"), report.Period{From: day, To: day})
	if err != nil {
		t.Fatal(err)
	}
	differs(t, got.Rows, []report.ActivityRow{{"C0101", "A002", "VH01", "of C0101", "", typed}})
	differs(t, got.Total, typed)
}

// Shares are whole percent that sum to a hundred.
func TestShares(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want [3]int64 }{
		{[3]int64{0, 0, 0}, [3]int64{0, 0, 0}},
		{[3]int64{1, 1, 1}, [3]int64{34, 33, 33}},
		{[3]int64{2, 2, 3}, [3]int64{29, 28, 43}},
		{[3]int64{0, 999, 1}, [3]int64{0, 100, 0}},
	} {
		in := [3]ledger.Amount{ledger.Amount(tt.in[0]), ledger.Amount(tt.in[1]), ledger.Amount(tt.in[2])}
		scan, roster, backfill := report.Tally{Minutes: in[0] + in[1] + in[2], Scan: in[0], Roster: in[1], Backfill: in[2]}.Shares()
		if got := [3]int64{scan, roster, backfill}; got != tt.want {
			t.Errorf("%v: got %v, want %v", tt.in, got, tt.want)
		}
	}
}

func TestStock(t *testing.T) {
	t.Parallel()
	b := worked(t)
	v := b.View(seen)
	got, err := report.Stock(v, scopeOf(t, v, ""), entries(b.Memory))
	if err != nil {
		t.Fatal(err)
	}
	differs(t, got.Rows, []report.StockRow{
		{
			Shop: "S01", Item: "SKU-0001", Name: "salt", Received: 15, Given: 4, Returned: 1, OnHand: 12, Past: 9, Lately: 2, Each: 50, Priced: true,
			Lots: []report.StockLot{
				{Lot: ledger.Lot{Left: 9, Expires: ledger.NewDate(2026, 1, 20)}, Donor: "D001", Past: true, Value: 450},
				{Lot: ledger.Lot{Left: 3}, Donor: "D001", Value: 150},
			},
		},
		{Shop: "S02", Item: "SKU-0002", Name: "soap", Received: 1, Given: 2, Short: 1, Lately: 2, Each: 25, Priced: true},
	})
	if days, ok := got.Rows[0].Supply(); days != 45 || !ok || got.Rows[0].Value() != 150 { // 3 usable pieces, 2 in 30 days
		t.Errorf("got %d days of supply, %v, and a value of %d", days, ok, got.Rows[0].Value())
	}
	v = b.View(ledger.NewDate(2026, 4, 1))
	if got, err = report.Stock(v, scopeOf(t, v, "C01"), entries(b.Memory)); err != nil || len(got.Rows) != 1 {
		t.Fatalf("got %v, %v", got.Rows, err)
	}
	if _, ok := got.Rows[0].Supply(); ok {
		t.Error("nothing left the shelf in March, and there is a rate")
	}
}

// Movements and what stands there come from two places, and one is held against the other.
func TestStockNoticesADifference(t *testing.T) {
	t.Parallel()
	b := worked(t)
	b.Journal = b.Journal[:len(b.Journal)-1]
	if _, err := report.Stock(b.View(seen), scopeOf(t, b.View(seen), ""), entries(b.Memory)); !errors.Is(err, ledger.ErrCorrupt) {
		t.Errorf("got %v", err)
	}
}

func TestAging(t *testing.T) {
	t.Parallel()
	v := worked(t).View(seen)
	got, err := report.Aging(v, scopeOf(t, v, ""))
	if err != nil {
		t.Fatal(err)
	}
	points, goods := make([]report.PointsAge, 7), make([]report.GoodsAge, 7)
	points[1] = report.PointsAge{Points: 220, Lots: 2, Volunteers: 2} // 1.00 of V1 and 1.20 of V2, to 10 February
	points[6] = report.PointsAge{Points: 300, Lots: 1, Volunteers: 1}
	goods[0] = report.GoodsAge{Pieces: 9, Lots: 1, Value: 450}
	goods[6] = report.GoodsAge{Pieces: 3, Lots: 1, Value: 150}
	for i, age := range report.Ages() {
		points[i].Age, goods[i].Age = age, age
	}
	differs(t, got.Points, points)
	differs(t, got.Goods, goods)
	if got.PointsTotal().Points != 520 || got.GoodsTotal().Pieces != 12 {
		t.Errorf("got totals %+v, %+v", got.PointsTotal(), got.GoodsTotal())
	}
}

// The last usable day of a lot decides: what may be used today is not lapsed, and the seventh day from today is within seven days.
func TestAgesEnd(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		days int
		want string
	}{
		{-1, "lapsed"}, {0, "7"}, {7, "7"}, {8, "30"}, {30, "30"}, {31, "60"}, {60, "60"}, {61, "180"}, {180, "180"}, {181, "later"},
	} {
		b := worked(t)
		b.on(seen)
		b.do("U000004", &ledger.Receive{
			Shop: "S01", Donor: "D001", Lines: []ledger.ItemLine{{Item: "SKU-0002", Pieces: 1}}, BestBefore: ledger.NewDate(2026, 12, 31),
		})
		v := b.View(ledger.NewDate(2026, 12, 31).AddDays(-tt.days))
		got, err := report.Aging(v, scopeOf(t, v, ""))
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range got.Goods {
			want := ledger.Amount(0)
			if g.Age.ID == tt.want {
				want = 25
			}
			salt := map[string]ledger.Amount{"lapsed": 450, "never": 150}[g.Age.ID]
			if g.Value != want+salt {
				t.Errorf("%d days: age %s has goods of %d", tt.days, g.Age.ID, g.Value)
			}
		}
	}
}

func TestLiability(t *testing.T) {
	t.Parallel()
	v := worked(t).View(seen)
	got, err := report.Liability(v, scopeOf(t, v, ""))
	if err != nil {
		t.Fatal(err)
	}
	differs(t, got.Units, []report.LiabilityRow{
		{Unit: "C01", Name: "one", Shops: 1, Outstanding: 220, Goods: 150},
		{Unit: "C0101", Name: "one one", Shops: 1, Outstanding: 120, Goods: 150},
		{Unit: "C02", Name: "two", Shops: 1, Outstanding: 300, Pending: 150},
	})
	differs(t, got.Total, report.LiabilityRow{Shops: 2, Outstanding: 520, Pending: 150, Goods: 150})
	for i, want := range []int64{68, 125, 0} {
		if percent, ok := got.Units[i].Cover(); percent != want || !ok {
			t.Errorf("%s: got %d %%, %v, want %d %%", got.Units[i].Unit, percent, ok, want)
		}
	}
	if !got.Units[0].Below(80) || got.Units[0].Below(68) || got.Units[1].Below(80) || (report.LiabilityRow{}).Below(80) {
		t.Error("a share of 80 % is not held")
	}
	v = worked(t).View(ledger.NewDate(2026, 2, 11)) // the points of January lapsed, and no run has posted it
	if got, err = report.Liability(v, scopeOf(t, v, "C01")); err != nil || got.Total.Lapsed != 220 || got.Total.Outstanding != 220 {
		t.Errorf("got %+v, %v", got.Total, err)
	}
}

func TestStars(t *testing.T) {
	t.Parallel()
	v := worked(t).View(seen)
	table := []ledger.Star{{Level: 1, Minutes: 120}, {Level: 2, Minutes: 200}}
	got, err := report.Stars(v, scopeOf(t, v, ""), table)
	if err != nil {
		t.Fatal(err)
	}
	differs(t, got.Rows, []report.StarRow{
		{Volunteer: v1, Unit: "C01", Minutes: 120, Level: 1, Lacks: 80},
		{Volunteer: v2, Unit: "C0101", Minutes: 120, Level: 1, Lacks: 80},
		{Volunteer: v3, Unit: "C02", Lacks: 120},
	})
	differs(t, got.Levels, []report.LevelCount{{Volunteers: 1}, {Star: table[0], Volunteers: 2}, {Star: table[1]}})
}

// A unit does not balance by itself; with what is outside it does.
func TestTrialBalanceOfAUnit(t *testing.T) {
	t.Parallel()
	v := worked(t).View(seen)
	got, err := report.TrialBalanceOf(v, scopeOf(t, v, "C01"))
	if err != nil {
		t.Fatal(err)
	}
	outside := map[ledger.Commodity]ledger.Amount{}
	for _, r := range got.Rows {
		if r.Account.ID == report.Outside() {
			outside[r.Account.Commodity] = r.Balance()
		}
	}
	// Of 4.20 issued in the town, 0.50 were redeemed beyond it; of 15 pieces, all came from a donor.
	differs(t, outside, map[ledger.Commodity]ledger.Amount{ledger.Point: -50, "SKU-0001": -15})
	for _, total := range got.Totals {
		if total.Sum() != 0 {
			t.Errorf("%s sums to %d", total.Commodity, total.Sum())
		}
	}
}

// Whatever happened, the reports say what the trial balance says.
func TestReportsReconcile(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			b := newBook(t)
			g := ledgertest.New(7000 + seed)
			ask := func(c ledgertest.Timed) {
				before := b.Next()
				r, err := b.Submit(c.Command, c.At)
				b.at = c.At
				if err == nil && b.Next() > before {
					g.Saw(r.Entry)
				}
			}
			for _, c := range g.Setup() {
				ask(c)
			}
			for c := range g.Commands(900) {
				ask(c)
			}
			reconcile(t, b, ledger.DateOf(b.at.In(b.zone)))
		})
	}
}

// sums adds up the trial balance by class, and keeps the balances of shelves.
func sums(t *testing.T, v ledger.View) (map[ledger.Class]ledger.Amount, map[ledger.AccountKey]ledger.Amount) {
	t.Helper()
	trial, err := report.TrialBalance(v)
	if err != nil {
		t.Fatal(err)
	}
	byClass, shelves := map[ledger.Class]ledger.Amount{}, map[ledger.AccountKey]ledger.Amount{}
	for _, r := range trial.Rows {
		byClass[r.Account.ID.Class()] += r.Balance()
		if r.Account.ID.Class() == ledger.ClassStock {
			shelves[r.Account] = r.Balance()
		}
	}
	return byClass, shelves
}

func reconcile(t *testing.T, b *book, on ledger.Date) {
	t.Helper()
	v := b.View(on)
	trial, shelves := sums(t, v)
	whole := scopeOf(t, v, "")
	equal := func(what string, got, want ledger.Amount) {
		t.Helper()
		if got != want {
			t.Errorf("%s: got %d, the trial balance says %d", what, got, want)
		}
	}

	aging, err := report.Aging(v, whole)
	if err != nil {
		t.Fatal(err)
	}
	equal("points by age", aging.PointsTotal().Points, -trial[ledger.ClassPoints]-trial[ledger.ClassGift])
	equal("goods by age", aging.GoodsTotal().Pieces, trial[ledger.ClassStock])

	liability, err := report.Liability(v, whole)
	if err != nil {
		t.Fatal(err)
	}
	equal("points outstanding", liability.Total.Outstanding, -trial[ledger.ClassPoints]-trial[ledger.ClassGift])
	equal("points lapsed", liability.Total.Lapsed, aging.Points[0].Points)
	equal("goods usable", liability.Total.Goods, aging.GoodsTotal().Value-aging.Goods[0].Value)

	stock, err := report.Stock(v, whole, entries(b.Memory))
	if err != nil {
		t.Fatal(err)
	}
	var short, otherwise ledger.Amount
	for _, r := range stock.Rows {
		k := ledger.AccountKey{ID: ledger.StockOf(r.Shop), Commodity: r.Item}
		equal(k.String(), r.OnHand, shelves[k])
		var lots ledger.Amount
		for _, l := range r.Lots {
			lots += l.Left
			opener, err := v.Entry(l.ID.Entry())
			if found := opener.Kind == ledger.CountFinalised; err != nil || found != (l.Donor == "") {
				t.Errorf("lot %s of %s has the donor %q: found by a count is %v, %v", l.ID, k, l.Donor, found, err)
			}
		}
		equal("lots of "+k.String(), lots, shelves[k])
		delete(shelves, k)
		short += r.Short
		otherwise += r.Lost - r.Found + r.Scrapped + r.Relieved
	}
	if len(shelves) > 0 {
		t.Errorf("the report lacks %v", shelves)
	}
	equal("short", short, -trial[ledger.ClassShort])
	lost := trial[ledger.ClassLost] + trial[ledger.ClassFound] + trial[ledger.ClassScrapped] + trial[ledger.ClassRelieved]
	equal("counted, written off and given", otherwise, lost)

	stars, err := report.Stars(v, whole, nil)
	if err != nil {
		t.Fatal(err)
	}
	var minutes ledger.Amount
	for _, r := range stars.Rows {
		minutes += r.Minutes
	}
	equal("minutes by volunteer", minutes, trial[ledger.ClassHours])
	for e, err := range entries(b.Memory) { // base points to spend are issued, and are no activity
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range e.Postings {
			if e.Kind == ledger.BaseGranted && p.Account.Class() == ledger.ClassIssued {
				trial[ledger.ClassIssued] -= p.Amount
			}
		}
	}
	reconcileActivity(t, v, whole, trial)
}

// Opening balances are issued, and no activity: issued points but those of base points are those of activities and of openings that stand.
func reconcileActivity(t *testing.T, v ledger.View, whole report.Scope, trial map[ledger.Class]ledger.Amount) {
	t.Helper()
	got, err := report.Activity(v, whole, report.Period{})
	if err != nil {
		t.Fatal(err)
	}
	points := got.Total.Points
	for r, err := range v.Records() {
		if err != nil {
			t.Fatal(err)
		}
		if r.Kind == ledger.OpeningDeclared && r.State == ledger.Credited {
			points += r.Points
		}
	}
	if got.Total.Minutes != trial[ledger.ClassHours] || points != trial[ledger.ClassIssued] {
		t.Errorf("got %d minutes and %d points, the trial balance has %d and %d",
			got.Total.Minutes, points, trial[ledger.ClassHours], trial[ledger.ClassIssued])
	}
	if got.Total.Minutes == 0 || got.Total.Declared != got.Total.Waiting+got.Total.Credited+got.Total.SentBack+got.Total.Reversed {
		t.Errorf("got %+v", got.Total)
	}
	below := map[ledger.UnitID]report.Tally{}
	for _, u := range got.Units {
		below[u.Unit] = u.Tally
	}
	for _, u := range whole.Units { // units move in the stream: a unit has what stood below it on the day, as the whole says of it
		of, err := report.Activity(v, scopeOf(t, v, u.Unit), report.Period{})
		if err != nil {
			t.Fatal(err)
		}
		if of.Total != below[u.Unit] {
			t.Errorf("unit %s has %+v, and the whole says %+v of it", u.Unit, of.Total, below[u.Unit])
		}
	}
}
