package export_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aixin/ledger"
	"aixin/ledger/export"
	"aixin/ledger/ledgertest"
)

var update = flag.Bool("update", false, "write the exports of the worked example into testdata anew") //nolint:gochecknoglobals // a flag of the test binary

// village is a book of two months with one of everything that lots do: points of two last days, of which a redemption draws the
// first; a return into the lot that it came from; pieces past their date that a redemption passes over; an expiry; a reversal.
func village(t *testing.T) *ledgertest.Memory {
	t.Helper()
	zone, err := time.LoadLocation(ledgertest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	m, day := ledgertest.NewMemory(zone), ledger.NewDate(2026, 1, 30)
	do := func(actor ledger.StaffID, action ledger.Action) ledger.Index {
		t.Helper()
		at := day.Time().Add(4 * time.Hour)
		r, err := m.Submit(ledger.Command{Key: ledger.Key(fmt.Sprintf("village/%d", m.Next())), Actor: actor, Do: action}, at)
		if err != nil {
			t.Fatalf("%T: %v", action, err)
		}
		return r.Entry.Index
	}
	credit := func(served ledger.Date, minutes ledger.Amount) ledger.Index {
		return do("U000003", &ledger.Approve{Record: do("U000002", &ledger.DeclareHours{
			Volunteer: "V0000018", Activity: "A001", Start: ledger.NewStart(served, 8*60), Minutes: minutes, Capture: ledger.Scan,
		})})
	}
	salt := func(n ledger.Amount) []ledger.ItemLine { return []ledger.ItemLine{{Item: "SKU-0001", Pieces: n}} }
	do("", &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.test/village", Zone: ledgertest.Zone})
	for n, role := range []ledger.Role{ledger.Admin, ledger.Leader, ledger.Reviewer, ledger.Keeper, ledger.Clerk, ledger.Steward} {
		do("U000001", &ledger.Appoint{Staff: ledger.StaffID(fmt.Sprintf("U%06d", n+1)), Roles: []ledger.Role{role}})
	}
	do("U000006", &ledger.SetRule{Rule: ledger.Rule{
		ID: "month", Version: 1, From: ledger.NewDate(2026, 1, 1), Earns: []ledger.Capture{ledger.Scan}, Expires: ledger.ExpiresMonths, ExpiresIn: 1,
		Rates: []ledger.HourRate{{Code: "VH01", Points: 100}},
	}})
	do("U000006", &ledger.AddUnit{Unit: "C01", Kind: ledger.Community, Name: "village"})
	do("U000006", &ledger.AddShop{Shop: "S01", Unit: "C01", Name: "shelf"})
	do("U000004", &ledger.AddDonor{Donor: "D001"})
	do("U000006", &ledger.AddItem{Item: "SKU-0001", Name: "=salt", Points: 50, From: day}) // no spreadsheet may run it
	do("U000006", &ledger.AddActivity{Activity: "A001", Unit: "C01", Code: "VH01", Name: "patrol"})
	do("U000006", &ledger.Enroll{Volunteer: "V0000018", Unit: "C01"})
	do("U000004", &ledger.Receive{Shop: "S01", Donor: "D001", Lines: salt(4), BestBefore: ledger.NewDate(2026, 2, 10)})
	do("U000004", &ledger.Receive{Shop: "S01", Donor: "D001", Lines: salt(5)})
	credit(day, 60) // 1.00 to 28 February
	day = ledger.NewDate(2026, 2, 5)
	credit(day, 120)                     // 2.00 to 5 March
	wrong := credit(day.AddDays(-1), 30) // 0.50
	do("U000006", &ledger.Reverse{Entry: wrong, Reason: ledger.ClerkError})
	sale := do("U000005", &ledger.Redeem{Volunteer: "V0000018", Shop: "S01", Lines: salt(3), Presence: ledger.ByCard}) // 1.50 of both lots
	do("U000005", &ledger.Return{Redemption: sale, Lines: salt(1), Reason: ledger.WrongItem})
	day = ledger.NewDate(2026, 2, 20)
	do("U000005", &ledger.Redeem{Volunteer: "V0000018", Shop: "S01", Lines: salt(1), Presence: ledger.ByCard}) // the older salt is past its date
	day = ledger.NewDate(2026, 3, 6)
	do("U000006", &ledger.Expire{Volunteer: "V0000018"})
	return m
}

// The worked example, as a person and as the other programs read it: testdata/export.
func TestGolden(t *testing.T) {
	t.Parallel()
	b, golden := bookOf(village(t)), filepath.Join("..", "..", "testdata", "export")
	for _, f := range export.Formats() {
		out, _ := written(t, b, f)
		for name, text := range out {
			if name == export.ReadmeName {
				continue // it is the same everywhere
			}
			path := filepath.Join(golden, filepath.FromSlash(name))
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), text); d != "" {
				t.Errorf("%s: golden (-), written (+):\n%s", name, d)
			}
		}
	}
	ledgertest.CheckPeers(t, exported(t, b), b.View)
}
