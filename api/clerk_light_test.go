package api_test

import (
	"strings"
	"testing"

	"aixin/ledger"
)

// What bars somebody at this counter is said when their card is scanned, before goods are fetched; what is to be said first makes the light amber.
func TestLightOfACard(t *testing.T) {
	t.Parallel()
	who := ledger.NewVolunteerID(77)
	for name, tt := range map[string]struct {
		before func(*testing.T, *book)
		light  string
		says   []string
	}{
		"nothing to say": {func(t *testing.T, _ *book) { t.Helper() }, "green", []string{"May exchange"}},
		"the clerk themself": {func(t *testing.T, b *book) {
			t.Helper()
			b.do(t, "U000001", &ledger.Appoint{Staff: "U000005", Roles: []ledger.Role{ledger.Clerk}, Volunteer: who})
		}, "red", []string{"May not exchange", "Nobody serves themself"}},
		"not in these hours": {func(t *testing.T, b *book) {
			t.Helper()
			b.do(t, "U000006", &ledger.SetRule{Rule: ledger.Rule{
				ID: "volunteer-1yuan", Version: 2, From: ledger.DateOf(b.clock), Rates: []ledger.HourRate{{Code: "VH01", Points: 100}}, Step: 30,
				Expires: ledger.ExpiresYearEnd, Counter: ledger.CounterRule{Windows: []ledger.Window{{Weekdays: []string{"sat"}}}},
			}})
		}, "red", []string{"May not exchange", "exchanges nothing at this time"}},
		"lapses in some days": {func(t *testing.T, b *book) {
			t.Helper()
			b.on("2027-12-25") // what they have lapses on the last day of the year
		}, "amber", []string{"read the warning first", `Expiring soon: <span class="day">10 points</span>`}},
		"owes points, and has some": {func(t *testing.T, b *book) {
			t.Helper()
			acts := ledger.DeclareActs{Volunteer: who, Code: "RC03", Quantity: 90, On: ledger.NewDate(2026, 11, 22)}
			credit := b.credit(t, "U000002", &acts)
			b.do(t, "U000005", &ledger.Redeem{Volunteer: who, Shop: "S01", Presence: ledger.ByTyped, Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 6}}})
			b.do(t, "U000006", &ledger.Reverse{Entry: credit, Reason: ledger.WrongPerson})
			acts.On = ledger.NewDate(2026, 11, 21)
			b.credit(t, "U000002", &acts)
		}, "amber", []string{"read the warning first", `Owes <span class="day">2 points</span>`}},
		"has nothing": {func(t *testing.T, b *book) {
			t.Helper()
			b.do(t, "U000005", &ledger.Redeem{Volunteer: who, Shop: "S01", Presence: ledger.ByTyped, Lines: []ledger.ItemLine{{Item: "SKU-0001", Pieces: 5}}})
		}, "red", []string{"May not exchange", "Not enough points: 0.00 available, 2.00 needed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBook(t)
			b.do(t, "U000006", &ledger.Enroll{Volunteer: who, Unit: "C01"})
			b.credit(t, "U000006", &ledger.DeclareOpening{Volunteer: who, Points: 1000, Expires: ledger.NewDate(2027, 12, 31)})
			tt.before(t, b)
			c := atCounter(t, b, "U000005")
			c.scan(string(who))
			c.shows(append(tt.says, `class="light `+tt.light)...)
		})
	}
}

// An exchange of more than the shelf has is allowed, and the clerk is told that the next count will ask.
func TestLightOfAShortShelf(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.do(t, "U000006", &ledger.AddItem{Item: "SKU-0009", Name: "毛巾 1 条", Points: 100, From: ledger.NewDate(2026, 11, 2)})
	c := atCounter(t, b, "U000005")
	c.scan(string(wang))
	c.scan("2*")
	c.scan("SKU-0009")
	c.shows(`class="light amber`, "read the warning first", `the shelf has <span class="day">2 fewer</span>`)
	c.scan("")
	c.shows("Exchanged")
	if strings.Contains(c.page, "2 fewer") {
		t.Error("the next one is warned of what the last one took")
	}
}
