package ledger_test

import (
	"errors"
	"fmt"
	"time"

	"aixin/ledger"
)

// market is a book with a shop, a bag of rice at 2.00 points on its shelf, and a volunteer with 2.50 points.
func market() (*ledger.Book, func(ledger.StaffID, ledger.Key, ledger.Action) (ledger.Entry, error)) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	book := ledger.NewBook(zone)
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, zone)
	ask := func(actor ledger.StaffID, key ledger.Key, do ledger.Action) (ledger.Entry, error) {
		e, err := book.Decide(ledger.Command{Key: key, Actor: actor, Do: do}, at)
		if err != nil {
			return e, err
		}
		return e, book.Post(e)
	}
	patrol := ledger.NewStart(ledger.NewDate(2026, 11, 22), 8*60)
	rule := ledger.Rule{
		ID: "hours", Version: 1, From: ledger.NewDate(2026, 1, 1), Step: 30, Expires: ledger.ExpiresYearEnd, ExpiresIn: 1,
		Rates: []ledger.HourRate{{Code: "VH01", Points: 100}}, Earns: []ledger.Capture{ledger.Roster},
	}
	small := []ledger.Role{ledger.Steward, ledger.Leader, ledger.Keeper, ledger.Clerk} // a village has few people
	for i, step := range []struct {
		actor ledger.StaffID
		do    ledger.Action
	}{
		{"", &ledger.OpenBook{Format: ledger.FormatVersion, Origin: "aixin.test/market", Zone: "Asia/Shanghai"}},
		{"U000001", &ledger.Appoint{Staff: "U000001", Roles: []ledger.Role{ledger.Admin}}},
		{"U000001", &ledger.Appoint{Staff: "U000002", Roles: small}},
		{"U000001", &ledger.Appoint{Staff: "U000003", Roles: []ledger.Role{ledger.Reviewer}}},
		{"U000002", &ledger.SetRule{Rule: rule}},
		{"U000002", &ledger.AddUnit{Unit: "C01", Kind: ledger.Community, Name: "Meiyuan"}},
		{"U000002", &ledger.AddShop{Shop: "S01", Unit: "C01", Name: "Love Supermarket"}},
		{"U000002", &ledger.AddDonor{Donor: "D001"}},
		{"U000002", &ledger.AddItem{Item: "SKU-0001", Name: "rice", Points: 200, From: ledger.NewDate(2026, 1, 1)}},
		{"U000002", &ledger.Receive{Shop: "S01", Donor: "D001", Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 10}}}},
		{"U000002", &ledger.AddActivity{Activity: "A001", Unit: "C01", Code: "VH01", Name: "patrol"}},
		{"U000002", &ledger.Enroll{Volunteer: "V0000018", Unit: "C01"}},
		{"U000002", &ledger.DeclareHours{Volunteer: "V0000018", Activity: "A001", Start: patrol, Minutes: 150, Capture: ledger.Roster}},
		{"U000003", &ledger.Approve{Record: 12}},
	} {
		if _, err := ask(step.actor, ledger.Key(fmt.Sprintf("setup/%d", i)), step.do); err != nil {
			panic(err)
		}
	}
	return book, ask
}

// A redemption is one entry: the points leave the volunteer's lot and the goods leave the shelf's.
func ExampleBook_Decide() {
	_, ask := market()
	rice := &ledger.Redeem{
		Volunteer: "V0000018", Shop: "S01", Presence: ledger.ByCard,
		Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 1}},
	}
	e, err := ask("U000002", "till/1", rice)
	if err != nil {
		panic(err)
	}
	for _, p := range e.Postings {
		fmt.Printf("%s %s %d lot=%s\n", p.Account, p.Commodity, p.Amount, p.Lot)
	}

	e, err = ask("U000002", "till/2", rice)
	fmt.Println(err, e.Kind, e.Rejection())
	// Output:
	// points:V0000018 POINT 200 lot=13
	// redeemed:S01 POINT -200 lot=
	// stock:S01 SKU-0001 -1 lot=9
	// given:S01 SKU-0001 1 lot=
	// <nil> refused refused: insufficient_points V0000018 (have 50, want 200)
}

// Whoever declared a record may not approve it, whatever their roles.
func ExampleRejection() {
	_, ask := market()
	_, err := ask("U000002", "a/1", &ledger.Approve{Record: 12})
	no, ok := errors.AsType[*ledger.Rejection](err)
	fmt.Println(ok, no.Reason, no.Subject)
	// Output:
	// true not_permitted reviewer
}

// A line reads back as the entry that wrote it, and no other line does.
func ExampleParseLine() {
	line := []byte(`{"index":0,"at":"2026-11-23T00:00:00.000Z","on":"2026-11-23","kind":"opened","key":"init",` +
		`"digest":"LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=","body":{"format":1,"origin":"aixin.test/B","zone":"Asia/Shanghai"}}`)
	e, err := ledger.ParseLine(line)
	fmt.Println(e.Kind, err, string(e.AppendLine(nil)) == string(line))

	_, err = ledger.ParseLine([]byte(`{"index":00}`))
	fmt.Println(err != nil)
	// Output:
	// opened <nil> true
	// true
}
