package report_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/report"
)

// TestTrace follows an exchange back: its goods to the delivery, its points to the credit, the approval before it, the notice, what
// was declared and the attendance; and what was taken back to what it takes back.
func TestTrace(t *testing.T) {
	t.Parallel()
	b, day := towns(t), ledger.NewDate(2026, 1, 10)
	b.on(day.AddDays(-1))
	b.do("U000001", &ledger.Appoint{Staff: "U000007", Roles: []ledger.Role{ledger.Publisher}})
	b.do("U000006", &ledger.SetRule{Rule: ledger.Rule{
		ID: "one", Version: 2, From: day, Earns: []ledger.Capture{ledger.Scan}, Expires: ledger.ExpiresMonths, ExpiresIn: 1,
		Rates: []ledger.HourRate{{Code: "VH01", Points: 100}}, Notice: ledger.NoticeRule{Days: 1},
	}})
	b.on(day)
	session := b.do("U000002", &ledger.OpenSession{Activity: "A001"})
	b.do("U000002", &ledger.CheckIn{Session: session, Volunteer: v1, By: ledger.CheckedByCard})
	start := ledger.NewStart(day, 12*60)
	b.at = b.at.Add(2 * time.Hour)
	b.do("U000002", &ledger.CheckOut{Session: session, Volunteer: v1})
	b.do("U000002", &ledger.CloseSession{Session: session})
	record := b.do("U000002", &ledger.DeclareHours{
		Volunteer: v1, Activity: "A001", Start: start, Minutes: 120, Capture: ledger.Scan, Session: session,
	})
	approval := b.do("U000003", &ledger.Approve{Record: record})
	notice := b.do("U000007", &ledger.PostNotice{
		Unit: "C01", Number: 1, From: day, Until: day.AddDays(1), Records: []ledger.Index{record}, SHA256: strings.Repeat("0", 64), Size: 1,
	})
	goods := b.do("U000004", &ledger.Receive{Shop: "S01", Donor: "D001", Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 9}}})
	b.on(day.AddDays(2))
	credit := b.do("U000006", &ledger.CreditRecord{Record: record})
	sale := b.do("U000005", &ledger.Redeem{Volunteer: v1, Shop: "S01", Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 2}}, Presence: ledger.ByCard})
	back := b.do("U000005", &ledger.Return{Redemption: sale, Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 1}}, Reason: ledger.WrongItem})

	steps, err := report.Trace(b.View(day.AddDays(2)), back)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range steps {
		got = append(got, fmt.Sprintf("%d %s %d", s.Depth, s.Why, s.Entry.Index))
	}
	want := []string{
		fmt.Sprintf("0  %d", back),
		fmt.Sprintf("1 corrects %d", sale),
		fmt.Sprintf("2 points %d", credit),
		fmt.Sprintf("3 approval %d", approval),
		fmt.Sprintf("4 record %d", record),
		fmt.Sprintf("5 attendance %d", session),
		fmt.Sprintf("3 notice %d", notice),
		fmt.Sprintf("2 goods %d", goods),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if _, err := report.Trace(b.View(day), 9999); err == nil {
		t.Error("an entry that is not there: want an error")
	}
}

// Every entry of a year of commands leads back to earlier ones, and to each once.
func TestTracesLeadBack(t *testing.T) {
	t.Parallel()
	b := worked(t)
	v := b.View(seen)
	for i := range v.Head().Size {
		steps, err := report.Trace(v, i)
		if err != nil {
			t.Fatal(err)
		}
		met := map[ledger.Index]bool{}
		for n, s := range steps {
			if met[s.Entry.Index] || (n > 0 && s.Entry.Index >= i) || s.Depth > n {
				t.Errorf("entry %d: step %d is entry %d at depth %d", i, n, s.Entry.Index, s.Depth)
			}
			met[s.Entry.Index] = true
		}
	}
}
