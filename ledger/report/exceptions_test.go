package report_test

import (
	"testing"
	"time"

	"aixin/ledger"
	"aixin/ledger/report"
)

// odd is the worked example with one of every exception in February.
func odd(t *testing.T) *book {
	t.Helper()
	b, day := worked(t), ledger.NewDate(2026, 2, 6)
	salt := func(n ledger.Amount) []ledger.ItemLine { return []ledger.ItemLine{{Item: "SKU-0001", Pieces: n}} }
	redeem := func(v ledger.VolunteerID, by ledger.Presence) ledger.Index {
		return b.do("U000005", &ledger.Redeem{Volunteer: v, Shop: "S01", Lines: salt(1), Presence: by})
	}
	b.on(day)
	b.do("U000005", &ledger.Undo{Redemption: redeem(v3, ledger.ByCard)})
	typed := redeem(v3, ledger.ByTyped)
	b.do("U000005", &ledger.Return{Redemption: typed, Reason: ledger.WrongItem})
	b.do("U000006", &ledger.IssueVouchers{Shop: "S01", First: 1, Last: 5})
	b.do("U000003", &ledger.Approve{Record: b.do("U000005", &ledger.Redeem{
		Volunteer: v3, Shop: "S01", Lines: salt(1), Presence: ledger.ByCard, Voucher: 1, Happened: day.AddDays(-2),
	})})
	count := b.do("U000004", &ledger.OpenCount{Shop: "S01"})
	b.do("U000004", &ledger.EnterCount{Count: count, Lines: salt(10)}) // of 11
	b.do("U000005", &ledger.ConfirmCount{Count: count, Lines: salt(10)})
	b.do("U000006", &ledger.FinaliseCount{Count: count, Reason: ledger.GoodsMissing})
	scrap := b.do("U000004", &ledger.DeclareWriteOff{Shop: "S01", Lines: salt(2), Reason: ledger.GoodsExpired})
	b.do("U000006", &ledger.ConfirmWriteOff{Paper: scrap})
	serve := func(v ledger.VolunteerID, hour int) ledger.Action {
		return &ledger.DeclareHours{Volunteer: v, Activity: "A002", Start: ledger.NewStart(day, hour*60), Minutes: 60, Capture: ledger.Scan}
	}
	wrong := b.credit("U000002", serve(v2, 8))
	b.do("U000006", &ledger.Reverse{Entry: wrong, Reason: ledger.ClerkError})
	b.do("U000006", &ledger.Enroll{Volunteer: v4, Unit: "C01"})
	b.credit("U000002", serve(v4, 8)) // until nine, under two numbers
	b.do("U000002", &ledger.DeclareHours{Volunteer: v1, Activity: "A001", Start: ledger.NewStart(day, 8*60+30), Minutes: 60, Capture: ledger.Scan})
	b.do("U000006", &ledger.Merge{From: v4, Into: v1})
	b.at = day.AddDays(1).Time().Add(14 * time.Hour) // 22:00 there
	b.do("U000004", &ledger.Receive{Shop: "S01", Donor: "D001", Lines: salt(1)})
	b.on(day.AddDays(2))
	redeem(v3, ledger.ByCard)
	b.do("U000001", &ledger.Appoint{Staff: "U000005", Roles: []ledger.Role{ledger.Clerk}, Volunteer: v3}) // which nobody had said so far
	return b
}

const v4 ledger.VolunteerID = "V0000042"

func TestExceptions(t *testing.T) {
	t.Parallel()
	b := odd(t)
	v := b.View(seen)
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	hours := report.WorkHours{Zone: zone, From: 7 * 60, Until: 21 * 60}
	draw := func(unit ledger.UnitID, p report.Period) report.ExceptionReport {
		t.Helper()
		got, err := report.ExceptionsOf(v, scopeOf(t, v, unit), p, hours, entries(b.Memory))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	got := draw("", report.Period{From: ledger.NewDate(2026, 2, 1)})
	type brief struct {
		What    report.Exceptional
		Subject string
		Days    int64
		Reason  string
		Pieces  ledger.Amount
	}
	var rows []brief
	for _, r := range got.Rows {
		rows = append(rows, brief{r.What, r.Subject, r.Days, r.Reason, r.Pieces})
	}
	differs(t, rows, []brief{
		{What: report.WasReversed, Subject: string(v2), Reason: "clerk-error"},
		{What: report.WasUndone, Subject: string(v3)},
		{What: report.WasReturned, Subject: string(v3), Reason: "wrong-item"},
		{What: report.Adjusted, Subject: "S01", Reason: "SKU-0001", Pieces: -1},
		{What: report.WrittenOff, Subject: "S01", Reason: "expired", Pieces: -2},
		{What: report.LateVoucher, Subject: string(v3), Days: 2, Reason: "S01/1"},
		{What: report.ShortShelf, Subject: "S02", Pieces: 1},
		{What: report.SelfDealing, Subject: string(v3)}, // the exchange, its undoing, another, its return, the voucher, and the last
		{What: report.SelfDealing, Subject: string(v3)},
		{What: report.SelfDealing, Subject: string(v3)},
		{What: report.SelfDealing, Subject: string(v3)},
		{What: report.SelfDealing, Subject: string(v3)},
		{What: report.SelfDealing, Subject: string(v3)},
		{What: report.OffHours, Subject: "S01"},
		{What: report.Overlapping, Subject: string(v1), Reason: "0:30"},
		{What: report.MergedNumber, Subject: string(v1), Reason: string(v4)},
		{What: report.TypedNumber, Subject: string(v3)},
	})
	for _, r := range got.Rows {
		if r.What == report.SelfDealing && r.Actor != "U000005" {
			t.Errorf("entry %d: %s dealt with themself, want U000005", r.Entry, r.Actor)
		}
	}
	if near := draw("C01", report.Period{}); near.Count(report.ShortShelf) != 0 || near.Count(report.OffHours) != 1 {
		t.Errorf("of one town: got %+v", near.Rows)
	}
	if n := draw("", report.Period{To: ledger.NewDate(2026, 1, 31)}).Count(report.WasReversed); n != 1 {
		t.Errorf("reversed in January: got %d, want 1", n)
	}
}
