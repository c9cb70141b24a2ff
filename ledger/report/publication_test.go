package report_test

import (
	"strings"
	"testing"

	"aixin/ledger"
	"aixin/ledger/report"
)

// What is published of a month is made of the entries alone, so that it does not change with what happens later.
func TestPointsOver(t *testing.T) {
	t.Parallel()
	b := worked(t)
	town := scopeOf(t, b.View(seen), "C01")
	january := report.Period{From: ledger.NewDate(2026, 1, 1), To: ledger.NewDate(2026, 1, 31)}
	got, err := report.PointsOver(town, january, entries(b.Memory))
	if err != nil {
		t.Fatal(err)
	}
	differs(t, got, []report.PersonRow{
		{Volunteer: v1, Earned: 250, Redeemed: 50, Other: -50, Closing: 150}, // 0.50 was reversed, and half of the salt came back
		{Volunteer: v2, Earned: 220, Closing: 220},
	})
	february := report.Period{From: ledger.NewDate(2026, 2, 1), To: ledger.NewDate(2026, 2, 28)}
	if got, err = report.PointsOver(town, february, entries(b.Memory)); err != nil {
		t.Fatal(err)
	}
	differs(t, got, []report.PersonRow{
		{Volunteer: v1, Opening: 150, Redeemed: 50, Closing: 100},
		{Volunteer: v2, Opening: 220, Redeemed: 100, Closing: 120},
	})
}

// What a month or quarter asks for is due from its end on, by the fifteenth or as the rule of the unit says.
func TestUnpublished(t *testing.T) {
	t.Parallel()
	b := worked(t)
	due := func(on ledger.Date) (out []string) {
		got, err := report.Unpublished(b.View(on), scopeOf(t, b.View(on), ""), entries(b.Memory))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range got {
			out = append(out, string(x.Unit)+" "+x.What+" "+x.Period+" "+x.By.String())
		}
		return out
	}
	differs(t, due(ledger.NewDate(2026, 1, 31)), []string(nil))
	differs(t, due(ledger.NewDate(2026, 2, 1)), []string{"C01 points 2026-01 2026-02-15", "C0101 points 2026-01 2026-02-15", "C02 points 2026-01 2026-02-15"})
	differs(t, due(ledger.NewDate(2026, 4, 1)), []string{
		"C01 points 2026-01 2026-02-15", "C0101 points 2026-01 2026-02-15", "C02 points 2026-01 2026-02-15",
		"C01 points 2026-02 2026-03-15", "C0101 points 2026-02 2026-03-15", "C0101 goods 2026-Q1 2026-04-15", "C02 goods 2026-Q1 2026-04-15",
	})
	b.on(ledger.NewDate(2026, 2, 10))
	rules, err := b.View(seen).Rules()
	if err != nil {
		t.Fatal(err)
	}
	next := rules.List[0]
	next.Version, next.From, next.Notice = 2, ledger.NewDate(2026, 2, 10), ledger.NoticeRule{PointsBy: 20, GoodsBy: 28}
	b.do("U000006", &ledger.SetRule{Rule: next})
	b.on(ledger.NewDate(2026, 4, 1))
	b.do("U000001", &ledger.Appoint{Staff: "U000007", Roles: []ledger.Role{ledger.Publisher}})
	b.do("U000007", &ledger.Publish{
		What: ledger.PublishPoints, Unit: "C01", Number: 1, Period: "2026-01", From: ledger.NewDate(2026, 4, 1), Until: ledger.NewDate(2026, 4, 9),
		SHA256: strings.Repeat("a", 64), Size: 1,
	})
	differs(t, due(ledger.NewDate(2026, 4, 1)), []string{
		"C02 points 2026-01 2026-02-15",
		"C01 points 2026-02 2026-03-20", "C0101 points 2026-02 2026-03-20", "C0101 goods 2026-Q1 2026-04-28", "C02 goods 2026-Q1 2026-04-28",
	})
}

func TestGoodsOver(t *testing.T) {
	t.Parallel()
	b := worked(t)
	quarter := report.Period{From: ledger.NewDate(2026, 2, 1), To: ledger.NewDate(2026, 3, 31)}
	got, err := report.GoodsOver(scopeOf(t, b.View(seen), ""), quarter, entries(b.Memory))
	if err != nil {
		t.Fatal(err)
	}
	differs(t, got, []report.GoodsRow{
		{Shop: "S01", Item: "SKU-0001", Name: "salt", Opening: 14, Given: 2, Closing: 12},
		{Shop: "S02", Item: "SKU-0002", Name: "soap", Opening: 1, Given: 1}, // the second piece was handed out beyond the book
	})
}

// A donor sees each lot that they brought and every piece that left it, with its points and without a person.
func TestDonor(t *testing.T) {
	t.Parallel()
	b := worked(t)
	got, err := report.Donor(b.View(seen), "D001", entries(b.Memory))
	if err != nil {
		t.Fatal(err)
	}
	var lots [][6]ledger.Amount
	for _, l := range got.Lots {
		lots = append(lots, [6]ledger.Amount{l.Received, l.Given, l.Back, l.Other, l.Left, l.Points})
	}
	differs(t, lots, [][6]ledger.Amount{{10, 2, 1, 0, 9, 50}, {5, 2, 0, 0, 3, 100}, {1, 1, 0, 0, 0, 25}})
	var uses [][2]ledger.Amount
	for _, u := range got.Given {
		uses = append(uses, [2]ledger.Amount{u.Pieces, u.Points})
	}
	differs(t, uses, [][2]ledger.Amount{{2, 100}, {-1, -50}, {2, 100}, {1, 25}})
	if _, err := report.Donor(b.View(seen), "D009", entries(b.Memory)); err == nil {
		t.Error("a donor that is none: no error")
	}
}
